"""One step of the work, in the order of the data; each is one file in this folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from tracker_gui.qt.help_pages import PAGE_PROPERTY

if TYPE_CHECKING:
    from tracker_gui.qt.session import Session


StateKind = Literal["ok", "problem", "missing", "unused"]
WORDS: dict[StateKind, str] = {"ok": "ready", "problem": "problem", "missing": "missing", "unused": "not used"}


@dataclass(frozen=True, slots=True)
class StepState:
    """How a step stands, in one sentence.

    Attributes
    ----------
    kind : str
        ``"missing"`` where the work cannot go on without it; ``"unused"`` where nothing is wrong with that.
    short : str
        A few words for the list, the usual ones of the kind where none are given; `sentence` is the whole of it
        where they do not say it all.
    """

    kind: StateKind
    short: str = ""
    sentence: str = ""

    @property
    def words(self) -> str:
        return self.short or WORDS[self.kind]


class Step(QWidget):
    """The form of one step; a subclass fills `rows` and answers `state`."""

    #: Steps stand in the order of these numbers; what is shown counts those that there are.
    number: int
    title: str
    #: What is done here, in one sentence.
    about: str = ""
    #: What F1 shows here, a page of `resources/help`.
    help_page = "first_steps"
    state_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setProperty(PAGE_PROPERTY, self.help_page)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(38, 4, 12, 12)
        self.rows.setSpacing(8)

    def state(self) -> StepState:
        """Return how this step stands now."""
        return StepState("ok")


def dim_label(text: str) -> QLabel:
    """Return a quiet line of text that wraps."""
    label = QLabel(text)
    label.setProperty("dim", True)
    label.setWordWrap(True)
    return label


def problem_place(session: Session) -> str:
    """Return which step the player's problem belongs to: "source", "image", "detector", "tracker" or ""."""
    problem = session.state.problem
    if problem is None:
        return ""
    if session.info is None:
        return "source"
    place = problem.place.lower()
    for word, step in (("detector", "detector"), ("track", "tracker"), ("source", "source")):
        if place.startswith(word):
            return step
    return "image"
