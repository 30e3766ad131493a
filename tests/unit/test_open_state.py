"""What a window had open: kept, found again, and never taken from a window that lives."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.session_plan import SessionPlan
from tracker_gui.engine.open_state import DAMAGED, OpenFile, OpenState, left_behind, open_folder

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = choice("sources", "simulated", animals=4)
STATE = OpenState(Preset(name="dish", source=SOURCE, session=SessionPlan(subject="M12")), None, is_saved=False)


def crash(state: OpenState) -> OpenFile:
    """Keep a state as a window does that then ends without a word."""
    file = OpenFile()
    assert file.keep(state, 1)
    file.close(forget=False)
    return file


def test_what_a_crash_left_is_found_again(tmp_path: Path) -> None:
    state = replace(STATE, path=tmp_path / "dish.json", recording=(tmp_path,))
    crash(state)
    left = left_behind()
    assert left is not None
    assert (left.state, left.problems, left.segments) == (state, [], [])
    left.put_back()


def test_what_a_living_window_has_open_is_nobody_elses() -> None:
    file = OpenFile()
    file.keep(STATE, 1)
    assert left_behind() is None
    file.close(forget=False)
    left = left_behind()
    assert left is not None
    left.put_back()


def test_what_is_offered_to_one_window_is_not_offered_to_another() -> None:
    crash(STATE)
    first = left_behind()
    assert first is not None
    assert left_behind() is None
    first.put_back()
    again = left_behind()
    assert again is not None
    again.discard()
    assert left_behind() is None


def test_an_end_in_the_usual_way_leaves_nothing() -> None:
    file = OpenFile()
    file.keep(STATE, 1)
    file.close(forget=True)
    assert list(open_folder().iterdir()) == []


def test_a_late_write_is_not_put_over_a_newer_one() -> None:
    file = OpenFile()
    file.keep(STATE, 2)
    file.keep(replace(STATE, preset=Preset(name="old", source=SOURCE)), 1)
    file.close(forget=False)
    left = left_behind()
    assert left is not None
    assert left.state.preset.name == "dish"
    left.put_back()


def test_nothing_is_written_once_it_is_closed() -> None:
    file = crash(STATE)
    file.path.unlink()
    file.keep(STATE, 9)
    assert not file.path.exists()


def test_nothing_open_keeps_nothing() -> None:
    file = OpenFile()
    file.keep(OpenState(Preset(), None, is_saved=True), 1)
    assert not open_folder().exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": "tracker-gui open", "preset": 7}'])
def test_a_damaged_file_is_set_aside_and_the_one_before_it_is_offered(damage: bytes) -> None:
    older = crash(STATE)
    os.utime(older.path, (1e9, 1e9))
    newer = crash(replace(STATE, preset=Preset(name="newer", source=SOURCE)))
    newer.path.write_bytes(damage)
    left = left_behind()
    assert left is not None
    assert left.state == STATE
    assert newer.path.with_suffix(DAMAGED).read_bytes() == damage
    left.put_back()


def test_a_damaged_setting_costs_no_other() -> None:
    file = crash(STATE)
    file.path.write_text(file.path.read_text(encoding="utf-8").replace('"M12"', "[12]"), encoding="utf-8")
    left = left_behind()
    assert left is not None
    assert left.state.preset == replace(STATE.preset, session=SessionPlan())
    assert len(left.problems) == 1
    left.put_back()


def test_a_password_is_never_written() -> None:
    camera = choice("sources", "network_stream", url="http://lab:secret@camera/video.mjpg")
    file = crash(replace(STATE, preset=Preset(source=camera)))
    assert "secret" not in file.path.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_made_is_a_line_in_the_log(own_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    (own_home / "data").write_text("in the way", encoding="utf-8")
    assert not OpenFile().keep(STATE, 1)
    assert "what is open is not kept" in caplog.text


def test_a_process_that_was_killed_holds_no_lock() -> None:
    code = """
import os, signal
from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.open_state import OpenFile, OpenState
file = OpenFile()
file.keep(OpenState(Preset(name="killed", source=choice("sources", "simulated")), None, False), 1)
print("kept", flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"kept"
        assert left_behind() is None
        process.kill()
    left = left_behind()
    assert left is not None
    assert left.state.preset.name == "killed"
    left.put_back()
