"""What each of the cassettes that come with the program does with tracks that are known."""

from __future__ import annotations

import csv
import os
import sys
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest

from tracker_gui.feed.cassette_file import all_cassettes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAN = float("nan")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def walk(*legs: tuple[int, float, float], start: tuple[float, float] = (10.0, 10.0)) -> np.ndarray:
    """Return (frames, 1, 2) places of one animal: each leg is so many frames with a step (x, y) px."""
    places = [np.array(start)]
    for frames, dx, dy in legs:
        places += [places[-1] + (dx * (k + 1), dy * (k + 1)) for k in range(frames)]
    return np.array(places)[:, None, :]


def pair(distances: list[float]) -> np.ndarray:
    """Return (frames, 2, 2) places of two animals at these distances; not a number where one is lost."""
    return np.array([[(5.0, 50.0), (5.0 + distance, 50.0)] for distance in distances])


def test_every_cassette_that_is_shipped_can_be_read_and_says_what_it_is() -> None:
    listed = all_cassettes()
    assert len(listed) >= 12
    assert {name: cassette.problem for name, cassette in listed.items() if cassette.problem} == {}
    assert all(cassette.about or cassette.name for cassette in listed.values())


def test_print_positions(lead: Callable[..., Any], tmp_path: Path) -> None:
    places = walk((9, 2, 0))
    places[4] = NAN
    lead("print_positions every_frames=2", places)
    lines = (tmp_path / "run_positions.txt").read_text().splitlines()
    assert lines == ["0.000 s  (10.0, 10.0)", "0.067 s  (14.0, 10.0)", "0.133 s  lost", "0.200 s  (22.0, 10.0)",
                     "0.267 s  (26.0, 10.0)"]  # fmt: skip


def test_directions(lead: Callable[..., Any], tmp_path: Path) -> None:
    lead("directions least_px=10", walk((5, 2, 0), (5, 0, 2), (4, -2, 0)))
    found = rows(tmp_path / "run_directions.csv")
    assert [(row["direction_deg"], row["distance_px"]) for row in found] == [("0.0", "10.0"), ("90.0", "10.0")]


def test_record_when_close(lead: Callable[..., Any], tmp_path: Path) -> None:
    meeting = [100.0] * 3 + [50.0] * 10 + [70.0] * 4 + [NAN] * 2 + [100.0] * 3 + [50.0] * 2 + [100.0] * 2
    lead("record_when_close closer_than_px=60 apart_px=80", pair(meeting))
    # The frame on which they part is the sign that it is over; the second meeting is too short.
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["run_meeting-001.mp4"]
    assert len(frames_of(tmp_path / "run_meeting-001.mp4")) == 16


def test_record_outside(lead: Callable[..., Any], tmp_path: Path) -> None:
    inside, outside = (30.0, 30.0), (100.0, 100.0)
    places = np.array([inside] * 5 + [outside] * 10 + [inside] * 10)[:, None, :]
    lead("record_outside left_px=0 top_px=0 right_px=60 bottom_px=60 after_frames=4", places)
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["run_outside-001.mp4"]
    # From the fourth frame outside to the third inside.
    assert len(frames_of(tmp_path / "run_outside-001.mp4")) == 10


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_message_board(lead: Callable[..., Any]) -> None:
    import pty
    import tty

    board, port = pty.openpty()
    tty.setraw(port)
    try:
        inside, outside = (30.0, 30.0), (100.0, 100.0)
        places = np.array([outside] * 3 + [inside] * 5 + [outside] * 10 + [inside] * 2)[:, None, :]
        heard = lead(
            f"message_board port={os.ttyname(port)} boot_s=0 x_px=30 y_px=30 radius_px=20 out_frames=5 pause_s=0",
            places,
        )
        assert heard.failed == ""
        sent = b""
        while len(sent) < 4:  # a pty hands over in pieces; the last letter is sent as it ends
            sent += os.read(board, 100)
        assert sent == b"mkmk"
    finally:
        os.close(board)
        os.close(port)


def test_message_board_says_that_it_needs_a_port(lead: Callable[..., Any]) -> None:
    assert "no port is set" in lead("message_board", walk((3, 1, 0))).failed


def test_looming(lead: Callable[..., Any], tmp_path: Path) -> None:
    # 2 px per frame are 60 px/s, 6 are 180: over five frames, 125 px/s are passed once in the pause of 15 s.
    lead("looming speed_px_s=125 over_frames=5", walk((10, 2, 0), (10, 6, 0), start=(1.0, 50.0)))
    found = rows(tmp_path / "run_looming.csv")
    assert len(found) == 1
    assert found[0]["time_s"] == "0.433"  # three frames of five at 180 px/s
    assert found[0]["speed_px_s"] == "132.0"


def test_plot_paths(lead: Callable[..., Any], tmp_path: Path) -> None:
    places = walk((20, 5, 0), start=(20.0, 60.0))
    places[8:12] = NAN
    lead("plot_paths every_s=0.2", places)
    picture = cv2.imread(str(tmp_path / "run_paths.png"))
    assert picture.shape == (120, 160, 3)
    assert np.abs(picture[60, 40].astype(int) - (0, 159, 230)).max() < 60
    assert picture[60, 70].tolist() == [255, 255, 255]  # where it was lost
    assert picture[20, 20].tolist() == [255, 255, 255]


def test_time_lapse(lead: Callable[..., Any], tmp_path: Path) -> None:
    def gray(index: int) -> np.ndarray:
        return np.full((120, 160, 3), 5 * index, np.uint8)

    lead("time_lapse every_s=0.2 with_time=false", walk((30, 1, 0)), gray)
    means = [float(frame.mean()) for frame in frames_of(tmp_path / "run_time_lapse.mp4")]
    assert np.allclose(means, [0, 30, 60, 90, 120, 150], atol=3)


def test_extract_frames(lead: Callable[..., Any], tmp_path: Path) -> None:
    def gray(index: int) -> np.ndarray:
        return np.full((120, 160, 3), 5 * index, np.uint8)

    lead("extract_frames 'frames=3, 7'", walk((10, 1, 0)), gray)
    pictures = {path.name: int(cv2.imread(str(path))[0, 0, 0]) for path in tmp_path.glob("*.png")}
    assert pictures == {"run_frame_3.png": 15, "run_frame_7.png": 35}


def test_extract_background(lead: Callable[..., Any], tmp_path: Path) -> None:
    places = walk((20, 6, 0), start=(15.0, 60.0))

    def with_animal(index: int) -> np.ndarray:
        picture = np.full((120, 160, 3), 180, np.uint8)
        cv2.circle(picture, tuple(places[index, 0].astype(int).tolist()), 5, (0, 0, 0), -1)
        return picture

    lead("extract_background every_s=0.01 most=7", places, with_animal)
    background = cv2.imread(str(tmp_path / "run_background.png"))
    assert (background == 180).all()


@pytest.mark.parametrize(("turned", "ahead"), [("false", (50, 70)), ("true", (30, 50))])
def test_follow_one(lead: Callable[..., Any], tmp_path: Path, turned: str, ahead: tuple[int, int]) -> None:
    places = walk((10, 4, 0), start=(50.0, 60.0))

    def with_flag(index: int) -> np.ndarray:
        """Draw a spot 20 px ahead of the animal."""
        picture = np.full((120, 160, 3), 180, np.uint8)
        x, y = places[index, 0]
        cv2.circle(picture, (int(x) + 20, int(y)), 6, (0, 0, 0), -1)
        return picture

    lead(f"follow_one side_px=100 heading_up={turned}", places, with_flag)
    frames = frames_of(tmp_path / "run_animal_1.mp4")
    assert len(frames) == 11
    assert frames[-1].shape == (100, 100, 3)
    assert frames[-1][ahead].max() < 60
    assert frames[-1][50, 30].min() > 120


def test_time_sync(lead: Callable[..., Any], tmp_path: Path) -> None:
    lead("time_sync", walk((3, 1, 0)))
    found = rows(tmp_path / "run_time_sync.csv")
    assert [(row["frame"], row["steady_s"]) for row in found] == [
        ("0", "0.000000"), ("1", "0.033333"), ("2", "0.066667"), ("3", "0.100000"),
    ]  # fmt: skip
