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
    "each": "an animal", "any": "any animal", "all": "every animal", "none": "no animal", "pair": "a pair of animals",
}  # fmt: skip
NOTHING_YET = "(nothing yet)"
WRITE_DOWN = "write it down"
#: The place of the word between two predicates, which says whether all or any must be so.
JOIN = "join"
#: A text of the sentence, and the part of the rule that it speaks of, such as ``when[0]``; empty for what ties them.
Piece = tuple[str, str]


def sentence(rule: Rule) -> str:
    """Return the whole rule: "When an animal is in nest, for 0.2 s: virtual board: door to 90"."""
    return "".join(text for text, _ in pieces(rule))


def pieces(rule: Rule) -> list[Piece]:
    """Return the sentence in pieces, each with the part of the rule that it stands for."""
    parts: list[Piece] = [("When ", "")]
    if not is_of_scene(rule):
        parts += [(watched_words(rule), "subject"), (" ", "")]
    join = f" {'and' if rule.when.join == 'all' else 'or'} "
    parts += _joined([(term_words(each), f"when[{n}]") for n, each in enumerate(rule.when.terms)], join, JOIN)
    if not rule.when.terms:
        parts.append((NOTHING_YET, "when"))
    if rule.only_if:
        conditions = [(term_words(each), f"if[{n}]") for n, each in enumerate(rule.only_if)]
        parts += [(", if ", ""), *_joined(conditions, " and ")]
    timing = rule.timing
    if timing.on_for:
        parts += [(", for ", ""), (_duration(timing.on_for, timing.on_unit), "timing")]
    parts += [(": ", ""), *(_done(rule.on_enter, "on_enter") or [(WRITE_DOWN, "on_enter")])]
    if rule.repeat:
        parts += [
            ("; every ", ""), (f"{timing.repeat_s:g} s", "timing"), (" while it lasts: ", ""),
            *_done(rule.repeat, "while"),
        ]  # fmt: skip
    if rule.on_exit:
        parts.append(("; when it is over", ""))
        if timing.off_for:
            parts += [(" for ", ""), (_duration(timing.off_for, timing.off_unit), "timing")]
        parts += [(": ", ""), *_done(rule.on_exit, "on_exit")]
    return parts


def _done(actions: Sequence[StageChoice], key: str) -> list[Piece]:
    said = [(choice_words(each), f"{key}[{n}]") for n, each in enumerate(actions) if each.enabled]
    return _joined(said, ", then ")


def _joined(parts: list[Piece], tie: str, place: str = "") -> list[Piece]:
    return [piece for n, part in enumerate(parts) for piece in (((tie, place), part) if n else (part,))]


def is_of_scene(rule: Rule) -> bool:
    """Return whether a rule speaks of the whole scene and of no animal."""
    kinds = [registry.load(term.event.kind, term.event.stage) for term in rule.when.terms]
    return bool(kinds) and all(getattr(kind, "of_scene", False) for kind in kinds)


def watched_words(rule: Rule) -> str:
    """Return whom a rule watches."""
    subject = rule.subject
    words = f"at least {subject.at_least} animals" if subject.who == "count" else WATCHED[subject.who]
    listed = [*(str(each) for each in subject.animals), *subject.identities]
    return f"{words} of {', '.join(listed)}" if listed else words


def term_words(term: Term) -> str:
    """Return one predicate."""
    words = choice_words(term.event)
    if not term.negated:
        return words
    return f"is not {words.removeprefix('is ')}" if words.startswith("is ") else f"not ({words})"


def choice_words(chosen: StageChoice) -> str:
    """Return a predicate or an action with the settings that are not as they come."""
    if phrase := chosen.make().phrase:
        return str(phrase)
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
