"""Bad input through the real command line: a clear sentence, the right exit code, and nothing lost."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from av.stream import Disposition

from tracker_gui.cli import main
from tracker_gui.core.preset import SCHEMA_VERSION, Preset, choice, save, to_document
from tracker_gui.stages.sources.video_file import VideoFile, VideoFileParams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs ``track``, checks that it ended as expected without a file, and gives the message."""

    def run(code: int, *words: object) -> str:
        out = tmp_path / "out"
        assert main(["track", *map(str, words), "--out", str(out)]) == code
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "Traceback" not in captured.err
        last = captured.err.strip().splitlines()[-1]
        assert captured.err.startswith("tracker-gui: ") or last.startswith("tracker-gui: ")
        assert not out.exists() or not list(out.iterdir())
        return captured.err

    return run


def tracked(out: Path, *words: object) -> dict[str, Any]:
    """Run ``track`` to its end and return the manifest."""
    assert main(["track", *map(str, words), "--out", str(out), "--quiet"]) == 0
    return json.loads(next(out.glob("*_run.json")).read_text(encoding="utf-8"))


def empty_mp4(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()
    return path


def sound(path: Path, codec: str, cover: bool = False) -> Path:
    with av.open(str(path), "w", format="mp4" if cover else None) as container:
        stream: Any = container.add_stream(codec, rate=8000)
        if cover:
            picture: Any = container.add_stream("mjpeg", rate=1)
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuvj420p"
            picture.disposition = Disposition.attached_pic
            drawn = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 99, np.uint8), format="bgr24")
            drawn.pts = 0
            container.mux([*picture.encode(drawn), *picture.encode(None)])
        samples = np.zeros((1, 8000), np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = 8000, Fraction(1, 8000), 0
        for out in av.AudioResampler(format=stream.format, layout=stream.layout, rate=8000).resample(frame):
            container.mux(stream.encode(out))
        container.mux(stream.encode(None))
    return path


def replaced(path: Path, old: bytes, new: bytes) -> Path:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


def test_no_such_file(refused: Callable[..., str]) -> None:
    assert "nowhere/video.mp4: there is no such file" in refused(3, "nowhere/video.mp4")


def test_an_empty_file(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert "empty.mp4: is empty (0 bytes)" in refused(3, tmp_path / "empty.mp4")


@pytest.mark.parametrize(
    "content",
    [b"frame,x,y\n1,2,3\n" * 50, b"\x00" * 9000, np.random.default_rng(0).bytes(9000), b"%PDF-1.7\n%\xe2\xe3", b"RIFF"],
    ids=["text", "zeros", "noise", "pdf", "cut"],
)
def test_not_a_video(content: bytes, refused: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "thing.mp4"
    path.write_bytes(content)
    message = refused(3, path)
    assert "thing.mp4: " in message
    assert "is not a video" in message or "holds no" in message


def test_no_moov(refused: Callable[..., str], make_video: Make) -> None:
    path = make_video("cut.mp4", 60)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])
    assert "cut.mp4: is not a video, or it is cut off" in refused(3, path)


def test_no_frames(refused: Callable[..., str], tmp_path: Path) -> None:
    message = refused(3, empty_mp4(tmp_path / "none.mp4"))
    assert "none.mp4: " in message
    assert "holds no" in message or "nothing can be read" in message


@pytest.mark.parametrize(("name", "codec"), [("talk.m4a", "aac"), ("talk.wav", "pcm_s16le"), ("talk.mka", "aac")])
def test_sound_only(name: str, codec: str, refused: Callable[..., str], tmp_path: Path) -> None:
    assert f"{name}: holds no video stream" in refused(3, sound(tmp_path / name, codec))


def test_the_cover_of_a_sound_file_is_no_video(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "song.m4a: holds no video stream" in refused(3, sound(tmp_path / "song.m4a", "aac", cover=True))


@pytest.mark.parametrize(
    ("name", "codec", "old", "new"),
    [
        ("new.mp4", "libx264", b"avc1", b"zzz9"),
        ("new.mkv", "libx264", b"V_MPEG4/ISO/AVC", b"V_MPEG9/ISO/XYZ"),
        ("new.avi", "mpeg4", b"FMP4", b"ZZZ9"),
    ],
)
def test_codec_missing(
    name: str, codec: str, old: bytes, new: bytes, refused: Callable[..., str], make_video: Make
) -> None:
    message = refused(3, replaced(make_video(name, 10, codec=codec), old, new))
    assert f"{name}: is in a format (codec) this program has no decoder for" in message
    assert "Convert it" in message


def test_a_folder_without_images(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    assert "bare: holds no images" in refused(3, tmp_path / "bare")


def test_one_frame_is_tracked(make_video: Make, tmp_path: Path) -> None:
    manifest = tracked(tmp_path / "out", make_video("one.mp4", 1))
    assert manifest["counts"]["frames"] == manifest["source"]["frame_count"] == 1


def test_a_start_behind_the_end(refused: Callable[..., str], make_video: Make) -> None:
    path = make_video("short.mp4", 30)
    assert "short.mp4: has 30 frames, so it cannot start at frame 30" in refused(3, path, "--start", "1s")


def test_a_stop_before_the_start(refused: Callable[..., str], make_video: Make) -> None:
    assert "start and stop" in refused(2, make_video("short.mp4", 30), "--start", "9", "--stop", "3")


def preset_file(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    document = to_document(Preset())
    change(document)
    path = folder / "mine.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


PRESETS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "wrong type": (
        lambda d: d["detector"]["params"].update(offset="high"),
        "mine.json: detector.params.offset: should be a valid number",
    ),
    "out of range": (
        lambda d: d["detector"]["params"].update(block_size_px=2),
        "mine.json: detector.params.block_size_px: should be greater than or equal to 3, got 2",
    ),
    "unknown key": (lambda d: d.update(zoom=3), "mine.json: zoom: there is no such setting"),
    "unknown setting": (
        lambda d: d["tracker"]["params"].update(colour="red"),
        "mine.json: tracker.params.colour: there is no such setting (known: animals, ",
    ),
    "unknown stage": (
        lambda d: d["detector"].update(stage="dowsing"),
        'mine.json: detector.stage: there is no "dowsing" (known: ',
    ),
    "newer version": (
        lambda d: d.update(schema_version=SCHEMA_VERSION + 1),
        f"mine.json: schema_version: is {SCHEMA_VERSION + 1}, from a newer version of the program",
    ),
    "no version": (lambda d: d.pop("schema_version"), "mine.json: schema_version: must be a whole number"),
    "another format": (lambda d: d.update(format="recipe"), "mine.json: is not a preset"),
    "area range reversed": (
        lambda d: d["detector"]["params"].update(min_area_px2=900, max_area_px2=200),
        "mine.json: detector.params: the smallest area (900 px²) must be below the largest (200 px²)",
    ),
    "no animals": (
        lambda d: d["tracker"]["params"].update(animals=0),
        "mine.json: tracker.params.animals: should be greater than or equal to 1, got 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_with_a_mistake(name: str, refused: Callable[..., str], make_video: Make, tmp_path: Path) -> None:
    change, message = PRESETS[name]
    assert message in refused(2, make_video(), "--preset", preset_file(tmp_path, change))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"format": "tracker-gui preset",', "line 1, column 33: is not valid JSON"),
        (b"", "is not valid JSON"),
        (b"\xff\xfe\x00", "is not text"),
        (b"[1, 2]", "is not a preset"),
        (b"null", "is not a preset"),
        (b"[" * 100_000, "is not valid JSON"),
    ],
    ids=["cut", "empty", "binary", "list", "null", "deep"],
)
def test_a_preset_that_is_none(
    content: bytes, message: str, refused: Callable[..., str], make_video: Make, tmp_path: Path
) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    said = refused(2, make_video(), "--preset", path)
    assert "mine.json" in said
    assert message in said


def test_a_preset_that_is_not_there(refused: Callable[..., str], make_video: Make, tmp_path: Path) -> None:
    assert "gone.json: there is no such file" in refused(3, make_video(), "--preset", tmp_path / "gone.json")


@pytest.mark.parametrize("number", ["0", "-2", "501"])
def test_an_impossible_number_of_animals(number: str, refused: Callable[..., str], make_video: Make) -> None:
    assert "--animals: should be" in refused(2, make_video(), f"--animals={number}")


def test_far_more_animals_than_blobs_are_lost_and_pointed_out(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ["track", "simulated", "--animals", "500", "--stop", "10", "--out", str(out)]
    assert main(words) == 0
    err = capsys.readouterr().err
    assert "of 500 animals were never seen: --animals " in err
    with (out / "simulated_tracks.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == 500 * 10
    assert {row["x_px"] for row in table if row["state"] == "lost"} == {""}


def test_a_file_in_the_place_of_the_output_folder(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("mine")
    assert main(["track", str(make_video()), "--out", str(tmp_path / "taken")]) == 4
    assert "taken: cannot be written (it is a file, not a folder)" in capsys.readouterr().err
    assert (tmp_path / "taken").read_text() == "mine"


def test_an_output_folder_below_a_file(make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("mine")
    assert main(["track", str(make_video()), "--out", str(tmp_path / "taken" / "below")]) == 4
    assert "below: cannot be written" in capsys.readouterr().err


def test_a_read_only_output_folder(full_disk: Path, make_video: Make, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(full_disk)], check=True)
    assert main(["track", str(make_video()), "--out", str(full_disk)]) == 4
    message = capsys.readouterr().err
    assert f"{full_disk}: cannot be written (Read-only file system)" in message
    assert "another output folder" in message


def fill(folder: Path, left_bytes: int) -> None:
    """Leave so many bytes of a 4 MB disk."""
    (folder / "other.bin").write_bytes(bytes((4 << 20) - left_bytes))


def whole_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table; fail if one is not complete."""
    text = path.read_text(encoding="ascii")
    assert text.endswith("\n")
    rows = list(csv.DictReader(text.splitlines()))
    assert all(None not in row.values() and None not in row for row in rows)
    return rows


def test_a_disk_that_fills_keeps_every_row_before(full_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(full_disk, 200_000)
    assert main(["track", "simulated", "--out", str(full_disk), "--quiet"]) == 4
    message = capsys.readouterr().err
    table = full_disk / "simulated_tracks.csv"
    assert f"{table}: could not be written to the end (No space left on device)" in message
    assert "Free some space" in message
    rows = whole_rows(table)
    assert len(rows) > 2000
    assert [int(row["frame"]) for row in rows] == [n // 5 for n in range(len(rows))]
    assert json.loads((full_disk / "simulated_run.json").read_text())["outcome"] in ("unfinished", "failed")


def test_a_disk_that_fills_keeps_the_video_before(full_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(full_disk, 400_000)
    assert main(["track", "simulated", "--video", "--out", str(full_disk), "--quiet"]) == 4
    assert "no space left on device" in capsys.readouterr().err.lower()
    rows = whole_rows(full_disk / "simulated_tracks.csv")
    source = VideoFile(VideoFileParams(path=full_disk / "simulated_annotated.mp4"))
    source.open()
    frames = 0
    while source.read() is not None:
        frames += 1
    source.close()
    assert frames > 100
    assert abs(len(rows) / 5 - frames) <= 20


def test_a_disk_that_is_full_from_the_start(full_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(full_disk, 0)
    assert main(["track", "simulated", "--out", str(full_disk), "--quiet"]) == 4
    assert "No space left on device" in capsys.readouterr().err
    assert [path.name for path in full_disk.iterdir()] == ["other.bin"]


def test_a_preset_saved_on_a_full_disk_leaves_the_old_one(full_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = full_disk / "flat.json"
    assert main(["export", "dish_5_animals", "--tracktorlive", str(path)]) == 0
    before = path.read_bytes()
    fill(full_disk, len(before) // 4096 * 4096 + 4096)
    assert main(["export", "dish_10_animals", "--tracktorlive", str(path)]) == 4
    assert "cannot be written" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert sorted(p.name for p in full_disk.iterdir()) == ["flat.json", "other.bin"]


def test_a_background_method_without_a_background(
    refused: Callable[..., str], make_video: Make, tmp_path: Path
) -> None:
    save(Preset(detector=choice("detectors", "blobs", method="background")), tmp_path / "p.json")
    message = refused(2, make_video(), "--preset", tmp_path / "p.json")
    assert "Add the step 'Background'" in message


def test_the_process_itself_exits_with_the_code_and_no_traceback(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tracker_gui", "track", str(tmp_path / "nothing.mp4")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("tracker-gui: ")
    assert done.stderr.count("\n") == 1
