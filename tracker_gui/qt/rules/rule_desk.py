"""The rules of the window: whether they may act, the boards they drive, what they did, and the emergency stop."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal

from tracker_gui.core.errors import SettingsError, TrackerError
from tracker_gui.core.params import Kind, describe
from tracker_gui.core.rule_edits import added
from tracker_gui.core.rule_examples import with_example
from tracker_gui.core.rules import conflicts, missing_references
from tracker_gui.engine.rules.seat import END_WITHIN_S, RuleMode
from tracker_gui.engine.rules.why import why_sentences
from tracker_gui.qt.devices.open_boards import OpenBoards
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.rules.rule_remarks import MOST_AT_ONCE, RULE_TOPIC, fired_remark
from tracker_gui.qt.stimuli.stimulus_screens import StimulusScreens
from tracker_gui.qt.words import counted
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from tracker_gui.core.choices import Problem
    from tracker_gui.core.preset import Preset
    from tracker_gui.core.rule_templates import RuleTemplate
    from tracker_gui.core.rules import Rule
    from tracker_gui.engine.devices.board import Board
    from tracker_gui.engine.rules.runner import Recent, RuleRunner
    from tracker_gui.qt.camera_view import CameraView
    from tracker_gui.qt.session import Session

#: A result that is not there by then is told as it is.
RESULT_WITHIN_S = 1.0
MOST_PROBLEMS = 4
ARM_TOPIC = "arm"
MODE_STATES = {RuleMode.OFF: "off", RuleMode.SHADOW: "shadow", RuleMode.ARMED: "armed"}
MODE_WORDS = {RuleMode.OFF: "no", RuleMode.SHADOW: "shadow", RuleMode.ARMED: "yes"}


class CameraControl:
    """What the rules of one camera may do with the session; called on the threads of their lanes."""

    def __init__(self, desk: RuleDesk, view: CameraView) -> None:
        self._desk, self._view = desk, view

    def stop_session(self, reason: str) -> None:
        self._desk.stop_wished.emit(reason)

    def set_parameter(self, name: str, value: float) -> None:
        """Change a number of the detector.

        Raises
        ------
        SettingsError
            There is none of that name, it is out of its range, or tracks are written.
        """
        preset = changed_detector(self._view.preset, name, value)
        if self._view.is_tracking:
            raise SettingsError(name, "cannot be changed while tracks are written", "Change it before the run.")
        self._desk.change_wished.emit(self._view, preset, name)


def changed_detector(preset: Preset, name: str, value: float) -> Preset:
    """Return the settings with one number of the detector changed.

    Raises
    ------
    SettingsError
    """
    params = preset.detector.params
    numbers = [info.name for info in describe(type(params)) if info.kind in (Kind.INT, Kind.FLOAT)]
    place, _, field = name.partition(".")
    if place != "detector" or field not in numbers:
        known = ", ".join(f"detector.{each}" for each in numbers)
        raise SettingsError(name, f"is none of those that a rule may change (known: {known})")
    whole = next(info for info in describe(type(params)) if info.name == field).kind is Kind.INT
    try:
        changed = type(params)(**{**params.model_dump(), field: round(value) if whole else value})
    except ValidationError as error:
        raise SettingsError(name, str(error.errors(include_url=False)[0]["msg"])) from error
    return replace(preset, detector=replace(preset.detector, params=changed))


class RuleDesk(QObject):
    """One for each window.

    Signals
    -------
    changed()
        Whether they may act, or what can be said of them.
    fired(Recent)
        A rule did something, or would have; with what became of it.
    """

    changed = Signal()
    fired = Signal(object)
    stop_wished = Signal(str)
    change_wished = Signal(object, object, str)
    #: With a list of `FiringMark` for the seek bar.
    marks_changed = Signal(object)
    #: The window goes: what runs for the rules must end.
    closing = Signal()
    #: Somebody wants to see the boards that the rules drive.
    boards_wanted = Signal()
    #: Somebody wants to see one rule (-1 for all) and one of its parts: ``"on_enter"``.
    rule_wanted = Signal(int, str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.boards = OpenBoards()
        self.stimuli = StimulusScreens(self)
        self.mode = RuleMode.OFF
        self._of: tuple[object, ...] = ()
        self._rests = False
        self._problems: tuple[str, ...] = ()
        #: The rules that will be armed once their boards are open.
        self._wanted: tuple[Rule, ...] | None = None
        self._controls: dict[CameraView, CameraControl] = {}
        self._waiting: dict[CameraView, deque[tuple[float, Recent]]] = {}
        self._seen: dict[CameraView, tuple[int, int]] = {}
        #: Of each rule when it acted last, monotonic, and what came of it.
        self.last_acts: dict[str, tuple[float, Recent]] = {}
        self.stop_wished.connect(self._stop)
        self.change_wished.connect(self._change)
        session.cameras_changed.connect(self._take_cameras)
        session.document.changed.connect(self._watch_document)
        session.ticked.connect(self._look)
        session.run_changed.connect(self._watch_runs)

    # ---- what there is

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self._session.document.whole.rules

    def missing(self) -> dict[int, list[Problem]]:
        """Return, by number of the rule, what it names that is not there."""
        whole = self._session.document.whole
        return missing_references(whole.rules, whole.zones_by_camera)

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Return (rule, rule, output) for each output that two rules drive."""
        return conflicts(self.rules)

    def driven(self) -> list[str]:
        """Return the names of the boards that rules which are on drive, in their order."""
        names = [
            getattr(action.params, "device", "")
            for rule in self.rules if rule.enabled
            for action in rule.actions if action.enabled
        ]  # fmt: skip
        return list(dict.fromkeys(name for name in names if name))

    def moves_something(self) -> bool:
        """Whether a rule that is on moves something in the world."""
        return any(a.make().drives_hardware for r in self.rules if r.enabled for a in r.actions if a.enabled)

    def add_rule(self, template: RuleTemplate, place: str) -> None:
        """Add a rule, and ask in the panel what it shall do."""
        document = self._session.document
        rules = added(self.rules, template.rule(place))
        document.change_whole(replace(document.whole, rules=rules), f"add the rule {rules[-1].name}")
        self.rule_wanted.emit(len(self.rules) - 1, "on_enter")

    def add_example(self, example: Preset) -> None:
        """Add the rules and zones of an example, and show the first of them."""
        document = self._session.document
        first = len(self.rules)
        document.change_whole(with_example(document.whole, example), f"add {example.name}")
        self.rule_wanted.emit(first, "")

    def make_ready(self, name: str) -> None:
        """Let a rule act again that waits for a person to say so."""
        for view in self._session.views:
            if view.rules.runner is not None:
                view.rules.runner.make_ready(name)

    def why(self, rule: Rule) -> list[str]:
        """Return sentences that say why a rule did not act: the first ones are the ones to mend first."""
        reasons = [] if rule.enabled else ["It is switched off."]
        number = self.rules.index(rule) if rule in self.rules else -1
        reasons += [
            f"{problem.problem[:1].upper()}{problem.problem[1:]}." for problem in self.missing().get(number, [])
        ]
        if self.mode is RuleMode.OFF:
            reasons.append("The rules are not armed, so whatever happens is held back. Arm them, or try Shadow.")
        runner = self._session.view.rules.runner
        whys = [] if runner is None else runner.why(rule.name)
        if not whys and rule.enabled:
            how = "start tracking" if self._session.is_live else "play the video"
            reasons.append(f"No frame was evaluated with it yet: {how}.")
        return [*reasons, *why_sentences(whys)]

    # ---- off, shadow, armed

    def ask_to_arm(self) -> None:
        """Say what armed rules will drive, with the button that arms them: the first of two steps."""
        on = [rule for rule in self.rules if rule.enabled and rule.actions]
        if not on:
            text = "No rule that is on does anything: there is nothing to arm."
            self._session.remarked.emit(Remark(ARM_TOPIC, "info", text))
            return
        boards = self.driven()
        drive = f"will drive {' and '.join(boards)}" if boards else "will act"
        if not boards and self.moves_something():
            drive = "will run programs, call addresses or show stimuli"
        text = f"{counted(len(on), 'rule')} {drive} from the moment you arm. {self._when_they_act()}"
        self._session.remarked.emit(Remark(ARM_TOPIC, "warn", text, "Arm now", self.arm))

    def _when_they_act(self) -> str:
        session = self._session
        if not session.is_live:
            return "They act while the video plays."
        return "They act at once." if session.is_tracking else "They act as soon as tracking is started."

    def arm(self) -> None:
        """Let the rules act: the second step. Boards that an emergency stop holds follow rules again."""
        self._wanted = self.rules
        names = self.driven()
        # Off the window's thread, because the names of the boards are on a disk.
        read_in_background(lambda: self._opened(names), self._arm_opened)

    def _opened(self, names: list[str]) -> TrackerError | None:
        try:
            for name in names:
                self.boards.boards.open(name)
        except TrackerError as error:
            return error
        return None

    def _arm_opened(self, error: TrackerError | None) -> None:
        wanted, self._wanted = self._wanted, None
        if error is not None:
            self._say(Remark(ARM_TOPIC, "bad", f"Not armed. {error}"))
            return
        if wanted is None or wanted != self.rules:
            return  # stopped, or changed, while the boards were opened
        if self.boards.are_open:
            self.boards.boards.allow_rules()
            for board in self._driven_boards():
                # What a test has left open is no place to begin from.
                board.go_safe("the rules are armed")
        self._set_mode(RuleMode.ARMED)
        plain = [board.name for board in self._driven_boards() if board.settings.params.is_plain and not board.armed]
        if plain:
            text = (
                f"The rules are armed, but {plain[0]} has a plain sketch: arm it by hand, too, under Tools > Devices."
            )
            self._say(Remark(ARM_TOPIC, "warn", text, "Disarm", self.disarm))
            return
        self._say(Remark(ARM_TOPIC, "warn", f"The rules are armed. {self._when_they_act()}", "Disarm", self.disarm))

    def _driven_boards(self) -> list[Board]:
        found = [self.boards.boards.find(name) for name in self.driven()]
        return [board for board in found if board is not None]

    def rehearse(self) -> None:
        """Shadow: decide everything and write it down, and do nothing."""
        self._set_mode(RuleMode.SHADOW)
        self._say(Remark(ARM_TOPIC, "info", "Shadow: the rules say what they would do, and nothing is done."))

    def disarm(self) -> None:
        """Let the rules act no more; what they drive becomes safe."""
        if self.mode is not RuleMode.OFF:
            self._set_mode(RuleMode.OFF)
            self._say(Remark(ARM_TOPIC, "ok", "The rules are disarmed, and what they drive is in its safe state."))
        else:
            self._session.withdrawn.emit(ARM_TOPIC)

    def emergency_stop(self) -> None:
        """Bring every board into its safe state at once, and let nothing through until somebody arms again."""
        if self.boards.are_open:
            self.boards.boards.disarm()
        self._set_mode(RuleMode.OFF)
        text = "Emergency stop: all outputs are in their safe states, and no rule acts until you arm again."
        self._say(Remark(ARM_TOPIC, "bad", text))

    def _set_mode(self, mode: RuleMode) -> None:
        self.mode, self._wanted = mode, None
        self.stimuli.end_all()
        threads = [view.rules.set_mode(mode) for view in self._session.views]
        if mode is RuleMode.OFF and self.boards.are_open:
            threading.Thread(target=self._end_boards, args=(threads,), name="disarming", daemon=True).start()
        self.changed.emit()

    def _end_boards(self, threads: list[threading.Thread]) -> None:
        for thread in threads:
            thread.join(END_WITHIN_S)
        if self.mode is RuleMode.OFF:
            self.boards.boards.rules_ended()

    def _say(self, remark: Remark) -> None:
        self._session.remarked.emit(remark)

    def close(self) -> None:
        """End with everything safe; the boards are closed by the window."""
        self.mode, self._wanted = RuleMode.OFF, None
        self.closing.emit()
        self.stimuli.close()
        self.boards.close()

    # ---- what changes beneath them

    def _watch_runs(self) -> None:
        """Say that rules rest while a file is tracked as fast as it goes, where somebody might wait for them."""
        rests = any(view.rules.rests for view in self._session.views)
        if rests and not self._rests and self.mode is not RuleMode.OFF:
            text = "A video is tracked as fast as it goes, and the rules rest meanwhile: they act while it plays."
            self._say(Remark(ARM_TOPIC, "info", text))
        self._rests = rests

    def _watch_document(self) -> None:
        whole = self._session.document.whole
        setups = [(whole.camera(number).source, zones) for number, zones in whole.zones_by_camera.items()]
        of = (whole.rules, tuple(setups))
        if of != self._of:
            self._of = of
            self.last_acts = {name: act for name, act in self.last_acts.items() if name in {r.name for r in self.rules}}
            if self.mode is RuleMode.ARMED:
                self._set_mode(RuleMode.OFF)
                text = "Rules, zones or the source were changed, so the rules are armed no longer."
                self._say(Remark(ARM_TOPIC, "warn", text, "Arm…", self.ask_to_arm))
            self.changed.emit()

    def _take_cameras(self) -> None:
        views = self._session.views
        for number, view in enumerate(views):
            seat = view.rules
            if view not in self._controls:
                self._controls[view] = CameraControl(self, view)
                seat.control, seat.folder = self._controls[view], self._session.output_folder
                seat.devices = lambda: self.boards.boards
                seat.stimuli = self.stimuli
                seat.mode = RuleMode.SHADOW if self.mode is RuleMode.SHADOW else RuleMode.OFF
            seat.use(view.preset, number)
        for view in [view for view in self._controls if view not in views]:
            del self._controls[view]

    def control(self) -> CameraControl | None:
        """Return what rules of the present camera may do with the session."""
        return self._controls.get(self._session.view)

    def _stop(self, reason: str) -> None:
        session = self._session
        session.stop_tracking()
        session.stop_recording()
        if not session.is_live:
            session.view.pause()
        self._say(Remark("stopped by a rule", "info", f"A rule ended the session: {reason}"))

    def _change(self, view: CameraView, preset: Preset, name: str) -> None:
        if view in self._session.views and not self._session.is_tracking:
            whole, number = self._session.document.whole, self._session.views.index(view)
            changed = replace(whole.camera(number), detector=preset.detector)
            self._session.document.change_whole(whole.with_camera(number, changed), f"set {name} by a rule")

    # ---- what they did

    def _look(self) -> None:
        """Tell what was decided since the last time, once it is known what became of it."""
        now_s = time.monotonic()
        for view in self._session.views:
            runner = view.rules.runner
            if runner is None:
                self._tell(view, self._waiting.pop(view, deque()), now_s + 2 * RESULT_WITHIN_S)
                continue
            of, told = self._seen.get(view, (0, 0))
            told = told if of == id(runner) else 0
            waiting = self._waiting.setdefault(view, deque())
            for recent in [each for each in tuple(runner.recent) if each.decision.number > told]:
                told = recent.decision.number
                if not recent.decision.suppressed_by:
                    waiting.append((now_s, recent))
            self._seen[view] = id(runner), told
            self._tell_problems(runner)
            self._tell(view, waiting, now_s)

    def _tell_problems(self, runner: RuleRunner) -> None:
        """Say which rules or actions cannot do their work, such as a message without an address."""
        problems = tuple(f"{problem}" for problem in runner.problems)
        if problems and problems != self._problems:
            self._say(Remark("rules that cannot act", "warn", "\n".join(problems[:MOST_PROBLEMS])))
        elif not problems and self._problems:
            self._session.withdrawn.emit("rules that cannot act")
        self._problems = problems

    def _tell(self, view: CameraView, waiting: deque[tuple[float, Recent]], now_s: float) -> None:
        count = 0
        while waiting and (waiting[0][1].result is not None or now_s - waiting[0][0] > RESULT_WITHIN_S):
            _, recent = waiting.popleft()
            self.last_acts[recent.decision.rule] = now_s, recent
            count += 1
            if count <= MOST_AT_ONCE:
                self._session.write_down(
                    fired_remark(recent, self._session.views.index(view), len(self._session.views))
                )
                self.fired.emit(recent)
        if count > MOST_AT_ONCE:
            more = f"Rules: {counted(count - MOST_AT_ONCE, 'more act')}; the log of the run has them all."
            self._session.write_down(Remark(f"{RULE_TOPIC}more", "info", more))
        if count:
            self.changed.emit()
