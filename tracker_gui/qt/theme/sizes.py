"""Sizes that hold text: they grow and shrink with it, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize

from tracker_gui.qt.theme.appearance import USUAL_PERCENT, appearance

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


def scaled(size_px: float) -> int:
    """Return how large something is beside the text of now, given its size beside the usual text."""
    return round(size_px * appearance().text_percent / USUAL_PERCENT)


def usual(size_px: float) -> float:
    """Return the size beside the usual text of what was measured beside the text of now."""
    return size_px * USUAL_PERCENT / appearance().text_percent


def grow_with_text(setter: Callable[..., object], *sizes_px: float, at: int | None = None) -> None:
    """Call a widget's own function, such as `setFixedWidth`, with its sizes now and whenever the text's size changes.

    Parameters
    ----------
    setter : callable
        A method of a widget.
    sizes_px : float
        Beside the usual text.
    at : int, optional
        Of which column: given before the sizes, as it is.
    """
    widget: QWidget = setter.__self__  # type: ignore[attr-defined]
    _Growing(widget, setter.__name__, () if at is None else (at,), sizes_px)


def resize_within(
    dialog: QWidget, size_px: tuple[int, int], room: QSize, apart_px: int, apart_below_px: int | None = None
) -> None:
    """Give a dialog its size beside the text of now, smaller where the window it belongs to is.

    Parameters
    ----------
    size_px : tuple of int
        Beside the usual text.
    room : QSize
        Of the window.
    apart_px, apart_below_px : int
        So much of the window is seen around it, across and from top to bottom; the same where only one is given.
    """
    below_px = apart_px if apart_below_px is None else apart_below_px
    wanted = QSize(scaled(size_px[0]), scaled(size_px[1]))
    dialog.resize(wanted.boundedTo(QSize(room.width() - apart_px, room.height() - below_px)))


class _Growing(QObject):
    """Lives as long as its widget, which it knows as its parent only: a reference would keep both."""

    def __init__(self, widget: QWidget, setter: str, first: tuple[int, ...], sizes_px: tuple[float, ...]) -> None:
        super().__init__(widget)
        self._setter = setter
        self._first = first
        self._sizes_px = sizes_px
        self._percent = 0
        appearance().changed.connect(self._grow)
        self._grow()

    def _grow(self) -> None:
        if self._percent != appearance().text_percent:
            self._percent = appearance().text_percent
            getattr(self.parent(), self._setter)(*self._first, *(scaled(size_px) for size_px in self._sizes_px))
