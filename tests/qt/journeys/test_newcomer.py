"""Journey 1: a newcomer with a video, from the first click to the same figures without a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from PySide6.QtCore import QPoint, Qt

from tracker_gui.cli import main
from tracker_gui.core.h264_file import H264File, i420
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.geometry import Point

SCENE = ArenaScene(animals=1, seed=11, width_px=480, height_px=360, duration_s=20.0, body_length_px=26)


class Video(NamedTuple):
    """What the newcomer knows of the video: where the animal is, where the zone and the known length are."""

    path: Path
    frame: int
    where: Callable[[int], Point]
    zone: tuple[Point, ...]
    length: tuple[Point, Point]
    length_mm: int


@pytest.fixture
def simulated_ant(tmp_path: Path) -> Video:
    arena = Arena(SCENE)
    path = tmp_path / "one animal.mp4"
    video = H264File(path, SCENE.size_px, SCENE.rate_hz, crf=20, speed="veryfast")
    for k in range(SCENE.frame_count):
        video.write(i420(ArrayPicture(arena.picture(k))), k / SCENE.rate_hz)
    video.close()
    zone = ((120.0, 90.0), (360.0, 90.0), (330.0, 250.0), (150.0, 250.0))
    return Video(
        path, 90, lambda k: tuple(arena.truth(k).xy_px[0].tolist()), zone, ((80.0, 180.0), (400.0, 180.0)), 100
    )


@pytest.fixture
def real_ant(shared: Path) -> Video:
    path = shared / "media" / "animals" / "ant.mp4"
    zone = ((330.0, 120.0), (640.0, 120.0), (640.0, 300.0), (330.0, 300.0))
    return Video(path, 300, lambda _: (376.2, 173.8), zone, ((250.0, 280.0), (710.0, 280.0)), 90)


@pytest.fixture(params=["simulated", pytest.param("real", marks=[pytest.mark.real_media, pytest.mark.slow])])
def video(request: pytest.FixtureRequest) -> Video:
    return request.getfixturevalue(f"{request.param}_ant")


def live_entries(panel: Any) -> dict[str, tuple[str, str]]:
    """Return {zone: (entries, time)} as the table shows them."""
    items = [panel.table.topLevelItem(row) for row in range(panel.table.topLevelItemCount())]
    return {item.text(0): (item.text(2), item.text(3)) for item in items}


def test_a_good_track_takes_less_than_ten_acts(journey: Any, video: Video, tmp_path: Path, rows_of: Any) -> None:
    user = journey("newcomer")
    window = user.window
    window.session.settings.output_folder = str(tmp_path / "out")
    user.drop(video.path)
    bar = window.transport.bar
    user.until(lambda: window.session.newest is not None and bar.isEnabled())
    user.click(bar, QPoint(round(video.frame / bar.maximum() * bar.width()), bar.height() // 2))
    user.until(lambda: window.session.newest.snapshot.frame.index > 0)
    place = video.where(window.session.newest.snapshot.frame.index)
    user.button("tool_animal")
    user.click_picture(place)
    proposal = window.picture.proposal
    assert proposal.isVisible()
    user.shot("proposal")
    user.click(proposal.accept)
    user.until(lambda: len(window.session.newest.snapshot.detections) == 1)
    ready = len(user.acts) + 1  # with the start, when only a track is wanted
    assert ready < 10

    user.button("tool_polygon")
    user.click_picture(*video.zone)
    user.key(Qt.Key.Key_Return)
    assert [zone.name for zone in window.document.preset.zones] == ["zone 1"]
    user.shot("zone")

    user.button("tool_scale")
    user.drag_picture(*video.length)
    user.shot("length")
    user.type(window.picture.options_bar.length_box, str(video.length_mm))
    (a, b) = video.length
    assert window.document.preset.scale.mm_per_px == pytest.approx(video.length_mm / (b[0] - a[0]), rel=0.02)

    user.panel("zones")
    user.button("start")
    user.until(lambda: window.session.is_tracking)
    user.until(lambda: not window.session.is_tracking)
    zones = window.docks.docks["zones"].panel()
    user.until(lambda: bool(live_entries(zones)))
    user.shot("zones")
    shown = live_entries(zones)["zone 1"]

    saved = tmp_path / "my ant.json"
    user.choose_file(saved, lambda: user.key("s", Qt.KeyboardModifier.ControlModifier))
    assert saved.is_file()
    before = window.document.whole

    again = journey("reopened")
    again.drop(saved)
    again.until(lambda: again.window.session.newest is not None)
    assert again.window.document.whole == before

    assert main(["batch", str(video.path), "--preset", str(saved), "--out", str(tmp_path / "batch"), "--quiet"]) == 0
    (row,) = rows_of(tmp_path / "batch" / "batch_zones.csv")
    assert row["zone"] == "zone 1"
    assert int(row["entries"]) > 0
    assert shown[0] == row["entries"]
