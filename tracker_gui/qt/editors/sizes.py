"""How large a shape is, in words beside the mouse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracker_gui.core.geometry import Circle, HalfPlane, Line, Mark
from tracker_gui.core.shape_handles import figures

if TYPE_CHECKING:
    from tracker_gui.core.scale import Scale


def size_in_words(shape: Any, scale: Scale | None) -> str:
    """Return the size in pixels, and in millimetres where the scale is known."""
    if isinstance(shape, Mark):
        return f"{shape.at[0]:.0f}, {shape.at[1]:.0f} px"
    if isinstance(shape, HalfPlane):
        return f"{math.degrees(math.atan2(shape.end[1] - shape.start[1], shape.end[0] - shape.start[0])):.0f}°"
    if isinstance(shape, Line):
        long_px = sum(math.dist(a, b) for a, b in zip(shape.points[:-1], shape.points[1:], strict=True))
        return length_in_words(long_px, scale)
    if isinstance(shape, Circle):
        return f"radius {length_in_words(shape.radius, scale)}"
    known = {figure.name: figure.value for figure in figures(shape)}
    text = f"{known['Width']:.0f} x {known['Height']:.0f} px"
    if scale is not None:
        text += f", {known['Width'] * scale.mm_per_px:.4g} x {known['Height'] * scale.mm_per_px:.4g} mm"
    return text


def length_in_words(px: float, scale: Scale | None) -> str:
    """Return a length in pixels, and in millimetres where the scale is known."""
    return f"{px:.0f} px" if scale is None else f"{px:.0f} px, {px * scale.mm_per_px:.4g} mm"
