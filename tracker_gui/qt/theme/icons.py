"""Icons of one family, in the colours of now."""

from __future__ import annotations

import functools
import os

os.environ.setdefault("QT_API", "pyside6")

from typing import TYPE_CHECKING

import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from tracker_gui.core.data_files import resources_folder
from tracker_gui.qt.theme.appearance import colours

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

ICON_PX = 18
ICON_SIZE = QSize(ICON_PX, ICON_PX)
#: Each also for a screen of twice the density.
SIZES_PX = (14, 16, ICON_PX, 20, 36, 48)


def icon(name: str, tone: str = "text") -> QIcon:
    """Return a Material icon (``"play"``) in one of the tones of `Colours`."""
    c = colours()
    return _icon_in(name, getattr(c, tone), c.line)


@functools.cache
def _icon_in(name: str, colour: str, disabled: str) -> QIcon:
    # As pictures: the library's own icons run Python each time they are painted, and complain of a size of 0.
    made = QIcon()
    for wanted, mode in ((colour, QIcon.Mode.Normal), (disabled, QIcon.Mode.Disabled)):
        drawn = qtawesome.icon(f"mdi6.{name}", color=wanted)
        for size_px in SIZES_PX:
            made.addPixmap(drawn.pixmap(QSize(size_px, size_px)), mode)
    return made


def pixmap(name: str, tone: str = "text", size_px: int = ICON_PX) -> QPixmap:
    """Return the same as a picture of `size_px`."""
    return icon(name, tone).pixmap(QSize(size_px, size_px))


def pixmap_in(name: str, colour: str, size_px: int = ICON_PX) -> QPixmap:
    """Return an icon in a colour that does not depend on the face (for what lies on a picture)."""
    return _icon_in(name, colour, colour).pixmap(QSize(size_px, size_px))


def program_icon() -> QIcon:
    """Return the program's own icon, the same in every face, in all sizes that there are."""
    made = QIcon()
    for path in sorted((resources_folder() / "icons").glob("tracker-gui-*.png")):
        made.addFile(str(path))
    return made
