"""The scale as figures: measured along a line on the picture, or typed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton

from tracker_gui.core.scale import Scale
from tracker_gui.qt.editors.figure_card import FigureCard
from tracker_gui.qt.editors.length_box import LengthBox
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from tracker_gui.qt.editors.editor import Editor


WIDEST_PX = 148


class ScaleBox(FigureCard):
    """Measure on the picture, the length, or the figure itself."""

    def __init__(self, editor: Editor) -> None:
        super().__init__("Scale", "Remove the scale: lengths are in pixels again")
        self._editor = editor
        self.remove.clicked.connect(self._removed)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        self.length, self.typed = LengthBox(), LengthBox(" mm/px")
        self.typed.setDecimals(6)
        grow_with_text(self.typed.setMinimumWidth, WIDEST_PX)
        self.typed.setToolTip("Millimetres per pixel, where that is known from elsewhere; 0 is unknown")
        self.length.setToolTip("How long the line on the picture is in truth")
        self._length_word, typed_word = QLabel("Line"), QLabel("One pixel")
        for row, (label, box) in enumerate(((self._length_word, self.length), (typed_word, self.typed))):
            label.setProperty("dim", True)
            label.setBuddy(box)
            box.setAccessibleName(box.toolTip().partition(",")[0])
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        self.rows.addLayout(grid)
        self.measure = QPushButton("Measure on the picture")
        self.measure.setToolTip("Drag along something of known length, then type how long it is")
        self.measure.clicked.connect(self._measure)
        self.rows.addWidget(self.measure)
        self.length.entered.connect(editor.set_scale_length)
        self.typed.entered.connect(self._take_typed)
        editor.session.document.changed.connect(self.refresh)
        editor.sketch_changed.connect(self.refresh)
        self.recolour()
        self.refresh()

    def recolour(self) -> None:
        super().recolour()
        self.measure.setIcon(icon("ruler", "accent"))

    def refresh(self) -> None:
        scale, pending = self._editor.preset.scale, self._editor.scale_line
        line = pending or (None if scale is None else scale.line)
        if pending is not None:
            words = f"A line of {math.dist(*pending):.1f} px: how long is it?"
        elif scale is None:
            words = "Not set: lengths and speeds are in pixels."
        elif line is not None:
            words = f"{math.dist(*line):.1f} px on the picture are {scale.length_mm:g} mm."
        else:
            words = "Typed, not measured."
        self.words.setText(words)
        self.remove.setVisible(scale is not None)
        self.length.setVisible(line is not None)
        self._length_word.setVisible(line is not None)
        self.length.show_length(None if scale is None or pending is not None else scale.length_mm)
        with QSignalBlocker(self.typed):
            self.typed.show_length(None if scale is None else scale.mm_per_px)

    def _take_typed(self, mm_per_px: float) -> None:
        self._editor.set_scale(Scale(typed_mm_per_px=mm_per_px))

    def _removed(self) -> None:
        self._editor.set_scale(None)

    def _measure(self) -> None:
        self._editor.use("scale")
