"""The real videos against published tracks: what TracktorLive's own presets and ours must reach."""

from __future__ import annotations

import csv
import itertools
import json
import math
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tracker_gui.cli import main
from tracker_gui.core.data_files import presets_folder
from tracker_gui.core.preset import save
from tracker_gui.exchange.open_preset import open_preset

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real_media


def track(video: Path, preset: Path, folder: Path) -> Path:
    """Track with the real command line; return the table."""
    arguments = ["track", str(video), "--preset", str(preset), "--out", str(folder), "--csv-style", "frame-id-x-y"]
    assert main([*arguments, "--quiet"]) == 0
    return folder / f"{video.stem}_tracks.csv"


def places(table: Path) -> dict[int, tuple[float, float]]:
    """Return {frame: (x, y)} where the animal was measured; every frame has a row."""
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["frame"]) for row in rows] == list(range(len(rows)))
    return {int(row["frame"]): (float(row["x"]), float(row["y"])) for row in rows if row["x"]}


def longest_step_px(found: dict[int, tuple[float, float]]) -> float:
    frames = sorted(found)
    return max(math.dist(found[a], found[b]) for a, b in itertools.pairwise(frames))


def against_tracktor(shared: Path, table: Path) -> dict[str, float]:
    tool = shared / "tools" / "compare_tracks.py"
    command = [sys.executable, str(tool), str(table), "mouse_video/tracktor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_mouse_with_tracktorlives_own_settings_agrees_with_tracktor(shared: Path, tmp_path: Path) -> None:
    animals = shared / "media" / "animals"
    result = against_tracktor(
        shared, track(animals / "mouse_video.mp4", animals / "params" / "mouse-params.json", tmp_path)
    )
    assert result["median_px"] <= 0.5
    assert result["within_pct"] >= 99.4
    assert result["max_px"] <= 25
    assert result["id_swaps"] == 0


@pytest.mark.slow
def test_the_mouse_is_found_in_every_frame_with_our_preset(shared: Path, tmp_path: Path) -> None:
    video = shared / "media" / "animals" / "mouse_video.mp4"
    result = against_tracktor(shared, track(video, presets_folder() / "mouse_open_field.json", tmp_path))
    assert result["median_px"] <= 2
    assert result["within_pct"] >= 99.99
    assert result["found_pct"] >= 99.99


def test_the_ant_with_its_own_settings_never_jumps_and_is_lost_in_the_black_frames(
    shared: Path, tmp_path: Path
) -> None:
    animals = shared / "media" / "animals"
    found = places(track(animals / "ant.mp4", animals / "params" / "ant-params.json", tmp_path))
    assert len(found) / 2263 >= 0.983
    assert longest_step_px(found) <= 50
    assert not set(range(10)) & set(found)


def test_the_ant_is_found_in_all_but_one_frame_with_our_preset(shared: Path, tmp_path: Path) -> None:
    found = places(track(shared / "media" / "animals" / "ant.mp4", presets_folder() / "ant_in_a_dish.json", tmp_path))
    assert len([frame for frame in found if frame >= 10]) >= 2252
    assert longest_step_px(found) <= 50
    assert not set(range(10)) & set(found)


def test_the_masked_ant_is_found_in_every_frame_that_shows_it(shared: Path, tmp_path: Path) -> None:
    animals = shared / "media" / "animals"
    found = places(track(animals / "masked_ant.mp4", animals / "params" / "masked-ant-params.json", tmp_path))
    assert set(found) == set(range(10, 2263))
    assert longest_step_px(found) <= 50


@pytest.mark.parametrize(
    ("video", "settings"), [("ant.mp4", "ant-params.json"), ("mouse_video.mp4", "mouse-params.json")]
)
def test_the_search_window_changes_nothing(shared: Path, tmp_path: Path, video: str, settings: str) -> None:
    animals = shared / "media" / "animals"
    tables = []
    for search in (True, False):
        preset, problems = open_preset(animals / "params" / settings)
        assert problems == []
        detector = preset.detector.params.model_copy(update={"search_window": search})
        path = tmp_path / f"{search}.json"
        save(replace(preset, detector=replace(preset.detector, params=detector)), path)
        folder = tmp_path / str(search)
        arguments = ["track", str(animals / video), "--preset", str(path), "--out", str(folder), "--stop", "1500"]
        assert main([*arguments, "--quiet"]) == 0
        tables.append((folder / f"{animals.joinpath(video).stem}_tracks.csv").read_text())
    assert tables[0] == tables[1]
