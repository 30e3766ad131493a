"""How large a pixel is: measured along something of known length, or typed."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field, model_validator

from tracker_gui.core.geometry import Point
from tracker_gui.core.params import Params

SHORTEST_PX = 1.0

Length = Annotated[float, Field(gt=0, le=1e9)]


class Scale(Params):
    """Millimetres per pixel, with what they were measured from, so that it can be edited.

    Attributes
    ----------
    line : two points or None
        The ends of something in the picture, in pixels.
    length_mm : float or None
        How long that is in truth.
    typed_mm_per_px : float or None
        The figure itself, where nothing was measured.
    """

    line: tuple[Point, Point] | None = None
    length_mm: Length | None = None
    typed_mm_per_px: Length | None = None

    @model_validator(mode="after")
    def _one_way_only(self) -> Scale:
        if self.typed_mm_per_px is not None:
            if self.line is not None or self.length_mm is not None:
                raise ValueError("is either measured (line, length_mm) or typed (typed_mm_per_px), not both")
        elif self.line is None or self.length_mm is None:
            raise ValueError("needs a line and its length_mm, or typed_mm_per_px")
        elif math.dist(*self.line) < SHORTEST_PX:
            raise ValueError(f"the two points of the line must be at least {SHORTEST_PX:g} px apart")
        return self

    @property
    def mm_per_px(self) -> float:
        if self.typed_mm_per_px is not None:
            return self.typed_mm_per_px
        assert self.line is not None and self.length_mm is not None
        return self.length_mm / math.dist(*self.line)
