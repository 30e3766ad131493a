"""The presets gallery: what each is for, what it would change, and how much of it to take."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QFile, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.exchange.gallery import GalleryEntry, UnreadableEntry, in_short
from tracker_gui.exchange.preset_difference import CAMERAS, differences, take, take_all, take_settings
from tracker_gui.qt.theme.sizes import grow_with_text, resize_within
from tracker_gui.qt.views.card import CardGrid
from tracker_gui.qt.views.difference_tree import DifferenceTree
from tracker_gui.qt.views.preset_card import LEAST_WIDTH_PX, PresetCard, read_shelf
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.preset import Preset
    from tracker_gui.exchange.preset_difference import Difference
    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.views.preset_card import ShelvedPreset

SIZE_PX = (1120, 720)
MARGIN_PX = 40
LEAST_DETAILS_PX = 400
MOST_PROBLEMS = 4


class GalleryDialog(QDialog):
    """All presets as cards at the left, the chosen one beside the settings of now at the right."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._wanted: Path | None = None
        self._found: tuple[Difference, ...] = ()
        self.setWindowTitle("Presets")
        self.setObjectName("gallery")
        self._build_left()
        self._build_right()
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        splitter.addWidget(self._left)
        splitter.addWidget(self._right)
        splitter.setSizes([560, 520])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.addWidget(splitter)
        resize_within(self, SIZE_PX, window.size(), MARGIN_PX)
        window.document.changed.connect(self._show_chosen)
        self._show_chosen()

    # ---- building

    def _build_left(self) -> None:
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by name or what it is for")
        self.filter.setAccessibleName("Filter the presets")
        self.filter.setToolTip("Show only presets with these words in their name or in what they are for")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self.nothing = QLabel("Reading the presets…")
        self.nothing.setProperty("dim", True)
        self.nothing.setWordWrap(True)
        self.grid = CardGrid(LEAST_WIDTH_PX)
        self._choice = QButtonGroup(self)
        self._choice.buttonToggled.connect(self._chosen_another)
        body = QWidget()
        body.setObjectName("body")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.addWidget(self.grid)
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(LEAST_WIDTH_PX + 32)
        scroll.setWidget(body)
        self._scroll = scroll
        self._left = QWidget()
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.filter)
        column.addWidget(self.nothing)
        column.addWidget(scroll, 1)

    def _build_right(self) -> None:
        self.title = QLabel()
        self.title.setProperty("headline", True)
        self.facts = QLabel()
        self.about = QLabel()
        self.about.setProperty("dim", True)
        self.problems = QLabel()
        self.problems.setProperty("tone", "warn")
        for label in (self.title, self.facts, self.about, self.problems):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.tree = DifferenceTree()
        self.tree.ticked_changed.connect(self._name_buttons)
        self.use_all = QPushButton("Use all of it")
        self.use_all.setProperty("primary", True)
        self.use_settings = QPushButton("Use its settings, keep my source")
        self.use_ticked = QPushButton("Use the ticked steps")
        self.trash = QPushButton("Move to the trash")
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        for button, act in (
            (self.use_all, self._use_all),
            (self.use_settings, self._use_settings),
            (self.use_ticked, self._use_ticked),
            (self.trash, self._move_to_trash),
        ):
            button.clicked.connect(act)
            button.setAutoDefault(False)
        close.setAutoDefault(False)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(8)
        first.addWidget(self.use_ticked)
        first.addStretch(1)
        first.addWidget(self.use_settings)
        second.addWidget(self.trash)
        second.addStretch(1)
        second.addWidget(close)
        second.addWidget(self.use_all)
        self._right = QWidget()
        grow_with_text(self._right.setMinimumWidth, LEAST_DETAILS_PX)
        rows = QVBoxLayout(self._right)
        rows.setContentsMargins(8, 0, 0, 0)
        rows.setSpacing(8)
        for widget in (self.title, self.facts, self.about, self.problems, self.verdict):
            rows.addWidget(widget)
        room = QVBoxLayout()
        room.addWidget(self.tree, 1)
        room.addStretch(0)
        rows.addLayout(room, 1)
        rows.addLayout(first)
        rows.addLayout(second)

    # ---- the cards

    def read(self, wanted: Path | None = None) -> None:
        """Read the presets anew and choose one of them; without a wish the one that was chosen stays."""
        chosen = self.chosen
        self._wanted = wanted or (chosen.entry.path if chosen is not None else None)
        read_in_background(read_shelf, self._show_shelf)

    @property
    def cards(self) -> list[PresetCard]:
        return [card for card in self.grid.cards if isinstance(card, PresetCard)]

    @property
    def chosen(self) -> ShelvedPreset | None:
        """The preset that is shown at the right."""
        card = self._choice.checkedButton()
        return card.shelved if isinstance(card, PresetCard) else None

    def choose(self, path: Path) -> None:
        """Show one of the presets at the right."""
        for card in self.cards:
            if card.shelved.entry.path == path:
                card.setChecked(True)
                self._scroll.ensureWidgetVisible(card)

    def _show_shelf(self, shelf: list[ShelvedPreset]) -> None:
        cards = []
        for button in self._choice.buttons():
            self._choice.removeButton(button)
        for shelved in shelf:
            card = PresetCard(shelved)
            card.setCheckable(True)
            self._choice.addButton(card)
            cards.append(card)
        self.grid.set_cards(cards)
        self._filter()
        if cards:
            cards[0].setChecked(True)
        if self._wanted is not None:
            self.choose(self._wanted)
        self._show_chosen()

    def _filter(self) -> None:
        words = self.filter.text().lower().split()
        shown = [card for card in self.cards if all(word in _searched(card.shelved) for word in words)]
        self.grid.show_only(shown)
        self.nothing.setText("No preset has these words. Take some of them away." if self.cards else "There are none.")
        self.nothing.setVisible(not shown)

    def _chosen_another(self, _: object, on: bool) -> None:
        if on:
            self._show_chosen()

    # ---- the chosen one

    def _show_chosen(self) -> None:
        shelved = self.chosen
        entry = None if shelved is None else shelved.entry
        self._right.setEnabled(entry is not None)
        self.title.setText("" if shelved is None else shelved.title)
        self.about.setText("" if shelved is None else shelved.about)
        self.facts.setText(in_short(entry.preset) if isinstance(entry, GalleryEntry) else "")
        if isinstance(entry, UnreadableEntry):
            self.about.setText("")
            self.problems.setText(f"It cannot be used. {entry.problem}")
        elif entry is not None:
            told = [str(problem) for problem in entry.problems[:MOST_PROBLEMS]]
            more = len(entry.problems) - len(told)
            head = ["Defaults stand in for what could not be used:"] if told else []
            self.problems.setText("\n".join([*head, *told, *([f"... and {more} more"] if more > 0 else [])]))
        else:
            self.problems.setText("")
        for label in (self.about, self.facts, self.problems):
            label.setVisible(bool(label.text()))
        self.trash.setVisible(isinstance(entry, UnreadableEntry) or (entry is not None and entry.is_own))
        preset = self._preset
        self._found = () if preset is None else differences(self._now(preset), preset)
        self.tree.show_differences(self._found, self.tree.ticked)
        self.tree.setVisible(bool(self._found))
        self.verdict.setText(self._verdict(len(self._found)) if preset is not None else "")
        self.verdict.setVisible(bool(self.verdict.text()))
        self._name_buttons()

    @property
    def _preset(self) -> Preset | None:
        chosen = self.chosen
        return chosen.entry.preset if chosen is not None and isinstance(chosen.entry, GalleryEntry) else None

    def _now(self, there: Preset) -> Preset:
        """Return what a preset would change: one for one camera the present camera, else the whole."""
        document = self._window.document
        return document.preset if there.camera_count == 1 else document.whole

    def _verdict(self, count: int) -> str:
        if self._window.document.locked:
            return "Settings are locked while tracking. Stop it to take a preset."
        keeps = "" if self._preset is None or self._preset.source is not None else " Your source stays: it names none."
        if count == 0:
            return f"Your settings are the same as in this preset.{keeps}"
        yours = "yours"
        if self._preset is not None and self._preset.camera_count < self._window.document.whole.camera_count:
            yours = f"those of camera {self._window.document.camera + 1}"
        return f"{'One setting differs' if count == 1 else f'{count} settings differ'} from {yours}.{keeps}"

    def _name_buttons(self) -> None:
        free = not self._window.document.locked
        parts = {difference.part for difference in self._found}
        ticked = self.tree.ticked
        self.use_ticked.setText(f"Use the {len(ticked)} ticked steps" if len(ticked) > 1 else "Use the ticked step")
        self.use_ticked.setToolTip("Take the ticked steps of it and keep the rest of yours; one undo step")
        self.use_ticked.setEnabled(free and bool(ticked))
        self.use_settings.setToolTip("Take everything but its source; one undo step")
        self.use_settings.setEnabled(free and bool(parts - CAMERAS))
        # Without a source of its own the whole preset is its settings.
        self.use_settings.setVisible(self._preset is None or self._preset.source is not None)
        self.use_all.setToolTip("Take its settings and its source; one undo step")
        self.use_all.setEnabled(free and bool(parts))

    # ---- what is done with it

    def _use_all(self) -> None:
        self._put(take_all, "use the preset")

    def _use_settings(self) -> None:
        self._put(take_settings, "use the settings of")

    def _use_ticked(self) -> None:
        parts = tuple(self.tree.ticked)
        steps = ", ".join(part.value for part in parts)
        self._put(functools.partial(take, parts=parts), f"use {steps} of")

    def _put(self, taken: Callable[[Preset, Preset], Preset], what: str) -> None:
        there, chosen, document = self._preset, self.chosen, self._window.document
        assert there is not None and chosen is not None
        put = document.change if there.camera_count == 1 else document.change_whole
        put(taken(self._now(there), there), f"{what} “{chosen.title}”")
        self.close()

    def _move_to_trash(self) -> None:
        assert self.chosen is not None
        path = self.chosen.entry.path
        if QFile(str(path)).moveToTrash():
            QFile(str(path.with_suffix(".png"))).moveToTrash()
            self.read()
        else:
            self.problems.setText(f"{path}: cannot be moved to the trash. Delete it in your file manager.")
            self.problems.show()


def _searched(shelved: ShelvedPreset) -> str:
    entry = shelved.entry
    facts = in_short(entry.preset) if isinstance(entry, GalleryEntry) else ""
    return f"{shelved.title} {entry.name} {shelved.about} {facts}".lower()


def show_gallery(window: MainWindow, wanted: Path | None = None) -> GalleryDialog:
    """Show the gallery over a window, with one of its presets chosen; there is one gallery for each window."""
    shown = window.findChildren(GalleryDialog)
    dialog = shown[0] if shown else GalleryDialog(window)
    dialog.read(wanted)
    dialog.show()
    dialog.raise_()
    dialog.filter.setFocus()
    return dialog


def use_from_welcome(window: MainWindow, path: Path) -> None:
    """Open a preset where nothing is open yet; else show what it would change."""
    if window.document.preset.source is None and window.document.is_saved:
        window.open_path(path)
    else:
        show_gallery(window, path)
