"""One frame's whole way: image chain, detector, tracker, enrichment. No thread, no file, no screen."""

from __future__ import annotations

import functools
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tracker_gui.core import registry
from tracker_gui.core.errors import missing_library
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.stage import DetectorContext, ImageContext, TrackerContext
from tracker_gui.core.types import Snapshot
from tracker_gui.engine.sampling import Sampler, choose_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.stage import Detector, Enricher, ImageStep, Source, Tracker
    from tracker_gui.core.types import Frame, SourceInfo


class Pipeline:
    """Turns frames into snapshots as one preset says.

    Parameters
    ----------
    preset : Preset
    info : SourceInfo
        Of the opened source.
    sampler : Source or None
        An opened source of its own for background sampling (never the one that is being played);
        None where the source cannot seek.
    on_sample : callable
        Called with how many frames of a background were read, and how many there will be.
    """

    def __init__(
        self,
        preset: Preset,
        info: SourceInfo,
        sampler: Source[Any] | None = None,
        on_sample: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self._info = info
        self._sampler = sampler
        self._on_sample = on_sample
        self._sampled: dict[int, tuple[int, ...]] = {}
        self._chain: list[tuple[StageChoice, ImageStep[Any]]] = []
        self._detector: Detector[Any] | None = None
        self._tracker: Tracker[Any] | None = None
        self._enrichers: list[Enricher[Any]] = []
        self.preset = preset
        self._open(preset, None)

    @property
    def image_steps(self) -> tuple[ImageStep[Any], ...]:
        """The opened, enabled image steps in order."""
        return tuple(step for _, step in self._chain)

    @property
    def background_u8(self) -> U8 | None:
        """The (h, w) empty scene that is in use, None where there is none."""
        for step in self.image_steps:
            if hasattr(step, "background_u8"):
                return step.background_u8  # type: ignore[no-any-return]
        return None

    @property
    def sampled(self) -> tuple[int, ...]:
        """The frames that the background in use was learnt from; none of a saved picture."""
        return next((self._sampled[id(step)] for step in self.image_steps if id(step) in self._sampled), ())

    @property
    def learning(self) -> tuple[int, int] | None:
        """How many frames of how many a live source has given for its background; None where that is done."""
        for step in self.image_steps:
            if hasattr(step, "learnt_of"):
                return step.learnt_of  # type: ignore[no-any-return]
        return None

    @property
    def roster(self) -> tuple[int, ...]:
        assert self._tracker is not None
        return self._tracker.roster

    @property
    def merge_up_to(self) -> int:
        """How many animals may be in one blob."""
        assert self._tracker is not None
        return self._tracker.merge_up_to

    def update(self, preset: Preset) -> None:
        """Change the settings between two frames; what did not change keeps its memory.

        Raises
        ------
        TrackerError
            The new settings cannot be used; the old ones stay in force.
        """
        self._open(preset, self.preset)
        self.preset = preset

    def _open(self, new: Preset, old: Preset | None) -> None:
        chain = self._open_chain([c for c in new.image if c.enabled])
        steps = [step for _, step in chain]
        fresh: list[Any] = [step for item, step in chain if (item, step) not in self._chain]
        try:
            same_track = old is not None and old.tracker == new.tracker
            tracker = self._tracker if same_track else new.tracker.make()
            assert tracker is not None
            context = TrackerContext(self._info.size_px, self._info.rate_hz)
            if not same_track:
                fresh.append(tracker)
                tracker.open(context)
            detector = new.detector.make()
            fresh.append(detector)
            detector.open(
                DetectorContext(
                    self._info.size_px,
                    merge_up_to=tracker.merge_up_to,
                    has_foreground=any(step.makes_foreground for step in steps),
                )
            )
            if old is not None and old.enrich == new.enrich and same_track:
                enrichers = self._enrichers
            else:
                enrichers = [c.make() for c in new.enrich if c.enabled]
                fresh += enrichers
                for enricher in enrichers:
                    enricher.open(context)
        except BaseException as error:
            for stage in fresh:
                stage.close()
            if isinstance(error, ModuleNotFoundError):
                raise missing_library("one of the chosen steps", error) from error
            raise
        kept = {id(step) for step in steps} | {id(s) for s in (tracker, detector, *enrichers)}
        for stage in (*self.image_steps, self._tracker, self._detector, *self._enrichers):
            if stage is not None and id(stage) not in kept:
                stage.close()
        self._chain, self._detector, self._tracker, self._enrichers = chain, detector, tracker, enrichers
        self._sampled = {number: read for number, read in self._sampled.items() if number in kept}

    def _open_chain(self, wanted: Sequence[StageChoice]) -> list[tuple[StageChoice, ImageStep[Any]]]:
        """Return the opened steps; those up to the first change are the old ones (a background is kept)."""
        chain: list[tuple[StageChoice, ImageStep[Any]]] = []
        unchanged = True
        made: list[ImageStep[Any]] = [wish.make() for wish in wanted]
        from_colour = any(step.needs_colour for step in made)
        if from_colour != any(step.needs_colour for step in self.image_steps):
            unchanged = False
        for number, wish in enumerate(wanted):
            unchanged = unchanged and number < len(self._chain) and self._chain[number][0] == wish
            if unchanged:
                chain.append(self._chain[number])
                continue
            step = made[number]
            before = tuple(s for _, s in chain)
            sample = functools.partial(self._sample, step=step, before=before, from_colour=from_colour)
            try:
                step.open(ImageContext(self._info.size_px, sample))
            except BaseException:
                step.close()
                for _, opened in chain:
                    if opened not in self.image_steps:
                        opened.close()
                raise
            chain.append((wish, step))
        return chain

    def _sample(
        self, count: int, *, step: ImageStep[Any], before: tuple[ImageStep[Any], ...], from_colour: bool
    ) -> list[U8]:
        if self._sampler is None:
            return []
        pictures, read = [], []
        # Which frames these are is a setting of the step, for whoever draws them knows the source.
        indices = choose_frames(self._sampler, count, getattr(step.params, "draw", 0))
        for done, index in enumerate(indices):
            self._on_sample(done, len(indices))
            self._sampler.seek(index)
            frame = self._sampler.read()
            if frame is not None:
                pictures.append(Prepared(frame, before).before(len(before), from_colour))
                read.append(index)
        self._sampled[id(step)] = tuple(read)
        return pictures

    def step(self, frame: Frame, explain: bool = False) -> Snapshot:
        """Send one frame through all rooms.

        Parameters
        ----------
        explain : bool
            Also make the mask and the reasons of rejected blobs, for the screen.
        """
        assert self._detector is not None and self._tracker is not None
        prepared = Prepared(frame, self.image_steps)
        start = time.perf_counter()
        prepared.learn()
        detections = self._detector.step(prepared, self._tracker.hint(frame.t_capture_s), explain)
        detected = time.perf_counter()
        tracks = self._tracker.step(frame, detections)
        motion = None
        for enricher in self._enrichers:
            motion = enricher.step(frame, detections, tracks)
        tracked = time.perf_counter()
        timing_ms = {"detect": (detected - start) * 1e3, "track": (tracked - detected) * 1e3}
        return Snapshot(frame, prepared, detections, tracks, motion, timing_ms)

    def preview(self, frame: Frame) -> Snapshot:
        """Return what would be detected in one frame, with reasons, without moving the tracker on."""
        assert self._detector is not None
        from tracker_gui.core.types import no_tracks

        prepared = Prepared(frame, self.image_steps)
        prepared.learn()
        detections = self._detector.step(prepared, None, explain=True)
        return Snapshot(frame, prepared, detections, no_tracks(self.roster))

    def reset(self) -> None:
        """Forget all tracks (after a seek)."""
        assert self._tracker is not None
        self._tracker.reset()
        for enricher in self._enrichers:
            enricher.reset()

    def close(self) -> None:
        for stage in (*self.image_steps, self._detector, self._tracker, *self._enrichers):
            if stage is not None:
                stage.close()


def load_libraries(preset: Preset) -> None:
    """Import what the enabled stages of a preset need, before the first frame waits for it.

    Raises
    ------
    SettingsError
        A library is not there.
    """
    for chosen in (*preset.image, preset.detector, preset.tracker, *preset.enrich):
        if chosen.enabled:
            try:
                registry.load(chosen.kind, chosen.stage).load_libraries()
            except ModuleNotFoundError as error:
                raise missing_library("one of the chosen steps", error) from error


@contextmanager
def opened_pipeline(preset: Preset, source: Source[Any], info: SourceInfo) -> Iterator[Pipeline]:
    """Open a pipeline for a source, with a second handle of the source for sampling, and close both."""
    sampler = Sampler(source, keep_bytes=0) if info.can_seek else None
    pipeline = None
    try:
        pipeline = Pipeline(preset, info, sampler)
        yield pipeline
    finally:
        if pipeline is not None:
            pipeline.close()
        if sampler is not None:
            sampler.close()
