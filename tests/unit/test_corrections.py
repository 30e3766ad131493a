"""Corrections: what each does, what none of them may lose, and the file they are kept in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_gui.analysis.correction_file import corrections_path, read_corrections, write_corrections, write_log
from tracker_gui.analysis.corrections import Change, Correction, Delete, Interpolate, Place, Shift, Swap, corrected
from tracker_gui.analysis.track_grid import LOST, TrackGrid, gap_around
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from pathlib import Path

FRAMES, FIRST = 12, 5


def small_table(lost: Any = (), listed_everywhere: bool = True) -> TrackGrid:
    """Return three animals that walk to the right on lines of their own; `lost` are (row, column)."""
    state = np.zeros((FRAMES, 3), np.int8)
    for row, column in lost:
        state[row, column] = LOST
    xy = np.stack([np.add.outer(np.arange(FRAMES) * 2.0, [0, 100, 200]), np.tile([10.0, 20, 30], (FRAMES, 1))], axis=2)
    xy[state == LOST] = np.nan
    listed = np.ones_like(state, np.bool_) if listed_everywhere else state != LOST
    origin = np.where(listed, np.arange(FRAMES * 3).reshape(FRAMES, 3), -1).astype(np.int32)
    frame = np.arange(FIRST, FIRST + FRAMES)
    edited = np.zeros_like(listed)
    return TrackGrid(frame, frame / 30, np.array([1, 2, 4]), state, xy, listed, origin, edited, bool(listed.all()))


def same(one: TrackGrid, other: TrackGrid) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "xy_px")
        for name in ("frame", "ids", "state", "xy_px", "listed", "origin", "edited")
    )


stretches = st.tuples(st.integers(FIRST, FIRST + FRAMES - 1), st.none() | st.integers(0, 5)).map(
    lambda pair: {"first_frame": pair[0], "last_frame": None if pair[1] is None else pair[0] + pair[1]}
)
animals = st.sampled_from([1, 2, 4, 7])


@st.composite
def any_correction(draw: st.DrawFn) -> Correction:
    kind = draw(st.sampled_from(["swap", "change", "delete", "interpolate", "place", "shift"]))
    if kind == "place":
        x, y = draw(st.integers(0, 300)), draw(st.integers(0, 300))
        return Place(animal=draw(animals), frame=draw(st.integers(FIRST, FIRST + FRAMES - 1)), x_px=x, y_px=y)
    if kind == "shift":
        return Shift(x_px=draw(st.integers(-50, 50)), y_px=draw(st.integers(-50, 50)))
    stretch = draw(stretches)
    one, other = draw(animals), draw(animals)
    if kind == "swap":
        return Swap(animal=one, other=other, **stretch)
    if kind == "change":
        return Change(animal=one, to=other, **stretch)
    return (Delete if kind == "delete" else Interpolate)(animal=one, **stretch)


def those_that_fit(table: TrackGrid, wanted: list[Correction]) -> list[Correction]:
    fitting: list[Correction] = []
    for correction in wanted:
        try:
            corrected(table, [*fitting, correction])
        except SettingsError:
            continue
        fitting.append(correction)
    return fitting


gaps = st.lists(st.tuples(st.integers(0, FRAMES - 1), st.integers(0, 2)), max_size=8)


@given(gaps, st.booleans(), st.lists(any_correction(), max_size=8))
def test_corrections_never_change_the_table_they_start_from(lost: Any, full: bool, wanted: list[Correction]) -> None:
    table = small_table(lost, full)
    corrected(table, those_that_fit(table, wanted))
    assert same(table, small_table(lost, full))
    assert same(corrected(table, []), table)


@given(gaps, st.booleans(), st.lists(any_correction(), max_size=8))
def test_one_by_one_is_the_same_as_all_at_once(lost: Any, full: bool, wanted: list[Correction]) -> None:
    table = small_table(lost, full)
    fitting = those_that_fit(table, wanted)
    states = [corrected(table, fitting[:count]) for count in range(len(fitting) + 1)]
    for count, correction in enumerate(fitting):
        assert same(corrected(states[count], [correction]), states[count + 1])


@given(gaps, st.booleans(), st.lists(stretches, max_size=6), st.randoms())
def test_swaps_taken_back_in_turn_leave_the_table_as_it_was(lost: Any, full: bool, when: Any, random: Any) -> None:
    table = small_table(lost, full)
    swaps = [Swap(animal=a, other=b, **each) for each in when for a, b in [random.sample([1, 2, 4], 2)]]
    assert same(corrected(table, [*swaps, *reversed(swaps)]), table)


@given(gaps, st.booleans(), st.lists(any_correction(), max_size=8))
def test_an_animal_without_a_state_has_no_place_and_no_other_is_without_one(
    lost: Any, full: bool, wanted: list[Correction]
) -> None:
    table = small_table(lost, full)
    mended = corrected(table, those_that_fit(table, wanted))
    assert (np.isnan(mended.xy_px).any(axis=2) == (mended.state == LOST)).all()
    assert mended.listed[mended.state != LOST].all()
    used = mended.origin[mended.origin >= 0]
    assert len(used) == len(set(used.tolist()))
    assert not full or mended.is_full


@given(st.lists(any_correction(), max_size=8))
def test_corrections_survive_their_file(tmp_path_factory: pytest.TempPathFactory, wanted: list[Correction]) -> None:
    tracks = tmp_path_factory.mktemp("tracks") / "a_tracks.csv"
    write_corrections(tracks, "ab", wanted)
    assert list(read_corrections(tracks, "ab")) == wanted


# ---- each of them


def test_a_swap_within_a_range_leaves_the_rest() -> None:
    table = small_table()
    mended = corrected(table, [Swap(animal=1, other=4, first_frame=7, last_frame=8)])
    assert mended.xy_px[:, 0, 1].tolist() == [10, 10, 30, 30] + [10] * 8
    assert mended.xy_px[:, 2, 1].tolist() == [30, 30, 10, 10] + [30] * 8


def test_a_change_gives_the_positions_to_another_animal() -> None:
    table = small_table(lost=[(row, 1) for row in range(6, FRAMES)])
    mended = corrected(table, [Change(animal=1, to=2, first_frame=FIRST + 6)])
    assert mended.xy_px[:, 1, 1].tolist() == [20] * 6 + [10] * 6
    assert (mended.state[6:, 0] == LOST).all()
    assert mended.is_full


def test_a_change_to_a_new_animal_adds_it() -> None:
    mended = corrected(small_table(), [Change(animal=4, to=3, first_frame=FIRST + 4)])
    assert mended.ids.tolist() == [1, 2, 3, 4]
    assert mended.xy_px[4:, 2, 1].tolist() == [30] * 8
    assert (mended.state[:4, 2] == LOST).all()
    assert (mended.state[4:, 3] == LOST).all()


def test_a_change_never_overwrites_positions() -> None:
    with pytest.raises(SettingsError, match=r"2 has a position of its own in frame 9\. Swap the two"):
        corrected(small_table(), [Change(animal=1, to=2, first_frame=9)])


def test_a_gap_becomes_a_straight_line_that_is_told_as_guessed() -> None:
    table = small_table(lost=[(4, 1), (5, 1), (6, 1)])
    assert gap_around(table, 2, FIRST + 5) == (FIRST + 4, FIRST + 6)
    mended = corrected(table, [Interpolate(animal=2, first_frame=FIRST + 4, last_frame=FIRST + 6)])
    assert mended.xy_px[:, 1].tolist() == small_table().xy_px[:, 1].tolist()
    assert mended.state[4:7, 1].tolist() == [TrackState.PREDICTED] * 3


def test_a_gap_at_an_end_cannot_be_interpolated() -> None:
    table = small_table(lost=[(0, 0), (1, 0)])
    with pytest.raises(SettingsError, match="was not measured on both sides"):
        corrected(table, [Interpolate(animal=1, first_frame=FIRST, last_frame=FIRST + 1)])


def test_a_placed_animal_was_seen_by_somebody() -> None:
    mended = corrected(small_table(lost=[(3, 0)]), [Place(animal=1, frame=FIRST + 3, x_px=6.5, y_px=9.5)])
    assert mended.xy_px[3, 0].tolist() == [6.5, 9.5]
    assert mended.state[3, 0] == TrackState.FOUND
    assert mended.origin[3, 0] == -1


@pytest.mark.parametrize(
    ("correction", "told"),
    [
        (Swap(animal=1, other=9, first_frame=5), "there is no animal 9. There are: 1, 2, 4"),
        (Swap(animal=1, other=1, first_frame=5), "cannot be swapped with itself"),
        (Delete(animal=1, first_frame=99), "the tracks have frames 5 to 16 only"),
        (Place(animal=1, frame=99, x_px=1, y_px=1), "the tracks have no such frame"),
        (Interpolate(animal=1, first_frame=8, last_frame=9), "was measured in all of them"),
    ],
)
def test_what_does_not_fit_says_why(correction: Correction, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        corrected(small_table(), [correction])
    assert told in str(caught.value)
    assert str(correction) in str(caught.value)


# ---- the file


def test_without_corrections_there_is_no_file(tmp_path: Path) -> None:
    tracks = tmp_path / "a_tracks.csv"
    write_corrections(tracks, "ab", [Delete(animal=1, first_frame=5)])
    assert corrections_path(tracks).name == "a_tracks_corrections.json"
    write_corrections(tracks, "ab", [])
    assert not corrections_path(tracks).exists()
    assert read_corrections(tracks, "ab") == ()


def test_corrections_are_not_applied_to_other_tracks(tmp_path: Path) -> None:
    tracks = tmp_path / "a_tracks.csv"
    write_corrections(tracks, "ab", [Delete(animal=1, first_frame=5)])
    with pytest.raises(SettingsError, match=r"was made for another a_tracks\.csv"):
        read_corrections(tracks, "cd")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "else"}, "does not hold corrections"),
        ({"schema_version": 2}, "schema_version: is 2"),
        ({"corrections": 3}, "must be a list"),
        ({"corrections": [{"kind": "swap", "animal": 1, "first_frame": 3}]}, r"corrections\[0\].other"),
        ({"corrections": [{"kind": "delete", "animal": 1, "first_frame": 3, "last_frame": 1}]}, "lies before"),
        ({"corrections": [{"kind": "dance"}]}, r"corrections\[0\]"),
        ({"corrections": [{"kind": "place", "animal": 1, "frame": 3, "x_px": "nan", "y_px": 1}]}, "x_px"),
    ],
)
def test_a_damaged_file_says_where(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    tracks = tmp_path / "a_tracks.csv"
    write_corrections(tracks, "ab", [Delete(animal=1, first_frame=5)])
    path = corrections_path(tracks)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(SettingsError, match=told):
        read_corrections(tracks, "ab")


def test_the_log_says_what_was_done_in_its_order(tmp_path: Path) -> None:
    made = [
        Swap(animal=1, other=2, first_frame=7, made_utc="2030-01-01T10:00:00+00:00"),
        Change(animal=1, to=2, first_frame=7, last_frame=9),
        Place(animal=4, frame=8, x_px=1.5, y_px=2.5),
    ]
    write_log(tmp_path / "log.csv", made)
    assert (tmp_path / "log.csv").read_text().splitlines() == [
        "number,made_utc,kind,animal,other,first_frame,last_frame,x_px,y_px,what",
        "1,2030-01-01T10:00:00+00:00,swap,1,2,7,,,,Swap 1 and 2 from frame 7 on",
        "2,,change,1,2,7,9,,,Change 1 to 2 in frames 7 to 9",
        '3,,place,4,,8,8,1.5,2.5,"Place 4 at (1.5, 2.5) px in frame 8"',
    ]
