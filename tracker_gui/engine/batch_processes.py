"""Runs the videos of a batch on this computer, each in one of a few processes.

Every process has a pipe of its own and nothing in common with the others, so that one that is killed (by a
decoder that crashes, or for its memory) costs its own video and no other. The library's pools end all work
when one process dies.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import queue
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tracker_gui.engine.batch_job import NOT_BEGUN, Outcome, Progress, run_job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from multiprocessing.connection import Connection

    from tracker_gui.engine.batch_job import BatchJob

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
STOP_WITHIN_S = 10.0


def core_count() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ProcessRunner:
    """A few processes of this computer.

    Parameters
    ----------
    workers : int
        0 for as many as there are cores.
    """

    def __init__(self, workers: int = 0) -> None:
        self.workers = workers or core_count()

    @property
    def threads_each(self) -> int:
        return max(1, core_count() // self.workers)

    def run(
        self,
        jobs: Mapping[int, BatchJob],
        told: Callable[[int, Progress | Outcome], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Run all jobs; `told` hears of each, on several threads, and gets one `Outcome` for every one."""
        waiting: queue.SimpleQueue[tuple[int, BatchJob]] = queue.SimpleQueue()
        for item in jobs.items():
            waiting.put(item)
        threads = [
            threading.Thread(target=_keep_busy, args=(waiting, told, cancelled), name=f"batch {number}")
            for number in range(min(self.workers, len(jobs)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _keep_busy(
    waiting: queue.SimpleQueue[tuple[int, BatchJob]],
    told: Callable[[int, Progress | Outcome], None],
    cancelled: Callable[[], bool],
) -> None:
    """Give one process after the other a job until none is left."""
    worker: _Worker | None = None
    try:
        while True:
            try:
                number, job = waiting.get_nowait()
            except queue.Empty:
                return
            if cancelled():
                told(number, NOT_BEGUN)
                continue
            try:
                worker = worker or _Worker()
                told(number, worker.do(number, job, told, cancelled))
            except (EOFError, OSError) as error:
                reason = f"its process ended unexpectedly ({error or _ending(worker)})"
                told(number, Outcome("failed", f"{reason}. The log may say why; run the batch again with resume."))
                if worker is not None:
                    worker.close()
                worker = None
    finally:
        if worker is not None:
            worker.close()


def _ending(worker: _Worker | None) -> str:
    code = None if worker is None else worker.exit_code()
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


_starting = threading.Lock()


class _Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        # A child must not outlive the program, whatever ends that.
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        with _starting:
            self._process.start()
        # Else the pipe would not say when the process has gone.
        theirs.close()
        self._stopping = False

    def do(
        self,
        number: int,
        job: BatchJob,
        told: Callable[[int, Progress | Outcome], None],
        cancelled: Callable[[], bool],
    ) -> Outcome:
        """Have a job done.

        Raises
        ------
        EOFError, OSError
            The process is gone.
        """
        self._pipe.send(job)
        while True:
            if self._pipe.poll(LOOK_EVERY_S):
                said = self._pipe.recv()
                if isinstance(said, Outcome):
                    return said
                told(number, said)
            elif not self._stopping and cancelled():
                self._stopping = True
                self._pipe.send(None)

    def exit_code(self) -> int | None:
        self._process.join(STOP_WITHIN_S)
        return self._process.exitcode

    def close(self) -> None:
        self._pipe.close()
        self._process.join(STOP_WITHIN_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def serve(pipe: Connection[Any, Any]) -> None:
    """Do what comes through the pipe until it is closed; runs in the child.

    Anything that comes while a job runs, the end of the pipe too, means stop.
    """
    # Ctrl-C reaches every process of a terminal; the parent says what is to be done about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with pipe:
        while True:
            try:
                job = pipe.recv()
            except (EOFError, OSError):
                return
            if job is None:
                return
            outcome = run_job(job, pipe.send, pipe.poll)
            try:
                pipe.send(outcome)
            except OSError:
                return
