"""Icons of one family, in the colours of now."""

from __future__ import annotations

import os

os.environ.setdefault("QT_API", "pyside6")

from typing import TYPE_CHECKING

import qtawesome
from PySide6.QtCore import QSize

from tracker_gui.qt.theme.appearance import colours

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon, QPixmap

ICON_PX = 18
ICON_SIZE = QSize(ICON_PX, ICON_PX)


def icon(name: str, tone: str = "text") -> QIcon:
    """Return a Material icon (``"play"``) in one of the tones of `Colours`."""
    c = colours()
    return qtawesome.icon(f"mdi6.{name}", color=getattr(c, tone), color_disabled=c.line, color_on=getattr(c, tone))


def pixmap(name: str, tone: str = "text", size_px: int = ICON_PX) -> QPixmap:
    """Return the same as a picture of `size_px`."""
    return icon(name, tone).pixmap(QSize(size_px, size_px))


def pixmap_in(name: str, colour: str, size_px: int = ICON_PX) -> QPixmap:
    """Return an icon in a colour that does not depend on the face (for what lies on a picture)."""
    return qtawesome.icon(f"mdi6.{name}", color=colour).pixmap(QSize(size_px, size_px))
