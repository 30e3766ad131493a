"""For how long, how often, and what of an animal that is missing: against slow references and one by one."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker_gui.core.rules import Limits, Timing
from tracker_gui.engine.rules.limits import Allowance
from tracker_gui.engine.rules.machine import Change, Machine
from tracker_gui.stages.events.speed import Speed, SpeedParams

if TYPE_CHECKING:
    from collections.abc import Callable

OUT, IN, GONE = (150.0, 90.0), (50.0, 50.0), None
IN_NEST = {"event": "in_zone", "zone": "nest"}

truths = st.lists(st.sampled_from([True, True, False, False, None]), min_size=1, max_size=60)
steps = st.lists(st.integers(1, 4), min_size=60, max_size=60)  # eighths of a second
timings = st.builds(
    Timing,
    on_for=st.integers(0, 12).map(lambda n: n / 8),
    on_unit=st.sampled_from(["seconds", "frames"]),
    off_for=st.integers(0, 12).map(lambda n: n / 8),
    off_unit=st.sampled_from(["seconds", "frames"]),
    missing=st.sampled_from(["hold", "out", "ignore"]),
    grace_s=st.integers(0, 8).map(lambda n: n / 8),
    at_start=st.just("act"),
)


def effective(raw: list[bool | None], times_s: list[float], timing: Timing) -> list[bool | None]:
    """Return what counts on each frame, each time from the whole past."""
    found: list[bool | None] = []
    for now, truth in enumerate(raw):
        if truth is not None:
            found.append(truth)
        elif timing.missing == "ignore":
            found.append(None)
        else:
            known = [times_s[i] for i in range(now) if raw[i] is not None] or [times_s[0]]
            holds = timing.missing == "hold" and times_s[now] - known[-1] <= timing.grace_s
            found.append(None if holds else False)
    return found


def changes_by_definition(raw: list[bool | None], times_s: list[float], timing: Timing) -> list[tuple[int, bool]]:
    """Return (frame, begins or ends): on each frame look back over the run that leads to it."""
    counts = effective(raw, times_s, timing)
    changes: list[tuple[int, bool]] = []
    active, changed_at = False, -1
    for now, truth in enumerate(counts):
        if truth is None or truth == active:
            continue
        run = []
        for past in range(now, changed_at, -1):
            if counts[past] == active:
                break
            if counts[past] is not None:
                run.append(past)
        needed, unit = (timing.on_for, timing.on_unit) if truth else (timing.off_for, timing.off_unit)
        lasted = len(run) if unit == "frames" else times_s[now] - times_s[run[-1]]
        if lasted >= needed:
            active, changed_at = truth, now
            changes.append((now, truth))
    return changes


@given(raw=truths, steps=steps, timing=timings)
@settings(max_examples=400, deadline=None)
def test_begins_and_ends_as_a_look_over_the_whole_past_says(
    raw: list[bool | None], steps: list[int], timing: Timing
) -> None:
    times_s = [sum(steps[:n]) / 8 for n in range(len(raw))]
    machine = Machine(known_s=0.0, start_s=0.0)
    changes = []
    for frame, (truth, t_s) in enumerate(zip(raw, times_s, strict=True)):
        change = machine.step(machine.effective(truth, t_s, timing), truth is not None, t_s, timing, is_moment=False)
        if change is not Change.NONE:
            changes.append((frame, change is Change.ENTER))
    assert changes == changes_by_definition(raw, times_s, timing)


@given(raw=truths, steps=steps, timing=timings)
@settings(max_examples=200, deadline=None)
def test_nothing_begins_on_a_frame_on_which_the_animal_is_missing(
    raw: list[bool | None], steps: list[int], timing: Timing
) -> None:
    times_s = [sum(steps[:n]) / 8 for n in range(len(raw))]
    machine = Machine(known_s=0.0, start_s=0.0)
    for truth, t_s in zip(raw, times_s, strict=True):
        change = machine.step(machine.effective(truth, t_s, timing), truth is not None, t_s, timing, is_moment=False)
        assert change is not Change.ENTER or truth is True


@given(
    occasions=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.booleans()), max_size=60),
    cooldown=st.integers(0, 6), own=st.booleans(), most=st.integers(0, 5), each=st.integers(0, 3),
    minute=st.integers(0, 4),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_limits_count_only_what_was_really_sent(
    occasions: list[tuple[int, str, bool]], cooldown: int, own: bool, most: int, each: int, minute: int
) -> None:
    limits = Limits(
        cooldown_s=cooldown, cooldown_of="subject" if own else "rule", per_session=most, per_subject=each,
        per_minute=minute,
    )  # fmt: skip
    allowance = Allowance(limits)
    sent: list[tuple[float, str]] = []
    t_s = 0.0
    for wait, subject, works in occasions:
        t_s += wait * 7.0
        before = [when for when, who in sent if not own or who == subject]
        expected = not (
            (most and len(sent) >= most)
            or (each and sum(who == subject for _, who in sent) >= each)
            or (cooldown and before and t_s - before[-1] < cooldown)
            or (minute and sum(t_s - when < 60 for when, _ in sent) >= minute)
        )
        assert (allowance.refusal(subject, t_s) == "") == expected
        if expected:
            allowance.take(subject, t_s)
            if works:
                sent.append((t_s, subject))
            else:
                allowance.give_back(subject, t_s)


@given(speeds=st.lists(st.integers(0, 40), min_size=2, max_size=60), margin=st.integers(0, 10))
@settings(max_examples=200, deadline=None)
def test_a_margin_keeps_it_on_until_it_has_fallen_back_by_more(speeds: list[int], margin: int) -> None:
    from tracker_gui.core.scene import Animal, Scene

    predicate = Speed(SpeedParams(limit_px_s=160, margin_px_s=8 * margin, window=1))
    predicate.reset()
    on, x = False, 0.0
    for frame, pixels in enumerate(speeds):
        x += pixels
        animal = Animal(1, (x, 0.0), None, None, None, None, None, "", 0.0, True)
        (truth,) = predicate.step(Scene(frame, frame / 8, frame / 8, None, "", [animal])).truths
        if frame == 0:
            assert truth is None
            continue
        on = 8 * pixels > (160 - 8 * margin if on else 160)
        assert truth is on


PLACES = {True: IN, False: OUT, None: GONE}
ways = st.lists(st.lists(st.sampled_from([True, False, False, None]), min_size=3, max_size=3), min_size=1, max_size=40)


@given(ways=ways, timing=timings)
@settings(max_examples=150, deadline=None)
def test_every_animal_is_judged_as_if_it_were_alone(
    walk: Callable[..., Any], ways: list[list[bool | None]], timing: Timing
) -> None:
    mark = [{"action": "marker"}]
    walked = walk({"when": IN_NEST, "timing": timing.model_dump(), "on_enter": mark, "on_exit": mark})
    for row in ways:
        walked.step({number: PLACES[truth] for number, truth in enumerate(row)})
    times_s = [frame / 8 for frame in range(len(ways))]
    for number in range(3):
        expected = changes_by_definition([row[number] for row in ways], times_s, timing)
        found = [(each.frame, each.moment == "enter") for each in walked.decisions if each.subject == str(number)]
        assert found == expected


def together_by_definition(
    ways: list[list[bool | None]], times_s: list[float], timing: Timing, who: str
) -> list[bool | None]:
    """Return any, all, none or at least two, of what counts of each animal on each frame."""
    each = [effective([row[number] for row in ways], times_s, timing) for number in range(3)]
    found: list[bool | None] = []
    for frame, raw in enumerate(ways):
        listed = [
            counts[frame]
            for number, counts in enumerate(each)
            if not (timing.missing == "ignore" and raw[number] is None)
        ]
        possible = []
        for guess in itertools.product([True, False], repeat=listed.count(None)):
            guesses = iter(guess)
            known = [next(guesses) if truth is None else truth for truth in listed]
            count = sum(known)
            possible.append(
                {"any": count > 0, "all": bool(known) and all(known), "none": count == 0, "count": count >= 2}[who]
            )
        found.append(possible[0] if len(set(possible)) == 1 else None)
    return found


@given(ways=ways, timing=timings, who=st.sampled_from(["any", "all", "none", "count"]))
@settings(max_examples=200, deadline=None)
def test_animals_together_are_what_every_guess_about_the_missing_ones_agrees_on(
    walk: Callable[..., Any], ways: list[list[bool | None]], timing: Timing, who: str
) -> None:
    mark = [{"action": "marker"}]
    subject = {"who": who, "at_least": 2}
    walked = walk(
        {"when": IN_NEST, "subject": subject, "timing": timing.model_dump(), "on_enter": mark, "on_exit": mark}
    )
    for row in ways:
        walked.step({number: PLACES[truth] for number, truth in enumerate(row)})
    times_s = [frame / 8 for frame in range(len(ways))]
    # What is unknown together holds whatever was so before, without a grace time of its own.
    alone = Timing(**timing.model_dump() | {"missing": "ignore"})
    expected = changes_by_definition(together_by_definition(ways, times_s, timing, who), times_s, alone)
    assert [(each.frame, each.moment == "enter") for each in walked.decisions] == expected


def test_one_entry_is_one_action_however_long_the_stay(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST}).lead(OUT, IN, IN, IN, IN, OUT, OUT, IN)
    assert walked.done() == [(1, "enter"), (7, "enter")]


def test_a_missing_animal_has_no_place_whatever_the_tracker_remembers(walk: Callable[..., Any]) -> None:
    # the tracks of a missing animal hold a place inside the nest
    assert walk({"when": IN_NEST}).lead(OUT, GONE, GONE, GONE, OUT).rows() == []


@pytest.mark.parametrize(
    ("timing", "ends"),
    [({"missing": "out"}, 3), ({"missing": "hold", "grace_s": 0.25}, 5), ({"missing": "ignore"}, 9)],
)
def test_a_missing_animal_ends_it_by_the_policy(walk: Callable[..., Any], timing: dict[str, Any], ends: int) -> None:
    rule = {"when": IN_NEST, "timing": timing, "on_exit": [{"action": "marker"}], "on_enter": [{"action": "marker"}]}
    walked = walk(rule).lead(OUT, IN, IN, GONE, GONE, GONE, GONE, GONE, GONE, OUT)
    assert walked.done() == [(1, "enter"), (ends, "exit")]


def test_consecutive_frames_are_consecutive(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST, "timing": {"on_for": 3, "on_unit": "frames"}})
    assert walked.lead(OUT, IN, IN, OUT, IN, IN, OUT, IN, IN, IN, IN).done() == [(9, "enter")]


def test_what_is_so_already_at_the_start_waits_until_it_was_over(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST}).lead(IN, IN, OUT, IN)
    assert walked.rows() == [(0, "1", "enter", "so already at the start"), (3, "1", "enter", "")]
    assert walk({"when": IN_NEST, "timing": {"at_start": "act"}}).lead(IN, IN).done() == [(0, "enter")]


def test_an_animal_put_in_later_enters(walk: Callable[..., Any]) -> None:
    assert walk({"when": IN_NEST}).lead(*[GONE] * 12, IN).done() == [(12, "enter")]


def test_a_silent_source_breaks_a_dwell(walk: Callable[..., Any]) -> None:
    walked = walk({"when": IN_NEST, "timing": {"on_for": 3}})
    for t_s in (0.0, 1.5):
        walked.step({1: OUT}, t_s=t_s)
    for t_s in (2.0, 9.0, 10.0, 11.0):
        walked.step({1: IN}, t_s=t_s)
    assert walked.done() == []
    walked.step({1: IN}, t_s=12.0)
    assert len(walked.done()) == 1
