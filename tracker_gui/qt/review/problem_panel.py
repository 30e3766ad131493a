"""The list of problems: which kinds are looked at, which one is meant, and what would mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QListView, QPushButton, QToolButton, QVBoxLayout

from tracker_gui.analysis.track_problems import ProblemKind, TrackProblem
from tracker_gui.qt.review.marks import TIPS, WORDS, mark_icon
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.theme.sizes import grow_with_text, scaled, usual

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Animals meet all the time, and mostly nothing comes of it.
SHOWN_AT_FIRST = (ProblemKind.SWAP, ProblemKind.JUMP, ProblemKind.MISS, ProblemKind.MERGE)
#: What the button says, by the first of the corrections that are proposed.
MENDS = {"swap": "Swap", "interpolate": "Interpolate", "delete": "Delete and interpolate"}
ICON_PX = 16
ROW_PX = 28


class ProblemModel(QAbstractListModel):
    """The problems that are looked at, in the order of their frames."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: tuple[TrackProblem, ...] = ()
        self._icons: dict[ProblemKind, Any] = {}

    def show_problems(self, problems: Sequence[TrackProblem]) -> None:
        self.beginResetModel()
        self.problems = tuple(problems)
        self.endResetModel()

    def recolour(self) -> None:
        self._icons = {kind: mark_icon(kind) for kind in ProblemKind}

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.problems)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        problem = self.problems[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{problem.first_frame}: {problem.sentence}"
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icons.get(problem.kind)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{problem.kind.value.capitalize()}. {problem.sentence}"
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, scaled(ROW_PX))
        return None


class ProblemPanel(QFrame):
    """Which problems there are.

    Attributes
    ----------
    shown : tuple of TrackProblem
        Those of the kinds that are looked at.
    current : TrackProblem or None
        The one that is meant.
    """

    current_changed = Signal()
    shown_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", True)
        self._all: tuple[TrackProblem, ...] = ()
        self.current: TrackProblem | None = None
        self._following = False
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        title = QLabel("Problems")
        title.setProperty("section", True)
        self.count = QLabel()
        self.count.setProperty("dim", True)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.count)
        column.addLayout(head)
        self.kinds: dict[ProblemKind, QToolButton] = {}
        grid = QGridLayout()
        grid.setSpacing(4)
        for number, kind in enumerate(ProblemKind):
            button = QToolButton()
            button.setCheckable(True)
            button.setChecked(kind in SHOWN_AT_FIRST)
            button.setIconSize(QSize(ICON_PX, ICON_PX))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setToolTip(f"{TIPS[kind]}: look at these or pass them over")
            button.toggled.connect(self._refresh)
            self.kinds[kind] = button
            grid.addWidget(button, number // 3, number % 3, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(grid)
        self.model = ProblemModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(ICON_PX, ICON_PX))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Problems")
        self.list.selectionModel().currentChanged.connect(self._choose)
        grow_with_text(self.list.setMinimumHeight, 2 * ROW_PX)
        column.addWidget(self.list, 1)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        grow_with_text(self.sentence.setMinimumHeight, usual(2 * self.fontMetrics().lineSpacing()))
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.sentence)
        row = QHBoxLayout()
        self.before = QPushButton("Before")
        self.before.setToolTip("To the problem before (P)")
        self.next = QPushButton("Next")
        self.next.setToolTip("To the next problem (N)")
        self.mend = QPushButton("Mend")
        self.mend.setProperty("primary", True)
        for button_ in (self.before, self.next, self.mend):
            button_.setIconSize(ICON_SIZE)
            row.addWidget(button_)
        row.setStretchFactor(self.mend, 1)
        column.addLayout(row)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._refresh()

    def _recolour(self) -> None:
        self.model.recolour()
        for kind, button in self.kinds.items():
            button.setIcon(mark_icon(kind))
        self.before.setIcon(icon("chevron-left"))
        self.next.setIcon(icon("chevron-right"))
        self.list.viewport().update()

    # ---- what is there

    @property
    def shown(self) -> tuple[TrackProblem, ...]:
        return self.model.problems

    def show_problems(self, problems: Sequence[TrackProblem]) -> None:
        """Show the problems of other tracks, or those that are left after a correction."""
        self._all = tuple(problems)
        self._refresh()

    def _refresh(self) -> None:
        before = self.current
        for kind, button in self.kinds.items():
            button.setText(f"{WORDS[kind]} {sum(problem.kind is kind for problem in self._all)}")
        self.model.show_problems([problem for problem in self._all if self.kinds[problem.kind].isChecked()])
        same = None
        if before is not None:
            what = (before.kind, before.first_frame, before.ids)
            same = next((p for p in self.shown if (p.kind, p.first_frame, p.ids) == what), None)
        self._set_current(same)
        self.shown_changed.emit()

    # ---- which is meant

    def _choose(self, index: QModelIndex) -> None:
        if not self._following:
            self._set_current(self.shown[index.row()] if index.isValid() else None)
            self.current_changed.emit()

    def choose(self, problem: TrackProblem | None) -> None:
        """Mean another problem, or none."""
        if problem is None:
            self.list.setCurrentIndex(QModelIndex())
        else:
            self.list.setCurrentIndex(self.model.index(self.shown.index(problem)))

    def _set_current(self, problem: TrackProblem | None) -> None:
        self.current = problem
        number = 0 if problem is None else self.shown.index(problem) + 1
        if problem is not None and self.list.currentIndex().row() != number - 1:
            self._following = True
            self.list.setCurrentIndex(self.model.index(number - 1))
            self._following = False
        self.count.setText(f"{number} of {len(self.shown)}" if number else f"{len(self.shown)}")
        if problem is None:
            self.sentence.setText("Choose one, or press N for the next." if self.shown else self._nothing())
        else:
            self.sentence.setText(f"{problem.kind.value.capitalize()}. {problem.sentence}")
        mend = () if problem is None else problem.mend
        self.mend.setEnabled(bool(mend))
        self.mend.setText(MENDS[mend[0].kind] if mend else "Mend")
        self.mend.setToolTip("; ".join(map(str, mend)) + " (M)" if mend else "Nothing is proposed for it")

    def _nothing(self) -> str:
        if self._all:
            return "None of the kinds that are switched on above."
        return "No problems were found."

    def beside(self, frame: int, forward: bool) -> TrackProblem | None:
        """Return the next problem, or the one before, from the one that is meant or else from a frame."""
        shown = self.shown
        if self.current is not None:
            number = shown.index(self.current) + (1 if forward else -1)
            return shown[number] if 0 <= number < len(shown) else None
        if forward:
            return next((problem for problem in shown if problem.first_frame >= frame), None)
        return next((problem for problem in reversed(shown) if problem.first_frame <= frame), None)
