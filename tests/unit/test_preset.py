"""Presets: what is saved opens again, what is wrong is named, and a failed save costs nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tracker_gui.core import preset as preset_module
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.errors import InputError, OutputError, SettingsError
from tracker_gui.core.geometry import Circle, Polygon
from tracker_gui.core.preset import (
    FORMAT,
    SCHEMA_VERSION,
    Preset,
    choice,
    parse,
    read_json,
    save,
    to_document,
)
from tracker_gui.exchange.open_preset import open_preset


def rich() -> Preset:
    arenas = (Circle(name="left", centre=(10.5, 20), radius=7.25), Polygon(points=((0, 0), (9, 1), (4, 8))))
    return Preset(
        name="Ameisen im Rüttelsieb 🐜", about="two lines\nof text", source=choice("sources", "simulated", seed=9),
        image=(choice("image", "invert"), choice("image", "blur", enabled=False, size_px=7)),
        detector=choice("detectors", "blobs", offset=12.5), tracker=choice("trackers", "fixed_count", arenas=arenas),
        enrich=(choice("enrich", "kinematics"),), outputs=(choice("sinks", "video", look="clean"),), rate_hz=59.94,
    )  # fmt: skip


def problems_of(**changes: Any) -> list[str]:
    return [str(problem) for problem in parse(to_document(Preset()) | changes, "p.json")[1]]


@pytest.mark.parametrize("preset", [Preset(), rich()], ids=["defaults", "rich"])
def test_what_is_saved_opens_again(preset: Preset, tmp_path: Path) -> None:
    save(preset, tmp_path / "mein Preset ü.json")
    assert open_preset(tmp_path / "mein Preset ü.json") == (preset, [])


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    save(rich(), tmp_path / "one.json")
    save(open_preset(tmp_path / "one.json")[0], tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_order_and_switches_of_the_image_steps_are_kept() -> None:
    again, _ = parse(to_document(rich()), "p.json")
    assert [(step.stage, step.enabled) for step in again.image] == [("invert", True), ("blur", False)]


def test_a_key_left_out_has_its_default() -> None:
    assert parse({"format": FORMAT, "schema_version": SCHEMA_VERSION}, "p.json") == (Preset(), [])


def test_files_beside_the_preset_are_named_relative_and_found_again(tmp_path: Path) -> None:
    (tmp_path / "a" / "clips").mkdir(parents=True)
    video = tmp_path / "a" / "clips" / "ant.mp4"
    save(Preset(source=choice("sources", "video_file", path=video)), tmp_path / "a" / "p.json")
    assert json.loads((tmp_path / "a" / "p.json").read_text())["source"]["params"]["path"] == "clips/ant.mp4"
    (tmp_path / "a").rename(tmp_path / "b")
    again, _ = open_preset(tmp_path / "b" / "p.json")
    assert again.source is not None
    assert again.source.params.path == tmp_path / "b" / "clips" / "ant.mp4"  # type: ignore[attr-defined]


def test_files_elsewhere_keep_their_full_path(tmp_path: Path) -> None:
    video = tmp_path / "elsewhere" / "ant.mp4"
    (tmp_path / "mine").mkdir()
    save(Preset(source=choice("sources", "video_file", path=video)), tmp_path / "mine" / "p.json")
    again, _ = open_preset(tmp_path / "mine" / "p.json")
    assert again.source is not None
    assert again.source.params.path == video  # type: ignore[attr-defined]


def test_no_file_chosen_stays_no_file(tmp_path: Path) -> None:
    save(Preset(source=choice("sources", "video_file")), tmp_path / "p.json")
    again, _ = open_preset(tmp_path / "p.json")
    assert again.source is not None
    assert again.source.params.path == Path()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": 5}, ["p.json: name: must be text, got 5"]),
        ({"rate_hz": True}, ["p.json: rate_hz: must be a number above 0, got true"]),
        ({"rate_hz": float("nan")}, ["p.json: rate_hz: must be a number above 0, got NaN"]),
        ({"rate_hz": -1}, ["p.json: rate_hz: must be a number above 0, got -1"]),
        ({"colour": 1}, ["p.json: colour: there is no such setting"]),
        ({"image": {}}, ["p.json: image: must be a list [...], got {}"]),
        ({"detector": None}, ['p.json: detector: must be {"stage": ..., "params": {...}}, got null']),
        ({"image": [{"stage": "blur", "enabled": 1}]}, ["p.json: image[0].enabled: must be true or false, got 1"]),
        ({"image": [{"stage": "blur", "speed": 1}]}, ["p.json: image[0].speed: there is no such setting"]),
        (
            {"detector": {"stage": "blobs", "params": 3}},
            ["p.json: detector.params: must be a group of settings {...}, not 3"],
        ),
    ],
)
def test_a_mistake_is_named_by_file_path_and_field(changes: dict[str, Any], expected: list[str]) -> None:
    assert problems_of(**changes) == expected


def test_a_mistake_inside_a_shape_is_named_by_its_place() -> None:
    params = {"arenas": [{"kind": "circle", "centre": [1, 2], "radius": 3}, {"kind": "polygon", "points": [[0, 0]]}]}
    (problem,) = problems_of(tracker={"stage": "fixed_count", "params": params})
    assert problem.startswith("p.json: tracker.params.arenas[1].points: ")
    assert "at least 3 items" in problem


def test_a_step_with_an_unknown_stage_is_left_out_and_the_others_kept() -> None:
    steps = [{"stage": "invert"}, {"stage": "sharpen"}, {"stage": "blur"}]
    preset, problems = parse(to_document(Preset()) | {"image": steps}, "p.json")
    assert [step.stage for step in preset.image] == ["invert", "blur"]
    assert problems[0].place == "p.json: image[1].stage"


def test_one_wrong_setting_keeps_the_others_of_its_stage() -> None:
    params = {"offset": "high", "block_size_px": 99, "min_area_px2": 5}
    preset, _ = parse(to_document(Preset()) | {"detector": {"stage": "blobs", "params": params}}, "p.json")
    assert preset.detector == choice("detectors", "blobs", block_size_px=99, min_area_px2=5)


def test_a_rule_over_two_settings_costs_only_one_of_them() -> None:
    params = {"min_area_px2": 900, "max_area_px2": 200, "offset": 33}
    preset, problems = parse(to_document(Preset()) | {"detector": {"stage": "blobs", "params": params}}, "p.json")
    assert preset.detector == choice("detectors", "blobs", max_area_px2=200, offset=33)
    assert [problem.place for problem in problems] == ["p.json: detector.params"]


@pytest.mark.parametrize("version", [None, "1", 1.0, True, 0, -3])
def test_a_version_that_is_none_is_refused(version: Any) -> None:
    with pytest.raises(SettingsError, match=r"p\.json: schema_version: must be a whole number"):
        parse({"format": FORMAT, "schema_version": version}, "p.json")


def test_a_missing_version_is_refused() -> None:
    with pytest.raises(SettingsError, match="got null"):
        parse({"format": FORMAT}, "p.json")


def test_a_newer_version_is_refused_and_the_file_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    path.write_text(json.dumps(to_document(Preset()) | {"schema_version": SCHEMA_VERSION + 1, "name": "later"}))
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="from a newer version of the program") as caught:
        open_preset(path)
    assert "Update the program" in caught.value.way_out
    assert path.read_bytes() == before


def test_an_older_version_is_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preset_module, "SCHEMA_VERSION", 3)
    monkeypatch.setattr(
        preset_module,
        "MIGRATIONS",
        {1: lambda d: {**d, "title": d["label"] + "!"}, 2: lambda d: {"format": FORMAT, "name": d["title"]}},
    )
    assert parse({"format": FORMAT, "schema_version": 1, "label": "old"}, "p.json") == (Preset(name="old!"), [])


@pytest.mark.parametrize("document", [None, 3, "text", [], {}, {"format": "recipe"}])
def test_anything_else_is_no_preset(document: Any) -> None:
    with pytest.raises(SettingsError, match="is not a preset"):
        parse(document, "p.json")


def test_a_mark_in_front_of_the_text_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "windows.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(to_document(rich())).encode())
    assert open_preset(path) == (rich(), [])


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "typo.json"
    path.write_text('{\n  "format": "tracker-gui preset",\n  "name": Ants\n}')
    with pytest.raises(SettingsError, match=r"typo\.json: line 3, column 11: is not valid JSON"):
        read_json(path)


def test_a_folder_is_no_preset(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder, not a preset"):
        read_json(tmp_path)


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preset_module, "MAX_BYTES", 100)
    (tmp_path / "large.json").write_text(" " * 101)
    with pytest.raises(SettingsError, match="is larger than"):
        read_json(tmp_path / "large.json")


def test_a_full_disk_leaves_the_old_file(full_disk: Path) -> None:
    path = full_disk / "p.json"
    save(Preset(name="old"), path)
    before = path.read_bytes()
    with pytest.raises(OutputError, match=r"p\.json: cannot be written \(No space left on device\)"):
        write_atomically(path, "x" * (5 << 20))
    assert path.read_bytes() == before
    assert [p.name for p in full_disk.iterdir()] == ["p.json"]


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"gone.p\.json: cannot be written"):
        save(Preset(), tmp_path / "gone" / "p.json")


def test_others_may_read_what_is_saved(tmp_path: Path) -> None:
    save(Preset(), tmp_path / "p.json")
    assert (tmp_path / "p.json").stat().st_mode & 0o444 == 0o444


def test_a_choice_names_the_setting_that_is_wrong() -> None:
    with pytest.raises(SettingsError, match=r"detectors/blobs\.offset: should be less than or equal to 100, got 500"):
        choice("detectors", "blobs", offset=500)


def test_changing_the_tracker_keeps_its_other_settings() -> None:
    preset = replace(Preset(), tracker=choice("trackers", "fixed_count", max_step_px=99))
    assert preset.with_tracker(animals=4).tracker == choice("trackers", "fixed_count", max_step_px=99, animals=4)


def test_presets_compare_by_what_they_say() -> None:
    assert rich() == rich()
    assert replace(rich(), name="other") != rich()
