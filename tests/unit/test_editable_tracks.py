"""Track tables read back: losslessly those of this program, faithfully those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.analysis.corrections import Delete, Place, Shift, Swap, corrected
from tracker_gui.analysis.line_speed import changed_speeds
from tracker_gui.core.errors import InputError
from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.types import TrackState
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.exchange.editable_tracks import body_px, read_editable_tracks
from tracker_gui.exchange.track_export import write_tracks

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.exchange.editable_tracks import EditableTracks

SPEED_WINDOW_S = 0.2
WINDOW_FRAMES = 8  # more than 0.2 s at 30 frames/s

TIDY = """\
frame,time_s,id,state,x_px,y_px,speed_px_s,heading_deg,area_px2
0,0.000000,2,found,10.000,20.000,,-90.0,100.0
0,0.000000,1,lost,,,,,
1,0.033333,1,found,50.500,60.250,,,90.0
1,0.033333,2,merged,11.000,20.000,30.00,,200.0
2,0.066667,1,predicted,51.000,60.000,,,
2,0.066667,2,lost,,,,,
"""


def run(folder: Path, style: str = "tidy", **scene: Any) -> Path:
    usual = {"animals": 3, "duration_s": 2.0, "width_px": 200, "height_px": 150, "body_length_px": 14, "seed": 5}
    preset = Preset(
        source=choice("sources", "simulated", **{**usual, **scene}),
        detector=choice("detectors", "blobs", block_size_px=31, offset=18, min_area_px2=15, max_area_px2=400),
        tracker=choice("trackers", "fixed_count", animals=3),
        enrich=(choice("enrich", "kinematics", window_s=SPEED_WINDOW_S),),
        outputs=(choice("sinks", "tracks_csv", style=style),),
    )
    assert preset.source is not None
    return TrackJob(preset.source, preset, folder).run().files[0]


def table_in(folder: Path, text: str, name: str = "a.csv") -> EditableTracks:
    path = folder / name
    path.write_text(text)
    return read_editable_tracks(path)


def rewritten(file: EditableTracks, folder: Path) -> bytes:
    path = folder / "again.csv"
    write_tracks(file, file.table, path)
    return path.read_bytes()


# ---- our own styles


@pytest.mark.parametrize("style", ["tidy", "frame-id-x-y", "tracktorlive"])
def test_the_table_of_a_run_is_written_again_word_for_word(style: str, tmp_path: Path) -> None:
    path = run(tmp_path, style)
    file = read_editable_tracks(path)
    assert file.style == style
    assert rewritten(file, tmp_path) == path.read_bytes()


def test_a_tidy_table_becomes_frames_by_animals(tmp_path: Path) -> None:
    table = table_in(tmp_path, TIDY).table
    found, merged, guessed, lost = (int(state) for state in TrackState)
    assert table.frame.tolist() == [0, 1, 2]
    assert table.ids.tolist() == [1, 2]
    assert table.state.tolist() == [[lost, found], [found, merged], [guessed, lost]]
    assert table.xy_px[1].tolist() == [[50.5, 60.25], [11.0, 20.0]]
    assert np.isnan(table.xy_px[0, 0]).all()
    assert table.rate_hz == pytest.approx(30.0, rel=1e-3)


def test_rows_stay_in_the_order_of_the_file(tmp_path: Path) -> None:
    assert rewritten(table_in(tmp_path, TIDY), tmp_path).decode() == TIDY


def test_columns_that_are_not_known_are_kept(tmp_path: Path) -> None:
    text = "id,mood,frame,y,x\n1,calm,4,2.5,1.25\n1,,5,3.0,1.5\n2,wild,5,8,9\n"
    assert rewritten(table_in(tmp_path, text), tmp_path).decode() == text


def test_what_belongs_to_a_position_goes_with_it_in_a_swap(tmp_path: Path) -> None:
    file = table_in(tmp_path, TIDY)
    path = tmp_path / "swapped.csv"
    write_tracks(file, corrected(file.table, [Swap(animal=1, other=2, first_frame=1)]), path)
    rows = path.read_text().splitlines()
    assert rows[3] == "1,0.033333,1,merged,11.000,20.000,,,200.0"
    assert rows[4] == "1,0.033333,2,found,50.500,60.250,,,90.0"


def test_a_deleted_position_is_a_lost_row(tmp_path: Path) -> None:
    file = table_in(tmp_path, TIDY)
    path = tmp_path / "deleted.csv"
    write_tracks(file, corrected(file.table, [Delete(animal=1, first_frame=1, last_frame=1)]), path)
    assert path.read_text().splitlines()[3] == "1,0.033333,1,lost,,,,,"


def test_where_animals_come_and_go_a_frame_without_any_can_be_given_one(tmp_path: Path) -> None:
    text = "frame,time_s,id,state,x_px,y_px\n3,0.100000,7,found,1.000,2.000\n5,0.200000,9,found,3.000,4.000\n"
    file = table_in(tmp_path, text)
    assert file.table.frame.tolist() == [3, 4, 5]
    path = tmp_path / "placed.csv"
    write_tracks(file, corrected(file.table, [Place(animal=7, frame=4, x_px=1.5, y_px=2.5)]), path)
    assert path.read_text().splitlines()[2] == "4,0.150000,7,found,1.500,2.500"


def test_frames_that_a_live_source_lost_are_no_misses(tmp_path: Path) -> None:
    rows = "".join(f"{frame},{frame / 30:.6f},1,found,1.000,2.000\n" for frame in (0, 1, 5, 6))
    file = table_in(tmp_path, "frame,time_s,id,state,x_px,y_px\n" + rows)
    assert file.table.frame.tolist() == [0, 1, 5, 6]


def test_a_lost_animal_of_tracktorlive_is_a_state(tmp_path: Path) -> None:
    file = table_in(tmp_path, "time,x0,y0,x1,y1\n0.0,1.000,2.000,-1.000,-1.000\n0.1,1.000,2.000,3.000,4.000\n")
    assert file.table.state.tolist() == [[0, TrackState.LOST], [0, 0]]
    assert file.table.ids.tolist() == [1, 2]


# ---- speeds


def test_speeds_of_a_table_are_those_the_tracker_measured(tmp_path: Path) -> None:
    """Derive the speeds behind a point that was put exactly where it was, and compare with the file."""
    file = read_editable_tracks(run(tmp_path))
    frame, column = 30, 1
    x, y = file.table.xy_px[frame, column].tolist()
    table = corrected(file.table, [Place(animal=2, frame=frame, x_px=x, y_px=y)])
    speeds = changed_speeds(file.table, table, SPEED_WINDOW_S)
    rows = sorted(cell // 3 for cell in speeds)
    assert rows == list(range(frame, frame + len(rows)))
    assert 5 <= len(rows) <= WINDOW_FRAMES
    assert file.long is not None
    words = file.columns[file.long.speed].to_pylist()
    for cell, speed in speeds.items():
        assert cell % 3 == column
        assert speed == pytest.approx(float(words[cell]), abs=0.05)


def test_speeds_change_only_where_the_way_did(tmp_path: Path) -> None:
    file = read_editable_tracks(run(tmp_path))
    table = corrected(file.table, [Swap(animal=1, other=3, first_frame=40)])
    changed = {(cell // 3, cell % 3) for cell in changed_speeds(file.table, table, SPEED_WINDOW_S)}
    assert {column for _, column in changed} == {0, 2}
    assert {row for row, _ in changed} <= set(range(40, 40 + WINDOW_FRAMES))


def test_a_swap_and_its_inverse_leave_every_word_as_it_was(tmp_path: Path) -> None:
    path = run(tmp_path)
    file = read_editable_tracks(path)
    swap = Swap(animal=1, other=3, first_frame=40)
    write_tracks(file, corrected(file.table, [swap, swap]), tmp_path / "twice.csv", SPEED_WINDOW_S)
    assert (tmp_path / "twice.csv").read_bytes() == path.read_bytes()


def test_the_length_of_a_body_comes_from_the_areas(tmp_path: Path) -> None:
    length = body_px(read_editable_tracks(run(tmp_path)))
    assert length is not None
    assert 10 < length < 20


# ---- those of others


def test_tracktor_counts_frames_from_one(tmp_path: Path) -> None:
    text = ",frame,pos_x,pos_y,id\n0,1.0,10.5,20.5,A\n1,1.0,30.5,40.5,B\n2,2.0,11.5,21.5,A\n"
    file = table_in(tmp_path, text)
    assert file.style == "tracktor"
    assert file.table.frame.tolist() == [0, 1]
    assert file.table.ids.tolist() == [1, 2]
    assert file.table.xy_px[0].tolist() == [[10.5, 20.5], [30.5, 40.5]]
    assert file.table.state[1, 1] == TrackState.LOST


def test_idtracker_has_a_row_for_each_frame(tmp_path: Path) -> None:
    text = "X1\tY1\tProbId1\tX2\tY2\tProbId2\t\n1.5\t2.5\t0.9\tNaN\tNaN\tNaN\n3\t4\t1\t5\t6\t1\n"
    path = tmp_path / "trajectories.txt"
    path.write_text(text.replace("ProbId2\t\n", "ProbId2\n"))
    file = read_editable_tracks(path)
    assert file.style == "idtracker"
    assert file.table.state.tolist() == [[0, TrackState.LOST], [0, 0]]
    assert file.table.xy_px[1].tolist() == [[3, 4], [5, 6]]


def test_animals_of_toxtrac_are_told_apart_by_arena_and_moved_by_its_corner(tmp_path: Path) -> None:
    path = tmp_path / "Tracking_0.txt"
    path.write_bytes(b"4\t0\t1\t10.5\t20.5\t1\r\n4\t1\t1\t30.5\t40.5\t1\r\n6\t0\t1\t11.5\t21.5\t1\r\n")
    file = read_editable_tracks(path)
    assert file.style == "toxtrac"
    assert file.table.frame.tolist() == [4, 5, 6]
    assert file.table.ids.tolist() == [1, 2]
    table = corrected(file.table, [Shift(x_px=85, y_px=12)])
    assert table.xy_px[0].tolist() == [[95.5, 32.5], [115.5, 52.5]]


def test_tables_of_others_are_written_in_a_style_that_reads_back(tmp_path: Path) -> None:
    file = table_in(tmp_path, ",frame,pos_x,pos_y\n0,1.0,10.5,20.5\n1,3.0,11.5,21.5\n")
    assert rewritten(file, tmp_path).decode() == "frame,id,x,y\n0,1,10.500,20.500\n1,1,,\n2,1,11.500,21.500\n"
    assert read_editable_tracks(tmp_path / "again.csv").table.state.tolist() == file.table.state.tolist()


@pytest.mark.real_media
@pytest.mark.parametrize(
    ("name", "shift_px"),
    [("mouse_video_tracked.csv", (0, 0)), ("mouse_video_idtracked.txt", (0, 0)),
     ("mouse_video_toxtracked.txt", (85, 12))],
)  # fmt: skip
def test_published_tracks_of_the_mouse_lie_on_one_another(name: str, shift_px: tuple[int, int], shared: Path) -> None:
    folder = shared / "media" / "animals"
    one = read_editable_tracks(folder / "mouse_video_tracked.csv").table
    other = corrected(read_editable_tracks(folder / name).table, [Shift(x_px=shift_px[0], y_px=shift_px[1])])
    common, at, there = np.intersect1d(one.frame, other.frame, return_indices=True)
    apart = np.hypot(*(one.xy_px[at, 0] - other.xy_px[there, 0]).T)
    assert len(common) > 9000
    assert np.nanmedian(apart) < 3


# ---- what cannot be read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hello\n", "is no track table"),
        ("frame,id,x,y\n", "holds no tracks"),
        ("frame,id,x,y\n0,1,2\n", "is damaged"),
        ("frame,id,x,y\n0,1,a,3\n", "row 2, x: must be a number, got 'a'"),
        ("frame,id,x,y\n0,1,1,1\n0.5,1,2,3\n", "row 3, frame: must be a whole number, got '0.5'"),
        ("frame,id,x,y\n0,1,2,3\n0,1,4,5\n", "row 3: animal 1 is in frame 0 a second time"),
        ("frame,id,state,x_px,y_px\n0,1,asleep,2,3\n", "row 2, state: there is no state 'asleep'"),
        ("time,x0,y0,x2,y2\n0,1,2,3,4\n", "its columns must be time,x0,y0"),
        ("frame,id,x,y\n" + "".join(f"{i},{i},1,1\n" for i in range(5000)), "too much to look through"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_with_its_place(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        table_in(tmp_path, text)
    assert told in str(caught.value)
    assert "a.csv" in str(caught.value)


def test_a_table_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_editable_tracks(tmp_path / "gone.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_editable_tracks(tmp_path)
