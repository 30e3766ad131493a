"""One run from source to files: names, ends, cancelling and what is left after a failure."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core.errors import InputError, OutputError, SettingsError
from tracker_gui.core.preset import Preset, StageChoice, choice
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.exchange.gallery import named_preset

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def scene(seconds: float = 1.0, **settings: object) -> StageChoice:
    return choice("sources", "simulated", animals=2, duration_s=seconds, width_px=160, height_px=120, **settings)


def preset(animals: int = 2) -> Preset:
    return Preset(
        detector=choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=900), name="two in a dish"
    ).with_tracker(animals=animals)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.usefixtures("no_leaks")
def test_a_run_writes_its_files_with_one_stem(tmp_path: Path) -> None:
    result = TrackJob(scene(), preset(), tmp_path).run()
    assert names(tmp_path) == ["simulated_run.json", "simulated_tracks.csv"]
    assert result.files == (tmp_path / "simulated_tracks.csv", tmp_path / "simulated_run.json")
    assert result.manifest_path == tmp_path / "simulated_run.json"


def test_every_animal_has_a_row_in_every_frame(tmp_path: Path) -> None:
    result = TrackJob(scene(), preset(animals=3), tmp_path).run()
    table = rows(result.files[0])
    assert [(int(r["frame"]), int(r["id"])) for r in table] == [(f, i) for f in range(30) for i in (1, 2, 3)]
    assert all((r["x_px"] == "") == (r["state"] == "lost") for r in table)


def test_a_second_run_leaves_the_first_as_it_is(tmp_path: Path) -> None:
    TrackJob(scene(), preset(), tmp_path).run()
    before = (tmp_path / "simulated_tracks.csv").read_bytes()
    second = TrackJob(scene(seed=5), preset(), tmp_path).run()
    assert (tmp_path / "simulated_tracks.csv").read_bytes() == before
    assert [path.name for path in second.files] == ["simulated-2_tracks.csv", "simulated-2_run.json"]


def test_a_file_of_another_program_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "simulated_tracks.csv").write_text("mine")
    result = TrackJob(scene(), preset(), tmp_path).run()
    assert (tmp_path / "simulated_tracks.csv").read_text() == "mine"
    assert result.files[0].name == "simulated-2_tracks.csv"


def test_the_stem_is_that_of_the_video(make_video: Callable[..., Path], tmp_path: Path) -> None:
    source = choice("sources", "video_file", path=make_video("day 1.trial.mp4", 3))
    result = TrackJob(source, preset(), tmp_path / "new" / "folder").run()
    assert result.files[0] == tmp_path / "new" / "folder" / "day 1.trial_tracks.csv"


def test_only_the_frames_from_start_to_stop_are_tracked(tmp_path: Path) -> None:
    result = TrackJob(scene(), preset(), tmp_path, start_frame=7, stop_frame=11).run()
    assert [int(r["frame"]) for r in rows(result.files[0])] == [7, 7, 8, 8, 9, 9, 10, 10]
    assert (result.counts.frames, result.counts.first_frame, result.counts.end_frame) == (4, 7, 11)
    assert not result.counts.reached_end


def test_a_range_gives_the_positions_of_a_whole_run(tmp_path: Path) -> None:
    whole = rows(TrackJob(scene(), preset(), tmp_path).run().files[0])
    part = rows(TrackJob(scene(), preset(), tmp_path, start_frame=20).run().files[0])
    places = {(r["frame"], r["x_px"], r["y_px"]) for r in whole if int(r["frame"]) >= 20}
    assert {(r["frame"], r["x_px"], r["y_px"]) for r in part} == places


def test_a_start_behind_the_end_of_the_video_is_said_with_its_length(
    make_video: Callable[..., Path], tmp_path: Path
) -> None:
    source = choice("sources", "video_file", path=make_video("short.mp4", 12))
    with pytest.raises(InputError, match="has 12 frames, so it cannot start at frame 12"):
        TrackJob(source, preset(), tmp_path / "out", start_frame=12).run()
    assert not (tmp_path / "out").exists()


def test_an_end_before_the_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="must lie behind the start"):
        TrackJob(scene(), preset(), tmp_path, start_frame=5, stop_frame=5).run()


@pytest.mark.usefixtures("no_leaks")
def test_a_cancelled_run_keeps_complete_files(tmp_path: Path) -> None:
    seen = []
    result = TrackJob(scene(60), preset(), tmp_path).run(on_snapshot=seen.append, cancelled=lambda: len(seen) >= 5)
    assert result.counts.cancelled
    assert len(rows(result.files[0])) == 2 * len(seen) == 10


def test_progress_is_told_after_every_frame(tmp_path: Path) -> None:
    told = []
    TrackJob(scene(), preset(), tmp_path).run(progress=lambda counts: told.append(counts.frames))
    assert told == list(range(1, 31))


@pytest.mark.usefixtures("no_leaks")
def test_a_source_that_cannot_be_opened_leaves_no_file_and_no_folder(tmp_path: Path) -> None:
    source = choice("sources", "video_file", path=tmp_path / "missing.mp4")
    with pytest.raises(InputError, match="there is no such file"):
        TrackJob(source, preset(), tmp_path / "out").run()
    assert names(tmp_path) == []


@pytest.mark.usefixtures("no_leaks")
def test_settings_that_do_not_fit_together_leave_no_file(tmp_path: Path) -> None:
    broken = Preset(detector=choice("detectors", "blobs", method="background"))
    with pytest.raises(SettingsError, match="needs a background"):
        TrackJob(scene(), broken, tmp_path).run()
    assert names(tmp_path) == []


def test_the_folder_is_tried_before_the_source(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    source = choice("sources", "video_file", path=tmp_path / "missing.mp4")
    with pytest.raises(OutputError, match="is a file, not a folder"):
        TrackJob(source, preset(), tmp_path / "file").run()


def test_two_outputs_for_one_file_are_refused(tmp_path: Path) -> None:
    twice = Preset(outputs=(choice("sinks", "tracks_csv"), choice("sinks", "tracks_csv", style="tracktorlive")))
    with pytest.raises(SettingsError, match="would write the same file"):
        TrackJob(scene(), twice, tmp_path).run()


def test_an_output_that_is_switched_off_is_not_written(tmp_path: Path) -> None:
    quiet = Preset(outputs=(choice("sinks", "tracks_csv", enabled=False),))
    assert [path.name for path in TrackJob(scene(), quiet, tmp_path).run().files] == ["simulated_run.json"]


@pytest.mark.usefixtures("no_leaks")
def test_a_failure_in_the_middle_keeps_the_rows_before_and_lists_the_files(tmp_path: Path) -> None:
    def fail(snapshot: object) -> None:
        if job.counts.frames == 4:
            raise RuntimeError("out of order")

    job = TrackJob(scene(), preset(), tmp_path)
    with pytest.raises(RuntimeError, match="out of order"):
        job.run(on_snapshot=fail)
    assert [path.name for path in job.files] == ["simulated_tracks.csv", "simulated_run.json"]
    assert len(rows(job.files[0])) == 2 * 4


def test_a_gallery_preset_finds_its_animals(tmp_path: Path) -> None:
    demo, _ = named_preset("dish_5_animals")
    assert demo.source is not None
    job = TrackJob(demo.source, demo, tmp_path, stop_frame=60)
    counts = job.run().counts
    assert {i: counts.found_share(i) for i in counts.states} == pytest.approx(dict.fromkeys(range(1, 6), 1.0), abs=0.05)
