"""The interfaces of the rooms a frame walks through. One file in `stages/` holds one of these."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from tracker_gui.core.params import Params

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker_gui.core.annotation import Annotation
    from tracker_gui.core.arrays import F64, U8
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.prepared import Prepared
    from tracker_gui.core.sound_file import SoundFile
    from tracker_gui.core.types import Detections, Frame, Motion, Snapshot, SourceInfo, Tracks
    from tracker_gui.core.zones import Zone

P = TypeVar("P", bound=Params)


class NoParams(Params):
    """For a stage without settings."""


class Stage(ABC, Generic[P]):
    """One choice in the window.

    A subclass states `title`, `about` and `Params`; it costs nothing until `open`, where heavy
    libraries are imported and files opened. `close` may be called twice and after a failed `open`.
    """

    title: ClassVar[str]
    about: ClassVar[str]
    Params: ClassVar[type[Params]] = NoParams

    def __init__(self, params: P | None = None) -> None:
        self.params: P = params if params is not None else self.Params()  # type: ignore[assignment]

    @classmethod
    def load_libraries(cls) -> None:
        """Import what takes long to import; called before a live source is opened, so that no frame waits for it."""

    def close(self) -> None:
        """Give back files, threads and devices."""


class Source(Stage[P]):
    """Where frames come from."""

    #: Whether threads of the source's own work ahead, so that another one around `read` would only cost.
    reads_ahead: ClassVar[bool] = False

    @abstractmethod
    def open(self) -> SourceInfo:
        """Open it and say what it is.

        Raises
        ------
        InputError
            When it cannot be read: names the file or device and the way out.
        """

    @abstractmethod
    def read(self) -> Frame | None:
        """Return the next frame, None at the end."""

    def seek(self, index: int) -> None:
        """Make frame `index` the next one that `read` returns."""
        raise IndexError(f"{self.title} cannot seek to frame {index}")

    def count(self, cancelled: Callable[[], bool] = lambda: False) -> int | None:
        """Return the true number of frames, reading through the file where the header may lie."""
        return None

    def index_at(self, t_s: float) -> int | None:
        """Return the first frame at or after `t_s` seconds from the first one; None where the rate is the truth.

        May return the number of frames, for a time behind the last one.
        """
        return None

    def open_sound(self) -> SoundFile | None:
        """Return the sound of an opened source, its times those of the frames; None where there is none.

        The caller closes it; each call opens another.
        """
        return None

    def sample_indices(self, count: int) -> list[int]:
        """Return up to `count` frame numbers spread evenly over the source; empty if it cannot seek."""
        frames = self.count()
        if not frames:
            return []
        count = min(count, frames)
        return [int((k + 0.5) * frames / count) for k in range(count)]


@dataclass(frozen=True, slots=True)
class ImageState:
    """What an image step receives and returns; all arrays cover the same rectangle of the frame.

    Attributes
    ----------
    image_u8 : (h, w) luma or (h, w, 3) BGR
    keep_u8 : (h, w) uint8 or None
        0 where detections must be ignored, else 255; None keeps all.
    foreground_u8 : (h, w) uint8 or None
        Difference from the background; None before a background step.
    """

    image_u8: U8
    keep_u8: U8 | None = None
    foreground_u8: U8 | None = None

    def cut(self, rect: Rect, origin: Rect) -> ImageState:
        """Return the part in `rect`, where the arrays cover `origin`."""
        if rect == origin:
            return self
        at = rect.slices(origin)
        return ImageState(
            self.image_u8[at],
            None if self.keep_u8 is None else self.keep_u8[at],
            None if self.foreground_u8 is None else self.foreground_u8[at],
        )

    def with_image(self, image_u8: U8) -> ImageState:
        return replace(self, image_u8=image_u8)


@dataclass(frozen=True, slots=True)
class ImageContext:
    """What an image step may use while it opens.

    Attributes
    ----------
    sample : callable
        ``sample(n)`` returns up to n pictures spread over the source, as this step will receive
        them; an empty list where the source cannot seek.
    folder : Path
        Relative file names in the preset start here.
    """

    size_px: tuple[int, int]
    sample: Callable[[int], Sequence[U8]]
    folder: Path = field(default_factory=Path.cwd)


class ImageStep(Stage[P]):
    """A change of the picture before detection. Must accept luma and BGR.

    `margin_px` is how far outside a rectangle it must see to be right inside it; None means it needs
    the whole frame in order, once per frame. A window of the frame is then processed alone, with the
    same result as the whole frame.
    """

    makes_foreground: ClassVar[bool] = False

    @property
    def needs_colour(self) -> bool:
        return False

    @property
    def margin_px(self) -> int | None:
        return 0

    def open(self, context: ImageContext) -> None:
        """Load or learn what is needed (a mask image, a background).

        Raises
        ------
        InputError, SettingsError
        """

    def domain(self, rect: Rect) -> Rect:
        """Return the part of the frame that is left (a crop makes it smaller)."""
        return rect

    @abstractmethod
    def apply(self, state: ImageState, rect: Rect, frame: Frame) -> ImageState:
        """Return the changed picture of `rect`; must not write into the arrays it is given."""


@dataclass(frozen=True, slots=True)
class SearchHint:
    """Where known animals may be in the next frame.

    Attributes
    ----------
    centre_px : (n, 2) float64
        Expected positions.
    reach_px : (n,) float64
        How far from there a centroid may lie and still be accepted.
    """

    centre_px: F64
    reach_px: F64


@dataclass(frozen=True, slots=True)
class DetectorContext:
    """What a detector may use while it opens: the frame size and how many animals may touch."""

    size_px: tuple[int, int]
    merge_up_to: int = 1
    has_foreground: bool = False


class Detector(Stage[P]):
    """Finds animals or objects in one prepared picture."""

    @abstractmethod
    def open(self, context: DetectorContext) -> None: ...

    @abstractmethod
    def step(self, prepared: Prepared, hint: SearchHint | None = None, explain: bool = False) -> Detections:
        """Return what is seen.

        Parameters
        ----------
        hint : SearchHint, optional
            Only detections within reach of the hint matter to the tracker; a detector may search
            only there, provided those come out as in a search of the whole frame.
        explain : bool
            Also return the mask of the whole frame and the reason of every rejection.
        """


@dataclass(frozen=True, slots=True)
class TrackerContext:
    """What a tracker or an enrichment may use while it opens."""

    size_px: tuple[int, int]
    rate_hz: float


class Tracker(Stage[P]):
    """Gives detections their identity over time."""

    @property
    def merge_up_to(self) -> int:
        """How many animals may be in one blob for this tracker to split; 1 = it cannot split."""
        return 1

    @property
    def roster(self) -> tuple[int, ...]:
        """Ids this tracker answers for in every frame; empty where ids come and go."""
        return ()

    @abstractmethod
    def open(self, context: TrackerContext) -> None: ...

    def hint(self, t_capture_s: float) -> SearchHint | None:
        """Return where to look at that time, None for everywhere."""
        return None

    @abstractmethod
    def step(self, frame: Frame, detections: Detections) -> Tracks: ...

    @abstractmethod
    def reset(self) -> None:
        """Forget all tracks (after a seek)."""


class Enricher(Stage[P]):
    """Adds to the tracks what can be known from them and the picture."""

    @abstractmethod
    def open(self, context: TrackerContext) -> None: ...

    @abstractmethod
    def step(self, frame: Frame, detections: Detections, tracks: Tracks) -> Motion: ...

    @abstractmethod
    def reset(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SinkContext:
    """Where a sink writes and what it will receive.

    Attributes
    ----------
    open_sound : callable
        What `Source.open_sound` returns.
    annotation : Annotation or None
        What is drawn into annotated pictures; None for the usual.
    about : dict
        What is known of the session: subject, treatment and more; see `SessionInfo.info_document`.
    zones : tuple of Zone
        Those of the camera.
    cancelled : callable
        Whether the run shall end, for a sink that waits for something.
    """

    folder: Path
    stem: str
    source: SourceInfo
    roster: tuple[int, ...]
    first_frame: int = 0
    open_sound: Callable[[], SoundFile | None] = lambda: None
    annotation: Annotation | None = None
    about: Mapping[str, object] = field(default_factory=dict)
    zones: tuple[Zone, ...] = ()
    cancelled: Callable[[], bool] = lambda: False


class Sink(Stage[P]):
    """Writes what was tracked, into ``context.folder / (context.stem + self.ending)``.

    Attributes
    ----------
    keeps_pictures : bool
        `write` takes its time. In live runs it is then called on a thread of its own and may miss frames; else it
        must not wait for a disk there.
    """

    keeps_pictures: ClassVar[bool] = False

    @property
    @abstractmethod
    def ending(self) -> str:
        """What the file's name has behind the stem all files of a run share, such as ``_tracks.csv``."""

    @property
    def trouble(self) -> str:
        """What is the matter while it goes on all the same, as a sentence; empty while all is well."""
        return ""

    @abstractmethod
    def open(self, context: SinkContext) -> Path:
        """Create the file and return its path.

        Raises
        ------
        OutputError
        """

    @abstractmethod
    def write(self, snapshot: Snapshot) -> None:
        """Write one frame.

        Raises
        ------
        OutputError
            The disk is full or gone; what was written before stays readable.
        """


AnyStage = Stage[Any]
