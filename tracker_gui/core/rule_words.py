"""A rule as a sentence that a person reads, made from the titles of its parts and the settings that matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker_gui.core import registry
from tracker_gui.core.params import Kind, SettingInfo, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.choices import StageChoice
    from tracker_gui.core.rules import Rule, Term

WATCHED = {
    "each": "an animal", "any": "any animal", "all": "all animals", "none": "no animal", "pair": "two animals",
}  # fmt: skip


def sentence(rule: Rule) -> str:
    """Return the whole rule: "When an animal: in a zone (nest), for 0.2 s: run a program (open-door)"."""
    parts = [f"When {watched_words(rule)}: {when_words(rule)}"]
    if rule.only_if:
        parts.append("if " + " and ".join(map(term_words, rule.only_if)))
    timing = rule.timing
    if timing.on_for:
        parts.append(f"for {_duration(timing.on_for, timing.on_unit)}")
    text = ", ".join(parts) + ": " + (actions_words(rule.on_enter) or "write it down")
    if rule.repeat:
        text += f"; every {timing.repeat_s:g} s while it lasts: {actions_words(rule.repeat)}"
    if rule.on_exit:
        after = f" for {_duration(timing.off_for, timing.off_unit)}" if timing.off_for else ""
        text += f"; when it is over{after}: {actions_words(rule.on_exit)}"
    return text


def watched_words(rule: Rule) -> str:
    """Return whom a rule watches."""
    subject = rule.subject
    words = f"at least {subject.at_least} animals" if subject.who == "count" else WATCHED[subject.who]
    listed = [*(str(each) for each in subject.animals), *subject.identities]
    return f"{words} of {', '.join(listed)}" if listed else words


def when_words(rule: Rule) -> str:
    """Return what must be so."""
    join = " and " if rule.when.join == "all" else " or "
    return join.join(map(term_words, rule.when.terms)) or "(nothing yet)"


def term_words(term: Term) -> str:
    """Return one predicate."""
    return f"not {choice_words(term.event)}" if term.negated else choice_words(term.event)


def actions_words(actions: Sequence[StageChoice]) -> str:
    """Return what is done, in order; what is switched off is left out."""
    return ", then ".join(choice_words(each) for each in actions if each.enabled)


def choice_words(chosen: StageChoice) -> str:
    """Return a predicate or an action with the settings that are not as they come."""
    title = registry.load(chosen.kind, chosen.stage).title
    settings = [
        _setting_words(info, value)
        for info in describe(type(chosen.params))
        if (value := getattr(chosen.params, info.name)) != info.default and info.applies(chosen.params)
    ]
    words = title[:1].lower() + title[1:]
    return f"{words} ({', '.join(settings)})" if settings else words


def _setting_words(info: SettingInfo, value: Any) -> str:
    if info.kind is Kind.TEXTS:
        return " ".join(value)
    if info.refers_to or info.kind is Kind.TEXT:
        return str(value)
    if info.kind is Kind.BOOL:
        return info.title.lower() if value else f"not {info.title.lower()}"
    words = f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
    return f"{info.title.lower()} {words} {info.unit}".rstrip()


def _duration(value: float, unit: str) -> str:
    return f"{value:g} {'s' if unit == 'seconds' else 'frames'}"
