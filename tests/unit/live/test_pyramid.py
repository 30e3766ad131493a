"""Rows are kept one by one for minutes, and as extremes over ever wider blocks for hours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker_gui.analysis.pyramid import BLOCK_ROWS, FULL_ROWS, WIDER, Pyramid


def filled(values: np.ndarray, sampled: tuple[int, ...] = ()) -> tuple[Pyramid, np.ndarray]:
    """Return a pyramid that took (n, k) values, one row per second."""
    pyramid = Pyramid()
    columns = pyramid.add_columns(values.shape[1], sampled)
    for t_s, row in enumerate(values):
        pyramid.row[columns] = row
        pyramid.put(float(t_s))
    return pyramid, columns


@given(
    st.integers(1, 3000),
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 300),
    st.sampled_from([0, 50, 200]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=60, deadline=None)
def test_an_excerpt_has_the_extremes_of_all_its_rows_and_loses_none(
    rows: int, since: float, gaps: int, most: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, 2)).astype(np.float32)
    values[random.integers(0, rows, gaps), 1] = np.nan
    pyramid, columns = filled(values)
    since_s = float(int(since * rows))
    found = pyramid.excerpt(columns, since_s, most)
    assert not most or len(found.t_s) <= 2 * most
    # A block belongs to the time up to the next one; only the first may begin before the time that was asked for.
    starts = found.t_s.astype(int)
    ends = [*starts[1:].tolist(), rows]
    assert starts[0] <= since_s
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        np.testing.assert_array_equal(found.low[number], np.fmin.reduce(values[start:end]))
        np.testing.assert_array_equal(found.high[number], np.fmax.reduce(values[start:end]))


def test_the_last_minutes_are_kept_row_by_row_and_hours_as_extremes() -> None:
    rows = 2 * WIDER**2 * BLOCK_ROWS + 77
    values = np.zeros((rows, 1), np.float32)
    values[5000] = -9.0
    values[rows - 20] = 7.0
    pyramid, columns = filled(values)
    last = pyramid.excerpt(columns, rows - FULL_ROWS + 1.0, 0)
    assert last.rows_per_block == 1
    assert len(last.t_s) == FULL_ROWS - 1
    everything = pyramid.excerpt(columns, 0.0, 500)
    assert everything.t_s[0] == 0
    assert (everything.low.min(), everything.high.max()) == (-9.0, 7.0)


def test_memory_does_not_grow_with_time() -> None:
    import tracemalloc

    pyramid, columns = filled(np.zeros((10, 8), np.float32))
    tracemalloc.start()
    for t_s in range(10, 20_000):
        pyramid.row[columns] = t_s
        pyramid.put(float(t_s))
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 20_000


def test_of_an_angle_a_block_keeps_the_last_value() -> None:
    values = np.arange(64, dtype=np.float32)[:, None] % 10
    pyramid, columns = filled(values, sampled=(0,))
    found = pyramid.excerpt(columns, 0.0, 8)
    assert found.rows_per_block == WIDER
    np.testing.assert_array_equal(found.low, found.high)
    np.testing.assert_array_equal(found.high[:, 0], values[WIDER - 1 :: WIDER, 0])


@pytest.mark.parametrize("rows", [5, 100, 1000, FULL_ROWS + 3000])
def test_a_column_that_came_late_is_filled_as_if_it_had_been_there(rows: int) -> None:
    values = np.random.default_rng(3).normal(size=(rows, 1)).astype(np.float32)
    pyramid, _ = filled(values)
    (late,) = pyramid.add_columns(1)
    first = max(0, rows - FULL_ROWS)
    pyramid.backfill(int(late), first, values[first:, 0])
    for since_s, most in ((0.0, 0), (0.0, 50), (float(first + 64), 400)):
        found = pyramid.excerpt(np.array([0, late]), since_s, most)
        # Blocks that reach further back than what was filled stay empty, the one being filled as well.
        whole = (found.t_s >= first) & (found.t_s + found.rows_per_block <= rows)
        np.testing.assert_array_equal(found.low[whole, 0], found.low[whole, 1])
        np.testing.assert_array_equal(found.high[whole, 0], found.high[whole, 1])


def test_more_columns_leave_the_old_ones_as_they_are() -> None:
    values = np.random.default_rng(4).normal(size=(500, 3)).astype(np.float32)
    pyramid, columns = filled(values)
    pyramid.add_columns(40)
    found = pyramid.excerpt(columns, 0.0, 0)
    np.testing.assert_array_equal(found.low, values)


def test_before_the_first_row_there_is_nothing() -> None:
    pyramid, columns = filled(np.zeros((0, 2), np.float32))
    for most in (0, 500):
        assert pyramid.excerpt(columns, 0.0, most).low.shape == (0, 2)
