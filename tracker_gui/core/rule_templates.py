"""Rules to begin with: the usual sentences, with a zone or a line that is there already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tracker_gui.core.choices import choice
from tracker_gui.core.rules import Rule, Subject, Term, Timing, When


@dataclass(frozen=True, slots=True)
class RuleTemplate:
    """A rule without its actions.

    Attributes
    ----------
    name : str
    title : str
        How its sentence begins, for menus: "When an animal enters a zone".
    event : str
        Its predicate.
    settings : dict
        Of the predicate.
    refers_to : str
        ``"zone"`` or ``"line"`` where it needs one, under the setting of the same name.
    """

    name: str
    title: str
    icon: str
    event: str
    settings: dict[str, Any] = field(default_factory=dict)
    refers_to: str = ""
    who: str = "each"
    on_for_s: float = 0.0

    def rule(self, place: str = "") -> Rule:
        """Return the rule; `place` is the name of the zone or line it is about."""
        named: dict[str, Any] = {self.refers_to: place} if self.refers_to and place else {}
        when = When((Term(choice("events", self.event, **self.settings, **named)),))
        subject, timing = Subject(who=self.who), Timing(on_for=self.on_for_s)  # type: ignore[arg-type]
        return Rule(name=f"{place} {self.name}".strip().capitalize(), when=when, subject=subject, timing=timing)


TEMPLATES = (
    RuleTemplate("entered", "When an animal enters", "location-enter", "zone_visit", refers_to="zone"),
    RuleTemplate("left", "When an animal leaves", "location-exit", "zone_visit", {"way": "left"}, "zone"),
    RuleTemplate("stays", "While an animal is in", "timer-sand", "in_zone", {}, "zone", on_for_s=1.0),
    RuleTemplate("crowd", "When several animals are in", "account-group", "count", {"number": 2}, "zone"),
    RuleTemplate("crossed", "When an animal crosses", "vector-line", "line_crossed", {}, "line"),
    RuleTemplate(
        "meeting", "When two animals meet", "handshake", "distance", {"limit_px": 60.0, "margin_px": 20.0}, who="pair"
    ),
    RuleTemplate("fast", "When an animal is fast", "speedometer", "speed"),
    RuleTemplate("still", "When an animal does not move", "sleep", "immobile"),
    RuleTemplate("lost", "When an animal is out of sight", "eye-off-outline", "lost"),
    RuleTemplate("regularly", "Again and again", "timer-outline", "every"),
    RuleTemplate("said", "When a board or a key says something", "message-outline", "message"),
)


def template(name: str) -> RuleTemplate:
    """Return one of the templates."""
    return next(each for each in TEMPLATES if each.name == name)
