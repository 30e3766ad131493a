"""A line to type a name in, where the shape is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from tracker_gui.qt.theme.sizes import grow_with_text
from tracker_gui.qt.views.overlays.shapes import label_place

if TYPE_CHECKING:
    from tracker_gui.core.drawing import Place
    from tracker_gui.qt.editors.editor import Editor
    from tracker_gui.qt.views.canvas import Canvas

WIDTH_PX = 160


class RenameBox(QLineEdit):
    """Enter takes the name, Esc leaves the old one."""

    def __init__(self, pane: Canvas, editor: Editor) -> None:
        super().__init__(pane)
        self._pane = pane
        self._editor = editor
        self._place: Place | None = None
        grow_with_text(self.setFixedWidth, WIDTH_PX)
        self.setMaxLength(100)
        self.setAccessibleName("Name")
        self.hide()
        self.editingFinished.connect(self._take)
        self.installEventFilter(self)
        editor.rename_wanted.connect(self._open)

    def _open(self) -> None:
        only = self._editor.only
        if only is None or self._editor.locked:
            return
        self._place = only.place
        self.setText(only.label)
        self.selectAll()
        at = self._pane.mapFromScene(label_place(only.shape))
        room = self._pane.rect().adjusted(4, 4, -4 - WIDTH_PX, -4 - self.sizeHint().height())
        self.move(
            min(max(at.x() - WIDTH_PX // 2, room.left()), max(room.right(), room.left())),
            min(max(at.y() - self.sizeHint().height() - 8, room.top()), max(room.bottom(), room.top())),
        )
        self.show()
        self.setFocus()

    def _take(self) -> None:
        place, self._place = self._place, None
        self.hide()
        if place is None:
            return
        each = next((each for each in self._editor.selected if each.place == place), None)
        name = self.text().strip()
        if each is not None and name and name != each.label:
            self._editor.set_entries({place: each.entry.model_copy(update={"name": name})}, f"rename {each.label}")
        self._pane.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self._place = None
                self._take()
                self._pane.setFocus()
            event.accept()
            return True
        return super().eventFilter(watched, event)
