"""The sampled frames as small pictures with what was found on them, under each its count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate

from tracker_gui.analysis.overlay import SEVERAL, SINGLE
from tracker_gui.engine.finds_loop import FindsState
from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.theme.colours import CHIP
from tracker_gui.qt.theme.icons import pixmap
from tracker_gui.qt.tuning.tuning import KEPT, NOW
from tracker_gui.qt.tuning.verdict_words import SIGNS, in_words
from tracker_gui.qt.views.overlays.contours import outlines
from tracker_gui.qt.views.overlays.overlay import line_pen
from tracker_gui.qt.words import time_in_words

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QStyleOptionViewItem

    from tracker_gui.engine.sampled_finds import Finds, SampledFrame

MOST_PX, STEP_PX = 320, 4
#: What must find room under a picture, beside its sign.
LONGEST = "20 of 20, too many"
EDGE_PX, GAP_PX = 4, 4
SIGN_PX = 14
#: Of what was found with settings from before.
OUTDATED_OPACITY = 0.4

Index = QModelIndex | QPersistentModelIndex


class SampleModel(QAbstractListModel):
    """One row for each sampled frame."""

    def __init__(self) -> None:
        super().__init__()
        self.state = FindsState()

    def show_state(self, state: FindsState) -> None:
        """Show other finds; rows are made anew only where the frames are others."""
        same = [f.index for f in state.frames] == [f.index for f in self.state.frames]
        if not same:
            self.beginResetModel()
        self.state = state
        if not same:
            self.endResetModel()
        elif state.frames:
            self.dataChanged.emit(self.index(0), self.index(len(state.frames) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.state.frames)

    def frame(self, row: int) -> SampledFrame:
        return self.state.frames[row]

    def finds(self, row: int) -> list[tuple[str, Finds | None, bool]]:
        """Return the slots of a row in their order: name, what it finds, and whether that is up to date."""
        index = self.frame(row).index
        listed = [(name, self.state.slots[name]) for name in (KEPT, NOW) if name in self.state.slots]
        return [(name, slot.finds.get(index), index in slot.fresh) for name, slot in listed]

    def row_of(self, frame_index: int) -> int | None:
        return next((row for row, frame in enumerate(self.state.frames) if frame.index == frame_index), None)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = index.row()
        frame, finds = self.frame(row), self.finds(row)
        told = [
            (f"{name}: " if len(finds) > 1 else "")
            + ("not looked at yet" if found is None else in_words(found) + ("" if fresh else " (before the change)"))
            for name, found, fresh in finds
        ]
        return "\n".join([f"Frame {frame.index}, {time_in_words(frame.t_s)}", *told])


class SampleDelegate(QStyledItemDelegate):
    """Paints one frame and its counts."""

    def __init__(self, strip: SampleStrip) -> None:
        super().__init__(strip)
        self._strip = strip

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._strip.tile_size()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        face, model, row = colours(), self._strip.samples, index.row()
        frame, finds = model.frame(row), model.finds(row)
        whole: QRect = option.rect.adjusted(0, 0, -GAP_PX, -GAP_PX)  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(face.raised))
        painter.drawRoundedRect(whole, 4, 4)
        if state & QStyle.StateFlag.State_Selected:
            focused = bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(QPen(QColor(face.accent if focused else face.dim), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(whole.adjusted(1, 1, -1, -1), 4, 4)
        inside = whole.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        line_px = QFontMetrics(self._strip.font()).height()
        picture = inside.adjusted(0, 0, 0, -(len(finds) + 1) * line_px - 2)
        _, newest, fresh = finds[-1] if finds else ("", None, False)
        painter.setOpacity(1.0 if fresh else OUTDATED_OPACITY)
        self._paint_picture(painter, picture, frame, newest)
        top = picture.bottom() + 3
        for name, found, is_fresh in finds:
            line = QRect(inside.left(), top, inside.width(), line_px)
            painter.setOpacity(1.0 if is_fresh else OUTDATED_OPACITY)
            self._paint_count(painter, line, name if len(finds) > 1 else "", found)
            top += line_px
        painter.setOpacity(1.0)
        painter.setPen(QColor(face.dim))
        where = f"{time_in_words(frame.t_s)}  #{frame.index}"
        painter.drawText(
            QRect(inside.left() + 2, top, inside.width() - 4, line_px), Qt.AlignmentFlag.AlignVCenter, where
        )
        painter.restore()

    def _paint_picture(self, painter: QPainter, room: QRect, frame: SampledFrame, found: Finds | None) -> None:
        small = frame.thumbnail_u8
        height, width = small.shape[:2]
        image = QImage(small.data, width, height, small.strides[0], QImage.Format.Format_RGB32)
        scale = max(0.0, min(room.width() / width, room.height() / height))
        place = QRect(0, 0, max(1, round(width * scale)), max(1, round(height * scale)))
        place.moveCenter(room.center())
        painter.drawImage(place, image)
        if found is None:
            return
        painter.save()
        painter.setClipRect(place)
        painter.translate(place.topLeft())
        painter.scale(place.width() / frame.size_px[0], place.height() / frame.size_px[1])
        painter.translate(0.5, 0.5)  # the centre of the first pixel is (0, 0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        single, several = outlines(found.detections)
        for path, colour, style in (
            (single, SINGLE, Qt.PenStyle.SolidLine), (several, SEVERAL, Qt.PenStyle.DashLine),
        ):  # fmt: skip
            painter.setPen(line_pen(CHIP, 2.5))
            painter.drawPath(path)
            painter.setPen(line_pen(colour, 1.2, style))
            painter.drawPath(path)
        painter.restore()

    def _paint_count(self, painter: QPainter, line: QRect, name: str, found: Finds | None) -> None:
        left = line.left() + 2
        painter.setPen(QColor(colours().text))
        if name:
            painter.drawText(QRect(left, line.top(), SIGN_PX, line.height()), Qt.AlignmentFlag.AlignVCenter, name)
            left += SIGN_PX
        if found is None:
            painter.drawText(line.adjusted(left - line.left(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "…")
            return
        sign, tone = SIGNS[found.verdict]
        painter.drawPixmap(left, line.center().y() - SIGN_PX // 2 + 1, pixmap(sign, tone, SIGN_PX))
        words = QRect(left + SIGN_PX + 4, line.top(), line.right() - left - SIGN_PX - 4, line.height())
        metrics = QFontMetrics(self._strip.font())
        elided = metrics.elidedText(in_words(found), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, elided)


class SampleStrip(QListView):
    """`chosen` brings the number of the frame that the user wants to see."""

    chosen = QtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.samples: SampleModel = SampleModel()
        self._tile_px = MOST_PX
        self._moving = False
        self.setModel(self.samples)
        self.setItemDelegate(SampleDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMovement(QListView.Movement.Static)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Sampled frames")
        self.setProperty("strip", True)
        self.selectionModel().currentChanged.connect(self._chosen)
        self.clicked.connect(self._chosen)
        appearance().changed.connect(self.viewport().update)

    def show_state(self, state: FindsState, frame_index: int | None) -> None:
        """Show other finds; the frame that the player shows is marked where it is among them."""
        before = self.samples.state
        self.samples.show_state(state)
        if (len(before.slots), len(before.frames)) != (len(state.slots), len(state.frames)):
            self._fit_tiles()
        self.mark(frame_index)

    def mark(self, frame_index: int | None) -> None:
        """Mark the frame that the player shows."""
        row = None if frame_index is None else self.samples.row_of(frame_index)
        if row == self.currentIndex().row():
            return
        self._moving = True
        if row is None:
            self.selectionModel().clearSelection()
        else:
            self.selectionModel().setCurrentIndex(
                self.samples.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        self._moving = False

    def _chosen(self, index: QModelIndex) -> None:
        if index.isValid() and not self._moving:
            self.chosen.emit(self.samples.frame(index.row()).index)

    # ---- how large a tile is

    def _least_px(self) -> int:
        name = SIGN_PX if len(self.samples.state.slots) > 1 else 0
        words = QFontMetrics(self.font()).horizontalAdvance(LONGEST)
        return min(MOST_PX, words + name + SIGN_PX + 2 * EDGE_PX + GAP_PX + 8)

    def tile_size(self) -> QSize:
        """Return the room of one frame with its counts."""
        size = self._size_of(self._tile_px)
        # In a single row the picture gives way, so that what is said under it stays in sight.
        return size if self.isWrapping() else QSize(size.width(), min(size.height(), self._room_px()))

    def _room_px(self) -> int:
        """Return how high a single row with its scroll bar may be."""
        return self.maximumViewportSize().height() - self.horizontalScrollBar().sizeHint().height()

    def _size_of(self, wide_px: int) -> QSize:
        frames = self.samples.state.frames
        width, height = frames[0].size_px if frames else (4, 3)
        shape = min(1.0, max(0.5, height / width))
        lines = max(1, len(self.samples.state.slots)) + 1
        inner = wide_px - GAP_PX - 2 * EDGE_PX
        high = round(inner * shape) + lines * QFontMetrics(self.font()).height() + 2 + 2 * EDGE_PX + GAP_PX
        return QSize(wide_px, high)

    def _fit_tiles(self) -> None:
        """Make the tiles as large as they can be for all to be seen; else scroll through rows, or along one row."""
        room, many, least_px = self.maximumViewportSize(), len(self.samples.state.frames), self._least_px()
        sizes = [self._size_of(px) for px in (*range(MOST_PX, least_px, -STEP_PX), least_px)]
        for size in sizes:
            if -(-many // max(1, room.width() // size.width())) * size.height() <= room.height():
                self._use(size.width(), wraps=True)
                return
        if 2 * sizes[-1].height() <= room.height():
            self._use(least_px, wraps=True)
            return
        fits = (size.width() for size in sizes if size.height() <= self._room_px())
        self._use(next(fits, least_px), wraps=False)

    def _use(self, tile_px: int, *, wraps: bool) -> None:
        if (tile_px, wraps) != (self._tile_px, self.isWrapping()):
            self._tile_px = tile_px
            self.setWrapping(wraps)
        self.scheduleDelayedItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_tiles()
