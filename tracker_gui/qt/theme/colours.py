"""The colours of the window, dark and light; those of what is drawn over pictures are passed on."""

from __future__ import annotations

from dataclasses import dataclass

from tracker_gui.core.colours import (
    CHIP,
    CHIP_TEXT,
    OKABE_ITO,
    contrast,
    identity_colour,
    readable_on_chip,
    seen_on,
)

__all__ = [
    "CHIP",
    "CHIP_TEXT",
    "DARK",
    "LIGHT",
    "OKABE_ITO",
    "Colours",
    "contrast",
    "identity_colour",
    "readable_on_chip",
    "seen_on",
]


@dataclass(frozen=True, slots=True)
class Colours:
    """One face of the window; each is ``#rrggbb``."""

    base: str
    panel: str
    raised: str
    line: str
    text: str
    dim: str
    accent: str
    on_accent: str
    ok: str
    warn: str
    bad: str
    canvas: str


DARK = Colours(
    base="#14171b", panel="#1b1f24", raised="#252b32", line="#323a43", text="#e7eaed", dim="#9aa5b1",
    accent="#56b4e9", on_accent="#0d0f12", ok="#2fbf8f", warn="#e6a23c", bad="#e4572e", canvas="#0d0f12",
)  # fmt: skip
LIGHT = Colours(
    base="#f3f5f7", panel="#ffffff", raised="#eceff2", line="#d5dbe1", text="#1b2026", dim="#5b6670",
    accent="#0072b2", on_accent="#ffffff", ok="#00805c", warn="#a86400", bad="#c23b12", canvas="#dfe4e8",
)  # fmt: skip
