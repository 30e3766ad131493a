"""Each kind of event on the frames on which it is so, and where it cannot be known."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Line, Mark, Painted, PaintedPart, Polygon, Rectangle
from tracker_gui.core.inside import inside_of
from tracker_gui.core.preset import choice
from tracker_gui.core.rule_stages import Predicate, RuleContext
from tracker_gui.core.scene import Animal, Scene
from tracker_gui.core.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker_gui.core.geometry import Shape

NEST = Zone(name="nest", shape=Rectangle(centre=(50, 50), width=40, height=40))
LINE = Zone(name="line", shape=HalfPlane(start=(100, 0), end=(100, 100)))
BENT = Zone(name="bent", shape=Line(points=((100, 0), (100, 50), (150, 50))))
FOOD = Zone(name="food", shape=Mark(at=(10, 0)))
CONTEXT = RuleContext({zone.name: zone for zone in (NEST, LINE, BENT, FOOD)}, (200, 100), 8.0)
Place = tuple[float, float] | None


def opened(kind: str, **params: Any) -> Predicate[Any]:
    predicate: Predicate[Any] = choice("events", kind, **params).make()
    predicate.open(CONTEXT)
    return predicate


def animal(place: Place, missing_s: float = 0.0, number: int = 1, ever_seen: bool = True, **more: Any) -> Animal:
    box = None if place is None else (place[0] - 4, place[1] - 2, place[0] + 4, place[1] + 2)
    known = {"speed_px_s": None, "heading_rad": None, "class_id": None, "score_01": None, "identity": ""} | more
    return Animal(number, place, box, missing_s=missing_s, ever_seen=ever_seen, **known)


def scene(index: int, *animals: Animal, t_s: float | None = None, **more: Any) -> Scene:
    t_s = index / 8 if t_s is None else t_s
    return Scene(index, t_s, t_s, more.pop("t_wall_s", None), "test", list(animals), **more)


def said(predicate: Predicate[Any], places: Sequence[Place]) -> list[bool | None]:
    """Return what is said of one animal that goes from place to place."""
    found, gone_s = [], 0.0
    for index, place in enumerate(places):
        gone_s = 0.0 if place is not None else gone_s + 1 / 8
        found.append(predicate.step(scene(index, animal(place, gone_s))).truths[0])
    return found


shapes = st.one_of(
    st.builds(Circle, centre=st.tuples(st.floats(0, 100), st.floats(0, 100)), radius=st.floats(1, 80)),
    st.builds(
        Rectangle, centre=st.tuples(st.floats(0, 100), st.floats(0, 100)), width=st.floats(1, 90),
        height=st.floats(1, 90), angle_deg=st.floats(-90, 90),
    ),
    st.builds(
        Ellipse, centre=st.tuples(st.floats(0, 100), st.floats(0, 100)), radius_x=st.floats(1, 90),
        radius_y=st.floats(1, 90), angle_deg=st.floats(-90, 90),
    ),
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=3, max_size=8).map(
        lambda points: Polygon(points=tuple(points))
    ),
    st.floats(1, 40).map(
        lambda d: Painted(
            parts=(
                PaintedPart(
                    outline=((0, 0), (90, 5), (80, 90), (3, 70)),
                    holes=(((30, 30), (30 + d, 30), (30 + d, 30 + d), (30, 30 + d)),),
                ),
            )
        )
    ),
    st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda p: HalfPlane(start=p, end=(p[0] + 3, p[1] - 7))),
)  # fmt: skip


@given(shape=shapes, seed=st.integers(0, 1000))
@settings(max_examples=150, deadline=None)
def test_the_fast_test_of_inside_agrees_with_the_shape(shape: Shape, seed: int) -> None:
    points = np.random.default_rng(seed).uniform(-20, 120, (50, 2))
    assert inside_of(shape)([(float(x), float(y)) for x, y in points]) == shape.contains(points).tolist()


@given(shape=shapes, seed=st.integers(0, 1000), margin=st.floats(0.1, 30))
@settings(max_examples=80, deadline=None)
def test_a_margin_only_ever_adds(shape: Shape, seed: int, margin: float) -> None:
    points = [tuple(map(float, point)) for point in np.random.default_rng(seed).uniform(-20, 120, (50, 2))]
    wide = inside_of(shape, margin)(points)  # type: ignore[arg-type]
    assert all(far or not near for near, far in zip(inside_of(shape)(points), wide, strict=True))  # type: ignore[arg-type]


@given(xs=st.lists(st.integers(60, 90), max_size=40), margin=st.integers(0, 15))
@settings(max_examples=200, deadline=None)
def test_a_zone_keeps_an_animal_until_it_has_left_the_margin(xs: list[int], margin: int) -> None:
    expected, inside = [], False
    for x in xs:
        inside = x <= 70 + (margin if inside else 0)
        expected.append(inside)
    assert said(opened("in_zone", zone="nest", margin_px=margin), [(float(x), 50.0) for x in xs]) == expected


def test_the_margin_holds_only_those_that_were_inside() -> None:
    predicate = opened("in_zone", zone="nest", margin_px=10)
    for x, expected in ((69.0, [True, False]), (75.0, [True, False]), (81.0, [False, False]), (75.0, [False, False])):
        assert predicate.step(scene(0, animal((x, 50.0)), animal((75.0, 50.0), number=2))).truths == expected


def test_a_zone_knows_nothing_of_a_missing_animal_nor_of_a_head_that_is_unsure() -> None:
    assert said(opened("in_zone", zone="nest"), [(50, 50), None, (50, 50)]) == [True, None, True]
    head = opened("in_zone", zone="nest", anchor="head")
    assert head.step(scene(0, animal((72.0, 50.0)))).truths == [None]
    assert head.step(scene(1, animal((72.0, 50.0), heading_rad=math.pi))).truths == [True]
    assert head.step(scene(2, animal((72.0, 50.0), heading_rad=0.0))).truths == [False]
    assert opened("in_zone", zone="nest", anchor="bottom").step(scene(0, animal((50.0, 69.0)))).truths == [False]


@pytest.mark.parametrize(
    ("kind", "params"),
    [("in_zone", {"zone": "x"}), ("line_crossed", {"line": "nest"}), ("distance", {"to": "mark", "mark": "nest"})],
)
def test_a_place_that_is_not_there_is_named(kind: str, params: dict[str, str]) -> None:
    with pytest.raises(TrackerError, match=r'"x"|"nest" is no (line|point)'):
        opened(kind, **params)


def test_entries_are_counted_and_a_first_sight_is_none() -> None:
    ways = [(50, 50), (90, 50), (50, 50), None, (50, 50), (90, 50), (50, 50)]
    assert said(opened("zone_visit", zone="nest"), ways) == [False, False, True, None, False, False, True]
    assert said(opened("zone_visit", zone="nest", way="left"), ways)[1] is True
    assert said(opened("zone_visit", zone="nest", nth=2), ways) == [False] * 3 + [None] + [False] * 2 + [True]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [2, 4]),
        ({"direction": "to_left"}, [2]),
        ({"direction": "to_right"}, [4]),
        ({"margin_px": 20}, []),
    ],
)
def test_a_line_is_crossed_in_a_direction(params: dict[str, Any], expected: list[int]) -> None:
    # Walking down along the line on screen, the left is where x is larger.
    places = [(90, 50), (100, 50), (110, 50), (108, 50), (95, 50), (90, 50)]
    found = said(opened("line_crossed", line="line", **params), places)
    assert [index for index, truth in enumerate(found) if truth] == expected


def test_a_line_ends_where_it_ends_and_a_long_absence_crosses_nothing() -> None:
    beyond = [(90.0, 150.0), (110.0, 150.0)]
    assert said(opened("line_crossed", line="line"), beyond) == [False, False]
    assert said(opened("line_crossed", line="line", between_ends=False), beyond) == [False, True]
    assert said(opened("line_crossed", line="line"), [(90, 50), None, (110, 50)]) == [False, None, True]
    assert said(opened("line_crossed", line="line"), [(90, 50), *[None] * 6, (110, 50)])[-1] is False


@pytest.mark.parametrize(
    ("places", "crossed", "direction"),
    [
        ([(90, 25), (110, 25)], True, "to_left"),
        ([(120, 40), (120, 60)], True, "to_right"),
        ([(90, 60), (110, 40)], True, "to_left"),  # through the bend
        ([(90, 70), (120, 70)], False, "either"),  # past the bend
        ([(90, 45), (105, 60)], False, "either"),  # in one step over both arms, and so out again
    ],
)
def test_a_line_may_be_bent(places: list[Place], crossed: bool, direction: str) -> None:
    assert said(opened("line_crossed", line="bent", direction=direction), places)[-1] is crossed
    assert said(opened("line_crossed", line="bent"), places[::-1])[-1] is crossed


@given(
    ways=st.lists(st.tuples(st.integers(60, 140), st.integers(1, 99)), min_size=2, max_size=30),
    bends=st.lists(st.integers(-20, 20), min_size=1, max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_crossings_to_the_left_and_right_take_turns(ways: list[tuple[int, int]], bends: list[int]) -> None:
    """A line across the whole picture has two sides, whatever its bends: who is left must come back first."""
    ys = [round(-1000 + 2000 * (n + 1) / (len(bends) + 1)) for n in range(len(bends))]
    points = [(100.0, -1000.0), *((100.0 + dx, float(y)) for dx, y in zip(bends, ys, strict=True)), (100.0, 1000.0)]
    context = RuleContext({"l": Zone(name="l", shape=Line(points=tuple(points)))}, (200, 100), 8.0)
    sides: list[str] = []
    predicates = {}
    for direction in ("to_left", "to_right"):
        predicates[direction] = choice("events", "line_crossed", line="l", direction=direction).make()
        predicates[direction].open(context)
    for index, (x, y) in enumerate(ways):
        here = scene(index, animal((x + 0.37, y + 0.41)))
        sides += [direction for direction, predicate in predicates.items() if predicate.step(here).truths[0]]
    assert all(one != other for one, other in itertools.pairwise(sides))


def test_speed_is_the_way_over_its_window_and_starts_anew_after_a_gap() -> None:
    places = [(10.0 * n, 0.0) for n in range(5)]
    faster = opened("speed", limit_px_s=79, window=2)
    assert said(faster, [*places, None, *places]) == [None, None, True, True, True, None, None, None, True, True, True]
    assert said(opened("speed", limit_px_s=81, window=2), places)[-1] is False
    assert (
        said(opened("speed", limit_px_s=81, relation="below", window=0.25, window_unit="seconds"), places)[2:]
        == [True] * 3
    )


def test_heading_follows_the_way_once_it_is_long_enough() -> None:
    right_then_down = [(0.0, 0.0), (6.0, 0.0), (12.0, 0.0), (12.0, 5.0), (12.0, 11.0)]
    assert said(opened("heading"), right_then_down) == [None, None, True, True, False]
    assert said(opened("heading", from_deg=45, to_deg=135), right_then_down)[-1] is True
    assert said(opened("heading", margin_deg=50), right_then_down)[-1] is True


@pytest.mark.parametrize(("degrees", "inside"), [(175, True), (-175, True), (180, True), (160, False), (-160, False)])
def test_a_range_of_headings_may_lie_across_180_degrees(degrees: float, inside: bool) -> None:
    predicate = opened("heading", from_deg=170, to_deg=-170, source="body")
    assert predicate.step(scene(0, animal((0, 0), heading_rad=math.radians(degrees)))).truths == [inside]


def test_a_turn_is_seen_for_as_long_as_its_window() -> None:
    predicate = opened("heading_changed", angle_deg=80, window_s=0.25, source="body")
    angles = [0, 0, 90, 90, 90, 90, 90]
    truths = [
        predicate.step(scene(n, animal((0, 0), heading_rad=math.radians(angle)))).truths[0]
        for n, angle in enumerate(angles)
    ]
    assert truths == [False, False, True, True, False, False, False]


def test_immobile_has_one_threshold_to_begin_and_another_to_end() -> None:
    predicate = opened("immobile", still_px=5, moving_px=10, still_s=0.25)
    xs = [0, 2, 4, 4, 9, 4, 11, 12]
    assert said(predicate, [(float(x), 0.0) for x in xs]) == [False, False, True, True, True, True, False, False]
    assert said(predicate, [(0, 0), None, (0, 0)]) == [False, None, False]


def test_distance_to_a_point_and_to_the_nearest_other() -> None:
    for where in ({"to": "point", "x_px": 10, "y_px": 0}, {"to": "mark", "mark": "food"}):
        assert said(opened("distance", limit_px=5, **where), [(0, 0), (6, 0), None]) == [False, True, None]
    others = opened("distance", limit_px=5)
    assert others.step(scene(0, animal((0, 0)), animal((3, 4), number=2))).truths == [False, False]
    assert others.step(scene(1, animal((0, 0)), animal((3, 3), number=2))).truths == [True, True]
    assert others.step(scene(2, animal((0, 0)), animal(None, number=2))).truths == [None, None]


@pytest.mark.parametrize(("relation", "expected"), [("at_least", True), ("at_most", False), ("exactly", False)])
def test_animals_in_sight_are_counted(relation: str, expected: bool) -> None:
    two = scene(0, animal((50, 50)), animal((150, 50), number=2), animal(None, number=3))
    assert opened("count", relation=relation, number=1).step(two).truths == [expected]
    assert opened("count", zone="nest", relation="exactly", number=1).step(two).truths == [True]


def test_an_animal_appears_the_first_time_and_after_an_absence() -> None:
    places = [None, (0, 0), (0, 0), None, (0, 0), None, None, None, (0, 0)]
    assert said(opened("appeared", absent_s=0.5), places) == [
        False, True, False, False, False, False, False, False, True
    ]  # fmt: skip


def test_an_animal_is_lost_after_a_while_unless_it_was_never_there() -> None:
    predicate = opened("lost", after_s=0.25)
    assert said(predicate, [(0, 0), None, None, None, (0, 0)]) == [False, False, True, True, False]
    assert predicate.step(scene(9, animal(None, missing_s=9, ever_seen=False))).truths == [False]


def test_class_and_confidence_are_those_of_the_detection() -> None:
    person = scene(0, animal((0, 0), class_id=0, score_01=0.6), animal(None, number=2))
    assert opened("object_class", class_id=0).step(person).truths == [True, None]
    assert opened("confidence", least_01=0.7).step(person).truths == [False, None]


def test_session_time_is_a_span_and_every_n_seconds_a_moment_without_a_burst() -> None:
    times = [0.0, 0.9, 1.0, 1.1, 2.0, 7.5, 7.6, 8.0]
    span = opened("session_time", from_s=1, to_s=2)
    assert [span.step(scene(0, t_s=t)).truths[0] for t in times] == [False, False, True, True] + [False] * 4
    every = opened("every", period_s=1, first_s=1)
    assert [t for t in times if every.step(scene(0, t_s=t)).truths[0]] == [1.0, 2.0, 7.5, 8.0]


def test_what_was_counted_outlives_a_lost_source() -> None:
    every = opened("every", period_s=1, first_s=0)
    assert [every.step(scene(0, t_s=t)).truths[0] for t in (0.0, 0.5)] == [True, False]
    every.source_lost()
    assert [every.step(scene(0, t_s=t)).truths[0] for t in (0.9, 1.0)] == [False, True]
    visits = opened("zone_visit", zone="nest", nth=2)
    assert said(visits, [(90, 50), (50, 50)])[-1] is False
    visits.source_lost()
    assert said(visits, [(50, 50), (90, 50), (50, 50)]) == [False, False, True]
    appeared = opened("appeared")
    assert said(appeared, [(0, 0)]) == [True]
    appeared.source_lost()
    assert appeared.step(scene(99, animal((0, 0)))).truths == [False]


def test_time_of_the_day_may_lie_over_midnight_and_is_unknown_for_a_recording_without_one() -> None:
    night = opened("clock", from_time="22:00", to_time="06:00:30", zone="utc")
    at = [datetime(2026, 3, 1, *clock, tzinfo=UTC).timestamp() for clock in ((21, 59), (22, 0), (6, 0, 29), (6, 0, 30))]
    assert [night.step(scene(0, t_wall_s=t)).truths[0] for t in at] == [False, True, True, False]
    assert night.step(scene(0)).truths == [None]


def test_a_message_is_a_moment_or_a_state() -> None:
    key = opened("message", sender="key", text="f")
    state = opened("message", sender="camera", text="offline", lasts="until_another")
    said_now = [(), (("key", "f"), ("camera", "offline")), (("key", "g"),), (("camera", "live"),)]
    assert [key.step(scene(0, messages=m)).truths[0] for m in said_now] == [False, True, False, False]
    assert [state.step(scene(0, messages=m)).truths[0] for m in said_now] == [False, True, True, False]
    assert key.is_moment
    assert not state.is_moment


def test_an_expression_knows_the_signals_of_rules_md() -> None:
    two = scene(8, animal((60, 50), speed_px_s=3.0, heading_rad=math.pi / 2), animal((64, 53), number=2))

    def first(text: str) -> bool | None:
        return opened("expression", text=text).step(two).truths[0]

    assert first("x == 60 and y == 50 and speed > 2.5 and heading == 90 and t == 1 and n == 2 and id == 1") is True
    assert first("dist(1, 2) == 5 and hypot(x - 64, y - 53) == 5 and max(x, y) > 59") is True
    assert first('n_in("nest") == 2 and in_zone("nest")') is True
    assert first("dist(1, 9) < 5") is None
    assert first("x / 0 > 1") is None


def test_an_expression_over_what_is_missing_is_unknown() -> None:
    gone = scene(0, animal(None))
    assert opened("expression", text="x > -1").step(gone).truths == [None]
    assert opened("expression", text='not in_zone("nest")').step(gone).truths == [None]
    assert opened("expression", text="t >= 0").step(gone).truths == [True]


@pytest.mark.parametrize(
    "kind",
    [
        "in_zone",
        "zone_visit",
        "line_crossed",
        "speed",
        "heading",
        "heading_changed",
        "immobile",
        "distance",
        "appeared",
        "lost",
    ],
)
def test_nothing_is_remembered_of_an_animal_that_was_forgotten(kind: str, walk: Callable[..., Any]) -> None:
    named = {"in_zone": {"zone": "nest"}, "zone_visit": {"zone": "nest"}, "line_crossed": {"line": "line"}}
    predicate = opened(kind, **named.get(kind, {}))
    for n in range(20):
        predicate.step(scene(n, animal((50.0 + 12 * n, 50.0)), animal((52.0 + 12 * n, 50.0), number=2)))
    predicate.forget(1)
    predicate.forget(2)
    left = {name: value for name, value in vars(predicate).items() if isinstance(value, dict | set) and value}
    assert left == {} or set(left) == {"_missed"}
