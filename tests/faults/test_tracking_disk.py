"""F24, F26: tracking beside a disk that is frozen: nothing waits for it, and no row is lost."""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import pytest

from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.live_channel import LiveChannel
from tracker_gui.engine.live_files import LiveFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker_gui.core.types import Snapshot

SCENE = choice("sources", "simulated", animals=2, duration_s=60.0, width_px=160, height_px=120, body_length_px=12)
PRESET = Preset(
    source=SCENE, detector=choice("detectors", "blobs", offset=20, min_area_px2=10, max_area_px2=400)
).with_tracker(animals=2)
FRAMES_MEANWHILE = 60
END_WITHIN_S = 5.0

pytestmark = pytest.mark.usefixtures("no_leaks")


class Following:
    """A channel that is followed on a thread of its own."""

    def __init__(self) -> None:
        self._tracked = 0
        self.channel = LiveChannel(SCENE, PRESET, self._count)
        self._thread = threading.Thread(target=self.channel.follow)
        self._thread.start()

    def track_into(self, folder: Path, preset: Preset = PRESET) -> None:
        self.channel.track_into(lambda: LiveFiles(SCENE, preset, folder))

    def more(self, frames: int = FRAMES_MEANWHILE) -> Callable[[], bool]:
        """Return whether so many frames more than now were tracked, into files or not."""
        wanted = self._tracked + frames
        return lambda: self._tracked >= wanted

    def is_under_way(self) -> bool:
        """Return whether some frames were tracked into files."""
        files = self.channel.files
        return files is not None and files.counts.frames > 20

    def _count(self, _: Snapshot) -> None:
        self._tracked += 1

    def end(self) -> float:
        """Return how many seconds it took to end."""
        start_s = time.monotonic()
        self.channel.close()
        self._thread.join(30)
        assert not self._thread.is_alive()
        return time.monotonic() - start_s


@pytest.fixture
def following() -> Iterator[Following]:
    it = Following()
    yield it
    it.end()


def rows_of(folder: Path) -> list[str]:
    (table,) = folder.glob("*_tracks.csv")
    text = table.read_text()
    assert not text or text.endswith("\n")
    return text.splitlines()[1:]


def test_tracking_goes_on_beside_a_disk_that_hangs_and_every_row_is_there_afterwards(
    freezing_disk: Callable[[bool], Path], following: Following, until: Any
) -> None:
    folder = freezing_disk(False)
    following.track_into(folder)
    until(following.is_under_way)
    freezing_disk(True)
    until(following.more())
    until(lambda: any("has not answered for" in said for said in following.channel.figures().troubles))
    assert "rows wait in memory" in following.channel.figures().troubles[0]
    freezing_disk(False)
    until(lambda: not following.channel.figures().troubles)
    following.channel.stop_tracking()
    until(lambda: not following.channel.is_tracking)
    files = following.channel.last_files
    assert files is not None
    assert not files.problems
    assert len(rows_of(folder)) == 2 * files.counts.frames
    assert json.loads(files.manifest_path.read_text())["outcome"] == "complete"


def test_stopping_beside_a_disk_that_hangs_neither_holds_up_tracking_nor_keeps_silent(
    freezing_disk: Callable[[bool], Path], following: Following, until: Any
) -> None:
    folder = freezing_disk(False)
    following.track_into(folder)
    until(following.is_under_way)
    freezing_disk(True)
    until(following.more(10))
    following.channel.stop_tracking()
    until(following.more())
    until(lambda: not following.channel.is_tracking)
    files = following.channel.last_files
    assert files is not None
    said = " ".join(files.problems)
    assert "rows are not written" in said
    assert "_run.json: the disk has not answered" in said
    freezing_disk(False)
    until(lambda: len(rows_of(folder)) == 2 * files.counts.frames)
    until(lambda: json.loads(files.manifest_path.read_text())["outcome"] == "complete")


def test_a_video_loses_frames_to_a_disk_that_hangs_and_tracking_none(
    freezing_disk: Callable[[bool], Path], following: Following, until: Any
) -> None:
    folder = freezing_disk(False)
    preset = replace(PRESET, outputs=(*PRESET.outputs, choice("sinks", "video", look="clean", crf=0)))
    following.track_into(folder, preset)
    until(following.is_under_way)
    freezing_disk(True)
    until(lambda: any(".mp4: the disk has not answered" in said for said in following.channel.figures().troubles))
    until(following.more())
    freezing_disk(False)
    until(lambda: not any("not answered" in said for said in following.channel.figures().troubles))
    following.channel.stop_tracking()
    until(lambda: not following.channel.is_tracking)
    files = following.channel.last_files
    assert files is not None
    assert len(rows_of(folder)) == 2 * files.counts.frames
    (video,) = folder.glob("*.mp4")
    missing = sum(int(found[1]) for problem in files.problems if (found := re.search(r"(\d+) frames are", problem)))
    with av.open(str(video)) as container:
        assert sum(1 for _ in container.decode(video=0)) == files.counts.frames - missing


def test_the_end_comes_within_five_seconds_whatever_the_disk_does(
    freezing_disk: Callable[[bool], Path], following: Following, until: Any
) -> None:
    following.track_into(freezing_disk(False))
    until(following.is_under_way)
    freezing_disk(True)
    until(following.more(10))
    assert following.end() < END_WITHIN_S
    files = following.channel.last_files
    assert files is not None
    assert any("rows are not written" in problem for problem in files.problems)
    freezing_disk(False)


def test_a_run_that_cannot_begin_on_a_disk_that_hangs_can_be_called_off(
    freezing_disk: Callable[[bool], Path], following: Following, until: Any
) -> None:
    folder = freezing_disk(True) / "run"
    until(following.more(1))
    following.track_into(folder)
    until(following.more())
    assert not following.channel.is_tracking
    following.channel.stop_tracking()
    until(lambda: following.channel.refused is not None)
    assert "stopped before the folder had answered" in str(following.channel.refused)
    freezing_disk(False)
    until(following.more())
    assert not following.channel.is_tracking
    until(lambda: not folder.exists())
