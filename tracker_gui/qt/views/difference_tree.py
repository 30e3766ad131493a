"""What a preset would change, as a table under the steps of the work; each step can be ticked."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from tracker_gui.exchange.preset_difference import Part
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from PySide6.QtGui import QResizeEvent

    from tracker_gui.exchange.preset_difference import Difference

HEADS = ("Setting", "Now", "In the preset")
#: Steps of one stage only, whose name needs not stand before each setting.
PLAIN = (Part.SOURCE, Part.DETECT, Part.TRACK)
LEAST_HEIGHT_PX = 120
HEADER_PX = 30
#: Of the width, for the first two columns; the last has the rest.
SHARES = (0.4, 0.3)


class DifferenceTree(QTreeWidget):
    """One row per setting that differs, under the step it belongs to; `ticked_changed` when a tick changes.

    Parameters
    ----------
    heads : tuple of str
        What the setting, the value of now and the other one are called.
    ticks : bool
        Whether steps can be ticked.
    """

    ticked_changed = Signal()

    def __init__(self, heads: tuple[str, str, str] = HEADS, *, ticks: bool = True) -> None:
        super().__init__()
        self._ticks = ticks
        self.setColumnCount(len(heads))
        self.setHeaderLabels(heads)
        self.setRootIsDecorated(False)
        self.setIndentation(16)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeWidget.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(LEAST_HEIGHT_PX)
        self.setAccessibleName("What the preset would change")
        if ticks:
            self.setToolTip("Tick a step (Space) to take that one only")
        header = self.header()
        grow_with_text(header.setMinimumHeight, HEADER_PX)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionsClickable(False)
        self._groups: dict[Part, QTreeWidgetItem] = {}
        self.itemChanged.connect(self._tell)

    @property
    def ticked(self) -> list[Part]:
        """The steps that the user ticked."""
        return [part for part, item in self._groups.items() if item.checkState(0) == Qt.CheckState.Checked]

    def tick(self, part: Part, on: bool = True) -> None:
        """Tick a step that differs, or take the tick back."""
        self._groups[part].setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def show_differences(self, found: Iterable[Difference], ticked: Collection[Part] = ()) -> None:
        """Show other differences; steps that are ticked stay so."""
        self.blockSignals(True)
        self.clear()
        self._groups = {}
        for part, group in itertools.groupby(found, key=lambda difference: difference.part):
            listed = list(group)
            head = QTreeWidgetItem([f"{part.value} ({len(listed)})"])
            if self._ticks:
                head.setFlags(head.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                head.setCheckState(0, Qt.CheckState.Checked if part in ticked else Qt.CheckState.Unchecked)
            font = self.font()
            font.setBold(True)
            head.setFont(0, font)
            self.addTopLevelItem(head)
            head.setFirstColumnSpanned(True)
            self._groups[part] = head
            for difference in listed:
                row = QTreeWidgetItem([_setting(difference), difference.now, difference.there])
                row.setToolTip(0, f"{difference.stage}: {difference.setting}")
                row.setToolTip(1, difference.now)
                row.setToolTip(2, difference.there)
                head.addChild(row)
            head.setExpanded(True)
        self.blockSignals(False)
        self.ticked_changed.emit()

    def rows(self) -> list[tuple[str, str, str]]:
        """Return what is shown: setting, now, in the preset."""
        return [
            (row.text(0), row.text(1), row.text(2))
            for head in self._groups.values()
            for number in range(head.childCount())
            if (row := head.child(number)) is not None
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column, share in enumerate(SHARES):
            self.setColumnWidth(column, round(self.viewport().width() * share))

    def _tell(self) -> None:
        self.ticked_changed.emit()


def _setting(difference: Difference) -> str:
    if difference.setting in ("Step", "Zone"):
        return difference.stage
    return difference.setting if difference.part in PLAIN else f"{difference.stage}: {difference.setting}"
