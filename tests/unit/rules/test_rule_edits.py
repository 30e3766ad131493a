"""Parts of a rule are changed one by one, each named as in the sentence."""

from __future__ import annotations

import pytest

from tracker_gui.core.choices import choice
from tracker_gui.core.rule_edits import (
    added,
    duplicated,
    moved,
    part_at,
    with_choice,
    with_name_replaced,
    with_part,
    without_part,
)
from tracker_gui.core.rule_templates import TEMPLATES, template
from tracker_gui.core.rule_words import pieces, sentence
from tracker_gui.core.rules import Rule, Term, Timing, When

NEST = choice("events", "in_zone", zone="nest")
MARK, DOOR = choice("actions", "marker"), choice("actions", "set_output")
RULE = Rule(name="one", when=When((Term(NEST, negated=True),)), on_enter=(MARK, DOOR))


def test_a_group_of_settings_takes_the_place_of_the_one_before() -> None:
    assert with_part(RULE, "timing", Timing(on_for=2)).timing.on_for == 2


def test_another_predicate_keeps_the_not_of_the_one_before() -> None:
    lost = choice("events", "lost")
    assert with_choice(RULE, "when[0]", lost).when.terms == (Term(lost, negated=True),)


def test_what_is_added_stands_behind_the_others() -> None:
    assert with_choice(RULE, "on_enter", MARK).on_enter == (MARK, DOOR, MARK)
    assert with_choice(RULE, "on_exit", DOOR).on_exit == (DOOR,)


def test_a_part_is_taken_out() -> None:
    assert without_part(RULE, "on_enter[0]").on_enter == (DOOR,)
    assert without_part(RULE, "when[0]").when.terms == ()


def test_every_part_of_a_sentence_is_found_where_it_says() -> None:
    for _, place in pieces(RULE):
        assert not place or part_at(RULE, place) is not None


@pytest.mark.parametrize(("by", "names"), [(-1, ["b", "a", "c"]), (1, ["a", "c", "b"]), (9, ["a", "c", "b"])])
def test_a_rule_is_moved_as_far_as_there_are_others(by: int, names: list[str]) -> None:
    rules = [Rule(name=name) for name in "abc"]
    assert [rule.name for rule in moved(rules, 1, by)] == names


def test_a_copy_stands_behind_its_rule_under_another_name() -> None:
    assert [rule.name for rule in duplicated((RULE, Rule(name="b")), 0)] == ["one", "one (2)", "b"]


def test_a_new_rule_gets_a_name_that_is_free() -> None:
    assert [rule.name for rule in added((RULE,), RULE)] == ["one", "one (2)"]


def test_a_zone_that_is_gone_is_replaced_everywhere_in_the_rule() -> None:
    mended = with_name_replaced(RULE, "zone", "nest", "arena")
    assert mended.when.terms[0].event.params.zone == "arena"  # type: ignore[attr-defined]


def test_the_words_of_a_template_are_those_of_its_rule() -> None:
    assert sentence(template("entered").rule("nest")) == "When an animal enters nest: write it down"
    assert sentence(template("stays").rule("nest")) == "When an animal is in nest, for 1 s: write it down"


@pytest.mark.parametrize("each", TEMPLATES, ids=lambda each: each.name)
def test_every_template_makes_a_rule_that_waits_for_something(each: object) -> None:
    rule = each.rule("here")  # type: ignore[attr-defined]
    assert len(rule.when.terms) == 1
    assert "nothing yet" not in sentence(rule)
