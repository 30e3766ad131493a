"""Tracks as other programs get them, and the output and the command that they hang on."""

from __future__ import annotations

import json
import math
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tracker_gui import cli
from tracker_gui.core.geometry import Rectangle
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.types import Frame, Motion, Snapshot, SourceInfo, Tracks, TrackState, no_detections
from tracker_gui.core.zones import Zone
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.feed.tracks import MEASURED, MISSING, PREDICTED, TrackFeed, TrackReader, track_feeds

if TYPE_CHECKING:
    from pathlib import Path

INFO = SourceInfo("dish", (100, 80), 30.0, None)
ZONES = (
    Zone(name="left", shape=Rectangle(centre=(25, 40), width=50, height=80)),
    Zone(name="top", shape=Rectangle(centre=(50, 20), width=100, height=40)),
)
TRACKS = Tracks(
    roster=(1, 2, 3, 4),
    track_id=np.array([1, 2, 3]),
    state=np.array([TrackState.FOUND, TrackState.PREDICTED, TrackState.LOST]),
    xy_px=np.array([[10.0, 10.0], [80.0, 20.0], [12.0, 60.0]]),
    box_xyxy_px=np.zeros((3, 4)),
    velocity_px_s=np.zeros((3, 2)),
    area_px2=np.ones(3),
    angle_rad=np.zeros(3),
    age_frames=np.ones(3, np.int64),
    missed_frames=np.zeros(3, np.int64),
    detection_index=np.zeros(3, np.int64),
)
MOTION = Motion(
    np.array([5.0, 6.0, 7.0]), np.array([True, False, True]), np.array([0.5, 0, 0]), np.array([True, False, True])
)


def snapshot(index: int = 0, tracks: Tracks = TRACKS, motion: Motion | None = MOTION) -> Snapshot:
    frame = Frame(index, index / 30, 1e9 + index, "s", 0, ArrayPicture(np.zeros((80, 100), np.uint8)))
    return Snapshot(frame, Prepared(frame, ()), no_detections(), tracks, motion)


@pytest.mark.usefixtures("no_leaks")
def test_a_frame_arrives_with_states_places_and_zones() -> None:
    feed = TrackFeed("arrives", INFO, (1, 2, 3, 4), ZONES)
    reader = TrackReader("arrives")
    feed.write(snapshot(7))
    frame = reader.wait(5)
    assert frame is not None
    assert (frame.number, frame.frame_index, frame.t_wall_s, frame.missed) == (1, 7, 1e9 + 7, 0)
    assert frame.track_id.tolist() == [1, 2, 3, 4]
    assert frame.state.tolist() == [MEASURED, PREDICTED, MISSING, MISSING]
    assert frame.xy_px[:2].tolist() == [[10, 10], [80, 20]]
    assert frame.inside.tolist() == [[True, True], [False, True], [False, False], [False, False]]
    assert frame.speed_px_s[0] == 5
    assert frame.heading_rad[0] == 0.5
    reader.close()
    feed.close()


def test_a_missing_animal_has_no_place_and_no_speed() -> None:
    feed = TrackFeed("missing", INFO, (1, 2, 3, 4), ZONES)
    reader = TrackReader("missing")
    feed.write(snapshot())
    frame = reader.wait(5)
    assert frame is not None
    assert np.isnan(frame.xy_px[2:]).all()
    assert np.isnan(frame.speed_px_s[1:]).all()
    said = frame.document(reader.zone_names)
    assert said["animals"][2] == {
        "id": 3, "state": "missing", "x_px": None, "y_px": None, "speed_px_s": None, "heading_rad": None, "zones": [],
    }  # fmt: skip
    reader.close()
    feed.close()


def test_animals_without_room_are_counted() -> None:
    feed = TrackFeed("room", INFO, (), most_animals=2)
    reader = TrackReader("room")
    feed.write(snapshot(tracks=replace(TRACKS, roster=())))
    frame = reader.wait(5)
    assert frame is not None
    assert (len(frame.track_id), frame.left_out, feed.left_out) == (2, 1, 1)
    reader.close()
    feed.close()


def test_a_second_feed_of_a_name_gets_a_name_of_its_own() -> None:
    first, second = TrackFeed("twice", INFO, (1,)), TrackFeed("twice", INFO, (1,))
    listed = track_feeds()
    assert sorted(reader.description["feed_id"] for reader in listed) == ["twice", "twice-2"]
    assert (first.name, second.name) == ("twice", "twice-2")
    for each in (*listed, first, second):
        each.close()


def test_a_run_offers_every_frame_while_it_lasts(tmp_path: Path) -> None:
    preset = Preset(
        detector=choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=900),
        zones=(Zone(name="left", shape=Rectangle(centre=(40, 60), width=80, height=120)),),
        outputs=(choice("sinks", "tracks_csv"), choice("sinks", "live_feed", name="run")),
    ).with_tracker(animals=2)
    source = choice("sources", "simulated", animals=2, duration_s=1.0, width_px=160, height_px=120)
    got: list[tuple[int, int]] = []

    def follow(_: object) -> None:
        if not got:
            reader = TrackReader("run", from_start=True)
            got.append((0, 0))
            threads.append(threading.Thread(target=collect, args=(reader,)))
            threads[0].start()

    def collect(reader: TrackReader) -> None:
        while (frame := reader.wait()) is not None:
            inside = int((frame.xy_px[:, 0] <= 80).sum())
            got.append((frame.frame_index, int(frame.inside.sum()) - inside))
        reader.close()

    threads: list[threading.Thread] = []
    result = TrackJob(source, preset, tmp_path).run(follow)
    threads[0].join(10)
    assert [index for index, _ in got[1:]] == list(range(30))
    assert {wrong for _, wrong in got} == {0}
    said = json.loads((tmp_path / "simulated_feed.json").read_text())
    assert (said["feed_id"], said["frames"], said["zones"]) == ("run", 30, ["left"])
    assert tmp_path / "simulated_feed.json" in result.files
    assert track_feeds() == []


def test_the_command_prints_frames_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    feed = TrackFeed("command", INFO, (1, 2, 3, 4), ZONES)
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.01):
            feed.write(snapshot(feed.written))

    writing = threading.Thread(target=write)
    writing.start()
    try:
        assert cli.main(["feed", "watch", "command", "--frames", "3", "--json"]) == 0
        frames = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert cli.main(["feed", "list", "--json"]) == 0
        listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert cli.main(["feed", "list"]) == 0
    finally:
        stop.set()
        writing.join()
        feed.close()
    assert len(frames) == 3
    assert frames[0]["animals"][0]["zones"] == ["left", "top"]
    assert math.isclose(frames[1]["t_wall_s"] - frames[0]["t_wall_s"], 1.0)
    assert [one["feed_id"] for one in listed] == ["command"]
    assert "command" in capsys.readouterr().out


def test_the_command_says_that_there_is_no_such_feed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["feed", "watch", "nobody's"]) == 3
    assert "there is no such feed" in capsys.readouterr().err
