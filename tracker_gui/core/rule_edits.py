"""Changes of one rule, part by part: a part is named as in its sentence, such as ``when[0]`` or ``on_enter[1]``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracker_gui.core.params import describe
from tracker_gui.core.rules import ACTION_LISTS, GROUPS, Rule, Term, When, free_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.choices import StageChoice

_PLACE = re.compile(r"(\w+)\[(\d+)\]")
TERM_LISTS = ("when", "if")


def place_of(place: str) -> tuple[str, int]:
    """Return list and number of a part; -1 where the whole list is named."""
    match = _PLACE.fullmatch(place)
    return (match[1], int(match[2])) if match else (place, -1)


def listed(rule: Rule, key: str) -> tuple[Any, ...]:
    """Return the terms or actions of a list of the rule."""
    if key == "when":
        return rule.when.terms
    return rule.only_if if key == "if" else tuple(getattr(rule, ACTION_LISTS[key]))


def part_at(rule: Rule, place: str) -> Any:
    """Return a group of settings, a term or an action; None where it is not there."""
    key, number = place_of(place)
    if key in GROUPS:
        return getattr(rule, key)
    parts = listed(rule, key)
    return parts[number] if 0 <= number < len(parts) else None


def with_list(rule: Rule, key: str, parts: Sequence[Any]) -> Rule:
    """Return the rule with another list."""
    if key == "when":
        return replace(rule, when=When(tuple(parts), rule.when.join))
    name = "only_if" if key == "if" else ACTION_LISTS[key]
    return replace(rule, **{name: tuple(parts)})  # type: ignore[arg-type]


def with_part(rule: Rule, place: str, part: Any) -> Rule:
    """Return the rule with one part changed, or added behind the others where the whole list is named."""
    key, number = place_of(place)
    if key in GROUPS:
        return replace(rule, **{key: part})
    parts = list(listed(rule, key))
    if number < 0:
        parts.append(part)
    else:
        parts[number] = part
    return with_list(rule, key, parts)


def without_part(rule: Rule, place: str) -> Rule:
    """Return the rule without a term or an action."""
    key, number = place_of(place)
    return with_list(rule, key, [part for n, part in enumerate(listed(rule, key)) if n != number])


def with_choice(rule: Rule, place: str, chosen: StageChoice) -> Rule:
    """Return the rule with another predicate or action at a place; a predicate keeps its "not"."""
    key, _ = place_of(place)
    if key not in TERM_LISTS:
        return with_part(rule, place, chosen)
    before = part_at(rule, place)
    return with_part(rule, place, Term(chosen, before.negated if before is not None else False))


def moved(rules: Sequence[Rule], number: int, by: int) -> tuple[Rule, ...]:
    """Return the rules with one of them so many places further down, or as many as there are."""
    others = [rule for n, rule in enumerate(rules) if n != number]
    others.insert(max(0, min(number + by, len(others))), rules[number])
    return tuple(others)


def duplicated(rules: Sequence[Rule], number: int) -> tuple[Rule, ...]:
    """Return the rules with a copy behind one of them."""
    rule = rules[number]
    copy = replace(rule, name=free_name(rule.name, {each.name for each in rules}))
    return (*rules[: number + 1], copy, *rules[number + 1 :])


def added(rules: Sequence[Rule], rule: Rule) -> tuple[Rule, ...]:
    """Return the rules with one more at the end, under a name that is free."""
    return (*rules, replace(rule, name=free_name(rule.name, {each.name for each in rules})))


def with_name_replaced(rule: Rule, kind: str, old: str, new: str) -> Rule:
    """Return the rule with every setting that names one thing naming another, such as a zone that is gone."""
    for key in (*TERM_LISTS, *ACTION_LISTS):
        parts = []
        for part in listed(rule, key):
            chosen = part.event if isinstance(part, Term) else part
            chosen = _renamed(chosen, kind, old, new)
            parts.append(replace(part, event=chosen) if isinstance(part, Term) else chosen)
        rule = with_list(rule, key, parts)
    return rule


def _renamed(chosen: StageChoice, kind: str, old: str, new: str) -> StageChoice:
    names = [i.name for i in describe(type(chosen.params)) if i.refers_to == kind]
    changes = {name: new for name in names if getattr(chosen.params, name) == old}
    return replace(chosen, params=chosen.params.model_copy(update=changes)) if changes else chosen
