"""Put a face on the application: palette, font and the few rules Fusion needs."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette

from tracker_gui.qt.theme.colours import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, Colours
from tracker_gui.qt.theme.rules import style_rules

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

FONT_PT = 10.0
#: Sizes of the text that can be chosen.
LEAST_PERCENT, USUAL_PERCENT, MOST_PERCENT = 80, 100, 200


class Face(enum.Enum):
    """What the user may choose."""

    SYSTEM = "As the system"
    DARK = "Dark"
    LIGHT = "Light"
    CONTRAST_DARK = "High contrast, dark"
    CONTRAST_LIGHT = "High contrast, light"


class Appearance(QObject):
    """Keeps the application's look in one place; widgets that paint ask `colours` and hear `changed`."""

    changed = Signal()

    def __init__(self, application: QApplication, face: Face = Face.SYSTEM, text_percent: int = USUAL_PERCENT) -> None:
        super().__init__(application)
        self._application = application
        self._face = face
        self._text_percent = text_percent
        self.colours: Colours = DARK
        application.setStyle("Fusion")
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._apply)
        if hasattr(hints, "accessibility"):  # since Qt 6.10
            hints.accessibility().contrastPreferenceChanged.connect(self._apply)
        self._apply()

    @property
    def face(self) -> Face:
        return self._face

    def set_face(self, face: Face) -> None:
        self._face = face
        self._apply()

    @property
    def text_percent(self) -> int:
        """Size of all text, 100 for the usual one."""
        return self._text_percent

    def set_text_percent(self, percent: int) -> None:
        """Make all text larger or smaller, at once; `percent` is kept within 80 and 200."""
        percent = max(LEAST_PERCENT, min(MOST_PERCENT, percent))
        if percent != self._text_percent:
            self._text_percent = percent
            self._apply()

    def _apply(self) -> None:
        self.colours = _FACES[self._face] if self._face in _FACES else _as_the_system()
        # From one sheet straight to the next takes Qt four times as long.
        self._application.setStyleSheet("")
        self._application.setFont(_font(FONT_PT * self._text_percent / 100))
        self._application.setPalette(palette(self.colours))
        self._application.setStyleSheet(style_rules(self.colours, self._text_percent))
        self.changed.emit()


_FACES = {
    Face.DARK: DARK, Face.LIGHT: LIGHT, Face.CONTRAST_DARK: CONTRAST_DARK, Face.CONTRAST_LIGHT: CONTRAST_LIGHT,
}  # fmt: skip


def _as_the_system() -> Colours:
    hints = QGuiApplication.styleHints()
    # Where the system does not say, dark: it is kinder in a room where animals are filmed.
    dark = hints.colorScheme() != Qt.ColorScheme.Light
    if hasattr(hints, "accessibility"):
        strong = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        if strong:
            return CONTRAST_DARK if dark else CONTRAST_LIGHT
    return DARK if dark else LIGHT


_appearance: list[Appearance] = []


def set_up_appearance(
    application: QApplication, face: Face = Face.SYSTEM, text_percent: int = USUAL_PERCENT
) -> Appearance:
    """Make the look of the application, once."""
    text_percent = max(LEAST_PERCENT, min(MOST_PERCENT, text_percent))
    if not _appearance or _appearance[0].parent() is not application:
        _appearance[:] = [Appearance(application, face, text_percent)]
    elif _appearance[0].face is not face:
        _appearance[0].set_face(face)
    _appearance[0].set_text_percent(text_percent)
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
    faint.setAlpha(180 if c.strong else 130)
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, faint)
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(c.line))
    return made


def _font(size_pt: float) -> QFont:
    families = set(QFontDatabase.families())
    font = QFont("Inter") if "Inter" in families else QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPointSizeF(size_pt)
    # Figures of one width, so that numbers that change do not dance.
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
