"""Which shape or handle is under the mouse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracker_gui.core.geometry import HalfPlane
from tracker_gui.core.shape_edit import bounds, distance_px, holds
from tracker_gui.core.shape_handles import Handle, handles
from tracker_gui.qt.views.overlays.editing import TURN_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.drawing import Drawn
    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.editors.tool import Pointer


def shape_under(drawn: Sequence[Drawn], pointer: Pointer) -> Drawn | None:
    """Return the shape under the mouse: one whose line is there, else the smallest zone or arena around it.

    Regions are taken by their line alone: they are often as large as the picture, and what lies in them is wanted.
    """
    shown = [each for each in drawn if each.entry.visible]
    near = [each for each in shown if _near(each.shape, pointer)]
    for each in reversed(near):
        if distance_px(each.shape, pointer.xy) <= pointer.reach_px:
            return each
    around = [
        each
        for each in near
        if each.entry.role in ("zone", "arena")
        and not isinstance(each.shape, HalfPlane)
        and holds(each.shape, pointer.xy)
    ]
    return min(reversed(around), key=lambda each: _extent(each.shape), default=None)


def _near(shape: Any, pointer: Pointer) -> bool:
    box, (x, y), reach = bounds(shape), pointer.xy, pointer.reach_px
    return box.x0 - reach <= x <= box.x1 + reach and box.y0 - reach <= y <= box.y1 + reach


def _extent(shape: Any) -> float:
    box = bounds(shape)
    return box.width * box.height


def place_of(handle: Handle, screen_px: float) -> Point:
    """Return where a handle is drawn at the present zoom."""
    off = TURN_PX * screen_px
    return handle.at[0] + handle.outward[0] * off, handle.at[1] + handle.outward[1] * off


def handle_under(shape: Any, pointer: Pointer) -> Handle | None:
    """Return the handle of a shape under the mouse; vertices and corners before sides."""
    found = [
        (math.dist(place_of(handle, pointer.screen_px), pointer.xy), handle.role == "side", number, handle)
        for number, handle in enumerate(handles(shape))
    ]
    hit = [each for each in found if each[0] <= pointer.reach_px]
    return min(hit, key=lambda each: (each[1], each[0], each[2]))[3] if hit else None
