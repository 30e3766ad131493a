"""The strips of a timeline: problems over a ruler, and a row for each animal. Both are painted ahead of time."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tracker_gui.analysis.track_grid import LOST
from tracker_gui.core.types import TrackState
from tracker_gui.qt.review.marks import SIZE_PX, draw_mark, mark_path
from tracker_gui.qt.review.time_axis import LEFT_PX, TimeAxis
from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.theme.colours import identity_colour
from tracker_gui.qt.theme.sizes import scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent

    from tracker_gui.analysis.track_grid import TrackGrid
    from tracker_gui.analysis.track_problems import TrackProblem

RULER_PX, MARKS_PX, ROW_PX = 20, 20, 18
BAR_PX, THIN_PX = 8, 3
ZOOM_STEP = 1.25
PAN_STEP = 0.1
#: Least room between two labels of the ruler.
LABEL_PX = 76
STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200)
MOST_TOLD = 6


def row_px() -> int:
    """Return how high the row of an animal is beside the text of now."""
    return scaled(ROW_PX)


class Where(NamedTuple):
    """The place of a strip for which a menu is wanted; no animal where it is about none."""

    animal: int | None
    frame: int
    at: QPoint


class Strip(QWidget):
    """What both have in common: a click goes to a frame, the wheel zooms, a drag with Shift marks a stretch."""

    sought = Signal(int)
    stretched = Signal(int, int)
    menu_wanted = Signal(object)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = axis
        self.table: TrackGrid | None = None
        self._frame = 0
        self._stretch: tuple[int, int] | None = None
        self._drag_from: int | None = None
        self._painted = QPixmap()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._paint_ahead)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        axis.changed.connect(self.paint_soon)
        appearance().changed.connect(self._grow)

    def paint_soon(self) -> None:
        """Paint anew once what is going on now is done."""
        self._soon.start(0)

    def _grow(self) -> None:
        """Take the room that the text needs in its size of now."""
        self.axis.set_width(self.width(), scaled(LEFT_PX))
        self.setFixedHeight(self.sizeHint().height())
        self.paint_soon()

    def set_frame(self, frame: int) -> None:
        self._frame = frame
        self.update()

    def set_stretch(self, stretch: tuple[int, int] | None) -> None:
        self._stretch = stretch
        self.update()

    # ---- painting

    def _paint_ahead(self) -> None:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(colours().panel))
        if self.table is not None and not picture.isNull():
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self.font())
            self.draw(painter, self.table)
            painter.end()
        self._painted = picture
        self.update()

    def draw(self, painter: QPainter, table: TrackGrid) -> None:
        """Draw all but what moves while the tracks are played."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted)
        painter.setClipRect(self.axis.left_px, 0, self.axis.width_px, self.height())
        c = colours()
        if self._stretch is not None:
            x0, x1 = self.axis.x_of(self._stretch[0]), self.axis.x_of(self._stretch[1] + 1)
            tint = QColor(c.accent)
            tint.setAlpha(50)
            painter.fillRect(QRectF(x0, 0, x1 - x0, self.height()), tint)
            painter.setPen(QPen(QColor(c.accent), 1))
            for x in (x0, x1):
                painter.drawLine(round(x), 0, round(x), self.height())
        x = self.axis.x_of(self._frame + 0.5)
        painter.setPen(QPen(QColor(c.text), 2))
        painter.drawLine(round(x), 0, round(x), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.paint_soon()

    # ---- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.table is None:
            return
        frame = self.axis.frame_at(event.position().x())
        self._drag_from = frame
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.stretched.emit(frame, frame)
        else:
            self.clicked_at(event.position().toPoint())
            self.sought.emit(frame)

    def clicked_at(self, place: QPoint) -> None:
        """Take note of a click before the frame is shown."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag_from is None:
            return
        frame = self.axis.frame_at(event.position().x())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.stretched.emit(min(frame, self._drag_from), max(frame, self._drag_from))
        else:
            self.sought.emit(frame)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.axis.show_all()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        if turn.x():
            self.axis.pan(-PAN_STEP * turn.x() / 120)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.axis.pan(-PAN_STEP * turn.y() / 120)
        else:
            self.axis.zoom(ZOOM_STEP ** (turn.y() / 120), event.position().x())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.table is not None:
            frame = self.axis.frame_at(event.pos().x())
            self.menu_wanted.emit(Where(self.animal_at(event.pos()), frame, event.globalPos()))

    def animal_at(self, place: QPoint) -> int | None:
        """Return whose row it is."""
        return None


class ProblemStrip(Strip):
    """A ruler in minutes and seconds, and under it a mark for each problem."""

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self.setAccessibleName("Problems")
        self._problems: tuple[TrackProblem, ...] = ()
        self._current: TrackProblem | None = None
        self._words = ""

    def sizeHint(self) -> QSize:
        return QSize(400, scaled(RULER_PX) + scaled(MARKS_PX))

    def show_problems(self, problems: Sequence[TrackProblem], words: str) -> None:
        """Show other problems; `words` stand in their row where there are none."""
        # The worst ones last, so that no other hides them.
        self._problems = tuple(sorted(problems, key=lambda problem: problem.severity_01))
        self._words = words
        self.paint_soon()

    def set_current(self, problem: TrackProblem | None) -> None:
        self._current = problem
        self.paint_soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.axis.set_width(self.width(), scaled(LEFT_PX))
        super().resizeEvent(event)

    def draw(self, painter: QPainter, table: TrackGrid) -> None:
        c = colours()
        self._draw_ruler(painter, table)
        middle = scaled(RULER_PX) + scaled(MARKS_PX) / 2
        painter.setPen(QColor(c.dim))
        painter.drawText(
            QRectF(8, scaled(RULER_PX), self.axis.left_px - 12, scaled(MARKS_PX)),
            Qt.AlignmentFlag.AlignVCenter,
            "Problems",
        )
        painter.fillRect(
            QRectF(self.axis.left_px, scaled(RULER_PX), self.axis.width_px, scaled(MARKS_PX) - 2), QColor(c.canvas)
        )
        painter.setClipRect(QRectF(self.axis.left_px - SIZE_PX / 2, 0, self.axis.width_px + SIZE_PX, self.height()))
        first, last = self.axis.shown
        drawn = set()
        for problem in self._problems:
            if problem.last_frame < first or problem.first_frame > last:
                continue
            x0, x1 = self.axis.x_of(max(first, problem.first_frame)), self.axis.x_of(problem.last_frame + 1)
            x = self.axis.x_of(problem.first_frame + 0.5)
            if problem is self._current:
                painter.fillRect(QRectF(x - 8, scaled(RULER_PX), 16, scaled(MARKS_PX) - 2), QColor(c.line))
            if (problem.kind, round(x)) in drawn and problem is not self._current:
                continue
            drawn.add((problem.kind, round(x)))
            path = mark_path(problem.kind, x, middle - 1)
            if x1 - x0 > 2 * SIZE_PX:
                # How long it lasts, as a line behind the mark.
                tail = QPainterPath()
                tail.addRect(QRectF(x0, scaled(RULER_PX) + scaled(MARKS_PX) - 5, x1 - x0, 2))
                painter.fillPath(tail, QColor(c.dim))
            draw_mark(painter, problem.kind, path)
        if not self._problems:
            painter.setPen(QColor(c.dim))
            words = QRectF(self.axis.left_px + 8, scaled(RULER_PX), self.axis.width_px - 16, scaled(MARKS_PX) - 2)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._words)

    def _draw_ruler(self, painter: QPainter, table: TrackGrid) -> None:
        rate_hz = table.rate_hz
        first, last = self.axis.shown
        seconds_per_px = (last - first) / rate_hz / self.axis.width_px
        step_s = next((step for step in STEPS_S if step >= scaled(LABEL_PX) * seconds_per_px), STEPS_S[-1])
        painter.setPen(QColor(colours().dim))
        number = int(np.ceil(first / rate_hz / step_s))
        while number * step_s * rate_hz <= last:
            t_s = number * step_s
            x = self.axis.x_of(t_s * rate_hz)
            painter.drawLine(round(x), scaled(RULER_PX) - 5, round(x), scaled(RULER_PX) - 1)
            if x < self.axis.left_px + self.axis.width_px - scaled(LABEL_PX) / 2:
                painter.drawText(
                    QRectF(x + 4, 0, scaled(LABEL_PX), scaled(RULER_PX)),
                    Qt.AlignmentFlag.AlignVCenter,
                    _label(t_s, step_s),
                )
            number += 1

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            near = self._near(event.pos().x())
            QToolTip.showText(event.globalPos(), "\n".join(problem.sentence for problem in near[:MOST_TOLD]), self)
            return True
        return super().event(event)

    def _near(self, x: float) -> list[TrackProblem]:
        near = [p for p in self._problems if abs(self.axis.x_of(p.first_frame + 0.5) - x) <= SIZE_PX]
        return sorted(near, key=lambda problem: -problem.severity_01)


def _label(t_s: float, step_s: float) -> str:
    minutes, seconds = divmod(round(t_s, 3), 60)
    return f"{minutes:.0f}:{seconds:04.1f}" if step_s < 1 else f"{minutes:.0f}:{seconds:02.0f}"


class AnimalStrip(Strip):
    """A row for each animal: a bar where it was found, a double one where it was merged, a thin one where guessed.

    Where it was lost there is none. What was corrected by hand has a line over it.
    """

    chosen = Signal(int)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self.setAccessibleName("Animals")
        self.setToolTip(
            "Full bar: found. Double bar: merged with another. Thin bar: guessed. None: lost. "
            "A line over it: corrected. Click: go there; wheel: zoom; Shift and drag: mark a stretch."
        )
        self._chosen: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(400, row_px() * (1 if self.table is None else len(self.table.ids)))

    def show_table(self, table: TrackGrid) -> None:
        grown = self.table is None or len(self.table.ids) != len(table.ids)
        self.table = table
        if grown:
            self.setFixedHeight(self.sizeHint().height())
        self.paint_soon()

    def set_chosen(self, animal: int | None) -> None:
        self._chosen = animal
        self.paint_soon()

    def animal_at(self, place: QPoint) -> int | None:
        row = place.y() // row_px()
        return int(self.table.ids[row]) if self.table is not None and 0 <= row < len(self.table.ids) else None

    def clicked_at(self, place: QPoint) -> None:
        animal = self.animal_at(place)
        if animal is not None:
            self.chosen.emit(animal)

    def draw(self, painter: QPainter, table: TrackGrid) -> None:
        c = colours()
        rows, starts, places = self._columns(table)
        worst = edited = None
        if len(starts):
            # Of the frames that share a pixel the worst one shows, or a lost frame would vanish in a long video.
            worst = np.maximum.reduceat(table.state[rows], starts, axis=0)
            edited = np.logical_or.reduceat(table.edited[rows], starts, axis=0)
        for column, animal in enumerate(table.ids.tolist()):
            top = column * row_px()
            chosen = animal == self._chosen
            if chosen:
                painter.fillRect(QRectF(0, top, self.axis.left_px - 4, row_px() - 2), QColor(c.raised))
            colour = QColor(identity_colour(animal))
            painter.fillRect(QRectF(8, top + 4, 8, 8), colour)
            font = painter.font()
            font.setBold(chosen)
            painter.setFont(font)
            painter.setPen(QColor(c.text if chosen else c.dim))
            painter.drawText(
                QRectF(22, top, self.axis.left_px - 26, row_px() - 2), Qt.AlignmentFlag.AlignVCenter, str(animal)
            )
            painter.fillRect(QRectF(self.axis.left_px, top, self.axis.width_px, row_px() - 2), QColor(c.canvas))
            if worst is None or edited is None:
                continue
            for start, stop in _runs(worst[:, column]):
                self._draw_bar(painter, places[start], places[stop], top, int(worst[start, column]), colour)
            for start, stop in _runs(edited[:, column]):
                if edited[start, column]:
                    line = QRectF(places[start], top, max(2.0, places[stop] - places[start]), 2)
                    painter.fillRect(line, QColor(c.text))

    def _columns(self, table: TrackGrid) -> tuple[slice, np.ndarray, np.ndarray]:
        """Return the rows that are shown, which of them begin a pixel, and where these lie (one more: the end)."""
        first, last = self.axis.shown
        begin, end = int(np.searchsorted(table.frame, first)), int(np.searchsorted(table.frame, last))
        if end <= begin:
            return slice(0, 0), np.empty(0, np.int64), np.empty(0)
        scale = self.axis.width_px / (last - first)
        x = self.axis.left_px + (table.frame[begin:end] - first) * scale
        starts = np.flatnonzero(np.diff(np.floor(x), prepend=-1))
        places = np.append(
            x[starts], min(self.axis.left_px + (table.frame[end - 1] + 1 - first) * scale, self.axis.x_of(last))
        )
        return slice(begin, end), starts, places

    def _draw_bar(self, painter: QPainter, x0: float, x1: float, top: int, state: int, colour: QColor) -> None:
        if state == LOST:
            return
        middle = top + (row_px() - 2) / 2
        width = max(1.0, x1 - x0)
        painter.setPen(Qt.PenStyle.NoPen)
        if state == TrackState.PREDICTED:
            painter.fillRect(QRectF(x0, middle - THIN_PX / 2, width, THIN_PX), colour)
            return
        painter.fillRect(QRectF(x0, middle - BAR_PX / 2, width, BAR_PX), colour)
        # Pale bars need an edge on a light ground.
        edge = colour.darker(150)
        painter.fillRect(QRectF(x0, middle + BAR_PX / 2 - 1, width, 1), edge)
        if state == TrackState.MERGED:
            painter.fillRect(QRectF(x0, middle - 1, width, 2), QColor(colours().canvas))


def _runs(values: np.ndarray) -> list[tuple[int, int]]:
    """Return (start, stop) of each run of equal values."""
    bounds = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    return list(itertools.pairwise(bounds))
