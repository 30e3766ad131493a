"""Rules evaluated exactly once per frame, in order: all predicates first, then actions in the order of the rules.

Nothing here waits, reads a clock or touches a file, so that the same frames give the same decisions.
"""

from __future__ import annotations

import itertools
import logging
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracker_gui.core.choices import Problem
from tracker_gui.core.templates import Facts
from tracker_gui.engine.rules.compiled import AGGREGATES, compile_rules, joined, truths_of
from tracker_gui.engine.rules.decision import Decision
from tracker_gui.engine.rules.machine import ROUNDING_S, Change

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from tracker_gui.core.rule_stages import Action, Predicate, Reading, RuleContext, Truth
    from tracker_gui.core.rules import Rule
    from tracker_gui.core.scene import Animal, Scene
    from tracker_gui.core.types import Snapshot
    from tracker_gui.engine.rules.compiled import CompiledRule, Part
    from tracker_gui.engine.rules.decision import Moment
    from tracker_gui.engine.rules.machine import Machine

log = logging.getLogger(__name__)

DISARMED = "disarmed"
BY_HAND = "waits to be made ready by hand"
NOT_ENTERED = "did nothing on entering"
AT_START = "so already at the start"
QUEUED = "queued"
NO_PICTURE = "no picture"


class RuleEngine:
    """All rules of one camera.

    Parameters
    ----------
    rules : sequence of Rule
    context : RuleContext
        Zones, size and rate of the camera.
    camera : int
        Its number, the first is 0.
    """

    def __init__(self, rules: Sequence[Rule], context: RuleContext, camera: int = 0) -> None:
        book = compile_rules(rules, context, camera)
        self.problems: list[Problem] = book.problems
        self.rules: list[CompiledRule] = book.rules
        self._predicates = book.predicates
        self.phase = ""
        self.counters: dict[str, int] = {}
        self._active: frozenset[str] = frozenset()
        self._number = 0
        self._all_rows = range(0)
        self._all_keys: list[Hashable] = []
        self.newest_scene: Scene | None = None
        self.readings: dict[int, Reading] = {}
        #: Row of the log -> what its limits are given back to when nothing was sent.
        self._fires: dict[int, tuple[CompiledRule, Hashable, float, dict[int, bool | None]]] = {}
        #: Whether somebody tells what became of the actions.
        self.follows_results = False

    @property
    def newest_snapshot(self) -> Snapshot | None:
        return None if self.newest_scene is None else self.newest_scene.snapshot

    @property
    def actions(self) -> list[Action[Any]]:
        return [action for rule in self.rules for _, action in (*rule.enter, *rule.repeat, *rule.leave)]

    def set_phase(self, name: str) -> None:
        self.phase = name

    def add_to_counter(self, name: str) -> int:
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def arm(self, names: Iterable[str] | None = None) -> None:
        """Let rules act from the next frame on; what is so now was so already. None is all of them."""
        wanted = None if names is None else set(names)
        for rule in self.rules:
            if not rule.armed and (wanted is None or rule.rule.name in wanted):
                rule.armed = True
                rule.reset()

    def disarm(self, names: Iterable[str] | None = None) -> None:
        wanted = None if names is None else set(names)
        for rule in self.rules:
            if wanted is None or rule.rule.name in wanted:
                rule.armed = False

    def make_ready(self, name: str) -> None:
        """Let a rule that waits for a person act again."""
        for rule in self.rules:
            if rule.rule.name == name:
                for machine in rule.machines.values():
                    machine.spent = False

    def reset(self, source_lost: bool = False) -> None:
        """Forget all states, because of a seek or a lost source; limits, phase and counters stay."""
        for predicate in self._predicates:
            if source_lost:
                predicate.source_lost()
            else:
                predicate.reset()
        for rule in self.rules:
            rule.reset()

    def step(self, scene: Scene) -> list[Decision]:
        """Evaluate one frame.

        Parameters
        ----------
        scene : Scene
            Its phase and active rules are filled in here.
        """
        scene.phase, scene.active_rules = self.phase, self._active
        if scene.has_picture:
            self.newest_scene = scene
        readings = self.readings = self._asked(scene)
        self._all_rows = range(len(scene.animals))
        self._all_keys = [animal.id for animal in scene.animals]
        all_changes = [self._changes(rule, readings, scene) for rule in self.rules]
        decisions: list[Decision] = []
        for rule, changes in zip(self.rules, all_changes, strict=True):
            if scene.has_picture or rule.is_of_scene:
                self._act(rule, changes, scene, decisions)
        for animal_id in scene.gone:
            self._forget(animal_id, scene, decisions)
        if any(all_changes) or scene.gone:
            self._active = frozenset(
                rule.rule.name for rule in self.rules if any(m.active for m in rule.machines.values())
            )
        return decisions

    def _asked(self, scene: Scene) -> dict[int, Reading]:
        """Return what each predicate says; without a picture those about animals keep what they said last."""
        readings: dict[int, Reading] = {} if scene.has_picture else dict(self.readings)
        for predicate in tuple(self._predicates):
            if not (scene.has_picture or predicate.of_scene):
                continue
            try:
                readings[id(predicate)] = predicate.step(scene)
            except Exception as error:
                # An event of somebody's own with a mistake in it must not end the tracking.
                log.exception("an event failed")
                self._leave_out(predicate, f"{predicate.title} failed: {type(error).__name__}: {error}")
        return readings

    def _leave_out(self, predicate: Predicate[Any], problem: str) -> None:
        """Go on without the rules that need a predicate."""
        self._predicates.remove(predicate)
        for rule in tuple(self.rules):
            if any(part.predicate is predicate for part in (*rule.parts, *rule.conditions)):
                self.rules.remove(rule)
                self.problems.append(Problem(f'rule "{rule.rule.name}"', problem))

    def _changes(self, rule: CompiledRule, readings: dict[int, Reading], scene: Scene) -> list[tuple[Hashable, Change]]:
        """Bring the machines of a rule up to date and return those that changed."""
        if not (scene.has_picture or rule.is_of_scene):
            return []
        who = rule.rule.subject.who
        rows: Sequence[Any]
        keys: list[Hashable]
        aggregate = False
        if rule.is_of_scene:
            rows, keys = [None], [""]
        elif who == "pair":
            watched = sorted(rule.watched_rows(scene.animals), key=lambda row: scene.animals[row].id)
            rows = list(itertools.combinations(watched, 2))
            keys = [(scene.animals[one].id, scene.animals[other].id) for one, other in rows]
        else:
            if rule.watches_all:
                rows, keys = self._all_rows, self._all_keys
            else:
                rows = rule.watched_rows(scene.animals)
                keys = [scene.animals[row].id for row in rows]
            aggregate = who in AGGREGATES
        truths = joined(rule, readings, scene, rows, who == "pair" and not rule.is_of_scene)
        rule.truths, rule.keys = truths, keys
        if scene.after_gap:
            for machine in rule.machines.values():
                machine.break_run()
        if aggregate:
            truths = [self._together(rule, keys, truths, scene.t_s)]
            keys = [""]
        elif self._is_quiet(rule, keys, truths, scene):
            return []
        timing, t_s, is_moment = rule.rule.timing, scene.t_s, rule.is_moment
        changes: list[tuple[Hashable, Change]] = []
        quiet = True
        for key, raw in zip(keys, truths, strict=True):
            machine = rule.machine(key, t_s)
            truth = raw if aggregate else machine.effective(raw, t_s, timing)
            change = machine.step(truth, raw is not None, t_s, timing, is_moment)
            if change is not Change.NONE:
                changes.append((key, change))
            quiet = quiet and raw is not None and machine.settled
        if quiet and not aggregate:
            rule.quiet_truths, rule.quiet_keys, rule.quiet_s = truths, keys, t_s
        return changes

    def _is_quiet(self, rule: CompiledRule, keys: list[Hashable], truths: list[Truth], scene: Scene) -> bool:
        if rule.quiet_truths is None:
            return False
        if truths == rule.quiet_truths and keys == rule.quiet_keys:
            rule.quiet_s = scene.t_s
            return True
        for key in rule.quiet_keys:
            if key in rule.machines:
                rule.machines[key].known_s = rule.quiet_s
        rule.quiet_truths = None
        return False

    def _together(self, rule: CompiledRule, keys: list[Hashable], truths: list[Truth], t_s: float) -> Truth:
        """Return the truth of any, all, none or at least n, where some may be unknown for now."""
        timing = rule.rule.timing
        yes = no = unknown = 0
        for key, raw in zip(keys, truths, strict=True):
            assert isinstance(key, int)
            if raw is not None:
                rule.known_s[key] = t_s
            elif timing.missing == "ignore":
                continue
            elif timing.missing == "hold" and t_s - rule.known_s.setdefault(key, t_s) <= timing.grace_s + ROUNDING_S:
                unknown += 1
                continue
            yes, no = yes + bool(raw), no + (not raw)
        who = rule.rule.subject.who
        if who == "all":
            return False if no or not (yes or unknown) else None if unknown else True
        least = rule.rule.subject.at_least if who == "count" else 1
        enough: Truth = True if yes >= least else None if yes + unknown >= least else False
        if who != "none":
            return enough
        return None if enough is None else not enough

    def _act(
        self, rule: CompiledRule, changes: list[tuple[Hashable, Change]], scene: Scene, out: list[Decision]
    ) -> None:
        for key, change in changes:
            machine = rule.machines[key]
            if change is Change.SILENT:
                self._say(rule, key, scene, "enter", rule.enter, AT_START, out)
            elif change is Change.ENTER:
                machine.sent = rule.acts_on_leaving_only or self._enter(rule, key, machine, scene, out)
            elif change is Change.EXIT:
                self._leave(rule, key, machine, scene, out)
        if rule.waiting:
            self._next_in_queue(rule, scene, out)
        if rule.repeat or rule.rule.limits.again == "at_once":
            self._go_on(rule, scene, out)

    def _enter(self, rule: CompiledRule, key: Hashable, machine: Machine, scene: Scene, out: list[Decision]) -> bool:
        """Act on entering; return whether it was not suppressed."""
        reason = self._refusal(rule, key, machine, scene)
        restart = False
        if not reason and self._is_busy(rule, key, scene.t_s):
            policy = rule.rule.limits.busy
            if policy == "queue" and len(rule.waiting) < rule.rule.limits.queue:
                rule.waiting.append(key)
                reason = QUEUED
            elif policy in ("ignore", "queue"):
                reason = "busy"
            restart = policy == "restart"
        self._fire(rule, key, machine, scene, "enter", rule.enter, reason, out, restart)
        return not reason

    def _leave(self, rule: CompiledRule, key: Hashable, machine: Machine, scene: Scene, out: list[Decision]) -> None:
        silent, sent, machine.silent, machine.sent = machine.silent, machine.sent, False, False
        if key in rule.waiting:
            rule.waiting.remove(key)
        if not rule.leave:
            return
        if silent:
            reason = AT_START
        elif rule.acts_on_leaving_only:
            reason = self._refusal(rule, key, machine, scene)
            self._fire(rule, key, machine, scene, "exit", rule.leave, reason, out)
            return
        else:
            # Never held back by a limit: what was opened must be closed.
            reason = NOT_ENTERED if not sent else "" if rule.armed else DISARMED
        self._say(rule, key, scene, "exit", rule.leave, reason, out)

    def _next_in_queue(self, rule: CompiledRule, scene: Scene, out: list[Decision]) -> None:
        key = rule.waiting[0]
        if self._is_busy(rule, key, scene.t_s) or (rule.drives_hardware and not scene.has_picture):
            return
        rule.waiting.popleft()
        machine = rule.machine(key, scene.t_s)
        reason = self._refusal(rule, key, machine, scene)
        self._fire(rule, key, machine, scene, "enter", rule.enter, reason, out)
        machine.sent = machine.sent or not reason

    def _go_on(self, rule: CompiledRule, scene: Scene, out: list[Decision]) -> None:
        """Do what is due while it lasts."""
        if rule.drives_hardware and not scene.has_picture:
            return
        t_s, timing = scene.t_s, rule.rule.timing
        known = dict(zip(rule.keys, rule.truths, strict=True))
        for key, machine in list(rule.machines.items()):
            if not machine.active or machine.silent:
                continue
            if rule.repeat and machine.sent and t_s >= machine.next_repeat_s - ROUNDING_S:
                # What fell due in a gap without frames is not made up for.
                missed = math.floor((t_s - machine.next_repeat_s + ROUNDING_S) / timing.repeat_s)
                machine.next_repeat_s += (missed + 1) * timing.repeat_s
                self._say(rule, key, scene, "while", rule.repeat, "" if rule.armed else DISARMED, out)
            if rule.rule.limits.again != "at_once" or known.get(key, True) is not True or machine.acted_s == t_s:
                continue
            waited = timing.on_unit == "frames" or t_s - machine.acted_s >= timing.on_for - ROUNDING_S
            if waited and not self._is_busy(rule, key, t_s) and not self._refusal(rule, key, machine, scene):
                self._fire(rule, key, machine, scene, "enter", rule.enter, "", out)
                machine.sent = True

    def _refusal(self, rule: CompiledRule, key: Hashable, machine: Machine, scene: Scene) -> str:
        if not rule.armed:
            return DISARMED
        if not scene.has_picture and rule.drives_hardware:
            return NO_PICTURE
        if machine.spent:
            return BY_HAND
        for part in rule.conditions:
            if not self._holds(part, key, scene):
                return f"if: {'not ' if part.negated else ''}{part.predicate.title}"
        return rule.allowance.refusal(key, scene.t_s)

    def _holds(self, part: Part, key: Hashable, scene: Scene) -> bool:
        """Return whether a condition is so for a subject; what is unknown does not hold."""
        animals = scene.animals
        if not (part.predicate.of_scene or scene.has_picture):
            return False
        if part.predicate.of_scene:
            return truths_of(part, self.readings, scene, [None], False)[0] is True
        if isinstance(key, tuple):
            rows = [row for row, animal in enumerate(animals) if animal.id in key]
            return len(rows) == 2 and truths_of(part, self.readings, scene, [tuple(rows)], True)[0] is True
        rows = [row for row, animal in enumerate(animals) if key in ("", animal.id)]
        return any(truth is True for truth in truths_of(part, self.readings, scene, rows, False))

    @staticmethod
    def _is_busy(rule: CompiledRule, key: Hashable, t_s: float) -> bool:
        return t_s < rule.busy_until_s.get(key, -math.inf) - ROUNDING_S

    def _fire(
        self, rule: CompiledRule, key: Hashable, machine: Machine, scene: Scene, moment: Moment,
        actions: list[tuple[str, Action[Any]]], reason: str, out: list[Decision], restart: bool = False,
    ) -> None:  # fmt: skip
        """Act, and count it, or say why not."""
        rule.suppressed_by[key] = reason
        if reason:
            self._say(rule, key, scene, moment, actions, reason, out)
            return
        t_s = scene.t_s
        rule.nth = rule.allowance.take(key, t_s)
        machine.acted_s = t_s
        machine.next_repeat_s = t_s + rule.rule.timing.repeat_s
        machine.spent = rule.rule.limits.again == "by_hand"
        if rule.busy_s:
            rule.busy_until_s[key] = t_s + rule.busy_s
        before = len(out)
        self._say(rule, key, scene, moment, actions, "", out, restart)
        if self.follows_results:
            pending: dict[int, bool | None] = {
                each.number: None for each in out[before:] if each.action is not None and not each.action.is_instant
            }
            if len(pending) == len(out) - before:
                self._fires.update(dict.fromkeys(pending, (rule, key, t_s, pending)))

    def settle(self, number: int, sent: bool) -> None:
        """Take note of what became of an action: a rule of which nothing was sent has not acted."""
        fire = self._fires.pop(number, None)
        if fire is None:
            return
        rule, key, t_s, pending = fire
        pending[number] = sent
        if all(result is False for result in pending.values()):
            rule.allowance.give_back(key, t_s)

    def _say(
        self, rule: CompiledRule, key: Hashable, scene: Scene, moment: Moment,
        actions: list[tuple[str, Action[Any]]], reason: str, out: list[Decision], restart: bool = False,
    ) -> None:  # fmt: skip
        """Put a row for each action into the log; those on the rules' own state are done at once."""
        facts = self._facts(rule, key, scene)
        if moment == "test":
            facts = replace(facts, subject="test")
        listed: list[tuple[str, Action[Any] | None]] = [*actions]
        if not listed and moment == "enter":
            listed = [("", None)]
        for name, action in listed:
            self._number += 1
            payload = ""
            try:
                payload = "" if action is None else action.payload(facts)
                if action is not None and action.is_instant and not reason:
                    action.apply(self, facts)
            except Exception as error:
                log.exception("an action failed")
                reason = f"{name} failed: {type(error).__name__}: {error}"
            out.append(
                Decision(
                    self._number, rule.rule.name, facts.subject, scene.source_id, scene.index, scene.t_s,
                    scene.t_capture_s, moment, name, payload, reason, facts, action, restart,
                )
            )  # fmt: skip

    def _facts(self, rule: CompiledRule, key: Hashable, scene: Scene) -> Facts:
        animal = _animal_of(key, rule, scene)
        value = None
        if rule.parts:
            values = self.readings[id(rule.parts[0].predicate)].values
            if rule.parts[0].predicate.of_scene and values:
                value = values[0]
            elif animal is not None and len(values) == len(scene.animals):
                value = values[scene.animals.index(animal)]
        place = None if animal is None else animal.centre_px
        heading = None if animal is None else animal.heading_rad
        return Facts(
            rule=rule.rule.name,
            subject=_subject_text(key, rule),
            source=scene.source_id,
            frame=scene.index,
            time_s=scene.t_s,
            time_utc=scene.t_wall_s,
            identity="" if animal is None else animal.identity,
            x_px=None if place is None else place[0],
            y_px=None if place is None else place[1],
            speed_px_s=None if animal is None else animal.speed_px_s,
            heading_deg=None if heading is None else math.degrees(heading),
            value=value,
            phase=self.phase,
            nth=rule.nth,
        )

    def test_decision(self, name: str, moment: Moment, position: int) -> Decision | None:
        """Return one action of a rule as a decision of its own, for a person who tries it; None where there is none."""
        scene = self.newest_scene
        for rule in self.rules:
            actions = {"enter": rule.enter, "while": rule.repeat, "exit": rule.leave}.get(moment, [])
            if rule.rule.name == name and scene is not None and position < len(actions):
                out: list[Decision] = []
                self._say(rule, "", scene, "test", [actions[position]], "", out)
                return out[0]
        return None

    def _forget(self, animal_id: int, scene: Scene, out: list[Decision]) -> None:
        """Drop an animal that is followed no more; what a rule did on its entering ends."""
        for predicate in self._predicates:
            predicate.forget(animal_id)
        for rule in self.rules:
            for key, machine in rule.forget(animal_id).items():
                if machine.active:
                    self._leave(rule, key, machine, scene, out)


def _animal_of(key: Hashable, rule: CompiledRule, scene: Scene) -> Animal | None:
    """Return the animal a decision is about: of several together the first for which it is so."""
    if key == "" and not rule.is_of_scene:
        key = next((each for each, truth in zip(rule.keys, rule.truths, strict=True) if truth), None)
    return next((animal for animal in scene.animals if animal.id == key), None)


def _subject_text(key: Hashable, rule: CompiledRule) -> str:
    if isinstance(key, tuple):
        return "+".join(map(str, key))
    if key != "":
        return str(key)
    return "" if rule.is_of_scene else rule.rule.subject.who
