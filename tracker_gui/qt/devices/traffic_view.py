"""What goes to and fro between the computer and a board, newest at the bottom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit

if TYPE_CHECKING:
    from tracker_gui.engine.devices.traffic import Traffic, TrafficLog

MOST_LINES = 500
ARROWS = {"to": "→", "from": "←", "note": "·"}


class TrafficView(QPlainTextEdit):
    """Follows one log; what the keep-alive says is not in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setMaximumBlockCount(MOST_LINES)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setProperty("fixed", True)
        self.setAccessibleName("Traffic")
        self.setToolTip("Every line to the board and from it, with its time; the newest is below")
        self.setPlaceholderText("Nothing yet. What goes to the board (→) and comes from it (←) appears here.")
        self._log: TrafficLog | None = None
        self._shown = 0
        #: Where the bar stood at the end last; whoever scrolls up from there is left in peace.
        self._end = 0
        self.verticalScrollBar().rangeChanged.connect(self._keep_to_end)

    def follow(self, log: TrafficLog | None) -> None:
        """Show another log from its first line on."""
        if log is not self._log:
            self._log, self._shown = log, 0
            self.clear()
            self._end = 0
        self.look()

    def look(self) -> None:
        """Add what is new."""
        new = [] if self._log is None else self._log.since(self._shown)
        if new:
            self._shown = new[-1].number
            self.appendPlainText("\n".join(map(line_of, new)))

    def _keep_to_end(self, _: int, maximum: int) -> None:
        bar = self.verticalScrollBar()
        if bar.value() >= self._end:
            bar.setValue(maximum)
        self._end = maximum


def line_of(each: Traffic) -> str:
    """Return one line with its local time."""
    then = datetime.fromtimestamp(each.t_wall_s)
    return f"{then:%H:%M:%S}.{then.microsecond // 1000:03d}  {ARROWS[each.direction]} {each.text}"
