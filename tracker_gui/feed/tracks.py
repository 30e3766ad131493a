"""Tracks as other programs get them: one record for each frame, with every animal's state, place and zones."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tracker_gui.core.errors import InputError, OutputError
from tracker_gui.core.inside import inside_of
from tracker_gui.core.types import LAST_MEASURED, TrackState
from tracker_gui.feed.ring import RingReader, RingWriter
from tracker_gui.feed.segment import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.arrays import F64, I64, U8, Bool
    from tracker_gui.core.types import Snapshot, SourceInfo
    from tracker_gui.core.zones import Zone

KIND = "tracks"
MEASURED, PREDICTED, MISSING = range(3)
STATE_WORDS = ("measured", "predicted", "missing")
#: From a `TrackState` to what is told; an animal that merged with another was seen.
_TOLD = np.array([MEASURED if s <= LAST_MEASURED else PREDICTED if s is TrackState.PREDICTED else MISSING
                  for s in TrackState], np.uint8)  # fmt: skip
MOST_ZONES = 64
MOST_NAMES = 100
HEAD = np.dtype([("frame", "<i8"), ("t_capture_s", "<f8"), ("t_wall_s", "<f8"), ("left_out", "<i8")])
ROW = np.dtype([("track_id", "<i8"), ("state", "u1"), ("pad", "V7"), ("xy_px", "<f8", (2,)), ("speed_px_s", "<f8"),
                ("heading_rad", "<f8"), ("zones", "<u8")])  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedFrame:
    """What other programs get of one frame, n animals.

    Attributes
    ----------
    number : int
        Counted from the start of the feed, the first is 1.
    missed : int
        How many frames came since the one before, and were gone.
    frame_index : int
        Position in the source.
    t_capture_s : float
        Monotonic time of a live source, time in the file of another.
    t_wall_s : float or None
        Seconds since 1970 UTC.
    track_id : (n,) int64
    state : (n,) uint8
        `MEASURED`, `PREDICTED` or `MISSING`.
    xy_px : (n, 2) float64
        NaN where missing.
    speed_px_s, heading_rad : (n,) float64
        NaN where not known.
    inside : (n, z) bool
        For each of the feed's zones whether the animal is inside; never where missing.
    left_out : int
        Animals for which there was no room.
    """

    number: int
    missed: int
    frame_index: int
    t_capture_s: float
    t_wall_s: float | None
    track_id: I64
    state: U8
    xy_px: F64
    speed_px_s: F64
    heading_rad: F64
    inside: Bool
    left_out: int = 0

    def document(self, zone_names: Sequence[str]) -> dict[str, Any]:
        """Return it as JSON can say it; null where something is not known."""
        animals = []
        for row, track_id in enumerate(self.track_id.tolist()):
            x, y = self.xy_px[row].tolist()
            animals.append(
                {
                    "id": track_id,
                    "state": STATE_WORDS[self.state[row]],
                    "x_px": _known(x),
                    "y_px": _known(y),
                    "speed_px_s": _known(float(self.speed_px_s[row])),
                    "heading_rad": _known(float(self.heading_rad[row])),
                    "zones": [name for name, is_in in zip(zone_names, self.inside[row], strict=True) if is_in],
                }
            )
        return {
            "number": self.number, "missed": self.missed, "frame": self.frame_index, "t_capture_s": self.t_capture_s,
            "t_wall_s": self.t_wall_s, "animals": animals, "left_out": self.left_out,
        }  # fmt: skip


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


class TrackFeed:
    """Offers tracks to other programs under a name.

    Parameters
    ----------
    name : str
        Where another lives under it already, ``-2`` and so on is added: see `name`.
    zones : sequence of Zone
        The first 64 are told.
    most_animals : int
        Room in each record.
    kept_frames : int
        How many frames a reader may lag behind before it misses some.

    Raises
    ------
    OutputError
    """

    def __init__(
        self,
        name: str,
        source: SourceInfo,
        roster: Sequence[int],
        zones: Sequence[Zone] = (),
        most_animals: int = 64,
        kept_frames: int = 512,
        kind: str = KIND,
        more: dict[str, Any] | None = None,
    ) -> None:
        self._zones = [(1 << bit, inside_of(zone.shape)) for bit, zone in enumerate(zones[:MOST_ZONES])]
        self._roster = tuple(roster)
        self._most = max(most_animals, len(self._roster))
        description = {
            "kind": kind,
            "source": source.name,
            "size_px": list(source.size_px),
            "rate_hz": source.rate_hz,
            "animals": list(self._roster),
            "zones": [zone.name for zone in zones[:MOST_ZONES]],
            "started_s": time.time(),
            "process_id": os.getpid(),
            **(more or {}),
        }
        self._ring, self.name = _free_ring(name, description, HEAD.itemsize + self._most * ROW.itemsize, kept_frames)
        self._head = np.zeros(1, HEAD)
        self._rows = np.zeros(self._most, ROW)
        #: The most animals of a frame for which there was no room.
        self.left_out = 0

    @property
    def written(self) -> int:
        """How many frames were written."""
        return self._ring.newest

    @property
    def listeners(self) -> int:
        return self._ring.listeners

    def write(self, snapshot: Snapshot) -> None:
        """Write one frame."""
        frame, tracks, motion = snapshot.frame, snapshot.tracks, snapshot.motion
        ids = tracks.track_id.tolist()
        unseen = [track_id for track_id in self._roster if track_id not in ids]
        total = len(ids) + len(unseen)
        n = min(len(ids), self._most)
        rows = self._rows[: min(total, self._most)]
        rows["state"] = MISSING
        rows["xy_px"] = rows["speed_px_s"] = rows["heading_rad"] = np.nan
        rows["zones"] = 0
        rows["track_id"][:n] = tracks.track_id[:n]
        rows["track_id"][n:] = unseen[: len(rows) - n]
        rows["state"][:n] = _TOLD[tracks.state[:n]]
        known = rows["state"][:n] != MISSING
        rows["xy_px"][:n][known] = tracks.xy_px[:n][known]
        if motion is not None:
            speed, heading = known & motion.speed_known[:n], known & motion.heading_sure[:n]
            rows["speed_px_s"][:n][speed] = motion.speed_px_s[:n][speed]
            rows["heading_rad"][:n][heading] = motion.heading_rad[:n][heading]
        if self._zones and known.any():
            at = np.flatnonzero(known)
            points = [(x, y) for x, y in rows["xy_px"][at].tolist()]
            bits = [0] * len(points)
            for bit, inside in self._zones:
                for row, is_in in enumerate(inside(points)):
                    bits[row] |= bit * is_in
            rows["zones"][at] = bits
        left_out = total - len(rows)
        self.left_out = max(self.left_out, left_out)
        wall_s = np.nan if frame.t_wall_s is None else frame.t_wall_s
        self._head[0] = (frame.index, frame.t_capture_s, wall_s, left_out)
        self._ring.write((self._head.tobytes(), rows.tobytes()))

    def close(self) -> None:
        """Tell the readers that no more will come; nothing is left behind."""
        self._ring.close()


def _free_ring(name: str, description: dict[str, Any], record_bytes: int, slots: int) -> tuple[RingWriter, str]:
    for number in range(1, MOST_NAMES):
        free = name if number == 1 else f"{name}-{number}"
        if number > 1 and free in names():
            continue
        try:
            return RingWriter(free, {**description, "feed_id": free}, record_bytes, slots), free
        except OutputError:
            if free not in names():
                raise
    raise OutputError(f"feed {name}", f"there are {MOST_NAMES} of this name", "Choose another name.")


class TrackReader:
    """Reads the tracks another program offers.

    Parameters
    ----------
    from_start : bool
        Begin with the oldest frame that is still there; else with the next.

    Attributes
    ----------
    description : dict
        ``feed_id``, ``source``, ``size_px``, ``rate_hz``, ``animals`` (ids), ``zones`` (names) and more.

    Raises
    ------
    InputError
        There is no such feed.
    """

    def __init__(self, name: str, from_start: bool = False, kind: str = KIND) -> None:
        self._ring = RingReader(name, from_start)
        self.description = self._ring.description
        if self.description.get("kind") != kind:
            self._ring.close()
            raise InputError(f"feed {name}", "holds no tracks", "'tracker-gui feed list' shows those that do.")
        self.zone_names: tuple[str, ...] = tuple(self.description["zones"])
        self._bits = np.array([1 << bit for bit in range(len(self.zone_names))], np.uint64)

    @property
    def missed(self) -> int:
        """All frames missed so far."""
        return self._ring.missed

    @property
    def is_over(self) -> bool:
        """Whether no more will come."""
        return self._ring.is_over

    @property
    def written(self) -> int:
        return self._ring.newest

    @property
    def listeners(self) -> int:
        return self._ring.listeners

    def wait(self, timeout_s: float | None = None, newest: bool = False) -> FeedFrame | None:
        """Wait for the next frame; None after `timeout_s`, and where no more will come.

        Parameters
        ----------
        newest : bool
            Leave out all but the newest; they count as missed.
        """
        record = self._ring.wait(timeout_s, newest)
        if record is None:
            return None
        head = np.frombuffer(record.content, HEAD, 1)[0]
        rows = np.frombuffer(record.content, ROW, -1, HEAD.itemsize)
        wall_s = float(head["t_wall_s"])
        return FeedFrame(
            number=record.number,
            missed=record.missed,
            frame_index=int(head["frame"]),
            t_capture_s=float(head["t_capture_s"]),
            t_wall_s=None if np.isnan(wall_s) else wall_s,
            track_id=rows["track_id"],
            state=rows["state"],
            xy_px=rows["xy_px"],
            speed_px_s=rows["speed_px_s"],
            heading_rad=rows["heading_rad"],
            inside=(rows["zones"][:, None] & self._bits) != 0,
            left_out=int(head["left_out"]),
        )

    def close(self) -> None:
        self._ring.close()


def track_feeds() -> list[TrackReader]:
    """Return a reader of every feed of tracks there is; the caller closes them."""
    found = []
    for name in names():
        try:
            found.append(TrackReader(name))
        except InputError:
            continue  # of another kind, or it ended meanwhile
    return found
