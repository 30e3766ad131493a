"""Above the picture: what a new shape becomes, the size of the brush, and how the tool in hand is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QSizePolicy, QSpinBox

from tracker_gui.core.drawing import ROLES, Role, can_hold
from tracker_gui.qt.editors.length_box import LengthBox
from tracker_gui.qt.forms.controls import TEXT_MARGINS_PX
from tracker_gui.qt.theme.sizes import grow_with_text, usual

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from tracker_gui.qt.editors.editor import Editor

TARGETS: dict[Role, tuple[str, str]] = {
    "zone": ("Zone", "A named place for events, tables and plots"),
    "keep": ("Keep", "Only animals in regions to keep count; none keeps the whole picture"),
    "ignore": ("Ignore", "Nothing in these regions counts"),
    "arena": ("Arena", "A separate arena: no animal leaves it, and each has the same number of animals"),
}
LARGEST_BRUSH_PX = 500
#: Less than a word says nothing; the tip of the tool tells it.
LEAST_HINT_PX = 48


class OptionsBar(QFrame):
    """One line that changes with the tool."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._editor = editor
        self.setProperty("surface", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        self._target_word = QLabel("Draw")
        self._target_word.setProperty("dim", True)
        self.target = QComboBox()
        self.target.setAccessibleName("What a new shape becomes")
        for role in reversed(ROLES):
            title, tip = TARGETS[role]
            self.target.addItem(title, role)
            self.target.setItemData(self.target.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.target.setToolTip("What a new shape becomes: zone, arena, region to ignore or to keep")
        self.target.activated.connect(self._target_chosen)
        self._target_word.setBuddy(self.target)
        self._size_word = QLabel("Size")
        self._size_word.setProperty("dim", True)
        self.size_box = QSpinBox()
        self.size_box.setRange(1, LARGEST_BRUSH_PX)
        self.size_box.setSuffix(" px")
        self.size_box.lineEdit().setTextMargins(*TEXT_MARGINS_PX)
        self.size_box.setAccessibleName("Size of the brush")
        self.size_box.setToolTip(f"Width of brush and eraser, 1 to {LARGEST_BRUSH_PX} px; keys [ and ]")
        self.size_box.valueChanged.connect(self._sized)
        self._size_word.setBuddy(self.size_box)
        self._length_word = QLabel("Length")
        self._length_word.setProperty("dim", True)
        self.length_box = LengthBox()
        self.length_box.setToolTip("How long the line is in truth; it gives the scale of the picture")
        self.length_box.setAccessibleName("Length of the line")
        self.length_box.entered.connect(editor.set_scale_length)
        self._length_word.setBuddy(self.length_box)
        self._hint = QLabel()
        self._hint.setProperty("dim", True)
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for widget in (
            self._target_word, self.target, self._size_word, self.size_box, self._length_word, self.length_box
        ):  # fmt: skip
            row.addWidget(widget)
        row.addWidget(self._hint, 1)
        editor.tool_changed.connect(self._show)
        editor.target_changed.connect(self._show)
        editor.sketch_changed.connect(self._show_size)
        editor.length_wanted.connect(self.ask_length)
        editor.session.document.changed.connect(self._show)
        self._show()
        # The picture must not jump when the tool changes.
        grow_with_text(self.setFixedHeight, usual(self.target.sizeHint().height() + 8))

    def _show(self) -> None:
        info, editor = self._editor.tool_info, self._editor
        self._target_word.setVisible(info.draws)
        self.target.setVisible(info.draws)
        with QSignalBlocker(self.target):
            self.target.setCurrentIndex(self.target.findData("zone" if info.only_zones else editor.target))
        self.target.setEnabled(not info.only_zones and not editor.locked)
        model = self.target.model()
        arena = self.target.findData("arena")
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        model.setData(  # type: ignore[attr-defined]
            model.index(arena, 0), flags if can_hold(editor.preset, "arena") else Qt.ItemFlag.NoItemFlags,
            Qt.ItemDataRole.UserRole - 1,
        )  # fmt: skip
        self._size_word.setVisible(info.sized)
        self.size_box.setVisible(info.sized)
        self._length_word.setVisible(info.name == "scale")
        self.length_box.setVisible(info.name == "scale")
        self._show_size()
        self._elide()

    def _show_size(self) -> None:
        scale, pending = self._editor.preset.scale, self._editor.scale_line
        known = None if scale is None else scale.length_mm
        self.length_box.setEnabled((pending is not None or known is not None) and not self._editor.locked)
        self.length_box.show_length(None if pending is not None else known)
        with QSignalBlocker(self.size_box):
            self.size_box.setValue(round(self._editor.brush_px))

    def ask_length(self) -> None:
        """Put the cursor where the length is typed."""
        if self._editor.scale_line is not None and self.length_box.isVisible():
            self.length_box.setFocus()
            self.length_box.selectAll()

    def _elide(self) -> None:
        hint = self._editor.tool_info.hint
        if self._editor.locked:
            hint = "Locked while tracking: results belong to one set of settings."
        self._hint.setToolTip(hint)
        room = self._hint.width()
        elided = QFontMetrics(self._hint.font()).elidedText(hint, Qt.TextElideMode.ElideRight, room)
        self._hint.setText(elided if room > LEAST_HINT_PX else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _target_chosen(self, _: int) -> None:
        self._editor.set_target(self.target.currentData())

    def _sized(self, width_px: int) -> None:
        self._editor.set_brush(float(width_px))
