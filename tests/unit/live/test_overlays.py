"""What is drawn over pictures: settings, texts, tables, and the pictures themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tracker_gui.analysis.lettering import Lettering, Letters, blend
from tracker_gui.analysis.overlay import TrackOverlay
from tracker_gui.analysis.overlay_texts import NO_WALL_TIME, TextWriter, label_places, moved_to, text_place, wall_text
from tracker_gui.analysis.text_column import read_column
from tracker_gui.core.annotation import Annotation, annotation_of
from tracker_gui.core.errors import InputError, SettingsError, TrackerError
from tracker_gui.core.geometry import Circle, HalfPlane, Line, Mark
from tracker_gui.core.overlays import (
    IdsLook,
    MaskLook,
    Overlays,
    OverlaySet,
    TextLook,
    TrailsLook,
    ZonesLook,
    recording_looks,
)
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.preset import FORMAT, Preset, choice, parse, save, to_document
from tracker_gui.core.types import Frame, Snapshot, no_detections, no_tracks
from tracker_gui.core.zones import Zone
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.stages.sources.video_file import VideoFile, VideoFileParams

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.types import Tracks

GREY = 128
NOTHING = OverlaySet(
    **{
        name: look.model_copy(update={"on": False})
        for name in ("zones", "mask", "outlines", "trails", "heading", "marks", "ids")
        if (look := getattr(OverlaySet(), name))
    }
)


def snapshot(index: int = 0, t_s: float = 0.0, wall_s: float | None = None, tracks: Tracks | None = None) -> Snapshot:
    frame = Frame(index, t_s, wall_s, "test", 0, ArrayPicture(np.full((600, 800, 3), GREY, np.uint8)))
    return Snapshot(frame, Prepared(frame), no_detections(), no_tracks() if tracks is None else tracks)


def drawn(looks: OverlaySet, seen: Snapshot | None = None, **more: Any) -> np.ndarray:
    """Return where a picture of 800 x 600 was changed."""
    overlay = TrackOverlay(Annotation(looks, **more))
    overlay.open()
    picture = np.full((600, 800, 3), GREY, np.uint8)
    overlay.draw(picture, snapshot() if seen is None else seen)
    return (picture != GREY).any(axis=2)


def box_of(changed: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(changed)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def says(look: TextLook, seen: Snapshot, **words: str) -> str:
    writer = TextWriter((look,), words, 0.0)
    writer.read()
    return next((text for _, text in writer.texts(seen)), "")


# ---- settings


def test_looks_and_texts_come_back_from_a_preset_file(tmp_path: Path) -> None:
    looks = OverlaySet(ids=IdsLook(on=False, size_px=30), texts=(TextLook(), TextLook(shows="text", text="n=${count}")))
    preset = Preset(overlays=Overlays(recording=looks))
    save(preset, tmp_path / "a.json")
    assert parse(to_document(preset), "a.json") == (preset, [])


def test_the_table_of_a_text_is_named_relative_to_the_preset(tmp_path: Path) -> None:
    text = TextLook(shows="CSV column", file=tmp_path / "t.csv", column="a")
    document = to_document(Preset(overlays=Overlays(screen=OverlaySet(texts=(text,)))), tmp_path)
    assert document["overlays"]["screen"]["texts"][0]["file"] == "t.csv"
    assert parse(document, "a.json", tmp_path)[0].overlays.screen.texts == (text,)


def test_an_older_preset_is_drawn_as_it_was() -> None:
    video = {"stage": "video", "params": {"look": "annotated", "trail_s": 3.5, "outlines": False}}
    preset, problems = parse({"format": FORMAT, "schema_version": 1, "outputs": [video]}, "old.json")
    assert problems == []
    looks = preset.overlays.recording
    assert (looks.trails.length_s, looks.outlines.on) == (3.5, False)
    assert (looks.trails.width_px, looks.ids) == (recording_looks().trails.width_px, recording_looks().ids)


def test_a_bad_field_of_a_look_is_told_by_its_place_and_the_rest_is_kept() -> None:
    overlays = {
        "recording": {"ids": {"size_px": "huge", "on": False}, "texts": [{"shows": "smell", "anchor": "top"}, 7]},
        "screen": {"haze": {}},
    }
    preset, problems = parse({"format": FORMAT, "schema_version": 1, "overlays": overlays}, "p.json")
    places = [problem.place for problem in problems]
    assert places == [
        "p.json: overlays.recording.ids.size_px", "p.json: overlays.recording.texts[0].shows",
        "p.json: overlays.recording.texts[1]", "p.json: overlays.screen.haze",
    ]  # fmt: skip
    looks = preset.overlays.recording
    assert (looks.ids.on, looks.ids.size_px) == (False, recording_looks().ids.size_px)
    assert looks.texts == (TextLook(anchor="top"),)


def test_a_field_of_a_text_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"there is no field \$\{__class__\} \(known: time, "):
        TextLook(shows="text", text="${__class__}")


# ---- what texts say


@pytest.mark.parametrize(
    ("wall_format", "text"),
    [
        ("2026-01-31 14:05:09.123", "2026-01-31 14:05:09.250"),
        ("31.01.2026 14:05:09", "31.01.2026 14:05:09"),
        ("01/31/2026 14:05:09", "01/31/2026 14:05:09"),
        ("14:05:09.123", "14:05:09.250"),
        ("14:05:09", "14:05:09"),
    ],
)
def test_wall_time_is_written_as_was_chosen(wall_format: Any, text: str) -> None:
    assert wall_text(1769868309.25, wall_format, "UTC") == text
    assert says(TextLook(wall_format=wall_format, zone="UTC"), snapshot(wall_s=1769868309.25)) == text


def test_a_video_that_knows_no_time_of_day_says_so() -> None:
    assert says(TextLook(), snapshot()) == NO_WALL_TIME


def test_session_time_counts_from_the_first_frame_of_a_live_source() -> None:
    writer = TextWriter((TextLook(shows="session time", before="t"),), {})
    assert [text for _, text in writer.texts(snapshot(0, 5000.0))] == ["t 0:00.000"]
    assert [text for _, text in writer.texts(snapshot(9, 5083.5))] == ["t 1:23.500"]


def test_fields_of_a_text_are_filled_in_and_nothing_else_is(make_tracks: Callable[..., Tracks]) -> None:
    look = TextLook(shows="text", text="${count} of ${source}, ${frame} at ${time} {count}")
    seen = snapshot(7, 61.5, tracks=make_tracks([(1.0, 1.0), (2.0, 2.0)]))
    assert says(look, seen, source="${frame}.mp4") == "2 of ${frame}.mp4, 7 at 1:01.500 {count}"


def test_a_text_has_no_control_characters() -> None:
    assert says(TextLook(shows="text", text="a\nb\x1b[2J"), snapshot()) == "a b [2J"


# ---- tables


def table(tmp_path: Path, text: str, **look: Any) -> TextLook:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return TextLook(shows="CSV column", file=path, **({"column": "temp"} | look))


@pytest.mark.parametrize(
    ("look", "index", "t_s", "value"),
    [
        ({}, 4, 0.0, "a"),
        ({}, 5, 0.0, "b"),
        ({}, 99, 0.0, "c"),
        ({"join": "row"}, 1, 0.0, "b"),
        ({"join": "time", "key": "s"}, 0, 0.1666667, "b"),
        ({"join": "time", "key": "s"}, 0, 0.15, "a"),
        ({"before": "T", "after": "°C"}, 5, 0.0, "T b °C"),
    ],
)
def test_a_column_shows_the_newest_row_up_to_the_frame(
    tmp_path: Path, look: dict[str, Any], index: int, t_s: float, value: str
) -> None:
    listed = table(tmp_path, "frame;s;temp\n5;0.16667;b\n0;0;a\n10;0.3333;c\n", **look)
    if look.get("join") == "row":
        listed = table(tmp_path, "temp\na\nb\nc\n", **look)
    assert says(listed, snapshot(index, t_s)) == value


def test_before_the_first_row_nothing_is_shown(tmp_path: Path) -> None:
    assert says(table(tmp_path, "frame,temp\n5,1\n"), snapshot(4)) == ""


@pytest.mark.parametrize(
    ("text", "look", "sentence"),
    [
        ("frame,hum\n0,1\n", {}, r"t\.csv: has no column 'temp'\. Its columns: frame, hum\."),
        ("n,temp\n0,1\n", {}, r"t\.csv: has no column called frame or frame_index or index"),
        ("frame,temp\n0,1\nx,2\n", {}, r"t\.csv: line 3: frame must be a number, got 'x'"),
        ("frame,temp\n0,1\n", {"column": " "}, "no column is chosen"),
        ("frame,temp\n0,1\n", {"file": None}, "no file is chosen"),
        ("frame,temp\n0,1\n", {"file": Path("/nowhere/t.csv")}, "there is no such file"),
        ("", {}, r"has no column 'temp'\. Its columns: none"),
    ],
)
def test_a_table_that_cannot_be_used_is_named_with_what_is_missing(
    tmp_path: Path, text: str, look: dict[str, Any], sentence: str
) -> None:
    listed = table(tmp_path, text).model_copy(update=look)
    with pytest.raises(TrackerError, match=sentence):
        read_column(listed)


def test_a_table_that_is_no_text_is_told(tmp_path: Path) -> None:
    look = table(tmp_path, "")
    assert look.file is not None
    look.file.write_bytes(b"\xff\xfe\x00temp\xff")
    with pytest.raises(InputError, match="is not a CSV table"):
        read_column(look)


# ---- letters


def test_a_text_that_did_not_change_is_not_written_again() -> None:
    lettering, letters = Lettering(), Letters()
    assert lettering.patch("1", letters) is lettering.patch("1", Letters())
    assert lettering.patch("1", letters) is not lettering.patch("2", letters)


def test_a_font_file_that_is_none_is_refused_where_the_recording_begins(tmp_path: Path) -> None:
    font = tmp_path / "a.ttf"
    font.write_text("no font")
    text = TextLook(font="font file", font_file=font)
    with pytest.raises(InputError, match=r"a\.ttf: is not a font that can be read"):
        TrackOverlay(Annotation(OverlaySet(texts=(text,)))).open()
    with pytest.raises(InputError, match="no font file is chosen"):
        TrackOverlay(Annotation(OverlaySet(ids=IdsLook(font="font file")))).open()


def test_what_lies_outside_the_picture_is_not_drawn() -> None:
    picture = np.full((20, 20, 3), GREY, np.uint8)
    patch = np.full((10, 10, 4), 255, np.uint8)
    for x, y in ((-5, -5), (15, 15), (-50, 3), (3, 50)):
        blend(picture, patch, x, y)
    assert (picture[:5, :5] == 255).all()
    assert (picture[15:, 15:] == 255).all()
    assert (picture[5:15, 5:15] == GREY).all()


# ---- places


SIZES = st.tuples(st.floats(5, 200), st.floats(5, 60))


@given(
    anchor=st.sampled_from(["top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom right"]),
    x=st.floats(0, 600), y=st.floats(0, 540), size=SIZES,
)  # fmt: skip
def test_a_text_that_is_dragged_stands_where_it_was_left(
    anchor: Any, x: float, y: float, size: tuple[float, float]
) -> None:
    look = moved_to(TextLook(anchor=anchor), (x, y), size, (800, 600), 1.0)
    place = text_place(look, size, (800, 600), 1.0)
    assert place == pytest.approx((min(x, 800 - size[0]), min(y, 600 - size[1])), abs=0.1)


@given(st.lists(st.tuples(st.floats(0, 800), st.floats(0, 600)), max_size=4), SIZES)
def test_labels_stay_in_the_room_sideways_and_below_its_top(
    places: list[tuple[float, float]], size: tuple[float, float]
) -> None:
    found = label_places((8, 8), places, [size] * len(places), (0, 0, 800, 600), 1.0)
    for left, top in found:
        assert left + size[0] <= 800
        assert top >= 0


@pytest.mark.parametrize(
    ("anchor", "corner"),
    [("top left", (8, 8)), ("top right", (791, 8)), ("bottom left", (8, 591)), ("bottom right", (791, 591))],
)
def test_a_text_keeps_to_its_corner(anchor: Any, corner: tuple[int, int]) -> None:
    x0, y0, x1, y1 = box_of(drawn(replace(NOTHING, texts=(TextLook(shows="frame number", anchor=anchor),))))
    assert (x0 if corner[0] < 400 else x1) == pytest.approx(corner[0], abs=2)
    assert (y0 if corner[1] < 300 else y1) == pytest.approx(corner[1], abs=2)


# ---- recordings


def test_what_is_switched_off_is_not_drawn(make_tracks: Callable[..., Tracks]) -> None:
    assert not drawn(NOTHING, snapshot(tracks=make_tracks([(400.0, 300.0)]))).any()


@pytest.mark.parametrize("layer", ["marks", "ids"])
def test_each_layer_is_drawn_by_itself_and_more_faintly_where_it_covers_less(
    layer: str, make_tracks: Callable[..., Tracks]
) -> None:
    seen = snapshot(tracks=make_tracks([(400.0, 300.0)]))
    strengths = []
    for percent in (100, 30):
        look = getattr(OverlaySet(), layer).model_copy(update={"opacity_percent": percent})
        overlay = TrackOverlay(Annotation(replace(NOTHING, **{layer: look})))
        picture = np.full((600, 800, 3), GREY, np.uint8)
        overlay.draw(picture, seen)
        strengths.append(np.abs(picture.astype(int) - GREY).sum())
    assert strengths[0] > 2 * strengths[1] > 0


def test_the_mask_fills_what_the_detector_took() -> None:
    square = np.array([[[50, 50]], [[150, 50]], [[150, 150]], [[50, 150]]], np.int32)
    seen = replace(
        snapshot(), detections=replace(no_detections(), xy_px=np.array([[100.0, 100.0]]), contour_px=(square,))
    )
    changed = drawn(replace(NOTHING, mask=MaskLook(on=True)), seen)
    assert changed[52:149, 52:149].all()
    assert not changed[:49].any()


def test_zones_are_drawn_with_their_names() -> None:
    preset = Preset(
        zones=(
            Zone(name="nest", shape=Circle(centre=(200, 300), radius=50), opacity_01=0.5),
            Zone(name="gate", shape=Line(points=((400, 100), (500, 100)))),
            Zone(name="food", shape=Mark(at=(600, 500))),
            Zone(name="wet", shape=HalfPlane(start=(0, 590), end=(800, 590)), visible=False),
        )
    )
    annotation = annotation_of(preset)
    looks = replace(NOTHING, zones=ZonesLook(names=False))
    changed = drawn(looks, shapes=annotation.shapes)
    assert changed[300, 200]
    assert changed[300, 150]
    assert changed[100, 410:490].all()
    assert changed[500, 606]
    assert not changed[560:].any()
    named = drawn(replace(NOTHING, zones=ZonesLook()), shapes=annotation.shapes)
    assert named[:240, 200:300].sum() > changed[:240, 200:300].sum() + 100


def test_only_zones_leaves_regions_out() -> None:
    arena = choice("image", "region_mask", keep=[{"kind": "circle", "centre": [400, 300], "radius": 100}])
    preset = Preset(image=(arena,))
    shapes = annotation_of(preset).shapes
    assert drawn(replace(NOTHING, zones=ZonesLook()), shapes=shapes).any()
    assert not drawn(replace(NOTHING, zones=ZonesLook(only_zones=True)), shapes=shapes).any()


def test_an_annotated_video_has_the_texts_of_the_recordings_set(tmp_path: Path) -> None:
    source = choice("sources", "simulated", animals=1, width_px=200, height_px=150, duration_s=0.2)
    recording = replace(NOTHING, texts=(TextLook(shows="frame number", anchor="bottom right", size_px=40),))
    video = choice("sinks", "video", crf=1)
    preset = Preset(outputs=(video,), overlays=Overlays(screen=NOTHING, recording=recording)).with_tracker(animals=1)
    plain = replace(preset, overlays=Overlays(screen=NOTHING, recording=NOTHING))
    pictures = []
    for name, each in (("a", preset), ("b", plain)):
        job = TrackJob(source, each, tmp_path / name)
        job.run()
        reader = VideoFile(VideoFileParams(path=next(path for path in job.files if path.suffix == ".mp4")))
        reader.open()
        frame = reader.read()
        assert frame is not None
        pictures.append(frame.bgr_u8.astype(int))
        reader.close()
    x0, y0, x1, y1 = box_of(np.abs(pictures[0] - pictures[1]).max(axis=2) > 40)
    assert x0 > 100
    assert y0 > 75
    assert (x1, y1) == (pytest.approx(192, abs=3), pytest.approx(142, abs=3))


def test_a_run_whose_table_is_missing_does_not_begin(tmp_path: Path) -> None:
    source = choice("sources", "simulated", animals=1, width_px=200, height_px=150, duration_s=0.2)
    text = TextLook(shows="CSV column", file=tmp_path / "gone.csv", column="a")
    preset = Preset(outputs=(choice("sinks", "video"),), overlays=Overlays(recording=OverlaySet(texts=(text,))))
    with pytest.raises(InputError, match=re.escape("gone.csv: there is no such file")):
        TrackJob(source, preset, tmp_path / "out").run()


def test_no_column_is_a_settings_error() -> None:
    with pytest.raises(SettingsError):
        read_column(TextLook(shows="CSV column", file=Path("a.csv")))


def test_trails_of_a_recording_are_as_long_as_its_set_says(make_tracks: Callable[..., Tracks]) -> None:
    overlay = TrackOverlay(Annotation(replace(NOTHING, trails=TrailsLook(length_s=0.5))))
    for k in range(21):
        picture = np.full((600, 800, 3), GREY, np.uint8)
        overlay.draw(picture, snapshot(k, k / 10, tracks=make_tracks([(100.0 + 20 * k, 300.0)])))
    changed = (picture != GREY).any(axis=2)
    assert changed[300, 450]
    assert not changed[300, 380]
