"""Files that were opened before: name, folder, date; those that are gone say so and can be taken off the list."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.views.card import Card
from tracker_gui.qt.views.clipped_label import ClippedLabel
from tracker_gui.qt.views.thumbnail import Sign
from tracker_gui.qt.words import day_in_words
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNS = {"preset": "file-cog-outline", "folder": "folder-image", "video": "movie-outline"}
MISSING = "not found"
MOST = 6


@dataclass(frozen=True, slots=True)
class RecentFile:
    """What is known of a file without opening it.

    Attributes
    ----------
    changed_s : float or None
        When it was last written, in seconds since 1970; None where it is not there.
    """

    path: Path
    kind: str
    changed_s: float | None


def look_at(names: Sequence[str]) -> list[RecentFile]:
    """Return what is known of these files; on any thread, because a drive may take its time."""
    found = []
    for name in names:
        path = Path(name)
        try:
            changed_s: float | None = path.stat().st_mtime
            kind = "folder" if path.is_dir() else ""
        except OSError:
            changed_s, kind = None, ""
        found.append(RecentFile(path, kind or ("preset" if path.suffix.lower() == ".json" else "video"), changed_s))
    return found


def _looked_at(names: tuple[str, ...]) -> tuple[tuple[str, ...], list[RecentFile]]:
    return names, look_at(names)


class RecentRow(QWidget):
    """One file: a card that opens it, and a cross that takes it off the list."""

    def __init__(self, file: RecentFile) -> None:
        super().__init__()
        self.file = file
        self.is_missing = file.changed_s is None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        when = MISSING if file.changed_s is None else day_in_words(file.changed_s)
        self.card = Card(f"Open {file.path.name}", f"{file.kind} in {file.path.parent}, {when}")
        self.card.setToolTip(f"{file.path}\n" + ("It is not there any more." if self.is_missing else "Open it."))
        self.card.rows.setContentsMargins(10, 6, 10, 6)
        face = QWidget()
        inner = QHBoxLayout(face)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(10)
        inner.addWidget(Sign(*(("file-alert-outline", "warn") if self.is_missing else (SIGNS[file.kind], "dim"))))
        words = QVBoxLayout()
        words.setSpacing(0)
        name = ClippedLabel(file.path.name, elide=Qt.TextElideMode.ElideMiddle)
        name.setProperty("dim" if self.is_missing else "strong", True)
        folder = ClippedLabel(str(file.path.parent), elide=Qt.TextElideMode.ElideMiddle)
        folder.setProperty("dim", True)
        words.addWidget(name)
        words.addWidget(folder)
        inner.addLayout(words, 1)
        self.date = QLabel(when)
        self.date.setProperty(*(("tone", "warn") if self.is_missing else ("dim", True)))
        inner.addWidget(self.date)
        self.card.add_quiet(face)
        self.cross = QToolButton()
        self.cross.setIconSize(ICON_SIZE)
        self.cross.setToolTip(f"Take {file.path.name} off this list; the file stays")
        self.cross.setAccessibleName(f"Take {file.path.name} off the list")
        row.addWidget(self.card, 1)
        row.addWidget(self.cross)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.cross.setIcon(icon("close", "dim"))


class RecentList(QWidget):
    """The newest files, the rest behind a link."""

    chosen = Signal(object)
    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[RecentRow] = []
        self._names: tuple[str, ...] = ()
        self._most = MOST
        self._list = QVBoxLayout(self)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(4)
        self.more = QToolButton()
        self.more.setProperty("link", True)
        self.more.clicked.connect(self._show_all)
        self._list.addWidget(self.more)

    def show_names(self, names: Sequence[str]) -> None:
        """Show these files, newest first, once it is known which are there."""
        self._names = tuple(names)
        read_in_background(functools.partial(_looked_at, self._names), self._take)

    def _take(self, answer: tuple[tuple[str, ...], list[RecentFile]]) -> None:
        names, files = answer
        if names != self._names:
            return  # asked again in the meantime, and a slow drive answered last
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for number, file in enumerate(files):
            row = RecentRow(file)
            row.card.clicked.connect(self._open)
            row.cross.clicked.connect(self._remove)
            self._list.insertWidget(number, row)
            row.setVisible(number < self._most)
            self.rows.append(row)
        self._name_more()

    def show_at_most(self, count: int) -> None:
        """Leave the older ones behind the link."""
        if count == self._most:
            return
        self._most = count
        for number, row in enumerate(self.rows):
            row.setVisible(number < count)
        self._name_more()

    def _name_more(self) -> None:
        self.more.setText(f"{len(self.rows) - self._most} more")
        self.more.setVisible(len(self.rows) > self._most)

    def _show_all(self) -> None:
        self.show_at_most(len(self.rows))

    def _open(self) -> None:
        row = next(row for row in self.rows if row.card is self.sender())
        self.chosen.emit(row.file.path)

    def _remove(self) -> None:
        row = next(row for row in self.rows if row.cross is self.sender())
        self.removed.emit(str(row.file.path))
