"""Who is tracked, what files are called, and when a run begins and ends."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.core.file_name import MOST_BYTES, safe_file_name
from tracker_gui.core.preset import Preset, choice, parse, to_document
from tracker_gui.core.session_plan import NAME_FIELDS, FrameRange, NameFacts, SessionPlan, file_stem
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.exchange.preset_schema import preset_schema

if TYPE_CHECKING:
    from pathlib import Path

WHEN = datetime(2026, 5, 31, 14, 5, 59)
FACTS = NameFacts("ant", "small dish", WHEN)
DEVICES = ("con", "NUL", "Aux.txt", "com1", "LPT9.csv", "COM²", "conin$")


def stem(template: str, **info: str) -> str:
    return file_stem(SessionPlan(file_name=template, **info), FACTS)


# ---- names


def test_all_fields_are_filled_in() -> None:
    template = "_".join(f"{{{name}}}" for name in NAME_FIELDS)
    made = stem(template, subject="M12", treatment="control", experimenter="Ada", trial="03")
    assert made == "ant_M12_control_Ada_03_small dish_2026-05-31_14-05-59"


@pytest.mark.parametrize(
    ("template", "made"),
    [("{subject}_{treatment}", "M12"), ("{treatment}-{subject}", "M12"), ("a_{treatment}_{subject}", "a_M12"),
     ("{treatment}", "ant"), ("", "ant"), ("_{subject}", "_M12")],
)  # fmt: skip
def test_an_empty_field_takes_its_separator_along(template: str, made: str) -> None:
    assert stem(template, subject="M12") == made


def test_what_a_field_holds_is_never_filled_in_again() -> None:
    assert stem("{subject}", subject="{date}") == "{date}"


@pytest.mark.parametrize("template", ["{subject.__class__}", "{}", "{0}", "{nobody}", "{subject", "a}b", "{{subject}}"])
def test_a_template_with_a_mistake_is_refused(template: str) -> None:
    with pytest.raises(ValidationError, match=r"there is no field|a brace is alone"):
        SessionPlan(file_name=template)


@pytest.mark.parametrize(
    "subject", ["../../etc/passwd", "a/b", "a\\b", "C:x", "..", "a\nb", "a\0b", 'a"*?<>|b', " a. "]
)
def test_no_subject_leaves_the_folder(subject: str) -> None:
    made = stem("{subject}", subject=subject)
    assert not set(made) & set('/\\:*?"<>|\0\n')
    assert made.strip(". ") == made
    assert made


@pytest.mark.parametrize("name", DEVICES)
def test_names_that_windows_keeps_for_devices_are_changed(name: str) -> None:
    assert safe_file_name(name) == "_" + name


@pytest.mark.parametrize("name", ["console", "com", "com10", "nullable", "auxiliary.txt"])
def test_names_that_only_begin_like_a_device_stay(name: str) -> None:
    assert safe_file_name(name) == name


@given(st.text(max_size=400))
def test_every_text_becomes_a_name_that_every_system_takes(text: str) -> None:
    name = safe_file_name(text)
    assert name
    assert len(name.encode("utf-8")) <= MOST_BYTES
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
    assert name not in (".", "..")
    assert name == name.rstrip(". ")
    assert safe_file_name(name) == name


# ---- the settings


def test_a_session_comes_back_from_the_document() -> None:
    plan = SessionPlan(
        subject="M12", notes=("two", "lines"), own_fields=("weight_g = 21.4",), start="after a time", start_after_s=12,
        stop="after a time", stop_after_s=30, file_name="{subject}",
    )  # fmt: skip
    preset = Preset(session=plan, range=FrameRange(first_frame=10, stop_frame=20))
    back, problems = parse(json.loads(json.dumps(to_document(preset))), "it")
    assert (back, problems) == (preset, [])
    assert back.session.own == {"weight_g": "21.4"}


def test_a_damaged_field_of_the_session_costs_no_other() -> None:
    document = to_document(Preset(session=SessionPlan(subject="M12")))
    document["session"]["file_name"] = "{nobody}"
    back, problems = parse(document, "it.json")
    assert back.session == SessionPlan(subject="M12")
    assert next(str(problem) for problem in problems).startswith("it.json: session.file_name: ")


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="must lie behind"):
        FrameRange(first_frame=20, stop_frame=20)


def test_the_schema_has_the_session_and_the_range() -> None:
    properties = preset_schema()["properties"]
    assert "session" in properties
    assert "range" in properties["more_cameras"]["items"]["properties"]


# ---- runs over files


def scene(seconds: float = 2.0) -> object:
    return choice("sources", "simulated", animals=2, duration_s=seconds, width_px=160, height_px=120)


def preset(**session: object) -> Preset:
    blobs = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=900)
    return Preset(detector=blobs, session=SessionPlan(**session)).with_tracker(animals=2)


def track(folder: Path, first_frame: int = 0, **session: object) -> tuple[TrackJob, dict[str, object]]:
    job = TrackJob(scene(), preset(**session), folder, first_frame)
    result = job.run()
    return job, json.loads(result.manifest_path.read_text(encoding="utf-8"))


def frames(folder: Path, name: str = "simulated") -> list[str]:
    rows = (folder / f"{name}_tracks.csv").read_text(encoding="utf-8").splitlines()[1:]
    return [row.split(",")[0] for row in rows[::2]]


def test_files_are_called_as_the_session_says_and_never_written_over(tmp_path: Path) -> None:
    for _ in range(2):
        track(tmp_path, subject="M12", trial="2", file_name="{subject}_{trial}", stop="after a time", stop_after_s=0.1)
    tables = sorted(path.name for path in tmp_path.glob("*_tracks.csv"))
    assert tables == ["M12_2-2_tracks.csv", "M12_2_tracks.csv"]


def test_the_manifest_says_who_was_tracked(tmp_path: Path) -> None:
    _, manifest = track(tmp_path, subject="M12", own_fields=("cage = 7",), stop="after a time", stop_after_s=0.1)
    assert manifest["session"] == {"subject": "M12", "own": {"cage": "7"}}


def test_the_table_carries_the_session_where_that_is_wanted(tmp_path: Path) -> None:
    wanted = preset(subject='M "12", old', treatment="ü", stop="after a time", stop_after_s=0.1)
    one = Preset(
        detector=wanted.detector, tracker=wanted.tracker, session=wanted.session,
        outputs=(choice("sinks", "tracks_csv", session=True),),
    )  # fmt: skip
    TrackJob(scene(), one, tmp_path).run()
    lines = (tmp_path / "simulated_tracks.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith(",area_px2,subject,treatment,trial")
    assert all(line.endswith(',"M ""12"", old",ü,') for line in lines[1:])


def test_a_run_over_a_file_begins_after_a_time_and_lasts_as_long_as_it_should(tmp_path: Path) -> None:
    job, manifest = track(
        tmp_path, 6, start="after a time", start_after_s=0.5, stop="after a time", stop_after_s=0.4
    )  # fmt: skip
    rate_hz = job.info.rate_hz if job.info is not None else 0
    first, count = 6 + round(0.5 * rate_hz), round(0.4 * rate_hz)
    assert frames(tmp_path) == [str(number) for number in range(first, first + count)]
    assert (manifest["start_frame"], manifest["stop_frame"]) == (first, first + count)
    assert manifest["asked_frames"] == [6, None]


def test_a_run_that_waits_for_an_animal_is_the_run_that_begins_behind_it(tmp_path: Path) -> None:
    job, _ = track(tmp_path / "waits", start="when an animal is seen", seen_frames=4)
    track(tmp_path / "begins", job.start_frame)
    assert job.start_frame >= 4
    waited = (tmp_path / "waits" / "simulated_tracks.csv").read_bytes()
    assert waited == (tmp_path / "begins" / "simulated_tracks.csv").read_bytes()


def test_where_no_animal_comes_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no animal was seen on 500 frames in a row"):
        track(tmp_path / "out", start="when an animal is seen", seen_frames=500)
    assert not (tmp_path / "out").exists()


def test_a_zone_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no zone called 'nest'"):
        track(tmp_path / "out", start="when an animal is seen", seen_zone="nest")


def test_a_wait_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    job = TrackJob(scene(), preset(start="when an animal is seen", seen_frames=500), tmp_path / "out")
    asked: list[str] = []

    def stop() -> bool:
        asked.append(job.waiting)
        return len(asked) > 3

    result = job.run(cancelled=stop)
    assert result.counts.cancelled
    assert result.files == ()
    assert asked[-1].startswith("waiting for an animal")
    assert not (tmp_path / "out").exists()
