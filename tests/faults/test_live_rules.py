"""Rules in a live run: armed they act, else they say what they would do; a lost camera brings safe states."""

from __future__ import annotations

import csv
import json
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui import cli
from tracker_gui.core.preset import Preset, choice, parse, save, to_document
from tracker_gui.engine.live_run import LiveRun

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BLOBS = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=2000)
EVERYWHERE = {"name": "dish", "shape": {"kind": "rectangle", "centre": [160, 120], "width": 320, "height": 240}}
SEEN = {"event": "in_zone", "zone": "dish"}


@pytest.fixture
def preset_of(mjpeg_camera: Any) -> Callable[..., Preset]:
    """Return a function that gives a preset on a loopback camera with these rules."""

    def make(*rules: dict[str, Any]) -> Preset:
        source = choice("sources", "network_stream", url=mjpeg_camera.url)
        plain = replace(Preset(source=source, detector=BLOBS).with_tracker(animals=2), name="ruled")
        document = to_document(plain) | {"zones": [EVERYWHERE], "rules": list(rules)}
        preset, problems = parse(document, "ruled.json")
        assert not problems
        return preset

    return make


def run(preset: Preset, folder: Path, *words: str) -> tuple[int, Path]:
    save(preset, folder / "ruled.json")
    out = folder / "out"
    return cli.main(["run", str(folder / "ruled.json"), "--out", str(out), "--record", "none", "--quiet", *words]), out


def rows(folder: Path, pattern: str) -> list[dict[str, str]]:
    (path,) = folder.glob(pattern)
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def toucher(folder: Path) -> tuple[dict[str, Any], Path]:
    """Return a rule that makes a file, and the file."""
    made = folder / "made"
    argv = [sys.executable, "-c", "import pathlib, sys; pathlib.Path(sys.argv[1]).touch()", str(made)]
    rule = {
        "name": "Door", "when": SEEN, "timing": {"at_start": "act"}, "on_enter": [{"action": "command", "argv": argv}]
    }  # fmt: skip
    return rule, made


def test_an_armed_rule_acts_and_its_rows_are_among_the_files_of_the_run(
    preset_of: Callable[..., Preset], tmp_path: Path
) -> None:
    rule, made = toucher(tmp_path)
    code, out = run(preset_of(rule), tmp_path, "--minutes", "0.06", "--arm")
    assert code == 0
    assert made.exists()
    assert rows(out, "*_rules.csv")
    results = [row["result"] for row in rows(out, "*_rules_times.csv")]
    assert "exit code 0" in results
    (manifest,) = out.glob("*_run.json")
    names = {file["name"] for file in json.loads(manifest.read_text())["files"]}
    assert {path.name for path in out.glob("*_rules*.csv")} <= names


def test_without_arm_nothing_is_done_and_the_log_says_what_would_have_been(
    preset_of: Callable[..., Preset], tmp_path: Path
) -> None:
    rule, made = toucher(tmp_path)
    code, out = run(preset_of(rule), tmp_path, "--minutes", "0.06")
    assert code == 0
    assert not made.exists()
    assert "would be sent" in {row["result"] for row in rows(out, "*_rules_times.csv")}


def test_a_rule_ends_the_run(preset_of: Callable[..., Preset], tmp_path: Path) -> None:
    stop = {"name": "Enough", "when": SEEN, "timing": {"at_start": "act"}, "on_enter": [{"action": "stop_session"}]}
    code, out = run(preset_of(stop), tmp_path, "--minutes", "5", "--arm")
    assert code == 0
    (manifest,) = out.glob("*_run.json")
    assert json.loads(manifest.read_text())["outcome"] == "complete"


def test_an_armed_rule_opens_the_door_of_the_virtual_board(preset_of: Callable[..., Preset], tmp_path: Path) -> None:
    door = {"action": "set_output", "device": "virtual board", "pin": "door", "value": 90}
    rule = {"name": "Door", "when": SEEN, "timing": {"at_start": "act"}, "on_enter": [door]}
    code, out = run(preset_of(rule), tmp_path, "--minutes", "0.1", "--arm")
    assert code == 0
    times = rows(out, "*_rules_times.csv")
    assert any(row["t_acknowledged_s"] for row in times), times


def test_a_lost_camera_brings_everything_into_its_safe_state(
    preset_of: Callable[..., Preset], mjpeg_camera: Any, tmp_path: Path, until: Any
) -> None:
    preset = preset_of(toucher(tmp_path)[0])
    assert preset.source is not None
    run_ = LiveRun(preset.source, preset, tmp_path / "out", armed=True)
    over = threading.Event()
    thread = threading.Thread(target=run_.run, kwargs={"cancelled": over.is_set})
    thread.start()
    try:
        until(lambda: run_.counts.frames > 10)
        mjpeg_camera.kill()
        times = tmp_path / "out"
        until(lambda: any("the source was lost" in path.read_text() for path in times.glob("*_rules_times.csv")))
    finally:
        over.set()
        thread.join(20)
    assert not thread.is_alive()
