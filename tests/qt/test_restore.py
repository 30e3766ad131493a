"""After a crash: what was open is offered, restored, put off or discarded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QThreadPool

from tracker_gui.core.preset import Preset, to_document
from tracker_gui.core.session_plan import SessionPlan
from tracker_gui.engine.open_state import OpenFile, OpenState, left_behind, open_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.session_restore import RestoreBar

PATIENCE_MS = 20_000


def crash(preset: Preset, path: Path | None = None, *, saved: bool = False, recording: tuple[Path, ...] = ()) -> None:
    file = OpenFile()
    file.keep(OpenState(preset, path, saved, recording), 1)
    file.close(forget=False)


def offer(window: MainWindow, qtbot: QtBot) -> RestoreBar:
    window.offer_restore()
    qtbot.waitUntil(lambda: window.restore_offer.bar is not None, timeout=PATIENCE_MS)
    bar = window.restore_offer.bar
    assert bar is not None
    qtbot.waitUntil(bar.isVisible, timeout=PATIENCE_MS)
    return bar


def test_unsaved_settings_are_offered_in_words_and_restored(
    open_window: Callable[..., MainWindow], qtbot: QtBot, preset: Preset, preset_file: Path
) -> None:
    changed = replace(preset, session=SessionPlan(subject="M12"))
    crash(changed, preset_file)
    window = open_window()
    bar = offer(window, qtbot)
    words = "It had open: “small-dish.json” with changes that were not saved and simulated arena."
    assert words in bar.words.text()
    bar.restore.click()
    assert (window.document.whole, window.document.path, window.document.is_saved) == (changed, preset_file, False)
    assert not bar.isVisible()
    qtbot.waitUntil(lambda: len(list(open_folder().glob("*.json"))) == 1, timeout=PATIENCE_MS)
    assert window.autosave.state().preset == changed


def test_what_was_saved_is_opened_again_as_saved(
    open_window: Callable[..., MainWindow], qtbot: QtBot, preset: Preset, preset_file: Path
) -> None:
    crash(preset, preset_file, saved=True)
    window = open_window()
    offer(window, qtbot).restore.click()
    assert window.document.is_saved
    assert window.document.path == preset_file


def test_not_now_offers_it_again_at_the_next_start(
    open_window: Callable[..., MainWindow], qtbot: QtBot, preset: Preset
) -> None:
    crash(preset)
    bar = offer(open_window(), qtbot)
    bar.later.click()
    assert not bar.isVisible()
    left = left_behind()
    assert left is not None
    left.put_back()


def test_what_is_discarded_is_gone(open_window: Callable[..., MainWindow], qtbot: QtBot, preset: Preset) -> None:
    crash(preset)
    window = open_window()
    offer(window, qtbot).discard.click()
    assert window.document.whole == Preset()
    assert list(open_folder().iterdir()) == []


def test_the_document_is_kept_a_moment_after_a_change_and_not_for_nothing(
    shown_window: MainWindow, qtbot: QtBot
) -> None:
    document = shown_window.document
    document.change(replace(document.preset, session=SessionPlan(subject="M12")), "name the subject")

    def kept_subjects() -> list[str]:
        files = list(open_folder().glob("*.json"))
        return [json.loads(file.read_text(encoding="utf-8"))["preset"]["session"]["subject"] for file in files]

    qtbot.waitUntil(lambda: kept_subjects() == ["M12"], timeout=PATIENCE_MS)
    (file,) = open_folder().glob("*.json")
    written_ns = file.stat().st_mtime_ns
    shown_window.autosave.write()
    QThreadPool.globalInstance().waitForDone()
    assert file.stat().st_mtime_ns == written_ns


def test_closing_in_the_usual_way_leaves_nothing_to_restore(shown_window: MainWindow, qtbot: QtBot) -> None:
    document = shown_window.document
    document.change(replace(document.preset, session=SessionPlan(subject="M12")), "name the subject")
    with qtbot.waitSignal(shown_window.autosave.kept, timeout=PATIENCE_MS):
        shown_window.autosave.write()
    shown_window.close()
    assert left_behind() is None


def test_a_window_that_the_system_ends_leaves_what_was_not_saved(shown_window: MainWindow) -> None:
    document = shown_window.document
    document.change(replace(document.preset, session=SessionPlan(subject="M12")), "name the subject")
    whole = document.whole
    shown_window.interrupt()
    left = left_behind()
    assert left is not None
    assert left.state.preset == whole
    left.put_back()


def test_a_recording_that_was_cut_off_is_finished(
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    preset: Preset,
    tmp_path: Path,
    cut_off: Callable[[Path], None],
) -> None:
    cut_off(tmp_path / "out")
    crash(preset, recording=(tmp_path / "out",))
    window = open_window()
    bar = offer(window, qtbot)
    assert "1 unfinished recording" in bar.words.text()
    bar.restore.click()
    qtbot.waitUntil(lambda: "1 recording was finished" in "\n".join(window.notices.sentences), timeout=PATIENCE_MS)
    assert len(list((tmp_path / "out").glob("*.mp4"))) == 1
    assert not list((tmp_path / "out").glob("*.recording.mp4"))


@pytest.fixture
def cut_off() -> Callable[[Path], None]:
    """Return a function that leaves a recording as a kill does."""
    code = """
import os, sys, time
from pathlib import Path
from tracker_gui import _bootstrap
_bootstrap.prepare()
from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.engine.live_recording import RecordingPlan
from tracker_gui.engine.live_run import LiveRun
source = choice("sources", "simulated", animals=2, duration_s=60, width_px=160, height_px=120)
plan = RecordingPlan("clean", RecorderSettings(reserve_mb=0))
def told(figures):
    if figures.recording and figures.recording[0].frames > 20:
        os._exit(9)
LiveRun(source, Preset(), Path(sys.argv[1]), 60, plan).run(told)
"""

    def leave(folder: Path) -> None:
        done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
        assert done.returncode == 9, done.stderr
        assert list(folder.glob("*.recording.mp4"))

    return leave


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_window_that_is_killed_is_offered_again_as_it_was(
    open_window: Callable[..., MainWindow], qtbot: QtBot, preset_file: Path, own_home: Path
) -> None:
    code = """
import json, sys
from pathlib import Path
from tracker_gui import _bootstrap
_bootstrap.prepare()
from dataclasses import replace
from tracker_gui.core.geometry import Circle
from tracker_gui.core.preset import to_document
from tracker_gui.core.zones import Zone
from tracker_gui.qt.app import application, make_window
window = make_window(Path(sys.argv[1]), asks=False)
window.show()
document = window.document
def edit(shown):
    window.session.shown.disconnect(edit)
    zone = Zone(name="nest", shape=Circle(centre=(50, 50), radius=20))
    document.change(replace(document.preset, zones=(zone,)), "draw")
    plan = document.preset.session.model_copy(update={"subject": "M12"})
    document.change(replace(document.preset, session=plan), "name")
    window.autosave.kept.connect(told)
def told():
    if not document.is_saved:
        print(json.dumps(to_document(document.whole)), flush=True)
window.session.shown.connect(edit)
application().exec()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(preset_file)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        was_open = json.loads(process.stdout.readline())
        process.kill()
    window = open_window()
    offer(window, qtbot).restore.click()
    assert to_document(window.document.whole) == was_open
    assert window.document.preset.session.subject == "M12"
    assert (window.document.path, window.document.is_saved) == (preset_file, False)
