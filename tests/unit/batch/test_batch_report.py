"""The report is one file without a network, whatever people call their videos."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tracker_gui.analysis.report_plots import beside_each_other, nice_end, shape_element
from tracker_gui.core.geometry import ZONE_SHAPE_KINDS
from tracker_gui.core.preset import choice
from tracker_gui.core.zones import Zone
from tracker_gui.engine.batch import Batch
from tracker_gui.engine.batch_videos import batch_video

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.preset import Preset
    from tracker_gui.engine.batch import Runner

EVIL = "<img src=x onerror=alert(1)>&\"'"


class Elements(HTMLParser):
    """Lists elements, attributes and texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def report(tmp_path: Path, arena_videos: Callable[..., list[Path]], arena_settings: Preset, here: Runner) -> str:
    """Return the report of a batch in which all that can be named has an evil name."""
    from dataclasses import replace

    path = tmp_path / "<b>trial&.mp4"
    path.write_bytes(arena_videos(1)[0].read_bytes())
    zone = Zone.model_validate({"name": EVIL, "shape": {"kind": "circle", "centre": [60, 50], "radius": 20}})
    well = {"kind": "circle", "name": EVIL, "radius": 30}
    tracker = choice(
        "trackers", "fixed_count", animals=1, arenas=[{**well, "centre": [32, 48]}, {**well, "centre": [96, 48]}]
    )
    evil = replace(arena_settings, name=EVIL, zones=(zone,), tracker=tracker)
    lines = [batch_video(str(path), evil), batch_video(str(tmp_path / "<script>no.mp4"), evil)]
    result = Batch(lines, tmp_path / "out").run(here)
    return result.report.read_text(encoding="utf-8")


def test_names_stay_text_and_nothing_is_fetched(report: str) -> None:
    page = Elements(report)
    assert not {"img", "script", "b", "link", "iframe", "object"} & set(page.tags)
    assert not {"src", "href", "onerror"} & {name for name, _ in page.attributes}
    assert not re.search(r"https?:|url\(|@import", report)
    assert EVIL in page.texts
    assert "<b>trial&.mp4" in page.texts


def test_it_has_plots_tables_and_the_reasons_of_failures(report: str) -> None:
    page = Elements(report)
    assert {"Videos", "Movement", "Time in zones", "Distance by arena", "Paths", "Animals", "Zones"} <= set(page.texts)
    assert page.tags.count("svg") >= 5
    assert any("there is no such file" in text for text in page.texts)
    assert any(text == "✗ failed" for text in page.texts)


def test_every_kind_of_shape_can_be_drawn() -> None:
    ends = {"centre": [9, 9], "radius": 4, "radius_x": 4, "radius_y": 2, "width": 4, "height": 2}
    ends |= {"start": [0, 0], "end": [5, 5], "points": [[0, 0], [5, 0], [5, 5]], "at": [3, 3]}
    ends |= {"parts": [{"outline": [[0, 0], [5, 0], [5, 5]]}]}
    for kind in ZONE_SHAPE_KINDS:
        shape = kind.model_validate({name: value for name, value in ends.items() if name in kind.model_fields})
        assert shape_element(shape, (20, 20)) is not None, kind


@pytest.mark.parametrize(("value", "end"), [(0, 1), (0.03, 0.04), (1, 1), (11, 20), (399, 400), (401, 500)])
def test_an_axis_ends_at_a_round_number(value: float, end: float) -> None:
    assert nice_end(value) == pytest.approx(end)


def test_dots_that_would_hide_each_other_stand_apart() -> None:
    placed = beside_each_other([(1, 50.0), (2, 50.1), (3, 10.0), (4, 50.2)], 100.0)
    assert [animal for animal, _, _ in placed] == [3, 1, 2, 4]
    assert len({aside for _, _, aside in placed[1:]}) == 3
