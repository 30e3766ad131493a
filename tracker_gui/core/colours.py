"""Colours of what is drawn over pictures, told apart by everyone, and how well they are seen."""

from __future__ import annotations

#: Okabe and Ito 2008; black and white never mean an id.
OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7", "#0072B2", "#D55E00")
#: On pictures, whatever they show: a dark chip and outline carry every colour of `OKABE_ITO`.
CHIP = "#14171b"
CHIP_TEXT = "#e7eaed"
READABLE = 4.5
#: Of lines and marks (WCAG 2, non-text contrast).
VISIBLE = 3.0
#: The luminance that has the same contrast with black and with white.
MIDDLE = 0.18


def identity_colour(track_id: int) -> str:
    """Return the colour of a track; the number beside it tells those apart that share one."""
    return OKABE_ITO[(track_id - 1) % len(OKABE_ITO)]


def bgr(colour: str) -> tuple[int, int, int]:
    """Return ``#rrggbb`` as cv2 wants it."""
    return int(colour[5:7], 16), int(colour[3:5], 16), int(colour[1:3], 16)


def readable_on_chip(colour: str) -> str:
    """Return the colour, lightened until words in it are readable on `CHIP` (contrast of 4.5, WCAG AA)."""
    return seen_on(CHIP, colour, READABLE)


def seen_on(ground: str, colour: str, least: float = VISIBLE) -> str:
    """Return the colour, changed towards white or black until its contrast with a ground is enough."""
    rgb, below = channels(colour), channels(ground)
    end = 1.0 if luminance(below) < MIDDLE else 0.0
    for _ in range(20):
        if _contrast(rgb, below) >= least:
            break
        rgb = tuple(channel + (end - channel) * 0.1 for channel in rgb)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in rgb)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2)."""
    return _contrast(channels(one), channels(other))


def channels(colour: str) -> tuple[float, ...]:
    """Return red, green and blue, each 0 to 1."""
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def luminance(rgb: tuple[float, ...]) -> float:
    """Return how light a colour is, 0 to 1 (WCAG 2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
