"""Three lanes on which actions are done, each with a thread and a bounded queue of its own.

Order is kept inside a lane, and no lane waits for another: a command that hangs delays no pulse. Who
decides never waits either; what does not fit into a queue is refused at once and counted.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.rule_stages import DEADLINE_S, ActionFailed, ActionRequest, ActionResult, Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable

    from tracker_gui.core.rule_stages import Action
    from tracker_gui.core.templates import Facts
    from tracker_gui.core.types import Snapshot

log = logging.getLogger(__name__)

MOST_WAITING = {Lane.REAL_TIME: 64, Lane.MEDIA: 64, Lane.SLOW: 100}
#: Of those that wait, so many keep their frame in memory (3 MB each at 1080p); the others go without.
MOST_PICTURES = 16
#: So often at most is told how many messages were suppressed.
DIGEST_S = 60.0
#: A write to a device takes up to 50 ms; a program is ended within this time.
HARDWARE_TIMEOUT_S = 1.0

TOO_LATE = "not sent: too late"
QUEUE_FULL = "not sent: the queue is full"
CANCELLED = "not sent: cancelled"
CLOSED = "not sent: the session is over"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An action in a lane, and whom it is for."""

    action: Action[Any]
    request: ActionRequest
    owner: Hashable


class LaneThread:
    """One lane.

    Parameters
    ----------
    on_result : callable
        Called on the lane's thread, or on the caller's where an action is refused at once; must be quick.
    clock : callable
        Monotonic seconds.
    """

    def __init__(
        self, lane: Lane, on_result: Callable[[ActionResult], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.lane = lane
        self._on_result = on_result
        self._clock = clock
        self._ready = threading.Condition()
        self._waiting: deque[Waiting] = deque()
        self._now: Waiting | None = None
        self._closed = False
        self._suppressed: dict[int, tuple[Action[Any], int]] = {}
        self._next_digest_s = 0.0
        self._thread: threading.Thread | None = None

    @property
    def idle(self) -> bool:
        with self._ready:
            return self._now is None and not self._waiting

    def put(self, waiting: Waiting) -> None:
        """Take an action; returns at once."""
        refusal = ""
        with self._ready:
            if self._closed:
                refusal = CLOSED
            elif len(self._waiting) >= MOST_WAITING[self.lane]:
                refusal = QUEUE_FULL
                self._count_suppressed(waiting.action)
            else:
                pictures = sum(each.request.snapshot is not None for each in self._waiting)
                if pictures >= MOST_PICTURES and waiting.request.snapshot is not None:
                    waiting = replace(waiting, request=replace(waiting.request, snapshot=None))
                self._waiting.append(waiting)
                self._wake()
        if refusal:
            self._tell(waiting.request, refusal)

    def suppressed(self, action: Action[Any]) -> None:
        """Count an action that the rules held back, for the digest."""
        with self._ready:
            self._count_suppressed(action)

    def _count_suppressed(self, action: Action[Any]) -> None:
        if not action.has_digest or self._closed:
            return
        if not self._suppressed:
            self._next_digest_s = max(self._next_digest_s, self._clock() + DIGEST_S)
            self._wake()
        _, count = self._suppressed.get(id(action), (action, 0))
        self._suppressed[id(action)] = action, count + 1

    def _wake(self) -> None:
        if self._thread is None:
            name = f"actions, {self.lane.name.lower().replace('_', ' ')}"
            self._thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._thread.start()
        self._ready.notify()

    def cancel(self, concerns: Callable[[Waiting], bool] = lambda _: True) -> None:
        """Drop what waits and end what runs, as far as it is concerned."""
        with self._ready:
            dropped = [each for each in self._waiting if concerns(each)]
            self._waiting = deque(each for each in self._waiting if not concerns(each))
            if self._now is not None and concerns(self._now):
                self._now.request.cancelled.set()
        for each in dropped:
            self._tell(each.request, CANCELLED)

    def wait_until_free(self, concerns: Callable[[Waiting], bool], timeout_s: float) -> bool:
        """Wait until nothing that is concerned runs or waits; return whether that is so."""
        with self._ready:
            return self._ready.wait_for(
                lambda: not any(concerns(each) for each in (*self._waiting, *([self._now] if self._now else []))),
                timeout_s,
            )

    def close(self, timeout_s: float) -> bool:
        """Finish what waits, as far as the time allows; return whether the thread has ended.

        Actions that are still waiting at the end are cancelled, and the one that runs is told to end.
        """
        with self._ready:
            self._closed = True
            self._ready.notify()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            self.cancel()
            self._thread.join(1.0)
        return not self._thread.is_alive()

    def _unfinished(self) -> list[Waiting]:
        return [*self._waiting] if self._now is None else [self._now, *self._waiting]

    def _run(self) -> None:
        while True:
            with self._ready:
                self._now = None
                self._ready.notify_all()
                self._ready.wait_for(lambda: self._waiting or self._closed, self._until_digest_s())
                if self._waiting:
                    self._now = self._waiting.popleft()
                elif self._closed and not self._suppressed:
                    return
                digest = None if self._now is not None else self._due_digest()
            if self._now is not None:
                self._do(self._now)
            elif digest is not None:
                self._tell_digest(*digest)

    def _until_digest_s(self) -> float | None:
        return max(0.0, self._next_digest_s - self._clock()) if self._suppressed else None

    def _due_digest(self) -> tuple[Action[Any], int] | None:
        if not self._suppressed or (self._clock() < self._next_digest_s and not self._closed):
            return None
        self._next_digest_s = self._clock() + DIGEST_S
        return self._suppressed.pop(next(iter(self._suppressed)))

    def _tell_digest(self, action: Action[Any], count: int) -> None:
        try:
            log.info("digest of %d suppressed: %s", count, action.act_digest(count))
        except Exception as error:
            log.warning("a digest of %d suppressed messages could not be sent: %s", count, error)

    def _do(self, waiting: Waiting) -> None:
        request = waiting.request
        sent_s = self._clock()
        if sent_s > request.deadline_s:
            self._tell(request, TOO_LATE)
            return
        if request.cancelled.is_set():
            self._tell(request, CANCELLED)
            return
        try:
            result, sent = waiting.action.act(request), True
        except ActionFailed as error:
            result, sent = f"failed: {error.problem}", error.sent
        except TrackerError as error:
            result, sent = f"failed: {error}", False
        except Exception as error:
            # One action with a mistake in it must not end the lane, and with it all actions behind it.
            log.exception("an action failed")
            result, sent = f"failed: {type(error).__name__}: {error}", False
        done_s = self._clock()
        self._on_result(
            ActionResult(request.number, request.t_decided_s, sent_s if sent else None, done_s, _one_line(result), sent)
        )

    def _tell(self, request: ActionRequest, refusal: str) -> None:
        self._on_result(ActionResult(request.number, request.t_decided_s, None, None, refusal, False))


def _one_line(text: str) -> str:
    return " ".join(text.split())


class ActionLanes:
    """The three lanes of a session; their threads start with their first action."""

    def __init__(self, on_result: Callable[[ActionResult], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lanes = {lane: LaneThread(lane, on_result, clock) for lane in Lane}

    def send(
        self, number: int, action: Action[Any], facts: Facts, payload: str, owner: Hashable, t_decided_s: float,
        snapshot: Snapshot | None = None, restart: bool = False,
    ) -> None:  # fmt: skip
        """Hand an action to its lane; returns at once, whatever the lane does.

        Parameters
        ----------
        owner : hashable
            The rule and the subject it is for.
        restart : bool
            End what the same owner still does or waits for first.
        """
        lane = self._lanes[action.lane]
        if restart:
            lane.cancel(lambda each: each.owner == owner)
        request = ActionRequest(
            number, facts, payload, t_decided_s, t_decided_s + DEADLINE_S[action.lane], threading.Event(),
            snapshot if action.needs_picture else None,
        )  # fmt: skip
        lane.put(Waiting(action, request, owner))

    def suppressed(self, action: Action[Any]) -> None:
        """Count an action that the rules held back."""
        self._lanes[action.lane].suppressed(action)

    def cancel_hardware(self, rules: Collection[str] | None, timeout_s: float = HARDWARE_TIMEOUT_S) -> None:
        """Drop and end what moves something in the world, so that a safe state is the last word; messages still go.

        Parameters
        ----------
        rules : collection of str, optional
            Names of the rules that are concerned; None for all.
        """

        def concerns(each: Waiting) -> bool:
            return each.action.drives_hardware and (rules is None or each.request.facts.rule in rules)

        for lane in self._lanes.values():
            lane.cancel(concerns)
        until_s = time.monotonic() + timeout_s
        for lane in self._lanes.values():
            lane.wait_until_free(concerns, max(0.0, until_s - time.monotonic()))

    @property
    def idle(self) -> bool:
        return all(lane.idle for lane in self._lanes.values())

    def close(self, timeout_s: float) -> bool:
        """Finish what waits within a time together; return whether all threads have ended."""
        until_s = time.monotonic() + timeout_s
        ended = [lane.close(max(0.05, until_s - time.monotonic())) for lane in self._lanes.values()]
        return all(ended)
