"""When the run of a live source begins and ends, as its session says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tracker_gui.cli import main
from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.core.geometry import Rectangle
from tracker_gui.core.preset import Preset, choice, save
from tracker_gui.core.session_plan import SessionPlan
from tracker_gui.core.zones import Zone
from tracker_gui.engine.live_run import LiveResult, LiveRun

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.engine.live_figures import LiveFigures

SCENE = choice("sources", "simulated", animals=2, duration_s=4, width_px=160, height_px=120)
#: Where no animal of the scene ever comes.
CORNER = Zone(name="corner", shape=Rectangle(centre=(1, 1), width=2, height=2))


def preset(animals: int = 2, **session: object) -> Preset:
    blobs = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=900)
    return Preset(detector=blobs, zones=(CORNER,), session=SessionPlan(**session)).with_tracker(animals=animals)


def run(settings: Preset, folder: Path, seconds: float | None = None) -> tuple[LiveResult, list[LiveFigures]]:
    told: list[LiveFigures] = []
    return LiveRun(SCENE, settings, folder, seconds).run(told.append), told


def times_s(folder: Path, name: str = "simulated") -> list[float]:
    rows = (folder / f"{name}_tracks.csv").read_text(encoding="utf-8").splitlines()[1:]
    return [float(row.split(",")[1]) for row in rows[::2]]


pytestmark = pytest.mark.usefixtures("no_leaks")


def test_a_run_ends_after_its_time(tmp_path: Path) -> None:
    result, _ = run(preset(stop="after a time", stop_after_s=0.5), tmp_path)
    times = times_s(tmp_path)
    assert times[0] == 0
    assert times[-1] < 0.5
    assert result.counts.frames == len(times)
    assert json.loads(result.manifest_path.read_text(encoding="utf-8"))["outcome"] == "complete"


def test_a_run_begins_after_a_time_and_says_so_until_then(tmp_path: Path) -> None:
    session = {"start": "after a time", "start_after_s": 1.2, "stop": "after a time", "stop_after_s": 0.3}
    result, told = run(preset(**session, subject="M12", file_name="{subject}"), tmp_path)
    assert "starts in 2 s" in [figures.waiting for figures in told]
    first = next(row for row in (tmp_path / "M12_tracks.csv").read_text().splitlines()[1:])
    assert int(first.split(",")[0]) >= 30
    assert json.loads(result.manifest_path.read_text(encoding="utf-8"))["session"] == {"subject": "M12"}


def test_a_run_begins_when_an_animal_is_seen(tmp_path: Path) -> None:
    session = {"start": "when an animal is seen", "seen_frames": 10, "stop": "after a time", "stop_after_s": 0.3}
    run(preset(**session), tmp_path)
    first = (tmp_path / "simulated_tracks.csv").read_text().splitlines()[1]
    assert int(first.split(",")[0]) >= 10


def test_a_run_whose_animal_never_comes_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    session = {"start": "when an animal is seen", "seen_zone": "corner"}
    with pytest.raises(InputError, match="waiting for an animal in “corner”"):
        run(preset(**session), tmp_path / "out", 0.7)
    assert not (tmp_path / "out").exists()


def test_a_zone_that_is_not_there_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no zone called 'nest'"):
        run(preset(start="when an animal is seen", seen_zone="nest"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


# ---- on the command line


@pytest.fixture
def preset_file(tmp_path: Path) -> Path:
    from dataclasses import replace

    save(replace(preset(), source=SCENE), tmp_path / "two.json")
    return tmp_path / "two.json"


def test_track_takes_the_session_from_the_command_line(preset_file: Path, tmp_path: Path) -> None:
    words = ["subject=M 12", "file_name={subject}_{preset}", "own_fields=cage = 7", "own_fields=weight_g = 21"]
    words += ["start=after a time", "start_after_s=1", "stop=after a time", "stop_after_s=0.2"]
    assert main(["track", str(preset_file), "--quiet", "--out", str(tmp_path / "out"), "--session", *words]) == 0
    manifest = json.loads((tmp_path / "out" / "M 12_Untitled_run.json").read_text(encoding="utf-8"))
    assert manifest["session"] == {"subject": "M 12", "own": {"cage": "7", "weight_g": "21"}}
    assert manifest["counts"]["frames"] == manifest["stop_frame"] - manifest["start_frame"] > 0


def test_run_takes_the_session_from_the_command_line(preset_file: Path, tmp_path: Path) -> None:
    words = ["subject=M12", "file_name={subject}", "stop=after a time", "stop_after_s=0.3"]
    assert main(["run", str(preset_file), "--quiet", "--out", str(tmp_path / "out"), "--session", *words]) == 0
    assert (tmp_path / "out" / "M12_tracks.csv").is_file()


def test_a_mistake_in_the_session_is_named(preset_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["track", str(preset_file), "--session", "file_name={nobody}"]) == 2
    assert "--session: file_name cannot be '{nobody}'" in capsys.readouterr().err
