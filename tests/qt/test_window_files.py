"""Runs, presets and the end of the window: what is written, and what is left behind."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog

from tracker_gui.core.preset import choice, save
from tracker_gui.engine.screen_feed import Beside
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.exchange.open_preset import open_preset
from tracker_gui.qt import file_dialogs, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.forms.controls import NumberControl
    from tracker_gui.qt.forms.form import StageForm
    from tracker_gui.qt.main_window import MainWindow

    Wait = Callable[[MainWindow, int], None]

PATIENCE_MS = 20_000


def detector_form(window: MainWindow) -> StageForm:
    form = window.steps.section("Detect").step.picker.form  # type: ignore[attr-defined]
    assert form is not None
    return form


def number(window: MainWindow, name: str) -> NumberControl:
    return detector_form(window).control(name)  # type: ignore[return-value]


def sentences(window: MainWindow) -> str:
    return "\n".join(window.notices.sentences)


# ---- tracking into files


def track(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    window.steps.section("Outputs and run").step.set_folder(str(folder))  # type: ignore[attr-defined]
    window.action("start").trigger()
    assert window.session.is_tracking
    qtbot.waitUntil(lambda: not window.session.is_tracking, timeout=60_000)


def test_tracking_writes_the_files_and_says_which(shown_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    track(qtbot, shown_window, tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["simulated_run.json", "simulated_tracks.csv"]
    assert "Tracked 90 frames" in sentences(shown_window)
    notice = shown_window.notices.notice("run")
    assert notice is not None
    assert notice.button is not None
    assert notice.button.text() == "Open folder"


@pytest.mark.parametrize("beside", [beside for beside in Beside if beside is not Beside.NOTHING])
def test_after_a_run_the_last_frame_is_shown_with_what_belongs_beside_it(
    shown_window: MainWindow, qtbot: QtBot, tmp_path: Path, wait_for_index: Wait, beside: Beside
) -> None:
    preset = shown_window.document.preset
    chain = (*preset.image, choice("image", "background", frames=5))
    shown_window.document.change_list("image", chain, "add Background")
    shown_window.picture.set_beside(beside)
    track(qtbot, shown_window, tmp_path / "out")
    wait_for_index(shown_window, 89)
    newest = shown_window.session.newest
    assert newest is not None
    assert newest.beside_u8 is not None
    assert newest.beside_u8.shape[:2] == (150, 200)


def test_the_preset_saved_in_the_window_gives_the_same_track_headless(
    shown_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    number(shown_window, "offset").spin.setValue(22)  # type: ignore[arg-type]
    number(shown_window, "block_size_px").spin.setValue(41)  # type: ignore[arg-type]
    assert file_dialogs.save_to(shown_window, tmp_path / "tuned.json")
    track(qtbot, shown_window, tmp_path / "window")
    preset, problems = open_preset(tmp_path / "tuned.json")
    assert problems == []
    assert preset == shown_window.document.preset
    assert preset.source is not None
    TrackJob(preset.source, preset, tmp_path / "headless").run()
    in_window = (tmp_path / "window" / "simulated_tracks.csv").read_bytes()
    assert in_window == (tmp_path / "headless" / "simulated_tracks.csv").read_bytes()
    assert len(in_window) > 1000


def test_stopping_leaves_complete_files(
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    wait_for_index: Wait,
    scene_preset: Callable[..., Preset],
) -> None:
    save(scene_preset(duration_s=600), tmp_path / "long.json")
    window = open_window(tmp_path / "long.json")
    wait_for_index(window, 0)
    window.steps.section("Outputs and run").step.set_folder(str(tmp_path / "out"))  # type: ignore[attr-defined]
    window.action("start").trigger()
    qtbot.waitUntil(lambda: window.transport.bar.value() > 5, timeout=PATIENCE_MS)
    window.action("stop").trigger()
    qtbot.waitUntil(lambda: not window.session.is_tracking, timeout=PATIENCE_MS)
    assert "Stopped by you" in sentences(window)
    frames = json.loads((tmp_path / "out" / "simulated_run.json").read_text(encoding="utf-8"))["counts"]["frames"]
    with (tmp_path / "out" / "simulated_tracks.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * frames


def test_settings_are_locked_while_tracking(
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    wait_for_index: Wait,
    scene_preset: Callable[..., Preset],
) -> None:
    save(scene_preset(duration_s=600), tmp_path / "long.json")
    window = open_window(tmp_path / "long.json")
    wait_for_index(window, 0)
    before = window.document.preset
    window.steps.section("Outputs and run").step.set_folder(str(tmp_path / "out"))  # type: ignore[attr-defined]
    window.action("start").trigger()
    assert not detector_form(window).isEnabled()
    window.session.use_animals(9)
    window.open_path(tmp_path / "long.json")
    assert window.document.preset == before
    assert not window.action("undo").isEnabled()
    window.action("stop").trigger()
    qtbot.waitUntil(lambda: not window.session.is_tracking, timeout=PATIENCE_MS)
    assert detector_form(window).isEnabled()


def test_a_folder_that_cannot_be_written_is_a_sentence(shown_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("in the way")
    track(qtbot, shown_window, tmp_path / "a file" / "out")
    assert "cannot be written" in sentences(shown_window)
    assert shown_window.action("start").isEnabled()


def test_a_full_disk_is_a_sentence_and_the_window_goes_on(
    shown_window: MainWindow, qtbot: QtBot, full_disk: Path, wait_for_index: Wait
) -> None:
    (full_disk / "filler").write_bytes(b"x" * ((4 << 20) - 8192))
    track(qtbot, shown_window, full_disk / "out")
    assert shown_window.notices.notice("run") is not None
    assert shown_window.notices.notice("run").kind == "bad"  # type: ignore[union-attr]
    shown_window.transport.bar.setValue(10)
    wait_for_index(shown_window, 10)


# ---- presets


def test_open_tune_save_open_gives_the_same_preset(
    shown_window: MainWindow, open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    number(shown_window, "max_area_px2").spin.setValue(777)  # type: ignore[arg-type]
    shown_window.session.use_animals(4)
    assert not shown_window.document.is_saved
    assert file_dialogs.save_to(shown_window, tmp_path / "again")
    assert shown_window.document.is_saved
    other = open_window(tmp_path / "again.json")
    assert other.document.preset == shown_window.document.preset


def test_a_broken_preset_is_told_and_the_rest_is_kept(
    open_window: Callable[..., MainWindow], qtbot: QtBot, preset_file: Path, preset: Preset, wait_for_index: Wait
) -> None:
    document = json.loads(preset_file.read_text(encoding="utf-8"))
    document["detector"]["params"]["offset"] = "much"
    document["nonsense"] = 1
    preset_file.write_text(json.dumps(document), encoding="utf-8")
    window = open_window(preset_file)
    assert "small-dish.json: detector.params.offset" in sentences(window)
    assert "nonsense" in sentences(window)
    assert "2 settings could not be used" in sentences(window)
    default = choice("detectors", "blobs").params
    wanted = preset.detector.params.model_copy(update={"offset": default.offset})  # type: ignore[attr-defined]
    assert window.document.preset == replace(preset, detector=replace(preset.detector, params=wanted))
    wait_for_index(window, 0)


def test_a_file_that_is_no_preset_is_a_sentence_and_changes_nothing(shown_window: MainWindow, tmp_path: Path) -> None:
    before = shown_window.document.preset
    (tmp_path / "bad.json").write_text("{ not json")
    shown_window.open_path(tmp_path / "bad.json")
    assert "not valid JSON" in sentences(shown_window)
    assert shown_window.document.preset == before


def test_the_export_holds_the_six_keys_and_tells_what_is_lost(shown_window: MainWindow, tmp_path: Path) -> None:
    file_dialogs.export_flat_to(shown_window, tmp_path / "flat.json")
    flat = json.loads((tmp_path / "flat.json").read_text(encoding="utf-8"))
    assert set(flat) == {"block_size", "offset", "min_area", "max_area", "invert", "fps"}
    assert "region_mask" in sentences(shown_window)


def test_saving_asks_where_the_first_time(
    open_window: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "mine.json"), ""))
    window.action("save").trigger()
    assert (tmp_path / "mine.json").is_file()
    assert window.document.path == tmp_path / "mine.json"


# ---- the end


def test_the_window_closes_while_a_background_is_computed(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path, scene_preset: Callable[..., Preset]
) -> None:
    slow = scene_preset(width_px=1280, height_px=960, body_length_px=60, duration_s=60)
    save(replace(slow, image=(choice("image", "background", frames=250),)), tmp_path / "slow.json")
    window = open_window(tmp_path / "slow.json")
    qtbot.waitUntil(lambda: window.session.info is not None, timeout=PATIENCE_MS)
    window.close()
    assert window.session.close()


def test_the_window_closes_while_it_tracks(
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    wait_for_index: Wait,
    scene_preset: Callable[..., Preset],
) -> None:
    save(scene_preset(duration_s=600), tmp_path / "long.json")
    window = open_window(tmp_path / "long.json")
    wait_for_index(window, 0)
    window.steps.section("Outputs and run").step.set_folder(str(tmp_path / "out"))  # type: ignore[attr-defined]
    window.action("start").trigger()
    qtbot.waitUntil(lambda: (tmp_path / "out").is_dir(), timeout=PATIENCE_MS)
    window.close()
    assert window.session.close()
    assert json.loads((tmp_path / "out" / "simulated_run.json").read_text(encoding="utf-8"))["outcome"] == "cancelled"


def test_a_damaged_settings_file_loses_its_bad_keys_only() -> None:
    settings.store(settings.WindowSettings(face="LIGHT", recent=["/a/b.mp4"]))
    document = json.loads(settings.settings_file().read_text(encoding="utf-8"))
    document["recent"] = 7
    document["unknown"] = True
    settings.settings_file().write_text(json.dumps(document), encoding="utf-8")
    kept = settings.load()
    assert kept.face == "LIGHT"
    assert kept.recent == []


def test_the_window_opens_without_the_heavy_libraries(tmp_path: Path) -> None:
    code = """
import sys
BLOCKED = ("torch", "torchvision", "ultralytics", "lancedb", "onnxruntime", "trackers")
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(name + " is blocked")
sys.meta_path.insert(0, Refuse())
from tracker_gui import _bootstrap
_bootstrap.prepare()
from PySide6.QtCore import QTimer
from tracker_gui.qt.app import application, make_window
window = make_window(None, "simulated", asks=False)
window.show()
window.session.shown.connect(lambda shown: application().quit())
QTimer.singleShot(60_000, lambda: application().exit(3))
code = application().exec()
words = window.picture.frame_pane.badge.words
window.close()
print(words)
sys.exit(code)
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TRACKER_GUI_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert (done.stdout.strip(), done.returncode) == ("5 of 5 found", 0), done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_the_demo_stays_until_it_is_told_to_end(name: str, tmp_path: Path, own_home: Path) -> None:
    code = """
import sys
from tracker_gui import _bootstrap
_bootstrap.prepare()
from PySide6.QtCore import QTimer
from tracker_gui.core.data_files import presets_folder
from tracker_gui.qt import app, main_window
def told(window):
    print("playing", flush=True)
made = app.make_window
def make(*args):
    window = made(*args)
    QTimer.singleShot(1500, lambda: told(window))
    return window
app.make_window = make
sys.exit(app.run_window(presets_folder() / "dish_5_animals.json", None, True))
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "playing\n"
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, ""), err
    lines = [line for line in err.splitlines() if "propagateSizeHints" not in line]
    assert lines == []
