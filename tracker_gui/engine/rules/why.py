"""Why a rule did not act: where each of its subjects stands, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_gui.engine.rules.compiled import truths_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Scene
    from tracker_gui.engine.rules.compiled import CompiledRule, Part
    from tracker_gui.engine.rules.engine import RuleEngine

STATES = {
    "idle": "it waits",
    "active": "it has begun and is not over yet",
    "watched": "counted together with the others",
    "active since the start": "it was so already at the start, and must be over once before it counts",
}
WORDS = {True: "yes", False: "no", None: "not known"}


@dataclass(frozen=True, slots=True)
class PartSaid:
    """What one predicate said last: its title, the answer, and what it measured."""

    title: str
    truth: Truth
    value: float | None
    unit: str

    def __str__(self) -> str:
        measured = (
            "" if self.value is None else f" ({f'{self.value:.1f}'.removesuffix('.0')} {self.unit})".replace(" )", ")")
        )
        return f"{self.title}: {WORDS[self.truth]}{measured}"


@dataclass(frozen=True, slots=True)
class Why:
    """Where one subject of a rule stands.

    Attributes
    ----------
    state : str
        In words: idle, active, beginning, ending.
    suppressed_by : str
        Why it did not act when it was due last; empty where it acted, or was never due.
    """

    subject: str
    state: str
    said: tuple[PartSaid, ...]
    conditions: tuple[PartSaid, ...]
    suppressed_by: str

    def __str__(self) -> str:
        parts = [self.state, *map(str, self.said), *(f"if {each}" for each in self.conditions)]
        if self.suppressed_by:
            parts.append(f"last held back: {self.suppressed_by}")
        return f"{self.subject or 'scene'}: {', '.join(parts)}"


def why(engine: RuleEngine, name: str) -> list[Why]:
    """Return one entry for each subject of a rule; none before the first frame."""
    scene = engine.newest_scene
    rule = next((each for each in engine.rules if each.rule.name == name), None)
    if scene is None or rule is None:
        return []
    together = bool(rule.machines) and "" in rule.machines and not rule.is_of_scene
    keys: list[Hashable] = [*rule.keys, ""] if together else list(rule.keys)
    return [_of(key, rule, engine, scene) for key in keys]


def _of(key: Hashable, rule: CompiledRule, engine: RuleEngine, scene: Scene) -> Why:
    def said(parts: list[Part]) -> tuple[PartSaid, ...]:
        return tuple(_said(part, key, engine, scene) for part in parts)

    machine = rule.machines.get(key)
    state = "watched"
    if machine is not None:
        state = "active" if machine.active else "idle"
        if machine.silent:
            state = "active since the start"
        elif machine.run_frames:
            state = f"{'ending' if machine.active else 'beginning'} for {scene.t_s - machine.run_start_s:.1f} s"
            state += f" ({machine.run_frames} frames)"
    text = "+".join(map(str, key)) if isinstance(key, tuple) else str(key)
    if key == "" and not rule.is_of_scene:
        text = rule.rule.subject.who
        return Why(text, state, (), said(rule.conditions), rule.suppressed_by.get(key, ""))
    return Why(text, state, said(rule.parts), said(rule.conditions), rule.suppressed_by.get(key, ""))


def _said(part: Part, key: Hashable, engine: RuleEngine, scene: Scene) -> PartSaid:
    predicate = part.predicate
    reading = engine.readings[id(predicate)]
    title = predicate.phrase or predicate.title.lower()
    title = f"not: {title}" if part.negated else title
    values = reading.values
    if predicate.of_scene:
        (truth,) = truths_of(part, engine.readings, scene, [None], False)
        return PartSaid(title, truth, values[0] if values else None, predicate.unit)
    ids = [animal.id for animal in scene.animals]
    if isinstance(key, tuple):
        rows = tuple(ids.index(each) for each in key if each in ids)
        if len(rows) != len(key):
            return PartSaid(title, None, None, predicate.unit)
        pair = predicate.step_pairs(scene, [(rows[0], rows[1])], reading)
        truth = pair.truths[0]
        negated = None if truth is None else truth is not part.negated
        return PartSaid(title, negated, pair.values[0] if pair.values else None, predicate.unit)
    if key not in ids:
        return PartSaid(title, None, None, predicate.unit)
    row = ids.index(key)
    truth = truths_of(part, engine.readings, scene, list(range(len(ids))), False)[row]
    return PartSaid(title, truth, values[row] if values else None, predicate.unit)


def why_sentences(whys: list[Why]) -> list[str]:
    """Return one sentence for each subject: what its predicates say, where it stands, why it was held back."""
    sentences = []
    for each in whys:
        who = f"Animal {each.subject}" if each.subject.isdecimal() else each.subject.capitalize() or "The scene"
        said = "; ".join(map(str, (*each.said, *each.conditions)))
        last = f" When it was due last it was held back: {each.suppressed_by}." if each.suppressed_by else ""
        state = STATES.get(each.state, each.state)
        sentences.append(f"{who}: {said}{'; ' if said else ''}{state}.{last}")
    return sentences
