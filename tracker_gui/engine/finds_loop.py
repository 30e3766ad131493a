"""Keeps the finds on a sample of frames up to date while settings change; the loop of a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.mailbox import Mailbox
from tracker_gui.core.preset import Preset
from tracker_gui.engine.live_samples import LiveSamples
from tracker_gui.engine.sampled_finds import USUAL_FRAMES, Finds, SampledFinds, SampledFrame, Tally, tally
from tracker_gui.engine.sampling import Interrupted, Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracker_gui.core.preset import StageChoice
    from tracker_gui.core.types import Frame, SourceInfo

log = logging.getLogger(__name__)

# A slider that is dragged must come to rest first: each change would begin anew.
QUIET_S = 0.15


@dataclass(frozen=True, slots=True)
class Sample:
    """Which frames are looked at, and with what.

    Attributes
    ----------
    source : StageChoice or None
    live : SourceInfo or None
        Of the source where it is live: then the frames are those that are offered.
    presets : mapping
        One for each slot, such as A and B.
    draw : int
        See `sampling.choose_frames`.
    """

    source: StageChoice | None = None
    live: SourceInfo | None = None
    presets: Mapping[str, Preset] = field(default_factory=dict)
    count: int = USUAL_FRAMES
    draw: int = 0


@dataclass(frozen=True, slots=True)
class SlotFinds:
    """What one set of settings finds.

    Attributes
    ----------
    finds : mapping of frame number to Finds
        Also those of the settings before, where these were not looked at yet.
    fresh : frozenset of int
        The frames whose finds are those of the present settings.
    problem : TrackerError or None
        Why they cannot be used.
    preset : Preset
        The settings, of which only what finds depend on.
    """

    finds: Mapping[int, Finds]
    fresh: frozenset[int]
    problem: TrackerError | None = None
    preset: Preset = field(default_factory=Preset)

    def is_of(self, preset: Preset) -> bool:
        """Return whether other settings would find the same."""
        return self.preset == _detection_alone(preset)

    @property
    def tally(self) -> Tally:
        """How the present settings do, on the frames that they were tried on."""
        return tally(self.finds[index] for index in self.fresh)


@dataclass(frozen=True, slots=True)
class FindsState:
    """All there is to show.

    Attributes
    ----------
    frames : tuple of SampledFrame
        In the order of the source.
    total : int
        How many there will be.
    busy : bool
    cancelled : bool
        It was given up before all were looked at.
    problem : TrackerError or None
        Why the source cannot be read.
    kept_bytes : int
        What the frames take in memory.
    """

    frames: tuple[SampledFrame, ...] = ()
    total: int = 0
    slots: Mapping[str, SlotFinds] = field(default_factory=dict)
    busy: bool = False
    cancelled: bool = False
    problem: TrackerError | None = None
    kept_bytes: int = 0

    @property
    def done(self) -> int:
        """How many frames were looked at with all settings."""
        return min((len(slot.fresh) for slot in self.slots.values() if slot.problem is None), default=0)


class _Slot:
    """What the loop knows of one set of settings."""

    def __init__(self, preset: Preset) -> None:
        self.preset = preset
        self.finds: dict[int, Finds] = {}
        self.fresh: set[int] = set()
        self.problem: TrackerError | None = None

    def now(self) -> SlotFinds:
        return SlotFinds(dict(self.finds), frozenset(self.fresh), self.problem, self.preset)


def _detection_alone(preset: Preset) -> Preset:
    """Return the settings on which finds depend."""
    return Preset(source=preset.source, image=preset.image, detector=preset.detector, tracker=preset.tracker)


class FindsLoop:
    """Of many wishes only the newest is fulfilled, and begun once they rest.

    Every method but `loop` may be called from any thread and returns at once.

    Parameters
    ----------
    wake : callable
        Called on the loop's thread when there is something to `take`, once until it is taken.
    is_playing : callable
        While it says yes, the loop rests as long as it works, so that playing does not falter.
    """

    def __init__(self, wake: Callable[[], None], is_playing: Callable[[], bool] = lambda: False) -> None:
        self._wake = wake
        self._is_playing = is_playing
        self._changed = threading.Condition()
        self._wish = Sample()
        self._offered: list[Frame] = []
        self._generation = 0
        self._closing = False
        self._cancelled = False
        self._states: Mailbox[FindsState] = Mailbox()
        # of the loop alone
        self._working_on = 0
        self._looked: SampledFinds | None = None
        self._samples: Sampler | LiveSamples | None = None
        self._opened: tuple[Any, ...] = ()
        self._chosen: tuple[int, int] | None = None
        self._indices: list[int] = []
        self._frames: dict[int, SampledFrame] = {}
        self._slots: dict[str, _Slot] = {}
        self._problem: TrackerError | None = None

    # ---- wishes

    def use(self, wish: Sample) -> None:
        """Look at these frames with these settings; what is known already is not looked at again."""
        presets = {slot: _detection_alone(preset) for slot, preset in wish.presets.items()}
        wish = Sample(wish.source, wish.live, presets, wish.count, wish.draw)
        with self._changed:
            if wish != self._wish:
                self._wish = wish
                self._begin()

    def offer(self, frame: Frame) -> None:
        """Keep a frame of a live source."""
        with self._changed:
            self._offered.append(frame)
            del self._offered[:-1]
            if not self._cancelled:
                self._begin()

    def cancel(self) -> None:
        """Leave it as far as it is."""
        with self._changed:
            self._begin()
            self._cancelled = True

    def go_on(self) -> None:
        """Look at what is missing, after a cancel or a problem."""
        with self._changed:
            self._begin()

    def close(self) -> None:
        """End the loop soon; it closes its source."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def take(self) -> FindsState | None:
        """Return how it stands, None where that was taken already."""
        return self._states.take()

    def _begin(self) -> None:
        self._generation += 1
        self._cancelled = False
        self._changed.notify_all()

    # ---- the loop

    def loop(self) -> None:
        """Work until closed; the target of the thread."""
        try:
            while self._wait_for_wish():
                self._problem = None
                try:
                    self._work()
                except Interrupted:
                    continue
                except TrackerError as error:
                    self._problem = error
                except Exception as error:
                    log.exception("the sampled frames could not be looked at")
                    what = f"could not be looked at ({type(error).__name__}: {error})"
                    self._problem = TrackerError("samples", what, "The log has details.")
                self._tell(busy=False)
        finally:
            self._close_source()

    def _wait_for_wish(self) -> bool:
        """Wait for something new that rests; return False when closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._generation != self._working_on)
            while not self._closing and self._generation != self._working_on:
                self._working_on = self._generation
                self._changed.wait_for(self._is_out_of_date, QUIET_S)
            return not self._closing

    def _is_out_of_date(self) -> bool:
        return self._closing or self._generation != self._working_on

    def _work(self) -> None:
        with self._changed:
            wish, cancelled = self._wish, self._cancelled
            offered, self._offered = self._offered, []
        if cancelled:
            return
        if (wish.source, wish.live) != self._opened:
            self._close_source()
            self._opened = (wish.source, wish.live)
        if wish.source is None:
            return
        looked = self._open(wish)
        self._choose(looked, wish, offered)
        self._settle_slots(wish)
        self._tell(busy=True)
        for index in self._indices:
            if self._is_out_of_date():
                raise Interrupted
            if index not in self._frames:
                self._frames[index] = looked.look(index)
            for name, slot in self._slots.items():
                if index not in slot.fresh and slot.problem is None:
                    self._find(looked, index, name, slot)

    def _open(self, wish: Sample) -> SampledFinds:
        if self._looked is None:
            assert wish.source is not None
            samples: Sampler | LiveSamples
            if wish.live is not None:
                samples = LiveSamples(wish.live, wish.count)
            else:
                samples = Sampler(wish.source.make(), self._is_out_of_date)
            self._samples = samples
            self._looked = SampledFinds(samples)
        return self._looked

    def _choose(self, looked: SampledFinds, wish: Sample, offered: list[Frame]) -> None:
        samples = self._samples
        if isinstance(samples, LiveSamples):
            for frame in offered:
                samples.keep(frame)
            self._indices = samples.sample_indices(wish.count)
            kept = len(self._indices)
            if offered and kept & (kept - 1) == 0:
                # A background of so few frames is not yet that of now; it is learnt anew each time there are twice.
                for name, slot in self._slots.items():
                    looked.leave(name)
                    slot.fresh.clear()
        elif self._chosen != (wish.count, wish.draw):
            self._indices = looked.choose(wish.count, wish.draw)
            self._chosen = (wish.count, wish.draw)
        if isinstance(samples, Sampler):
            samples.keep_only(self._indices)
        self._frames = {index: frame for index, frame in self._frames.items() if index in self._indices}

    def _settle_slots(self, wish: Sample) -> None:
        before = self._slots
        self._slots = {}
        for name, preset in wish.presets.items():
            same = next((slot for slot in before.values() if slot.preset == preset), None)
            slot = _Slot(preset)
            if same is not None:
                slot.finds, slot.fresh = dict(same.finds), set(same.fresh)
            elif name in before:
                slot.finds = dict(before[name].finds)
            for index in set(slot.finds) - set(self._indices):
                del slot.finds[index]
                slot.fresh.discard(index)
            self._slots[name] = slot
        for name in set(before) - set(self._slots):
            assert self._looked is not None
            self._looked.leave(name)

    def _find(self, looked: SampledFinds, index: int, name: str, slot: _Slot) -> None:
        started_s = time.monotonic()
        try:
            slot.finds[index] = looked.find(index, slot.preset, name)
            slot.fresh.add(index)
        except TrackerError as error:
            slot.problem = error
        self._tell(busy=True)
        if self._is_playing():
            with self._changed:
                self._changed.wait_for(self._is_out_of_date, time.monotonic() - started_s)

    def _tell(self, *, busy: bool) -> None:
        samples = self._samples
        state = FindsState(
            tuple(self._frames[index] for index in self._indices if index in self._frames),
            len(self._indices),
            {name: slot.now() for name, slot in self._slots.items()},
            busy,
            self._cancelled and any(len(slot.fresh) < len(self._indices) for slot in self._slots.values()),
            self._problem,
            samples.kept_bytes if samples is not None else 0,
        )
        if self._states.put(state):
            self._wake()

    def _close_source(self) -> None:
        looked, self._looked, self._samples = self._looked, None, None
        if looked is not None:
            looked.close()
        self._indices, self._frames, self._slots, self._chosen = [], {}, {}, None
