"""All that is drawn on the screen, or into recordings, as one list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from tracker_gui.core.overlays import MOST_TEXTS, Anchor, Overlays, OverlaySet, TextLook
from tracker_gui.qt.looks.look_card import LookCard
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from tracker_gui.core.params import Params
    from tracker_gui.qt.document import PresetDocument

#: In the order of what is looked for first; they are drawn from the ground up.
ORDER = ("ids", "trails", "heading", "marks", "outlines", "mask", "zones")
KINDS = {
    "wall time": ("Date and time", "clock-outline"),
    "session time": ("Time since the first frame", "timer-outline"),
    "frame number": ("Number of the frame", "counter"),
    "text": ("Words of your own", "format-text"),
    "CSV column": ("A column of a table", "table-column"),
}
#: Where the next text goes: each to another place while there is one.
PLACES = ("top left", "top right", "bottom left", "bottom right", "top", "bottom", "left", "right", "middle")


class SetPage(QWidget):
    """The looks of one set, each a card; texts may be added and removed.

    Parameters
    ----------
    name : str
        ``"screen"`` or ``"recording"``.
    """

    def __init__(self, document: PresetDocument, name: str) -> None:
        super().__init__()
        assert set(KINDS) == set(get_args(TextLook.model_fields["shows"].annotation))
        self._document = document
        self._name = name
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(6)
        usual: OverlaySet = getattr(Overlays(), name)
        self.cards: dict[str, LookCard] = {}
        for layer in ORDER:
            look: Params = getattr(usual, layer)
            card = self.cards[layer] = LookCard(look, look)
            card.edited.connect(self._edited)
            self.rows.addWidget(card)
        self._heading = QLabel("Texts")
        self._heading.setProperty("strong", True)
        self._heading.setContentsMargins(0, 6, 0, 0)
        self.rows.addWidget(self._heading)
        self.none_yet = QLabel("None yet. A time stamp, words or a column of a table can stand on the picture.")
        self.none_yet.setProperty("dim", True)
        self.none_yet.setWordWrap(True)
        self.rows.addWidget(self.none_yet)
        self.texts: list[LookCard] = []
        self.add = QToolButton()
        self.add.setText("Add text")
        self.add.setIconSize(ICON_SIZE)
        self.add.setToolButtonStyle(self.add.toolButtonStyle().ToolButtonTextBesideIcon)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setToolTip("Put a time stamp, words or a column of a table on the picture")
        self.menu = QMenu(self.add)
        for kind, (words, _) in KINDS.items():
            self.menu.addAction(words).setData(kind)
        self.menu.triggered.connect(self._add)
        self.add.setMenu(self.menu)
        self.rows.addWidget(self.add)
        appearance().changed.connect(self._recolour)
        document.changed.connect(self.refresh)
        self._recolour()
        self.refresh()

    @property
    def looks(self) -> OverlaySet:
        """What the preset says now."""
        looks: OverlaySet = getattr(self._document.whole.overlays, self._name)
        return looks

    def refresh(self) -> None:
        """Show what the preset says now."""
        looks = self.looks
        for layer, card in self.cards.items():
            if card.look != getattr(looks, layer):
                card.show_look(getattr(looks, layer))
        while len(self.texts) > len(looks.texts):
            card = self.texts.pop()
            card.hide()
            card.deleteLater()
        for number, look in enumerate(looks.texts):
            if number == len(self.texts):
                self._make_text(look)
            card = self.texts[number]
            if card.look != look:
                card.show_look(look)
            card.name_it(title_of(look))
        self.none_yet.setVisible(not looks.texts)
        self.add.setEnabled(len(looks.texts) < MOST_TEXTS)

    def _make_text(self, look: TextLook) -> None:
        card = LookCard(look, TextLook(), title_of(look), removable=True)
        card.edited.connect(self._edited)
        card.removed.connect(self._remove)
        self.rows.insertWidget(self.rows.indexOf(self.add), card)
        self.texts.append(card)

    def change(self, looks: OverlaySet, what: str, drag: int = 0) -> None:
        """Put another set into the preset, as one undo step."""
        overlays = self._document.whole.overlays
        self._document.change_overlays(replace(overlays, **{self._name: looks}), what, drag)

    def _edited(self, look: Params, what: str, drag: int) -> None:
        card = self.sender()
        for layer, other in self.cards.items():
            if other is card:
                self.change(replace(self.looks, **{layer: look}), what, drag)  # type: ignore[arg-type]
                return
        texts = list(self.looks.texts)
        assert isinstance(look, TextLook)
        texts[self.texts.index(card)] = look  # type: ignore[arg-type]
        self.change(replace(self.looks, texts=tuple(texts)), what, drag)

    def _remove(self) -> None:
        number = self.texts.index(self.sender())  # type: ignore[arg-type]
        # The cards behind it take over the looks in front; what was open is of the one that went.
        for card in self.texts[number:]:
            card.opener.setChecked(False)
        texts = self.looks.texts
        self.change(replace(self.looks, texts=texts[:number] + texts[number + 1 :]), "remove text")

    def _add(self, action: QAction) -> None:
        texts = self.looks.texts
        taken = [text.anchor for text in texts]
        place = min(get_args(Anchor), key=lambda name: (taken.count(name), PLACES.index(name)))
        look = TextLook(shows=action.data(), anchor=place)
        self.change(replace(self.looks, texts=(*texts, look)), f"add {KINDS[look.shows][0].lower()}")
        self.texts[-1].opener.setChecked(look.shows in ("text", "CSV column"))

    def _recolour(self) -> None:
        self.add.setIcon(icon("plus"))
        for action in self.menu.actions():
            action.setIcon(icon(KINDS[action.data()][1]))


def title_of(look: TextLook) -> str:
    """Return what a text is called in the list."""
    words = {"text": look.text, "CSV column": look.column and f"Column {look.column}"}.get(look.shows)
    return words or KINDS[look.shows][0]
