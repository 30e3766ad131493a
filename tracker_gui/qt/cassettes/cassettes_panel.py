"""All cassettes there are, which of them are on, and how those are doing."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QProcess, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from tracker_gui.core.data_files import cassettes_folder, own_cassettes_folder
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.params import describe
from tracker_gui.core.preset import StageChoice, choice
from tracker_gui.feed.cassette_file import Cassette, Line, all_cassettes, parse_line
from tracker_gui.feed.cassette_host import board, permission
from tracker_gui.qt.cassettes.cassette_card import CassetteCard
from tracker_gui.qt.live_remarks import show_folder
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.steps.stage_switch import with_choice
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.qt.session import Session

OUTPUT = "cassettes"
NEW_NAME = "my_cassette"
MOST_NEW = 1000
NEW_TEXT = '''"""Say when an animal is near the middle.

What stands in the first line is the title, what stands here is shown beside it.
"""

import numpy as np

distance_px: float = 50.0  # 1..1000 px: how near it must be


@client
def watch(data, clock):
    """Each frame: data is (animals, 2, frames) in px, the newest at -1; -1 where an animal was not found."""
    width, height = client.feed_info["size_px"]
    for number, (x, y) in enumerate(data[:, :, -1], 1):
        if x >= 0 and np.hypot(x - width / 2, y - height / 2) < distance_px:
            print(f"animal {number} is near the middle at {clock[-1]:.2f} s")
'''


class CassettesPanel(QFrame):
    """A card for each cassette."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("surface", True)
        self.cards: dict[str, CassetteCard] = {}
        self._own_folder = own_cassettes_folder()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        head = QHBoxLayout()
        self.summary = QLabel("Reading the folder…")
        self.summary.setProperty("dim", True)
        self.new = self._button("New…", "Write a new cassette into your folder and open it", self._make_new)
        self.folder = self._button("Folder", "Show the folder of your own cassettes", self._show_folder)
        head.addWidget(self.summary, 1)
        head.addWidget(self.new)
        head.addWidget(self.folder)
        rows.addLayout(head)
        rows.addWidget(self._permission_card())
        self._list = QWidget()
        self._cards_layout = QVBoxLayout(self._list)
        self._cards_layout.setContentsMargins(0, 0, 0, 0)
        self._cards_layout.setSpacing(8)
        self._cards_layout.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._list)
        rows.addWidget(area, 1)
        self._files = QFileSystemWatcher(self)
        self._files.directoryChanged.connect(self._read)
        self._files.fileChanged.connect(self._read)
        session.document.changed.connect(self._show)
        session.ticked.connect(self._show_states)
        session.run_changed.connect(self._show)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._read()

    def sizeHint(self) -> QSize:
        return QSize(380, 400)

    def _button(self, text: str, tip: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(act)
        return button

    def _permission_card(self) -> QFrame:
        self.permission_card = QFrame()
        self.permission_card.setProperty("card", True)
        rows = QVBoxLayout(self.permission_card)
        rows.setContentsMargins(8, 6, 8, 8)
        self.permission_text = QLabel()
        self.permission_text.setWordWrap(True)
        self.allow = QPushButton("Allow")
        self.allow.setToolTip("Let them run with the next tracking, until the program is closed")
        self.allow.clicked.connect(self._allow)
        rows.addWidget(self.permission_text)
        rows.addWidget(self.allow, 0, Qt.AlignmentFlag.AlignLeft)
        self.permission_card.hide()
        return self.permission_card

    def _recolour(self) -> None:
        self.new.setIcon(icon("plus"))
        self.folder.setIcon(icon("folder-open-outline"))
        self.allow.setIcon(icon("lock-open-variant-outline", "warn"))

    # ---- the files

    def _read(self) -> None:
        read_in_background(all_cassettes, self._take)

    def _take(self, listed: dict[str, Cassette]) -> None:
        watched = [folder for folder in (self._own_folder,) if folder.is_dir()]
        paths = [str(path) for path in (*watched, *(c.path for c in listed.values() if c.is_own))]
        fresh = sorted(set(paths) - {*self._files.files(), *self._files.directories()})
        if fresh:
            self._files.addPaths(fresh)
        for name in list(self.cards):
            if name not in listed or _shown(listed[name]) != _shown(self.cards[name].cassette):
                card = self.cards.pop(name)
                self._cards_layout.removeWidget(card)
                card.deleteLater()
        for place, (name, cassette) in enumerate(listed.items()):
            if name not in self.cards:
                card = self.cards[name] = CassetteCard(cassette)
                card.edited.connect(self._edited)
                card.edit_wanted.connect(self._open)
                self._cards_layout.insertWidget(place, card)
        self._show()

    def _open(self, cassette: Cassette) -> None:
        path = cassette.path
        try:
            if not cassette.is_own:
                self._own_folder.mkdir(parents=True, exist_ok=True)
                path = self._own_folder / path.name
                if not path.exists():
                    shutil.copyfile(cassette.path, path)
        except OSError as error:
            self._complain(path, error)
            return
        open_as_text(path)
        self._read()

    def _make_new(self) -> None:
        try:
            self._own_folder.mkdir(parents=True, exist_ok=True)
            path = next(path for path in self._free_paths() if not path.exists())
            path.write_text(NEW_TEXT, encoding="utf-8")
        except OSError as error:
            self._complain(self._own_folder, error)
            return
        open_as_text(path)
        self._read()

    def _free_paths(self) -> list[Path]:
        endings = ["", *(f"_{number}" for number in range(2, MOST_NEW))]
        return [self._own_folder / f"{NEW_NAME}{ending}.py" for ending in endings]

    def _show_folder(self) -> None:
        try:
            self._own_folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._complain(self._own_folder, error)
            return
        show_folder(self._own_folder)
        self._read()

    def _complain(self, path: Path, error: OSError) -> None:
        self._session.remarked.emit(Remark("cassettes", "bad", f"{path}: cannot be written ({error.strerror})."))

    # ---- the preset

    def _chosen(self) -> StageChoice:
        outputs = self._session.document.preset.outputs
        return next((c for c in outputs if c.stage == OUTPUT), choice("sinks", OUTPUT, enabled=False))

    def _texts(self) -> list[str]:
        chosen = self._chosen()
        return list(chosen.params.cassettes) if chosen.enabled else []  # type: ignore[attr-defined]

    def lines(self) -> list[Line]:
        """Return what the preset says, in its order, without what cannot be read."""
        return [line for line in map(_line, self._texts()) if line is not None]

    def _edited(self, line: Line | None, words: str, drag: int) -> None:
        card = self.sender()
        assert isinstance(card, CassetteCard)
        name = card.cassette.name
        texts = self._texts()
        names = [read.name if (read := _line(text)) is not None else "" for text in texts]
        at = names.index(name) if name in names else len(texts)
        texts[at : at + 1] = [] if line is None else [str(line)]
        if line is not None:
            permission.allow(str(line))  # it was just switched on, or set, by hand
        chosen = self._chosen()
        params = chosen.params.model_copy(update={"cassettes": tuple(texts)})
        outputs = with_choice(
            self._session.document.preset.outputs, StageChoice("sinks", OUTPUT, params, enabled=bool(texts))
        )
        self._session.document.change_list("outputs", outputs, words, drag)

    def _show(self) -> None:
        lines = {line.name: line for line in reversed(self.lines())}
        for name, card in self.cards.items():
            card.show_line(lines.get(name))
            card.form.setEnabled(not self._session.is_tracking)
            card.switch.setEnabled(card.switch.isEnabled() and not self._session.is_tracking)
        missing = [name for name in lines if name not in self.cards]
        on = f"{len(lines)} of {len(self.cards)} on" if lines else f"{len(self.cards)} there are, none is on"
        self.summary.setText(on + (f", missing: {', '.join(missing)}" if missing and self.cards else ""))
        self.summary.setToolTip(f"Those that came with the program: {cassettes_folder()}\nYour own: {self._own_folder}")
        waiting = [line.name for line in self.lines() if not permission.allows(str(line))]
        self.permission_text.setText(
            f"{', '.join(waiting)}: came with the preset. Cassettes are programs: allow them only where you know "
            "what they do."
        )
        self.permission_card.setVisible(bool(waiting))
        self._show_states()

    def _allow(self) -> None:
        for line in self.lines():
            permission.allow(str(line))
        self._show()

    def _show_states(self) -> None:
        lines = {line.name: str(line) for line in reversed(self.lines())}
        for name, card in self.cards.items():
            card.show_state(board.state(lines[name]) if name in lines else None)


def _shown(cassette: Cassette) -> tuple[object, ...]:
    """Return what a card makes of a cassette; each reading gives settings of a class of its own."""
    return cassette.path, cassette.title, cassette.about, cassette.problem, describe(cassette.Params)


def _line(text: str) -> Line | None:
    try:
        return parse_line(text)
    except TrackerError:
        return None  # the output itself says so when it runs


def open_as_text(path: Path) -> None:
    """Open a file in the system's editor; Windows would run it."""
    if sys.platform == "win32":
        QProcess.startDetached("notepad.exe", [str(path)])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
