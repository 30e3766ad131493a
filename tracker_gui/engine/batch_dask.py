"""Runs the videos of a batch on an existing Dask cluster, whose workers see the same folders."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.engine.batch_job import Outcome, Progress, run_job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracker_gui.engine.batch_job import BatchJob

CONNECT_WITHIN_S = 10.0
LOOK_EVERY_S = 0.2
#: Each question goes to the scheduler and back.
ASK_EVERY_S = 0.5


class DaskRunner:
    """A cluster, by its address.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.
    """

    threads_each = 1

    def __init__(self, address: str) -> None:
        self.address = address

    def run(
        self,
        jobs: Mapping[int, BatchJob],
        told: Callable[[int, Progress | Outcome], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Run all jobs; `told` hears of each and gets one `Outcome` for every one.

        Raises
        ------
        SettingsError
            The library is not installed.
        InputError
            The cluster does not answer.
        """
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise SettingsError(
                "--dask", "needs the library distributed, which is not installed",
                'Install tracker-gui with the extra "cluster": pip install "tracker-gui[cluster]"',
            ) from error  # fmt: skip
        try:
            client = distributed.Client(self.address, timeout=CONNECT_WITHIN_S, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise InputError(
                self.address, f"no Dask scheduler answers there ({error})", "Check the address and that it is running."
            ) from error
        with client:
            self._run(client, jobs, told, cancelled)

    def _run(
        self,
        client: Any,
        jobs: Mapping[int, BatchJob],
        told: Callable[[int, Progress | Outcome], None],
        cancelled: Callable[[], bool],
    ) -> None:
        import distributed

        topic = f"tracker-gui-batch-{uuid.uuid4().hex}"
        stop = distributed.Event(f"{topic}-stop", client=client)

        def heard(event: tuple[float, tuple[int, int, int | None]]) -> None:
            number, frames, frames_in_all = event[1]
            if number in left:
                told(number, Progress(frames, frames_in_all))

        left = set(jobs)
        client.subscribe_topic(topic, heard)
        futures = {
            client.submit(run_on_worker, number, job, topic, key=f"{topic}-{number}", pure=False, retries=0): number
            for number, job in jobs.items()
        }
        stopping = False
        while futures:
            if cancelled() and not stopping:
                stopping = True
                stop.set()
            ended = [future for future in futures if future.done()]
            for future in ended:
                number = futures.pop(future)
                left.discard(number)
                told(number, _outcome_of(future))
            if not ended:
                time.sleep(LOOK_EVERY_S)
        client.unsubscribe_topic(topic)


def _outcome_of(future: Any) -> Outcome:
    if future.status == "finished":
        outcome = future.result()
        assert isinstance(outcome, Outcome)
        return outcome
    error = future.exception() if future.status == "error" else None
    what = f"{type(error).__name__}: {error}" if error is not None else future.status
    return Outcome("failed", f"the cluster could not run it ({what}). Every worker needs tracker-gui and the videos.")


def run_on_worker(number: int, job: BatchJob, topic: str) -> Outcome:
    """Do one job; runs on a worker of the cluster."""
    import distributed

    worker = distributed.get_worker()
    stop = distributed.Event(f"{topic}-stop")
    state = {"stop": False, "asked_s": float("-inf")}

    def told(progress: Progress) -> None:
        worker.log_event(topic, (number, progress.frames, progress.frames_in_all))

    def cancelled() -> bool:
        now_s = time.monotonic()
        if not state["stop"] and now_s - state["asked_s"] >= ASK_EVERY_S:
            state["asked_s"] = now_s
            state["stop"] = bool(stop.is_set())
        return bool(state["stop"])

    return run_job(job, told, cancelled)
