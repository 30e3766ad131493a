"""What settings find on frames spread over a whole source, so that they are not judged on one frame alone."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tracker_gui.core.arrays import frozen
from tracker_gui.core.types import Explanation
from tracker_gui.engine.pipeline import Pipeline
from tracker_gui.engine.sampling import Interrupted, KeptPicture, Sampler, choose_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracker_gui.core.arrays import F64, U8
    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.stage import Source
    from tracker_gui.core.types import Detections, Frame, SourceInfo

USUAL_FRAMES = 20
MOST_FRAMES = 200
THUMBNAIL_PX = (320, 240)


class Verdict(enum.Enum):
    """How what was found stands to what is there."""

    RIGHT = "right"
    TOO_FEW = "too few"
    TOO_MANY = "too many"
    UNJUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Finds:
    """What one set of settings finds on one frame.

    Attributes
    ----------
    detections : Detections
        With the rejected blobs, without the mask.
    wanted : int or None
        How many animals there are; None where the tracker was not told.
    merge_up_to : int
        How many of them one blob may be.
    """

    detections: Detections
    wanted: int | None
    merge_up_to: int = 1

    @property
    def areas_px2(self) -> F64:
        """(m,) areas of all blobs, taken or rejected."""
        told = self.detections.explanation
        return np.concatenate([self.detections.area_px2, [] if told is None else told.rejected_area_px2])

    @property
    def blobs(self) -> int:
        """Blobs that are taken; one of several animals that touch counts once."""
        return len(self.detections)

    @property
    def verdict(self) -> Verdict:
        """Whether the blobs can be just the animals that there are; a joint one is two at the least."""
        if self.wanted is None:
            return Verdict.UNJUDGED
        joint = int(np.count_nonzero(self.detections.oversize))
        alone = self.blobs - joint
        if alone + joint * max(2, self.merge_up_to) < self.wanted:
            return Verdict.TOO_FEW
        return Verdict.TOO_MANY if alone + 2 * joint > self.wanted else Verdict.RIGHT


@dataclass(frozen=True, slots=True)
class SampledFrame:
    """One frame of the sample.

    Attributes
    ----------
    size_px : (width, height) of the frame
    thumbnail_u8 : (h, w, 4) uint8
        BGRA, the whole frame made small.
    """

    index: int
    t_s: float
    size_px: tuple[int, int]
    thumbnail_u8: U8


@dataclass(frozen=True, slots=True)
class Tally:
    """On how many frames of a sample the count is right."""

    frames: int
    right: int
    too_few: int
    too_many: int

    @property
    def words(self) -> str:
        """One sentence without its full stop."""
        if not self.frames:
            return "No frame was looked at yet"
        if not self.right + self.too_few + self.too_many:
            return f"{_frames(self.frames)} looked at; say under Track how many animals there are to have them judged"
        wrong = [
            f"{what} on {count}" for what, count in (("too few", self.too_few), ("too many", self.too_many)) if count
        ]
        return "; ".join([f"Right on {self.right} of {_frames(self.frames)}", ", ".join(wrong)]).removesuffix("; ")


def _frames(count: int) -> str:
    return "one frame" if count == 1 else f"{count} frames"


def tally(finds: Iterable[Finds]) -> Tally:
    """Count the verdicts."""
    verdicts = [each.verdict for each in finds]
    counted = (verdicts.count(which) for which in (Verdict.RIGHT, Verdict.TOO_FEW, Verdict.TOO_MANY))
    return Tally(len(verdicts), *counted)


class SampledFinds:
    """Looks at chosen frames of one source with one or more sets of settings; for one thread at a time.

    It has a decoder of its own. Of the frames it keeps the planes that detection asks for, within
    `sampling.KEPT_BYTES`; beyond that they are read again.

    Parameters
    ----------
    samples : Source
        Such as a `Sampler`: opened here, and closed with this.
    """

    def __init__(self, samples: Source[Any]) -> None:
        self._samples = samples
        self.info: SourceInfo = samples.open()
        self._pipelines: dict[str, Pipeline] = {}

    def choose(self, count: int, draw: int = 0) -> list[int]:
        """Return up to `count` frame numbers over the whole source, in order; see `choose_frames`."""
        return choose_frames(self._samples, count, draw)

    def _frame(self, index: int) -> Frame:
        self._samples.seek(index)
        frame = self._samples.read()
        if frame is None:
            raise Interrupted  # the file became shorter meanwhile
        return frame

    def look(self, index: int) -> SampledFrame:
        """Return a frame of the source made small."""
        frame = self._frame(index)
        picture = frame.picture
        bgr = picture.passing_bgr_u8() if isinstance(picture, KeptPicture) else picture.bgr_u8()
        return SampledFrame(index, frame.t_capture_s, frame.size_px, _thumbnail(bgr))

    def find(self, index: int, preset: Preset, slot: str = "") -> Finds:
        """Return what settings find on a frame.

        Parameters
        ----------
        slot : str
            Settings that follow on one another have the same one, so that an unchanged background is kept.

        Raises
        ------
        TrackerError
            The settings cannot be used.
        Interrupted
        """
        pipeline = self._pipelines.get(slot)
        if pipeline is None:
            pipeline = self._pipelines[slot] = Pipeline(preset, self.info, self._samples)
        elif pipeline.preset != preset:
            pipeline.update(preset)
        detections = pipeline.preview(self._frame(index)).detections
        told = detections.explanation
        if told is not None:
            bare = Explanation(None, told.rejected_xy_px, told.rejected_area_px2, told.rejected_reason)
            detections = replace(detections, explanation=bare)
        return Finds(detections, len(pipeline.roster) or None, pipeline.merge_up_to)

    def leave(self, slot: str) -> None:
        """Close the settings of a slot."""
        pipeline = self._pipelines.pop(slot, None)
        if pipeline is not None:
            pipeline.close()

    def close(self) -> None:
        for slot in tuple(self._pipelines):
            self.leave(slot)
        self._samples.close()


def _thumbnail(bgr_u8: U8) -> U8:
    height, width = bgr_u8.shape[:2]
    scale = min(1.0, THUMBNAIL_PX[0] / width, THUMBNAIL_PX[1] / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(bgr_u8, size, interpolation=cv2.INTER_AREA)
    return frozen(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2BGRA), np.uint8))


def find_on_samples(
    source: StageChoice,
    preset: Preset,
    count: int = USUAL_FRAMES,
    draw: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[tuple[SampledFrame, Finds]]:
    """Return what settings find on frames spread over a source that can seek, in order; fewer where cancelled.

    Parameters
    ----------
    progress : callable
        Called with how many frames are done, and of how many.

    Raises
    ------
    TrackerError
        The source cannot be read, or the settings cannot be used.
    """
    found: list[tuple[SampledFrame, Finds]] = []
    looked = None
    try:
        looked = SampledFinds(Sampler(source.make(), cancelled))
        indices = looked.choose(count, draw)
        progress(0, len(indices))
        for done, index in enumerate(indices, 1):
            found.append((looked.look(index), looked.find(index, preset)))
            progress(done, len(indices))
    except Interrupted:
        pass
    finally:
        if looked is not None:
            looked.close()
    return found
