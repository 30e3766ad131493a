"""Rules in a preset's document: what is saved comes back disarmed, and what is wrong is named by its place."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core import registry
from tracker_gui.core.preset import FORMAT, SCHEMA_VERSION, CameraSetup, Preset, choice, parse, to_document
from tracker_gui.core.rules import Limits, Rule, Subject, Term, Timing, When, conflicts, missing_references
from tracker_gui.core.zones import Zone
from tracker_gui.exchange.preset_schema import preset_schema

if TYPE_CHECKING:
    from pathlib import Path

NEST = Zone(name="nest", shape={"kind": "circle", "centre": (10, 20), "radius": 5})  # type: ignore[arg-type]
LINE = Zone(name="line", shape={"kind": "half_plane", "start": (0, 0), "end": (0, 9)})  # type: ignore[arg-type]


def rich(name: str = "Door") -> Rule:
    return Rule(
        name=name, about="opens it", subject=Subject(who="count", at_least=3, animals=(1, 2), identities=("Anna",)),
        when=When((Term(choice("events", "in_zone", zone="nest")), Term(choice("events", "speed"), True)), "any"),
        only_if=(Term(choice("events", "line_crossed", line="line")),),
        timing=Timing(on_for=3, on_unit="frames", missing="ignore"), limits=Limits(cooldown_s=5, busy="queue"),
        on_enter=(choice("actions", "command", argv=("a", "${subject}")), choice("actions", "marker", enabled=False)),
        repeat=(choice("actions", "count_up"),), on_exit=(choice("actions", "set_phase", phase="two"),),
    )  # fmt: skip


def preset(*rules: Rule) -> Preset:
    return Preset(zones=(NEST, LINE), rules=rules)


def read(*rules: dict[str, Any], **more: Any) -> tuple[Preset, list[str]]:
    document = to_document(preset()) | {"rules": list(rules)} | more
    made, problems = parse(document, "p.json")
    return made, [str(problem) for problem in problems]


def test_a_rule_comes_back_whole() -> None:
    document = json.loads(json.dumps(to_document(preset(rich(), Rule(name="Empty", when=rich().when)))))
    again, problems = parse(document, "p.json")
    assert not problems
    assert again == preset(rich(), Rule(name="Empty", when=rich().when))
    assert to_document(again) == document


def test_whether_it_is_armed_is_neither_written_nor_read() -> None:
    assert "armed" not in to_document(preset(rich()))["rules"][0]
    made, problems = read({"name": "Door", "armed": True, "when": {"event": "in_zone", "zone": "nest"}})
    assert problems == []
    assert not hasattr(made.rules[0], "armed")


IN_NEST = {"event": "in_zone", "zone": "nest"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"when": {"event": "in_zone", "zone": "nst"}}, 'when.zone: there is no zone called "nst" (known: line, nest)'),
        ({"when": {"all": [IN_NEST, {"event": "in_zone", "zone": "x"}]}}, 'when[1].zone: there is no zone called "x"'),
        ({"when": {"event": "line_crossed", "line": "nest"}}, 'when.line: there is no line called "nest" (known: li'),
        ({"when": {"event": "rule_active", "rule": "rule"}}, 'when.rule: there is no rule called "rule" (known: Good)'),
        ({"when": {"event": "in_zon"}}, 'when.event: there is no "in_zon" (known: appeared,'),
        ({"when": {**IN_NEST, "margin_px": -1}}, "when.margin_px: should be greater than or equal to 0, got -1"),
        ({"when": {**IN_NEST, "not": 1}}, "when.not: must be true or false, got 1"),
        ({"when": {**IN_NEST, "colour": 1}}, "when.colour: there is no such setting (known: zone,"),
        ({"when": 3}, 'when: must be {"event": ..., ...}, got 3'),
        ({"when": {"all": [], "any": []}}, 'when: must be {"event": ...}, {"all": [...]} or {"any": [...]}, got'),
        ({}, ': needs a "when"'),
        ({"when": {"event": "expression", "text": "x.y > 1"}}, "when.text: 'x.y' is not allowed"),
        ({"when": IN_NEST, "if": {}}, "if: must be a list [...], got {}"),
        ({"when": IN_NEST, "on_enter": [{"action": "ring"}]}, 'on_enter[0].action: there is no "ring" (known: clip,'),
        (
            {"when": IN_NEST, "on_enter": [{"action": "command", "argv": ["a", "${b}"]}]},
            "on_enter[0].argv[1]: there is no field ${b}",
        ),
        (
            {"when": IN_NEST, "on_enter": [{"action": "http", "url": "http://me:secret@door/"}]},
            "on_enter[0].url: must hold no user and password",
        ),
        ({"when": IN_NEST, "while": [7]}, 'while[0]: must be {"action": ..., ...}, got 7'),
        ({"when": IN_NEST, "timing": {"on_unit": "hours"}}, "timing.on_unit: should be 'seconds' or 'frames', got"),
        ({"when": IN_NEST, "name": ""}, 'name: must be text of 1 to 100 letters, got ""'),
        ({"when": IN_NEST, "enabled": 1}, "enabled: must be true or false, got 1"),
        ({"when": IN_NEST, "colour": 1}, "colour: there is no such setting"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_place_and_the_other_rules_are_kept(rule: dict[str, Any], expected: str) -> None:
    made, problems = read({"name": "Good", "when": IN_NEST}, {"name": "rule", **rule})
    expected = expected if expected.startswith(":") else f".{expected}"
    assert len(problems) == 1
    assert problems[0].startswith(f"p.json: rules[1]{expected}")
    assert made.rules[0].enabled


def test_a_login_of_an_address_may_come_from_the_environment() -> None:
    for url in ("http://${LOGIN}@door/", "https://${USER}:${PASSWORD}@door/x", "http://door/a@b", "${DOOR}"):
        assert choice("actions", "http", url=url).params.url == url  # type: ignore[attr-defined]


def test_a_rule_with_a_mistake_is_switched_off_and_never_half_obeyed() -> None:
    made, _ = read(
        {"when": {"all": [IN_NEST, {"event": "speed", "limit_px_s": "fast"}]}, "on_enter": [{"action": "marker"}]}
    )
    assert not made.rules[0].enabled
    assert len(made.rules[0].when.terms) == 2


def test_a_rule_that_names_what_is_not_there_is_told_once_and_off_from_then_on() -> None:
    made, problems = read({"when": {"event": "in_zone", "zone": "x"}})
    assert len(problems) == 1
    assert parse(to_document(made), "p.json") == (made, [])
    assert not made.rules[0].enabled


def test_two_rules_of_one_name_get_two_names() -> None:
    made, problems = read(*[{"name": "Door", "when": IN_NEST}] * 3)
    assert [rule.name for rule in made.rules] == ["Door", "Door (2)", "Door (3)"]
    assert problems == [f'p.json: rules[{n}].name: there is another rule called "Door"' for n in (1, 2)]


def test_what_is_no_list_of_rules_is_named() -> None:
    assert read(rules={}) == (preset(), ["p.json: rules: must be a list [...], got {}"])
    assert read(5)[1] == ["p.json: rules[0]: must be a group of settings {...}, got 5"]  # type: ignore[arg-type]


def test_files_of_an_action_are_kept_relative_to_the_preset(tmp_path: Path) -> None:
    rule = replace(rich(), on_enter=(choice("actions", "command", argv=("x",), folder=tmp_path / "tools"),))
    document = to_document(preset(rule), tmp_path)
    assert document["rules"][0]["on_enter"][0]["folder"] == "tools"
    assert parse(document, "p.json", tmp_path)[0] == preset(rule)


def test_a_zone_counts_where_a_camera_of_the_rule_has_it() -> None:
    both = Preset(more_cameras=(CameraSetup(zones=(NEST, LINE)),), rules=(rich(),))
    assert missing_references(both.rules, both.zones_by_camera) == {}
    first_only = replace(both, rules=(replace(rich(), subject=Subject(cameras=(0,))),))
    assert len(missing_references(first_only.rules, first_only.zones_by_camera)[0]) == 2


def test_rules_follow_when_a_camera_is_taken_away() -> None:
    rules = tuple(replace(rich(f"{cameras}"), subject=Subject(cameras=cameras)) for cameras in ((), (0, 2), (1,)))
    left = Preset(more_cameras=(CameraSetup(), CameraSetup()), rules=rules).without_camera(1)
    assert [(rule.subject.cameras, rule.enabled) for rule in left.rules] == [((), True), ((0, 1), True), ((), False)]


def test_two_rules_on_one_output_are_a_conflict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions" / "pin.py").write_text(
        "from tracker_gui.core.rule_stages import Action, Lane\n"
        "class Pin(Action):\n"
        "    title, about, lane = 'Pin', 'A pin.', Lane.REAL_TIME\n"
        "    output = 'board 1, pin 13'\n"
        "    def payload(self, facts):\n"
        "        return 'high'\n"
    )
    monkeypatch.setenv(registry.EXTRA_STAGES_VARIABLE, str(tmp_path))
    pin = choice("actions", "pin")
    rules = [replace(rich(name), on_enter=(pin,), on_exit=(pin,)) for name in "abc"]
    rules[1] = replace(rules[1], enabled=False)
    assert conflicts(rules) == [("a", "c", "board 1, pin 13")]


def test_the_schema_knows_every_event_and_action() -> None:
    rule = preset_schema()["properties"]["rules"]["items"]
    events = [
        each["properties"]["event"]["const"]
        for each in rule["properties"]["when"]["oneOf"]
        if "event" in each["properties"]
    ]
    actions = [each["properties"]["action"]["const"] for each in rule["properties"]["on_enter"]["items"]["oneOf"]]
    assert (tuple(events), tuple(actions)) == (registry.names("events"), registry.names("actions"))
    assert set(to_document(preset(rich()))["rules"][0]) <= set(rule["properties"])


@pytest.mark.parametrize("kind", ["events", "actions"])
def test_no_setting_has_the_name_of_a_key_beside_it(kind: str) -> None:
    taken = {"event", "not", "action", "enabled"}
    for name in registry.names(kind):
        assert not taken & set(registry.load(kind, name).Params.model_fields)


def test_format_and_version_are_unchanged_for_presets_without_rules() -> None:
    assert parse({"format": FORMAT, "schema_version": SCHEMA_VERSION}, "p.json")[0].rules == ()
