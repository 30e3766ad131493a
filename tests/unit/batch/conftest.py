"""What the tests of a batch share: somebody who listens to it, and a place to run it that needs no start."""

from __future__ import annotations

import sys
import threading
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

import cv2
import pytest

from tracker_gui.core.decoder_threads import limit_decoder_threads
from tracker_gui.engine.batch_job import run_job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tracker_gui.engine.batch_job import BatchJob, Outcome, Progress


@pytest.fixture(scope="session", autouse=True)
def python_tracks_resources() -> None:
    """Start the process that Python keeps beside spawned ones, so that its pipe is nobody's leak."""
    if sys.platform != "win32":
        resource_tracker.ensure_running()


class Log:
    """Hears a batch, and cancels it after so many outcomes."""

    def __init__(self, cancel_after: int | None = None) -> None:
        self.told: list[tuple[int, object]] = []
        self._after = cancel_after
        self._lock = threading.Lock()

    def hear(self, number: int, what: object) -> None:
        with self._lock:
            self.told.append((number, what))

    def cancelled(self) -> bool:
        with self._lock:
            ended = sum(hasattr(what, "state") for _, what in self.told)
        return self._after is not None and ended >= self._after


@pytest.fixture
def make_log() -> type[Log]:
    return Log


class Here:
    """Runs jobs one after the other in this very thread."""

    threads_each = 1

    def run(
        self,
        jobs: Mapping[int, BatchJob],
        told: Callable[[int, Progress | Outcome], None],
        cancelled: Callable[[], bool],
    ) -> None:
        for number, job in jobs.items():
            told(number, run_job(job, lambda progress, n=number: told(n, progress), cancelled))


@pytest.fixture
def here() -> Iterator[Here]:
    yield Here()
    limit_decoder_threads(0)
    cv2.setNumThreads(-1)
