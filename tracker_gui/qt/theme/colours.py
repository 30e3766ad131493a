"""The colours of the window, dark, light and of high contrast, and those of identities."""

from __future__ import annotations

from dataclasses import dataclass


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
    canvas: str
    strong: bool = False

    @property
    def is_dark(self) -> bool:
        return _luminance(_channels(self.panel)) < MIDDLE


DARK = Colours(
    base="#14171b", panel="#1b1f24", raised="#252b32", line="#323a43", text="#e7eaed", dim="#9aa5b1",
    accent="#56b4e9", on_accent="#0d0f12", ok="#2fbf8f", warn="#e6a23c", bad="#ec6a4c", canvas="#0d0f12",
)  # fmt: skip
LIGHT = Colours(
    base="#f3f5f7", panel="#ffffff", raised="#eceff2", line="#d5dbe1", text="#1b2026", dim="#5b6670",
    accent="#0071b0", on_accent="#ffffff", ok="#007a57", warn="#985a00", bad="#c23b12", canvas="#dfe4e8",
)  # fmt: skip
CONTRAST_DARK = Colours(
    base="#000000", panel="#000000", raised="#141414", line="#8c8c8c", text="#ffffff", dim="#d6d6d6",
    accent="#5cd0ff", on_accent="#000000", ok="#3ddc97", warn="#ffbf3c", bad="#ff8a75", canvas="#000000", strong=True,
)  # fmt: skip
CONTRAST_LIGHT = Colours(
    base="#ffffff", panel="#ffffff", raised="#f4f4f4", line="#5c5c5c", text="#000000", dim="#333333",
    accent="#003f87", on_accent="#ffffff", ok="#00512f", warn="#6b3d00", bad="#8f1a00", canvas="#ffffff", strong=True,
)  # fmt: skip

OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7", "#0072B2", "#D55E00")
#: On pictures, whatever they show: a dark chip and outline carry every colour of `OKABE_ITO`.
CHIP = "#14171b"
CHIP_TEXT = "#e7eaed"
READABLE = 4.5
#: Of lines and marks (WCAG 2, non-text contrast).
VISIBLE = 3.0
#: The luminance that has the same contrast with black and with white.
MIDDLE = 0.18


def readable_on_chip(colour: str) -> str:
    """Return the colour, lightened until words in it are readable on `CHIP` (contrast of 4.5, WCAG AA)."""
    return seen_on(CHIP, colour, READABLE)


def seen_on(ground: str, colour: str, least: float = VISIBLE) -> str:
    """Return the colour, changed towards white or black until its contrast with a ground is enough."""
    rgb, below = _channels(colour), _channels(ground)
    end = 1.0 if _luminance(below) < MIDDLE else 0.0
    for _ in range(20):
        if _contrast(rgb, below) >= least:
            break
        rgb = tuple(channel + (end - channel) * 0.1 for channel in rgb)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in rgb)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2)."""
    return _contrast(_channels(one), _channels(other))


def _channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(rgb: tuple[float, ...]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def identity_colour(track_id: int) -> str:
    """Return the colour of a track; the number beside it tells those apart that share one."""
    return OKABE_ITO[(track_id - 1) % len(OKABE_ITO)]
