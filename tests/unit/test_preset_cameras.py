from dataclasses import replace

from tracker_gui.core.preset import CameraSetup, Preset, choice, parse, to_document
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.core.zones import Zone


def nest(name="nest"):
    return Zone(name=name, shape={"kind": "circle", "centre": (10, 20), "radius": 5})


def two_cameras():
    second = CameraSetup(source=choice("sources", "replay", path="two.mp4"), zones=(nest(),))
    return Preset(
        source=choice("sources", "simulated"),
        more_cameras=(second,),
        recording=RecordingSettings(look="both", crf=18, second_folder="spare"),
    )


def test_cameras_zones_and_recording_come_back_from_the_document(tmp_path):
    preset = two_cameras()
    document = to_document(preset, tmp_path)
    again, problems = parse(document, "p.json", None)
    assert not problems
    assert again == preset


def test_the_second_folder_is_kept_relative_to_the_preset(tmp_path):
    preset = replace(Preset(), recording=RecordingSettings(second_folder=tmp_path / "spare"))
    document = to_document(preset, tmp_path)
    assert document["recording"]["second_folder"] == "spare"
    assert parse(document, "p.json", tmp_path)[0] == preset


def test_one_camera_taken_out_and_put_back_changes_nothing_else():
    preset = two_cameras()
    second = preset.camera(1)
    assert second.camera_count == 1
    assert second.source.stage == "replay"
    changed = preset.with_camera(1, replace(second, zones=(), name="New name"))
    assert changed.camera(0) == replace(preset.camera(0), name="New name")
    assert changed.camera(1).zones == ()


def test_the_camera_behind_one_that_is_taken_away_follows():
    preset = two_cameras()
    assert preset.without_camera(0).source.stage == "replay"
    assert preset.without_camera(1) == preset.camera(0)
    assert preset.camera(0).without_camera(0).source is None


def test_a_bad_zone_is_named_by_camera_and_field_and_the_rest_is_kept():
    document = to_document(two_cameras())
    zones = document["more_cameras"][0]["zones"]
    zones.append(zones[0])
    zones.append({"name": "", "shape": {"kind": "circle", "centre": [0, 0], "radius": -1}})
    preset, problems = parse(document, "p.json")
    assert preset == two_cameras()
    assert sorted(problem.place for problem in problems) == [
        "p.json: more_cameras[0].zones[1].name",
        "p.json: more_cameras[0].zones[2].name",
        "p.json: more_cameras[0].zones[2].shape.radius",
    ]


def test_a_setting_of_a_camera_that_is_unknown_is_named():
    document = to_document(two_cameras())
    document["more_cameras"][0]["colour"] = 1
    document["more_cameras"].append(3)
    _, problems = parse(document, "p.json")
    assert [problem.place for problem in problems] == ["p.json: more_cameras[0].colour", "p.json: more_cameras[1]"]
