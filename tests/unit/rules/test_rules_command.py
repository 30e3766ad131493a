"""``tracker-gui rules``: decisions over tables of tracks and recordings, without touching anything."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.cli import main
from tracker_gui.core.errors import InputError
from tracker_gui.core.preset import FORMAT, SCHEMA_VERSION, Preset, choice, save
from tracker_gui.core.types import Snapshot, TrackState
from tracker_gui.engine.rules.runner import RuleRunner
from tracker_gui.engine.rules.simulation import Simulation, simulate_source
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.exchange.track_files import read_track_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NEST = {"name": "nest", "shape": {"kind": "rectangle", "centre": [50, 50], "width": 40, "height": 40}}
PLACES = [(150, 90), (50, 50), (50, 60), None, (150, 90), (50, 50)]


def tables(folder: Path) -> dict[str, Path]:
    """Write the same way of one animal as each program would."""
    texts = {
        "tidy": ["frame,time_s,id,state,x_px,y_px,speed_px_s,heading_deg,area_px2"],
        "frame-id-x-y": ["frame,id,x,y"], "tracktorlive": ["time,x0,y0"], "tracktor": [",frame,pos_x,pos_y"],
    }  # fmt: skip
    for n, place in enumerate(PLACES):
        x, y = place or ("", "")
        texts["tidy"].append(f"{n},{n / 30:.6f},0,{'found' if place else 'lost'},{x},{y},,,")
        texts["frame-id-x-y"].append(f"{n},0,{x},{y}")
        texts["tracktorlive"].append(f"{n / 30:.6f},{x if place else -1.0},{y if place else -1.0}")
        texts["tracktor"].append(f"{n},{n + 1}.0,{x if place else 'nan'},{y if place else 'nan'}")
    written = {}
    for style, lines in texts.items():
        written[style] = folder / f"{style}.csv"
        written[style].write_text("\n".join(lines) + "\n")
    return written


@pytest.fixture
def zone_file(tmp_path: Path) -> Path:
    path = tmp_path / "zone.json"
    canary = {"action": "command", "argv": ["touch", str(tmp_path / "canary")]}
    rule = {"name": "Door", "when": {"event": "in_zone", "zone": "nest"}, "on_enter": [canary]}
    document = {"format": FORMAT, "schema_version": SCHEMA_VERSION, "zones": [NEST], "rules": [rule]}
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("style", ["tidy", "frame-id-x-y", "tracktorlive", "tracktor"])
def test_a_table_of_each_program_gives_the_same_decisions(
    style: str, zone_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tables(tmp_path)[style]
    assert read_track_file(path, 30.0).style == style
    assert main(["rules", str(zone_file), str(path), "--log", str(tmp_path / "log.csv")]) == 0
    out = capsys.readouterr().out
    assert "2 done and 0 held back in 6 frames" in out
    assert [line.split()[:4] for line in out.splitlines()[1:3]] == [
        ["1", "0.033", "Door", "0"],
        ["5", "0.167", "Door", "0"],
    ]
    log = (tmp_path / "log.csv").read_text().splitlines()
    assert log[1] == f"1,Door,0,{path.stem},1,0.033333,enter,command,touch {tmp_path / 'canary'},"
    assert not (tmp_path / "canary").exists()


def test_a_missing_animal_of_a_table_has_no_place(tmp_path: Path) -> None:
    for path in tables(tmp_path).values():
        row = read_track_file(path, 30.0).rows[3]
        assert row.tracks.state.tolist() == [TrackState.LOST]


def test_a_range_of_frames_or_seconds(zone_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tables(tmp_path)["tidy"])
    for words in (["--start", "4"], ["--stop", "4"], ["--start", "0.12s", "--stop", "1s"]):
        assert main(["rules", str(zone_file), path, *words]) == 0
        assert "1 done" in capsys.readouterr().out
    assert main(["rules", str(zone_file), path, "--start", "40"]) == 3


def test_what_was_held_back_is_listed_on_request(
    zone_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(zone_file.read_text())
    document["rules"][0]["limits"] = {"cooldown_s": 60}
    zone_file.write_text(json.dumps(document))
    path = str(tables(tmp_path)["tidy"])
    assert main(["rules", str(zone_file), path]) == 0
    assert "cooldown" not in capsys.readouterr().out
    assert main(["rules", str(zone_file), path, "--all"]) == 0
    out = capsys.readouterr().out
    assert "[cooldown]" in out
    assert "1 done and 1 held back" in out


def test_a_preset_cannot_send_commands_to_the_terminal(
    zone_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(zone_file.read_text())
    document["rules"][0] |= {"name": "a\x1b[2J\nb", "on_enter": [{"action": "command", "argv": ["x\x1b]0;y\x07"]}]}
    zone_file.write_text(json.dumps(document))
    assert main(["rules", str(zone_file), str(tables(tmp_path)["tidy"])]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert len(out.splitlines()) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "is no table of tracks that is known"),
        ("frame,id,x,y\n0,0,1\n", "line 2: has too few columns"),
        ("frame,id,x,y\n0,0,a,1\n", "line 2: could not convert string to float: 'a'"),
        ("frame,id,x,y\n5,0,1,1\n4,0,1,1\n", "line 3: its frame comes before that of the line above"),
        ("frame,id,x,y\n", "holds no frame"),
        ("frame,pos_x,pos_y\n0,1,1\n", "line 2: its frame is below the first one"),
        ("\x00\x01", "no table"),
        ("", "no table"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_by_its_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as told:
        read_track_file(path, 30.0)
    assert message in str(told.value)


def test_a_preset_without_rules_or_without_that_camera_is_told(
    zone_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(Preset(), tmp_path / "empty.json")
    assert main(["rules", str(tmp_path / "empty.json"), "x.csv"]) == 2
    assert "holds no rule that is switched on" in capsys.readouterr().err
    assert main(["rules", str(zone_file), "x.csv", "--camera", "1"]) == 2
    assert main(["rules", str(zone_file), str(tmp_path / "none.csv")]) == 3
    assert main(["rules", str(zone_file)]) == 3


@pytest.fixture
def dish(make_preset: Callable[..., Preset]) -> Preset:
    """Return a small simulated dish with zones, two rules and four seconds of two animals."""
    zones = ({"name": "nest", "shape": {"kind": "rectangle", "centre": [80, 120], "width": 160, "height": 240}},)
    preset = make_preset(
        {"when": {"event": "in_zone", "zone": "nest"}, "on_enter": [{"action": "marker", "label": "${x_px} ${nth}"}]},
        {"when": {"event": "speed", "limit_px_s": 60}, "limits": {"cooldown_s": 0.5}, "timing": {"on_for": 0.1}},
        zones=zones,
    )
    source = choice(
        "sources", "simulated", animals=2, duration_s=4, width_px=320, height_px=240, seed=3, body_length_px=24,
        speed_px_s=120,
    )  # fmt: skip
    detector = choice("detectors", "blobs", block_size_px=61, offset=40, min_area_px2=40, max_area_px2=400)
    return replace(preset, source=source, detector=detector).with_tracker(animals=2)


def test_twenty_runs_over_a_recording_give_the_same_bytes(dish: Preset) -> None:
    assert dish.source is not None
    logs = {simulate_source(dish, dish.source).log() for _ in range(20)}
    assert len(logs) == 1
    assert logs.pop().count(b"\n") > 5


def test_twenty_runs_paced_and_at_full_speed_decide_what_the_simulation_does(dish: Preset, tmp_path: Path) -> None:
    assert dish.source is not None
    expected = simulate_source(dish, dish.source).log()

    def run(number: int) -> bytes:
        pause, folder = threading.Event(), tmp_path / f"run {number}"
        period_s = 1 / 60 if number % 2 else 0.0
        folder.mkdir()
        made: list[RuleRunner] = []
        job = TrackJob(dish.source, dish, folder)  # type: ignore[arg-type]

        def step(snapshot: Snapshot) -> None:
            if not made:
                assert job.info is not None
                made.append(RuleRunner(dish, job.info, folder, "run"))
                made[0].arm()
            made[0].step(snapshot)
            pause.wait(period_s)

        job.run(on_snapshot=step)
        made[0].close()
        return (folder / "run_rules.csv").read_bytes()

    # Side by side, so that they hold each other up as a busy computer does.
    with ThreadPoolExecutor(20) as runs:
        assert set(runs.map(run, range(20))) == {expected}


def test_a_simulation_takes_frames_one_by_one(dish: Preset, make_snapshot: Callable[..., Any]) -> None:
    simulation = Simulation(dish, (320, 240), 8.0)
    for index in range(3):
        simulation.step(make_snapshot(index, {1: (300.0 - 150 * index, 50.0)}))
    assert simulation.result.frames == 3
    assert [each.rule for each in simulation.result.done][:1] == ["rule 0"]
