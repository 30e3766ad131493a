"""`packaging/set_up.py`, which make calls: what it asks for, refuses and remembers."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tracker_gui import _bootstrap

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


@pytest.fixture
def set_up(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script as a module that makes its .venv in an empty folder."""
    spec = importlib.util.spec_from_file_location("set_up", project / "packaging" / "set_up.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    return module


@pytest.fixture
def installed(set_up: ModuleType) -> str:
    """Return the mark left by a set-up for the tests, in a .venv of this Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(set_up.VENV)], check=True)
    mark = set_up.fingerprint(sys.version_info[:2])
    set_up.stamp(True).write_text(mark)
    return mark


def test_a_python_too_old_is_answered_with_a_sentence(set_up: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and here is only Python 3\.10"):
        set_up.find_python()


@pytest.mark.skipif(os.name == "nt", reason="a script stands for the newer Python")
def test_a_newer_python_on_the_path_is_taken(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python3.12").symlink_to(sys.executable)
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert set_up.find_python() == str(tmp_path / "python3.12")


def test_a_missing_library_is_asked_for_by_its_package(set_up: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ctypes.CDLL

    def loader(name: str) -> ctypes.CDLL:
        if name == "libEGL.so.1":
            raise OSError("cannot open shared object file")
        return real(None)

    monkeypatch.setattr(ctypes, "CDLL", loader)
    assert "libegl1" in set_up.missing_packages(sys.executable, dev=False)
    assert "libgl1" not in set_up.missing_packages(sys.executable, dev=False)


def test_only_the_tests_ask_for_a_virtual_screen(set_up: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "xvfb" in set_up.missing_packages(sys.executable, dev=True)
    assert "xvfb" not in set_up.missing_packages(sys.executable, dev=False)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="apt is not here")
def test_without_root_the_one_command_is_printed(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\nexit 99\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="sudo apt-get install -y --no-install-recommends libegl1 xvfb"):
        set_up.provide_packages(["libegl1", "xvfb"])


def test_a_command_that_fails_is_named(set_up: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"did not work \(exit code 7\)"):
        set_up.run([sys.executable, "-c", "raise SystemExit(7)"])


def test_done_once_it_is_done_for_running_and_testing(set_up: ModuleType, installed: str) -> None:
    assert set_up.is_done(installed, dev=True)
    assert set_up.is_done(installed, dev=False)


def test_set_up_for_running_is_not_enough_for_testing(set_up: ModuleType, installed: str) -> None:
    set_up.stamp(True).rename(set_up.stamp(False))
    assert set_up.is_done(installed, dev=False)
    assert not set_up.is_done(installed, dev=True)


@pytest.mark.parametrize("changed", ["pyproject.toml", "packaging/constraints.txt"])
def test_a_changed_dependency_list_is_not_done(
    set_up: ModuleType, installed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    (tmp_path / "packaging").mkdir()
    for name in ("pyproject.toml", "packaging/constraints.txt", "packaging/set_up.py"):
        (tmp_path / name).write_bytes((set_up.PROJECT / name).read_bytes())
    monkeypatch.setattr(set_up, "PROJECT", tmp_path)
    mark = set_up.fingerprint(sys.version_info[:2])
    set_up.stamp(True).write_text(mark)
    assert set_up.is_done(mark, dev=True)
    (tmp_path / changed).write_text("# changed")
    assert not set_up.is_done(set_up.fingerprint(sys.version_info[:2]), dev=True)


def test_a_venv_of_this_python_and_folder_is_kept(set_up: ModuleType, installed: str) -> None:
    assert not set_up.belongs_elsewhere(sys.version_info[:2])


def test_a_venv_of_another_python_is_not_kept(set_up: ModuleType, installed: str) -> None:
    assert set_up.belongs_elsewhere((3, 99))


def test_a_venv_that_was_moved_is_not_kept(set_up: ModuleType, installed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "PROJECT", set_up.PROJECT.parent)
    assert set_up.belongs_elsewhere(sys.version_info[:2])


def test_the_program_names_the_same_system_packages_as_the_set_up(set_up: ModuleType) -> None:
    assert set(_bootstrap.SYSTEM_PACKAGES.split()) == set(set_up.LIBRARIES.values())
