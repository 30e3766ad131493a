"""What is there when nothing is open: the ways to begin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.preset import Preset
from tracker_gui.exchange.gallery import GalleryEntry
from tracker_gui.qt.theme.sizes import grow_with_text
from tracker_gui.qt.views.card import CardGrid, SignCard
from tracker_gui.qt.views.preset_card import LEAST_WIDTH_PX, PresetCard, read_shelf
from tracker_gui.qt.views.recent_list import MOST, RecentList
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent

    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.views.preset_card import ShelvedPreset

EDGE_PX = 24
WIDEST_PX = 1320
BESIDE_FROM_PX = 1150
MOST_PRESETS = 12
#: Where they stand above the presets, which are to be seen too.
MOST_ABOVE = 3
HEAD_PX = 28
BEGIN_LEAST_PX = 160
#: The actions that begin something, with their words; one that the window lacks has no card.
BEGIN = (
    ("open_simulated", "bug-outline", "Try it", "Simulated animals; you need no video."),
    ("open", "movie-open-outline", "Open a video", "Any video file, or a preset you saved."),
    ("open_camera", "camera-outline", "Use a camera", "On this computer, or on the network."),
    ("set_up", "map-marker-path", "Step by step", "From a source to a working preset."),
    ("open_folder", "folder-image", "Open images", "A folder of pictures, as a video."),
)
DROP_WORDS = "or drop a video, a folder of images or a preset anywhere in this window"


class Welcome(QFrame):
    """Ways to begin, recent files and presets, in the place of the picture.

    `left` says that the user goes back to the picture that is open.
    """

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window: MainWindow | None = None
        self._asked = False
        self.head = QLabel("Begin")
        self.head.setProperty("headline", True)
        self.words = QLabel(DROP_WORDS)
        self.words.setProperty("dim", True)
        self.words.setWordWrap(True)
        self.back = QPushButton("Back to the picture")
        self.back.setShortcut(QKeySequence("Esc"))
        self.back.setToolTip("Leave this page (Esc)")
        self.back.clicked.connect(self.left)
        self.back.hide()
        self.begin = CardGrid(BEGIN_LEAST_PX, fill=True)
        self.recent = RecentList()
        self.recent.show_at_most(MOST_ABOVE)
        self.recent.removed.connect(self._forget)
        self.presets = CardGrid(LEAST_WIDTH_PX)
        self.all_presets = QToolButton()
        self.all_presets.setProperty("link", True)
        self.all_presets.setText("All presets, and what they change")
        self._reading = QLabel("Reading the presets…")
        self._reading.setProperty("dim", True)
        self._lay_out()

    # ---- building

    def _lay_out(self) -> None:
        title = QHBoxLayout()
        title.addWidget(self.head)
        title.addWidget(self.words, 1, Qt.AlignmentFlag.AlignBottom)
        title.addWidget(self.back)
        title.setSpacing(12)
        self._recent_part = _part("Recent", self.recent)
        presets = _part("Presets", self._reading, self.presets, link=self.all_presets)
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._halves.setSpacing(24)
        self._halves.addWidget(self._recent_part, 2)
        self._halves.addWidget(presets, 5)
        body = QWidget()
        body.setObjectName("body")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(EDGE_PX, EDGE_PX, EDGE_PX, EDGE_PX)
        rows.setSpacing(16)
        rows.addLayout(title)
        rows.addWidget(self.begin)
        rows.addSpacing(8)
        rows.addLayout(self._halves)
        rows.addStretch(1)
        self.body = body
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.area)

    def begin_with(self, window: MainWindow) -> None:
        """Tie the page to its window: what its cards do, and what is dropped on it."""
        self._window = window
        cards = []
        for name, sign, title, sentence in BEGIN:
            action = window.find_action(name)
            if action is None:
                continue
            card = SignCard(sign, title, sentence)
            card.setObjectName(name)
            card.setEnabled(action.isEnabled())
            card.clicked.connect(action.trigger)
            action.enabledChanged.connect(card.setEnabled)
            cards.append(card)
        self.begin.set_cards(cards)
        self.recent.chosen.connect(window.open_path)
        self.all_presets.clicked.connect(window.action("gallery").trigger)
        window.document.changed.connect(self._tell_settings)

    def card(self, name: str) -> SignCard:
        """Return the card of one of the actions that begin something."""
        return next(card for card in self.begin.cards if isinstance(card, SignCard) and card.objectName() == name)

    # ---- when it is seen

    def set_can_leave(self, can: bool) -> None:
        """Say whether there is a picture to go back to."""
        self.back.setVisible(can)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._window is not None:
            names = self._window.session.settings.recent
            self._recent_part.setVisible(bool(names))
            self.recent.show_names(names)
        if self._asked:
            self._ask()
        if self.begin.cards and not self._holds_focus():
            self.begin.cards[0].setFocus()

    def _holds_focus(self) -> bool:
        focused = self.window().focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._asked:
            # Behind the first paint: the window must be there before anything is read.
            self._asked = True
            QTimer.singleShot(0, self, self._ask)

    def _ask(self) -> None:
        read_in_background(read_shelf, self._show_presets)

    def _show_presets(self, shelf: list[ShelvedPreset]) -> None:
        cards = []
        for shelved in [each for each in shelf if isinstance(each.entry, GalleryEntry)][:MOST_PRESETS]:
            card = PresetCard(shelved)
            card.clicked.connect(self._use_preset)
            cards.append(card)
        self.presets.set_cards(cards)
        self._reading.hide()

    def _use_preset(self) -> None:
        card = self.sender()
        assert isinstance(card, PresetCard) and self._window is not None
        from tracker_gui.qt.gallery_dialog import use_from_welcome

        use_from_welcome(self._window, card.shelved.entry.path)

    def _forget(self, name: str) -> None:
        assert self._window is not None
        kept = self._window.session.settings
        kept.forget(Path(name))
        self._recent_part.setVisible(bool(kept.recent))
        self.recent.show_names(kept.recent)

    def _tell_settings(self) -> None:
        """Say that settings without a source wait for one."""
        assert self._window is not None
        preset = self._window.document.whole
        waiting = preset.source is None and preset != Preset()
        self.head.setText("Now open what it is for" if waiting else "Begin")
        self.words.setText(
            f"The settings of “{preset.name}” are in force. They name no source." if waiting else DROP_WORDS
        )

    # ---- the size

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= BESIDE_FROM_PX
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if direction != self._halves.direction():
            self._halves.setDirection(direction)
            self.recent.show_at_most(MOST if beside else MOST_ABOVE)
        side_px = max(EDGE_PX, (self.width() - WIDEST_PX) // 2)
        layout = self.body.layout()
        assert layout is not None
        layout.setContentsMargins(side_px, EDGE_PX, side_px, EDGE_PX)


def _part(title: str, *widgets: QWidget, link: QWidget | None = None) -> QWidget:
    part = QWidget()
    rows = QVBoxLayout(part)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(8)
    head = QHBoxLayout()
    label = QLabel(title)
    label.setProperty("section", True)
    grow_with_text(label.setMinimumHeight, HEAD_PX)
    head.addWidget(label)
    head.addStretch(1)
    if link is not None:
        head.addWidget(link)
    rows.addLayout(head)
    for widget in widgets:
        rows.addWidget(widget)
    rows.addStretch(1)
    return part
