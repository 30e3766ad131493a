"""Step 2: what is done to the picture before anything is looked for in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout

from tracker_gui.core import registry
from tracker_gui.core.preset import StageChoice, choice
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.steps.background_box import BackgroundBox
from tracker_gui.qt.steps.step import Step, StepState, dim_label, problem_place
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QAction

    from tracker_gui.analysis.lens_calibration import LensFit
    from tracker_gui.core.params import Params
    from tracker_gui.qt.session import Session

SMALL = QSize(16, 16)
LENS = "undistort"


class ImageStepCard(QFrame):
    """One image step: switch, move, remove, and its form."""

    edited = Signal(object, str, int)
    moved = Signal(int)
    removed = Signal()

    def __init__(self, chosen: StageChoice) -> None:
        super().__init__()
        self.chosen = chosen
        stage = registry.load("image", chosen.stage)
        self.setProperty("card", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 6, 8, 8)
        rows.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(2)
        self.switch = QCheckBox(stage.title)
        self.switch.setToolTip(f"{stage.about} Switched off it stays in the list but does nothing.")
        self.switch.toggled.connect(self._switched)
        head.addWidget(self.switch, 1)
        self.up = self._button("Move up: earlier in the chain")
        self.down = self._button("Move down: later in the chain")
        self.cross = self._button("Remove this step")
        self.fold = self._button("Show or hide its settings")
        self.fold.setCheckable(True)
        self.fold.setProperty("quiet", True)
        self.fold.setChecked(True)
        for button in (self.up, self.down, self.cross, self.fold):
            head.addWidget(button)
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.cross.clicked.connect(self.removed)
        rows.addLayout(head)
        self.form = StageForm(type(chosen.params))
        self.form.edited.connect(self._changed)
        rows.addWidget(self.form)
        self.has_form = bool(type(chosen.params).model_fields)
        self.form.setVisible(self.has_form)
        self.fold.setVisible(self.has_form)
        self.fold.toggled.connect(self._folded)
        self.background: BackgroundBox | None = None
        if stage.makes_foreground:
            self.background = BackgroundBox()
            rows.addWidget(self.background)
        self.estimate: QPushButton | None = None
        if chosen.stage == LENS:
            self.estimate = QPushButton("Estimate from a checkerboard…")
            self.estimate.setToolTip("Find these figures from a video in which a checkerboard is shown.")
            rows.addWidget(self.estimate)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self.show_choice(chosen)

    def _button(self, words: str) -> QToolButton:
        button = QToolButton()
        button.setIconSize(SMALL)
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button

    def _recolour(self) -> None:
        self.up.setIcon(icon("arrow-up", "dim"))
        self.down.setIcon(icon("arrow-down", "dim"))
        self.cross.setIcon(icon("trash-can-outline", "dim"))
        self.fold.setIcon(icon("chevron-up" if self.fold.isChecked() else "chevron-down", "dim"))

    def show_choice(self, chosen: StageChoice) -> None:
        self.chosen = chosen
        self.switch.blockSignals(True)
        self.switch.setChecked(chosen.enabled)
        self.switch.blockSignals(False)
        self.form.setEnabled(chosen.enabled)
        if self.form.params != chosen.params:
            self.form.show_params(chosen.params)

    def _folded(self, open_: bool) -> None:
        self.form.setVisible(open_)
        self._recolour()

    def _switched(self, on: bool) -> None:
        self.edited.emit(replace(self.chosen, enabled=on), f"switch {self.switch.text()} {'on' if on else 'off'}", 0)

    def _changed(self, params: Params, title: str, drag: int) -> None:
        self.edited.emit(replace(self.chosen, params=params), f"change {title}", drag)

    def _move_up(self) -> None:
        self.moved.emit(-1)

    def _move_down(self) -> None:
        self.moved.emit(1)


class ImageStepList(Step):
    """The image chain."""

    number = 2
    title = "Image"
    about = (
        "What is done to each picture before animals are looked for: keep a region, crop, take the empty scene away."
    )
    help_page = "tuning"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cards: list[ImageStepCard] = []
        self._empty = dim_label("Nothing is changed before detection. Add a step to blur, to keep only a region, ...")
        self.rows.addWidget(self._empty)
        self.add = QPushButton("Add a step")
        menu = QMenu(self.add)
        menu.setToolTipsVisible(True)
        for name in registry.names("image"):
            stage = registry.load("image", name)
            action = menu.addAction(stage.title)
            action.setData(name)
            action.setToolTip(stage.about)
        menu.triggered.connect(self._add)
        self.add.setMenu(menu)
        self.rows.addWidget(self.add)
        appearance().changed.connect(self._recolour)
        session.document.changed.connect(self._show)
        session.state_changed.connect(self._tell_size)
        self._recolour()
        self._show()

    def _recolour(self) -> None:
        self.add.setIcon(icon("plus", "accent"))

    def _chain(self) -> tuple[StageChoice, ...]:
        return self.session.document.preset.image

    def _show(self) -> None:
        chain = self._chain()
        if [c.chosen.stage for c in self.cards] != [c.stage for c in chain]:
            self._rebuild(chain)
        for number, (card, chosen) in enumerate(zip(self.cards, chain, strict=True)):
            card.show_choice(chosen)
            card.up.setEnabled(number > 0)
            card.down.setEnabled(number < len(chain) - 1)
        self._empty.setVisible(not chain)

    def _rebuild(self, chain: tuple[StageChoice, ...]) -> None:
        """Bring the cards into the order of the chain; those that are there already are used again."""
        there, self.cards = self.cards, []
        for chosen in chain:
            card = next((card for card in there if card.chosen.stage == chosen.stage), None)
            if card is None:
                card = self._new_card(chosen)
            else:
                there.remove(card)
                self.rows.removeWidget(card)
            self.rows.insertWidget(self.rows.count() - 1, card)
            self.cards.append(card)
        for card in there:
            self.rows.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._tell_size()

    def _new_card(self, chosen: StageChoice) -> ImageStepCard:
        card = ImageStepCard(chosen)
        card.edited.connect(self._edited)
        card.moved.connect(self._moved)
        card.removed.connect(self._removed)
        if card.background is not None:
            card.background.follow(self.session)
            card.background.save.clicked.connect(self._save_background)
            card.background.other_wanted.connect(self._learn_again)
        if card.estimate is not None:
            card.estimate.clicked.connect(self.estimate_lens)
        return card

    def _tell_size(self) -> None:
        info = self.session.info
        if info is not None:
            for card in self.cards:
                card.form.set_frame_size(info.size_px)

    def _at(self) -> int:
        return self.cards.index(self.sender())  # type: ignore[arg-type]

    def _put(self, chain: tuple[StageChoice, ...], words: str, drag: int = 0) -> None:
        self.session.document.change_list("image", chain, words, drag)

    def _add(self, action: QAction) -> None:
        self._put((*self._chain(), choice("image", action.data())), f"add {action.text()}")

    def _edited(self, chosen: StageChoice, words: str, drag: int) -> None:
        chain = list(self._chain())
        chain[self._at()] = chosen
        self._put(tuple(chain), words, drag)

    def _moved(self, by: int) -> None:
        chain, at = list(self._chain()), self._at()
        if 0 <= at + by < len(chain):
            chain[at], chain[at + by] = chain[at + by], chain[at]
            self._put(tuple(chain), "move an image step")

    def _removed(self) -> None:
        at, chain = self._at(), self._chain()
        title = registry.load("image", chain[at].stage).title
        self._put(chain[:at] + chain[at + 1 :], f"remove {title}")

    def _learn_again(self) -> None:
        """Learn the background from other frames; of a live source from those that come now."""
        chain = list(self._chain())
        at = next(number for number, card in enumerate(self.cards) if card.background is self.sender())
        params = chain[at].params.model_copy(update={"draw": chain[at].params.draw + 1})  # type: ignore[attr-defined]
        chain[at] = replace(chain[at], params=params)
        self._put(tuple(chain), "learn the background again")

    def _save_background(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the background", "background.png", "Pictures (*.png)")
        if name:
            self.save_background(name)

    def save_background(self, name: str | Path) -> None:
        """Write the background that is in use as PNG."""
        from pathlib import Path

        path = Path(name)
        self.session.save_background(path if path.suffix else path.with_suffix(".png"))

    def estimate_lens(self) -> None:
        """Open the search for a checkerboard in the source."""
        from tracker_gui.qt.editors.lens_dialog import LensDialog

        source = self.session.document.preset.source
        if source is None:
            self.session.remarked.emit(Remark("lens", "info", "Open a video first in which a checkerboard is shown."))
            return
        dialog = LensDialog(source, self.window())
        dialog.taken.connect(self._take_lens)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def _take_lens(self, fit: LensFit) -> None:
        chain = list(self._chain())
        at = next((number for number, step in enumerate(chain) if step.stage == LENS), None)
        if at is not None:
            chain[at] = replace(chain[at], params=chain[at].params.model_copy(update=fit.params), enabled=True)
            self._put(tuple(chain), "estimate the lens")

    def state(self) -> StepState:
        if problem_place(self.session) == "image":
            return StepState("problem", "cannot be used", str(self.session.state.problem))
        used = sum(chosen.enabled for chosen in self._chain())
        if not used:
            return StepState("unused", "not used")
        return StepState("ok", "1 step" if used == 1 else f"{used} steps")
