"""The threads behind the camera dialog: one for each thumbnail, one that looks for cameras."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tracker_gui.engine.camera_watch import CameraWatch
from tracker_gui.engine.live_thumbnail import LiveThumbnail
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from tracker_gui.core.preset import StageChoice


class ThumbnailThread(EngineThread):
    """Runs one thumbnail; `arrived` says that there is a picture to take, and carries none."""

    arrived = Signal()
    status_arrived = Signal(object)

    def __init__(self, source: StageChoice, most_px: tuple[int, int]) -> None:
        self.thumbnail = LiveThumbnail(source, most_px, self._wake, self._tell)
        super().__init__("thumbnail", self.thumbnail.run)

    def _wake(self) -> None:
        self.arrived.emit()

    def _tell(self, status: object) -> None:
        self.status_arrived.emit(status)

    def close(self) -> None:
        """Let it end; does not wait for it."""
        self.thumbnail.close()


class CameraListThread(EngineThread):
    """Tells which cameras are connected, at once and whenever that changes."""

    listed = Signal(object)

    def __init__(self) -> None:
        self.watch = CameraWatch(self._tell)
        super().__init__("camera list", self.watch.run)

    def _tell(self, devices: object) -> None:
        self.listed.emit(devices)

    def close(self) -> None:
        """Let it end; does not wait for it."""
        self.watch.close()
