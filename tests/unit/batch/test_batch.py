"""Many arena_videos: cancelled and resumed, with broken ones among them, in processes and on a cluster."""

from __future__ import annotations

import csv
import json
import multiprocessing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pyarrow import parquet

from tracker_gui.core.errors import InputError, OutputError, SettingsError
from tracker_gui.core.preset import choice
from tracker_gui.core.scale import Scale
from tracker_gui.core.zones import Zone
from tracker_gui.engine.batch import Batch, BatchVideo, folder_names
from tracker_gui.engine.batch_dask import DaskRunner
from tracker_gui.engine.batch_job import Outcome, Progress
from tracker_gui.engine.batch_processes import ProcessRunner
from tracker_gui.engine.batch_videos import batch_video

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tracker_gui.core.preset import Preset
    from tracker_gui.engine.batch import Runner

    Videos = Callable[..., list[Path]]

WORKERS = 2
TABLES = ("videos", "animals", "zones", "visits")


def lines(paths: Sequence[Path], settings: Preset) -> list[BatchVideo]:
    return [batch_video(str(path), settings) for path in paths]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / f"batch_{name}.csv").read_bytes() for name in TABLES}


def states(folder: Path) -> list[str]:
    return [row["state"] for row in rows(folder / "batch_videos.csv")]


def tracks(folder: Path, video: Path) -> bytes:
    """Return the table of the run that is complete."""
    for path in sorted((folder / video.stem).glob("*_run.json")):
        document = json.loads(path.read_text())
        if document["outcome"] == "complete":
            return (path.parent / document["files"][0]["name"]).read_bytes()
    raise AssertionError(f"no complete run of {video.name}")


@pytest.fixture(autouse=True)
def no_process_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    if "cluster" in request.fixturenames:
        request.getfixturevalue("cluster")
    before = set(multiprocessing.active_children())
    yield
    assert set(multiprocessing.active_children()) <= before


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Return the address of a Dask cluster of two processes on this computer."""
    distributed = pytest.importorskip("distributed", reason='needs the extra "cluster": the library distributed')
    with distributed.LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=None
    ) as started:
        yield started.scheduler_address


@pytest.fixture
def broken(tmp_path: Path, arena_videos: Videos) -> list[Path]:
    """Return two videos that cannot be read: one without a byte, one cut off within its first picture."""
    empty, cut = tmp_path / "empty.mp4", tmp_path / "cut off.mp4"
    empty.touch()
    cut.write_bytes(arena_videos(1)[0].read_bytes()[:700])
    return [empty, cut]


def test_twenty_videos_cancelled_resumed_and_on_a_cluster_give_the_same(
    tmp_path: Path, arena_videos: Videos, broken: list[Path], arena_settings: Preset, make_log: type, cluster: str
) -> None:
    good = arena_videos(18)
    paths = [*good[:7], broken[0], *good[7:12], broken[1], *good[12:]]
    assert len(paths) == 20
    here, there = tmp_path / "here", tmp_path / "there"

    log = make_log(cancel_after=6)
    first = Batch(lines(paths, arena_settings), here).run(ProcessRunner(WORKERS), log.hear, log.cancelled)
    assert first.count("done") >= 5
    assert first.count("cancelled") >= 10
    assert states(here) == [outcome.state for outcome in first.outcomes]
    whole = {number for number, outcome in enumerate(first.outcomes) if outcome.state == "done"}
    before = {number: tracks(here, paths[number]) for number in whole}

    second = Batch(lines(paths, arena_settings), here, resume=True).run(ProcessRunner(WORKERS))
    assert [second.outcomes[n].state for n in (7, 13)] == ["failed", "failed"]
    assert "is empty (0 bytes)" in second.outcomes[7].reason
    assert "cut off.mp4" in second.outcomes[13].reason
    assert second.count("done") == 18
    assert {n for n, outcome in enumerate(second.outcomes) if outcome.was_there} == whole
    assert {number: tracks(here, paths[number]) for number in whole} == before

    on_cluster = Batch(lines(paths, arena_settings), there).run(DaskRunner(cluster))
    assert tables(there) == tables(here)
    assert all(tracks(there, path) == tracks(here, path) for path in good)
    assert [o.measures for o in on_cluster.outcomes] == [o.measures for o in second.outcomes]
    assert len(rows(here / "batch_animals.csv")) == 18 * 2
    assert len(rows(here / "batch_zones.csv")) == 18 * 2 * 2
    assert parquet.read_table(here / "batch_zones.parquet").equals(parquet.read_table(there / "batch_zones.parquet"))


def test_a_cluster_that_is_cancelled_leaves_complete_files(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, make_log: type, cluster: str
) -> None:
    log = make_log(cancel_after=1)
    result = Batch(lines(arena_videos(6), arena_settings), tmp_path).run(DaskRunner(cluster), log.hear, log.cancelled)
    assert result.count("done") >= 1
    assert result.count("failed") == 0
    for path in tmp_path.glob("*/*_run.json"):
        assert json.loads(path.read_text())["outcome"] in ("complete", "cancelled")


@pytest.mark.usefixtures("no_leaks")
def test_progress_of_every_video_is_told_and_each_has_one_outcome(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, make_log: type
) -> None:
    log = make_log()
    Batch(lines(arena_videos(3), arena_settings), tmp_path).run(ProcessRunner(WORKERS), log.hear)
    assert {n for n, what in log.told if isinstance(what, Progress)} == {0, 1, 2}
    assert sorted(n for n, what in log.told if isinstance(what, Outcome)) == [0, 1, 2]


def test_progress_knows_the_end_where_the_file_says_it(
    tmp_path: Path, make_video: Callable[..., Path], arena_settings: Preset, here: Runner, make_log: type
) -> None:
    log = make_log()
    Batch(lines([make_video("plain.mp4", 12)], arena_settings), tmp_path / "out").run(here, log.hear)
    assert {what.frames_in_all for _, what in log.told if isinstance(what, Progress)} == {12}


@pytest.mark.usefixtures("no_leaks")
def test_a_video_that_runs_is_cancelled_with_complete_files(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, make_log: type
) -> None:
    log = make_log()
    (long,) = arena_videos(1, 40)
    result = Batch(lines([long], arena_settings), tmp_path).run(ProcessRunner(1), log.hear, lambda: bool(log.told))
    (outcome,) = result.outcomes
    assert outcome.state == "cancelled"
    assert "complete up to there" in outcome.reason
    (manifest,) = (tmp_path / long.stem).glob("*_run.json")
    document = json.loads(manifest.read_text())
    table = rows(manifest.parent / document["files"][0]["name"])
    assert document["outcome"] == "cancelled"
    assert 0 < document["counts"]["frames"] < 1200
    assert len(table) == 2 * document["counts"]["frames"]


def test_a_process_that_is_killed_costs_its_own_video_only(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset
) -> None:
    paths = [*arena_videos(1, 40), *arena_videos(3)]
    others = set(multiprocessing.active_children())

    def kill(number: int, what: object) -> None:
        if number == 0 and isinstance(what, Progress):
            for child in set(multiprocessing.active_children()) - others:
                child.kill()

    result = Batch(lines(paths, arena_settings), tmp_path).run(ProcessRunner(1), kill)
    assert [outcome.state for outcome in result.outcomes] == ["failed", "done", "done", "done"]
    assert "its process ended unexpectedly" in result.outcomes[0].reason


def test_changed_settings_and_changed_files_are_tracked_again(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, here: Runner
) -> None:
    copies = [tmp_path / path.name for path in arena_videos(3)]
    for copy, path in zip(copies, arena_videos(3), strict=True):
        copy.write_bytes(path.read_bytes())
    out = tmp_path / "out"
    Batch(lines(copies, arena_settings), out).run(here)
    copies[0].write_bytes(arena_videos(4)[3].read_bytes())
    copies[1].write_bytes(copies[1].read_bytes())  # the same bytes at another time
    again = Batch(lines(copies, arena_settings), out, resume=True).run(here)
    assert [outcome.was_there for outcome in again.outcomes] == [False, True, True]
    nest = Zone.model_validate({"name": "nest", "shape": {"kind": "circle", "centre": [20, 20], "radius": 9}})
    other = replace(arena_settings, zones=(nest,))
    assert Batch(lines(copies, other), out, resume=True).run(here).count("done") == 3
    assert {row["zone"] for row in rows(out / "batch_zones.csv")} == {"nest"}


def test_a_folder_with_a_batch_is_not_written_over(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, here: Runner
) -> None:
    Batch(lines(arena_videos(1), arena_settings), tmp_path).run(here)
    before = tables(tmp_path)
    with pytest.raises(SettingsError, match="holds the results of a batch already"):
        Batch(lines(arena_videos(2), arena_settings), tmp_path).run(here)
    assert tables(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_said(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, here: Runner
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file, not a folder"):
        Batch(lines(arena_videos(1), arena_settings), tmp_path / "file").run(here)


def test_a_missing_video_is_one_failure_among_the_others(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, here: Runner
) -> None:
    paths = [*arena_videos(1), tmp_path / "missing.mp4"]
    result = Batch(lines(paths, arena_settings), tmp_path / "out").run(here)
    assert [outcome.state for outcome in result.outcomes] == ["done", "failed"]
    assert "there is no such file" in rows(tmp_path / "out" / "batch_videos.csv")[1]["reason"]


def test_settings_that_do_not_fit_fail_with_their_reason(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, here: Runner
) -> None:
    unfit = replace(arena_settings, detector=choice("detectors", "blobs", method="background"))
    (outcome,) = Batch(lines(arena_videos(1), unfit), tmp_path).run(here).outcomes
    assert outcome.state == "failed"
    assert "needs a background" in outcome.reason


def test_the_table_is_tidy_whatever_the_preset_says(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, here: Runner
) -> None:
    flat = replace(arena_settings, outputs=(choice("sinks", "tracks_csv", style="tracktorlive"),))
    (outcome,) = Batch(lines(arena_videos(1), flat), tmp_path).run(here).outcomes
    assert outcome.state == "done"
    assert tracks(tmp_path, arena_videos(1)[0]).startswith(b"frame,time_s,id,state")


def test_every_video_has_a_folder_of_its_own(arena_settings: Preset) -> None:
    names = ["a/cam.mp4", "b/cam.mp4", "b/CAM.avi", "c/cam-2.mp4"]
    sources = [choice("sources", "video_file", path=name) for name in names]
    listed = [BatchVideo(name, source, arena_settings) for name, source in zip(names, sources, strict=True)]
    assert folder_names(listed) == ["cam", "cam-2", "CAM-3", "cam-2-2"]


def test_a_cluster_that_does_not_answer_is_said_with_its_address(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason='needs the extra "cluster": the library distributed')
    monkeypatch.setattr("tracker_gui.engine.batch_dask.CONNECT_WITHIN_S", 0.5)
    with pytest.raises(InputError, match=r"tcp://127\.0\.0\.1:9: no Dask scheduler answers"):
        Batch(lines(arena_videos(1), arena_settings), tmp_path).run(DaskRunner("tcp://127.0.0.1:9"))


def test_a_scale_gives_millimetres_beside_pixels(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, here: Runner
) -> None:
    door = Zone.model_validate({"name": "door", "shape": {"kind": "line", "points": [[64, 5], [64, 90]]}})
    measured = replace(arena_settings, scale=Scale(typed_mm_per_px=0.25), zones=(door,))
    Batch(lines(arena_videos(1), measured), tmp_path).run(here)
    (first, _) = rows(tmp_path / "batch_animals.csv")
    assert float(first["distance_mm"]) == pytest.approx(float(first["distance_px"]) / 4, rel=1e-4)
    assert rows(tmp_path / "batch_videos.csv")[0]["mm_per_px"] == "0.25"
    assert [row["line"] for row in rows(tmp_path / "batch_lines.csv")] == ["door", "door"]
    assert rows(tmp_path / "batch_zones.csv") == []
