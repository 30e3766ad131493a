"""A Qt thread that is only a shell around a loop of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QThread

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject


class EngineThread(QThread):
    """Runs one function of the engine; ending it is the function's own business."""

    def __init__(self, name: str, loop: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._loop = loop

    def run(self) -> None:
        self._loop()
