"""The window on cameras that stall, go and come, with runs and recordings that begin and end apart."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt, QTimer

from tracker_gui.core.live import CaptureState
from tracker_gui.core.preset import CAMERA_FIELDS, CameraSetup, Preset, choice, save
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.engine.player import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 30_000
BLOBS = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=2000)


class Lab:
    """A window on some cameras."""

    def __init__(self, window: MainWindow, cameras: list[Any], qtbot: QtBot, out: Path) -> None:
        self.window, self.cameras, self.out = window, cameras, out
        self.session = window.session
        self._qtbot = qtbot

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def state(self, number: int = 0) -> CaptureState:
        live = self.session.views[number].live
        assert live is not None
        return live.channel.state

    def all_live(self) -> None:
        self.until(lambda: all(view.live is not None and view.newest is not None for view in self.session.views))

    def files(self, pattern: str) -> list[Path]:
        return sorted(self.out.glob(pattern))


@pytest.fixture
def lab(
    open_window: Callable[..., MainWindow], camera_servers: Any, qtbot: QtBot, tmp_path: Path
) -> Iterator[Callable[[int], Lab]]:
    """Return a function that opens a window on so many cameras."""
    with ExitStack() as stack:

        def begin(count: int) -> Lab:
            cameras = [stack.enter_context(camera_servers.MjpegCamera()) for _ in range(count)]
            sources = [choice("sources", "network_stream", url=camera.url) for camera in cameras]
            first = replace(
                Preset(source=sources[0], detector=BLOBS, recording=RecordingSettings(reserve_mb=0)).with_tracker(
                    animals=2
                ),
                name="lab",
            )
            setup = {name: getattr(first, name) for name in CAMERA_FIELDS}
            more = tuple(CameraSetup(**setup | {"source": source}) for source in sources[1:])
            path = tmp_path / "lab.json"
            save(replace(first, more_cameras=more), path)
            window = open_window(path)
            window.session.settings.output_folder = str(tmp_path / "out")
            return Lab(window, cameras, qtbot, tmp_path / "out")

        yield begin


def test_recording_and_tracking_begin_and_end_apart(lab: Callable[[int], Lab]) -> None:
    it = lab(1)
    it.all_live()
    it.window.action("record").trigger()
    it.until(lambda: it.session.is_recording)
    assert it.window.action("record").isChecked()
    it.until(lambda: it.window.status.recording.text().startswith("REC 00:00:0"))
    assert not it.session.is_tracking
    it.window.action("start").trigger()
    it.until(lambda: it.session.view.live.channel.is_tracking)
    it.window.action("record").trigger()
    it.until(lambda: any("Recorded" in sentence for sentence in it.window.notices.sentences))
    assert it.session.is_tracking
    it.window.action("stop").trigger()
    it.until(lambda: any("Tracked" in sentence for sentence in it.window.notices.sentences))
    assert len(it.files("*_tracks.csv")) == len(it.files("*.mp4")) == 1
    assert it.state() is CaptureState.LIVE


def test_a_lost_camera_is_seen_on_its_picture_and_in_words_while_the_other_goes_on(lab: Callable[[int], Lab]) -> None:
    it = lab(2)
    it.all_live()
    it.session.show_camera(1)
    it.cameras[1].kill()
    it.until(lambda: it.state(1) is CaptureState.RECONNECTING)
    pane = it.window.picture.frame_pane
    it.until(lambda: pane.lost.isVisible() and "reconnecting" in pane.lost.words)
    assert not pane.badge.isVisible()
    assert it.window.status.word.text() == "reconnecting"
    it.until(lambda: any("Camera 2" in sentence for sentence in it.window.notices.sentences))
    assert it.window.steps.section("Source").head.state.kind == "problem"
    assert it.state(0) is CaptureState.LIVE
    it.cameras[1].start()
    it.until(lambda: it.state(1) is CaptureState.LIVE)
    it.until(lambda: pane.lost.isHidden() and pane.badge.isVisible())
    it.until(lambda: not any("Camera 2" in sentence for sentence in it.window.notices.sentences))
    assert any("is back after" in remark.text for _, remark in it.session.history)


def test_the_window_beats_on_while_a_camera_stalls(lab: Callable[[int], Lab], qtbot: QtBot) -> None:
    it = lab(1)
    it.all_live()
    beats = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: beats.append(None))
    timer.start(10)
    it.cameras[0].tell("stall")
    it.until(lambda: it.state() in (CaptureState.STALE, CaptureState.RECONNECTING))
    # A window that waits two seconds for a picture would have beaten a handful of times. How late a single
    # beat may be is measured in benchmarks/window_heartbeat.py: here other tests share the machine.
    assert len(beats) > 60
    timer.stop()
    it.window.close()
    assert it.session.close()


def test_a_click_on_a_tile_makes_its_camera_the_present_one(lab: Callable[[int], Lab], qtbot: QtBot) -> None:
    it = lab(2)
    it.all_live()
    tiles = it.window.picture.tiles
    assert tiles.isVisible()
    it.window.action("all_cameras").trigger()
    assert it.window.picture.desk.isHidden()
    qtbot.mouseClick(tiles.tiles[1], Qt.MouseButton.LeftButton)
    assert it.session.document.camera == 1
    assert it.window.picture.desk.isVisible()
    animals = it.session.document.whole.camera(1).tracker.params.animals  # type: ignore[attr-defined]
    it.session.use_animals(animals + 3)
    whole = it.session.document.whole
    assert whole.camera(1).tracker != whole.camera(0).tracker
    it.session.show_camera(0)
    it.window.action("undo").trigger()
    assert it.session.document.camera == 1
    assert it.session.document.whole.camera(1).tracker == it.session.document.whole.camera(0).tracker


def test_a_camera_is_added_beside_the_other_and_taken_away_by_undo(lab: Callable[[int], Lab]) -> None:
    it = lab(1)
    it.all_live()
    first = it.session.view
    source = choice("sources", "replay", path=it.out / "none.mp4")
    it.session.add_source(source, "add a camera")
    assert len(it.session.views) == 2
    assert it.session.views[0] is first
    assert it.session.document.camera == 1
    assert it.session.document.preset.detector == BLOBS
    it.window.action("undo").trigger()
    assert it.session.views == [first]
    assert first.live is not None
    it.until(lambda: first.is_playing)


def test_the_picture_stands_still_and_the_camera_goes_on(lab: Callable[[int], Lab], qtbot: QtBot) -> None:
    it = lab(1)
    it.all_live()
    it.window.action("play").trigger()
    assert it.session.state.phase is Phase.PAUSED

    def tracked() -> int:
        figures = it.session.figures()
        assert figures is not None
        return figures.tracked

    # What was on its way to the screen arrives.
    so_far = tracked()
    it.until(lambda: tracked() > so_far + 5)
    still = it.session.newest
    it.until(lambda: tracked() > so_far + 20)
    assert it.session.newest is still
    it.window.action("play").trigger()
    it.until(lambda: it.session.newest is not still)


def test_closing_while_recording_leaves_files_that_play(lab: Callable[[int], Lab]) -> None:
    import av

    it = lab(1)
    it.all_live()
    it.window.action("record").trigger()
    it.window.action("start").trigger()
    it.until(lambda: (it.session.figures().recording or [None])[0] is not None)  # type: ignore[union-attr]
    it.until(lambda: it.session.figures().recording[0].frames > 20)  # type: ignore[union-attr]
    it.window.close()
    assert it.session.close()
    (video,) = it.files("*.mp4")
    with av.open(str(video)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 20
    assert len(it.files("*_run.json")) == 1
