"""Journey 6, its camera part: started in the evening, watched from afar, read in the morning."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from tracker_gui.core.live import CaptureState
from tracker_gui.core.preset import Preset, choice, save
from tracker_gui.core.recording import RecordingSettings

if TYPE_CHECKING:
    from pathlib import Path


def lines(window: Any) -> list[str]:
    """Return what the event log shows."""
    table = window.docks.docks["event_log"].panel().table
    return [table.model().index(row, 1).data() for row in range(table.model().rowCount())]


def first_with(listed: list[str], *words: str) -> int:
    """Return the place of the first line that has all these words."""
    found = [number for number, line in enumerate(listed) if all(word in line for word in words)]
    assert found, f"no line with {words} in\n" + "\n".join(listed)
    return found[0]


def test_the_morning_tells_what_the_night_was_like(
    journey: Any, camera_servers: Any, full_disk: Path, tmp_path: Path
) -> None:
    with camera_servers.MjpegCamera() as camera:
        blobs = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=2000)
        preset = Preset(
            source=choice("sources", "network_stream", url=camera.url), detector=blobs,
            recording=RecordingSettings(reserve_mb=0),
        )  # fmt: skip
        save(preset.with_tracker(animals=2), tmp_path / "night.json")
        user = journey("night-run")
        window, session = user.window, user.window.session
        session.settings.output_folder = str(full_disk / "out")
        user.drop(tmp_path / "night.json")
        user.until(lambda: session.newest is not None)
        user.button("start")
        user.button("record")
        user.key(Qt.Key.Key_F11)
        face = window.monitor.face
        user.until(lambda: face.isVisible() and session.is_tracking and session.is_recording)
        user.until(lambda: face.read_outs["recording"].figure.value.startswith("00:00:0"))
        user.shot("monitor")

        channel = session.view.live.channel
        camera.kill()
        user.until(lambda: channel.state is CaptureState.RECONNECTING)
        user.until(lambda: face.read_outs["state"].figure.value == "reconnecting")
        user.shot("unplugged")
        camera.start()
        user.until(lambda: channel.state is CaptureState.LIVE)

        ballast = full_disk / "somebody elses file"
        with ballast.open("wb", buffering=0) as file:
            file.write(bytes(max(0, shutil.disk_usage(full_disk).free - 65536)))
        user.until(lambda: any("full" in remark.text for _, remark in session.history))
        user.shot("full")
        ballast.unlink()
        user.until(lambda: not any(state.sentence for state in session.figures().recording))
        user.until(lambda: not session.figures().troubles)

        user.key(Qt.Key.Key_Escape)
        user.panel("event_log")
        user.button("record")
        user.button("stop")
        user.until(lambda: not session.is_tracking and not session.is_recording)
        user.until(lambda: all(any(word in text for text in lines(window)) for word in ("Tracked", "Recorded")))
        listed = lines(window)
        user.shot("morning")
        assert sum("the disk is full" in line for line in listed) <= 2, "a line for the table and one for the video"
        order = [
            first_with(listed, "Tracking into", "begins"),
            first_with(listed, "closed the connection", "Next attempt"),
            first_with(listed, "is back after"),
            first_with(listed, "the disk is full"),
            first_with(listed, "There is space again"),
            first_with(listed, "Tracked"),
        ]
        assert order == sorted(order)
        assert len(user.acts) < 12
    (table,) = (full_disk / "out").glob("*_tracks.csv")
    (manifest,) = (full_disk / "out").glob("*_run.json")
    run = json.loads(manifest.read_text(encoding="utf-8"))
    assert run["counts"]["frames"] > 0
    assert any(gap["reason"] for gap in run["gaps"])
    rows = [line for line in table.read_text().splitlines() if not line.startswith("#")]
    assert len(rows) - 1 == 2 * run["counts"]["frames"]
