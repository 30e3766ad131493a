"""Errors a user can mend: each names the thing, the place and the way out."""

from __future__ import annotations

import errno
import sys

DISK_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


class TrackerError(Exception):
    """A problem that is told to the user as one sentence, never as a traceback.

    Parameters
    ----------
    place : str
        Where it is: a file, ``preset.json: detector.params.offset``, a device.
    problem : str
        What is wrong there.
    way_out : str
        What the user can do about it; may be empty.
    """

    exit_code = 1

    def __init__(self, place: str, problem: str, way_out: str = "") -> None:
        self.place = place
        self.problem = problem
        self.way_out = way_out
        super().__init__(place, problem, way_out)

    def __str__(self) -> str:
        sentence = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{sentence}. {self.way_out}" if self.way_out else sentence


class SettingsError(TrackerError):
    """A preset, parameter or command-line value that cannot be used (exit code 2)."""

    exit_code = 2


class InputError(TrackerError):
    """A source that cannot be read (exit code 3)."""

    exit_code = 3


class OutputError(TrackerError):
    """A file or folder that cannot be written (exit code 4)."""

    exit_code = 4


def missing_library(place: str, error: ModuleNotFoundError) -> SettingsError:
    """Return what is told where a stage imports a library that is not there.

    The frozen build leaves out what is large (torch, ultralytics), and nothing can be added to it.
    """
    name = (error.name or "").partition(".")[0]
    if getattr(sys, "frozen", False):
        problem, way_out = "is not part of this build", "It can be used where tracker-gui is installed with pip."
    else:
        problem, way_out = "is not installed", f"Install it beside tracker-gui: pip install {name}"
    return SettingsError(place, f"needs the library {name}, which {problem}", way_out)
