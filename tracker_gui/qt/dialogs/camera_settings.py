"""What can be set of the camera that is chosen, beside its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from tracker_gui.core import registry
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.steps.step import dim_label
from tracker_gui.qt.theme.appearance import appearance, set_tone
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from tracker_gui.core.params import Params
    from tracker_gui.qt.dialogs.camera_card import CameraCard

#: Which camera it is, is what the cards are for.
NOT_SET_HERE = ("device", "url")
NONE_CHOSEN = "Choose a camera to see its settings."


class CameraSettings(QScrollArea):
    """A form made from the settings of the chosen source; `edited(params)` carries the new ones.

    Signals
    -------
    removed()
        The network camera is to leave the list.
    forgotten()
        Its login is not to be kept any longer.
    """

    edited = Signal(object)
    removed = Signal()
    forgotten = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._card: CameraCard | None = None
        self.form: StageForm | None = None
        body = QWidget()
        body.setObjectName("body")
        self._rows = QVBoxLayout(body)
        self._rows.setContentsMargins(12, 12, 16, 12)
        self._rows.setSpacing(8)
        self._title = QLabel()
        self._title.setProperty("strong", True)
        self._title.setWordWrap(True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._about = dim_label(NONE_CHOSEN)
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._form_place = QVBoxLayout()
        self.remove = _link("Remove from the list", "Take this address out of the cameras that were used")
        self.remove.clicked.connect(self.removed)
        self.forget = _link("Forget the login", "Remove the user name and password that are kept for this camera")
        self.forget.clicked.connect(self.forgotten)
        for widget in (self._title, self._about, self._sentence):
            self._rows.addWidget(widget)
        self._rows.addLayout(self._form_place)
        self._rows.addWidget(self.forget)
        self._rows.addWidget(self.remove)
        self._rows.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        grow_with_text(self.setMinimumWidth, 260)
        self.setWidget(body)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self.show_card(None)

    def _recolour(self) -> None:
        self.remove.setIcon(icon("delete-outline", "dim"))
        self.forget.setIcon(icon("key-variant", "dim"))

    def show_card(self, card: CameraCard | None, may_be_removed: bool = False, has_login: bool = False) -> None:
        """Show the settings of another camera; None for none."""
        same = card is self._card and card is not None
        self._card = card
        self.remove.setVisible(may_be_removed)
        self.forget.setVisible(has_login)
        if same:
            self.show_state()
            return
        if self.form is not None:
            self._form_place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self._title.setText("Settings" if card is None else card.title)
        self._about.setText(NONE_CHOSEN if card is None else _about(card))
        if card is not None:
            kind = type(card.source.params)
            self.form = StageForm(kind, tuple(name for name in NOT_SET_HERE if name in kind.model_fields))
            self.form.show_params(card.source.params)
            self.form.edited.connect(self._edited)
            self._form_place.addWidget(self.form)
        self.show_state()

    def show_state(self) -> None:
        """Show how the camera is doing, where there is more to say than its card has room for."""
        sentence = "" if self._card is None else self._card.sentence
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        if self._card is not None:
            set_tone(self._sentence, self._card.doing.tone)

    def _edited(self, params: Params, title: str, drag: int) -> None:
        self.edited.emit(params)


def _about(card: CameraCard) -> str:
    return str(registry.load(card.source.kind, card.source.stage).about)


def _link(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setProperty("link", True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
