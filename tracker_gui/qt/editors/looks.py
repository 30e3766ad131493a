"""How what is drawn looks: colours by role, a dash for what is ignored, fillings as zones have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.annotation import FAINT_01, ROLE_COLOURS, colour_of
from tracker_gui.core.drawing import drawn
from tracker_gui.qt.views.overlays.shapes import DrawnShape

if TYPE_CHECKING:
    from tracker_gui.core.drawing import Drawn
    from tracker_gui.core.preset import Preset

__all__ = ["ROLE_COLOURS", "colour_of", "drawn_shapes", "look_of"]


def look_of(each: Drawn) -> DrawnShape:
    """Return a shape as it is painted."""
    role = each.entry.role
    filling = each.entry.opacity_01 if role == "zone" else FAINT_01
    return DrawnShape(each.shape, each.label, colour_of(each), role == "ignore", filling, each.place)


def drawn_shapes(preset: Preset) -> list[DrawnShape]:
    """Return every visible zone, region and arena of the preset that is switched on, as it is painted."""
    return [look_of(each) for each in drawn(preset) if each.entry.visible]
