"""The threads behind the camera dialog: for each thumbnail, for the list of cameras, for what waits for a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tracker_gui.core import logins
from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.camera_watch import CameraWatch
from tracker_gui.engine.live_thumbnail import LiveThumbnail
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from tracker_gui.core.logins import Login
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


class LoginThread(EngineThread):
    """Puts away what is secret in an address; `put_away(address, error)` carries what is left of it."""

    put_away = Signal(str, object)

    def __init__(self, address: str, login: Login | None) -> None:
        self._address, self._login = address, login
        super().__init__("login", self._put_away)

    def _put_away(self) -> None:
        try:
            address = logins.put_away(self._address, self._login)
        except TrackerError as error:
            self.put_away.emit("", error)
        else:
            self.put_away.emit(address, None)
