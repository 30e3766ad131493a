"""A tidy table becomes arrays, in which who is missing has no place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tracker_gui.analysis.track_table import read_tidy
from tracker_gui.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "frame,time_s,id,state,x_px,y_px,speed_px_s,heading_deg,area_px2\n"


def written(folder: Path, rows: str, header: str = HEADER) -> Path:
    path = folder / "tracks.csv"
    path.write_text(header + rows)
    return path


def test_rows_become_frames_and_animals(tmp_path: Path) -> None:
    rows = (
        "5,0.5,1,found,1.5,2.5,,,9.0\n5,0.5,2,lost,,,,,\n6,0.6,1,merged,3.0,4.0,,90.0,9.0\n6,0.6,2,found,7.0,8.0,,,9\n"
    )
    table = read_tidy(written(tmp_path, rows))
    assert table.frame.tolist() == [5, 6]
    assert table.ids == (1, 2)
    assert table.measured.tolist() == [[True, False], [True, True]]
    assert table.xy_px[1].tolist() == [[3.0, 4.0], [7.0, 8.0]]
    assert table.heading_known.tolist() == [[False, False], [True, False]]
    assert table.duration_s == pytest.approx(0.2)


def test_a_predicted_place_is_not_measured(tmp_path: Path) -> None:
    table = read_tidy(written(tmp_path, "0,0.0,1,predicted,1.0,1.0,,,9.0\n"))
    assert not table.measured.any()


def test_a_frame_that_claims_to_be_earlier_is_left_out(tmp_path: Path) -> None:
    rows = "".join(f"{k},{t},1,found,{k}.0,0.0,,,9.0\n" for k, t in enumerate((0.0, 0.1, 0.05, 0.2)))
    assert read_tidy(written(tmp_path, rows)).frame.tolist() == [0, 1, 3]


def test_a_table_without_rows_has_no_animals(tmp_path: Path) -> None:
    table = read_tidy(written(tmp_path, ""))
    assert (table.ids, len(table.time_s), table.duration_s) == ((), 0, 0.0)


@pytest.mark.parametrize(
    ("rows", "header"), [("1,2,3,4\n", "frame,id,x,y\n"), ("0,soon,1,found,1,1,,,9\n", HEADER), ("", "")]
)
def test_another_kind_of_table_is_refused_by_name(rows: str, header: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"tracks\.csv: is no tidy table of tracks"):
        read_tidy(written(tmp_path, rows, header))


def test_a_missing_table_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_tidy(tmp_path / "missing.csv")
