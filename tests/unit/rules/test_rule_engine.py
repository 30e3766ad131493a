"""What a rule does on entering, while it lasts and on leaving; for whom; and why it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.engine.rules.decision import decision_log
from tracker_gui.engine.rules.why import why

if TYPE_CHECKING:
    from collections.abc import Callable

OUT, IN, GONE = (150.0, 90.0), (50.0, 50.0), None
IN_NEST = {"event": "in_zone", "zone": "nest"}
MARK = {"action": "marker"}


def test_every_frame_is_evaluated_once_for_each_animal(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST})
    walked.step({1: OUT, 2: OUT})
    walked.step({1: IN, 2: OUT})
    walked.step({1: IN, 2: IN})
    assert [(each.frame, each.subject) for each in walked.decisions] == [(1, "1"), (2, "2")]


def test_animals_that_change_places_in_the_list_are_not_taken_for_each_other(
    walk: Callable[..., Any], make_snapshot: Callable[..., Any]
) -> None:
    walked = walk({"when": IN_NEST, "on_enter": [MARK], "on_exit": [MARK]})
    for first, second in ((OUT, OUT), (OUT, IN), (OUT, IN)):
        walked.step({1: first, 2: second})
    swapped = walked.memory.see(make_snapshot(3, {1: IN, 2: OUT}))
    swapped.animals.reverse()
    changes = walked.engine.step(swapped)
    assert [(each.subject, each.moment) for each in changes] == [("2", "exit"), ("1", "enter")]


def test_all_predicates_come_before_any_action(walk: Callable[..., Any]) -> None:
    to_test = {"when": IN_NEST, "on_enter": [{"action": "set_phase", "phase": "test"}]}
    in_test = {"when": IN_NEST, "if": [{"event": "phase", "name": "test"}]}
    walked = walk(to_test, in_test).lead(OUT, IN, OUT, IN)
    assert [(each.frame, each.rule, each.suppressed_by) for each in walked.decisions] == [
        (1, "rule 0", ""), (1, "rule 1", "if: Phase"), (3, "rule 0", ""), (3, "rule 1", ""),
    ]  # fmt: skip


def test_actions_come_in_the_order_of_the_rules_and_then_of_their_lists(walk: Callable[..., Any]) -> None:
    labels = [[{"action": "marker", "label": f"{rule}{step}"} for step in "ab"] for rule in "12"]
    walked = walk({"when": IN_NEST, "on_enter": labels[0]}, {"when": IN_NEST, "on_enter": labels[1]}).lead(OUT, IN)
    assert [each.payload for each in walked.decisions] == ["1a", "1b", "2a", "2b"]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"who": "any"}, [(1, "enter"), (4, "exit")]),
        ({"who": "all"}, [(2, "enter"), (3, "exit")]),
        ({"who": "none"}, [(4, "enter")]),
        ({"who": "count", "at_least": 2}, [(2, "enter"), (3, "exit")]),
        ({"who": "each", "animals": [2]}, [(2, "enter"), (3, "exit")]),
    ],
)
def test_animals_together(walk: Callable[..., Any], subject: dict[str, Any], expected: list[tuple[int, str]]) -> None:
    walked = walk({"when": IN_NEST, "subject": subject, "on_enter": [MARK], "on_exit": [MARK]})
    for first, second in ((OUT, OUT), (IN, OUT), (IN, IN), (IN, OUT), (OUT, OUT)):
        walked.step({1: first, 2: second})
    assert walked.done() == expected


def test_a_missing_animal_neither_completes_nor_breaks_all_within_the_grace_time(walk: Callable[..., Any]) -> None:
    rule = {
        "when": IN_NEST,
        "subject": {"who": "all"},
        "timing": {"grace_s": 0.25},
        "on_enter": [MARK],
        "on_exit": [MARK],
    }
    walked = walk(rule)
    for second in (OUT, GONE, GONE, IN, GONE, GONE, GONE):
        walked.step({1: IN, 2: second})
    assert walked.done() == [(3, "enter"), (6, "exit")]


def test_pairs(walk: Callable[..., Any]) -> None:
    near = {"event": "distance", "limit_px": 30, "margin_px": 20, "least_px": 2}
    walked = walk({"when": near, "subject": {"who": "pair"}, "on_enter": [MARK], "on_exit": [MARK]})
    for x in (100, 25, 45, 60, 1):
        walked.step({1: (0.0, 0.0), 2: (float(x), 0.0), 3: (500.0, 0.0)})
    assert [(each.frame, each.subject, each.moment) for each in walked.decisions] == [
        (1, "1+2", "enter"),
        (3, "1+2", "exit"),
    ]


def test_one_level_of_and_or_not(walk: Callable[..., Any]) -> None:
    left = {"event": "expression", "text": "x < 100"}
    both = {"all": [{**IN_NEST, "not": True}, left]}
    either = {"any": [IN_NEST, {**left, "not": True}]}
    walked = walk({"when": both}, {"when": either})
    for place in ((50, 50), (20, 90), (150, 90), (50, 50)):
        walked.step({1: place})
    done = [(each.frame, each.rule) for each in walked.decisions if not each.suppressed_by]
    assert done == [(1, "rule 0"), (2, "rule 1")]


def test_what_is_unknown_decides_only_where_the_rest_does_not(walk: Callable[..., Any]) -> None:
    speed = {"event": "speed", "window": 3, "limit_px_s": 1}
    walked = walk({"when": {"any": [IN_NEST, speed]}}, {"when": {"all": [IN_NEST, speed]}}).lead(OUT, IN)
    assert [(each.frame, each.rule) for each in walked.decisions] == [(1, "rule 0")]


def test_what_was_opened_is_closed_even_within_the_cooldown(walk: Callable[..., Any]) -> None:
    rule = {"when": IN_NEST, "limits": {"cooldown_s": 60}, "on_enter": [MARK], "on_exit": [MARK]}
    walked = walk(rule).lead(OUT, IN, OUT, IN, OUT)
    assert walked.rows() == [
        (1, "1", "enter", ""), (2, "1", "exit", ""), (3, "1", "enter", "cooldown"),
        (4, "1", "exit", "did nothing on entering"),
    ]  # fmt: skip


def test_what_is_only_done_on_leaving_has_the_limits_there(walk: Callable[..., Any]) -> None:
    rule = {"when": IN_NEST, "limits": {"per_session": 1}, "on_exit": [MARK]}
    assert walk(rule).lead(OUT, IN, OUT, IN, OUT).rows() == [
        (2, "1", "exit", ""), (4, "1", "exit", "limit of the session")
    ]  # fmt: skip


def test_a_suppressed_action_uses_up_no_cooldown(walk: Callable[..., Any]) -> None:
    rule = {"when": IN_NEST, "if": [{"event": "session_time", "from_s": 0.3}], "limits": {"cooldown_s": 60}}
    assert walk(rule).lead(OUT, IN, OUT, IN).rows() == [
        (1, "1", "enter", "if: Time of the session"), (3, "1", "enter", "")
    ]  # fmt: skip


def test_at_once_acts_again_as_often_as_the_cooldown_lets_it(walk: Callable[..., Any]) -> None:
    rule = {"when": IN_NEST, "limits": {"again": "at_once", "cooldown_s": 0.5}}
    assert walk(rule).lead(OUT, *[IN] * 10, GONE, IN).done() == [(1, "enter"), (5, "enter"), (9, "enter")]


def test_by_hand_waits_for_a_person(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST, "limits": {"again": "by_hand"}}).lead(OUT, IN, OUT, IN, OUT)
    walked.engine.make_ready("rule 0")
    walked.lead(IN)
    assert walked.rows() == [
        (1, "1", "enter", ""), (3, "1", "enter", "waits to be made ready by hand"), (5, "1", "enter", "")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"busy": "ignore"}, [(1, ""), (3, "busy"), (9, "")]),
        ({"busy": "parallel"}, [(1, ""), (3, ""), (9, "")]),
        ({"busy": "queue", "queue": 1}, [(1, ""), (3, "queued"), (7, ""), (9, "queued")]),
    ],
)
def test_still_busy_when_it_is_due_again(
    walk: Callable[..., Any], limits: dict[str, Any], expected: list[tuple[int, str]]
) -> None:
    lasting = {"action": "command", "argv": ["true"], "lasts_s": 0.75}
    walked = walk({"when": IN_NEST, "limits": limits, "on_enter": [lasting]}).lead(OUT, IN, OUT, *[IN] * 5, OUT, IN)
    assert [(each.frame, each.suppressed_by) for each in walked.decisions] == expected


def test_while_it_lasts_every_so_often_without_a_burst_after_a_gap(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST, "timing": {"repeat_s": 0.5, "missing": "ignore"}, "while": [MARK]})
    for t_s, place in ((0.0, OUT), (0.125, IN), (0.6, IN), (0.625, IN), (1.0, IN), (1.9, IN), (2.0, IN), (2.2, IN)):
        walked.step({1: place}, t_s=t_s)
    assert [each.t_s for each in walked.decisions if each.moment == "while"] == [0.625, 1.9, 2.2]


def test_rules_see_which_others_are_active_one_frame_later(walk: Callable[..., Any]) -> None:
    other = {"when": {"event": "rule_active", "rule": "rule 1"}}
    walked = walk(other, {"when": IN_NEST}).lead(OUT, IN, IN)
    assert [(each.frame, each.rule) for each in walked.decisions] == [(1, "rule 1"), (2, "rule 0")]


def test_a_disarmed_rule_decides_and_does_nothing(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST, "on_enter": [{"action": "set_phase", "phase": "two"}]}, armed=False).lead(OUT, IN)
    assert walked.rows() == [(1, "1", "enter", "disarmed")]
    assert walked.engine.phase == ""
    walked.engine.arm()
    assert walked.lead(IN, OUT, IN).rows()[1:] == [
        (2, "1", "enter", "so already at the start"), (4, "1", "enter", "")
    ]  # fmt: skip
    assert walked.engine.phase == "two"


def test_nothing_was_sent_so_the_limit_is_given_back(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST, "limits": {"per_session": 1}, "on_enter": [{"action": "command", "argv": ["x"]}]})
    walked.engine.follows_results = True
    walked.lead(OUT, IN, OUT)
    walked.engine.settle(walked.decisions[0].number, sent=False)
    walked.lead(IN, OUT)
    walked.engine.settle(walked.decisions[1].number, sent=True)
    walked.lead(IN)
    assert [each.suppressed_by for each in walked.decisions] == ["", "", "limit of the session"]


def test_an_id_that_is_gone_for_good_ends_what_it_began_and_leaves_no_memory(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST, "timing": {"missing": "ignore"}, "on_enter": [MARK], "on_exit": [MARK]})
    walked.step({1: OUT}, fixed=False, t_s=0.0)
    walked.step({1: IN}, fixed=False, t_s=1.5)
    for minute in range(1, 5):
        walked.step({2: OUT}, fixed=False, t_s=60.0 * minute)
    assert [(each.subject, each.moment) for each in walked.decisions] == [("1", "enter"), ("1", "exit")]
    assert list(walked.engine.rules[0].machines) == [2]


def test_why_it_did_not_act_is_told_for_each_animal(walk: Callable[..., Any]) -> None:
    fast = {"event": "speed", "limit_px_s": 100, "window": 1}
    rule = {"when": {"all": [IN_NEST, fast]}, "if": [{"event": "phase", "name": "test"}], "timing": {"on_for": 1.0}}
    walked = walk(rule)
    walked.step({1: OUT, 2: OUT, 3: OUT})
    walked.step({1: (40.0, 50.0), 2: OUT, 3: GONE})
    walked.step({1: (60.0, 50.0), 2: OUT, 3: GONE})
    assert [str(each) for each in why(walked.engine, "rule 0")] == [
        "1: beginning for 0.1 s (2 frames), is in nest: yes, is faster than 100 px/s: yes (160 px/s), "
        "if the phase is test: no",
        "2: idle, is in nest: no, is faster than 100 px/s: no (0 px/s), if the phase is test: no",
        "3: idle, is in nest: not known, is faster than 100 px/s: not known, if the phase is test: no",
    ]
    assert why(walked.engine, "no such rule") == []


def test_the_log_is_the_same_bytes_for_the_same_frames(walk: Callable[..., Any]) -> None:
    def log() -> bytes:
        walked = walk(
            {"when": IN_NEST, "name": 'a "door", ünd\nmore', "on_enter": [{"action": "marker", "label": "${x_px}"}]}
        )
        return decision_log(walked.lead(OUT, IN, OUT, IN).decisions)

    assert log() == log()
    assert log().decode("utf-8").splitlines()[-1].endswith('more",1,test,3,0.375000,enter,marker,50.0,')


def test_a_counter_counts_for_each_animal(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST, "on_enter": [{"action": "count_up", "counter": "visits of ${subject}"}]})
    for first, second in ((OUT, OUT), (IN, OUT), (OUT, IN), (IN, OUT)):
        walked.step({1: first, 2: second})
    assert walked.engine.counters == {"visits of 1": 2, "visits of 2": 1}
