"""F31: ten thousand presets with something wrong in them; none brings the program down, and the rest is kept."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core import registry
from tracker_gui.core.data_files import presets_folder
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.geometry import Circle, HalfPlane, Line, Mark, Polygon
from tracker_gui.core.ground_plane import GroundPlane, GroundPoint
from tracker_gui.core.painting import brushed
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.preset import (
    ONE_GROUP,
    ONE_STAGE,
    STAGE_LISTS,
    CameraSetup,
    Preset,
    Problem,
    StageChoice,
    choice,
    parse,
    save,
    to_document,
)
from tracker_gui.core.rules import Rule, Subject, Term, When
from tracker_gui.core.scale import Scale
from tracker_gui.core.session_plan import FrameRange, SessionPlan
from tracker_gui.core.types import Frame, SourceInfo
from tracker_gui.core.zones import Zone
from tracker_gui.engine.pipeline import Pipeline
from tracker_gui.exchange.open_preset import from_document, open_preset

if TYPE_CHECKING:
    from pathlib import Path

STRUCTURES, TEXTS, RUNS = 7000, 3000, 150
FLAT = {"block_size": 51, "offset": 7, "min_area": 500, "max_area": 5000, "invert": 1, "fps": 30.0}
ODD: list[Any] = [
    None, True, False, 0, 1, -1, 0.5, -0.0, 1e308, -1e308, 10**400, -(10**30), 2**63, math.nan, math.inf, -math.inf,
    "", " ", "0", "NaN", "darker", "blobs", "../../etc/passwd", "a" * 5000, "\x00", "\u202e", "\U0001f41c", "ß\ud800",
    [], [[]], [1, 2, 3], ["blobs"], {}, {"": None}, {"stage": "blobs"}, {"stage": None},
    {"stage": "../sinks/tracks_csv"}, {"kind": "circle"}, {"kind": "circle", "centre": [1, 2], "radius": -1},
    {"kind": "polygon", "points": [[0, 0]]},
]  # fmt: skip
KNOWN: dict[int, tuple[Any, str, list[tuple[Any, ...]]]] = {}


def every_rule() -> Rule:
    """Return a rule that holds every event and every action."""
    named = {
        "in_zone": {"zone": "nest"}, "zone_visit": {"zone": "nest"}, "line_crossed": {"line": "door"},
        "rule_active": {"rule": "Other"}, "command": {"argv": ("open", "${subject}")},
    }  # fmt: skip
    terms = tuple(Term(choice("events", name, **named.get(name, {}))) for name in registry.names("events"))
    actions = tuple(choice("actions", name, **named.get(name, {})) for name in registry.names("actions"))
    return Rule(
        name="Rule", subject=Subject(animals=(1, 2), identities=("Anna",)), when=When(terms, "any"), only_if=terms[:2],
        on_enter=actions, repeat=actions[:1], on_exit=actions[-1:],
    )  # fmt: skip


def everything() -> Preset:
    """Return a preset that holds every stage there is, with shapes."""

    def all_of(kind: str) -> tuple[StageChoice, ...]:
        return tuple(choice(kind, name) for name in registry.names(kind))

    arenas = (
        Circle(name="A", centre=(60, 60), radius=40),
        Polygon(points=((0, 0), (30, 0), (0, 30))),
        HalfPlane(start=(0, 50), end=(96, 50)),
    )
    zones = (
        Zone(name="door", shape=Line(points=((0, 0), (40, 9)))), Zone(name="food", shape=Mark(at=(9, 9))),
        Zone(name="nest", shape=brushed(None, [(20, 20), (40, 20)], 8), colour="#E69F00", opacity_01=0.4),
    )  # fmt: skip
    corners = (((0, 0), (0, 0)), ((90, 0), (4, 0)), ((90, 40), (4, 6)), ((0, 40), (0, 6)))
    ground = GroundPlane(points=tuple(GroundPoint(picture_px=px, ground_m=m) for px, m in corners))
    return Preset(
        name="All", about="every stage", source=choice("sources", "simulated"), image=all_of("image"),
        tracker=choice("trackers", "fixed_count", animals=3, arenas=arenas), enrich=all_of("enrich"),
        outputs=all_of("sinks"), rate_hz=50.0, zones=zones, scale=Scale(line=((0, 0), (30, 40)), length_mm=25),
        rules=(every_rule(), Rule(name="Other", when=When(every_rule().when.terms[:1]))),
        session=SessionPlan(subject="M12", own_fields=("cage = 7",), stop="after a time"),
        range=FrameRange(first_frame=3, stop_frame=90), ground=ground,
        more_cameras=(CameraSetup(zones=zones, scale=Scale(typed_mm_per_px=0.5), ground=ground),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def originals() -> list[dict[str, Any]]:
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(presets_folder().glob("*.json"))]
    return [*documents, to_document(everything()), to_document(everything()), FLAT]


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path to every value of a document but the whole."""
    found: list[tuple[Any, ...]] = []
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        found += [(*path, key), *places(value, (*path, key))]
    return found


def at(node: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        node = node[key]
    return node


def near(value: Any, luck: random.Random) -> Any:
    """Return a value that is only a little wrong."""
    if isinstance(value, bool):
        return luck.choice([not value, int(value), str(value)])
    if isinstance(value, int | float):
        return luck.choice([-value, value * 1000, value + 0.5, str(value), [value], -(10**9), 10**9])
    if isinstance(value, str):
        return luck.choice([value.upper(), value + "x", value[:-1], [value], value * 50])
    if isinstance(value, list):
        return luck.choice([value[:-1], value * 2, value[::-1], dict(enumerate(value)), [*value, None]])
    if value is None:
        return luck.choice([[], {}, "", 0])
    return luck.choice([list(value), {**value, "extra": 1}, {k.upper(): v for k, v in value.items()}, str(value)])


def mutated(original: dict[str, Any], luck: random.Random) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return a copy with one thing wrong, and where."""
    key = id(original)
    if key not in KNOWN:
        KNOWN[key] = (original, json.dumps(original), places(original))
    _, text, paths = KNOWN[key]
    document = json.loads(text)  # four times as fast as a deep copy
    path = luck.choice(paths)
    parent, key = at(document, path[:-1]), path[-1]
    kind = luck.randrange(7)
    if kind <= 1:
        parent[key] = luck.choice(ODD)
    elif kind <= 3:
        parent[key] = near(parent[key], luck)
    elif kind == 4:
        del parent[key]
    elif kind == 5 and isinstance(parent, dict):
        parent[luck.choice(["", key.upper(), f"{key} ", "x" * 500, "__class__", "\U0001f41c"])] = parent.pop(key)
    else:
        for _ in range(luck.choice([1, 3, 300])):
            parent[key] = luck.choice([[parent[key]], {"params": parent[key]}])
    return document, path


def spoilt(text: bytes, luck: random.Random) -> bytes:
    """Return a file with some of its bytes wrong."""
    position = luck.randrange(len(text))
    kind = luck.randrange(6)
    if kind == 0:
        return text[:position]
    if kind == 1:
        return text[:position] + bytes(luck.randrange(256) for _ in range(luck.choice([1, 4, 100]))) + text[position:]
    if kind == 2:
        return text[:position] + bytes([text[position] ^ 1 << luck.randrange(8)]) + text[position + 1 :]
    if kind == 3:
        other = luck.randrange(len(text))
        return text[: min(position, other)] + text[max(position, other) :]
    if kind == 4:
        return luck.choice([b"\xef\xbb\xbf" + text, text.decode().encode("utf-16"), text + text, b"\x00" * 50 + text])
    return b"[" * luck.choice([10, 5000, 200_000]) + text


def check(path: Path, document: Any = None) -> Preset | None:
    """Open a file, or a document as if it were in that file; return the preset, None where it was refused."""
    refused = None
    try:
        if document is None:
            preset, problems = open_preset(path)
        else:
            preset, problems = from_document(json.loads(json.dumps(document)), path.name, path.parent)
    except TrackerError as error:
        refused = error
    if refused is not None:
        assert path.name in refused.place
        assert len(refused.problem) > 5
        assert refused.exit_code in (2, 3)
        return None
    for problem in problems:
        assert problem.place.startswith(path.name), problem
        assert problem.place.removeprefix(path.name).strip(": "), problem
        assert len(problem.problem) > 5
        assert len(str(problem)) < 2000
    check_can_be_saved(preset, path)
    return preset


def check_can_be_saved(preset: Preset, path: Path) -> None:
    text = json.dumps(to_document(preset, path.parent), allow_nan=False)
    again, problems = parse(json.loads(text), "again", path.parent)
    assert not problems
    assert again == preset


def test_a_mutated_document_is_read_as_far_as_it_can_be(originals: list[dict[str, Any]], tmp_path: Path) -> None:
    luck = random.Random(31)
    path = tmp_path / "mutated.json"
    outcomes: Counter[str] = Counter()
    wholes = {id(each): parse(each, "original", tmp_path)[0] for each in originals if each is not FLAT}
    for _ in range(STRUCTURES):
        original = luck.choice(originals)
        document, where = mutated(original, luck)
        preset = check(path, document)
        if preset is None:
            outcomes["refused"] += 1
            assert where[0] in ("format", "schema_version") or original is FLAT
            continue
        outcomes["read"] += 1
        if original is not FLAT:
            check_rest_kept(preset, wholes[id(original)], where)
    assert outcomes["read"] > 0.9 * STRUCTURES


def check_rest_kept(preset: Preset, whole: Preset, where: tuple[Any, ...]) -> None:
    """Assert that whatever was not touched is as before."""
    for key in ("name", "about", "rate_hz", "zones", *ONE_GROUP, *ONE_STAGE, *STAGE_LISTS):
        if key != where[0]:
            assert getattr(preset, key) == getattr(whole, key), f"{key} was lost by a mistake in {where}"
    if where[0] in STAGE_LISTS and len(where) > 1 and isinstance(where[1], int):
        before, after = list(getattr(whole, where[0])), list(getattr(preset, where[0]))
        for number, chosen in enumerate(before):
            if number != where[1]:
                assert chosen in after, f"{where[0]}[{number}] was lost by a mistake in {where}"


def test_a_spoilt_file_is_read_or_refused(originals: list[dict[str, Any]], tmp_path: Path) -> None:
    luck = random.Random(32)
    path = tmp_path / "spoilt.json"
    texts = [json.dumps(original, indent=luck.choice([None, 2])).encode() for original in originals]
    outcomes: Counter[bool] = Counter()
    for _ in range(TEXTS):
        path.unlink(missing_ok=True)  # writing into an old file waits for the disk
        path.write_bytes(spoilt(luck.choice(texts), luck))
        outcomes[check(path) is None] += 1
    assert min(outcomes.values()) > 100, outcomes


def test_a_mistake_in_one_setting_keeps_those_beside_it(tmp_path: Path) -> None:
    luck = random.Random(33)
    original = to_document(everything())
    path = tmp_path / "one.json"
    settings = [p for p in places(original) if len(p) >= 3 and p[-2] == "params"]
    for where in settings:
        document = deepcopy(original)
        at(document, where[:-1])[where[-1]] = luck.choice([{"wrong": "type"}, [[["wrong"]]]])
        path.write_text(json.dumps(document), encoding="utf-8")
        preset, problems = open_preset(path)
        assert problems, where
        assert all(where[-1] in problem.place for problem in problems)
        after = at(to_document(preset), where[:-1])
        before = at(original, where[:-1])
        assert {k: v for k, v in after.items() if k != where[-1]} == {k: v for k, v in before.items() if k != where[-1]}


def test_whatever_opens_runs_or_says_why_not(originals: list[dict[str, Any]], tmp_path: Path) -> None:
    luck = random.Random(34)
    path = tmp_path / "run.json"
    picture = np.random.default_rng(1).integers(0, 256, (48, 96), np.uint8)
    frames = [Frame(k, k / 30, None, "test", 0, ArrayPicture(picture)) for k in range(2)]
    ran = 0
    for _ in range(RUNS):
        document, _ = mutated(luck.choice(originals), luck)
        preset = check(path, document)
        if preset is None:
            continue
        try:
            pipeline = Pipeline(preset, SourceInfo("test", (96, 48), 30.0, 2))
        except TrackerError:
            continue
        for frame in frames:
            pipeline.step(frame)
        pipeline.close()
        ran += 1
    assert ran > RUNS // 2


def test_a_preset_that_was_read_with_problems_saves_without(originals: list[dict[str, Any]], tmp_path: Path) -> None:
    document = deepcopy(originals[0]) | {"colour": 1, "rate_hz": "fast"}
    preset, problems = parse(document, "old.json")
    assert [problem.place for problem in problems] == ["old.json: rate_hz", "old.json: colour"]
    save(preset, tmp_path / "new.json")
    assert open_preset(tmp_path / "new.json") == (preset, [])


def test_problems_are_sentences(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    document = to_document(Preset())
    document["detector"]["params"] |= {"offset": "high", "min_area_px2": 9000, "colour": 3}
    path.write_text(json.dumps(document))
    _, problems = open_preset(path)
    by_place = {problem.place: problem.problem for problem in problems}
    assert by_place["p.json: detector.params.offset"].startswith("should be a valid number")
    assert by_place["p.json: detector.params.colour"].startswith("there is no such setting (known: method, ")
    assert "the smallest area (9000 px²) must be below the largest (5000 px²)" in by_place["p.json: detector.params"]
    assert all(isinstance(problem, Problem) for problem in problems)
