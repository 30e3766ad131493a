"""One cassette: its switch, its settings, and how it is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from tracker_gui.core.errors import TrackerError
from tracker_gui.feed.cassette_file import Line, checked_params, line_of
from tracker_gui.feed.cassette_host import Phase
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon, pixmap

if TYPE_CHECKING:
    from tracker_gui.core.params import Params
    from tracker_gui.feed.cassette_file import Cassette
    from tracker_gui.feed.cassette_host import CassetteState

SIGN_PX = 16
#: Icon and tone of each state; the word beside them is the state's own.
LOOKS = {
    Phase.FORBIDDEN: ("lock-outline", "warn"),
    Phase.STARTING: ("timer-sand", "dim"),
    Phase.RUNNING: ("check-circle-outline", "ok"),
    Phase.FAILED: ("alert-circle-outline", "bad"),
    Phase.HUNG: ("alert-octagon-outline", "bad"),
    Phase.ENDED: ("check", "dim"),
}
IDLE = ("circle-outline", "dim")


class CassetteCard(QFrame):
    """A switch with the form of a cassette while it is on.

    Signals
    -------
    edited(Line or None, str, int)
        What the preset shall say of it (None: nothing), in words, and the number of the drag.
    edit_wanted(Cassette)
        Its file shall be opened.
    """

    edited = Signal(object, str, int)
    edit_wanted = Signal(object)

    def __init__(self, cassette: Cassette) -> None:
        super().__init__()
        self.cassette = cassette
        self._line: Line | None = None
        self._sign = IDLE
        self.setProperty("card", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 6, 8, 8)
        rows.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(4)
        self.switch = QCheckBox(cassette.name.replace("_", " ").capitalize())
        self.switch.setToolTip(f"{cassette.title}. {cassette.about}".strip())
        self.switch.toggled.connect(self._switched)
        self.sign = QLabel()
        self.word = QLabel()
        self.word.setProperty("dim", True)
        self.edit = QToolButton()
        self.edit.setToolTip("Open its file" if cassette.is_own else "Copy its file into your folder and open the copy")
        self.edit.setAccessibleName(f"Open the file of {self.switch.text()}")
        self.edit.clicked.connect(self._want_edit)
        head.addWidget(self.switch, 1)
        head.addWidget(self.sign)
        head.addWidget(self.word)
        head.addWidget(self.edit)
        rows.addLayout(head)
        self.about = QLabel(cassette.title + ".")
        self.about.setProperty("dim", True)
        self.about.setWordWrap(True)
        rows.addWidget(self.about)
        self.form = StageForm(cassette.Params)
        self.form.edited.connect(self._changed)
        rows.addWidget(self.form)
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        rows.addWidget(self.error)
        self.figures = QLabel()
        self.figures.setProperty("dim", True)
        self.figures.setWordWrap(True)
        rows.addWidget(self.figures)
        appearance().changed.connect(self._recolour)
        self.show_line(None)
        self.show_state(None)
        self._recolour()

    def show_line(self, line: Line | None) -> None:
        """Show how the preset has it; None where it is off."""
        self._line = line
        self.switch.blockSignals(True)
        self.switch.setChecked(line is not None)
        self.switch.blockSignals(False)
        self.switch.setEnabled(line is not None or not self.cassette.problem)
        self._problem = self.cassette.problem
        if line is not None and not self.cassette.problem:
            try:
                params = checked_params(self.cassette, line)
            except TrackerError as error:
                self._problem = str(error)
            else:
                if self.form.params != params:
                    self.form.show_params(params)
        self.form.setVisible(line is not None and bool(self.cassette.Params.model_fields))

    def show_state(self, state: CassetteState | None) -> None:
        """Show how it is doing; None where it never ran as the preset has it."""
        is_on = self._line is not None
        said = state if is_on else None
        self._sign = IDLE if said is None else LOOKS[said.phase]
        self._paint_sign()
        self.word.setText(said.phase.value if said is not None else "on" if is_on else "")
        sentence = self._problem or ("" if said is None else said.sentence)
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        words = [] if said is None or not said.calls else figures_of(said)
        if said is not None and said.said:
            words.append(f"It says: {said.said}")
        self.figures.setText("\n".join(words))
        self.figures.setVisible(bool(words))

    def _paint_sign(self) -> None:
        self.sign.setVisible(self._line is not None)
        self.sign.setPixmap(pixmap(*self._sign, SIGN_PX))

    def _recolour(self) -> None:
        self.edit.setIcon(icon("file-edit-outline", "dim"))
        self._paint_sign()

    def _switched(self, on: bool) -> None:
        line = Line(self.cassette.name) if on else None
        self.edited.emit(line, f"switch {self.switch.text()} {'on' if on else 'off'}", 0)

    def _changed(self, params: Params, title: str, drag: int) -> None:
        self.edited.emit(line_of(self.cassette.name, params), f"change {title}", drag)

    def _want_edit(self) -> None:
        self.edit_wanted.emit(self.cassette)


def figures_of(state: CassetteState) -> list[str]:
    """Return how often and how fast it answered, as lines."""
    words = [f"{state.calls} frames, {state.mean_ms:.1f} ms each, {state.worst_ms:.1f} ms at worst"]
    trouble = [
        f"{count} {what}" for count, what in ((state.missed, "missed"), (state.late, "over the budget")) if count
    ]
    if trouble:
        words.append(", ".join(trouble))
    return words
