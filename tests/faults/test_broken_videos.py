"""F32: broken videos give a clear error, or are processed completely, with the true count and times from PTS."""

from __future__ import annotations

import csv
import itertools
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core.errors import InputError
from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.track_job import TrackJob

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.engine.track_job import TrackResult

    Make = Callable[..., Path]

CUTS, HITS = 12, 12
KINDS: dict[str, dict[str, Any]] = {
    "moov_last.mp4": {"options": {"bf": "2", "g": "20"}},
    "moov_first.mp4": {"options": {"bf": "2", "g": "20"}, "container": {"movflags": "faststart"}},
    "fragments.mp4": {"container": {"movflags": "empty_moov+default_base_moof", "frag_duration": "300000"}},
    "plain.mkv": {"options": {"bf": "2"}},
    "camera.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "stream.ts": {},
    "web.webm": {"codec": "libvpx"},
}
DETECTOR = choice("detectors", "blobs", method="global", level=60, min_area_px2=20, max_area_px2=4000)


def track(path: Path, folder: Path) -> TrackResult:
    return TrackJob(choice("sources", "video_file", path=path), Preset(detector=DETECTOR), folder).run()


def table(result: TrackResult) -> list[tuple[int, float]]:
    with result.files[0].open(newline="") as file:
        return [(int(row["frame"]), float(row["time_s"])) for row in csv.DictReader(file)]


def true_count(path: Path) -> int:
    source = choice("sources", "video_file", path=path).make()
    source.open()
    count = source.count()
    source.close()
    assert count is not None
    return count


def complete_or_refused(path: Path, folder: Path) -> bool:
    """Track a damaged file; return whether it could be opened, and check what came of it."""
    refused = None
    try:
        result = track(path, folder)
    except InputError as error:
        refused = error
    if refused is not None:
        assert path.name in refused.place
        assert refused.way_out
        assert not folder.exists()
        return False
    rows = table(result)
    frames = [frame for frame, _ in rows]
    times = [t_s for _, t_s in rows]
    assert len(rows) == result.counts.frames
    assert frames == sorted(set(frames))
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    assert frames[-1] < true_count(path)
    assert result.counts.frames + result.counts.lost_frames == frames[-1] + 1
    return True


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.usefixtures("no_leaks")
def test_a_file_cut_at_any_byte_is_read_up_to_there_or_refused(name: str, make_video: Make, tmp_path: Path) -> None:
    luck = random.Random(name)
    whole = make_video(f"whole_{name}", 40, **KINDS[name])
    data = whole.read_bytes()
    opened = 0
    for number in range(CUTS):
        path = tmp_path / f"cut_{name}"
        path.write_bytes(data[: luck.randrange(len(data))])
        opened += complete_or_refused(path, tmp_path / f"out{number}")
    assert opened >= (0 if name == "moov_last.mp4" else 2)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.usefixtures("no_leaks")
def test_a_file_with_damaged_bytes_is_read_as_far_as_it_goes_or_refused(
    name: str, make_video: Make, tmp_path: Path
) -> None:
    luck = random.Random(name)
    whole = make_video(f"whole_{name}", 40, **KINDS[name])
    for number in range(HITS):
        data = bytearray(whole.read_bytes())
        for _ in range(luck.choice([1, 5, 40])):
            data[luck.randrange(len(data))] = luck.randrange(256)
        path = tmp_path / f"hit_{name}"
        path.write_bytes(data)
        seen: list[int] = []
        job = TrackJob(choice("sources", "video_file", path=path), Preset(detector=DETECTOR), tmp_path / f"out{number}")
        try:
            job.run(
                on_snapshot=lambda snapshot, seen=seen: seen.append(snapshot.frame.index), cancelled=_after(200, seen)
            )
        except InputError as error:
            assert path.name in error.place  # noqa: PT017
        assert seen == sorted(set(seen))


def _after(frames: int, seen: list[int]) -> Callable[[], bool]:
    """Stop a run over a file whose damaged index makes it endless."""
    return lambda: len(seen) >= frames


def test_uneven_times_are_those_of_the_file(make_video: Make, tmp_path: Path) -> None:
    times_s = np.cumsum(np.random.default_rng(3).uniform(0.004, 0.5, 30)).round(4)
    result = track(make_video("uneven.mp4", times_s=times_s.tolist()), tmp_path / "out")
    np.testing.assert_allclose([t_s for _, t_s in table(result)], times_s - times_s[0], atol=1e-4)


def test_the_rate_in_the_header_does_not_change_the_times(make_video: Make, tmp_path: Path) -> None:
    """Ten pictures a second in a file that says 240."""
    result = track(make_video("fast.mkv", times_s=[k / 10 for k in range(20)], rate_hz=240), tmp_path / "out")
    np.testing.assert_allclose([t_s for _, t_s in table(result)], np.arange(20) / 10, atol=1e-3)
    assert result.counts.frames == 20


def test_one_frame_is_a_complete_video(make_video: Make, tmp_path: Path) -> None:
    result = track(make_video("one.mp4", 1), tmp_path / "out")
    assert table(result) == [(0, 0.0)]
    assert result.counts.reached_end


@pytest.mark.parametrize("left", [0, 1, 20])
def test_hardly_any_bytes_are_refused(left: int, make_video: Make, tmp_path: Path) -> None:
    path = make_video("few.mp4", 5)
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(InputError, match=r"few\.mp4: is (empty|not a video)"):
        track(path, tmp_path / "out")


def test_a_count_far_too_high_in_the_header_is_found_out(make_video: Make, tmp_path: Path) -> None:
    path = make_video("promise.mp4", 80, container={"movflags": "faststart"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    result = track(path, tmp_path / "out")
    assert result.counts.frames == true_count(path) < 80


def test_times_go_on_where_the_file_repeats_them(make_video: Make, tmp_path: Path) -> None:
    path = make_video("stuck.mkv", 10, codec="mjpeg", pix_fmt="yuvj420p")
    data = bytearray(path.read_bytes())
    cluster = data.index(b"\x1f\x43\xb6\x75")
    blocks = [
        at for at in range(cluster, len(data) - 4) if data[at] == 0xA3 and data[at + 3 : at + 6].find(b"\x81") >= 0
    ]
    for at in blocks:
        head = data.index(b"\x81", at)
        data[head + 1 : head + 3] = b"\x00\x00"
    path.write_bytes(data)
    result = track(path, tmp_path / "out")
    times = [t_s for _, t_s in table(result)]
    assert len(times) == 10
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
