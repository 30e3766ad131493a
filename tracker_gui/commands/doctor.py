"""``tracker-gui doctor``: what this computer offers, and what stands in the way."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import tracker_gui
from tracker_gui.commands.window import no_screen
from tracker_gui.core.cameras import list_cameras
from tracker_gui.core.data_files import data_folder, log_folder, presets_folder, settings_folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

LIBRARIES = ("PySide6-Essentials", "opencv-python", "numpy", "scipy", "shapely", "pydantic", "av")
LATER = ("ultralytics", "torch", "onnxruntime", "lancedb", "pyqtgraph", "pyserial", "apprise")
DECODERS = ("h264", "hevc", "vp9", "av1", "mpeg4", "mjpeg", "prores", "ffv1")
ENCODERS = ("libx264",)
LITTLE_BYTES = 1_000_000_000
FROZEN = bool(getattr(sys, "frozen", False))
ABSENT = "not in this build" if FROZEN else "not installed"
WINDOW_TEST_S = 30

Finding = tuple[bool, str, str]


def main(args: argparse.Namespace) -> int:
    """Print all findings; return 1 where something needed is missing."""
    if args.only_window:
        from tracker_gui.qt.window_test import open_and_close

        print(open_and_close())
        return 0
    healthy = True
    for title, section in SECTIONS:
        print(title)
        for good, name, text in section():
            healthy = healthy and good
            print(f"  {' ' if good else '!'} {name:<20} {text}", flush=True)
    print("\nEverything needed is there." if healthy else "\nSomething is missing: see the lines marked '!'.")
    return 0 if healthy else 1


def _versions() -> Iterator[Finding]:
    yield True, "tracker-gui", tracker_gui.__version__
    yield True, "Python", f"{platform.python_version()} ({sys.executable})"
    yield True, "system", f"{platform.platform()}, {os.cpu_count()} CPUs"
    for name in LIBRARIES:
        version = _version(name)
        yield version is not None, name, version or f"{ABSENT}: run 'make' or pip install again"
    for name in LATER:
        yield True, name, _version(name) or f"{ABSENT} (not needed to track animals)"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _screen() -> Iterator[Finding]:
    reason = no_screen()
    if reason is not None:
        yield True, "window", f"{reason}; 'track' and 'demo --headless' need none"
        return
    # In a process of its own: where Qt finds no platform it ends the whole process.
    try:
        program = [sys.executable] if FROZEN else [sys.executable, "-m", "tracker_gui"]
        done = subprocess.run(
            [*program, "doctor", "--only-window"], capture_output=True, text=True, timeout=WINDOW_TEST_S, check=False
        )
    except subprocess.TimeoutExpired:
        yield False, "window", f"Qt did not open one within {WINDOW_TEST_S} s"
        return
    if done.returncode == 0:
        name, version = done.stdout.split()
        yield True, "window", f"opens (platform {name}, Qt {version})"
    else:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        yield False, "window", f"cannot open: {lines[-1].strip() if lines else f'exit code {done.returncode}'}"


def _codecs() -> Iterator[Finding]:
    import av

    there = [name for name in DECODERS if _codec(name, "r")]
    absent = [name for name in DECODERS if name not in there]
    yield "h264" in there, "reads", ", ".join(there) + (f"; not {', '.join(absent)}" if absent else "")
    for name in ENCODERS:
        yield _codec(name, "w"), "writes", name if _codec(name, "w") else f"no {name}: no video can be written"
    yield True, "FFmpeg", ", ".join(f"{k} {'.'.join(map(str, v))}" for k, v in sorted(av.library_versions.items())[:3])


def _codec(name: str, mode: str) -> bool:
    import av

    try:
        av.Codec(name, mode)  # type: ignore[arg-type]
    except ValueError:
        return False
    return True


def _cameras() -> Iterator[Finding]:
    devices = list_cameras()
    for device in devices:
        yield True, device.name[:20], f"'{device.id}' (now {device.address})"
    if not devices:
        yield True, "none listed", "network cameras need no entry here; elsewhere than on Linux try index:0"


def _gpu() -> Iterator[Finding]:
    yield True, "torch", _torch()
    try:
        providers = importlib.import_module("onnxruntime").get_available_providers()
        yield True, "onnxruntime", ", ".join(providers)
    except ModuleNotFoundError:
        yield True, "onnxruntime", ABSENT
    except ImportError as error:
        yield True, "onnxruntime", f"cannot be used ({error})"
    yield True, "used by", "no stage of this version; decoding, blobs and tracking run on the CPU"


def _torch() -> str:
    try:
        torch = importlib.import_module("torch")
    except ModuleNotFoundError:
        return ABSENT
    except (ImportError, OSError) as error:
        return f"cannot be used ({error})"
    if torch.cuda.is_available():
        return f"CUDA: {torch.cuda.get_device_name(0)}"
    if getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available():
        return "Apple GPU (MPS)"
    return "no GPU found; it would run on the CPU"


def _folders() -> Iterator[Finding]:
    for name, folder in (("settings", settings_folder()), ("data", data_folder()), ("log", log_folder())):
        problem = _unwritable(folder)
        yield problem is None, name, f"{folder}" if problem is None else f"{folder}: {problem}"
    here = Path.cwd()
    problem = _unwritable(here)
    yield True, "this folder", f"{here}" if problem is None else f"{here}: {problem}; give results another with --out"
    free = shutil.disk_usage(here).free
    little = "; a run may fill it" if free < LITTLE_BYTES else ""
    yield True, "free here", f"{free / 1e9:.1f} GB{little}"
    presets = list(presets_folder().glob("*.json"))
    yield bool(presets), "presets", f"{len(presets)} in {presets_folder()}"
    yield True, "log file", str(log_folder() / "tracker-gui.log")


def _unwritable(folder: Path) -> str | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return f"cannot be written ({error.strerror})"
    return None


SECTIONS = (
    ("Versions", _versions),
    ("Screen", _screen),
    ("Video", _codecs),
    ("Cameras", _cameras),
    ("GPU", _gpu),
    ("Folders", _folders),
)
