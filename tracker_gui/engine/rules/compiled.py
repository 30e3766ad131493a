"""A rule made ready for a session: its predicates opened and shared, its actions made, its states empty."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracker_gui.core.choices import Problem
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.rules import missing_references, placed_choices
from tracker_gui.engine.rules.limits import Allowance
from tracker_gui.engine.rules.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from tracker_gui.core.choices import StageChoice
    from tracker_gui.core.rule_stages import Action, Predicate, Reading, RuleContext, Truth
    from tracker_gui.core.rules import Rule, Term
    from tracker_gui.core.scene import Animal, Scene

AGGREGATES = ("any", "all", "none", "count")


@dataclass(slots=True)
class Part:
    """A predicate as one rule uses it."""

    predicate: Predicate[Any]
    negated: bool


@dataclass(slots=True)
class CompiledRule:
    """A rule with all that changes while it is evaluated.

    Attributes
    ----------
    key of `machines`
        The animal's id, (id, id) of a pair, "" where the rule is about the scene or all animals together.
    quiet_truths, quiet_ids, quiet_s
        While all machines rest and the same animals give the same answers, nothing is done; None while they do not.
    """

    rule: Rule
    parts: list[Part]
    conditions: list[Part]
    enter: list[tuple[str, Action[Any]]]
    repeat: list[tuple[str, Action[Any]]]
    leave: list[tuple[str, Action[Any]]]
    allowance: Allowance
    armed: bool = False
    start_s: float | None = None
    machines: dict[Hashable, Machine] = field(default_factory=dict)
    known_s: dict[int, float] = field(default_factory=dict)
    classes: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    busy_until_s: dict[Hashable, float] = field(default_factory=dict)
    waiting: deque[Hashable] = field(default_factory=deque)
    nth: int = 0
    suppressed_by: dict[Hashable, str] = field(default_factory=dict)
    keys: list[Hashable] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    quiet_truths: list[Truth] | None = None
    quiet_keys: list[Hashable] = field(default_factory=list)
    quiet_s: float = 0.0
    is_of_scene: bool = field(init=False)
    is_moment: bool = field(init=False)
    watches_all: bool = field(init=False)
    acts_on_leaving_only: bool = field(init=False)
    busy_s: float = field(init=False)
    drives_hardware: bool = field(init=False)

    def __post_init__(self) -> None:
        subject = self.rule.subject
        self.is_of_scene = all(part.predicate.of_scene for part in self.parts)
        self.is_moment = any(part.predicate.is_moment for part in self.parts)
        self.watches_all = not (subject.animals or subject.classes or subject.identities)
        self.acts_on_leaving_only = bool(self.leave) and not self.enter and not self.repeat
        self.drives_hardware = any(each.drives_hardware for _, each in (*self.enter, *self.repeat, *self.leave))
        # How long what it does on entering lasts: lanes side by side, actions of one lane behind each other.
        lanes: dict[int, float] = {}
        for _, action in self.enter:
            lanes[action.lane] = lanes.get(action.lane, 0.0) + action.busy_s
        self.busy_s = max(lanes.values(), default=0.0)

    def reset(self) -> None:
        """Begin anew with the next frame: what is so then was so already."""
        self.start_s = None
        for each in (self.machines, self.known_s, self.busy_until_s, self.waiting, self.suppressed_by):
            each.clear()
        self.quiet_truths = None

    def machine(self, key: Hashable, t_s: float) -> Machine:
        machine = self.machines.get(key)
        if machine is None:
            if self.start_s is None:
                self.start_s = t_s
            machine = self.machines[key] = Machine(known_s=t_s, start_s=self.start_s)
        return machine

    def watched_rows(self, animals: list[Animal]) -> list[int]:
        """Return the rows of the animals this rule is about."""
        if self.watches_all:
            return list(range(len(animals)))
        return [row for row, animal in enumerate(animals) if self._watches(animal)]

    def _watches(self, animal: Animal) -> bool:
        subject = self.rule.subject
        # A missing animal keeps the class and the name it had.
        if animal.class_id is not None:
            self.classes[animal.id] = animal.class_id
        if animal.identity:
            self.names[animal.id] = animal.identity
        return (
            (not subject.animals or animal.id in subject.animals)
            and (not subject.classes or self.classes.get(animal.id) in subject.classes)
            and (not subject.identities or self.names.get(animal.id) in subject.identities)
        )

    def forget(self, animal_id: int) -> dict[Hashable, Machine]:
        """Drop what is remembered of an animal that is followed no more; return its machines."""
        gone: list[Hashable] = [key for key in self.machines if _is_about(key, animal_id)]
        machines = {key: self.machines.pop(key) for key in gone}
        for key in gone:
            self.busy_until_s.pop(key, None)
            self.suppressed_by.pop(key, None)
        self.known_s.pop(animal_id, None)
        self.classes.pop(animal_id, None)
        self.names.pop(animal_id, None)
        self.quiet_truths = None
        return machines


def _is_about(key: Hashable, animal_id: int) -> bool:
    return key == animal_id or (isinstance(key, tuple) and animal_id in key)


def joined(
    rule: CompiledRule, readings: dict[int, Reading], scene: Scene, rows: Sequence[Any], pairs: bool
) -> list[Truth]:
    """Return the truth of "when" for each of the rows (pairs of rows, or a single None for the scene)."""
    lists = [truths_of(part, readings, scene, rows, pairs) for part in rule.parts]
    if len(lists) == 1:
        return lists[0]
    every = rule.rule.when.join == "all"
    # "all" is decided by one that is not so, "any" by one that is.
    result: list[Truth] = []
    for answers in zip(*lists, strict=True):
        if (not every) in answers:
            result.append(not every)
        else:
            result.append(None if None in answers else every)
    return result


def truths_of(part: Part, readings: dict[int, Reading], scene: Scene, rows: Sequence[Any], pairs: bool) -> list[Truth]:
    """Return what one predicate says of each of the rows."""
    predicate = part.predicate
    reading = readings[id(predicate)]
    if predicate.of_scene:
        truths = reading.truths * len(rows)
    elif pairs:
        truths = predicate.step_pairs(scene, rows, reading).truths
    elif len(rows) == len(reading.truths):
        truths = reading.truths
    else:
        truths = [reading.truths[row] for row in rows]
    if part.negated:
        return [None if truth is None else not truth for truth in truths]
    return truths


@dataclass(slots=True)
class RuleBook:
    """All rules of one camera, ready, and what became of those that are not."""

    rules: list[CompiledRule]
    predicates: list[Predicate[Any]]
    problems: list[Problem]


def compile_rules(rules: Sequence[Rule], context: RuleContext, camera: int) -> RuleBook:
    """Open all that is needed for the rules that are switched on and meant for this camera.

    A rule that names what is not there is left out and told in `problems`; the others run without it.
    """
    book = RuleBook([], [], [])
    shared: dict[tuple[str, str], Predicate[Any]] = {}
    lacking = missing_references(rules, {camera: tuple(context.zones.values())})
    for number, rule in enumerate(rules):
        cameras = rule.subject.cameras
        if not rule.enabled or (cameras and camera not in cameras):
            continue
        problems = lacking.get(number, [])
        if not rule.when.terms:
            problems = [*problems, Problem(f"rules[{number}].when", "is empty, so it never begins")]
        opened = {} if problems else _opened(rule, f"rules[{number}]", context, shared, problems)
        book.problems += problems
        if not problems:
            book.rules.append(_compiled(rule, opened))
    book.predicates = list(shared.values())
    return book


def _opened(
    rule: Rule, where: str, context: RuleContext, shared: dict[tuple[str, str], Predicate[Any]], problems: list[Problem]
) -> dict[int, Predicate[Any]]:
    """Return the predicate of each choice by its identity; those with the same settings are one object."""
    found = {}
    for place, chosen in placed_choices(rule):
        if chosen.kind != "events":
            continue
        key = chosen.stage, chosen.params.model_dump_json()
        if key not in shared:
            predicate: Predicate[Any] = chosen.make()
            try:
                predicate.open(context)
            except TrackerError as error:
                problems.append(Problem(f"{where}.{place}", error.problem))
                continue
            shared[key] = predicate
        found[id(chosen)] = shared[key]
    return found


def _compiled(rule: Rule, opened: dict[int, Predicate[Any]]) -> CompiledRule:
    def parts(terms: tuple[Term, ...]) -> list[Part]:
        return [Part(opened[id(term.event)], term.negated) for term in terms]

    def made(chosen: tuple[StageChoice, ...]) -> list[tuple[str, Action[Any]]]:
        return [(each.stage, each.make()) for each in chosen if each.enabled]

    return CompiledRule(
        rule=rule, parts=parts(rule.when.terms), conditions=parts(rule.only_if), enter=made(rule.on_enter),
        repeat=made(rule.repeat), leave=made(rule.on_exit), allowance=Allowance(rule.limits),
    )  # fmt: skip
