"""A program that is started, watched, and ended together with all it has started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_BYTES = 64 * 1024
POLL_S = 0.05
#: Between the polite and the final end of a process group.
LAST_WORDS_S = 0.5
#: For output that is still in the pipe when the program has ended.
DRAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    Attributes
    ----------
    code : int or None
        Its exit code; None where it was ended.
    output : bytes
        The first 64 kB of both its outputs.
    dropped_bytes : int
        What it said beyond that.
    reason : str
        Why it was ended; empty where it ended by itself.
    """

    code: int | None
    output: bytes
    dropped_bytes: int
    reason: str = ""


class _Reader(threading.Thread):
    """Keeps the pipe empty, and the first part of what came through it."""

    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(name="command output", daemon=True)
        self._pipe = pipe
        self.kept = bytearray()
        self.dropped_bytes = 0

    def run(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the other end went away, or `close` was faster
            while chunk := os.read(self._pipe.fileno(), MOST_BYTES):
                room = MOST_BYTES - len(self.kept)
                self.kept += chunk[:room]
                self.dropped_bytes += max(0, len(chunk) - room)


def run_program(
    arguments: Sequence[str], timeout_s: float, cancelled: threading.Event, folder: Path | None = None
) -> Ended:
    """Run a program without a shell and wait for it.

    At the time-out, and when `cancelled` is set, its whole process group is ended. A child of its own
    that keeps running after it and holds its output is ended too, so that nothing is left behind.

    Raises
    ------
    OSError
        It cannot be started.
    """
    with subprocess.Popen(
        list(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        cwd=folder, shell=False, **_own_group(),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        reader = _Reader(process.stdout)
        reader.start()
        until_s = time.monotonic() + timeout_s
        reason = ""
        while True:
            left_s = until_s - time.monotonic()
            if cancelled.is_set() or left_s <= 0:
                reason = "it was stopped" if cancelled.is_set() else f"it took longer than {timeout_s:g} s"
                _end_group(process)
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(min(POLL_S, left_s))
                break
        reader.join(DRAIN_S)
        if reader.is_alive():
            _signal_group(process.pid, final=True)
            reader.join(DRAIN_S)
        return Ended(None if reason else process.returncode, bytes(reader.kept), reader.dropped_bytes, reason)


if sys.platform == "win32":

    def _own_group() -> dict[str, Any]:
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}

    def _signal_group(pid: int, final: bool) -> None:
        # Windows has no process group to signal; taskkill walks the tree of children.
        command = ["taskkill", "/PID", str(pid), "/T", *(["/F"] if final else [])]
        subprocess.run(command, capture_output=True, check=False)

else:

    def _own_group() -> dict[str, Any]:
        return {"start_new_session": True}

    def _signal_group(pid: int, final: bool) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL if final else signal.SIGTERM)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    _signal_group(process.pid, final=False)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(LAST_WORDS_S)
    # Also when the first of them went politely: its children may not have.
    _signal_group(process.pid, final=True)
    process.wait()
