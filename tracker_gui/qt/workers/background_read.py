"""Read files off the window's thread: a drive that does not answer must not stop the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, QThreadPool, Signal

if TYPE_CHECKING:
    from collections.abc import Callable


class _Relay(QObject):
    done = Signal(object)


def read_in_background(read: Callable[[], Any], take: Callable[[Any], None]) -> None:
    """Call `read` on a thread of Qt's pool and hand what it returns to `take` on the window's.

    Parameters
    ----------
    read : callable
        Must not touch a widget, and tells a file that cannot be read in what it returns.
    take : callable
        A method of a QObject; it is not called where that is gone by then.
    """
    # Belongs to the application, so that a widget may go while its files are still read.
    relay = _Relay(QCoreApplication.instance())
    relay.done.connect(take)
    relay.done.connect(relay.deleteLater)
    QThreadPool.globalInstance().start(lambda: relay.done.emit(read()))
