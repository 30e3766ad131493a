"""The measures of many videos as tables, one row for each observation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow

    from tracker_gui.analysis.movement_metrics import AnimalMeasures
    from tracker_gui.analysis.video_measures import VideoMeasures

#: Digits behind the point: a thousandth of a pixel or millisecond is below what was measured.
DIGITS = 6

TEXT, NUMBER, COUNT, YES = "string", "float64", "int64", "bool_"  # as pyarrow names them
VIDEO = {"video": TEXT, "folder": TEXT, "preset": TEXT}
ANIMAL = {**VIDEO, "arena": TEXT, "animal": COUNT}
#: Column -> type of each table; units stand in the names, and a value that is not known is empty.
COLUMNS: dict[str, dict[str, str]] = {
    "videos": {
        **VIDEO, "state": TEXT, "reason": TEXT, "frames": COUNT, "duration_s": NUMBER, "animals": COUNT,
        "mm_per_px": NUMBER,
    },
    "animals": {
        **ANIMAL, "found_share": NUMBER, "known_s": NUMBER, "distance_px": NUMBER, "distance_mm": NUMBER,
        "mean_speed_px_s": NUMBER, "mean_speed_mm_s": NUMBER, "max_speed_px_s": NUMBER, "max_speed_mm_s": NUMBER,
        "freezing_bouts": COUNT, "freezing_s": NUMBER, "freezing_share": NUMBER, "mean_heading_deg": NUMBER,
        "heading_strength": NUMBER, "heading_of": TEXT, "distance_to_others_px": NUMBER,
        "distance_to_others_mm": NUMBER, "distance_to_nearest_px": NUMBER, "distance_to_nearest_mm": NUMBER,
    },
    "zones": {
        **ANIMAL, "zone": TEXT, "entries": COUNT, "exits": COUNT, "time_s": NUMBER, "share_of_known_time": NUMBER,
        "latency_to_first_entry_s": NUMBER, "inside_at_start": YES,
    },
    "lines": {
        **ANIMAL, "line": TEXT, "crossings_to_left": COUNT, "crossings_to_right": COUNT,
        "latency_to_first_crossing_s": NUMBER,
    },
    "visits": {**ANIMAL, "zone": TEXT, "start_s": NUMBER, "end_s": NUMBER, "entered": YES, "left": YES},
    "freezing": {**ANIMAL, "start_s": NUMBER, "end_s": NUMBER},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeasuredVideo:
    """One line of a batch: what was to be tracked, how it ended, and what was measured.

    Attributes
    ----------
    video, folder, preset : str
        Names: of the file, of the folder of its results, of the settings.
    state : str
        ``"done"``, ``"failed"`` or ``"cancelled"``.
    arena_of : dict of int to str
        Name of the arena of each animal; empty where there is only one.
    """

    video: str
    folder: str
    preset: str
    state: str
    reason: str
    measures: VideoMeasures | None
    arena_of: dict[int, str]


def result_rows(videos: Iterable[MeasuredVideo]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table of `COLUMNS`, in the order of the videos."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    for video in videos:
        for name, row in _rows_of(video):
            rows[name].append({key: _rounded(value) for key, value in row.items()})
    return rows


def arrow_table(name: str, rows: list[dict[str, Any]]) -> pyarrow.Table:
    """Return one table with its columns and types, also where it has no rows."""
    import pyarrow

    schema = pyarrow.schema([(column, getattr(pyarrow, kind)()) for column, kind in COLUMNS[name].items()])
    return pyarrow.Table.from_pylist(rows, schema=schema)


def _rows_of(video: MeasuredVideo) -> Iterator[tuple[str, dict[str, Any]]]:
    named = {"video": video.video, "folder": video.folder, "preset": video.preset}
    measures = video.measures
    whole: dict[str, Any] = {**named, "state": video.state, "reason": video.reason}
    if measures is not None:
        whole |= {"frames": measures.frames, "duration_s": measures.duration_s, "animals": len(measures.animals)}
        whole["mm_per_px"] = measures.mm_per_px
    yield "videos", whole
    # What was cut off in the middle would stand beside whole videos and not be told from them.
    if measures is None or video.state != "done":
        return

    def of(animal_id: int) -> dict[str, Any]:
        return {**named, "arena": video.arena_of.get(animal_id, ""), "animal": animal_id}

    for animal in measures.animals:
        yield "animals", {**of(animal.animal_id), **_animal_row(animal, measures.mm_per_px)}
        for bout in animal.freezing:
            yield "freezing", {**of(animal.animal_id), "start_s": bout.start_s, "end_s": bout.end_s}
    for zone in measures.zones:
        row = {**of(zone.animal_id), "zone": zone.zone}
        yield (
            "zones",
            {
                **row, "entries": zone.entries, "exits": zone.exits, "time_s": zone.time_s,
                "share_of_known_time": zone.share_01, "latency_to_first_entry_s": zone.latency_s,
                "inside_at_start": zone.inside_at_start,
            },
        )  # fmt: skip
        for visit in zone.visits:
            ends = {"start_s": visit.start_s, "end_s": visit.end_s, "entered": visit.entered, "left": visit.left}
            yield "visits", {**row, **ends}
    for line in measures.lines:
        counts = {"line": line.line, "crossings_to_left": line.to_left, "crossings_to_right": line.to_right}
        yield "lines", {**of(line.animal_id), **counts, "latency_to_first_crossing_s": line.latency_s}


def _animal_row(animal: AnimalMeasures, mm_per_px: float | None) -> dict[str, Any]:
    lengths = {
        "distance_{}": animal.distance_px,
        "mean_speed_{}_s": animal.mean_speed_px_s,
        "max_speed_{}_s": animal.max_speed_px_s,
        "distance_to_others_{}": animal.others_px,
        "distance_to_nearest_{}": animal.nearest_px,
    }
    row: dict[str, Any] = {
        "found_share": animal.found_share_01,
        "known_s": animal.known_s,
        "freezing_bouts": len(animal.freezing),
        "freezing_s": animal.freezing_s,
        "freezing_share": animal.freezing_s / animal.known_s if animal.known_s > 0 else None,
        "mean_heading_deg": animal.mean_heading_deg,
        "heading_strength": animal.heading_strength_01,
        "heading_of": animal.heading_of,
    }
    for name, value_px in lengths.items():
        row[name.format("px")] = value_px
        row[name.format("mm")] = None if value_px is None or mm_per_px is None else value_px * mm_per_px
    return row


def _rounded(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value
