"""Texts are placed by dragging them on the picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt

from tracker_gui.analysis.overlay_texts import moved_to
from tracker_gui.qt.document import new_drag

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent

    from tracker_gui.core.overlays import TextLook
    from tracker_gui.qt.editors.editor import Editor
    from tracker_gui.qt.panels.picture import FramePane

DRAG_FROM_PX = 3.0


class TextDrag(QObject):
    """Sits before the drawing tools: with the one that selects in hand, a text under the mouse is taken and moved."""

    def __init__(self, pane: FramePane, editor: Editor) -> None:
        super().__init__(pane)
        self._pane = pane
        self._editor = editor
        self._document = editor.session.document
        self._look: TextLook | None = None
        self._box = QRectF()
        self._from = QPointF()
        self._drag = 0
        # Installed last, it is asked first.
        pane.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        mouse: Any = event
        kind = event.type()
        if kind == QEvent.Type.MouseMove:
            return self._moved(mouse)
        if kind == QEvent.Type.MouseButtonPress and mouse.button() == Qt.MouseButton.LeftButton:
            return self._pressed(mouse)
        if kind == QEvent.Type.MouseButtonRelease and self._look is not None:
            self._let_go()
            return True
        if kind == QEvent.Type.Leave and self._look is None:
            self._touch(None)
        return False

    @property
    def _may_take(self) -> bool:
        return self._editor.tool_info.name == "select" and self._pane.has_picture

    def _pressed(self, event: QMouseEvent) -> bool:
        under = self._pane.texts.text_under(event.position()) if self._may_take else None
        if under is None:
            return False
        self._look, self._box = under
        self._from, self._drag = event.position(), 0
        return True

    def _moved(self, event: QMouseEvent) -> bool:
        if self._look is None:
            if event.buttons() == Qt.MouseButton.NoButton:
                under = self._pane.texts.text_under(event.position()) if self._may_take else None
                self._touch(None if under is None else under[0])
                return under is not None
            return False
        way = event.position() - self._from
        if not self._drag and way.manhattanLength() < DRAG_FROM_PX:
            return True
        self._drag = self._drag or new_drag()
        texts = self._pane.texts
        frame = self._pane.mapFromScene(QRectF(-0.5, -0.5, *texts.frame_px)).boundingRect().toRectF()
        corner = self._box.topLeft() + way - frame.topLeft()
        look = moved_to(
            self._look, (corner.x(), corner.y()), (self._box.width(), self._box.height()),
            (frame.width(), frame.height()), texts.shown_unit,
        )  # fmt: skip
        self._put(look)
        return True

    def _put(self, look: TextLook) -> None:
        overlays = self._document.whole.overlays
        listed = list(overlays.screen.texts)
        if self._look not in listed:
            self._let_go()
            return
        listed[listed.index(self._look)] = look
        # The box stays that of where it was taken; only the look in hand is another.
        self._look = self._pane.texts.touched = look
        screen = replace(overlays.screen, texts=tuple(listed))
        self._document.change_overlays(replace(overlays, screen=screen), "move text", self._drag)

    def _let_go(self) -> None:
        self._look, self._drag = None, 0

    def _touch(self, look: TextLook | None) -> None:
        texts, viewport = self._pane.texts, self._pane.viewport()
        if look == texts.touched:
            return
        texts.touched = look
        texts.update()
        viewport.setCursor(Qt.CursorShape.SizeAllCursor if look is not None else self._editor.tool.cursor)
