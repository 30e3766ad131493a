"""Recording beside tracking: what a full disk does to the one does not touch the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av
import pytest

from tracker_gui import cli
from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.engine.live_recording import RecordingPlan
from tracker_gui.engine.live_run import LiveRun
from tracker_gui.engine.recorder_state import Phase

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.types import Snapshot
    from tracker_gui.engine.live_figures import LiveFigures

BLOBS = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=2000)
PRESET = Preset(name="Two", detector=BLOBS).with_tracker(animals=2)
FRAMES_AFTERWARDS = 30


def frames_in(video: Path) -> int:
    with av.open(str(video)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.usefixtures("no_leaks")
def test_tracking_goes_on_while_the_disk_is_too_full_to_record(full_disk: Path) -> None:
    afterwards = 0
    phases: list[Phase] = []

    def hear(figures: LiveFigures) -> None:
        phases.extend(state.phase for state in figures.recording)

    def count(snapshot: Snapshot) -> None:
        nonlocal afterwards
        afterwards += Phase.WAITING in phases

    plan = RecordingPlan("clean", RecorderSettings(reserve_mb=2, crf=12))
    source = choice("sources", "simulated", animals=2, noise_levels=8, duration_s=60, width_px=320, height_px=240)
    run = LiveRun(source, PRESET, full_disk, 60, plan)
    result = run.run(hear, lambda: afterwards >= FRAMES_AFTERWARDS, count)
    assert afterwards >= FRAMES_AFTERWARDS
    assert any(str(full_disk) in problem for problem in result.problems)
    manifest = json.loads(result.manifest_path.read_text())
    (kept,) = manifest["recording"]["recordings"]
    # On a busy machine the simulation itself may come late.
    assert {"space"} <= {gap["reason"] for gap in kept["gaps"]} <= {"space", "source"}
    assert kept["frames"] + kept["dropped"] == result.capture.received
    assert sum(frames_in(path) for path in full_disk.glob("*.mp4")) == kept["frames"] > 0
    table = (full_disk / "simulated_tracks.csv").read_text().splitlines()
    assert len(table) - 1 == 2 * result.counts.frames


def test_the_command_line_records_as_it_is_told_to(tmp_path: Path) -> None:
    words = ["run", "dish_5_animals", "--minutes", "0.05", "--out", str(tmp_path), "--quiet"]
    assert cli.main([*words, "--record-with", "reserve_mb=0", "crf=30"]) == 0
    manifest = json.loads((tmp_path / "simulated_run.json").read_text())
    assert manifest["recording"]["settings"]["crf"] == 30
    assert manifest["recording"]["recordings"][0]["frames"] == manifest["counts"]["frames_received"] > 0


@pytest.mark.parametrize(("word", "said"), [("crf=99", "crf cannot be '99'. 0 to 51"), ("hue=blue", "segment_minutes")])
def test_settings_of_a_recording_that_cannot_be_are_named(
    word: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "dish_5_animals", "--out", str(tmp_path / "out"), "--record-with", word]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
