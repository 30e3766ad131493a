"""A folder of numbered images as a video."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.errors import InputError
from tracker_gui.core.image_file import SUFFIXES, WHITE_OF_16_BIT, read_image_u8
from tracker_gui.core.params import Params, setting
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.stage import Source
from tracker_gui.core.types import Frame, SourceInfo

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)


class ImageFolderParams(Params):
    """The settings of `ImageFolder`."""

    path: Path = setting(
        Path(), title="Folder", description="The folder that holds the images: PNG, JPEG, TIFF, BMP or WebP."
    )
    rate_hz: float = setting(
        30.0, title="Frame rate", ge=0.001, le=10_000.0, step=1.0, unit="Hz",
        description="How many images were taken per second, because images do not say when they were taken.",
    )  # fmt: skip
    white_level: int = setting(
        WHITE_OF_16_BIT, title="White of 16-bit images", ge=255, le=WHITE_OF_16_BIT, step=1, unit="grey levels",
        description="The value that is shown as white; a 12-bit camera reaches only 4095.", more=True,
    )  # fmt: skip


class ImageFolder(Source[ImageFolderParams]):
    """The images of one folder in natural order, one read at a time.

    The frame index is the place of the file in that order, so a file that cannot be read leaves a
    gap (`Frame.lost_before`) and does not shift those behind it.
    """

    title: ClassVar[str] = "Image folder"
    about: ClassVar[str] = "The images of a folder, in the order of the numbers in their names."
    Params = ImageFolderParams

    def __init__(self, params: ImageFolderParams | None = None) -> None:
        super().__init__(params)
        self._files: list[Path] = []
        self._first: tuple[Path, tuple[int, int]] | None = None
        self._next = 0
        self.broken: list[Path] = []

    def open(self) -> SourceInfo:
        folder = self.params.path
        if str(folder) in ("", "."):
            raise InputError(
                "source", "no folder of images is chosen", "Open a folder or name one on the command line."
            )
        if not folder.exists():
            raise InputError(str(folder), "there is no such folder", "Check the name and that the drive is connected.")
        if not folder.is_dir():
            raise InputError(str(folder), "is a file, not a folder", "Choose the folder that holds the images.")
        self.close()
        self._files = _images(folder)
        if not self._files:
            raise InputError(str(folder), "holds no images", f"Known are {', '.join(sorted(SUFFIXES))}.")
        first = self.read()
        if first is None:
            raise InputError(
                str(self._files[0]),
                f"cannot be read, nor can any of the {len(self._files)} images beside it",
                "Copy them again or save them as PNG.",
            )
        self._first = (self._files[first.index], first.size_px)
        self.broken.clear()
        self._next = 0
        return SourceInfo(
            name=folder.name,
            size_px=first.size_px,
            rate_hz=self.params.rate_hz,
            frame_count=len(self._files),
            details=(("first image", self._files[0].name), ("last image", self._files[-1].name)),
        )

    def read(self) -> Frame | None:
        lost = 0
        while self._next < len(self._files):
            index = self._next
            path = self._files[index]
            self._next += 1
            try:
                image = read_image_u8(path, self.params.white_level)
            except InputError as error:
                log.warning("frame %d is lost: %s", index, error)
                self.broken.append(path)
                lost += 1
                continue
            picture = ArrayPicture(image)
            self._check_size(path, picture.size_px)
            return Frame(
                index=index,
                t_capture_s=index / self.params.rate_hz,
                t_wall_s=None,
                source_id=self.params.path.name,
                lost_before=lost,
                picture=picture,
            )
        return None

    def _check_size(self, path: Path, size_px: tuple[int, int]) -> None:
        if self._first is None or self._first[1] == size_px:
            return
        first, first_px = self._first
        raise InputError(
            str(path),
            f"is {size_px[0]} x {size_px[1]} px, but {first.name} is {first_px[0]} x {first_px[1]} px",
            "Put images of another size into a folder of their own.",
        )

    def seek(self, index: int) -> None:
        if not 0 <= index < len(self._files):
            raise IndexError(f"frame {index} is outside 0..{len(self._files) - 1}")
        self._next = index

    def count(self, cancelled: Callable[[], bool] = lambda: False) -> int | None:
        return len(self._files)

    def close(self) -> None:
        self._files = []
        self._first = None
        self._next = 0
        self.broken = []


def _images(folder: Path) -> list[Path]:
    """Return the visible image files in natural order: frame2 before frame10."""
    try:
        entries = [p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
    except OSError as error:
        raise InputError(
            str(folder), f"cannot be read ({error.strerror})", "Check the rights of the folder."
        ) from error
    return sorted((p for p in entries if p.is_file()), key=_natural)


def _natural(path: Path) -> tuple[list[str | int], str]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [int(part) if number % 2 else part for number, part in enumerate(parts)], path.name
