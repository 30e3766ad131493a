"""One entry, one command: a zone on real tracks."""

from __future__ import annotations

import csv
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.cli import main
from tracker_gui.core.preset import FORMAT, SCHEMA_VERSION, Preset, parse, to_document
from tracker_gui.engine.rules.simulation import simulate_source, simulate_table
from tracker_gui.exchange.gallery import named_source
from tracker_gui.exchange.open_preset import open_preset
from tracker_gui.exchange.track_files import read_track_file

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real_media

ZONE = {"name": "zone", "shape": {"kind": "rectangle", "centre": [360, 290], "width": 120, "height": 180}}


def with_zone(document: dict[str, Any], **rule: Any) -> Preset:
    """Return a preset with the zone 300 < x < 420, 200 < y < 380 without hysteresis, and a command for each entry."""
    door = {
        "name": "Door", "when": {"event": "in_zone", "zone": "zone"},
        "on_enter": [{"action": "command", "argv": ["open-door", "${subject}"]}], **rule,
    }  # fmt: skip
    preset, problems = parse(document | {"zones": [ZONE], "rules": [door]}, "zone.json")
    assert not problems
    return preset


def test_tracktors_published_mouse_gives_13_commands_up_to_frame_1800_and_27_in_all_in_each_of_20_runs(
    shared: Path,
) -> None:
    preset = with_zone({"format": FORMAT, "schema_version": SCHEMA_VERSION})
    table = read_track_file(shared / "media" / "animals" / "mouse_video_tracked.csv", 30.0)
    runs = [simulate_table(preset, table.rows) for _ in range(20)]
    assert len({run.log() for run in runs}) == 1
    commands = [each for each in runs[0].done if each.action_name == "command"]
    # Tracktor counts frames from 1, so its frame 1800 is our 1799.
    assert (sum(each.frame < 1800 for each in commands), len(commands)) == (13, 27)


@pytest.mark.slow
def test_our_own_mouse_gives_as_many_commands_as_a_count_over_its_table(shared: Path, tmp_path: Path) -> None:
    animals = shared / "media" / "animals"
    video, settings = animals / "mouse_video.mp4", animals / "params" / "mouse-params.json"
    words = ["track", str(video), "--preset", str(settings), "--out", str(tmp_path), "--csv-style", "frame-id-x-y"]
    assert main([*words, "--quiet"]) == 0
    with (tmp_path / "mouse_video_tracks.csv").open(newline="") as file:
        places = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file) if row["x"]]
    inside = [300 < x < 420 and 200 < y < 380 for x, y in places]
    entries = sum(now and not before for before, now in itertools.pairwise(inside))
    document = json.loads(json.dumps(to_document(open_preset(settings)[0])))
    # A missing animal is neither in nor out, as in the count.
    preset = with_zone(document, timing={"missing": "ignore"})
    simulated = simulate_source(preset, named_source(str(video))[0])
    assert (simulated.frames, len(simulated.done)) == (10_000, entries)
