"""How what is drawn looks: colours by role, a dash for what is ignored, fillings as zones have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.drawing import drawn
from tracker_gui.qt.theme.colours import OKABE_ITO
from tracker_gui.qt.views.overlays.shapes import FAINT_01, DrawnShape

if TYPE_CHECKING:
    from tracker_gui.core.drawing import Drawn, Role
    from tracker_gui.core.preset import Preset

ROLE_COLOURS: dict[Role, str] = {
    "keep": OKABE_ITO[2], "ignore": OKABE_ITO[6], "arena": OKABE_ITO[1], "zone": OKABE_ITO[0],
}  # fmt: skip


def colour_of(each: Drawn) -> str:
    """Return the colour of a shape; that of a zone without one goes by its number."""
    if each.entry.role == "zone":
        return each.entry.colour or OKABE_ITO[each.place.number % len(OKABE_ITO)]
    return ROLE_COLOURS[each.entry.role]


def look_of(each: Drawn) -> DrawnShape:
    """Return a shape as it is painted."""
    role = each.entry.role
    filling = each.entry.opacity_01 if role == "zone" else FAINT_01
    return DrawnShape(each.shape, each.label, colour_of(each), role == "ignore", filling, each.place)


def drawn_shapes(preset: Preset) -> list[DrawnShape]:
    """Return every visible zone, region and arena of the preset that is switched on, as it is painted."""
    return [look_of(each) for each in drawn(preset) if each.entry.visible]
