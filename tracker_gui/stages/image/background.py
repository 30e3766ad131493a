"""The empty scene, and how each picture differs from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import cv2
import numpy as np

from tracker_gui.core.arrays import U8, frozen
from tracker_gui.core.errors import OutputError
from tracker_gui.core.image_file import read_gray_u8, write_png
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import ImageContext, ImageState, ImageStep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.types import Frame

STRIP_ROWS = 32
RUNNING = ("mog2", "knn")


class BackgroundParams(Params):
    """The settings of `Background`."""

    model: Literal["median", "mean", "min", "max", "mog2", "knn"] = setting(
        "median",
        title="Model",
        description="Median, mean, darkest (min) or lightest (max) of some frames; mog2 and knn keep learning, "
        "for light that changes, but swallow an animal that rests.",
    )
    difference: Literal["darker", "lighter", "both"] = setting(
        "both", title="Animals are", description="Darker or lighter than the empty scene, or both."
    )
    frames: int = setting(
        30, title="Frames", ge=2, le=250, step=1, unit="frames",
        description="How many frames, spread over the video, the background is made of.",
    )  # fmt: skip
    file: Path | None = setting(
        None, title="Picture", description="A saved picture of the empty scene, used instead of sampled frames."
    )
    draw: int = setting(
        0, title="Draw", ge=0, le=100_000, step=1, more=True,
        description="Which frames the background is made of: 0 spreads them evenly, each other number draws others "
        "at random, always the same.",
    )  # fmt: skip
    every: int = setting(
        10, title="Camera: one frame in", ge=1, le=1000, step=1, unit="frames", more=True,
        description="A camera cannot be sampled beforehand: learn from one frame in so many, until there are enough.",
    )  # fmt: skip
    history: int = setting(
        500, title="Memory", ge=10, le=100_000, step=10, unit="frames", more=True,
        when={"model": ("mog2", "knn")},
        description="mog2 and knn: how many frames back the background remembers.",
    )  # fmt: skip
    deviation: float = setting(
        4.0, title="mog2 threshold", ge=0.5, le=20.0, step=0.1, unit="standard deviations", more=True,
        when={"model": ("mog2",)},
        description="mog2: how far from its usual grey a pixel must be to count as foreground.",
    )  # fmt: skip
    distance: float = setting(
        20.0, title="knn threshold", ge=1.0, le=255.0, step=1.0, unit="grey levels", more=True,
        when={"model": ("knn",)},
        description="knn: how far from its earlier grey levels a pixel must be to count as foreground.",
    )  # fmt: skip


class Background(ImageStep[BackgroundParams]):
    """Learns the empty scene and adds the difference from it; the picture itself passes through."""

    title: ClassVar[str] = "Background"
    about: ClassVar[str] = "Learn the empty scene, so that what differs from it is an animal. Blur comes before it."
    makes_foreground: ClassVar[bool] = True
    Params = BackgroundParams

    def __init__(self, params: BackgroundParams | None = None) -> None:
        super().__init__(params)
        self._runs = self.params.model in RUNNING
        self._picture: U8 | None = None
        self._model: Any = None
        self._ready = False
        self._learnt: list[U8] = []
        self._frames_seen = 0
        self._last: tuple[tuple[str, int, float], U8] | None = None

    @property
    def margin_px(self) -> int | None:
        """0 once a still background is known; while it is learnt every frame must be seen whole."""
        return None if self._runs or self._picture is None else 0

    @property
    def background_u8(self) -> U8 | None:
        """The (h, w) picture of the empty scene, None until there is one."""
        if self._model is not None and self._frames_seen:
            return frozen(self._model.getBackgroundImage())
        return self._picture

    @property
    def learnt_of(self) -> tuple[int, int] | None:
        """How many frames of how many were gathered of a source that cannot be sampled; None once there are enough."""
        if self._runs:
            return (self._frames_seen, self.params.frames) if self._frames_seen < self.params.frames else None
        return None if self._picture is not None else (len(self._learnt), self.params.frames)

    def save(self, path: Path) -> None:
        """Write the background as PNG, to be chosen as `file` later.

        Raises
        ------
        OutputError
        """
        background = self.background_u8
        if background is None:
            raise OutputError(str(path), "there is no background yet", "Let some frames pass, then save it.")
        write_png(path, background)

    def open(self, context: ImageContext) -> None:
        p = self.params
        pictures: Sequence[U8]
        if p.file is not None:
            pictures = [read_gray_u8(context.folder / p.file, context.size_px)]
        else:
            pictures = [_gray(picture) for picture in context.sample(p.frames)]
        if not self._runs:
            self._picture = frozen(_combine(pictures, p.model)) if pictures else None
            return
        if p.model == "mog2":
            self._model = cv2.createBackgroundSubtractorMOG2(p.history, p.deviation**2, detectShadows=False)
        else:
            self._model = cv2.createBackgroundSubtractorKNN(p.history, p.distance**2, detectShadows=False)
        if pictures:
            for number in range(p.frames):
                self._feed(pictures[number % len(pictures)])

    def close(self) -> None:
        self._picture = self._model = self._last = None
        self._learnt.clear()
        self._frames_seen = 0

    def apply(self, state: ImageState, rect: Rect, frame: Frame) -> ImageState:
        gray = _gray(state.image_u8)
        if self.margin_px is None:
            foreground = self._watch(gray, frame)
        else:
            assert self._picture is not None
            foreground = self._difference(gray, self._picture[rect.y0 : rect.y1, rect.x0 : rect.x1])
        if state.keep_u8 is not None:
            foreground = cv2.bitwise_and(foreground, state.keep_u8)
        return ImageState(state.image_u8, state.keep_u8, foreground)

    def _difference(self, gray: U8, background: U8) -> U8:
        wanted = self.params.difference
        if wanted == "darker":
            return cv2.subtract(background, gray)  # type: ignore[no-any-return]
        if wanted == "lighter":
            return cv2.subtract(gray, background)  # type: ignore[no-any-return]
        return cv2.absdiff(gray, background)  # type: ignore[no-any-return]

    def _watch(self, gray: U8, frame: Frame) -> U8:
        """Return the foreground of a whole frame and learn from it, once however often it is asked for."""
        key = (frame.source_id, frame.index, frame.t_capture_s)
        if self._last is None or self._last[0] != key:
            self._last = (key, self._run(gray) if self._runs else self._collect(gray))
        return self._last[1]

    def _run(self, gray: U8) -> U8:
        """Return 255 where the running model sees something else than the background."""
        mask = self._feed(gray)
        if self._frames_seen <= self.params.frames:
            return np.zeros_like(gray)  # it still takes all it sees for new
        if self.params.difference != "both":
            differs = self._difference(gray, self._model.getBackgroundImage())
            mask = cv2.bitwise_and(mask, cv2.threshold(differs, 0, 255, cv2.THRESH_BINARY)[1])
        return mask

    def _feed(self, gray: U8) -> U8:
        # knn draws random numbers from OpenCV's shared generator; the same video must give the same background.
        cv2.setRNGSeed(self._frames_seen + 1)
        self._frames_seen += 1
        return self._model.apply(gray)  # type: ignore[no-any-return]

    def _collect(self, gray: U8) -> U8:
        """Gather frames of a source that cannot be sampled; nothing is foreground until there are enough."""
        if self._frames_seen % self.params.every == 0:
            self._learnt.append(gray.copy())
        self._frames_seen += 1
        if len(self._learnt) < self.params.frames:
            return np.zeros_like(gray)
        self._picture = frozen(_combine(self._learnt, self.params.model))
        self._learnt.clear()
        return self._difference(gray, self._picture)


def _gray(image: U8) -> U8:
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def _combine(pictures: Sequence[U8], model: str) -> U8:
    """Return one (h, w) picture of many; whole-number arithmetic, so it is the same everywhere."""
    n = len(pictures)
    if model == "mean":
        total = np.zeros(pictures[0].shape, np.uint32)
        for picture in pictures:
            total += picture
        return ((total + n // 2) // n).astype(np.uint8)
    if model == "median":
        combined = np.empty_like(pictures[0])
        for y in range(0, len(combined), STRIP_ROWS):  # strips, so that the frames are not in memory twice
            combined[y : y + STRIP_ROWS] = _median(np.stack([p[y : y + STRIP_ROWS] for p in pictures], axis=-1))
        return combined
    fold = np.minimum if model == "min" else np.maximum
    combined = pictures[0].copy()
    for picture in pictures[1:]:
        fold(combined, picture, out=combined)
    return combined


def _median(stack: U8) -> U8:
    """Return the median over the last axis; of an even number the rounded mean of the middle two."""
    low, high = (stack.shape[-1] - 1) // 2, stack.shape[-1] // 2
    middle = np.partition(stack, (low, high), axis=-1)
    return ((middle[..., low].astype(np.uint16) + middle[..., high] + 1) // 2).astype(np.uint8)
