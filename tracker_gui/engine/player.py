"""Play a source through a pipeline for the screen: play, pause, seek, step, and settings that change meanwhile.

Two loops run on threads that the owner starts: one reads ahead, one tracks. Nothing here knows Qt.
"""

from __future__ import annotations

import enum
import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import InputError, OutputError, TrackerError
from tracker_gui.core.image_file import write_png
from tracker_gui.core.live import SourceInterrupted
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.types import Snapshot, no_detections, no_tracks
from tracker_gui.engine.pipeline import Pipeline
from tracker_gui.engine.sampling import Interrupted, Sampler

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.stage import Source
    from tracker_gui.core.types import Frame, SourceInfo
    from tracker_gui.engine.screen_feed import ScreenFeed

log = logging.getLogger(__name__)

FRAMES_AHEAD = 8
PIXELS_AHEAD = 8_000_000
# Later than this the clock starts anew, so that a pause in the machine is not made up for by a rush.
LATE_S = 0.25


class Phase(enum.Enum):
    """What the player is doing."""

    EMPTY = "no source"
    OPENING = "opening"
    LIVE = "live"
    PAUSED = "paused"
    PLAYING = "playing"
    ENDED = "at the end"


@dataclass(frozen=True, slots=True)
class PlayerState:
    """What the window shows of the player.

    Attributes
    ----------
    info : SourceInfo or None
        Of the opened source.
    roster : tuple of int
    problem : TrackerError or None
        Why the source or the settings cannot be used; settings from before stay in force.
    background_frames : tuple of int
        What the background was learnt from; none of a saved picture or a live source.
    learning : (done, total) or None
        How far the learning of a background is; None where none is learnt.
    """

    phase: Phase = Phase.EMPTY
    info: SourceInfo | None = None
    roster: tuple[int, ...] = ()
    problem: TrackerError | None = None
    has_background: bool = False
    background_frames: tuple[int, ...] = ()
    learning: tuple[int, int] | None = None


_END = object()


def _told(error: SourceInterrupted) -> InputError:
    """Return what a camera that broke off is to a window that does not wait for it."""
    return InputError("source", error.reason, "Open it again, or follow it with 'tracker-gui run'.")


class Player:
    """One source, one pipeline, one screen.

    Every public method may be called from any thread and returns at once; the loops do the work.

    Parameters
    ----------
    feed : ScreenFeed
    on_state : callable
        Called with a `PlayerState` on one of the loops' threads whenever it changes.
    repeat : bool
        Begin again at the end.
    tracks : bool
        False for the pictures alone, as where finished tracks are looked through.
    """

    def __init__(
        self, feed: ScreenFeed, on_state: Callable[[PlayerState], None], *, repeat: bool = False, tracks: bool = True
    ) -> None:
        self.repeat = repeat
        self._tracks = tracks
        self._feed = feed
        self._on_state = on_state
        self._changed = threading.Condition()
        self._reading = threading.Lock()
        # wishes of the owner
        self._closing = False
        self._preset_wish: Preset | None = None
        self._reopen_wish = False
        self._playing = False
        self._seek_wish: int | None = None
        self._steps_wish = 0
        self._refresh_wish = False
        self._cancel_wish = False
        #: Whether the length of the source is still to be found out, in a quiet moment.
        self._counts = False
        self._background_wish: tuple[Path, Callable[[TrackerError | None], None]] | None = None
        # between the loops
        self._source: Source[Any] | None = None
        self._ahead: deque[Frame | object | TrackerError] = deque()
        self._ahead_limit = FRAMES_AHEAD
        self._generation = 0
        self._read_from: int | None = None
        self._read_on = False
        # of the tracking loop alone
        self._choice: StageChoice | None = None
        self._preset: Preset | None = None
        self._sampler: Sampler | None = None
        self._pipeline: Pipeline | None = None
        self._last: Snapshot | None = None
        self._clock: tuple[float, float] | None = None
        self._state = PlayerState()

    # ---- wishes

    def set_preset(self, preset: Preset) -> None:
        """Use these settings from the next frame on; opens the source if it is another one."""
        self._wish(_preset_wish=preset)

    def reopen(self) -> None:
        """Open the source again (a file that came back)."""
        self._wish(_reopen_wish=True)

    def play(self) -> None:
        self._wish(_playing=True)

    def pause(self) -> None:
        self._wish(_playing=False)

    def seek(self, index: int) -> None:
        """Show frame `index`; of many wishes only the newest is fulfilled."""
        self._wish(_seek_wish=max(0, index), _steps_wish=0)

    def step(self) -> None:
        """Track and show one more frame."""
        with self._changed:
            self._playing = False
            self._steps_wish += 1
            self._changed.notify_all()

    def refresh(self) -> None:
        """Show the frame again, because the screen wants to see something else of it."""
        self._wish(_refresh_wish=True)

    def save_background(self, path: Path, done: Callable[[TrackerError | None], None]) -> None:
        """Write the background that is in use; `done` is called with what went wrong, on the loop's thread."""
        self._wish(_background_wish=(path, done))

    def cancel_learning(self) -> None:
        """Learn no background; the settings from before stay in force."""
        self._wish(_cancel_wish=True)

    def close(self) -> None:
        """End both loops; they give back the source on their way out."""
        self._wish(_closing=True)

    def _wish(self, **wishes: Any) -> None:
        with self._changed:
            for name, value in wishes.items():
                setattr(self, name, value)
            self._changed.notify_all()

    # ---- reading ahead

    def capture_loop(self) -> None:
        """Read frames ahead until closed; the target of the capture thread."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._wants_frames())
                if self._closing:
                    return
                generation, start, self._read_from = self._generation, self._read_from, None
            item = self._read(generation, start)
            with self._changed:
                if generation == self._generation:
                    self._ahead.append(item)
                    self._read_on = self._read_on and item is not _END and not isinstance(item, TrackerError)
                    self._changed.notify_all()

    def _wants_frames(self) -> bool:
        return self._source is not None and self._read_on and len(self._ahead) < self._ahead_limit

    def _read(self, generation: int, start: int | None) -> Frame | object | TrackerError:
        with self._reading:
            source = self._source
            if source is None or generation != self._generation:
                return _END
            try:
                if start is not None:
                    source.seek(start)
                frame = source.read()
            except SourceInterrupted as error:
                return _told(error)
            except TrackerError as error:
                return error
            except Exception as error:
                log.exception("reading failed")
                return InputError("source", f"could not be read ({error})", "Open it again.")
            return _END if frame is None else frame

    def _read_ahead_from(self, index: int | None) -> None:
        """Drop what was read ahead and go on at `index` (None: where the source stands)."""
        with self._changed:
            self._generation += 1
            self._ahead.clear()
            self._read_from = index
            self._read_on = True
            self._changed.notify_all()

    # ---- tracking

    def track_loop(self) -> None:
        """Fulfil wishes and track frames until closed; the target of the tracking thread."""
        try:
            while True:
                with self._changed:
                    self._wait_for_work()
                    if self._closing:
                        return
                try:
                    self._turn()
                except Interrupted:
                    continue
                except TrackerError as error:
                    self._stop_with(error)
                except Exception as error:
                    log.exception("tracking failed")
                    problem = f"stopped by an unexpected problem ({error})"
                    self._stop_with(TrackerError("tracking", problem, "The log has details."))
        finally:
            self._give_back()

    def _has_wish(self) -> bool:
        return self._is_asked() or (self._counts and not self._playing)

    def _is_asked(self) -> bool:
        return (
            self._closing or self._preset_wish is not None or self._reopen_wish or self._seek_wish is not None
            or self._steps_wish > 0 or self._refresh_wish or self._background_wish is not None
            or (self._playing != (self._state.phase is Phase.PLAYING) and self._source is not None)
        )  # fmt: skip

    def _wait_for_work(self) -> None:
        while not self._has_wish():
            if not (self._playing and self._ahead):
                self._changed.wait()
                continue
            early_s = self._until_due_s()
            if early_s <= 0.0:
                return
            self._changed.wait(early_s)

    def _until_due_s(self) -> float:
        """Return the seconds until the frame that was read ahead must be shown."""
        t_s = getattr(self._ahead[0], "t_capture_s", None)
        if t_s is None or self._clock is None:
            return 0.0
        started_s, first_t_s = self._clock
        return float(started_s + (t_s - first_t_s) - time.monotonic())

    def _turn(self) -> None:
        with self._changed:
            preset, self._preset_wish = self._preset_wish, None
            reopen, self._reopen_wish = self._reopen_wish, False
            background, self._background_wish = self._background_wish, None
        if preset is not None or reopen:
            self._use(preset or self._preset, reopen)
            return
        if background is not None:
            self._save_background(*background)
            return
        if self._source is None:
            with self._changed:
                self._seek_wish, self._steps_wish, self._refresh_wish, self._playing = None, 0, False, False
            return
        with self._changed:
            seek, self._seek_wish = self._seek_wish, None
            steps, self._steps_wish = self._steps_wish, max(0, self._steps_wish - 1)
            refresh, self._refresh_wish = self._refresh_wish, False
            playing = self._playing
        if seek is not None:
            self._seek(seek)
        elif steps:
            self._next(wait=True)
        elif playing != (self._state.phase is Phase.PLAYING):
            self._start_or_pause(playing)
        elif refresh and not playing:
            self._show_again()
        elif playing:
            self._next(wait=False)
        elif self._counts:
            self._counts = self._count(lambda: self._closing or self._is_asked()) is None and self._is_asked()

    def _start_or_pause(self, playing: bool) -> None:
        self._clock = None
        if playing and self._state.phase is Phase.ENDED:
            self._seek(0)
        self._tell(phase=Phase.PLAYING if playing else Phase.PAUSED)
        if not playing and self._last is not None:
            self._show_again()

    def _next(self, wait: bool) -> None:
        with self._changed:
            if wait:
                self._changed.wait_for(
                    lambda: self._ahead or self._closing or self._seek_wish is not None or not self._read_on
                )
            if not self._ahead or self._closing or self._seek_wish is not None:
                return
            item: Any = self._ahead.popleft()
            self._changed.notify_all()
        if isinstance(item, TrackerError):
            raise item
        if item is _END:
            self._at_end()
            return
        if self._clock is None or time.monotonic() - self._clock[0] - (item.t_capture_s - self._clock[1]) > LATE_S:
            self._clock = (time.monotonic(), item.t_capture_s)
        self._track(item, now=wait)

    def _at_end(self) -> None:
        if self.repeat and self._playing:
            self._clock = None
            self._forget()
            self._read_ahead_from(0)
            return
        with self._changed:
            self._playing = False
            self._steps_wish = 0
        self._show_again()  # the last frame may have come too soon after the one before to be shown
        self._tell(phase=Phase.ENDED)

    def _seek(self, index: int) -> None:
        index = self._last_possible(index)
        self._clock = None
        self._forget()
        self._read_ahead_from(index)
        if self._state.phase is Phase.ENDED:
            self._tell(phase=Phase.PAUSED)
        self._next(wait=True)

    def _last_possible(self, index: int) -> int:
        """Return `index` or the last frame there is; what the header said of the count is put right."""
        count = self._count(lambda: self._closing)
        return min(index, count - 1) if count else index

    def _count(self, cancelled: Callable[[], bool]) -> int | None:
        with self._reading:
            count = None if self._source is None else self._source.count(cancelled)
        info = self._state.info
        if count and info is not None and count != info.frame_count:
            self._tell(info=replace(info, frame_count=count))
        return count

    def _forget(self) -> None:
        self._feed.forget()
        if self._pipeline is not None:
            self._pipeline.reset()

    def _track(self, frame: Frame, *, now: bool) -> None:
        if self._pipeline is None:
            self._last = Snapshot(frame, Prepared(frame), no_detections(), no_tracks())
        else:
            # A frame that stands still is looked at: its mask and rejected blobs are worth the time.
            self._last = self._pipeline.step(frame, explain=now or self._feed.explain)
        self._feed.offer(self._last, self._background(), now=now)

    def _show_again(self) -> None:
        """Show the present frame with the settings of now, without moving the tracker on."""
        last = self._last
        if last is None:
            return
        if self._pipeline is None:
            self._feed.offer(last, None, new=False, now=True)
            return
        preview = self._pipeline.preview(last.frame)
        # Tracks made with other settings must not be shown as if these had found them.
        same = _same_detections(preview, last) and preview.tracks.roster == last.tracks.roster
        if same:
            preview = replace(preview, tracks=last.tracks, motion=last.motion, timing_ms=last.timing_ms)
        self._feed.offer(preview, self._background(), new=False, tracked=same, now=True)

    def _background(self) -> U8 | None:
        return None if self._pipeline is None else self._pipeline.background_u8

    # ---- settings and sources

    def _use(self, preset: Preset | None, reopen: bool) -> None:
        if preset is None:
            return
        if preset.source != self._choice or reopen or (self._source is None and preset.source is not None):
            self._open(preset)
            return
        self._preset = preset
        if self._source is None:
            return
        self._settle(preset)
        if self._state.phase is not Phase.PLAYING:
            self._show_again()

    def _settle(self, preset: Preset) -> None:
        """Bring the settings into force, or say why the old ones stay."""
        assert self._state.info is not None
        if not self._tracks:
            self._tell(problem=None)
            return
        with self._changed:
            self._cancel_wish = False
        try:
            if self._pipeline is None:
                self._pipeline = Pipeline(preset, self._state.info, self._sampler, self._tell_learning)
            else:
                self._pipeline.update(preset)
        except TrackerError as error:
            self._tell(problem=error, learning=None)
            return
        except Interrupted:
            if not self._cancel_wish:
                raise
            what = "was not learnt: you cancelled it, and what was set before is in force"
            way_out = "Learn it again in the step Image, or undo the last change."
            self._tell(problem=TrackerError("background", what, way_out), learning=None)
            return
        learnt = self._pipeline.sampled if self._pipeline.background_u8 is not None else ()
        self._tell(problem=None, roster=self._pipeline.roster, background_frames=learnt, learning=None)

    def _tell_learning(self, done: int, total: int) -> None:
        self._tell(learning=(done, total))

    def _open(self, preset: Preset) -> None:
        self._give_back()
        self._preset, self._choice = preset, preset.source
        if preset.source is None:
            self._tell(phase=Phase.EMPTY, info=None, problem=None)
            return
        self._tell(phase=Phase.OPENING, info=None, problem=None)
        source = preset.source.make()
        try:
            info = source.open()
        except SourceInterrupted as error:
            source.close()
            raise _told(error) from error
        except BaseException:
            source.close()
            raise
        if info.can_seek and self._tracks:
            self._sampler = Sampler(source, self._has_better_to_do)
        pixels = max(1, info.size_px[0] * info.size_px[1])
        with self._changed:
            self._source = source
            self._ahead_limit = max(2, min(FRAMES_AHEAD, PIXELS_AHEAD // pixels))
        self._tell(phase=Phase.PAUSED, info=info)
        self._read_ahead_from(None)
        self._settle(preset)
        self._next(wait=True)
        # Files without an index, such as recordings that a power cut must not harm, do not say it.
        self._counts = info.can_seek and info.frame_count is None

    def _has_better_to_do(self) -> bool:
        """Return whether the background that is being learnt is wanted no more."""
        wish = self._preset_wish
        newer = wish is not None and (self._pipeline is not None or wish.source != self._choice)
        return self._closing or self._cancel_wish or newer

    def _give_back(self) -> None:
        with self._changed:
            self._generation += 1
            self._ahead.clear()
            self._read_on = self._counts = False
        with self._reading:
            source, self._source = self._source, None
            if source is not None:
                source.close()
        for held in (self._pipeline, self._sampler):
            if held is not None:
                held.close()
        self._pipeline = self._sampler = self._last = self._clock = None
        self._feed.forget()

    def _save_background(self, path: Path, done: Callable[[TrackerError | None], None]) -> None:
        try:
            save_background(self._background(), path)
        except TrackerError as error:
            done(error)
        else:
            done(None)

    def _stop_with(self, error: TrackerError) -> None:
        with self._changed:
            self._playing = False
            self._steps_wish = 0
        phase = Phase.EMPTY if self._source is None else Phase.PAUSED
        self._tell(phase=phase, problem=error)

    def _tell(self, **changes: Any) -> None:
        has_background = self._pipeline is not None and any(s.makes_foreground for s in self._pipeline.image_steps)
        state = replace(self._state, **changes, has_background=has_background)
        if state != self._state:
            self._state = state
            self._on_state(state)


def save_background(background_u8: U8 | None, path: Path) -> None:
    """Write an empty scene as PNG.

    Raises
    ------
    OutputError
        Also where there is none.
    """
    if background_u8 is None:
        raise OutputError(str(path), "there is no background yet", "Add the step 'Background' and let it learn.")
    write_png(path, background_u8)


def _same_detections(one: Snapshot, other: Snapshot) -> bool:
    """Return whether the settings still find what the tracks were made of."""
    a, b = one.detections.xy_px, other.detections.xy_px
    return a.shape == b.shape and bool((abs(a - b) < 1e-6).all())
