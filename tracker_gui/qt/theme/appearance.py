"""Put a face on the application: palette, font and the few rules Fusion needs."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette

from tracker_gui.qt.theme.colours import DARK, LIGHT, Colours
from tracker_gui.qt.theme.rules import style_rules

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

FONT_PT = 10.0


class Face(enum.Enum):
    """What the user may choose."""

    SYSTEM = "As the system"
    DARK = "Dark"
    LIGHT = "Light"


class Appearance(QObject):
    """Keeps the application's look in one place; widgets that paint ask `colours` and hear `changed`."""

    changed = Signal()

    def __init__(self, application: QApplication, face: Face = Face.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._face = face
        self.colours: Colours = DARK
        application.setStyle("Fusion")
        application.setFont(_font())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def face(self) -> Face:
        return self._face

    def set_face(self, face: Face) -> None:
        self._face = face
        self._apply()

    def _apply(self) -> None:
        dark = self._face is Face.DARK
        if self._face is Face.SYSTEM:
            # Where the system does not say, dark: it is kinder in a room where animals are filmed.
            dark = QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Light
        self.colours = DARK if dark else LIGHT
        # From one sheet straight to the next takes Qt four times as long.
        self._application.setStyleSheet("")
        self._application.setPalette(palette(self.colours))
        self._application.setStyleSheet(style_rules(self.colours))
        self.changed.emit()


_appearance: list[Appearance] = []


def set_up_appearance(application: QApplication, face: Face = Face.SYSTEM) -> Appearance:
    """Make the look of the application, once."""
    if not _appearance or _appearance[0].parent() is not application:
        _appearance[:] = [Appearance(application, face)]
    elif _appearance[0].face is not face:
        _appearance[0].set_face(face)
    return _appearance[0]


def appearance() -> Appearance:
    """Return the look of the application."""
    return _appearance[0]


def colours() -> Colours:
    """Return the colours of now."""
    return _appearance[0].colours


def set_tone(widget: QWidget, tone: str) -> None:
    """Give words the colour of "ok", "warn" or "bad"; any other tone is that of plain text."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def palette(c: Colours) -> QPalette:
    """Return Fusion's palette in these colours."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, name in (
        (role.Window, c.panel), (role.WindowText, c.text), (role.Base, c.raised), (role.AlternateBase, c.panel),
        (role.Text, c.text), (role.Button, c.raised), (role.ButtonText, c.text), (role.BrightText, c.bad),
        (role.Highlight, c.accent), (role.HighlightedText, c.on_accent), (role.ToolTipBase, c.raised),
        (role.ToolTipText, c.text), (role.PlaceholderText, c.dim), (role.Link, c.accent), (role.LinkVisited, c.accent),
        (role.Light, c.line), (role.Midlight, c.raised), (role.Mid, c.line), (role.Dark, c.line), (role.Shadow, c.base),
        (role.Accent, c.accent),
    ):  # fmt: skip
        made.setColor(which, QColor(name))
    faint = QColor(c.dim)
    faint.setAlpha(130)
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, faint)
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(c.line))
    return made


def _font() -> QFont:
    families = set(QFontDatabase.families())
    font = QFont("Inter") if "Inter" in families else QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPointSizeF(FONT_PT)
    # Figures of one width, so that numbers that change do not dance.
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
