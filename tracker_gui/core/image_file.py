"""Image files as arrays, whatever letters their names hold and on every platform."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tracker_gui.core.arrays import U8, frozen
from tracker_gui.core.errors import InputError, OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"})
WHITE_OF_16_BIT = 65535


def read_image_u8(path: Path, white_level: int = WHITE_OF_16_BIT) -> U8:
    """Read one picture.

    Deep pictures become 8 bit by one rule that does not depend on the picture, so that brightness
    stays comparable over a recording: ``round(value * 255 / white_level)``, at most 255.

    Returns
    -------
    (h, w) or (h, w, 3) uint8
        Gray or BGR, as it is in the file; transparency is dropped.

    Raises
    ------
    InputError
        No such file, not a picture, cut off, or with pixels that are not 8 or 16 bit.
    """
    try:
        # cv2.imread takes no letters outside the system's code page on Windows.
        data = np.fromfile(path, np.uint8)
    except FileNotFoundError as error:
        raise InputError(
            str(path), "there is no such file", "Check the name and that the drive is connected."
        ) from error
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "Check the rights of the file.") from error
    try:
        image: NDArray[Any] | None = cv2.imdecode(data, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR)
    except cv2.error:  # nothing in it, or more pixels than OpenCV accepts
        image = None
    if image is None:
        problem = "is not a picture, or is cut off" if data.size else "is empty (0 bytes)"
        raise InputError(str(path), problem, "Copy the file again or save it as PNG.")
    if image.dtype == np.uint16:
        eight_bit: U8 = _to_8_bit(white_level)[image]
        return eight_bit
    if image.dtype != np.uint8:
        raise InputError(str(path), f"has {image.dtype} pixels", "Save it with 8 or 16 bits per pixel.")
    return image.astype(np.uint8, copy=False)


def read_gray_u8(path: Path, size_px: tuple[int, int]) -> U8:
    """Read one picture as (h, w) gray that must be as large as the frames it is used with.

    Raises
    ------
    InputError
        As `read_image_u8`, or of another size.
    """
    image = read_image_u8(path)
    height, width = image.shape[:2]
    if (width, height) != size_px:
        raise InputError(
            str(path),
            f"is {width} x {height} px, but the video is {size_px[0]} x {size_px[1]} px",
            "Make it anew from this video; it is not resized, because then it would not fit exactly.",
        )
    gray: U8 = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return gray


def write_png(path: Path, image_u8: U8) -> None:
    """Write a picture without loss; a file of that name stays whole until the new one is complete.

    Raises
    ------
    OutputError
    """
    _, data = cv2.imencode(".png", image_u8)
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data.tobytes())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(
            str(path), f"cannot be written ({error.strerror})", "Choose another folder or make room on the disk."
        ) from error


@functools.lru_cache(maxsize=4)
def _to_8_bit(white_level: int) -> U8:
    table = np.minimum(np.arange(WHITE_OF_16_BIT + 1) * 255.0 / white_level + 0.5, 255.0)
    return frozen(table.astype(np.uint8))
