"""What a plot shows, and the files it becomes."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_gui.analysis.figure import (
    DASHES,
    Curve,
    Figure,
    Stroke,
    Words,
    clock,
    lay_out,
    line_of,
    round_range,
    tick_words,
    ticks,
    time_ticks,
)
from tracker_gui.engine.live_measures import LiveMeasures
from tracker_gui.engine.live_plot import PlotChoice, choice_of, plot_of
from tracker_gui.exchange.figure_files import SHEET_PT, eps, series_csv, svg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.types import Snapshot

    Make = Callable[..., Snapshot]

SVG = "{http://www.w3.org/2000/svg}"
FINITE = st.floats(-1e6, 1e6)


def measured(make_snapshot: Make, frames: list[Any]) -> LiveMeasures:
    measures = LiveMeasures()
    for index, places in enumerate(frames):
        measures.see(make_snapshot(index, places))
    return measures


@pytest.fixture
def figure() -> Figure:
    x = np.linspace(0, 90, 400)
    gap = (x > 30) & (x < 50)
    curves = [
        Curve(f"animal {n}", "#0072b2", n, x, np.where(gap, np.nan, 50 + 40 * np.sin(x / 9 + n))) for n in range(3)
    ]
    return Figure("Distance to (nest) & <é水>", "px", (0.0, 90.0), (0.0, 100.0), tuple(curves))


# ---- what is shown


def test_a_missing_animal_is_a_gap_in_its_curve_alone(make_snapshot: Make) -> None:
    frames = [[(float(n), 1.0), None if 4 <= n <= 6 else (2.0, 2.0)] for n in range(10)]
    one, other = plot_of(PlotChoice("x"), measured(make_snapshot, frames), (1, 2), None).lines
    assert np.isfinite(one.y).all()
    assert np.flatnonzero(np.isnan(other.y)).tolist() == [4, 5, 6]


def test_lengths_are_in_mm_where_there_is_a_scale_and_counts_are_not(make_snapshot: Make) -> None:
    measures = measured(make_snapshot, [[(10.0, 1.0)], [(20.0, 1.0)]])
    x = plot_of(PlotChoice("x"), measures, (1,), None, mm_per_px=0.5)
    assert x.unit == "mm"
    assert x.lines[0].y.tolist() == [5.0, 10.0]
    assert plot_of(PlotChoice("speed"), measures, (1,), None, mm_per_px=0.5).unit == "mm/s"
    count = plot_of(PlotChoice("count"), measures, (1,), None, mm_per_px=0.5)
    assert count.unit == ""
    assert count.lines[0].y.tolist() == [1.0, 1.0]


def test_states_are_rows_with_the_number_of_the_animal(make_snapshot: Make) -> None:
    plot = plot_of(PlotChoice("state"), measured(make_snapshot, [[(1.0, 1.0), None]] * 4), (1, 2), None)
    assert plot.levels == ((1.0, "1"), (0.0, "2"))
    assert plot.lines[0].y.tolist() == [1.0] * 4
    assert plot.lines[1].y == pytest.approx([0.7] * 4)


def test_a_heading_that_passes_180_degrees_is_no_line_across_the_plot() -> None:
    y = np.array([170.0, 179.0, -179.0, -170.0])
    _, drawn = line_of(np.arange(4.0), y, y, turns=True)
    np.testing.assert_array_equal(drawn, [170.0, 179.0, np.nan, -179.0, -170.0])


@pytest.mark.parametrize("text", ["speed", "pair:1-12", "place:nest: 2", "count"])
def test_a_choice_is_kept_as_text(text: str) -> None:
    choice = choice_of(text)
    assert choice is not None
    assert choice.text == text


def test_a_choice_of_another_version_is_none() -> None:
    assert choice_of("tail beat:3") is None
    assert choice_of("pair:1-x") is not None
    assert choice_of("pair:1-x").keys((1, 2)) == []  # type: ignore[union-attr]


# ---- axes


@given(low=FINITE, span=st.floats(1e-3, 1e6), most=st.integers(1, 20))
def test_ticks_are_within_their_range_and_not_too_many(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    slack = 1e-6 * max(1.0, abs(low), span)
    assert len(found) <= most + 1
    assert all(low - slack <= each <= low + span + slack for each in found)
    assert len(set(tick_words(found))) == len(found)


@given(low=FINITE, span=st.floats(0, 1e6))
def test_a_round_range_holds_all_and_is_not_much_wider(low: float, span: float) -> None:
    bottom, top = round_range(low, low + span)
    slack = 1e-6 * max(1.0, abs(low))
    assert bottom <= low + slack
    assert top >= low + span - slack
    assert top - bottom <= 4 * max(span, 1.0) + slack


def test_times_are_round_on_a_clock() -> None:
    assert time_ticks(0, 100, 5) == ([0, 30, 60, 90], 30)
    assert [clock(t_s) for t_s in (0, 59, 75, 3725, -5)] == ["0:00", "0:59", "1:15", "1:02:05", "-0:05"]
    assert clock(0.25, 0.05) == "0:00.25"
    assert clock(59.99, 0.1) == "1:00.0"


# ---- files


def test_a_figure_keeps_gaps_open_and_gives_each_curve_a_dash(figure: Figure) -> None:
    drawn = [item for item in lay_out(figure, *SHEET_PT) if isinstance(item, Stroke) and item.colour == "#0072b2"]
    long = [item for item in drawn if len(item.points) > 2]
    assert len(long) == 6
    assert {item.dash for item in long} == set(DASHES[:3])
    for item in long:
        assert np.isfinite(item.points).all()
        assert np.ptp(item.points[:, 0]) < SHEET_PT[0] / 2


def test_nothing_is_drawn_outside_the_sheet(figure: Figure) -> None:
    for item in lay_out(figure, *SHEET_PT):
        points = item.points if isinstance(item, Stroke) else np.array([[item.x, item.y]])
        assert (points >= 0).all()
        assert (points <= SHEET_PT).all()


def test_svg_is_xml_with_the_curves_and_the_words(figure: Figure) -> None:
    root = ET.fromstring(svg(figure))
    assert root.tag == f"{SVG}svg"
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert figure.title in words
    assert {"animal 0", "animal 1", "animal 2"} <= set(words)
    long = [each for each in root.iter(f"{SVG}polyline") if len(each.attrib["points"].split()) > 100]
    assert len(long) == 6


@pytest.mark.skipif(shutil.which("gs") is None, reason="Ghostscript is not installed")
def test_eps_is_drawn_by_a_postscript_interpreter(figure: Figure, tmp_path: Path) -> None:
    import cv2

    source, picture = tmp_path / "plot.eps", tmp_path / "plot.png"
    source.write_text(eps(figure), encoding="ascii")
    command = ["gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=png16m", "-r72", "-dEPSCrop"]
    subprocess.run([*command, f"-sOutputFile={picture}", str(source)], check=True, timeout=60)
    bgr = cv2.imread(str(picture))
    assert bgr is not None
    assert bgr.shape[:2] == (255, 454)
    blue = (bgr[..., 0].astype(int) - bgr[..., 2]) > 60
    columns = np.flatnonzero(blue[40:210, 60:370].any(axis=0)) + 60
    assert len(columns) > 150
    # The gap from 30 to 50 s of 90.
    frame = (56, 378)
    gap = [round(frame[0] + share * (frame[1] - frame[0])) for share in (32 / 90, 48 / 90)]
    assert not blue[40:210, gap[0] : gap[1]].any()


def test_csv_holds_every_row_and_leaves_gaps_empty(make_snapshot: Make) -> None:
    frames = [[(10.0 + n, 1.0), None if n == 3 else (2.0, 2.0)] for n in range(6)]
    found = measured(make_snapshot, frames).excerpt([("x", 1), ("x", 2)], None, 0)
    rows = list(csv.DictReader(io.StringIO(series_csv(found, ["x_1_mm", "x_2_mm"], [0.5, 0.5]))))
    assert [float(row["time_s"]) for row in rows] == pytest.approx([n / 10 for n in range(6)])
    assert [float(row["x_1_mm"]) for row in rows] == [5.0 + n / 2 for n in range(6)]
    assert [row["x_2_mm"] for row in rows] == ["1", "1", "1", "", "1", "1"]


def test_csv_of_a_time_known_by_its_extremes_says_so(make_snapshot: Make) -> None:
    found = measured(make_snapshot, [[(float(n % 7), 1.0)] for n in range(4000)]).excerpt([("x", 1)], None, 500)
    assert found.rows_per_block > 1
    rows = list(csv.DictReader(io.StringIO(series_csv(found, ["x_1_px"], [1.0]))))
    assert list(rows[0]) == ["time_s", "x_1_px_low", "x_1_px_high"]
    assert (rows[0]["x_1_px_low"], rows[0]["x_1_px_high"]) == ("0", "6")


def test_words_with_signs_of_the_format_come_through(figure: Figure) -> None:
    assert isinstance(lay_out(figure, *SHEET_PT)[0], Words)
    assert r"(Distance to \(nest\) & <\351?>) start" in eps(figure)
