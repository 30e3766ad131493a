"""Rules of the house that no linter holds."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_FILE_LINES = 600
POSIX_ONLY = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"}
LATE_ONLY = ("torch", "torchvision", "ultralytics", "lancedb", "onnxruntime", "trackers")
# in parts, so that this file does not break its own rule
REGISTRY_HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "ana" + "conda.org",
    "download." + "pytorch",
]


def tracked_files() -> list[Path]:
    """Return the files of the project: those git knows, or all but hidden ones where git is missing."""
    if shutil.which("git") and (PROJECT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False)
        if listed.returncode == 0:
            return [PROJECT / name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]
    hidden = re.compile(r"(^|/)(\.(?!ci/|gitignore|pre-commit)|(build|dist|out|__pycache__)/)")
    return [p for p in PROJECT.rglob("*") if p.is_file() and not hidden.search(p.relative_to(PROJECT).as_posix())]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked_files():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            found.append((path.relative_to(PROJECT), data.decode("utf-8")))
    return found


def lines_that_match(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def imports_at_module_level(tree: ast.Module) -> set[str]:
    """Return the top-level names imported unconditionally, so not inside functions, `if` or `try`."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize(
    "name",
    ["README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml", ".ci/run"],
)
def test_what_a_visitor_looks_for_is_there(name: str) -> None:
    assert (PROJECT / name).stat().st_size > 0


def test_the_licence_is_the_one_that_is_declared() -> None:
    first_lines = (PROJECT / "LICENSE").read_text(encoding="utf-8").split("\n", 2)
    assert [line.strip() for line in first_lines[:2]] == [
        "GNU AFFERO GENERAL PUBLIC LICENSE",
        "Version 3, 19 November 2007",
    ]
    assert 'license = "AGPL-3.0-or-later"' in (PROJECT / "pyproject.toml").read_text(encoding="utf-8")


def test_no_file_names_a_folder_of_one_machine() -> None:
    here = {f"{folder.as_posix()}/" for folder in (PROJECT.parent, Path.home()) if len(folder.parts) > 1}
    here -= {"/tmp/"}
    anybodys = [r"/home/\w+/", r"/Users/\w+/", r"\b[A-Z]:\\Users\\"]
    folders = "|".join([re.escape(folder) for folder in here] + anybodys)
    assert lines_that_match(re.compile(rf"(?<![\w.:/])(?:{folders})")) == []


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert lines_that_match(re.compile("|".join(map(re.escape, REGISTRY_HOSTS)))) == []


def test_no_file_is_too_long_to_have_one_subject() -> None:
    assert [
        (str(path), text.count("\n"))
        for path, text in texts()
        if path.suffix == ".py" and text.count("\n") >= LONGEST_FILE_LINES
    ] == []


def test_nothing_needs_a_module_that_windows_lacks() -> None:
    found = {
        str(path): names
        for path, text in texts()
        if path.suffix == ".py" and (names := imports_at_module_level(ast.parse(text)) & POSIX_ONLY)
    }
    assert found == {}


def test_every_module_loads_without_the_heavy_libraries() -> None:
    code = f"""
import importlib, pkgutil, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {LATE_ONLY!r}:
            raise ImportError(name + " is imported when a module loads, not when it is needed")
sys.meta_path.insert(0, Refuse())
import tracker_gui
for module in pkgutil.walk_packages(tracker_gui.__path__, "tracker_gui."):
    importlib.import_module(module.name)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
