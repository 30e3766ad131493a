"""F27, F28: whatever ends a run in the midst of a clip, what there is of it plays, exact to the frame."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import pytest

from tracker_gui import cli
from tracker_gui.core.preset import Preset, choice, parse, save, to_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).resolve().parents[2]
SIZE_PX, FRAMES, PRE_FRAMES = (96, 48), 300, 15
CLIP = {"action": "clip", "name": "seen", "pre_s": 0.5, "does": "begin"}
RULE = {"name": "Seen", "when": {"event": "session_time", "from_s": 0.7}, "on_enter": [CLIP]}


@pytest.fixture
def preset_path(make_video: Callable[..., Path], tmp_path: Path) -> Path:
    """Return a preset that plays numbered pictures like a camera, and begins a clip soon."""
    video = make_video("camera.mp4", FRAMES)
    source = choice("sources", "replay", path=video)
    plain = replace(Preset(source=source).with_tracker(animals=1), name="clips")
    document = to_document(plain) | {"rules": [RULE]}
    document["recording"]["reserve_mb"] = 0
    preset, problems = parse(document, "clips.json")
    assert not problems, [str(problem) for problem in problems]
    save(preset, tmp_path / "clips.json")
    return tmp_path / "clips.json"


def run_words(preset_path: Path, out: Path) -> list[str]:
    return ["run", str(preset_path), "--arm", "--out", str(out), "--record", "none", "--quiet"]


@pytest.fixture
def child(preset_path: Path, tmp_path: Path, until: Any) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Return a run without a window that is in the midst of a clip, and its folder."""
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker_gui", *run_words(preset_path, out)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )

    def rows() -> bool:
        assert process.poll() is None
        return any(path.read_bytes().count(b"\n") > 25 for path in out.glob("clips/*_frames.csv"))

    try:
        until(rows, 60)
        yield process, out
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def numbers(path: Path, number_in: Callable[[Any], int]) -> list[int]:
    with av.open(str(path)) as container:
        return [number_in(frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]


def assert_follows(shown: list[int]) -> None:
    assert len(shown) > PRE_FRAMES
    assert shown == list(range(shown[0], shown[0] + len(shown)))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGTERM")
def test_f28_a_run_that_is_told_to_end_makes_its_clip_final(child: Any, number_in: Any) -> None:
    process, out = child
    process.send_signal(signal.SIGTERM)
    process.wait(15)
    assert not list(out.rglob("*.recording.mp4"))
    (video,) = out.glob("clips/*.mp4")
    assert_follows(numbers(video, number_in))
    (manifest,) = out.glob("*_run.json")
    assert {"seen.mp4", "seen_frames.csv"} <= {file["name"] for file in json.loads(manifest.read_text())["files"]}
    (table,) = out.glob("*_clips.csv")
    with table.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["ended"] == "end of the session"


def test_f27_a_clip_in_the_making_plays_after_a_kill_and_can_be_finished(child: Any, number_in: Any) -> None:
    process, out = child
    process.kill()
    process.wait()
    (video,) = out.glob("clips/*.recording.mp4")
    before = numbers(video, number_in)
    assert_follows(before)
    assert cli.main(["recover", str(out / "clips")]) == 0
    assert numbers(out / "clips" / "seen.mp4", number_in) == before


def test_a_run_without_a_window_makes_a_clip_exact_to_the_frame(
    preset_path: Path, tmp_path: Path, number_in: Any
) -> None:
    document = json.loads(preset_path.read_text())
    document["rules"][0]["on_enter"] = [CLIP | {"does": "make", "post_s": 0.5, "name": "${frame}"}]
    preset_path.write_text(json.dumps(document))
    out = tmp_path / "out"
    assert cli.main([*run_words(preset_path, out), "--minutes", "0.05"]) == 0
    (video,) = out.glob("clips/*.mp4")
    event = int(video.stem)
    shown = numbers(video, number_in)
    assert_follows(shown)
    # Frames come when the clock of this computer lets them: which is nearest to half a second before may vary by one.
    assert abs(event - shown[0] - PRE_FRAMES) <= 1
    assert abs(shown[-1] - event - PRE_FRAMES) <= 1
