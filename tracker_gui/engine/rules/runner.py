"""The rules of one camera in a live session: decided on the tracking thread, done on the lanes, all in the log."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker_gui.core.annotation import annotation_of
from tracker_gui.core.choices import Problem
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.rule_stages import ActionContext, ActionResult, RuleContext
from tracker_gui.engine.actions import ActionLanes
from tracker_gui.engine.clips import MakesClips
from tracker_gui.engine.rules.engine import RuleEngine
from tracker_gui.engine.rules.limits import TOO_OFTEN
from tracker_gui.engine.rules.log_files import NoLog, RuleLog
from tracker_gui.engine.rules.scene_memory import SceneMemory
from tracker_gui.engine.rules.why import Why, why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracker_gui.core.devices import Devices
    from tracker_gui.core.preset import Preset
    from tracker_gui.core.rule_stages import Action, SessionControl
    from tracker_gui.core.scene import Scene
    from tracker_gui.core.stimuli import Stimuli
    from tracker_gui.core.types import Frame, Snapshot, SourceInfo
    from tracker_gui.engine.rules.decision import Decision, Moment

log = logging.getLogger(__name__)

MOST_RECENT = 1000
CLOSE_TIMEOUT_S = 2.0
MB = 1_000_000
DONE, WOULD = "done", "would be sent"


@dataclass(slots=True)
class Recent:
    """A decision and what became of it, for the panel; `result` is None while that is not known."""

    decision: Decision
    result: ActionResult | None = None


class RuleRunner:
    """Evaluates the rules on every tracked frame and hands out what they decide.

    Nothing that moves something in the world is done before `arm`. `step` belongs to the tracking
    thread and returns within a fraction of a millisecond; the others may be called from any thread.

    Parameters
    ----------
    preset : Preset
        Of the camera, see `Preset.camera`.
    info : SourceInfo
    folder, stem
        Where the log and the files of actions go. Without a folder there is no log, and nothing can be done.
    camera : int
        Number of the camera, the first is 0.
    control : SessionControl, optional
        What rules may do with the session.
    shadow : bool
        Decide and write down everything, and do nothing.
    devices : Devices, optional
        The boards that actions may drive; what they say is heard by the rules.
    stimuli : Stimuli, optional
        Who shows stimuli on a display.
    """

    def __init__(
        self, preset: Preset, info: SourceInfo, folder: Path | None, stem: str, *, camera: int = 0,
        control: SessionControl | None = None, shadow: bool = False, clock: Callable[[], float] = time.monotonic,
        devices: Devices | None = None, stimuli: Stimuli | None = None,
    ) -> None:  # fmt: skip
        zones = {zone.name: zone for zone in preset.zones}
        self._engine = RuleEngine(preset.rules, RuleContext(zones, info.size_px, info.rate_hz), camera)
        self._engine.follows_results = not shadow
        self._memory = SceneMemory()
        self._shadow = shadow
        self._clock = clock
        self._lock = threading.RLock()
        self._results: deque[ActionResult] = deque()
        self._messages: deque[tuple[str, str]] = deque(maxlen=MOST_RECENT)
        self._lanes = ActionLanes(self._acted, clock)
        self._log: RuleLog | NoLog = NoLog() if folder is None else RuleLog(folder, stem)
        reserve_bytes = preset.recording.reserve_mb * MB
        annotation = annotation_of(preset, info.name)
        self._clips = MakesClips(folder or Path(), stem, info, reserve_bytes, self._note, clock, annotation)
        self._context = None if folder is None else ActionContext(folder, stem, control, devices, self._clips, stimuli)
        self._opened = self._closed = False
        self._by_number: dict[int, Recent] = {}
        self.recent: deque[Recent] = deque(maxlen=MOST_RECENT)
        self.problems = self._engine.problems
        if not shadow:
            self._open_actions()
        self._devices = devices
        if devices is not None:
            devices.listeners.append(self.message)

    def _open_actions(self) -> None:
        """Get all actions ready; one that cannot be done says so now, and again in the log each time it is due."""
        context, self._opened = self._context, True
        for rule in self._engine.rules if context is not None else ():
            for name, action in (*rule.enter, *rule.repeat, *rule.leave):
                try:
                    action.open(context)  # type: ignore[arg-type]
                except TrackerError as error:
                    self.problems.append(Problem(f'rule "{rule.rule.name}": {name}', error.problem))

    @property
    def files(self) -> tuple[Path, ...]:
        return (*self._log.files, *self._clips.files)

    @property
    def log_problems(self) -> tuple[str, ...]:
        return (*self._log.problems, *self._clips.problems)

    @property
    def rule_names(self) -> tuple[str, ...]:
        """Those that can be armed: switched on, for this camera, and without a mistake."""
        return tuple(rule.rule.name for rule in self._engine.rules)

    @property
    def armed(self) -> frozenset[str]:
        return frozenset(rule.rule.name for rule in self._engine.rules if rule.armed)

    def arm(self, names: Iterable[str] | None = None) -> None:
        """Let rules act, from the next frame on; None is all of them. What is so then was so already."""
        listed = self.rule_names if names is None else tuple(names)
        with self._lock:
            self._engine.arm(listed)
        self._log.note(self._clock(), f"armed: {', '.join(listed) or 'none'}")

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def is_shadow(self) -> bool:
        return self._shadow

    def set_shadow(self, shadow: bool) -> None:
        """Only rehearse from now on, or be ready to act; afterwards nothing is armed.

        Opens the boards that are driven, so it may take a while; frames are evaluated meanwhile.
        """
        if not self._shadow:
            self.disarm()
        if not shadow and not self._opened:
            self._open_actions()
        with self._lock:
            self._engine.disarm()
            self._shadow = shadow
            self._engine.follows_results = not shadow
            closed = self._closed
        if closed:
            for action in self._engine.actions:
                action.close()

    def disarm(self, names: Iterable[str] | None = None) -> None:
        """Let rules act no more; what they drive goes into its safe state."""
        listed = None if names is None else tuple(names)
        with self._lock:
            actions = [
                action
                for rule in self._engine.rules
                if listed is None or rule.rule.name in listed
                for _, action in (*rule.enter, *rule.repeat, *rule.leave)
            ]
            self._engine.disarm(listed)
        self._lanes.cancel_hardware(listed)
        self._into_safe_state(actions, f"disarmed: {', '.join(listed or ('all',))}")

    def emergency_stop(self) -> None:
        """Stop everything at once, until it is armed again."""
        self.disarm()

    def make_ready(self, name: str) -> None:
        """Let a rule that waits for a person act again."""
        with self._lock:
            self._engine.make_ready(name)

    def message(self, sender: str, text: str) -> None:
        """Hand in a key, a line from a device or a state; rules see it on the next frame."""
        self._messages.append((sender, text))

    def arrived(self, frame: Frame) -> None:
        """Take every frame that arrives, tracked or not, for clips; returns at once."""
        self._clips.put(frame)

    def step(self, snapshot: Snapshot) -> tuple[Decision, ...]:
        """Evaluate one tracked frame, once and in order, and hand out what is to be done.

        Returns
        -------
        tuple of Decision
            Also those that were suppressed.
        """
        with self._lock:
            if self._closed:
                return ()
            while self._results:
                result = self._results.popleft()
                self._engine.settle(result.number, result.sent)
            newest = None if self._engine.newest_snapshot is None else self._engine.newest_snapshot.frame
            if newest is not None and newest.t_capture_s >= snapshot.frame.t_capture_s:
                if (newest.index, newest.t_capture_s) == (snapshot.frame.index, snapshot.frame.t_capture_s):
                    return ()
                # Somebody went back in a file: what was true then says nothing of now.
                self._engine.reset()
                self._memory.reset()
                self._clips.break_off()
            scene = self._memory.see(snapshot)
            self._clips.track(snapshot)
            decisions = self._decide(scene, snapshot)
        if self._memory.clock_jump_s:
            self._log.note(self._clock(), f"the clock of this computer was set by {self._memory.clock_jump_s:+.1f} s")
        return decisions

    def tick(self) -> tuple[Decision, ...]:
        """Evaluate the rules that need no picture, while the source gives none: messages, clocks, session time.

        To be called now and then while a live source is away. What moves something in the world is held back.
        """
        with self._lock:
            if self._closed:
                return ()
            scene = self._memory.without_picture(self._clock())
            return () if scene is None else self._decide(scene, None)

    def _decide(self, scene: Scene, snapshot: Snapshot | None) -> tuple[Decision, ...]:
        if self._messages:
            scene.messages = tuple(self._messages.popleft() for _ in range(len(self._messages)))
        decisions = self._engine.step(scene)
        t_decided_s = self._clock()
        for decision in decisions:
            self._hand_out(decision, t_decided_s, snapshot)
        return tuple(decisions)

    def _hand_out(self, decision: Decision, t_decided_s: float, snapshot: Snapshot | None) -> None:
        action = decision.action
        # Before the lane has it, which may be done at once.
        self._log.decided(decision)
        recent = Recent(decision)
        self.recent.append(recent)
        if decision.suppressed_by:
            if action is not None and not self._shadow and decision.suppressed_by in TOO_OFTEN:
                self._lanes.suppressed(action)
            return
        self._by_number[decision.number] = recent
        if action is None or action.is_instant or self._shadow:
            words = WOULD if self._shadow and action is not None and not action.is_instant else DONE
            self._acted(ActionResult(decision.number, t_decided_s, None, None, words, True))
            return
        self._lanes.send(
            decision.number, action, decision.facts, decision.payload, (decision.rule, decision.subject),
            t_decided_s, snapshot, decision.restart,
        )  # fmt: skip

    def _acted(self, result: ActionResult) -> None:
        """Take a result, on the thread of a lane."""
        recent = self._by_number.pop(result.number, None)
        if recent is not None:
            recent.result = result
        self._results.append(result)
        self._log.acted(result)

    def test_fire(self, rule: str, moment: Moment, position: int) -> bool:
        """Do one action of a rule by hand, armed or not; whoever calls this has asked the user before.

        Returns
        -------
        bool
            False where there is no such action, or no frame was seen yet.
        """
        with self._lock:
            decision = None if self._closed or self._shadow else self._engine.test_decision(rule, moment, position)
            if decision is None:
                return False
            self._hand_out(decision, self._clock(), self._engine.newest_snapshot)
        return True

    def why(self, name: str) -> list[Why]:
        """Return, for each subject of a rule, where it stands and what its predicates said last."""
        with self._lock:
            return why(self._engine, name)

    def break_off(self) -> None:
        """Begin anew with the next frame, which does not follow on from the one before."""
        with self._lock:
            self._engine.reset()
            self._memory.reset()
            self._clips.break_off()

    def source_lost(self) -> None:
        """Bring everything into its safe state, because nobody sees what the animals do now."""
        with self._lock:
            self._engine.reset(source_lost=True)
        self.safe_state("the source was lost")

    def safe_state(self, reason: str) -> None:
        """Bring every output into the state in which nothing can happen."""
        self._lanes.cancel_hardware(None)
        self._into_safe_state(self._engine.actions, reason)

    def _into_safe_state(self, actions: list[Action[Any]], reason: str) -> None:
        if self._shadow:
            return
        problems = []
        for action in actions:
            try:
                action.safe_state()
            except Exception as error:
                # Every output must get its turn, whatever became of the one before.
                log.exception("a safe state could not be reached")
                problems.append(f"{action.title}: {error}")
        words = f"; failed: {'; '.join(problems)}" if problems else ""
        self._log.note(self._clock(), f"safe state ({reason}){words}")

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
        """End: nothing is decided any more, what waits goes out as far as time allows, outputs become safe."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._devices is not None:
            self._devices.listeners.remove(self.message)
        actions = self._engine.actions
        self.safe_state("the session is over")
        self._clips.begin_close()
        if not self._lanes.close(timeout_s):
            log.warning("an action did not end in time")
        self._clips.close()
        for action in actions:
            action.close()
        self._log.close()

    def _note(self, text: str) -> None:
        self._log.note(self._clock(), text)

    def __enter__(self) -> RuleRunner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
