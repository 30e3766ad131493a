"""What must happen before anything else is imported: `prepare` first, then `start_logging`.

This file must parse on the older Pythons that it turns away, and imports nothing heavy but cv2.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

LEAST_PYTHON = (3, 11)
LOG_LEVELS = ("debug", "info", "warning", "error")

#: What OpenCV and Qt need of a Linux, by Debian's names; packaging/set_up.py says which library is in which.
SYSTEM_PACKAGES = (
    "libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-keysyms1 libxcb-randr0 libxcb-shape0 libwayland-cursor0 libwayland-egl1"
)

_M_ARENA_MAX = -8  # of malloc.h
_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Leave with a sentence where Python is too old for the program."""
    if version < LEAST_PYTHON:
        needed, found = (".".join(map(str, v)) for v in (LEAST_PYTHON, version))
        sys.exit(
            f"tracker-gui needs Python {needed} or newer; this is Python {found} ({sys.executable}). "
            f"Install a newer Python and set tracker-gui up again with it."
        )


def lacking_library(error: ImportError) -> str | None:
    """Return the sentence for a shared library that the system lacks, None where the error is about something else."""
    if isinstance(error, ModuleNotFoundError) or "cannot open shared object file" not in str(error):
        return None
    return (
        f"this system lacks the library {str(error).partition(':')[0]}. On Debian and Ubuntu type: "
        f"sudo apt-get install --no-install-recommends {SYSTEM_PACKAGES}"
    )


def keep_own_qt() -> None:
    """Import cv2 and undo what it does to Qt.

    Its wheel points two variables at the Qt 5 inside it, with which PySide6 finds no platform plug-in.
    """
    before = {name: os.environ.get(name) for name in _QT_VARIABLES}
    try:
        import cv2
    except ImportError as error:
        sentence = lacking_library(error)
        if sentence is None:
            raise
        sys.exit(f"tracker-gui: {sentence}")

    inside = os.path.dirname(cv2.__file__)
    for name, value in before.items():
        if value is None or value.startswith(inside):
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def keep_ultralytics_offline() -> None:
    """Set what ultralytics reads while it is imported: no network, no installing, settings among ours."""
    from tracker_gui.core.data_files import settings_folder

    os.environ.setdefault("YOLO_OFFLINE", "True")
    os.environ.setdefault("YOLO_AUTOINSTALL", "False")
    os.environ.setdefault("YOLO_CONFIG_DIR", str(settings_folder() / "ultralytics"))


def prepare() -> None:
    """Make the process fit for everything that follows."""
    check_python()
    keep_own_qt()
    keep_ultralytics_offline()


class _OneLine(logging.Formatter):
    """For the terminal: the sentence; the traceback stands in the log file."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{record.levelname.lower()}: {record.getMessage()}"


def suit_live_work() -> None:
    """Make the process fit for many threads that share time and memory.

    Threads take turns every half millisecond, not every five: a tracking thread that waits for a busy window answers
    a third sooner (p99 4.6 against 3.0 ms, measured on 2 cores). And they share two heaps: where each thread has one
    of its own, frames that are given back leave holes in all of them (four cameras after 10 minutes: 493 against
    450 MB, at the same CPU).
    """
    sys.setswitchinterval(0.0005)
    if sys.platform.startswith("linux"):
        import ctypes

        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # of glibc alone
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, 2)


def start_logging(level: str = "warning") -> Path | None:
    """Log to a rotating file and to the terminal.

    Parameters
    ----------
    level : str
        One of `LOG_LEVELS`. The terminal shows this level and above; the file also gets at least
        every "info".

    Returns
    -------
    Path or None
        The log file, None where its folder cannot be written.
    """
    from tracker_gui.core.data_files import log_folder

    number = logging.getLevelNamesMapping()[level.upper()]
    root = logging.getLogger()
    root.setLevel(min(number, logging.INFO))
    logging.raiseExceptions = False  # a full disk must not print a traceback for every line
    logging.captureWarnings(True)

    terminal = logging.StreamHandler()
    terminal.setLevel(number)
    terminal.setFormatter(_OneLine())
    root.addHandler(terminal)

    path = log_folder() / "tracker-gui.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = logging.handlers.RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    except OSError as error:
        root.warning("%s: no log is kept: %s", path, error.strerror)
        return None
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root.addHandler(file)
    _log_what_nobody_caught(path)
    return path


def _log_what_nobody_caught(log: Path) -> None:
    logger = logging.getLogger("tracker_gui")

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logger.critical(
            "unexpected problem: %s: %s. Details are in %s", kind.__name__, error, log, exc_info=(kind, error, trace)
        )

    def caught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            caught(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread
