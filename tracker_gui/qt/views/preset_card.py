"""A preset as a card: its picture, its name, what it is for, for how many animals and from which source."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QImage

from tracker_gui.exchange.gallery import GalleryEntry, UnreadableEntry, gallery, in_short, own_presets
from tracker_gui.qt.views.card import Card
from tracker_gui.qt.views.clipped_label import ClippedLabel
from tracker_gui.qt.views.thumbnail import Thumbnail, read_thumbnail

TITLE_LINES, ABOUT_LINES, FACTS_LINES = 2, 2, 2
LEAST_WIDTH_PX = 168
PLACEHOLDER = "image-off-outline"


@dataclass(frozen=True, slots=True)
class ShelvedPreset:
    """An entry of the gallery with its picture, read from its files."""

    entry: GalleryEntry | UnreadableEntry
    picture: QImage

    @property
    def title(self) -> str:
        """What it is called; the file's name where it cannot be read."""
        return self.entry.preset.name if isinstance(self.entry, GalleryEntry) else self.entry.name

    @property
    def about(self) -> str:
        """What it is for, or why it cannot be used."""
        return self.entry.preset.about if isinstance(self.entry, GalleryEntry) else self.entry.problem

    @property
    def trouble(self) -> str:
        """What is wrong with the file in a few words; empty where nothing is."""
        if isinstance(self.entry, UnreadableEntry):
            return "cannot be used"
        count = len(self.entry.problems)
        return "" if not count else "1 damaged setting" if count == 1 else f"{count} damaged settings"


def read_shelf() -> list[ShelvedPreset]:
    """Return all presets with their pictures, the user's own first; on any thread."""
    shelf = [*own_presets(), *gallery()]
    return [
        ShelvedPreset(entry, read_thumbnail(entry.thumbnail) if isinstance(entry, GalleryEntry) else QImage())
        for entry in shelf
    ]


class PresetCard(Card):
    """One preset to choose."""

    def __init__(self, shelved: ShelvedPreset) -> None:
        super().__init__(shelved.title, shelved.about)
        self.shelved = shelved
        self.setToolTip(f"{shelved.title}\n{shelved.about}".strip())
        self.rows.setContentsMargins(2, 2, 2, 10)
        self.thumbnail = Thumbnail(shelved.picture, PLACEHOLDER)
        self.add_quiet(self.thumbnail)
        head = ClippedLabel(shelved.title, TITLE_LINES)
        head.setProperty("strong", True)
        about = ClippedLabel(shelved.about, ABOUT_LINES)
        about.setProperty("dim", True)
        self.facts = ClippedLabel(_facts(shelved), FACTS_LINES)
        if shelved.trouble:
            self.facts.setProperty("tone", "warn")
        for label in (head, about, self.facts):
            label.setContentsMargins(10, 0, 10, 0)
            self.add_quiet(label)


def _facts(shelved: ShelvedPreset) -> str:
    if shelved.trouble:
        return f"\u26a0 {shelved.trouble}"
    return in_short(shelved.entry.preset).replace(" · ", "\n") if isinstance(shelved.entry, GalleryEntry) else ""
