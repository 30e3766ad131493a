"""Make `.venv` with the program in it: ``python3 packaging/set_up.py [--dev]``.

Needs nothing but a Python; says what else the system lacks, and on Debian or Ubuntu installs it when
it may. Done again when nothing has changed, it costs a fraction of a second.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
VENV = PROJECT / ".venv"
LEAST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")

# What PySide6, OpenCV and their X11 and Wayland plug-ins ask for and do not bring (found with ldd in a
# bare Debian 12), with the Debian package that has it and draws in the rest.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}


def say(sentence: str) -> None:
    """Print at once, in order with what the programs called from here print."""
    print(sentence, flush=True)


def version_of(python: str) -> tuple[int, ...] | None:
    """Return (major, minor) of an interpreter, None where it does not run."""
    ask = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(int(part) for part in done.stdout.split())


def find_python() -> str:
    """Return an interpreter that is new enough: the one that runs this, else the newest on the PATH."""
    if sys.version_info >= LEAST_PYTHON:
        return sys.executable
    for name in NEWER_PYTHONS:
        path = shutil.which(name)
        if path and version_of(path):
            return path
    least, here = (".".join(map(str, v)) for v in (LEAST_PYTHON, sys.version_info[:2]))
    sys.exit(
        f"tracker-gui needs Python {least} or newer, and here is only Python {here}. Install one "
        f"(Ubuntu 22.04: sudo apt-get install python{least} python{least}-venv) and run this again."
    )


def lacks_library(name: str) -> bool:
    """Return whether the system's loader cannot find a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return True
    return False


def missing_packages(python: str, dev: bool) -> list[str]:
    """Return the Debian packages this Linux lacks for the program, with `dev` also for its tests."""
    missing = []
    if subprocess.call([python, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL) != 0:
        missing.append("python{}.{}-venv".format(*version_of(python) or LEAST_PYTHON))
    missing += [package for library, package in LIBRARIES.items() if lacks_library(library)]
    if dev and not shutil.which("Xvfb"):
        missing.append("xvfb")
    return missing


def provide_packages(packages: list[str]) -> None:
    """Install Debian packages as root; else print the one command that does, and leave."""
    if not shutil.which("apt-get"):
        say(f"This system lacks what Debian calls {' '.join(packages)}; the window may not open without them.")
        return
    if os.geteuid() != 0:
        sys.exit(
            "Some system packages are missing. Type this once, then the same make again:\n\n"
            f"    sudo apt-get install -y --no-install-recommends {' '.join(packages)}\n"
        )
    say(f"Installing system packages: {' '.join(packages)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], env=quiet)
    run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], env=quiet)


def run(command: list[str], **kwargs: object) -> None:
    """Run a command and leave with its exit code where it fails."""
    code = subprocess.call(command, **kwargs)  # type: ignore[arg-type]
    if code != 0:
        sys.exit(f"This did not work (exit code {code}); the lines above say why: {' '.join(command)}")


def venv_program(name: str) -> str:
    """Return the path of a program in `.venv`."""
    return str(VENV / "Scripts" / f"{name}.exe" if os.name == "nt" else VENV / "bin" / name)


def fingerprint(version: tuple[int, ...]) -> str:
    """Return a text that changes with all that `.venv` depends on; its first line is the folder."""
    digest = hashlib.sha256(repr(version).encode())
    for name in ("pyproject.toml", "packaging/constraints.txt", "packaging/set_up.py"):
        digest.update((PROJECT / name).read_bytes())
    return f"{PROJECT}\n{digest.hexdigest()}\n"


def stamp(dev: bool) -> Path:
    """Return the file that says what was installed."""
    return VENV / ("set_up_dev" if dev else "set_up_run")


def is_done(mark: str, dev: bool) -> bool:
    """Return whether `.venv` already holds what is asked for."""
    stamps = [stamp(True)] if dev else [stamp(True), stamp(False)]
    return any(path.is_file() and path.read_text() == mark for path in stamps)


def belongs_elsewhere(version: tuple[int, ...]) -> bool:
    """Return whether `.venv` was made by another Python, or for another folder and then moved here."""
    if version_of(venv_program("python")) != version:
        return True
    stamps = [path for path in (stamp(True), stamp(False)) if path.is_file()]
    return any(path.read_text().splitlines()[:1] != [str(PROJECT)] for path in stamps)


def main() -> None:
    """Set up what is missing."""
    parser = argparse.ArgumentParser(description="Make .venv with tracker-gui in it.")
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    dev = parser.parse_args().dev
    python = find_python()
    version = version_of(python) or LEAST_PYTHON
    mark = fingerprint(version)
    if is_done(mark, dev) and version_of(venv_program("python")) == version:
        return

    if sys.platform.startswith("linux"):
        missing = missing_packages(python, dev)
        if missing:
            provide_packages(missing)
    if VENV.exists() and belongs_elsewhere(version):
        say(f"{VENV} is of another Python or another folder and is made anew.")
        shutil.rmtree(VENV)
    run([python, "-m", "venv", str(VENV)])
    free_gb = shutil.disk_usage(PROJECT).free / 1e9
    say(f"Installing packages into {VENV} (the first time up to 3.6 GB to fetch and 7 GB on disk; {free_gb:.0f} free)")
    constraints = str(PROJECT / "packaging" / "constraints.txt")
    run([venv_program("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])
    what = f"{PROJECT}[dev]" if dev else str(PROJECT)
    python_in_venv = venv_program("python")
    run([venv_program("uv"), "pip", "install", "--python", python_in_venv, "-c", constraints, "-e", what])
    stamp(dev).write_text(mark)


if __name__ == "__main__":
    main()
