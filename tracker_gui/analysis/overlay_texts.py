"""What the texts over a picture say, and where they and the ids of animals stand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.analysis.lettering import Letters
from tracker_gui.analysis.text_column import TextColumn, read_column
from tracker_gui.core.colours import CHIP_TEXT
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.overlays import WALL_FORMATS, IdsLook, TextLook, ZonesLook
from tracker_gui.core.templates import filled, one_line
from tracker_gui.core.time_words import time_in_words
from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker_gui.core.types import Snapshot

ColumnKey = tuple[Path | None, str, str, str]
Columns = dict[ColumnKey, TextColumn | TrackerError]
Box = tuple[float, float, float, float]

#: Between a text and the edge of the picture it keeps to.
EDGE_PX = 8.0
#: From a zone to its name, to the right and upward.
NAME_OFF_PX = 8.0
NO_WALL_TIME = "time of day unknown"
WORDS = {
    TrackState.FOUND: "",
    TrackState.MERGED: " touching",
    TrackState.PREDICTED: " guessed",
    TrackState.LOST: " lost",
}


def wall_text(t_wall_s: float | None, wall_format: str, zone: str) -> str:
    """Return a moment as a text look wants it."""
    if t_wall_s is None:
        return NO_WALL_TIME
    then = datetime.fromtimestamp(t_wall_s, UTC)
    then = then if zone == "UTC" else then.astimezone()
    pattern = WALL_FORMATS[wall_format]
    text = then.strftime(pattern)
    return text[:-3] if pattern.endswith("%f") else text  # to the millisecond


def column_key(look: TextLook) -> ColumnKey:
    """Return what of a look says which values it shows, wherever and however that is written."""
    return look.file, look.column, look.join, look.key


def read_columns(looks: Iterable[TextLook]) -> Columns:
    """Read the tables of texts that show one; takes as long as the disk does. What is wrong takes their place."""
    found: Columns = {}
    for look in looks:
        if look.on and look.shows == "CSV column":
            try:
                found[column_key(look)] = read_column(look)
            except TrackerError as error:
                found[column_key(look)] = error
    return found


class TextWriter:
    """Knows what each text says on a frame.

    Parameters
    ----------
    words : mapping
        What does not change: ``source``, ``preset``.
    since_s : float, optional
        When the session began, on the clock of the frames; with the first frame where nobody says.
    """

    def __init__(self, looks: Sequence[TextLook], words: Mapping[str, str], since_s: float | None = None) -> None:
        self.looks = tuple(looks)
        self._words = dict(words)
        self.since_s = since_s
        #: What was read of tables, or why it could not be; may be handed to another writer.
        self.columns: Columns = {}

    def read(self) -> list[TrackerError]:
        """Read the tables; takes as long as the disk does. Return what is wrong with them."""
        self.columns = read_columns(self.looks)
        return [problem for problem in self.columns.values() if isinstance(problem, TrackerError)]

    def texts(self, snapshot: Snapshot) -> list[tuple[TextLook, str]]:
        """Return each text that is shown with what it says on this frame."""
        if not self.looks:
            return []
        frame = snapshot.frame
        if self.since_s is None:
            self.since_s = frame.t_capture_s
        t_s = frame.t_capture_s - self.since_s
        written = ((look, self._text(look, snapshot, t_s)) for look in self.looks if look.on)
        return [(look, one_line(text)) for look, text in written if text]

    def _text(self, look: TextLook, snapshot: Snapshot, t_s: float) -> str:
        frame = snapshot.frame
        if look.shows == "text":
            return filled(look.text, self._fields(snapshot, t_s)) if "${" in look.text else look.text
        if look.shows == "wall time":
            value = wall_text(frame.t_wall_s, look.wall_format, look.zone)
        elif look.shows == "session time":
            value = time_in_words(t_s)
        elif look.shows == "frame number":
            value = str(frame.index)
        else:
            column = self.columns.get(column_key(look))
            value = column.at(frame.index, t_s) if isinstance(column, TextColumn) else ""
            if not value:
                return ""
        return " ".join(part for part in (look.before, value, look.after) if part)

    def _fields(self, snapshot: Snapshot, t_s: float) -> dict[str, str]:
        frame = snapshot.frame
        return self._words | {
            "time": time_in_words(t_s),
            "time_s": f"{t_s:.3f}",
            "date": wall_text(frame.t_wall_s, "2026-01-31 14:05:09", "local").partition(" ")[0],
            "clock": wall_text(frame.t_wall_s, "14:05:09", "local"),
            "utc": wall_text(frame.t_wall_s, "2026-01-31 14:05:09.123", "UTC"),
            "frame": str(frame.index),
            "count": str(int(snapshot.tracks.measured.sum())),
        }


def letters_of(look: TextLook | IdsLook | ZonesLook, unit: float, colour: str = "") -> Letters:
    """Return how a look is written where one of its pixels is `unit` pixels."""
    return Letters(
        look.font, look.font_file, max(4, round(look.size_px * unit)),
        getattr(look, "colour", "") or colour or CHIP_TEXT, getattr(look, "ground", True), look.opacity_percent,
    )  # fmt: skip


def text_place(
    look: TextLook, text_size: tuple[float, float], room: tuple[float, float], unit: float
) -> tuple[float, float]:
    """Return where the top left corner of a text is, within a room of (width, height).

    All in the same pixels; it is kept inside wherever it fits.
    """
    places = []
    words = look.anchor.split()
    for size, length, share, first, last in zip(
        text_size, room, (look.right_percent, look.down_percent), ("left", "top"), ("right", "bottom"), strict=True
    ):
        edge = EDGE_PX * unit
        start = edge if first in words else length - size - edge if last in words else (length - size) / 2
        places.append(max(0.0, min(start + share / 100 * length, length - size)))
    return places[0], places[1]


def moved_to(look: TextLook, top_left: tuple[float, float], size: tuple[float, float], room: tuple[float, float],
             unit: float) -> TextLook:  # fmt: skip
    """Return the look with its text at another place, anchored to the corner, edge or middle that is nearest."""
    thirds = [
        min(2, max(0, int(3 * (place + length / 2) / total))) if total else 0
        for place, length, total in zip(top_left, size, room, strict=True)
    ]
    across, down = ("left", "", "right")[thirds[0]], ("top", "", "bottom")[thirds[1]]
    anchored = look.model_copy(
        update={"anchor": " ".join(filter(None, (down, across))) or "middle", "right_percent": 0.0, "down_percent": 0.0}
    )
    usual = text_place(anchored, size, room, unit)
    off = [
        round(max(-100.0, min(100.0, 100 * (place - there) / total)), 2) if total else 0.0
        for place, there, total in zip(top_left, usual, room, strict=True)
    ]
    return anchored.model_copy(update={"right_percent": off[0], "down_percent": off[1]})


def id_places(
    look: IdsLook, animals: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], room: Box, unit: float
) -> list[tuple[float, float]]:
    """Return the top left corner of each animal's id, as `label_places` does."""
    return label_places((look.right_px, look.up_px), animals, sizes, room, unit)


def label_places(
    off: tuple[float, float],
    things: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    room: Box,
    unit: float,
) -> list[tuple[float, float]]:
    """Return the top left corner of each label: beside its thing, inside the room, and out of the others' way.

    Parameters
    ----------
    off : (right, up)
        From the thing to its label, in units.
    things : sequence of (x, y)
    sizes : sequence of (width, height)
    room : (x0, y0, x1, y1)
    """
    places: list[tuple[float, float]] = [(0.0, 0.0)] * len(things)
    taken: list[Box] = []
    right, up = off[0] * unit, off[1] * unit
    # From the bottom up, because a label makes room upward.
    for number in sorted(range(len(things)), key=lambda n: -things[n][1]):
        (x, y), (width, height) = things[number], sizes[number]
        left, top = x + right, y - up - height
        if left + width > room[2]:
            left = x - right - width
        for other in taken:
            if left < other[2] and other[0] < left + width and top < other[3] and other[1] < top + height:
                top = other[1] - height - 1
        top = max(top, room[1] + 1)
        taken.append((left, top, left + width, top + height))
        places[number] = (left, top)
    return places
