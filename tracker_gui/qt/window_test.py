"""Whether a window can open here."""

from __future__ import annotations

from PySide6.QtCore import QTimer, qVersion
from PySide6.QtWidgets import QApplication, QWidget


def open_and_close() -> str:
    """Open an empty window; return Qt's platform and version. Where Qt finds no platform it ends the process."""
    app = QApplication([])
    window = QWidget()
    window.show()
    QTimer.singleShot(0, app.quit)
    app.exec()
    return f"{app.platformName()} {qVersion()}"
