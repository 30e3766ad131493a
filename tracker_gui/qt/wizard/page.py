"""One page of the guided set-up: what to do, how far it is done, and the buttons that mend what is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tracker_gui.engine.screen_feed import Beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.drawing import Role
    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.wizard.wizard import Wizard

PageKind = Literal["ok", "missing", "problem", "unused", "busy"]


@dataclass(frozen=True, slots=True)
class Mend:
    """A button that brings the page on; `primary` is the one that most will want."""

    text: str
    tip: str
    act: Callable[[], object]
    primary: bool = False


@dataclass(frozen=True, slots=True)
class PageState:
    """How a page stands.

    Attributes
    ----------
    kind : str
        ``"unused"`` is as good as ``"ok"``: not everybody needs it. ``"busy"``: the answer comes in a moment.
    words : str
        The whole of it, in a sentence or two.
    """

    kind: PageKind
    words: str
    mends: tuple[Mend, ...] = ()


class Page:
    """A subclass says what is done and how it stands.

    Attributes
    ----------
    step : str
        Title of the step at the left whose form is open meanwhile.
    tool : str
        Of the picture, in hand at first.
    target : str
        What is drawn with it.
    beside : Beside
        What is shown beside the frame; `Beside.NOTHING` for the frame alone.
    counts : bool
        What is found on sampled frames is counted meanwhile.
    """

    name: str
    title: str
    sentence: str
    step: str
    tool: str = "select"
    target: Role = "zone"
    beside: Beside = Beside.NOTHING
    counts: bool = False

    def __init__(self, wizard: Wizard) -> None:
        self.wizard = wizard
        self.window = wizard.window
        self.session = wizard.window.session

    @property
    def preset(self) -> Preset:
        return self.session.document.preset

    def enter(self) -> None:
        """Begin: what is more than the attributes say."""

    def state(self) -> PageState:
        """Return how it stands now."""
        raise NotImplementedError

    def trigger(self, action: str) -> Callable[[], object]:
        """Return what does one of the window's actions."""
        return self.window.action(action).trigger
