"""The shared fixtures do what they promise; each case runs a small pytest of its own."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core.data_files import log_folder, presets_folder, resources_folder, settings_folder

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]


@pytest.fixture
def inner(pytester: pytest.Pytester, project: Path) -> pytest.Pytester:
    """Return an empty test folder with this project's conftest."""
    pytester.makeconftest((project / "tests" / "conftest.py").read_text(encoding="utf-8"))
    return pytester


def run_inner(inner: pytest.Pytester, code: str) -> pytest.RunResult:
    inner.makepyfile(code)
    return inner.runpytest_subprocess("-ra", "--no-xvfb", "-p", "no:cacheprovider")


def test_a_thread_that_is_left_is_noticed(inner: pytest.Pytester) -> None:
    code = "from threading import *\ndef test(no_leaks): Thread(target=Event().wait, daemon=True).start()"
    done = run_inner(inner, code)
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["*threads are left*"])


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files are counted through /proc")
def test_a_file_that_is_left_open_is_noticed(inner: pytest.Pytester) -> None:
    done = run_inner(inner, "kept = []\ndef test(no_leaks):\n    kept.append(open(__file__))")
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["*files are left open*"])


def test_a_tidy_test_passes_the_watch(no_leaks: None) -> None:
    with open(__file__, encoding="utf-8") as file:
        assert file.read(3) == '"""'


def test_without_the_shared_media_tests_skip_with_the_reason(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_SHARED", "nowhere")
    done = run_inner(inner, "def test(shared): pass")
    done.assert_outcomes(skipped=1)
    done.stdout.fnmatch_lines(["*needs the shared media: no folder nowhere*"])


def test_the_full_disk_gets_full(full_disk: Path) -> None:
    with pytest.raises(OSError, match="No space left") as caught, (full_disk / "big").open("wb") as file:
        file.write(bytes(8 << 20))
    assert caught.value.errno == errno.ENOSPC


def test_nothing_of_the_users_own_is_touched(own_home: Path) -> None:
    assert own_home in settings_folder().parents
    assert own_home in log_folder().parents


def test_without_the_variable_the_systems_folders_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKER_GUI_HOME")
    assert "tracker-gui" in settings_folder().parts


def test_the_files_that_come_with_the_program_are_found(project: Path) -> None:
    assert presets_folder() == project / "presets"
    assert (resources_folder() / "README.md").is_file()
