"""The window of a review: finished tracks over their video, what is wrong with them, and the means to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.analysis.corrections import Change, Delete, Interpolate, Place, Swap
from tracker_gui.analysis.track_grid import gap_around
from tracker_gui.core.preset import Preset
from tracker_gui.core.types import TrackState
from tracker_gui.qt.camera_view import CameraView
from tracker_gui.qt.help_pages import PAGE_PROPERTY
from tracker_gui.qt.notifications import NoticeBar
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.review.action_board import ActionBoard
from tracker_gui.qt.review.begin_page import BeginPage
from tracker_gui.qt.review.correct_panel import CorrectPanel
from tracker_gui.qt.review.problem_panel import ProblemPanel
from tracker_gui.qt.review.review_document import ReviewDocument
from tracker_gui.qt.review.review_menu import ask_about
from tracker_gui.qt.review.review_picture import PictureSpot, ReviewPicture
from tracker_gui.qt.review.review_transport import ReviewTransport
from tracker_gui.qt.review.timeline import Timeline

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent

    from tracker_gui.analysis.corrections import Correction
    from tracker_gui.analysis.track_problems import TrackProblem
    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.review.strips import Where

FIRST_SIZE, LEAST_WIDTH_PX = (1280, 800), 960
GAP_PX = 8
SIDE_PX = 344
CLOSE_WITHIN_MS = 4000
STATE_WORDS = {
    TrackState.FOUND: "found",
    TrackState.MERGED: "merged with another",
    TrackState.PREDICTED: "guessed",
    TrackState.LOST: "not seen",
}


class ReviewWindow(QMainWindow):
    """Looks through one result.

    Attributes
    ----------
    frame : int
        The frame of the table that is shown, or asked for.
    stretch : (int, int) or None
        First and last frame of what is to be corrected; None for the present frame on.
    """

    def __init__(self, owner: MainWindow | None = None, path: Path | None = None) -> None:
        super().__init__(owner)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.setMinimumWidth(LEAST_WIDTH_PX)
        self.setProperty(PAGE_PROPERTY, "review")
        self.resize(*FIRST_SIZE)
        self.frame = 0
        self.stretch: tuple[int, int] | None = None
        self._owner = owner
        self._warned = False
        self.document: ReviewDocument = ReviewDocument(self)
        self.view: CameraView = CameraView(tracks=False, parent=self)
        self._build()
        self.board: ActionBoard = ActionBoard(self, self._left)
        self.correct.add_buttons(self.board.actions)
        self.transport.add_buttons(self.board.actions)
        self._connect()
        self._show_title()
        self.board.refresh()
        if owner is not None:
            owner.installEventFilter(self)
        if path is not None:
            self.open(path)

    # ---- building

    def _build(self) -> None:
        self.notices: NoticeBar = NoticeBar()
        self.picture: ReviewPicture = ReviewPicture()
        self.transport: ReviewTransport = ReviewTransport()
        self.timeline: Timeline = Timeline()
        self.problems: ProblemPanel = ProblemPanel()
        self.correct: CorrectPanel = CorrectPanel()
        self.begin = BeginPage(self)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GAP_PX)
        left.addWidget(self.picture, 1)
        left.addWidget(self.transport)
        left.addWidget(self.timeline)
        right = QSplitter(Qt.Orientation.Vertical)
        right.setHandleWidth(GAP_PX)
        right.setChildrenCollapsible(False)
        right.addWidget(self.problems)
        right.addWidget(self.correct)
        right.setStretchFactor(0, 3)
        right.setStretchFactor(1, 2)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setHandleWidth(GAP_PX)
        both.setChildrenCollapsible(False)
        both.addWidget(self._left)
        both.addWidget(right)
        both.setStretchFactor(0, 1)
        both.setSizes([10_000, SIDE_PX])
        self.pages = QStackedWidget()
        self.pages.addWidget(self.begin)
        self.pages.addWidget(both)
        page = QWidget()
        page.setObjectName("page")
        whole = QVBoxLayout(page)
        whole.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        whole.setSpacing(GAP_PX)
        whole.addWidget(self.notices)
        whole.addWidget(self.pages, 1)
        self.setCentralWidget(page)

    def _connect(self) -> None:
        self.document.opened.connect(self._show_result)
        self.document.changed.connect(self._show_table)
        self.document.problems_changed.connect(self._show_problems)
        self.document.saved_changed.connect(self._show_title)
        self.document.said.connect(self.notices.say)
        self.document.undo_stack.indexChanged.connect(self.board.refresh)
        self.view.shown.connect(self._show_picture)
        self.view.state_changed.connect(self._show_state)
        self.timeline.sought.connect(self.go_to)
        self.timeline.stretched.connect(self.mark)
        self.timeline.chosen.connect(self.choose)
        self.timeline.menu_wanted.connect(self._ask_on_timeline)
        self.picture.animal_clicked.connect(self.choose)
        self.picture.placed.connect(self._placed)
        self.picture.menu_wanted.connect(self._ask_on_picture)
        self.problems.current_changed.connect(self._show_problem)
        self.problems.shown_changed.connect(self._show_marks)
        self.problems.before.clicked.connect(self.action("before").trigger)
        self.problems.next.clicked.connect(self.action("next").trigger)
        self.problems.mend.clicked.connect(self.action("mend").trigger)
        self.correct.chosen.connect(self._show_frame)
        self.correct.chosen.connect(self.board.refresh)

    def action(self, name: str) -> QAction:
        """Return one of the actions of `review_actions.py`."""
        return self.board.action(name)

    # ---- opening

    @property
    def results_folder(self) -> str:
        """Where results are looked for first."""
        return "" if self._owner is None else str(self._owner.session.output_folder())

    @property
    def last_run(self) -> Path | None:
        """The table of the main window's last run, None where there was none."""
        report = None if self._owner is None else self._owner.session.view.report()
        files = () if report is None else report.files
        return next((path for path in files if path.suffix == ".csv" and path.is_file()), None)

    def open(self, path: Path, video: Path | None = None) -> None:
        """Open a table of tracks or the record of a run, with the video that belongs to it or another one."""
        self.document.open(path, video)

    @property
    def has_video(self) -> bool:
        """Whether there is a picture behind the tracks."""
        return self.view.info is not None

    def _show_result(self) -> None:
        result, table = self.document.result, self.document.table
        assert result is not None and table is not None
        for topic in ("open", "video", "length", "correct", "export", "problems"):
            self.notices.withdraw(topic)
        self.pages.setCurrentIndex(1)
        self.stretch = None
        self.frame = int(table.frame[0])
        self.timeline.set_stretch(None)
        self.correct.show_stretch(None)
        self.picture.set_placing(False)
        self.picture.show_blank(table)
        self.view.use(Preset(source=result.files.source))
        if result.files.remark:
            self.notices.say(
                Remark("video", "warn", result.files.remark, "Choose the video", self.action("video").trigger)
            )
        if result.corrections:
            many = "One correction of an earlier review is" if len(result.corrections) == 1 else (
                f"{len(result.corrections)} corrections of an earlier review are"
            )  # fmt: skip
            self.notices.say(Remark("open", "info", f"{many} applied. Undo takes them back one by one."))
        if result.tracks.style == "toxtrac":
            text = "ToxTrac counts from the corner of its arena, not of the video."
            self.notices.say(Remark("open", "info", text, "Shift all", self.action("shift").trigger))
        self.picture.setFocus()
        self.go_to(self.frame)

    def _show_title(self) -> None:
        path = self.document.path
        star = "" if self.document.is_saved else " •"
        self.setWindowTitle("Review tracks" if path is None else f"{path.name}{star} — review")

    # ---- what is shown

    def _show_state(self) -> None:
        state = self.view.state
        if state.problem is not None:
            text = f"{state.problem} The tracks are shown without a picture."
            self.notices.say(Remark("video", "warn", text, "Choose the video", self.action("video").trigger))
        table, info = self.document.table, state.info
        if info is not None and table is not None and info.frame_count and table.frame[-1] >= info.frame_count:
            self.notices.say(
                Remark(
                    "length", "warn",
                    f"The tracks go up to frame {int(table.frame[-1])}, the video has only {info.frame_count}: "
                    "it is another one, or was cut.", "Choose the video", self.action("video").trigger,
                )
            )  # fmt: skip
        self.board.refresh()

    def _show_picture(self) -> None:
        shown = self.view.newest
        if shown is None or self.document.table is None:
            return
        frame = shown.snapshot.frame
        self.picture.show_picture(shown.bgra_u8, frame.size_px)
        self.frame = frame.index
        self._show_frame()

    def _show_frame(self) -> None:
        table = self.document.table
        if table is None:
            return
        self.picture.show_tracks(table, self.frame, self._meant())
        self.timeline.set_frame(self.frame)
        self.timeline.set_chosen(self.correct.animal)
        if self.view.is_playing:
            self.timeline.axis.reveal(self.frame)
        row = table.row(self.frame)
        t_s = None if row is None or table.time_s is None else float(table.time_s[row])
        self.transport.show_place(self.frame, t_s, self._state_in_words(row))

    def _meant(self) -> tuple[int, ...]:
        current, animal = self.problems.current, self.correct.animal
        if current is not None and animal in current.ids:
            return (animal, *(each for each in current.ids if each != animal))
        return () if animal is None else (animal,)

    def _state_in_words(self, row: int | None) -> str:
        table, animal = self.document.table, self.correct.animal
        if table is None or animal is None:
            return ""
        if row is None:
            return "the tracks have no such frame"
        column = table.column(animal)
        if column is None:
            return ""
        words = STATE_WORDS[TrackState(int(table.state[row, column]))]
        return f"animal {animal}: {words}{', corrected' if table.edited[row, column] else ''}"

    def _show_table(self) -> None:
        table = self.document.table
        if table is None:
            return
        self.timeline.show_table(table)
        self.correct.show_table(table)
        self.correct.show_corrections(self.document.corrections)
        self.notices.withdraw("correct")
        self._show_frame()
        self.board.refresh()

    def _show_problems(self) -> None:
        self.problems.show_problems(self.document.problems)

    def _show_marks(self) -> None:
        self.timeline.problems.show_problems(self.problems.shown, "None of the kinds that are looked at")
        self.timeline.problems.set_current(self.problems.current)
        self.board.refresh()

    # ---- where

    def go_to(self, frame: int) -> None:
        """Show a frame, the nearest one the tracks have."""
        table = self.document.table
        if table is None:
            return
        self.frame = min(max(frame, int(table.frame[0])), int(table.frame[-1]))
        self.timeline.axis.reveal(self.frame)
        if self.has_video:
            # The tracks are drawn with the picture they belong to, once it is there.
            self.view.player.pause()
            self.view.player.seek(self.frame)
            self.timeline.set_frame(self.frame)
        else:
            self._show_frame()

    def step(self, frames: int) -> None:
        """Go some frames on, or back."""
        self.go_to(self.frame + frames)

    def to_end(self, last: bool) -> None:
        """Go to the last frame, or the first."""
        table = self.document.table
        if table is not None:
            self.go_to(int(table.frame[-1 if last else 0]))

    def play_or_pause(self) -> None:
        if self.view.is_playing:
            self.view.pause()
        else:
            self.view.play()

    def zoom_time(self, factor: float) -> None:
        """Show fewer frames on the timeline, around the present one."""
        axis = self.timeline.axis
        axis.reveal(self.frame)
        axis.zoom(factor, axis.x_of(self.frame))

    def to_problem(self, forward: bool) -> None:
        """Show the next problem, or the one before."""
        problem = self.problems.beside(self.frame, forward)
        if problem is None:
            where = "behind" if forward else "before"
            self.notices.say(Remark("problem", "info", f"There is no problem {where} this one."))
            return
        self.notices.withdraw("problem")
        self.problems.choose(problem)

    def _show_problem(self) -> None:
        problem = self.problems.current
        self.timeline.problems.set_current(problem)
        if problem is not None:
            self.correct.choose(*problem.ids[:2])
            self.go_to(problem.first_frame)
        self._show_frame()
        self.board.refresh()

    # ---- who and from when to when

    def choose(self, animal: int) -> None:
        """Mean another animal."""
        self.correct.choose(animal)
        self._show_frame()
        self.board.refresh()

    def mark(self, first: int, last: int) -> None:
        """Correct these frames only."""
        self.stretch = (first, last)
        self._show_stretch()

    def mark_first(self) -> None:
        last = self.frame if self.stretch is None else max(self.frame, self.stretch[1])
        self.mark(self.frame, last)

    def mark_last(self) -> None:
        first = self.frame if self.stretch is None else min(self.frame, self.stretch[0])
        self.mark(first, self.frame)

    def unmark(self) -> None:
        """Correct from the present frame on again."""
        self.stretch = None
        self.picture.set_placing(False)
        self._show_stretch()

    def _show_stretch(self) -> None:
        self.timeline.set_stretch(self.stretch)
        self.correct.show_stretch(self.stretch)
        self.board.refresh()

    @property
    def from_here(self) -> tuple[int, int | None]:
        """First and last frame that are corrected: the stretch, or from the present frame on."""
        return (self.frame, None) if self.stretch is None else self.stretch

    # ---- correcting

    def mend(self, problem: TrackProblem | None = None) -> bool:
        """Do what is proposed for a problem, the one that is meant by default; return whether it fits."""
        problem = self.problems.current if problem is None else problem
        return problem is not None and self._correct(*problem.mend)

    def swap(self, animal: int | None = None, other: int | None = None) -> bool:
        """Swap two animals, those of the panel by default."""
        one = self.correct.animal if animal is None else animal
        two = self.correct.other if other is None else other
        if one is None or two is None:
            return False
        first, last = self.from_here
        return self._correct(Swap(animal=one, other=two, first_frame=first, last_frame=last))

    def change(self, animal: int | None = None, to: int | None = None) -> bool:
        """Give the positions of an animal to another one that is lost there, or is new."""
        one = self.correct.animal if animal is None else animal
        two = self.correct.other if to is None else to
        if one is None or two is None:
            return False
        first, last = self.from_here
        return self._correct(Change(animal=one, to=two, first_frame=first, last_frame=last))

    def interpolate(self, animal: int | None = None) -> bool:
        """Fill the gap at this frame, or those of the stretch."""
        one, table = self.correct.animal if animal is None else animal, self.document.table
        if one is None or table is None:
            return False
        gap = self.stretch or gap_around(table, one, self.frame)
        if gap is None:
            text = f"Animal {one} was seen in this frame: go to a gap, or mark a stretch with [ and ]."
            self.notices.say(Remark("correct", "info", text))
            return False
        return self._correct(Interpolate(animal=one, first_frame=gap[0], last_frame=gap[1]))

    def delete(self, animal: int | None = None) -> bool:
        """Delete an animal in the stretch, or in this frame alone."""
        one = self.correct.animal if animal is None else animal
        first, last = self.stretch or (self.frame, self.frame)
        return one is not None and self._correct(Delete(animal=one, first_frame=first, last_frame=last))

    def delete_on(self, animal: int | None = None) -> bool:
        """Delete an animal from this frame on."""
        one = self.correct.animal if animal is None else animal
        return one is not None and self._correct(Delete(animal=one, first_frame=self.frame))

    def place(self, x_px: float, y_px: float, animal: int | None = None) -> bool:
        """Say where an animal is in this frame."""
        one = self.correct.animal if animal is None else animal
        if one is None:
            return False
        return self._correct(Place(animal=one, frame=self.frame, x_px=round(x_px, 3), y_px=round(y_px, 3)))

    def toggle_placing(self) -> None:
        """Let clicks on the picture place the chosen animal, or no longer."""
        self.picture.set_placing(not self.picture.placing)
        if self.picture.placing:
            text = f"Click where animal {self.correct.animal} is; each click goes one frame on. A or Esc ends it."
            self.notices.say(Remark("place", "info", text))
        else:
            self.notices.withdraw("place")

    def _placed(self, x_px: float, y_px: float) -> None:
        if self.place(x_px, y_px):
            self.step(1)

    def _correct(self, *corrections: Correction) -> bool:
        self.view.player.pause()
        return self.document.correct(*corrections)

    # ---- menus on the right button

    def _ask_on_timeline(self, where: Where) -> None:
        self.go_to(where.frame)
        if where.animal is not None:
            self.choose(where.animal)
        ask_about(self, self.correct.animal, where.at, None)

    def _ask_on_picture(self, spot: PictureSpot) -> None:
        if self.document.table is None:
            return
        if spot.animal is not None:
            self.choose(spot.animal)
        ask_about(self, spot.animal, spot.at, (spot.x_px, spot.y_px))

    # ---- the end

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                event.acceptProposedAction()
                self.open(Path(url.toLocalFile()))
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._owner and event.type() == QEvent.Type.Close and not self.close():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        # A second try closes it all the same: the first one has said that they could not be kept.
        if not self.document.save() and not self._warned:
            self._warned = True
            event.ignore()
            return
        if self._owner is not None:
            self._owner.removeEventFilter(self)
        # Python's garbage collector would delete the commands, and then the stack would delete them once more.
        self.document.undo_stack.indexChanged.disconnect(self.board.refresh)
        self.document.undo_stack.clear()
        self.setUpdatesEnabled(False)
        self.view.begin_close()
        self.view.wait(CLOSE_WITHIN_MS)
        event.accept()


def show_review(owner: MainWindow, path: Path | None = None) -> ReviewWindow:
    """Show the review of a main window, there is one of them; with a result if one is given."""
    shown = [window for window in owner.findChildren(ReviewWindow) if window.isVisible()]
    window = shown[0] if shown else ReviewWindow(owner)
    if path is not None:
        window.open(path)
    window.show()
    window.raise_()
    window.activateWindow()
    return window
