"""The pictures of a file, decoded ahead of time so that nothing is read while a stimulus is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
from PySide6.QtGui import QImage

from tracker_gui.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

#: A minute of 640x480 at 30 fps takes 1.7 GB; what is shown to animals is mostly a few seconds.
MOST_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """Pictures with the time at which each is due after the first one; a still picture is a single one."""

    times_s: tuple[float, ...]
    pictures: tuple[QImage, ...]


def decode(path: Path, until_s: float) -> DecodedFile:
    """Decode the first seconds of a picture or video.

    Raises
    ------
    InputError
        It cannot be read, or takes more memory than may be used for it.
    """
    times: list[float] = []
    pictures: list[QImage] = []
    size = 0
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                t_s = float(frame.time or 0.0)
                if times and t_s - times[0] > until_s:
                    break
                rgb = frame.to_ndarray(format="rgb24")
                size += rgb.nbytes
                if size > MOST_BYTES:
                    raise InputError(
                        str(path), f"takes more than {MOST_BYTES // 1_000_000} MB in memory",
                        "Make it smaller, or show less of it.",
                    )  # fmt: skip
                height, width = rgb.shape[:2]
                times.append(t_s)
                # The copy owns its memory; the array of the decoder does not live as long.
                pictures.append(QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy())
    except (av.error.FFmpegError, OSError, IndexError, ValueError) as error:
        raise InputError(str(path), f"cannot be shown ({error})", "Name a picture or a video.") from error
    if not pictures:
        raise InputError(str(path), "has no pictures", "Name a picture or a video.")
    return DecodedFile(tuple(t - times[0] for t in times), tuple(pictures))
