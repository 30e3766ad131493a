"""The list of trials: typed, pasted or read; the next one is begun with one act."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.data_files import data_folder
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.trial_list import Trial, parse_trials, read_trials, trials_text
from tracker_gui.engine.latest_file import LatestFile
from tracker_gui.qt.panels.panel_info import PanelInfo
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.trials.trial_model import STATE, TrialModel
from tracker_gui.qt.trials.trial_runner import TrialRunner
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QKeyEvent

    from tracker_gui.qt.session import Session

CSV_FILES = "Tables (*.csv *.tsv *.txt)"
EMPTY = (
    "No trials yet. Type the first one, paste rows of a spreadsheet (subject, treatment, video, notes), open a CSV "
    "file or drop one on the window. The next trial then begins with one click, and its files carry its name."
)
WIDTHS_PX = (120, 120, 120, 220, 220, 160)
Key = QKeySequence.StandardKey
FLUSH_S = 2.0
Answer = tuple[tuple[Trial, ...] | None, str]


def trials_file() -> Path:
    """Return where the list is kept between two starts."""
    return data_folder() / "trials.csv"


def _read(path: Path, beside: bool = True) -> Answer:
    """Return the trials of a file, or why there are none; on any thread."""
    try:
        return read_trials(path, beside), ""
    except TrackerError as error:
        return None, str(error)


def _write(path: Path, text: str) -> str:
    """Write a file; return why that could not be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text)
    except (OSError, TrackerError) as error:
        return str(error)
    return ""


class TrialTable(QTableView):
    """Knows the keys of a spreadsheet: paste, delete, undo."""

    def __init__(self, panel: TrialsPanel) -> None:
        super().__init__()
        self._acts: dict[QKeySequence.StandardKey, Callable[[], object]] = {
            Key.Paste: panel.paste, Key.Delete: panel.remove_chosen, Key.Undo: panel.model.undo,
        }  # fmt: skip

    def event(self, event: QEvent) -> bool:
        # Else the window's own Undo would take the key.
        if event.type() == QEvent.Type.ShortcutOverride and self._act_of(event):  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._act_of(event)
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _act_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        return next((act for key, act in self._acts.items() if event.matches(key)), None)


class TrialsPanel(QWidget):
    """Buttons above the table; a sentence in its place while it is empty."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.model = TrialModel()
        self.model.setParent(self)
        self.runner = TrialRunner(session, self.model, self)
        self.table = TrialTable(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName("Trials")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAlternatingRowColors(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setStretchLastSection(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width_px in enumerate(WIDTHS_PX):
            head.resizeSection(column, width_px)
        rows = self.table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setHighlightSections(False)
        empty = QLabel(EMPTY)
        empty.setProperty("dim", True)
        empty.setWordWrap(True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setContentsMargins(24, 8, 24, 8)
        self._either = QStackedLayout()
        self._either.addWidget(empty)
        self._either.addWidget(self.table)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 8, 8, 8)
        whole.setSpacing(8)
        whole.addLayout(self._button_row())
        whole.addLayout(self._either, 1)
        self._file = LatestFile(trials_file())
        session.closing.connect(self._flush)
        self._kept_text = ""
        self._loaded = False
        self._wanted: Path | None = None
        self.model.edited.connect(self._edited)
        self.runner.changed.connect(self._show)
        session.run_changed.connect(self._show)
        selection = self.table.selectionModel()
        selection.selectionChanged.connect(self._show)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show()
        read_in_background(_read_kept, self._take_kept)

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.begin = QPushButton("Next trial")
        self.begin.setProperty("primary", True)
        self.begin.clicked.connect(self.begin_next)
        self.add = _button("Add", "Add an empty trial at the end", self.add_trial)
        self.paste_rows = _button(
            "Paste", "Add the rows that were copied in a spreadsheet (Ctrl+V in the table)", self.paste
        )
        self.load = _button("Open…", "Read the list of a CSV file in place of this one", self._ask_open)
        self.store = _button("Save as…", "Save the list as a CSV file, with what became of each trial", self._ask_save)
        self.remove = _button(
            "Remove", "Remove the chosen trials; Ctrl+Z in the table brings them back", self.remove_chosen
        )
        self.count = QLabel()
        self.count.setProperty("dim", True)
        row.addWidget(self.begin)
        for button in (self.add, self.paste_rows, self.load, self.store, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.count)
        return row

    def _recolour(self) -> None:
        for button, name in (
            (self.add, "plus"), (self.paste_rows, "content-paste"), (self.load, "folder-open-outline"),
            (self.store, "content-save-outline"), (self.remove, "delete-outline"),
        ):  # fmt: skip
            button.setIcon(icon(name))
        self.begin.setIcon(icon("skip-next", "on_accent"))
        self.table.viewport().update()

    # ---- the list and its file

    @property
    def is_ready(self) -> bool:
        """Whether the list that was kept is there."""
        return self._loaded

    def _take_kept(self, answer: Answer) -> None:
        trials, problem = answer
        self._kept_text = trials_text(trials or ())
        self._loaded = True
        if problem:
            self._say("warn", f"The list of trials of the last session cannot be read. {problem}")
        elif trials:
            self.model.put((*trials, *self.model.trials), undoable=False)
        self._edited()
        if self._wanted is not None:
            self.read(self._wanted)

    def _edited(self) -> None:
        text = trials_text(self.model.trials)
        # What was kept is read first: it is put before what was typed meanwhile, and then both are kept.
        if self._loaded and text != self._kept_text:
            self._kept_text = text
            self._file.write(text)
        self._show()

    def _flush(self) -> None:
        self._file.flush(FLUSH_S)

    def read(self, path: Path) -> None:
        """Read a list in place of this one, which can be undone."""
        if self._loaded:
            read_in_background(functools.partial(_read, path), self._take_read)
        else:
            self._wanted = path

    def _take_read(self, answer: Answer) -> None:
        trials, problem = answer
        if trials is None:
            self._say("bad", problem)
            return
        self._session.withdrawn.emit("trial")
        self.model.put(trials)

    def _ask_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a list of trials", "", CSV_FILES)
        if name:
            self.read(Path(name))

    def _ask_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the list of trials", "trials.csv", CSV_FILES)
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Save the list under a name."""
        path = path if path.suffix else path.with_suffix(".csv")
        read_in_background(functools.partial(_write, path, trials_text(self.model.trials)), self._saved)

    def _saved(self, problem: str) -> None:
        if problem:
            self._say("bad", problem)
        else:
            self._session.withdrawn.emit("trial")

    def _say(self, kind: str, text: str) -> None:
        self._session.remarked.emit(Remark("trial", kind, text))  # type: ignore[arg-type]

    # ---- acts

    def add_trial(self) -> None:
        """Add a trial and let its subject be typed."""
        self.model.put((*self.model.trials, Trial()))
        cell = self.model.index(len(self.model.trials) - 1, STATE + 1)
        self.table.setCurrentIndex(cell)
        self.table.setFocus()
        self.table.edit(cell)

    def paste(self) -> None:
        """Add the rows of the clipboard."""
        try:
            trials = parse_trials(QGuiApplication.clipboard().text(), "the clipboard")
        except TrackerError as error:
            self._say("bad", str(error))
            return
        if trials:
            self.model.put((*self.model.trials, *trials))
        else:
            self._say("info", "The clipboard holds no rows. Copy them in a spreadsheet first.")

    def chosen(self) -> list[int]:
        """Return the numbers of the chosen trials, from 0; one that is running is never among them."""
        rows = self.table.selectionModel().selectedRows(STATE)
        return sorted(index.row() for index in rows if index.row() != self.runner.running)

    def remove_chosen(self) -> None:
        """Remove the chosen trials, while none is running: they are told by their numbers."""
        if self.runner.running is None and self.chosen():
            self.model.remove(self.chosen())

    def begin_next(self) -> None:
        """Begin the first trial that is to do."""
        number = self.model.next
        if number is None:
            words = "All trials are done." if self.model.trials else "The list of trials is empty: add some first."
            self._say("info", words)
            return
        self.table.selectRow(number)
        self.runner.begin(number)

    def _begin_chosen(self) -> None:
        if self.chosen():
            self.runner.begin(self.chosen()[0])

    def _do_again(self) -> None:
        for number in self.chosen():
            self.model.set_state(number, "to do", "")

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        free = not self._session.is_tracking and bool(self.chosen())
        for words, act in (
            ("Begin this trial", self._begin_chosen), ("To do again", self._do_again), ("Remove", self.remove_chosen),
        ):  # fmt: skip
            entry = menu.addAction(words)
            entry.setEnabled(free)
            entry.triggered.connect(act)
        menu.popup(self.table.viewport().mapToGlobal(place))

    # ---- what is shown

    def _show(self) -> None:
        trials = self.model.trials
        idle = self.runner.running is None
        self._either.setCurrentIndex(1 if trials else 0)
        done = sum(trial.state == "done" for trial in trials)
        self.count.setText(f"{done} of {len(trials)} done" if trials else "")
        number = self.model.next
        ready = not self._session.is_tracking and number is not None
        self.begin.setEnabled(ready)
        tip = "Fill in the session of the first trial that is to do, open its video, and start"
        if not ready:
            tip = "A run is under way: stop it first" if self._session.is_tracking else "No trial is to do"
        self.begin.setToolTip(tip)
        self.begin.setText(f"Next trial ({number + 1:02})" if number is not None else "Next trial")
        self.store.setEnabled(bool(trials))
        self.remove.setEnabled(idle and bool(self.chosen()))
        for button in (self.add, self.paste_rows, self.load):
            button.setEnabled(idle)
        triggers = QAbstractItemView.EditTrigger
        usual = triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        self.table.setEditTriggers(usual if idle else triggers.NoEditTriggers)


def _read_kept() -> Answer:
    return _read(trials_file(), beside=False) if trials_file().is_file() else ((), "")


def _button(words: str, tip: str, act: Callable[[], None]) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.clicked.connect(act)
    return button


PANEL = PanelInfo("trials", "Trials", "bottom", 2, TrialsPanel, "Who is tracked next, and who was", "sessions")
