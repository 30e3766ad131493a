"""Many videos with the same settings: a window of its own, beside the one that is worked in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.analysis.result_tables import MeasuredVideo, result_rows
from tracker_gui.engine.batch import Batch, holds_batch
from tracker_gui.engine.batch_job import Outcome, arenas_of
from tracker_gui.engine.batch_videos import batch_video
from tracker_gui.qt.batch.batch_options import BatchOptions
from tracker_gui.qt.batch.preset_menu import PresetMenu
from tracker_gui.qt.batch.result_model import TABLES, ResultModel
from tracker_gui.qt.batch.state_delegate import RowDelegate, StateDelegate
from tracker_gui.qt.batch.video_model import REMARKS, SETTINGS, STATE, VIDEO, Row, VideoModel
from tracker_gui.qt.file_dialogs import VIDEOS
from tracker_gui.qt.help_pages import PAGE_PROPERTY
from tracker_gui.qt.live_remarks import show_folder
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.theme.sizes import grow_with_text, resize_within
from tracker_gui.qt.workers.batch_run import BatchRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent

    from tracker_gui.core.preset import Preset
    from tracker_gui.engine.batch import BatchVideo
    from tracker_gui.qt.main_window import MainWindow

SIZE_PX = (1120, 720)
MARGIN_PX = 40
LOOK_EVERY_MS = 100
COLUMN_PX = {VIDEO: 200, SETTINGS: 150, STATE: 130}
ROW_PX = 28
ENDED = ("done", "failed", "cancelled")


class BatchWindow(QDialog):
    """Videos, their states, and what was measured on those that are done."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._run: BatchRun | None = None
        self._lacked = ""
        self._begun: list[BatchVideo] = []
        self._outcomes: dict[int, Outcome] = {}
        self.setWindowTitle("Batch")
        self.setObjectName("batch")
        self.setProperty(PAGE_PROPERTY, "batch")
        self.setAcceptDrops(True)
        self._build_tables()
        self._build_buttons()
        self.options = BatchOptions()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self.options.changed.connect(self._refresh)
        self.model.rowsInserted.connect(self._refresh)
        self.model.rowsRemoved.connect(self._refresh)
        self.videos.selectionModel().selectionChanged.connect(self._refresh)
        window.document.changed.connect(self._show_open_name)
        window.closing.connect(self._end)
        appearance().changed.connect(self._recolour)
        resize_within(self, SIZE_PX, window.size(), MARGIN_PX)
        self._recolour()
        self._show_open_name()
        self._show_results()
        self._refresh()

    # ---- building

    def _build_tables(self) -> None:
        self.model = VideoModel()
        self.videos = _table(self.model, "Videos")
        self.videos.setItemDelegateForColumn(STATE, StateDelegate(self.videos))
        for column, width_px in COLUMN_PX.items():
            self.videos.setColumnWidth(column, width_px)
        self.videos.horizontalHeader().setSectionResizeMode(REMARKS, QHeaderView.ResizeMode.Stretch)
        self.why_empty = QLabel("No videos yet. Add some, or drop them here.")
        self.results = ResultModel()
        self.result_table = _table(self.results, "Results")
        self.why_no_results = QLabel("What is measured appears here as soon as a video is done.")
        for label in (self.why_empty, self.why_no_results):
            label.setProperty("dim", True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.which = QComboBox()
        for name, title in TABLES.items():
            self.which.addItem(title, name)
        self.which.setAccessibleName("Table of results")
        self.which.setToolTip("Which of the tables over all videos is shown")
        self.which.currentIndexChanged.connect(self._show_results)

    def _build_buttons(self) -> None:
        self.add = QPushButton("Add videos…")
        self.add.setToolTip("Choose video files; they can also be dropped on this window")
        self.add.clicked.connect(self._choose_videos)
        self.add_folder = QPushButton("Add images…")
        self.add_folder.setToolTip("Take the pictures in a folder as the frames of a video")
        self.add_folder.clicked.connect(self._choose_images)
        self.remove = QPushButton("Remove")
        self.remove.setToolTip("Take the chosen rows off the list (Delete); no file is touched")
        self.remove.clicked.connect(self.remove_chosen)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.videos, self.remove_chosen,
                  context=Qt.ShortcutContext.WidgetShortcut)  # fmt: skip
        self.settings = QPushButton("Settings…")
        self.settings.setToolTip(
            "Which preset the chosen rows are tracked with, all where none is chosen; at first the open one"
        )
        self.presets = PresetMenu(self.settings)
        self.presets.chosen.connect(self._use_preset)
        self.presets.failed.connect(self._say)
        self.settings.setMenu(self.presets)
        self.start = QPushButton("Start")
        self.start.setProperty("primary", True)
        self.start.clicked.connect(self.begin)
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("stop", True)
        self.cancel.setToolTip("End the videos that run, with complete files, and begin no other")
        self.cancel.clicked.connect(self.stop)
        self.report = QPushButton("Open report")
        self.report.setToolTip("Show plots and tables of all videos in the browser")
        self.report.clicked.connect(self._open_report)
        self.folder = QPushButton("Show folder")
        self.folder.setToolTip("Show the tables and the tracks in the file window")
        self.folder.clicked.connect(self._show_folder)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)

    def _lay_out(self) -> None:
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for row in (top, bottom):
            row.setSpacing(8)
        for button in (self.add, self.add_folder, self.remove):
            button.setAutoDefault(False)
            top.addWidget(button)
        top.addStretch(1)
        top.addWidget(self.settings)
        self.settings.setAutoDefault(False)
        upper, lower = QWidget(), QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.why_empty, 1)
        column.addWidget(self.videos, 1)
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        title = QLabel("Results")
        title.setProperty("strong", True)
        head.addWidget(title)
        head.addWidget(self.which)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.why_no_results, 1)
        column.addWidget(self.result_table, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        splitter.addWidget(upper)
        splitter.addWidget(lower)
        splitter.setSizes([360, 240])
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(splitter, 1)
        middle.addWidget(self.options)
        bottom.addWidget(self.words, 1)
        for button in (self.folder, self.report, self.cancel, self.start):
            button.setAutoDefault(False)
            bottom.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.setSpacing(12)
        whole.addLayout(middle, 1)
        whole.addWidget(self.bar)
        whole.addLayout(bottom)

    def _recolour(self) -> None:
        self.start.setIcon(icon("play", "on_accent"))
        self.cancel.setIcon(icon("stop", "bad"))
        for button, name in (
            (self.add, "plus"), (self.add_folder, "folder-image"), (self.remove, "minus"), (self.settings, "tune"),
            (self.report, "chart-box-outline"), (self.folder, "folder-open-outline"),
        ):  # fmt: skip
            button.setIcon(icon(name))
        self.videos.viewport().update()

    # ---- the list

    @property
    def is_running(self) -> bool:
        return self._run is not None

    def add_paths(self, paths: Iterable[Path]) -> None:
        """Put videos or folders of images at the end of the list."""
        preset = self._window.document.preset
        rows = [Row(str(path), batch_video(str(path), preset)) for path in paths]
        if self.is_running or not rows:
            return
        self.model.add(rows)
        if self.options.out is None:
            self.options.folder.setText(str(Path(rows[0].path).resolve().parent / "batch"))
        self._refresh()

    @property
    def chosen(self) -> list[int]:
        """The chosen rows; all of them where none is."""
        selected = sorted({index.row() for index in self.videos.selectionModel().selectedRows()})
        return selected or list(range(len(self.model.rows)))

    def remove_chosen(self) -> None:
        if not self.is_running and self.videos.selectionModel().hasSelection():
            self.model.remove(self.chosen)

    def _choose_videos(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Add videos", "", f"Videos ({VIDEOS});;All files (*)")
        self.add_paths(Path(name) for name in names)

    def _choose_images(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Add a folder of images")
        if name:
            self.add_paths([Path(name)])

    def _use_preset(self, preset: Preset | None) -> None:
        if not self.is_running:
            self.model.set_preset(self.chosen, preset)

    def _show_open_name(self) -> None:
        self.model.show_open_name(self._window.document.preset.name)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.is_running and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.add_paths(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())

    # ---- the run

    def begin(self) -> None:
        """Track all videos; those that are finished in the folder already are only measured."""
        out, runner = self.options.out, self.options.runner
        if out is None or runner is None or self.is_running or not self.model.rows:
            return
        self._begun = self.model.videos(self._window.document.preset)
        self._outcomes.clear()
        self.model.begin()
        self._show_results()
        batch = Batch(self._begun, out, self.options.measuring, resume=holds_batch(out))
        self._run = BatchRun(batch, runner, self)
        self._run.finished.connect(self._finished)
        self._run.start()
        self._timer.start()
        self._refresh()

    def stop(self) -> None:
        """End the videos that run, with complete files."""
        if self._run is not None:
            self._run.cancel()
            self._refresh()

    def _look(self) -> None:
        assert self._run is not None
        news = self._run.take_news()
        for number, what in news.items():
            self.model.hear(number, what)
            if isinstance(what, Outcome):
                self._outcomes[number] = what
        if any(isinstance(what, Outcome) for what in news.values()):
            self._show_results()
        self._show_progress()

    def _finished(self) -> None:
        self._timer.stop()
        self._look()
        run, self._run = self._run, None
        assert run is not None
        self._refresh()
        if run.error is not None:
            self._say(str(run.error))
        elif run.result is not None:
            counts = {state: run.result.count(state) for state in ENDED}
            parts = [f"{count} {state}" for state, count in counts.items() if count]
            few = "One video" if len(self._begun) == 1 else f"{len(self._begun)} videos"
            self._say(f"{few}: {', '.join(parts)}.", "bad" if counts["failed"] else "ok")

    def _end(self) -> None:
        """Stop with the program; what is finished is found again by the next batch."""
        if self._run is not None:
            self._run.cancel()
            self._run.wait()

    # ---- what is shown

    def _show_results(self) -> None:
        measured = [
            MeasuredVideo(
                self._begun[number].name, "", "", outcome.state, outcome.reason, outcome.measures,
                arenas_of(self._begun[number].preset),
            )
            for number, outcome in sorted(self._outcomes.items())
        ]  # fmt: skip
        table = str(self.which.currentData())
        rows = result_rows(measured)[table]
        self.results.show_rows(table, rows)
        self.result_table.resizeColumnsToContents()
        self.result_table.setVisible(bool(rows))
        self.why_no_results.setVisible(not rows)
        if measured and any(each.state == "done" for each in measured):
            self.why_no_results.setText(f"There is nothing to list under “{TABLES[table]}”.")
        else:
            self.why_no_results.setText("What is measured appears here as soon as a video is done.")

    def _show_progress(self) -> None:
        ended, whole = self.model.count(ENDED), len(self.model.rows)
        self.bar.setRange(0, max(1, whole))
        self.bar.setValue(ended)
        if self._run is not None:
            ending = " Ending the videos that run…" if self._run.is_cancelled else ""
            self._say(f"{ended} of {whole} videos have ended.{ending}", "")

    def _refresh(self) -> None:
        running, out = self.is_running, self.options.out
        rows = bool(self.model.rows)
        self.why_empty.setVisible(not rows)
        self.videos.setVisible(rows)
        for widget in (self.add, self.add_folder, self.options):
            widget.setEnabled(not running)
        self.settings.setEnabled(not running and rows)
        self.remove.setEnabled(not running and self.videos.selectionModel().hasSelection())
        resumes = out is not None and holds_batch(out)
        self.start.setText("Resume" if resumes else "Start")
        self.start.setToolTip(
            "Videos that are finished with the same settings are not tracked again"
            if resumes
            else "Track and measure all videos"
        )
        self.start.setEnabled(not running and rows and out is not None and self.options.runner is not None)
        if not running and not self.start.isEnabled():
            self._say(self._lacking(), "")
        elif self.words.text() == self._lacked:
            self._say("")
        self.start.setVisible(not running)
        self.cancel.setVisible(running)
        self.cancel.setEnabled(self._run is not None and not self._run.is_cancelled)
        self.report.setEnabled(not running and out is not None and (out / "batch_report.html").exists())
        self.folder.setEnabled(out is not None and out.is_dir())
        self.bar.setVisible(running)
        self._show_progress()

    def _lacking(self) -> str:
        """Return what must be there before the batch can begin."""
        if not self.model.rows:
            self._lacked = "Add videos to begin."
        elif self.options.out is None:
            self._lacked = "Name a folder for the results."
        else:
            self._lacked = "Type the address of the cluster."
        return self._lacked

    def _say(self, text: str, tone: str = "bad") -> None:
        self.words.setText(text)
        self.words.setProperty("tone", tone)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def _open_report(self) -> None:
        if self.options.out is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str((self.options.out / "batch_report.html").resolve())))

    def _show_folder(self) -> None:
        if self.options.out is not None:
            show_folder(self.options.out)

    def closeEvent(self, event: QCloseEvent) -> None:
        # The batch goes on; the window is there again from the menu.
        self.hide()
        event.accept()


def _table(model: VideoModel | ResultModel, name: str) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setItemDelegate(RowDelegate(table))
    table.setAccessibleName(name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.verticalHeader().hide()
    grow_with_text(table.verticalHeader().setDefaultSectionSize, ROW_PX)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    return table


def show_batch(window: MainWindow) -> BatchWindow:
    """Show the batch of a window; there is one for each, and it begins with the video that is open."""
    shown = window.findChildren(BatchWindow)
    batch = shown[0] if shown else BatchWindow(window)
    source = window.document.preset.source
    path = getattr(source.params, "path", None) if source is not None and not window.session.is_live else None
    if path is not None and not batch.model.rows:
        batch.add_paths([path])
    batch.show()
    batch.raise_()
    batch.activateWindow()
    return batch
