"""Hands what the mouse and keys do over the picture to the tool in hand, and shows what comes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal

from tracker_gui.core.shape_handles import handles
from tracker_gui.qt.document import new_drag
from tracker_gui.qt.editors.looks import ROLE_COLOURS, look_of
from tracker_gui.qt.editors.pick import shape_under
from tracker_gui.qt.editors.tool import Pointer
from tracker_gui.qt.theme.colours import OKABE_ITO
from tracker_gui.qt.views.overlays.editing import ERASER, Editing, HandleMark
from tracker_gui.qt.views.overlays.shapes import DrawnShape

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from tracker_gui.qt.editors.editor import Editor
    from tracker_gui.qt.editors.tool import Sketch
    from tracker_gui.qt.panels.picture import FramePane

REACH_PX = 7.0
FAR_NUDGE_PX = 10.0
ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
BRUSH_STEP = 1.25


class PictureInput(QObject):
    """Sits before the pane's own handling: what no tool wants, such as a pull with the middle button, goes on to it.

    Signals
    -------
    space_tapped()
        The space bar went down and up without a pull between: with a pull it moves the view.
    menu_wanted(QPointF)
        A right click, with its place on the screen; what is under it is selected.
    """

    space_tapped = Signal()
    menu_wanted = Signal(QPointF)

    def __init__(self, pane: FramePane, editor: Editor) -> None:
        super().__init__(pane)
        self._pane = pane
        self._editor = editor
        self._down = False
        self._space = False
        self._space_used = False
        self._nudge = 0
        pane.viewport().setMouseTracking(True)
        pane.viewport().installEventFilter(self)
        pane.installEventFilter(self)
        editor.sketch_changed.connect(self._show)
        editor.selection_changed.connect(self._show)
        editor.tool_changed.connect(self._tool_changed)
        editor.session.document.changed.connect(self._show)

    # ---- events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._pane:
            return self._key_event(event)
        return self._mouse_event(event)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        inverse, _ = self._pane.viewportTransform().inverted()
        place = inverse.map(QPointF(event.position()))
        screen_px = 1.0 / max(self._pane.scale_factor, 1e-6)
        keys = event.modifiers()
        return Pointer(
            (place.x(), place.y()), REACH_PX * screen_px, screen_px,
            shift=bool(keys & Qt.KeyboardModifier.ShiftModifier), alt=bool(keys & Qt.KeyboardModifier.AltModifier),
        )  # fmt: skip

    def _mouse_event(self, event: Any) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseMove:
            return self._moved(event)
        if kind == QEvent.Type.Leave and not self._down:
            still = replace(self._editor.tool.sketch(), ring_px=0.0)
            self._pane.editing.show_editing(self._editing(still))
            return False
        if kind == QEvent.Type.ContextMenu:
            self.menu_wanted.emit(QPointF(event.globalPos()))
            return True
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.RightButton:
            self._select_under(event)
            return True
        if kind not in _BUTTON_EVENTS or event.button() != Qt.MouseButton.LeftButton:
            return False
        if kind == QEvent.Type.MouseButtonRelease:
            return self._released(event)
        if self._space or not self._pane.has_picture:
            self._space_used = self._space
            return False
        self._pane.setFocus(Qt.FocusReason.MouseFocusReason)
        double = kind == QEvent.Type.MouseButtonDblClick
        if double and self._editor.tool.double_click(self._pointer(event)):
            return True
        if double and not self._editor.tool_info.changes:
            return False
        # With a brush in hand, two quick clicks are two dabs.
        if self._editor.locked and self._editor.tool_info.changes:
            self._editor.say("info", "Nothing can be drawn while tracking: results belong to one set of settings.")
            return True
        self._down = True
        self._editor.tool.press(self._pointer(event))
        return True

    def _moved(self, event: QMouseEvent) -> bool:
        if event.buttons() & Qt.MouseButton.MiddleButton or (self._space and not self._down):
            return False
        if not self._pane.has_picture:
            return False
        self._editor.tool.move(self._pointer(event), self._down)
        self._show_cursor()
        return self._down

    def _released(self, event: QMouseEvent) -> bool:
        if not self._down:
            return False
        self._down = False
        self._editor.tool.release(self._pointer(event))
        self._show_cursor()
        return True

    def _select_under(self, event: QMouseEvent) -> None:
        under = shape_under(self._editor.drawn(), self._pointer(event))
        if under is None:
            self._editor.select(())
        elif under.place not in self._editor.selection:
            self._editor.select([under.place])

    def _key_event(self, event: Any) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride:
            # Arrow keys go frame by frame, Space plays and Esc may leave, unless there is something to move or drop.
            if self._wants(event):
                event.accept()
                return True
            return False
        if kind == QEvent.Type.KeyPress:
            return self._pressed(event)
        if kind == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            if event.key() in ARROWS:
                self._nudge = 0
            if event.key() == Qt.Key.Key_Space and self._space:
                self._space = False
                self._show_cursor()
                if not self._space_used:
                    self.space_tapped.emit()
                return True
        if kind == QEvent.Type.FocusOut:
            self._space, self._nudge = False, 0
        return False

    def _wants(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            return True
        if event.key() == Qt.Key.Key_Escape:
            return self._down or bool(self._editor.selection) or self._editor.tool_info.name != "select"
        return event.key() in ARROWS and self._may_nudge(event)

    def _may_nudge(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return plain and bool(self._editor.selection) and not self._editor.locked

    def _pressed(self, event: QKeyEvent) -> bool:
        key, tool = event.key(), self._editor.tool
        if key == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self._space, self._space_used = True, False
                self._pane.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            return True
        if key in ARROWS and self._may_nudge(event):
            # Held down, it is one step; so are quick presses of one key after another before it is let go.
            self._nudge = self._nudge or new_drag()
            far = FAR_NUDGE_PX if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
            dx, dy = ARROWS[Qt.Key(key)]
            self._editor.nudge(dx * far, dy * far, self._nudge)
            return True
        if key == Qt.Key.Key_Escape:
            return self._escape()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return tool.enter()
        if key == Qt.Key.Key_Backspace:
            return tool.back()
        if key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight) and self._editor.tool_info.sized:
            factor = BRUSH_STEP if key == Qt.Key.Key_BracketRight else 1 / BRUSH_STEP
            self._editor.set_brush(min(500.0, max(1.0, round(self._editor.brush_px * factor))))
            return True
        return False

    def _escape(self) -> bool:
        """Give up what was begun, else let go of the selection, else of the tool."""
        self._down = False
        if self._editor.tool.drop():
            return True
        if self._editor.selection:
            self._editor.select(())
        else:
            self._editor.use("select")
        return True

    # ---- what is shown

    def _tool_changed(self) -> None:
        self._down = False
        self._show_cursor()

    def _show_cursor(self) -> None:
        cursor = Qt.CursorShape.OpenHandCursor if self._space else self._editor.tool.cursor
        viewport = self._pane.viewport()
        if viewport.cursor().shape() != cursor:
            viewport.setCursor(cursor)

    def _show(self) -> None:
        sketch = self._editor.tool.sketch()
        self._pane.shapes.hide_shapes([*(each.place for each in sketch.moved), *sketch.hidden])
        self._pane.editing.show_editing(self._editing(sketch))

    def _editing(self, sketch: Sketch) -> Editing:
        editor = self._editor
        in_hand = {each.place: each for each in sketch.moved}
        chosen = [in_hand.get(each.place, each) for each in editor.selected]
        marks: tuple[HandleMark, ...] = ()
        if len(chosen) == 1 and not editor.locked and editor.tool_info.name == "select":
            marks = tuple(
                HandleMark(
                    handle.at, handle.outward, round=handle.role == "vertex",
                    touched=handle.role == "vertex" and handle.number == editor.vertex,
                )
                for handle in handles(chosen[0].shape)
            )  # fmt: skip
        colour = self._new_colour()
        shapes = [look_of(each) for each in sketch.moved]
        if sketch.shape is not None:
            shapes.append(DrawnShape(sketch.shape, "", colour, editor.target == "ignore", arrow=sketch.arrow))
        return Editing(
            selected=tuple(each.shape for each in chosen), handles=marks, shapes=tuple(shapes), points=sketch.points,
            band=sketch.band, stroke=sketch.stroke, stroke_px=sketch.stroke_px,
            stroke_colour=ERASER if sketch.stroke_px < 0 else colour, ring_px=sketch.ring_px, at=sketch.at,
            words=sketch.words, marks=sketch.marks,
        )  # fmt: skip

    def _new_colour(self) -> str:
        if self._editor.target != "zone":
            return ROLE_COLOURS[self._editor.target]
        used = [zone.colour for zone in self._editor.preset.zones]
        return min(OKABE_ITO, key=used.count)


_BUTTON_EVENTS = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
)
