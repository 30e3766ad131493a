"""What the tests of the feed share: tracks that are known, and a cassette that is led through them."""

from __future__ import annotations

import multiprocessing
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.types import Frame, Snapshot, SourceInfo, Tracks, TrackState, no_detections
from tracker_gui.feed.cassette_file import checked_params, find_cassette, parse_line
from tracker_gui.feed.cassette_process import KIND, PICTURE_HEAD, CassetteRun, Job
from tracker_gui.feed.ring import RingWriter
from tracker_gui.feed.tracks import TrackFeed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WIDTH, HEIGHT, RATE_HZ = 160, 120, 30.0


def snapshot_of(index: int, places: np.ndarray, picture: np.ndarray | None = None) -> Snapshot:
    """Return a frame with animals at (n, 2) places; one that is not a number is lost."""
    n = len(places)
    lost = np.isnan(places[:, 0])
    ids, zeros = np.arange(1, n + 1), np.zeros(n)
    tracks = Tracks(
        tuple(ids.tolist()), ids, np.where(lost, TrackState.LOST, TrackState.FOUND), np.nan_to_num(places),
        np.zeros((n, 4)), np.zeros((n, 2)), zeros, zeros, ids, ids, ids,
    )  # fmt: skip
    pixels = np.full((HEIGHT, WIDTH, 3), 200, np.uint8) if picture is None else picture
    frame = Frame(index, index / RATE_HZ, None, "s", 0, ArrayPicture(pixels))
    return Snapshot(frame, Prepared(frame, ()), no_detections(), tracks)


@dataclass
class Heard:
    """What a cassette told of itself."""

    said: list[str] = field(default_factory=list)
    failed: str = ""
    line: int = 0
    answered: list[int] = field(default_factory=list)


@pytest.fixture
def lead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Heard]:
    """Return what leads a cassette through (frames, animals, 2) places, frame by frame, in this process."""

    def through(text: str, places: np.ndarray, picture: Callable[[int], np.ndarray] | None = None) -> Heard:
        line = parse_line(text)
        cassette = find_cassette(line.name)
        info = SourceInfo("s", (WIDTH, HEIGHT), RATE_HZ, None)
        feed = TrackFeed(f"lead-{line.name}", info, range(1, places.shape[1] + 1), kind=KIND)
        pictures = RingWriter(f"{feed.name}-pictures", {}, PICTURE_HEAD.itemsize + WIDTH * HEIGHT * 3, 4)
        mine, other = multiprocessing.Pipe()
        values = checked_params(cassette, line).model_dump()
        job = Job(str(cassette.path), line.name, values, feed.name, f"{feed.name}-pictures", str(tmp_path), "run", 30.0)
        run = CassetteRun(job, other)
        heard = Heard()

        def hear(what: str) -> bool:
            while mine.poll(20):
                told: Any = mine.recv()
                if told.what == "said":
                    heard.said.append(told.text)
                elif told.what == "did":
                    heard.answered.append(told.number)
                elif told.what == "failed":
                    heard.failed, heard.line = told.text, told.line
                if told.what in (what, "failed", "ended"):
                    return bool(told.what == what)
            raise AssertionError("the cassette says nothing")

        working = threading.Thread(target=run.run)
        try:
            working.start()
            if hear("ready"):
                for index in range(len(places)):
                    snapshot = snapshot_of(index, places[index], None if picture is None else picture(index))
                    head = np.array([(index, HEIGHT, WIDTH)], PICTURE_HEAD)
                    pictures.write((head.tobytes(), snapshot.frame.bgr_u8.tobytes()))
                    feed.write(snapshot)
                    if not hear("did"):
                        break
                else:
                    feed.close()
                    hear("ended")
        finally:
            feed.close()
            working.join(20)
            run.close()
            pictures.close()
            mine.close()
        return heard

    return through
