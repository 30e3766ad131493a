"""Rows and columns of arenas laid over a well plate from two or three of its corner wells."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from tracker_gui.core.geometry import Circle, Point, Positive, Rectangle
from tracker_gui.core.params import Params
from tracker_gui.core.shape_edit import angle, length, rounded

#: Rows and columns of the plates that are sold.
PLATES = {6: (2, 3), 12: (3, 4), 24: (4, 6), 48: (6, 8), 96: (8, 12), 384: (16, 24)}


class ArenaGrid(Params):
    """Where the wells of a plate are.

    Attributes
    ----------
    first, last : Point
        Centres of the well at the top left and of that at the bottom right.
    top_right : Point or None
        Centre of the well at the top right, for a plate that lies askew; None for one that lies straight.
    width_px, height_px : float
        Of one well; a round one has `width_px` for its diameter.
    """

    rows: Annotated[int, Field(ge=1, le=64)]
    columns: Annotated[int, Field(ge=1, le=64)]
    first: Point
    last: Point
    top_right: Point | None = None
    kind: Literal["circle", "rectangle"] = "circle"
    width_px: Positive
    height_px: Positive

    def arenas(self) -> tuple[Circle | Rectangle, ...]:
        """Return the arenas row by row, named as the wells are: A1, A2, ..., B1, ..."""
        (ax, ay), (bx, by) = self.first, self.last
        tx, ty = self._top_right()
        across = ((tx - ax) / max(1, self.columns - 1), (ty - ay) / max(1, self.columns - 1))
        down = ((bx - tx) / max(1, self.rows - 1), (by - ty) / max(1, self.rows - 1))
        turn = math.degrees(math.atan2(across[1], across[0])) if self.columns > 1 and any(across) else 0.0
        made: list[Circle | Rectangle] = []
        for row in range(self.rows):
            for column in range(self.columns):
                at = rounded(ax + column * across[0] + row * down[0], ay + column * across[1] + row * down[1])
                name = well_name(row, column)
                if self.kind == "circle":
                    made.append(Circle(name=name, centre=at, radius=length(self.width_px / 2)))
                else:
                    width, height = length(self.width_px), length(self.height_px)
                    made.append(Rectangle(name=name, centre=at, width=width, height=height, angle_deg=angle(turn)))
        return tuple(made)

    def _top_right(self) -> Point:
        if self.columns == 1:
            return self.first
        if self.rows == 1:
            return self.last
        return (self.last[0], self.first[1]) if self.top_right is None else self.top_right


def well_name(row: int, column: int) -> str:
    """Return the name of a well, counted from 0: A1 ... Z1, AA1, ..."""
    letters = ""
    while row >= 0:
        letters = chr(ord("A") + row % 26) + letters
        row = row // 26 - 1
    return f"{letters}{column + 1}"
