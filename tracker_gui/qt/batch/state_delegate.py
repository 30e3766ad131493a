"""Draws the state of a video: sign, word, and a bar beneath them while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate

from tracker_gui.qt.batch.video_model import SHARE_ROLE
from tracker_gui.qt.theme.appearance import colours

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtWidgets import QStyleOptionViewItem

BAR_PX, MARGIN_PX = 3, 6


class RowDelegate(QStyledItemDelegate):
    """Without a frame around the present cell: whole rows are chosen."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # type: ignore[attr-defined]


class StateDelegate(RowDelegate):
    """The bar is beside the word, never in its place."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        share = index.data(SHARE_ROLE)
        if share is None or share >= 1:
            return
        c, room = colours(), option.rect  # type: ignore[attr-defined]
        whole = QRectF(room.left() + MARGIN_PX, room.bottom() - BAR_PX - 1, room.width() - 2 * MARGIN_PX, BAR_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((1.0, c.line), (share, c.accent)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(whole.left(), whole.top(), whole.width() * width, BAR_PX), 1, 1)
        painter.restore()
