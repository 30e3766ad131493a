"""A frame behind the image chain, computed only where and as far as somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2

from tracker_gui.core.geometry import Rect
from tracker_gui.core.stage import ImageState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.stage import ImageStep
    from tracker_gui.core.types import Frame


class Prepared:
    """What every detector sees.

    Rectangles are in the pixels of the frame, so that positions need no shifting back after a crop.

    Parameters
    ----------
    frame : Frame
    steps : sequence of ImageStep
        The opened, enabled steps in order.
    """

    __slots__ = ("_whole", "domain", "frame", "steps")

    def __init__(self, frame: Frame, steps: Sequence[ImageStep[Any]] = ()) -> None:
        self.frame = frame
        self.steps = steps
        self._whole: dict[tuple[int, bool], ImageState] = {}
        domain = Rect(0, 0, *frame.size_px)
        for step in steps:
            domain = step.domain(domain)
        self.domain: Rect = domain

    @property
    def origin_px(self) -> tuple[int, int]:
        return self.domain.x0, self.domain.y0

    def state(self, rect: Rect | None = None, colour: bool = False) -> ImageState:
        """Return picture, keep mask and foreground of `rect`, or of all that a crop leaves.

        Parameters
        ----------
        colour : bool
            Ask for BGR; else luma, made from colour only where a step needs colour.
        """
        area = self.domain if rect is None else rect
        from_colour = colour or any(step.needs_colour for step in self.steps)
        state = self._after(len(self.steps), area, from_colour)
        if colour and state.image_u8.ndim == 2:
            return state.with_image(cv2.cvtColor(state.image_u8, cv2.COLOR_GRAY2BGR))
        if not colour and state.image_u8.ndim == 3:
            return state.with_image(cv2.cvtColor(state.image_u8, cv2.COLOR_BGR2GRAY))
        return state

    def luma_u8(self, rect: Rect | None = None) -> U8:
        return self.state(rect).image_u8

    def bgr_u8(self, rect: Rect | None = None) -> U8:
        return self.state(rect, colour=True).image_u8

    def before(self, step_index: int, from_colour: bool) -> U8:
        """Return the whole picture as step number `step_index` receives it (to sample a background).

        Parameters
        ----------
        from_colour : bool
            Whether any step of the whole chain, also a later one, needs colour.
        """
        return self._after(step_index, Rect(0, 0, *self.frame.size_px), from_colour).image_u8

    def learn(self) -> None:
        """Run the steps that must see every frame (a running background), even if only windows are used."""
        for number, step in enumerate(self.steps, 1):
            if step.margin_px is None:
                self._after(number, self.domain, any(s.needs_colour for s in self.steps))

    def _after(self, count: int, rect: Rect, colour: bool) -> ImageState:
        """Return the state behind the first `count` steps over `rect`."""
        if count == 0:
            picture = self.frame.picture
            if not colour:
                return ImageState(picture.luma_u8(rect))
            return ImageState(picture.bgr_u8()[rect.y0 : rect.y1, rect.x0 : rect.x1])
        step = self.steps[count - 1]
        everything = Rect(0, 0, *self.frame.size_px)
        margin_px = step.margin_px
        if margin_px is None:
            whole = self._whole.get((count, colour))
            if whole is None:
                whole = self._whole_after(count, everything, colour)
                self._whole[count, colour] = whole
            return whole.cut(rect, everything)
        if margin_px == 0:
            return step.apply(self._after(count - 1, rect, colour), rect, self.frame)
        outer = rect.grow(margin_px).clip(everything)
        return step.apply(self._after(count - 1, outer, colour), outer, self.frame).cut(rect, outer)

    def _whole_after(self, count: int, everything: Rect, colour: bool) -> ImageState:
        step = self.steps[count - 1]
        before = self._after(count - 1, everything, colour)
        seen = self._whole.get((count, not colour))
        if seen is not None and step.makes_foreground:
            # A running background must see each frame once, whoever else asks for it in colour later.
            return ImageState(before.image_u8, seen.keep_u8, seen.foreground_u8)
        return step.apply(before, everything, self.frame)
