"""Rules: sentences "when - if - for - do - else" of a preset, and how they are read from its document.

Whether a rule is armed is no setting: files and undo must never switch on what moves something in the
world. Every rule that is read arrives disarmed; the run that evaluates it arms it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from tracker_gui.core import registry
from tracker_gui.core.choices import (
    Problem,
    StageChoice,
    key_text,
    params_document,
    read_params,
    shown,
    with_full_paths,
)
from tracker_gui.core.params import Params, describe, setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tracker_gui.core.zones import Zone

LONGEST_NAME = 100


class Subject(Params):
    """Who a rule watches."""

    who: Literal["each", "any", "all", "none", "count", "pair"] = setting(
        "each",
        title="Watch",
        description="each animal for itself, whether any, all or none of them do it, whether so many of them do, "
        "or every pair of two.",
    )
    at_least: int = setting(
        2, title="At least", ge=1, le=1000, step=1, unit="animals", when={"who": ("count",)},
        description="How many of them must do it at the same time.",
    )  # fmt: skip
    animals: tuple[int, ...] = setting(
        (), title="Only animals", description="Numbers of those that are watched; empty for all."
    )
    classes: tuple[int, ...] = setting(
        (), title="Only classes", more=True, description="Class numbers of the detector; empty for all."
    )
    identities: tuple[str, ...] = setting(
        (), title="Only these names", more=True, description="Animals or persons recognised by name; empty for all."
    )
    cameras: tuple[int, ...] = setting(
        (), title="Only cameras", more=True, description="Numbers of the cameras, the first is 0; empty for all."
    )


class Timing(Params):
    """For how long it must be so, and what becomes of an animal that is not seen."""

    on_for: float = setting(
        0.0, title="For", ge=0, le=86_400, step=0.1,
        description="It begins once it was so for this long without a break.",
    )  # fmt: skip
    on_unit: Literal["seconds", "frames"] = setting(
        "seconds", title="For, counted in", description="Time of the frames, or consecutive frames."
    )
    off_for: float = setting(
        0.0, title="Over after", ge=0, le=86_400, step=0.1,
        description="It ends once it was not so for this long without a break.",
    )  # fmt: skip
    off_unit: Literal["seconds", "frames"] = setting(
        "seconds", title="Over, counted in", description="Time of the frames, or consecutive frames."
    )
    missing: Literal["hold", "out", "ignore"] = setting(
        "hold",
        title="When it is not seen",
        description="hold keeps what was last known for the grace time and then takes it for over; "
        "out takes it for over at once; ignore waits until it is seen again.",
    )
    grace_s: float = setting(
        0.5, title="Grace time", ge=0, le=3600, step=0.1, unit="s", when={"missing": ("hold",)},
        description="How long what was last known of a missing animal holds.",
    )  # fmt: skip
    at_start: Literal["wait", "act"] = setting(
        "wait",
        title="So already at the start",
        description="wait acts only after it was over once; act does it at once.",
    )
    repeat_s: float = setting(
        1.0, title="Repeat every", ge=0.01, le=86_400, step=0.1, unit="s",
        description="How often the actions under 'while' are done as long as it lasts.",
    )  # fmt: skip


class Limits(Params):
    """How often a rule may act. Only what was really sent counts."""

    cooldown_s: float = setting(
        0.0, title="At least apart", ge=0, le=86_400, step=0.5, unit="s",
        description="Time that must pass after the rule has acted before it acts again; 0 for none.",
    )  # fmt: skip
    cooldown_of: Literal["rule", "subject"] = setting(
        "rule", title="Apart for", description="The rule as a whole, or each animal for itself."
    )
    per_session: int = setting(
        0, title="At most in a session", ge=0, le=1_000_000, step=1, description="0 for any number."
    )  # fmt: skip
    per_minute: int = setting(0, title="At most in a minute", ge=0, le=100_000, step=1, description="0 for any number.")
    per_subject: int = setting(
        0, title="At most for each animal", ge=0, le=1_000_000, step=1,
        description="0 for any number, 1 for once and never again.",
    )  # fmt: skip
    again: Literal["after_exit", "at_once", "by_hand"] = setting(
        "after_exit",
        title="Ready again",
        description="after it was over once; at once while it lasts, as often as the limits let it; "
        "by hand waits until a person says so.",
    )
    busy: Literal["ignore", "restart", "queue", "parallel"] = setting(
        "ignore",
        title="While it still acts",
        description="ignore the new occasion, restart, queue it, or act in parallel.",
    )
    queue: int = setting(
        1, title="Longest queue", ge=1, le=100, step=1, when={"busy": ("queue",)},
        description="How many occasions wait.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One predicate of a rule, or its opposite."""

    event: StageChoice
    negated: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """One predicate, or several of which all or any must be so."""

    terms: tuple[Term, ...] = ()
    join: Literal["all", "any"] = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One sentence of a preset.

    Attributes
    ----------
    only_if : tuple of Term
        All of these must be so at the moment the rule acts.
    on_enter, repeat, on_exit : tuple of StageChoice
        Actions in their order: when it begins, every `timing.repeat_s` while it lasts, when it is over.
    """

    name: str
    enabled: bool = True
    about: str = ""
    subject: Subject = field(default_factory=Subject)
    when: When = field(default_factory=When)
    only_if: tuple[Term, ...] = ()
    timing: Timing = field(default_factory=Timing)
    limits: Limits = field(default_factory=Limits)
    on_enter: tuple[StageChoice, ...] = ()
    repeat: tuple[StageChoice, ...] = ()
    on_exit: tuple[StageChoice, ...] = ()

    @property
    def actions(self) -> tuple[StageChoice, ...]:
        return (*self.on_enter, *self.repeat, *self.on_exit)


GROUPS: dict[str, type[Params]] = {"subject": Subject, "timing": Timing, "limits": Limits}
#: Key in the document -> attribute.
ACTION_LISTS = {"on_enter": "on_enter", "while": "repeat", "on_exit": "on_exit"}


def rule_document(rule: Rule, folder: Path | None = None) -> dict[str, Any]:
    """Return a rule as JSON; files inside `folder` are named relative to it."""
    document: dict[str, Any] = {"name": rule.name, "enabled": rule.enabled, "about": rule.about}
    for key in GROUPS:
        document[key] = params_document(getattr(rule, key), folder)
    terms = [_term_document(term, folder) for term in rule.when.terms]
    alone = len(terms) == 1 and rule.when.join == "all"
    document["when"] = terms[0] if alone else {rule.when.join: terms}
    document["if"] = [_term_document(term, folder) for term in rule.only_if]
    for key, name in ACTION_LISTS.items():
        document[key] = [
            {"action": each.stage, "enabled": each.enabled, **params_document(each.params, folder)}
            for each in getattr(rule, name)
        ]
    return document


def _term_document(term: Term, folder: Path | None) -> dict[str, Any]:
    return {"event": term.event.stage, "not": term.negated, **params_document(term.event.params, folder)}


def read_rules(value: Any, where: str, folder: Path | None, problems: list[Problem]) -> tuple[Rule, ...]:
    """Return all rules that can be made out; one with a mistake in it is switched off, never half obeyed."""
    if not isinstance(value, list):
        problems.append(Problem(where, f"must be a list [...], got {shown(value)}"))
        return ()
    rules: list[Rule] = []
    for number, item in enumerate(value):
        found: list[Problem] = []
        rule = _read_rule(item, f"{where}[{number}]", folder, found, {rule.name for rule in rules})
        if rule is not None:
            rules.append(replace(rule, enabled=False) if found else rule)
        problems += found
    return tuple(rules)


def _read_rule(value: Any, where: str, folder: Path | None, problems: list[Problem], taken: set[str]) -> Rule | None:
    if not isinstance(value, dict):
        problems.append(Problem(where, f"must be a group of settings {{...}}, got {shown(value)}"))
        return None
    values: dict[str, Any] = {"name": "Rule"}
    for key, item in value.items():
        place = f"{where}.{key_text(key)}"
        if key == "armed":
            continue  # whatever it says: a file never arms
        if key in GROUPS:
            params, bad = read_params(GROUPS[key], item, place)
            values[key] = params
            problems += bad
        elif key == "when":
            values[key] = _read_when(item, place, folder, problems)
        elif key == "if":
            values["only_if"] = _read_terms(item, place, folder, problems)
        elif key in ACTION_LISTS:
            values[ACTION_LISTS[key]] = _read_actions(item, place, folder, problems)
        elif key == "enabled":
            values[key] = _read_switch(item, place, problems)
        elif key in ("name", "about"):
            if isinstance(item, str) and (key == "about" or 0 < len(item) <= LONGEST_NAME):
                values[key] = item
            else:
                limit = f" of 1 to {LONGEST_NAME} letters" if key == "name" else ""
                problems.append(Problem(place, f"must be text{limit}, got {shown(item)}"))
        else:
            problems.append(Problem(place, "there is no such setting"))
    if "when" not in value:
        problems.append(Problem(where, 'needs a "when"'))
    name = values["name"]
    if name in taken:
        problems.append(Problem(f"{where}.name", f"there is another rule called {shown(name)}"))
        values["name"] = free_name(name, taken)
    return Rule(**values)


def free_name(name: str, taken: set[str]) -> str:
    """Return the name, with a number behind it where it is taken."""
    number = 2
    free = name
    while free in taken:
        free = f"{name[: LONGEST_NAME - 8]} ({number})"
        number += 1
    return free


def _read_switch(value: Any, where: str, problems: list[Problem], otherwise: bool = True) -> bool:
    if isinstance(value, bool):
        return value
    problems.append(Problem(where, f"must be true or false, got {shown(value)}"))
    return otherwise


def _read_when(value: Any, where: str, folder: Path | None, problems: list[Problem]) -> When:
    if isinstance(value, dict) and "event" not in value:
        for join in ("all", "any"):
            if value.keys() == {join}:
                terms = _read_terms(value[join], where, folder, problems)
                return When(terms, "all" if join == "all" else "any")
        problems.append(
            Problem(where, f'must be {{"event": ...}}, {{"all": [...]}} or {{"any": [...]}}, got {shown(value)}')
        )
        return When()
    term = _read_term(value, where, folder, problems)
    return When() if term is None else When((term,))


def _read_terms(value: Any, where: str, folder: Path | None, problems: list[Problem]) -> tuple[Term, ...]:
    if not isinstance(value, list):
        problems.append(Problem(where, f"must be a list [...], got {shown(value)}"))
        return ()
    terms = [_read_term(item, f"{where}[{number}]", folder, problems) for number, item in enumerate(value)]
    return tuple(term for term in terms if term is not None)


def _read_term(value: Any, where: str, folder: Path | None, problems: list[Problem]) -> Term | None:
    read = _read_choice("events", "event", value, where, folder, problems, "not")
    return None if read is None else Term(*read)


def _read_actions(value: Any, where: str, folder: Path | None, problems: list[Problem]) -> tuple[StageChoice, ...]:
    if not isinstance(value, list):
        problems.append(Problem(where, f"must be a list [...], got {shown(value)}"))
        return ()
    actions = []
    for number, item in enumerate(value):
        read = _read_choice("actions", "action", item, f"{where}[{number}]", folder, problems, "enabled")
        if read is not None:
            actions.append(replace(read[0], enabled=read[1]))
    return tuple(actions)


def _read_choice(
    kind: str, key: str, value: Any, where: str, folder: Path | None, problems: list[Problem], switch: str
) -> tuple[StageChoice, bool] | None:
    """Read {"event": kind, "not": ..., its settings} or {"action": kind, "enabled": ..., its settings}."""
    if not isinstance(value, dict):
        problems.append(Problem(where, f'must be {{"{key}": ..., ...}}, got {shown(value)}'))
        return None
    name = value.get(key)
    if not isinstance(name, str) or name not in registry.names(kind):
        known = ", ".join(registry.names(kind))
        problems.append(Problem(f"{where}.{key}", f"there is no {shown(name)} (known: {known})"))
        return None
    normal = switch == "enabled"
    on = _read_switch(value.get(switch, normal), f"{where}.{switch}", problems, normal)
    settings = {name: item for name, item in value.items() if name not in (key, switch)}
    params, bad = read_params(registry.load(kind, name).Params, settings, where)
    problems += bad
    return StageChoice(kind, name, with_full_paths(params, folder)), on


def term_place(rule: Rule, number: int) -> str:
    """Return where a term of "when" stands: ``when`` where it is alone, else ``when[2]``."""
    return "when" if len(rule.when.terms) == 1 else f"when[{number}]"


def placed_choices(rule: Rule) -> Iterator[tuple[str, StageChoice]]:
    """Give every predicate and action with its place: ``when``, ``if[0]``, ``on_enter[1]``."""
    for number, term in enumerate(rule.when.terms):
        yield term_place(rule, number), term.event
    for number, term in enumerate(rule.only_if):
        yield f"if[{number}]", term.event
    for key, name in ACTION_LISTS.items():
        for number, action in enumerate(getattr(rule, name)):
            yield f"{key}[{number}]", action


def missing_references(
    rules: Sequence[Rule], zones: Mapping[int, Sequence[Zone]], where: str = "rules"
) -> dict[int, list[Problem]]:
    """Return, by number of the rule, what its settings name that is not there; such a rule is not evaluated.

    Parameters
    ----------
    zones : mapping
        The zones of each camera.
    """
    rule_names = {rule.name for rule in rules}
    found: dict[int, list[Problem]] = {}
    for number, rule in enumerate(rules):
        cameras = [camera for camera in zones if not rule.subject.cameras or camera in rule.subject.cameras]
        usable = [zone for camera in cameras for zone in zones[camera]]
        known = {
            "zone": {zone.name for zone in usable if zone.shape.kind not in ("line", "mark")},
            "line": {zone.name for zone in usable if zone.shape.kind in ("line", "half_plane")},
            "mark": {zone.name for zone in usable if zone.shape.kind == "mark"},
            "rule": rule_names - {rule.name},
        }
        for place, chosen in placed_choices(rule):
            for info in describe(type(chosen.params)):
                name = getattr(chosen.params, info.name)
                if info.refers_to not in known or name is None:
                    continue
                names = known[info.refers_to]
                if name not in names and info.applies(chosen.params):
                    listed = ", ".join(sorted(names)) or "none"
                    found.setdefault(number, []).append(
                        Problem(
                            f"{where}[{number}].{place}.{info.name}",
                            f"there is no {info.refers_to} called {shown(name)} (known: {listed})",
                        )
                    )
    return found


def without_dangling(
    rules: Sequence[Rule], zones: Mapping[int, Sequence[Zone]], where: str, problems: list[Problem]
) -> tuple[Rule, ...]:
    """Return the rules with those switched off that name what is not there; each is told once, not at every opening."""
    missing = missing_references(rules, zones, where)
    kept = []
    for number, rule in enumerate(rules):
        lacks = missing.get(number, []) if rule.enabled else []
        problems += lacks
        kept.append(replace(rule, enabled=False) if lacks else rule)
    return tuple(kept)


def conflicts(rules: Sequence[Rule]) -> list[tuple[str, str, str]]:
    """Return (rule, rule, output) for each output that two rules which are switched on both drive."""
    users: dict[str, list[str]] = {}
    for rule in rules:
        if not rule.enabled:
            continue
        outputs = {each.make().output for each in rule.actions if each.enabled}
        for output in sorted(outputs - {""}):
            users.setdefault(output, []).append(rule.name)
    return [
        (one, other, output)
        for output, names in users.items()
        for position, one in enumerate(names)
        for other in names[position + 1 :]
    ]


def without_camera(rules: Sequence[Rule], number: int) -> tuple[Rule, ...]:
    """Return the rules after one camera was taken away: those behind it move up, a rule for it alone goes off."""
    changed = []
    for rule in rules:
        cameras = rule.subject.cameras
        kept = tuple(each - (each > number) for each in cameras if each != number)
        rule = replace(rule, subject=rule.subject.model_copy(update={"cameras": kept}))
        changed.append(replace(rule, enabled=False) if cameras and not kept else rule)
    return tuple(changed)
