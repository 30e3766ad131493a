"""What happens before the program starts."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tracker_gui import _bootstrap

if TYPE_CHECKING:
    from pathlib import Path


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ | environment
    )


def test_an_old_python_is_turned_away_with_a_sentence() -> None:
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; this is Python 3\.10\.6"):
        _bootstrap.check_python((3, 10, 6))


def test_this_python_is_accepted() -> None:
    _bootstrap.check_python()


def test_cv2_leaves_no_trace_of_its_own_qt() -> None:
    code = (
        "import os; from tracker_gui import _bootstrap; _bootstrap.prepare(); import cv2; "
        "print([n for n in os.environ if n.startswith('QT_QPA_') and 'cv2' in os.environ[n]])"
    )
    done = run_python(code)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_plugin_path_of_the_user_survives_cv2() -> None:
    code = "import os; from tracker_gui import _bootstrap; _bootstrap.prepare(); print(os.environ['QT_QPA_FONTDIR'])"
    done = run_python(code, QT_QPA_FONTDIR="my fonts")
    assert done.stdout.strip() == "my fonts", done.stderr


def test_preparing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tracker_gui import _bootstrap; _bootstrap.prepare(); _bootstrap.start_logging(); "
        "print({'PySide6', 'torch', 'ultralytics', 'lancedb', 'onnxruntime', 'pydantic'} & set(sys.modules))"
    )
    done = run_python(code)
    assert done.stdout.strip() == "set()", done.stderr


def test_ultralytics_is_told_to_stay_offline() -> None:
    code = (
        "import os; [os.environ.pop(n, None) for n in list(os.environ) if n.startswith('YOLO_')]; "
        "from tracker_gui import _bootstrap; _bootstrap.prepare(); "
        "print(os.environ['YOLO_OFFLINE'], os.environ['YOLO_AUTOINSTALL'], os.environ['YOLO_CONFIG_DIR'])"
    )
    done = run_python(code, TRACKER_GUI_HOME="home")
    assert done.stdout.split() == ["True", "False", os.path.join("home", "settings", "ultralytics")], done.stderr


LOGGING = "from tracker_gui import _bootstrap; path = _bootstrap.start_logging({level!r}); import logging; "


def test_the_terminal_gets_the_sentence_and_the_log_the_traceback(own_home) -> None:
    done = run_python(LOGGING.format(level="warning") + "raise ValueError('odd number')")
    log = (own_home / "log" / "tracker-gui.log").read_text(encoding="utf-8")
    assert "unexpected problem: ValueError: odd number" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in log
    assert done.returncode == 1


def test_a_thread_that_fails_is_logged(own_home) -> None:
    code = "import threading; t = threading.Thread(target=lambda: 1 // 0); t.start(); t.join()"
    done = run_python(LOGGING.format(level="warning") + code)
    assert "unexpected problem: ZeroDivisionError" in done.stderr
    assert "Traceback" in (own_home / "log" / "tracker-gui.log").read_text(encoding="utf-8")


def test_the_log_holds_more_than_the_terminal(own_home) -> None:
    done = run_python(LOGGING.format(level="error") + "logging.getLogger('a').info('quiet'); print(path)")
    assert "quiet" not in done.stderr
    assert "quiet" in (own_home / "log" / "tracker-gui.log").read_text(encoding="utf-8")
    assert done.stdout.strip() == str(own_home / "log" / "tracker-gui.log")


def test_debug_reaches_the_terminal_when_asked() -> None:
    done = run_python(LOGGING.format(level="debug") + "logging.getLogger('a').debug('deep')")
    assert "debug: deep" in done.stderr


def test_a_log_folder_that_cannot_be_made_is_said_once_and_the_program_goes_on(tmp_path) -> None:
    (tmp_path / "home").write_text("a file where a folder is expected")
    done = run_python(LOGGING.format(level="warning") + "print(path)", TRACKER_GUI_HOME=str(tmp_path / "home"))
    assert done.stdout.strip() == "None"
    assert "no log is kept" in done.stderr
    assert done.returncode == 0


def test_a_full_disk_prints_no_traceback(full_disk) -> None:
    code = (
        "open(os.path.join(os.environ['TRACKER_GUI_HOME'], 'filler'), 'wb', buffering=0).write(bytes(8 << 20)); "
        "logging.getLogger('a').info('x' * 100_000); print('goes on')"
    )
    done = run_python(LOGGING.format(level="warning") + "import os; " + code, TRACKER_GUI_HOME=str(full_disk))
    assert done.stdout.strip() == "goes on"
    assert "Traceback" not in done.stderr


def test_levels_are_those_of_logging() -> None:
    assert all(level.upper() in logging.getLevelNamesMapping() for level in _bootstrap.LOG_LEVELS)


def test_a_library_that_the_system_lacks_is_answered_with_what_to_type(tmp_path: Path) -> None:
    loader_says = "libGL.so.1: cannot open shared object file: No such file or directory"
    (tmp_path / "cv2.py").write_text(f"raise ImportError({loader_says!r})")
    done = run_python("from tracker_gui.cli import main; main(['presets'])", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "lacks the library libGL.so.1" in done.stderr
    assert "apt-get install" in done.stderr


def test_another_problem_while_importing_is_not_taken_for_a_missing_library() -> None:
    assert _bootstrap.lacking_library(ImportError("cannot import name 'x' from 'y'")) is None
    assert _bootstrap.lacking_library(ModuleNotFoundError("No module named 'cv2'")) is None
