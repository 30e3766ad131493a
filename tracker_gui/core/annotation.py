"""What is drawn into recorded pictures beside what was found on them: looks, shapes, and words that stay the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracker_gui.core.colours import OKABE_ITO
from tracker_gui.core.drawing import drawn
from tracker_gui.core.overlays import OverlaySet, recording_looks

if TYPE_CHECKING:
    from tracker_gui.core.drawing import Drawn, Role
    from tracker_gui.core.preset import Preset

ROLE_COLOURS: dict[Role, str] = {
    "keep": OKABE_ITO[2], "ignore": OKABE_ITO[6], "arena": OKABE_ITO[1], "zone": OKABE_ITO[0],
}  # fmt: skip
#: Opacity of a filling that has none of its own: enough to tell the inside from the outside.
FAINT_01 = 16 / 255


def colour_of(each: Drawn) -> str:
    """Return the colour of a shape; that of a zone without one goes by its number."""
    if each.entry.role == "zone":
        return each.entry.colour or OKABE_ITO[each.place.number % len(OKABE_ITO)]
    return ROLE_COLOURS[each.entry.role]


@dataclass(frozen=True, slots=True)
class AnnotatedShape:
    """A zone, arena or region as it is drawn."""

    shape: Any
    label: str
    colour: str
    filling_01: float
    is_zone: bool
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """Looks with the shapes and words they speak of.

    Attributes
    ----------
    words : tuple of (field, text)
        Of the fields of a text, those that stay the same.
    """

    looks: OverlaySet = field(default_factory=recording_looks)
    shapes: tuple[AnnotatedShape, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


def annotation_of(preset: Preset, source_name: str = "") -> Annotation:
    """Return what a preset wants drawn into its recordings; one camera's settings."""
    shapes = tuple(
        AnnotatedShape(
            each.shape, each.label, colour_of(each), each.entry.opacity_01 if each.entry.role == "zone" else FAINT_01,
            each.entry.role == "zone", each.entry.role == "ignore",
        )
        for each in drawn(preset) if each.entry.visible
    )  # fmt: skip
    return Annotation(preset.overlays.recording, shapes, tuple(standing_words(preset, source_name).items()))


def standing_words(preset: Preset, source_name: str) -> dict[str, str]:
    """Return the fields of a text that stay the same on every frame."""
    plan = preset.session
    return {
        "source": source_name, "preset": preset.name,
        "subject": plan.subject, "treatment": plan.treatment, "trial": plan.trial,
    }  # fmt: skip
