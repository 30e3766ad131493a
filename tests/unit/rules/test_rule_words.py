"""A rule reads as a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracker_gui.core.preset import Preset
from tracker_gui.core.rule_words import pieces, sentence
from tracker_gui.core.rules import Rule, Timing
from tracker_gui.exchange.preset_difference import Part, differences, take

if TYPE_CHECKING:
    from collections.abc import Callable

IN_NEST = {"event": "in_zone", "zone": "nest", "margin_px": 5}


def test_a_rule_reads_as_a_sentence(make_preset: Callable[..., Any]) -> None:
    door = {
        "when": {"all": [IN_NEST, {"event": "speed", "not": True}]}, "if": [{"event": "phase", "name": "test"}],
        "subject": {"who": "any", "animals": [1, 2]}, "timing": {"on_for": 30, "on_unit": "frames", "off_for": 0.5},
        "on_enter": [{"action": "command", "argv": ["open", "${subject}"]}, {"action": "marker"}],
        "while": [{"action": "count_up"}], "on_exit": [{"action": "set_phase", "phase": "two"}],
    }  # fmt: skip
    assert sentence(make_preset(door).rules[0]) == (
        "When any animal of 1, 2 is in nest and is not faster than 100 px/s, if the phase is test, for 30 frames: "
        "run open, then mark it in the log; every 1 s while it lasts: count it; "
        "when it is over for 0.5 s: begin the phase two"
    )


def test_a_rule_that_is_only_begun_reads_too() -> None:
    assert sentence(Rule(name="new")) == "When an animal (nothing yet): write it down"


def test_a_rule_about_the_whole_scene_names_no_animal(make_preset: Callable[..., Any]) -> None:
    rule = make_preset({"when": {"event": "count", "number": 3}}).rules[0]
    assert sentence(rule) == "When 3 or more are in sight: mark it in the log"


def test_every_piece_of_a_sentence_names_the_part_it_stands_for(make_preset: Callable[..., Any]) -> None:
    rule = make_preset({"when": {"any": [{"event": "lost"}, {"event": "speed"}]}, "on_exit": [{"action": "marker"}]})
    places = [place for _, place in pieces(rule.rules[0]) if place]
    assert places == ["subject", "when[0]", "join", "when[1]", "on_enter", "on_exit[0]"]


def test_rules_are_compared_and_taken_like_the_steps_of_a_preset(make_preset: Callable[..., Any]) -> None:
    now, there = Preset(), make_preset({"when": IN_NEST}, zones=({"name": "nest", "shape": NEST},))
    found = [row for row in differences(now, there) if row.part is Part.RULES]
    assert [(row.stage, row.setting, row.now) for row in found] == [("rule 0", "Rule", "not used")]
    taken = take(now, there, [Part.RULES])
    assert taken.rules == there.rules
    later = replace(there, rules=(replace(there.rules[0], enabled=False, timing=Timing(grace_s=2)),))
    assert [(row.setting, row.now, row.there) for row in differences(there, later)] == [
        ("Rule", "used", "switched off"), ("Grace time, s", "0.5", "2")
    ]  # fmt: skip


NEST = {"kind": "circle", "centre": [10, 20], "radius": 5}
