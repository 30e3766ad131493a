"""The command line: what is typed, what is printed, what is written, and the exit code."""

from __future__ import annotations

import csv
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tracker_gui
from tracker_gui.cli import main
from tracker_gui.commands.run import live_source
from tracker_gui.core import registry
from tracker_gui.core.data_files import own_presets_folder
from tracker_gui.core.params import describe
from tracker_gui.core.preset import Preset, choice, save
from tracker_gui.exchange.open_preset import open_preset

if TYPE_CHECKING:
    from collections.abc import Callable

GRAY = np.full((48, 96, 3), 128, np.uint8)
SHORT = ("--stop", "20", "--quiet")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return a function that runs the command line in an empty folder and gives its exit code."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return lambda *words: main([str(word) for word in words])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a preset with a small simulated source."""
    path = tmp_path / "small.json"
    source = choice("sources", "simulated", animals=2, duration_s=1, width_px=160, height_px=120)
    blobs = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=900)
    save(Preset(name="Small", source=source, detector=blobs).with_tracker(animals=2), path)
    return path


def listing() -> list[str]:
    return sorted(path.name for path in Path.cwd().iterdir())


def python_m(*words: object, **kwargs: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tracker_gui", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **kwargs)  # type: ignore[call-overload]


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tracker-gui {tracker_gui.__version__}\n"


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["track", "--help"], ["track"]])
def test_nothing_heavy_is_imported_to_answer_at_once(words: list[str]) -> None:
    script = (
        "import sys\nfrom tracker_gui.__main__ import main\n"
        f"sys.argv[1:] = {words!r}\nmain()\n"
        "print(*[n for n in ('numpy', 'cv2', 'av', 'pydantic', 'scipy', 'PySide6') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == ""


def test_the_module_starts_the_program() -> None:
    done = python_m("--version")
    assert (done.returncode, done.stdout) == (0, f"tracker-gui {tracker_gui.__version__}\n")


@pytest.mark.parametrize("words", [["track"], ["track", "x.mp4", "--nonsense"], ["track", "x", "--video", "blurred"]])
def test_wrong_usage_is_2(words: list[str], cli: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(*words) == 2
    assert "usage: tracker-gui" in capsys.readouterr().err


def test_tracking_writes_table_and_run_file_here(cli: Callable[..., int], small: Path) -> None:
    assert cli("track", small, "--quiet") == 0
    assert listing() == ["simulated_run.json", "simulated_tracks.csv"]


def test_the_summary_names_files_and_shares(
    cli: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("track", small, "--out", "results") == 0
    out = capsys.readouterr().out
    assert re.search(r"30 frames in .* frames/s", out)
    assert re.search(r"^ +1( +\d+){4} +100\.00 %$", out, re.MULTILINE)
    assert str(Path("results") / "simulated_tracks.csv") in out
    assert Path("results", "simulated_run.json").is_file()


def test_quiet_says_nothing(cli: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("track", small, "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_animals_that_were_never_seen_are_pointed_out(
    cli: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("track", small, "--animals", "50") == 0
    assert "48 of 50 animals were never seen: --animals 2?" in capsys.readouterr().err


def test_settings_that_find_nothing_are_pointed_out(
    cli: Callable[..., int], make_video: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("track", make_video("gray.mp4", 5, picture=lambda _: GRAY), "--animals", "2") == 0
    assert "No animal was ever found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("style", "header"),
    [
        ("tidy", "frame,time_s,id,state,x_px,y_px,speed_px_s,heading_deg,area_px2"),
        ("tracktorlive", "time,x0,y0,x1,y1"),
        ("frame-id-x-y", "frame,id,x,y"),
    ],
)
def test_the_table_has_the_style_that_was_asked_for(
    style: str, header: str, cli: Callable[..., int], small: Path
) -> None:
    assert cli("track", small, "--csv-style", style, "--quiet") == 0
    assert Path("simulated_tracks.csv").read_text().splitlines()[0] == header


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["--video"], "simulated_annotated.mp4"),
        (["--video", "annotated"], "simulated_annotated.mp4"),
        (["--video", "clean"], "simulated_clean.mp4"),
    ],
)
def test_a_video_is_written_when_asked_for(words: list[str], name: str, cli: Callable[..., int], small: Path) -> None:
    assert cli("track", small, *SHORT, *words) == 0
    assert listing() == sorted([name, "simulated_run.json", "simulated_tracks.csv"])


def test_speed_and_heading_are_written_when_asked_for(cli: Callable[..., int], small: Path) -> None:
    assert cli("track", small, "--heading", "--quiet") == 0
    with Path("simulated_tracks.csv").open(newline="") as file:
        assert sum(row["speed_px_s"] != "" for row in csv.DictReader(file)) > 20


@pytest.mark.parametrize(
    ("words", "frames"),
    [
        (["--start", "5", "--stop", "9"], range(5, 9)),
        (["--start", "0.5s"], range(15, 30)),
        (["--start", "0:00.5", "--stop", "0.9s"], range(15, 27)),
        (["--stop", "0:00.1"], range(3)),
    ],
)
def test_start_and_stop_are_frames_seconds_or_minutes(
    words: list[str], frames: range, cli: Callable[..., int], small: Path
) -> None:
    assert cli("track", small, "--quiet", "--csv-style", "frame-id-x-y", *words) == 0
    with Path("simulated_tracks.csv").open(newline="") as file:
        assert sorted({int(row["frame"]) for row in csv.DictReader(file)}) == list(frames)


def test_seconds_mean_the_videos_own_times(cli: Callable[..., int], make_video: Callable[..., Path]) -> None:
    times_s = [0, 1, 2, 2.1, 2.2, 2.3, 7, 8]
    assert cli("track", make_video("uneven.mp4", times_s=times_s), "--quiet", "--start", "2s", "--stop", "7s") == 0
    with Path("uneven_tracks.csv").open(newline="") as file:
        assert [int(row["frame"]) for row in csv.DictReader(file)] == [2, 3, 4, 5]


@pytest.mark.parametrize("time_text", ["soon", "-3", "1:2:3:4", "4 m", "1e3", "٣"])
def test_a_time_that_cannot_be_read_is_2(
    time_text: str, cli: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("track", small, f"--start={time_text}") == 2
    assert "--start" in capsys.readouterr().err


def test_the_preset_of_a_source_can_be_replaced(cli: Callable[..., int], small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    save(Preset(name="Other").with_tracker(animals=7), other)
    assert cli("track", small, "--preset", other, "--quiet") == 0
    assert json.loads(Path("simulated_run.json").read_text())["settings"]["name"] == "Other"


def test_a_gallery_preset_is_found_by_name(cli: Callable[..., int]) -> None:
    assert cli("track", "dish_5_animals", *SHORT) == 0
    assert json.loads(Path("simulated_run.json").read_text())["counts"]["animals"].keys() == set("12345")


def test_simulated_is_a_source(cli: Callable[..., int]) -> None:
    assert cli("track", "simulated", *SHORT) == 0


def test_tracktorlives_settings_are_a_preset(cli: Callable[..., int], make_video: Callable[..., Path]) -> None:
    Path("live.json").write_text(
        '{"block_size": 21, "offset": 4, "min_area": 10, "max_area": 99, "invert": 1, "fps": 30}'
    )
    assert cli("track", make_video(), "--preset", "live.json", "--quiet") == 0
    settings = json.loads(Path("clip_run.json").read_text())["settings"]
    assert settings["detector"]["params"]["block_size_px"] == 21


@pytest.mark.parametrize(
    ("text", "stage", "setting", "value"),
    [
        ("rtsp://cam/1", "network_stream", "url", "rtsp://cam/1"),
        ("camera", "camera", "device", ""),
        ("camera:usb-Maker_Cam_LEFT-video-index0", "camera", "device", "usb-Maker_Cam_LEFT-video-index0"),
        ("camera:index:0", "camera", "device", "index:0"),
    ],
)
def test_a_live_source_is_named_by_address_or_camera(text: str, stage: str, setting: str, value: str) -> None:
    source = live_source(text)
    assert source.stage == stage
    assert getattr(source.params, setting) == value


def test_a_video_for_a_live_run_is_played_like_a_camera(make_video: Callable[..., Path]) -> None:
    assert live_source(str(make_video())).stage == "replay"


def test_a_folder_of_images_is_a_source(cli: Callable[..., int]) -> None:
    import cv2

    Path("images").mkdir()
    for number in range(4):
        cv2.imwrite(f"images/{number}.png", GRAY)
    assert cli("track", "images", "--quiet") == 0
    assert json.loads(Path("images_run.json").read_text())["counts"]["frames"] == 4


@pytest.mark.parametrize(
    ("word", "hint"),
    [("simulat", "Did you mean 'simulated'?"), ("zzz", "Known names: simulated"), ("zzz.mp4", "Check")],
)
def test_a_source_that_is_not_there_is_3(
    word: str, hint: str, cli: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("track", word) == 3
    err = capsys.readouterr().err
    assert word in err
    assert hint in err
    assert err.count("\n") == 1


def test_all_mistakes_of_a_preset_are_listed(
    cli: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(small)
    assert cli("track", small) == 2
    err = capsys.readouterr().err
    assert "small.json: detector.params.offset" in err
    assert "small.json: colour" in err
    assert "--lenient" in err
    assert listing() == []


def test_lenient_uses_what_is_right(cli: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(small)
    assert cli("track", small, "--lenient", "--quiet") == 0
    assert capsys.readouterr().err.count("left out") == 2
    params = json.loads(Path("simulated_run.json").read_text())["settings"]["detector"]["params"]
    assert params["min_area_px2"] == 60


def spoil(path: Path) -> None:
    document = json.loads(path.read_text())
    document["detector"]["params"]["offset"] = "high"
    document["colour"] = "green"
    path.write_text(json.dumps(document))


def test_an_unexpected_error_is_one_sentence_and_the_traceback_is_in_the_log(
    cli: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr("tracker_gui.commands.presets.gallery", broken)
    assert cli("presets") == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "ZeroDivisionError: nobody thought of this" in err
    log = own_home / "log" / "tracker-gui.log"
    assert str(log) in err
    assert "Traceback" in log.read_text()


def test_running_a_command_leaves_logging_as_it_was(cli: Callable[..., int]) -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, sys.excepthook)
    cli("presets")
    assert (list(root.handlers), root.level, sys.excepthook) == before


def test_every_stage_is_listed(cli: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("stages") == 0
    out = capsys.readouterr().out
    assert [str(name) for name in registry.all_names()] == re.findall(r"^(\w+/\w+) ", out, re.MULTILINE)


def test_one_stage_is_listed_with_its_settings(cli: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("stages", "detectors/blobs") == 0
    out = capsys.readouterr().out
    for info in describe(registry.load("detectors", "blobs").Params):
        assert info.name in out
        assert info.title in out
    assert "3 to 999 px; default 51 px" in out


def test_stages_for_programs(cli: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("stages", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(each["kind"], each["name"]) for each in listed] == [(n.kind, n.name) for n in registry.all_names()]


def test_an_unknown_stage_is_2(cli: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("stages", "detectors/dowsing") == 2
    assert "detectors/blobs" in capsys.readouterr().err


def test_the_gallery_is_listed(cli: Callable[..., int], capsys: pytest.CaptureFixture[str], project: Path) -> None:
    assert cli("presets") == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == sorted(path.stem for path in (project / "presets").glob("*.json"))


def test_the_users_own_presets_are_listed_behind_the_gallery(
    cli: Callable[..., int], capsys: pytest.CaptureFixture[str], small: Path
) -> None:
    own_presets_folder().mkdir(parents=True)
    shutil.copy(small, own_presets_folder() / "mine.json")
    (own_presets_folder() / "not_mine.json").write_text("{")
    assert cli("presets") == 0
    mine, not_mine = capsys.readouterr().out.splitlines()[-2:]
    assert mine.split()[0] == "mine"
    assert "not_mine.json: line 1" in not_mine


def test_presets_for_programs(cli: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("presets", "--json") == 0
    for entry in json.loads(capsys.readouterr().out):
        assert Path(entry["file"]).is_file()
        assert entry["preset"]["format"] == "tracker-gui preset"


def test_a_good_preset_passes_the_check(cli: Callable[..., int], small: Path) -> None:
    assert cli("presets", "--check", small) == 0


def test_a_bad_preset_fails_the_check(cli: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(small)
    assert cli("presets", "--check", small) == 2
    assert "small.json: detector.params.offset: should be a valid number" in capsys.readouterr().err


def test_the_schema_describes_the_gallery(cli: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("presets", "--schema") == 0
    schema = json.loads(capsys.readouterr().out)
    known = {option["properties"]["stage"]["const"] for option in schema["properties"]["detector"]["oneOf"]}
    assert known == set(registry.names("detectors"))
    for reference in set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema))):
        assert reference in schema["$defs"]


def test_export_writes_tracktorlives_six_keys(cli: Callable[..., int], small: Path) -> None:
    assert cli("export", small, "--tracktorlive", "flat.json") == 0
    assert json.loads(Path("flat.json").read_text()).keys() == {
        "block_size", "offset", "min_area", "max_area", "invert", "fps"
    }  # fmt: skip
    assert not open_preset(Path("flat.json"))[1]


def test_export_says_what_is_lost(cli: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(small.read_text())
    document["detector"]["params"]["close_px"] = 5
    small.write_text(json.dumps(document))
    assert cli("export", small, "--tracktorlive", "flat.json") == 0
    assert "Join parts" in capsys.readouterr().err


def test_doctor_says_what_is_there(
    cli: Callable[..., int], capsys: pytest.CaptureFixture[str], own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker_gui.commands.doctor._torch", lambda: "not asked in this test")  # 2 s
    code = cli("doctor")
    out = capsys.readouterr().out
    assert code == 0, out
    for word in ("PySide6", "h264", "libx264", "onnxruntime", str(own_home), "GB", "log file"):
        assert word in out


def test_doctor_is_1_where_something_needed_is_missing(
    cli: Callable[..., int], capsys: pytest.CaptureFixture[str], own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker_gui.commands.doctor._torch", lambda: "not asked in this test")
    (own_home / "settings").write_text("a file in the place of the folder")
    assert cli("doctor") == 1
    assert re.search(r"^  ! settings +.*cannot be written", capsys.readouterr().out, re.MULTILINE)


def test_demo_without_a_window_is_scored_against_the_truth(
    cli: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("demo", "--headless", "--seconds", "1") == 0
    assert listing() == [
        "simulated_annotated.mp4", "simulated_run.json", "simulated_tracks.csv", "simulated_truth.csv"
    ]  # fmt: skip
    out = capsys.readouterr().out
    assert float(re.search(r"identity F1 +([\d.]+) %", out)[1]) > 80  # type: ignore[index]
    assert len(Path("simulated_truth.csv").read_text().splitlines()) == 1 + 5 * 30


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux runs without a screen")
def test_without_a_screen_the_window_says_what_else_there_is() -> None:
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    done = python_m(env={k: v for k, v in os.environ.items() if k not in gone})
    assert done.returncode == 1
    assert "there is no screen here" in done.stderr
    assert "demo --headless" in done.stderr


def test_a_file_for_the_window_is_looked_for_first(cli: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("no_such_video.mp4") == 3
    assert "no_such_video.mp4: there is no such file" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_a_run_leaves_complete_files(number: int, code: int, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tracker_gui", "track", "simulated", "--video", "--out", str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        table = tmp_path / "simulated_tracks.csv"
        until = time.monotonic() + 60
        while not (table.is_file() and table.stat().st_size > 2000) and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(number)
        _, err = running.communicate(timeout=30)
    assert running.returncode == code
    manifest = json.loads((tmp_path / "simulated_run.json").read_text())
    assert manifest["outcome"] == "cancelled"
    frames = manifest["counts"]["frames"]
    assert len(table.read_text().splitlines()) == 1 + 5 * frames
    source = choice("sources", "video_file", path=tmp_path / "simulated_annotated.mp4").make()
    source.open()
    assert source.count() == frames
    source.close()
    assert f"Stopped after {frames} frames" in err
    assert "simulated_tracks.csv" in err
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_the_bar_shows_frames_rate_and_time_left(small: Path, tmp_path: Path) -> None:
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 100, 0, 0))
    words = [sys.executable, "-m", "tracker_gui", "track", str(small), "--out", str(tmp_path / "out")]
    done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=theirs, timeout=60, check=False)
    shown = os.read(ours, 100_000).decode()
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0
    assert re.search(r"100%.*30/30 \[00:0\d<00:00.*frames/s\]", shown)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_leaves_early_is_no_error() -> None:
    listing_words = f"{sys.executable} -m tracker_gui stages --json | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", listing_words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
