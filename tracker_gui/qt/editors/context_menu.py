"""What can be done with a shape, on a right click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QColorDialog, QMenu, QWidget

from tracker_gui.qt.forms.colour_control import COLOUR_NAMES, swatch
from tracker_gui.qt.theme.colours import OKABE_ITO

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPointF

    from tracker_gui.qt.editors.editor import Editor

#: In the order of the menu; None for a line. They are declared in `actions/draw_actions.py`, or elsewhere if at all.
ENTRIES = (
    "rename_shape", "duplicate", "copy_shapes", "paste_shapes", None, "COLOUR", "bring_to_front", "send_to_back",
    "mirror_x", "mirror_y", None, "make_rule_from_zone", "make_rule_on_leaving", "make_rule_on_staying", None,
    "delete_shapes",
)  # fmt: skip


class ShapeMenu(QMenu):
    """Made of the window's own actions, so that each is the same everywhere; one that the window lacks is left out."""

    def __init__(self, editor: Editor, parent: QWidget) -> None:
        super().__init__(parent)
        self._editor = editor
        self._over = parent
        self.setToolTipsVisible(True)
        self.colours = QMenu("Colour", self)
        for colour, name in zip(OKABE_ITO, COLOUR_NAMES, strict=True):
            action = self.colours.addAction(swatch(colour), name)
            action.setData(colour)
        self.colours.addSeparator()
        self.colours.addAction("Other…")
        self.colours.triggered.connect(self._coloured)

    def show_at(self, place: QPointF) -> None:
        """Open it at a place of the screen."""
        self.fill()
        if self.actions():
            self.popup(place.toPoint())

    def fill(self) -> None:
        """Put in what can be done with what is selected now."""
        self.clear()
        # The window is not imported here: it is what holds this.
        find: Callable[[str], QAction | None] | None = getattr(self._over.window(), "find_action", None)
        zone = any(each.entry.role == "zone" for each in self._editor.selected)
        for name in ENTRIES:
            if name is None:
                self.addSeparator()
            elif name == "COLOUR":
                self.addMenu(self.colours)
                self.colours.menuAction().setEnabled(zone and not self._editor.locked)
            else:
                action = find(name) if find is not None else None
                if action is not None:
                    self.addAction(action)

    def _coloured(self, action: QAction) -> None:
        if action.data():
            self._editor.set_look(f"colour {self._editor.words()}", colour=action.data())
            return
        chosen = self._editor.selected
        dialog = QColorDialog(QColor(chosen[0].entry.colour or OKABE_ITO[0]), self._over)
        dialog.colorSelected.connect(self._take_colour)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_colour(self, colour: QColor) -> None:
        self._editor.set_look(f"colour {self._editor.words()}", colour=colour.name())
