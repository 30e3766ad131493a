"""The colours of the window: dark, light and of high contrast; those drawn over pictures are passed on."""

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
    "CONTRAST_DARK",
    "CONTRAST_LIGHT",
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
    """One face of the window; each is ``#rrggbb``.

    Attributes
    ----------
    strong : bool
        Of high contrast: every edge is drawn, and what is chosen is filled with the accent.
    """

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
    on_stop: str
    canvas: str
    strong: bool = False

    @property
    def is_dark(self) -> bool:
        return contrast(self.panel, "#ffffff") > contrast(self.panel, "#000000")


DARK = Colours(
    base="#14171b", panel="#1b1f24", raised="#252b32", line="#323a43", text="#e7eaed", dim="#9aa5b1",
    accent="#56b4e9", on_accent="#0d0f12", ok="#2fbf8f", warn="#e6a23c", bad="#ec6a4c", on_stop="#14171b",
    canvas="#0d0f12",
)  # fmt: skip
LIGHT = Colours(
    base="#f3f5f7", panel="#ffffff", raised="#eceff2", line="#d5dbe1", text="#1b2026", dim="#5b6670",
    accent="#0071b0", on_accent="#ffffff", ok="#007a57", warn="#985a00", bad="#c23b12", on_stop="#ffffff",
    canvas="#dfe4e8",
)  # fmt: skip
CONTRAST_DARK = Colours(
    base="#000000", panel="#000000", raised="#141414", line="#8c8c8c", text="#ffffff", dim="#d6d6d6",
    accent="#5cd0ff", on_accent="#000000", ok="#3ddc97", warn="#ffbf3c", bad="#ff8a75", on_stop="#000000",
    canvas="#000000", strong=True,
)  # fmt: skip
CONTRAST_LIGHT = Colours(
    base="#ffffff", panel="#ffffff", raised="#f4f4f4", line="#5c5c5c", text="#000000", dim="#333333",
    accent="#003f87", on_accent="#ffffff", ok="#00512f", warn="#6b3d00", bad="#8f1a00", on_stop="#ffffff",
    canvas="#ffffff", strong=True,
)  # fmt: skip
