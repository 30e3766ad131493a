"""What a rule decided on a frame: one row of the log for each action, done or suppressed."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker_gui.core.rule_stages import Action
    from tracker_gui.core.templates import Facts

Moment = Literal["enter", "while", "exit", "start", "test"]
COLUMNS = (
    "number", "rule", "subject", "source", "frame", "t_s", "moment", "action", "payload", "suppressed_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """One action of one rule on one frame.

    Attributes
    ----------
    number : int
        Counts all rows of a session, from 1.
    t_s : float
        The frame's own time since the session's first frame.
    suppressed_by : str
        Why it is not done; empty where it is.
    action : Action or None
        None where the rule does nothing but stand in the log.
    restart : bool
        What the rule still does for this subject ends first.
    """

    number: int
    rule: str
    subject: str
    source: str
    frame: int
    t_s: float
    t_capture_s: float
    moment: Moment
    action_name: str
    payload: str
    suppressed_by: str
    facts: Facts
    action: Action | None = None  # type: ignore[type-arg]
    restart: bool = False

    def cells(self) -> tuple[str, ...]:
        """Return the row of the log of decisions: nothing in it depends on the computer's own clock."""
        return (
            str(self.number), self.rule, self.subject, self.source, str(self.frame), f"{self.t_s:.6f}",
            self.moment, self.action_name, self.payload, self.suppressed_by,
        )  # fmt: skip


def csv_rows(rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows of CSV, the same bytes on every system."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def decision_log(decisions: Iterable[Decision]) -> bytes:
    """Return the whole log of decisions as CSV."""
    return csv_rows([COLUMNS, *(each.cells() for each in decisions)]).encode("utf-8")
