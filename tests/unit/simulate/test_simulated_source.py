"""The simulated arena as a source."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tracker_gui.core import registry
from tracker_gui.core.errors import OutputError
from tracker_gui.core.params import Kind, describe
from tracker_gui.simulate.scene import ArenaScene
from tracker_gui.simulate.truth_csv import write_truth_csv
from tracker_gui.stages.sources.simulated import Simulated


@pytest.fixture
def source():
    opened = Simulated(ArenaScene(animals=3, duration_s=2, seed=4))
    opened.open()
    yield opened
    opened.close()


def test_it_reads_exactly_as_many_frames_as_it_says(source):
    assert sum(1 for _ in iter(source.read, None)) == source.count() == 60
    assert source.read() is None


def test_time_stamps_follow_the_frame_rate(source):
    frames = list(iter(source.read, None))
    assert [frame.index for frame in frames] == list(range(60))
    assert frames[45].t_capture_s == pytest.approx(1.5)
    assert frames[45].t_wall_s is None


def test_seeking_back_gives_the_same_pixels(source):
    first = [frame.luma_u8 for frame in iter(source.read, None)]
    for index in (59, 3, 30):
        source.seek(index)
        frame = source.read()
        assert frame.index == index
        np.testing.assert_array_equal(frame.luma_u8, first[index])


def test_its_pictures_cannot_be_written_into(source):
    with pytest.raises(ValueError, match="read-only"):
        source.read().luma_u8[0, 0] = 1


def test_the_truth_belongs_to_the_frame_with_the_same_number(source):
    source.seek(20)
    frame, truth = source.read(), source.truth(20)
    for (x, y), visible in zip(truth.xy_px, truth.visible_01, strict=True):
        if visible == 1:
            assert frame.luma_u8[round(y), round(x)] < 100


def test_seeking_behind_the_end_is_refused(source):
    with pytest.raises(IndexError, match="60 frames"):
        source.seek(61)


def test_the_registry_offers_it():
    assert registry.load("sources", "simulated") is Simulated


def test_every_number_has_a_range_and_a_step():
    numbers = [info for info in describe(ArenaScene) if info.kind in (Kind.INT, Kind.FLOAT)]
    assert len(numbers) > 10
    assert all(None not in (info.lower, info.upper, info.step) for info in numbers)


def test_the_truth_as_a_table_holds_every_animal_in_every_frame(source, tmp_path):
    path = tmp_path / "truth.csv"
    write_truth_csv(path, (source.truth(index) for index in range(60)))
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 180
    expected = source.truth(59)
    assert (rows[-1]["frame"], rows[-1]["id"]) == ("59", "3")
    assert float(rows[-1]["x"]) == pytest.approx(expected.xy_px[2, 0], abs=1e-3)
    assert float(rows[-1]["heading"]) == pytest.approx(expected.heading_rad[2], abs=1e-4)


def test_a_truth_table_that_cannot_be_written_is_named(source, tmp_path):
    path = tmp_path / "no such folder" / "truth.csv"
    with pytest.raises(OutputError, match="no such folder"):
        write_truth_csv(path, [source.truth(0)])
