"""The interfaces of what rules are made of: predicates that say yes, no or unknown, and actions.

One file in `stages/events` is one kind of predicate, one file in `stages/actions` one kind of action.
"""

from __future__ import annotations

import enum
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.stage import P, Stage

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tracker_gui.core.clips import Clips
    from tracker_gui.core.devices import Devices
    from tracker_gui.core.scene import Animal, Scene
    from tracker_gui.core.stimuli import Stimuli
    from tracker_gui.core.templates import Facts
    from tracker_gui.core.types import Snapshot
    from tracker_gui.core.zones import Zone

#: None is unknown: the animal is missing, or what is asked cannot be told of it now.
Truth = bool | None


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What a predicate may use while it opens: the zones of its camera by name, the picture's size and rate."""

    zones: Mapping[str, Zone]
    size_px: tuple[int, int]
    rate_hz: float

    def zone(self, name: str) -> Zone:
        """Return a zone.

        Raises
        ------
        TrackerError
            There is none of that name.
        """
        if name not in self.zones:
            known = ", ".join(self.zones) or "none"
            raise TrackerError("", f'there is no zone called "{name}" (known: {known})')
        return self.zones[name]


@dataclass(slots=True)
class Reading:
    """What a predicate says of one frame.

    Attributes
    ----------
    truths : list of Truth
        One for each animal of the scene, or a single one where the predicate is about the whole scene.
    values : list of float or None
        What was measured, in the predicate's unit; as long as `truths`, or empty.
    """

    truths: list[Truth]
    values: list[float | None] = field(default_factory=list)


class Predicate(Stage[P]):
    """Something that is so or not on a frame; asked exactly once for each, in order."""

    #: Of what it measures, for "why did it not fire?".
    unit: ClassVar[str] = ""
    #: It speaks of the whole scene and not of each animal.
    of_scene: ClassVar[bool] = False

    @property
    def phrase(self) -> str:
        """Return what must be so as the end of "when an animal": "is in nest"; empty to have it made of the title."""
        return ""

    @property
    def is_moment(self) -> bool:
        """Whether it is true for one frame only, and so cannot be true already when a session starts."""
        return False

    def open(self, context: RuleContext) -> None:
        """Get ready; raise TrackerError without a place where the settings name what is not there."""

    @abstractmethod
    def step(self, scene: Scene) -> Reading: ...

    def step_pairs(self, scene: Scene, rows: Sequence[tuple[int, int]], single: Reading) -> Reading:
        """Return the same for pairs of animals (rows of the scene): both of them, unless a kind knows better.

        Parameters
        ----------
        single : Reading
            What `step` said of this scene.
        """
        truths = single.truths
        return Reading([both(truths[one], truths[other]) for one, other in rows])

    def forget(self, animal_id: int) -> None:
        """Drop what is remembered of an animal that has gone for good."""

    @abstractmethod
    def reset(self) -> None:
        """Forget everything, for a new session."""

    def source_lost(self) -> None:
        """Forget where the animals were, because nobody saw what they did since; what was counted stays."""
        self.reset()


def both(one: Truth, other: Truth) -> Truth:
    """Return "and" of three values."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


class AnimalPredicate(Predicate[P]):
    """A predicate about each animal for itself. `_on` holds those for which it was true last."""

    def open(self, context: RuleContext) -> None:
        self.reset()

    @abstractmethod
    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        """Return whether it is so for one animal, and what was measured."""

    def step(self, scene: Scene) -> Reading:
        truths: list[Truth] = []
        values: list[float | None] = []
        on = self._on
        for animal in scene.animals:
            truth, value = self.judge(animal, scene)
            truths.append(truth)
            values.append(value)
            if truth:
                on.add(animal.id)
            elif truth is False and on:
                on.discard(animal.id)
        return Reading(truths, values)

    def forget(self, animal_id: int) -> None:
        self._on.discard(animal_id)

    def reset(self) -> None:
        self._on: set[int] = set()


class ScenePredicate(Predicate[P]):
    """A predicate about the whole scene."""

    of_scene: ClassVar[bool] = True

    def open(self, context: RuleContext) -> None:
        self.reset()

    @abstractmethod
    def judge(self, scene: Scene) -> tuple[Truth, float | None]:
        """Return whether it is so, and what was measured."""

    def step(self, scene: Scene) -> Reading:
        truth, value = self.judge(scene)
        return Reading([truth], [value])

    def reset(self) -> None:
        """Most have nothing to forget."""


def beyond(value: float, limit: float, above: bool, margin: float, was: bool) -> bool:
    """Return whether a value lies beyond a limit; once it does, only more than `margin` back ends that."""
    if was:
        limit += -margin if above else margin
    return value > limit if above else value < limit


class Lane(enum.IntEnum):
    """Where an action waits for its turn. Order is kept inside a lane, and no lane waits for another."""

    REAL_TIME = 1
    MEDIA = 2
    SLOW = 3


#: An action that could not begin within this time is not done at all: what is late is wrong.
DEADLINE_S = {Lane.REAL_TIME: 0.25, Lane.MEDIA: 5.0, Lane.SLOW: 120.0}


class ActionFailed(TrackerError):
    """An action was tried and did not work; the reason stands in the log."""

    def __init__(self, problem: str, sent: bool = False) -> None:
        super().__init__("", problem)
        #: Whether something went out all the same (a command that ran and failed).
        self.sent = sent


class SessionControl(Protocol):
    """What rules may do with the session they run in; the run hands it in."""

    def stop_session(self, reason: str) -> None: ...

    def set_parameter(self, name: str, value: float) -> None:
        """Change a setting from the list of those that may be changed while it runs.

        Raises
        ------
        SettingsError
            It is not in the list, or out of its range.
        """


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What an action may use while it opens.

    Attributes
    ----------
    folder : Path
        Where files go; nothing is written outside it.
    stem : str
        What the names of the session's files begin with.
    control : SessionControl or None
        None where there is no session to be stopped or changed.
    devices : Devices or None
        The boards; None where nothing may be driven.
    clips : Clips or None
        Who makes clips; None where there are no pictures.
    stimuli : Stimuli or None
        Who shows stimuli; None where there is no window, and so no display.
    """

    folder: Path
    stem: str
    control: SessionControl | None = None
    devices: Devices | None = None
    clips: Clips | None = None
    stimuli: Stimuli | None = None


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """One action on its way.

    Attributes
    ----------
    number : int
        The row of the log.
    payload : str
        What stands in the log: the action with all fields filled in, without secrets.
    deadline_s : float
        Monotonic time after which it must not begin any more.
    cancelled : threading.Event
        Set when it shall end early.
    snapshot : Snapshot or None
        The frame, for actions that need its picture.
    """

    number: int
    facts: Facts
    payload: str
    t_decided_s: float
    deadline_s: float
    cancelled: threading.Event
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What became of an action; times are monotonic, None for what did not happen."""

    number: int
    t_decided_s: float
    t_sent_s: float | None
    t_acknowledged_s: float | None
    result: str
    sent: bool


class RuleState(Protocol):
    """What an action can change in the rules themselves, at once and so the same in every run."""

    def set_phase(self, name: str) -> None: ...

    def add_to_counter(self, name: str) -> int:
        """Count one up and return the count."""


class Action(Stage[P]):
    """Something a rule does. `payload` runs where it is decided, `act` on the thread of its lane."""

    lane: ClassVar[Lane]
    #: It moves something in the world, so it is never done before a person has armed the rule.
    drives_hardware: ClassVar[bool] = False
    #: Several of them that were suppressed are told in one message afterwards.
    has_digest: ClassVar[bool] = False
    #: It changes only the rules' own state, and does so at once.
    is_instant: ClassVar[bool] = False
    #: It has a thread of its own and takes no time of the lane's: `hand_over` is called in place of `act`.
    hands_over: ClassVar[bool] = False

    @property
    def phrase(self) -> str:
        """Return what is done in a few words: "door to 90"; empty to have it made of the title."""
        return ""

    @property
    def output(self) -> str:
        """Name of the output it drives, such as a pin, which two rules may want at once; empty for none."""
        return ""

    @property
    def needs_picture(self) -> bool:
        """Whether it is given the frame, which then stays in memory until it is done."""
        return False

    @property
    def busy_s(self) -> float:
        """How long its effect lasts on the clock of the frames; for "still busy when fired again"."""
        return 0.0

    def open(self, context: ActionContext) -> None:
        """Get ready, before the session begins.

        Raises
        ------
        TrackerError
            It cannot be done here.
        """

    @abstractmethod
    def payload(self, facts: Facts) -> str:
        """Return what will be done, in words that depend on nothing but the facts."""

    def apply(self, state: RuleState, facts: Facts) -> None:
        """Change the rules' own state (only where `is_instant`)."""

    def act(self, request: ActionRequest) -> str:
        """Do it and return what came of it.

        Raises
        ------
        ActionFailed
        """
        return "done"

    def hand_over(self, request: ActionRequest, on_result: Callable[[ActionResult], None]) -> None:
        """Begin it and return at once; `on_result` is called once, on any thread (only where `hands_over`).

        Raises
        ------
        ActionFailed
        """

    def act_digest(self, count: int) -> str:
        """Tell that so many of these were suppressed (only where `has_digest`)."""
        return ""

    def safe_state(self) -> None:
        """Bring what it drives into the state in which nothing can happen; may be called at any time."""
