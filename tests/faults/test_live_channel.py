"""A live channel whose detector breaks, whose run and recording begin and end apart, and whose outputs fail."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core import registry
from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.engine.live_channel import LiveChannel
from tracker_gui.engine.live_files import LiveFiles
from tracker_gui.engine.live_recording import RecordingPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SCENE = choice("sources", "simulated", animals=2, duration_s=60.0, width_px=160, height_px=120, body_length_px=12)
PRESET = Preset(
    source=SCENE, detector=choice("detectors", "blobs", offset=20, min_area_px2=10, max_area_px2=400)
).with_tracker(animals=2)
PLAN = RecordingPlan("clean", RecordingSettings(reserve_mb=0))

BREAKS = '''
"""A detector that raises while a file is there."""
from pathlib import Path
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import Detector
from tracker_gui.core.types import no_detections

class BreaksParams(Params):
    file: Path = setting(Path(), title="File", description="It raises while this file is there.")

class Breaks(Detector[BreaksParams]):
    title = "Breaks"
    about = "Raises."
    Params = BreaksParams
    def open(self, context):
        pass
    def step(self, prepared, hint=None, explain=False):
        if self.params.file.exists():
            raise ZeroDivisionError("on purpose")
        return no_detections()
'''


@pytest.fixture
def follow(no_leaks: None) -> Iterator[Callable[..., LiveChannel]]:
    """Return a function that follows a preset on a thread until the test is over."""
    begun: list[tuple[LiveChannel, threading.Thread]] = []

    def begin(preset: Preset = PRESET) -> LiveChannel:
        assert preset.source is not None
        channel = LiveChannel(preset.source, preset)
        thread = threading.Thread(target=channel.follow)
        begun.append((channel, thread))
        thread.start()
        return channel

    yield begin
    for channel, thread in begun:
        channel.close()
        thread.join(10)
        assert not thread.is_alive()


def tracked(channel: LiveChannel, more: int = 5) -> Callable[[], bool]:
    wanted = channel.figures().tracked + more
    return lambda: channel.figures().tracked >= wanted


def test_tracking_and_recording_begin_and_end_apart(
    follow: Callable[..., LiveChannel], until: Any, tmp_path: Path
) -> None:
    channel = follow()
    channel.record(PLAN, tmp_path)
    until(lambda: channel.is_recording)
    channel.track_into(lambda: LiveFiles(SCENE, PRESET, tmp_path))
    until(lambda: channel.is_tracking)
    until(tracked(channel))
    channel.stop_recording()
    until(lambda: channel.recorded is not None)
    assert channel.is_tracking
    until(tracked(channel))
    channel.stop_tracking()
    until(lambda: not channel.is_tracking)
    until(tracked(channel))
    assert channel.last_files is not None
    names = {path.name for path in channel.last_files.files}
    assert channel.recorded is not None
    assert {path.name for path in channel.recorded.files} < names
    assert "simulated_run.json" in names


def test_ids_of_a_run_do_not_depend_on_what_was_tracked_before_it(
    follow: Callable[..., LiveChannel], until: Any, tmp_path: Path
) -> None:
    channel = follow()
    until(tracked(channel, 20))
    channel.track_into(lambda: LiveFiles(SCENE, PRESET, tmp_path))
    until(lambda: channel.is_tracking)
    until(tracked(channel))
    assert channel.files is not None
    assert channel.files.counts.frames < 20


def test_a_detector_that_raises_is_begun_anew_and_the_recording_goes_on(
    follow: Callable[..., LiveChannel], until: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = tmp_path / "stages" / "detectors"
    stages.mkdir(parents=True)
    (stages / "breaks.py").write_text(BREAKS)
    monkeypatch.setenv(registry.EXTRA_STAGES_VARIABLE, str(tmp_path / "stages"))
    fuse = tmp_path / "fuse"
    channel = follow(Preset(source=SCENE, detector=choice("detectors", "breaks", file=fuse)))
    channel.record(PLAN, tmp_path / "out")
    until(tracked(channel))
    fuse.touch()
    until(lambda: channel.problem is not None)
    assert "on purpose" in str(channel.problem)
    recorded = channel.figures().recording[0].frames
    until(lambda: channel.figures().recording[0].frames > recorded + 10)
    fuse.unlink()
    until(tracked(channel))
    assert channel.problem is None


def test_settings_that_cannot_be_used_leave_those_before_in_force(
    follow: Callable[..., LiveChannel], until: Any, tmp_path: Path
) -> None:
    channel = follow()
    until(tracked(channel))
    missing = choice("image", "background", file=tmp_path / "none.png")
    channel.set_preset(Preset(source=SCENE, image=(missing,)))
    until(lambda: channel.problem is not None)
    until(tracked(channel))
    channel.set_preset(PRESET)
    until(lambda: channel.problem is None)


def test_a_folder_that_cannot_be_made_is_a_problem_and_no_run(
    follow: Callable[..., LiveChannel], until: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    channel = follow()
    channel.track_into(lambda: LiveFiles(SCENE, PRESET, tmp_path / "file"))
    until(lambda: channel.refused is not None)
    assert not channel.is_tracking
    channel.record(PLAN, tmp_path / "file")
    until(lambda: channel.recorded is not None)
    assert channel.recorded is not None
    assert channel.recorded.problems
    until(tracked(channel))
