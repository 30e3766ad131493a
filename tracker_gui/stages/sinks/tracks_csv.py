"""Tracks as a table: one row per animal and frame, or the shapes other programs use."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from tracker_gui.core.params import Params, setting
from tracker_gui.core.row_file import RowFile
from tracker_gui.core.row_queue import RowQueue
from tracker_gui.core.stage import Sink, SinkContext
from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tracker_gui.core.types import Snapshot

FLUSH_BYTES = 32_768
FLUSH_S = 0.4
#: Two animals at 30 frames/s fill this in five hours.
KEPT_BYTES = 64_000_000
STATE_NAMES = tuple(state.name.lower() for state in TrackState)
LOST = int(TrackState.LOST)
TIDY_HEADER = "frame,time_s,id,state,x_px,y_px,speed_px_s,heading_deg,area_px2\n"
SESSION_COLUMNS = ("subject", "treatment", "trial")


class TracksCsvParams(Params):
    """The shape of the table."""

    style: Literal["tidy", "tracktorlive", "frame-id-x-y"] = setting(
        "tidy",
        title="Style",
        description="tidy: one row per animal and frame, empty where lost. tracktorlive: time,x0,y0,x1,y1.. with -1 "
        "where lost. frame-id-x-y: the four columns most comparison tools read, empty where lost.",
    )
    session: bool = setting(
        False, title="Columns of the session", when={"style": ("tidy",)},
        description="Subject, treatment and trial in each row, so that tables of many sessions can be joined.",
    )  # fmt: skip


class TracksCsv(Sink[TracksCsvParams]):
    """A comma-separated table that stays readable whatever ends the program."""

    title: ClassVar[str] = "Track table (CSV)"
    about: ClassVar[str] = "Where every animal was in every frame, as a table any program opens."
    Params = TracksCsvParams

    def __init__(self, params: TracksCsvParams | None = None) -> None:
        super().__init__(params)
        self._file: RowFile | RowQueue | None = None

    @property
    def ending(self) -> str:
        return "_tracks.csv"

    @property
    def trouble(self) -> str:
        return self._file.trouble if isinstance(self._file, RowQueue) else ""

    def open(self, context: SinkContext) -> Path:
        path = context.folder / (context.stem + self.ending)
        self._rows: list[str] = []
        self._size = 0
        self._flushed_t_s = -math.inf
        self._roster = context.roster
        self._last_index = context.first_frame - 1
        self._last_t_s = 0.0
        self._is_live = context.source.is_live
        self._start_s: float | None = None
        self._write_rows = {
            "tidy": self._tidy, "tracktorlive": self._tracktorlive, "frame-id-x-y": self._frame_id_x_y
        }[self.params.style]  # fmt: skip
        # What every row of a tidy table ends with.
        self._end = "\n"
        header = TIDY_HEADER
        if self.params.session and self.params.style == "tidy":
            self._end = f",{_csv_cells(context.about.get(name, '') for name in SESSION_COLUMNS)}\n"
            header = f"{TIDY_HEADER.rstrip()},{','.join(SESSION_COLUMNS)}\n"
        if self.params.style == "frame-id-x-y":
            header = "frame,id,x,y\n"
        elif self.params.style == "tracktorlive":
            header = "time," + ",".join(f"x{i},y{i}" for i in range(len(context.roster))) + "\n"
        # A file can be tracked again, what a camera saw cannot.
        self._file = RowQueue(path, KEPT_BYTES) if self._is_live else RowFile(path)
        self._add(header)
        self._flush()
        return path

    def write(self, snapshot: Snapshot) -> None:
        frame = snapshot.frame
        if self._start_s is None:
            # A camera's clock begins at some time in the past; the table begins with the first frame.
            self._start_s = frame.t_capture_s if self._is_live else 0.0
        if not self._is_live:
            self._write_lost_frames(frame.index, frame.t_capture_s)
        self._write_rows(snapshot)
        t_s = frame.t_capture_s
        if self._is_live or self._size >= FLUSH_BYTES or t_s - self._flushed_t_s >= FLUSH_S:
            self._flushed_t_s = t_s
            self._flush()

    def _write_lost_frames(self, index: int, t_s: float) -> None:
        """Write a row for every animal in frames the source could not read, at the time they would have had."""
        gap = index - self._last_index
        for step in range(1, gap):
            time_s = f"{self._last_t_s + (t_s - self._last_t_s) * step / gap:.6f}"
            if self.params.style == "tracktorlive":
                self._add(time_s + ",-1.000,-1.000" * len(self._roster) + "\n")
                continue
            start, end = f"{self._last_index + step},{time_s},", f",lost,,,,,{self._end}"
            if self.params.style == "frame-id-x-y":
                start, end = f"{self._last_index + step},", ",,\n"
            for track_id in self._roster:
                self._add(f"{start}{track_id}{end}")
        self._last_index, self._last_t_s = index, t_s

    def _time_s(self, snapshot: Snapshot) -> float:
        return snapshot.frame.t_capture_s - (self._start_s or 0.0)

    def _tidy(self, snapshot: Snapshot) -> None:
        frame, tracks, motion = snapshot.frame, snapshot.tracks, snapshot.motion
        start = f"{frame.index},{self._time_s(snapshot):.6f},"
        ids = tracks.track_id.tolist()
        states = tracks.state.tolist()
        places = tracks.xy_px.tolist()
        areas = tracks.area_px2.tolist()
        end = self._end
        for number, (track_id, state, (x, y)) in enumerate(zip(ids, states, places, strict=True)):
            if state == LOST:
                self._add(f"{start}{track_id},lost,,,,,{end}")
                continue
            speed = heading = ""
            if motion is not None:
                if motion.speed_known[number]:
                    speed = f"{motion.speed_px_s[number]:.2f}"
                if motion.heading_sure[number]:
                    heading = f"{math.degrees(motion.heading_rad[number]):.1f}"
            row = f"{start}{track_id},{STATE_NAMES[state]},{x:.3f},{y:.3f},{speed},{heading},{areas[number]:.1f}"
            self._add(row + end)
        if len(ids) < len(tracks.roster):
            seen = set(ids)
            for track_id in tracks.roster:
                if track_id not in seen:
                    self._add(f"{start}{track_id},lost,,,,,{end}")

    def _frame_id_x_y(self, snapshot: Snapshot) -> None:
        tracks, index = snapshot.tracks, snapshot.frame.index
        places = _measured(snapshot)
        for track_id in tracks.roster or tracks.track_id.tolist():
            place = places.get(track_id)
            self._add(
                f"{index},{track_id},,\n" if place is None else f"{index},{track_id},{place[0]:.3f},{place[1]:.3f}\n"
            )

    def _tracktorlive(self, snapshot: Snapshot) -> None:
        places = _measured(snapshot)
        cells = [f"{self._time_s(snapshot):.6f}"]
        for track_id in snapshot.tracks.roster:
            x, y = places.get(track_id, (-1.0, -1.0))
            cells.append(f"{x:.3f},{y:.3f}")
        self._add(",".join(cells) + "\n")

    def _add(self, row: str) -> None:
        self._rows.append(row)
        self._size += len(row)

    def _flush(self) -> None:
        if self._file is not None:
            self._file.append("".join(self._rows).encode("utf-8"))
        self._rows.clear()
        self._size = 0

    def close(self) -> None:
        file = self._file
        if file is not None:
            self._flush()
            self._file = None
            file.close()


def _csv_cells(values: Iterable[object]) -> str:
    """Return texts as cells of one row, quoted where they must be."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([" ".join(str(value).split()) for value in values])
    return line.getvalue()


def _measured(snapshot: Snapshot) -> dict[Any, list[float]]:
    """Return {id: [x, y]} of the animals that were really seen on this frame."""
    tracks = snapshot.tracks
    seen = np.flatnonzero(tracks.measured)
    return dict(zip(tracks.track_id[seen].tolist(), tracks.xy_px[seen].tolist(), strict=True))
