"""Which frames a timeline shows, and where each of them lies on the screen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

LEAST_FRAMES = 10.0
#: Room for the names at the left and for a scroll bar at the right.
LEFT_PX, RIGHT_PX = 80, 16


class TimeAxis(QObject):
    """Common to all strips of a timeline, so that they stay under one another."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.first, self.last = 0, 1
        self._from, self._to = 0.0, 1.0
        self._width_px = 100
        self.left_px = LEFT_PX

    def set_frames(self, first: int, last: int) -> None:
        """Show all frames of other tracks."""
        self.first, self.last = first, max(first, last)
        self.show_all()

    def set_width(self, width_px: int, left_px: int = LEFT_PX) -> None:
        """Take the width of the strips, names and scroll bar included, and that of the names."""
        self.left_px = left_px
        self._width_px = max(10, width_px - left_px - RIGHT_PX)
        self.changed.emit()

    @property
    def width_px(self) -> int:
        """Of the part that shows frames."""
        return self._width_px

    @property
    def shown(self) -> tuple[float, float]:
        """First and last frame that are shown."""
        return self._from, self._to

    def x_of(self, frame: float) -> float:
        """Return where the beginning of a frame lies, in pixels of a strip."""
        return self.left_px + (frame - self._from) / (self._to - self._from) * self._width_px

    def frame_at(self, x: float) -> int:
        """Return the frame at a place of a strip, the nearest one that there is."""
        frame = self._from + (x - self.left_px) / self._width_px * (self._to - self._from)
        return min(self.last, max(self.first, int(frame // 1)))

    def show_all(self) -> None:
        self._look(self.first, self.last + 1.0)

    def zoom(self, factor: float, about_x: float | None = None) -> None:
        """Show fewer frames by `factor`, those around a place of a strip (its middle by default)."""
        share = 0.5 if about_x is None else min(1.0, max(0.0, (about_x - self.left_px) / self._width_px))
        span = self._to - self._from
        kept = self._from + share * span
        span = min(max(span / factor, LEAST_FRAMES), self.last + 1.0 - self.first)
        self._look(kept - share * span, kept + (1 - share) * span)

    def pan(self, share: float) -> None:
        """Move by a share of what is shown."""
        step = share * (self._to - self._from)
        self._look(self._from + step, self._to + step)

    def reveal(self, frame: int) -> None:
        """Move just so that a frame is shown, not at the very edge."""
        span = self._to - self._from
        if not self._from + 0.02 * span <= frame <= self._to - 0.02 * span:
            self._look(frame - span / 2, frame + span / 2)

    def _look(self, start: float, end: float) -> None:
        span = max(1.0, end - start)
        whole = self.last + 1.0 - self.first
        start = self.first if span >= whole else min(max(start, self.first), self.last + 1.0 - span)
        if (start, start + span) != (self._from, self._to):
            self._from, self._to = start, start + min(span, max(whole, 1.0))
            self.changed.emit()
