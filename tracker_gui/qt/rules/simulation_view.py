"""What the rules would have done on a recording: a table, marks on the time line, and a click that jumps there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
)

from tracker_gui.core.choices import choice
from tracker_gui.qt.file_dialogs import VIDEOS
from tracker_gui.qt.rules.firing_marks import FiringMark
from tracker_gui.qt.rules.rule_remarks import decision_words
from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.words import counted, time_in_words
from tracker_gui.qt.workers.simulate_run import SimulateRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.errors import TrackerError
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.engine.rules.decision import Decision
    from tracker_gui.engine.rules.simulation import Simulated
    from tracker_gui.qt.session import Session

COLUMNS = ("Frame", "What")
LOOK_MS = 100
END_WITHIN_MS = 5000
Index = QModelIndex | QPersistentModelIndex


class DecisionModel(QAbstractTableModel):
    """Decisions in their order."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Decision] = []

    def show_decisions(self, decisions: Sequence[Decision]) -> None:
        self.beginResetModel()
        self._rows = list(decisions)
        self.endResetModel()

    def decision(self, row: int) -> Decision:
        return self._rows[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        decision = self._rows[index.row()]
        held = f" — held back: {decision.suppressed_by}" if decision.suppressed_by else ""
        words = (str(decision.frame), decision_words(decision) + held)
        if role == Qt.ItemDataRole.DisplayRole:
            return words[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Frame {decision.frame}, {time_in_words(decision.t_s)}\n{words[1]}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and decision.suppressed_by:
            return QColor(colours().dim)
        return None


class SimulationView(QFrame):
    """Begins a simulation, shows how far it is, and what came out."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.run: SimulateRun | None = None
        self.result: Simulated | None = None
        self._source: StageChoice | None = None
        self._until = 0
        self.setProperty("card", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 8, 8)
        rows.setSpacing(4)
        head = QHBoxLayout()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._cancel)
        self.cross = QToolButton()
        self.cross.setIconSize(ICON_SIZE)
        self.cross.setToolTip("Put the simulation away")
        self.cross.clicked.connect(self.put_away)
        head.addWidget(self.words, 1)
        head.addWidget(self.cancel)
        head.addWidget(self.cross)
        rows.addLayout(head)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        rows.addWidget(self.bar)
        self.held = QCheckBox("Also what was held back, and why")
        self.held.toggled.connect(self._fill)
        rows.addWidget(self.held)
        self.model = DecisionModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("What the rules would have done")
        self.table.setToolTip("Click one to see its frame")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.table.selectionModel().currentRowChanged.connect(self._jump)
        rows.addWidget(self.table, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        appearance().changed.connect(self._recolour)
        session.document.changed.connect(self._watch_document)
        session.rules.closing.connect(self.end)
        self._recolour()

    def _recolour(self) -> None:
        self.cross.setIcon(icon("close", "dim"))
        self.table.viewport().update()

    # ---- the run

    def begin(self, until_frame: int | None = None) -> None:
        """Simulate on the present video; of a camera ask for a recording."""
        if self.run is not None:
            return
        preset, camera = self._session.document.whole, self._session.document.camera
        source = preset.camera(camera).source
        if source is None or self._session.is_live:
            name, _ = QFileDialog.getOpenFileName(self, "Simulate the rules on a recording", "", VIDEOS)
            if not name:
                return
            source = choice("sources", "video_file", path=Path(name))
        self._source = source
        self.result = None
        self._of = (preset.rules, preset.zones_by_camera)
        self.run = SimulateRun(preset, source, camera, until_frame, self)
        self.run.finished.connect(self._finished)
        self.run.start()
        self._timer.start()
        self._show_result()
        self.show()
        self._look()

    def _cancel(self) -> None:
        if self.run is not None:
            self.run.cancel()

    def end(self) -> None:
        """Give up what runs, and wait for its end."""
        if self.run is not None:
            self.run.cancel()
            self.run.wait(END_WITHIN_MS)

    def _look(self) -> None:
        run = self.run
        if run is not None:
            info = self._session.info
            total = info.frame_count if info is not None and not self._session.is_live else None
            self.bar.setRange(0, total or 0)
            self.bar.setValue(run.frames)
            of = f" of {total}" if total else ""
            self.words.setText(f"Simulating: frame {run.frames}{of}")

    def _finished(self) -> None:
        run, self.run = self.run, None
        self._timer.stop()
        if run is None:
            return
        self.result = run.result
        if run.error is not None:
            self.words.setText(str(run.error))
        run.deleteLater()
        self._show_result(run.error, run.cancelled)

    def _show_result(self, error: TrackerError | None = None, cancelled: bool = False) -> None:
        running, result = self.run is not None, self.result
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.cross.setVisible(not running)
        self.held.setVisible(result is not None)
        self.table.setVisible(result is not None)
        if result is not None:
            done, held = len(result.done), len(result.decisions) - len(result.done)
            early = " until you stopped it" if cancelled else ""
            text = f"{counted(done, 'act')} and {held} held back in {counted(result.frames, 'frame')}{early}; "
            problems = "".join(f"\n{problem}: left out." for problem in result.problems)
            self.words.setText(f"{text}nothing was sent.{problems}")
        elif error is not None:
            self.words.setText(str(error))
        self._fill()

    def _fill(self) -> None:
        result = self.result
        shown = [] if result is None else result.decisions if self.held.isChecked() else result.done
        self.model.show_decisions(shown)
        self._session.rules.marks_changed.emit(
            [] if result is None or not self._is_present
            else [FiringMark(each.frame, decision_words(each)) for each in result.done]
        )  # fmt: skip

    @property
    def _is_present(self) -> bool:
        """Whether it was made of what is shown."""
        return self._source is not None and self._source == self._session.document.preset.source

    def _watch_document(self) -> None:
        """Put a result away whose rules are others now."""
        whole = self._session.document.whole
        if self.result is not None and (whole.rules, whole.zones_by_camera) != self._of:
            self.put_away()

    def put_away(self) -> None:
        """Forget the result."""
        self.result = None
        self._fill()
        self.hide()

    def _jump(self, index: QModelIndex, _: QModelIndex) -> None:
        if index.isValid() and self._is_present and not self._session.is_tracking:
            view = self._session.view
            view.pause()
            view.player.seek(self.model.decision(index.row()).frame)
