"""Cards: buttons that hold more than a word, in a grid that fills the width it is given."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tracker_gui.qt.views.clipped_label import ClippedLabel
from tracker_gui.qt.views.thumbnail import Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

GAP_PX = 12
PRESS_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOVE_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home)


class Card(QPushButton):
    """A button whose face is a layout: `rows`. Click, Space and Return press it."""

    def __init__(self, name: str, explanation: str = "") -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)
        self.setAccessibleDescription(explanation)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(12, 12, 12, 12)
        self.rows.setSpacing(4)

    def add_quiet(self, widget: QWidget) -> None:
        """Add a part that leaves the mouse to the card."""
        widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.rows.addWidget(widget)

    def sizeHint(self) -> QSize:
        return self.rows.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.rows.minimumSize()

    def event(self, event: QEvent) -> bool:
        # Else the keys of the picture, which play and step, would take these from a card that has the focus.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (*PRESS_KEYS, *MOVE_KEYS)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class SignCard(Card):
    """A sign, a few words, and a sentence of what comes of it."""

    def __init__(self, sign: str, title: str, sentence: str, sentence_lines: int = 2) -> None:
        super().__init__(title, sentence)
        self.setToolTip(sentence)
        self._sign = Sign(sign, "accent", 24)
        head = ClippedLabel(title)
        head.setProperty("strong", True)
        words = ClippedLabel(sentence, sentence_lines)
        words.setProperty("dim", True)
        for part in (self._sign, head, words):
            self.add_quiet(part)


class CardGrid(QWidget):
    """Cards of one width in as many columns as fit.

    Parameters
    ----------
    least_width_px : int
        A card is this wide or wider.
    fill : bool
        The cards fill every row evenly, few of them being wider; else they stay as wide as many would be.
    """

    def __init__(self, least_width_px: int, *, fill: bool = False) -> None:
        super().__init__()
        self._least_px = least_width_px
        self._fill = fill
        self._cards: list[Card] = []
        self._shown: list[Card] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_PX)

    @property
    def cards(self) -> list[Card]:
        return list(self._cards)

    @property
    def shown(self) -> list[Card]:
        return list(self._shown)

    @property
    def columns(self) -> int:
        return self._columns

    def set_cards(self, cards: Sequence[Card]) -> None:
        """Show these cards in place of those of before, which go."""
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = list(cards)
        self.show_only(cards)

    def show_only(self, wanted: Sequence[Card]) -> None:
        """Hide the other cards and close the gaps that they leave."""
        self._shown = [card for card in self._cards if card in wanted]
        for card in self._cards:
            self._grid.removeWidget(card)
            if card not in self._shown:
                card.hide()
        self._columns = 0
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        columns = max(1, (self.width() + GAP_PX) // (self._least_px + GAP_PX))
        if self._fill:
            rows = math.ceil(max(1, len(self._shown)) / columns)
            columns = math.ceil(max(1, len(self._shown)) / rows)
        if columns == self._columns:
            return
        for number in range(self._grid.columnCount()):
            self._grid.setColumnStretch(number, 0)
        for number in range(columns):
            self._grid.setColumnStretch(number, 1)
        self._columns = columns
        for number, card in enumerate(self._shown):
            self._grid.addWidget(card, number // columns, number % columns)
            card.show()

    def minimumSizeHint(self) -> QSize:
        # One column must do, or the scroll area around it could never become narrow again.
        return QSize(self._least_px, super().minimumSizeHint().height())
