"""Letters as small pictures, made once and then copied: the same ones on the screen and in recordings.

The letters are those that OpenCV brings along (Rubik, with Latin, Greek and Cyrillic), so that a preset looks the same
on every computer.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tracker_gui.core.arrays import U8, frozen
from tracker_gui.core.colours import CHIP, bgr, readable_on_chip
from tracker_gui.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

#: Name -> the face that cv2 knows, and its weight.
FACES = {"sans": ("sans", 500), "sans bold": ("sans", 700), "sans light": ("sans", 300), "italic": ("italic", 500)}
CHIP_OPACITY_01 = 0.88
RIM_OPACITY_01 = 0.9
#: Of the size, the room of capitals and what hangs below the line.
ABOVE, BELOW = 0.80, 0.24
LONGEST_TEXT = 500
MOST_PATCHES = 256
UNKNOWN_FACE = "is not a font that can be read"


@dataclass(frozen=True, slots=True)
class Letters:
    """How a text is written.

    Attributes
    ----------
    size_px : int
        In pixels of where it is drawn.
    opacity_percent : int
    """

    font: str = "sans"
    font_file: Path | None = None
    size_px: int = 14
    colour: str = "#ffffff"
    ground: bool = True
    opacity_percent: int = 100


class Lettering:
    """Writes texts; belongs to one thread.

    Parameters
    ----------
    reads : bool
        Read font files when they are first needed; else the usual letters are written until `take_faces` brings them.
    """

    def __init__(self, *, reads: bool = True) -> None:
        self._reads = reads
        self._faces: dict[tuple[str, Path | None], cv2.FontFace] = {}
        self._patches: OrderedDict[tuple[str, Letters], U8] = OrderedDict()

    def patch(self, text: str, letters: Letters) -> U8:
        """Return a text as (h, w, 4) BGRA whose colours are multiplied with their opacity.

        Raises
        ------
        InputError
            The font file cannot be used.
        """
        key = (text, letters)
        found = self._patches.get(key)
        if found is None:
            found = self._patches[key] = frozen(self._drawn(text[:LONGEST_TEXT], letters))
            if len(self._patches) > MOST_PATCHES:
                self._patches.popitem(last=False)
        else:
            self._patches.move_to_end(key)
        return found

    def take_faces(self, other: Lettering) -> None:
        """Take over the fonts that another one has read, and which it will no more use."""
        self._faces |= other._faces
        self._patches.clear()

    def check(self, font: str, font_file: Path | None) -> None:
        """Load a font.

        Raises
        ------
        InputError
        """
        self._face(font, font_file)

    def _face(self, font: str, font_file: Path | None) -> tuple[cv2.FontFace, int]:
        name, weight = FACES.get(font, ("sans", 500))
        key = (name, font_file if font == "font file" else None)
        face = self._faces.get(key)
        if face is None and font == "font file" and not self._reads:
            return self._face("sans", None)
        if face is None:
            face = cv2.FontFace(name)
            if font == "font file":
                if font_file is None:
                    raise InputError("font", "no font file is chosen", "Choose a .ttf or .otf file, or another font.")
                if not font_file.is_file() or not face.set(str(font_file)):
                    raise InputError(str(font_file), UNKNOWN_FACE, "Choose a .ttf or .otf file, or another font.")
            self._faces[key] = face
        return face, 0 if font == "font file" else weight

    def _drawn(self, text: str, letters: Letters) -> U8:
        face, weight = self._face(letters.font, letters.font_file)
        size = letters.size_px
        _, _, wide, _ = cv2.getTextSize((1 << 14, 1 << 10), text, (0, 0), face, size, weight)
        aside, rim = round(0.42 * size), max(1, round(size / 11))
        if not letters.ground:
            aside = rim + 1
        height = round((ABOVE + BELOW) * size) + 2 * (1 if letters.ground else rim)
        width = max(1, wide) + 2 * aside
        covers = np.zeros((height, width), np.uint8)
        foot = round(ABOVE * size) + (1 if letters.ground else rim)
        cv2.putText(covers, text, (aside, foot), (255, 255, 255), face, size, weight)
        colour = letters.colour
        if letters.ground:
            below = _chip(width, height, round(0.3 * size)) * CHIP_OPACITY_01
            colour = readable_on_chip(colour)
        else:
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1))
            below = cv2.dilate(covers, disc) * (RIM_OPACITY_01 / 255)
        above = covers[..., None] / 255.0
        under = below[..., None] * (1 - above)
        colours = np.array(bgr(colour)) * above + np.array(bgr(CHIP)) * under
        patch = np.dstack([colours, 255 * (above + under)]) * (letters.opacity_percent / 100)
        return patch.round().astype(np.uint8)


def _chip(width: int, height: int, radius: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return how much of each pixel a field with round corners covers, 0 to 1."""
    fine = 4
    field = np.zeros((height * fine, width * fine), np.uint8)
    r = max(1, min(radius, height // 2, width // 2)) * fine
    h, w = field.shape
    cv2.rectangle(field, (r, 0), (w - 1 - r, h - 1), 255, -1)
    cv2.rectangle(field, (0, r), (w - 1, h - 1 - r), 255, -1)
    for x in (r, w - 1 - r):
        for y in (r, h - 1 - r):
            cv2.circle(field, (x, y), r, 255, -1)
    return np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_AREA) / 255.0)


def blend(picture_u8: U8, patch: U8, x: int, y: int) -> None:
    """Lay a patch over a picture with its top left pixel at (x, y); what lies outside is left out.

    Parameters
    ----------
    picture_u8 : (h, w, 3) BGR, or (h, w, 4) BGRA whose colours are multiplied with their opacity like the patch's
    """
    height, width = picture_u8.shape[:2]
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(width, x + patch.shape[1]), min(height, y + patch.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = patch[y0 - y : y1 - y, x0 - x : x1 - x]
    ground = picture_u8[y0:y1, x0:x1]
    kinds = ground.shape[2]
    through = cv2.merge([255 - part[..., 3]] * kinds)
    ground[:] = cv2.add(cv2.multiply(ground, through, scale=1 / 255), np.ascontiguousarray(part[..., :kinds]))
