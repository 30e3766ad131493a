"""A table on a disk that is full and has space again: whole rows at any moment, and none lost without a word."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core.errors import OutputError
from tracker_gui.core.row_queue import RowQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_leaks")
HEADER = b"number,text\n"
# The disk has pages of 4,096 bytes, which are no multiple of a row.
TEXT = b"x" * 1000
STATE_WITHIN_S = 2.0


def row(number: int) -> bytes:
    return b"%d,%s\n" % (number, TEXT)


def numbers_in(path: Path) -> list[int]:
    """Return the numbers of the rows; fail where one is not whole."""
    header, *rows = path.read_bytes().splitlines(keepends=True)
    assert header == HEADER
    assert all(each.endswith(TEXT + b"\n") for each in rows)
    return [int(each.split(b",")[0]) for each in rows]


def use_up(disk: Path) -> Path:
    ballast = disk / "somebody_elses_file"
    ballast.write_bytes(bytes(shutil.disk_usage(disk).free))
    return ballast


def append(queue: RowQueue, first: int, last: int) -> None:
    for number in range(first, last):
        queue.append(row(number))


def append_until_it_fails(queue: RowQueue) -> None:
    until_s = time.monotonic() + STATE_WITHIN_S
    while time.monotonic() < until_s:
        queue.append(row(0))
        time.sleep(0.01)


def wait_until(reached: Callable[[], bool], timeout_s: float = 10.0) -> None:
    until_s = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < until_s, "it never came to that"
        time.sleep(0.01)


def is_written(path: Path, last: int) -> Callable[[], bool]:
    end = row(last)
    return lambda: path.exists() and path.read_bytes().endswith(end)


@pytest.fixture
def begin() -> Iterator[Callable[..., RowQueue]]:
    """Return a function that begins a table with its header."""
    begun: list[RowQueue] = []

    def make(path: Path, keep_bytes: int = 1_000_000) -> RowQueue:
        begun.append(RowQueue(path, keep_bytes))
        begun[-1].append(HEADER)
        return begun[-1]

    yield make
    for queue in begun:
        with contextlib.suppress(OutputError):
            queue.close()


def test_rows_that_had_to_wait_are_written_in_their_order(full_disk: Path, begin: Callable[..., RowQueue]) -> None:
    path = full_disk / "table.csv"
    queue = begin(path)
    append(queue, 0, 20)
    wait_until(is_written(path, 19))
    ballast = use_up(full_disk)
    append(queue, 20, 100)
    wait_until(lambda: bool(queue.trouble))
    assert f"{path}: the disk is full" in queue.trouble
    written = numbers_in(path)
    assert written == list(range(len(written)))
    assert f"{100 - len(written)} rows wait" in queue.trouble
    ballast.unlink()
    append(queue, 100, 101)
    wait_until(is_written(path, 100))
    wait_until(lambda: not queue.trouble)
    assert numbers_in(path) == list(range(101))
    queue.close()


def test_what_memory_cannot_hold_is_counted_and_the_newest_is_kept(
    full_disk: Path, begin: Callable[..., RowQueue]
) -> None:
    path = full_disk / "table.csv"
    queue = begin(path, keep_bytes=30_000)
    append(queue, 0, 20)
    wait_until(is_written(path, 19))
    ballast = use_up(full_disk)
    append(queue, 20, 21)
    wait_until(lambda: bool(queue.trouble))
    before = len(numbers_in(path))
    append(queue, 21, 200)
    wait_until(lambda: "rows are lost" in queue.trouble)
    ballast.unlink()
    wait_until(is_written(path, 199))
    numbers = numbers_in(path)
    kept = len(numbers) - before
    assert numbers == [*range(before), *range(200 - kept, 200)]
    assert 25 <= kept <= 60, "twice as much while the disk is being asked"
    with pytest.raises(OutputError, match=f"{200 - len(numbers)} rows are missing"):
        queue.close()


def test_a_disk_that_is_full_from_the_start_takes_the_header_first(
    full_disk: Path, begin: Callable[..., RowQueue]
) -> None:
    path = full_disk / "table.csv"
    ballast = use_up(full_disk)
    queue = begin(path, keep_bytes=10_000)
    wait_until(lambda: bool(queue.trouble))
    append(queue, 0, 50)
    ballast.unlink()
    wait_until(is_written(path, 49))
    numbers = numbers_in(path)
    assert numbers == list(range(50 - len(numbers), 50))
    with pytest.raises(OutputError, match="rows are missing"):
        queue.close()


def test_a_disk_that_stays_full_is_said_at_the_end(full_disk: Path, begin: Callable[..., RowQueue]) -> None:
    path = full_disk / "table.csv"
    queue = begin(path)
    wait_until(lambda: path.exists() and path.stat().st_size > 0)
    use_up(full_disk)
    append(queue, 0, 50)
    with pytest.raises(OutputError, match=r"could not be written to the end \(No space left.*rows before are complete"):
        queue.close()
    assert numbers_in(path) == list(range(len(numbers_in(path))))


def test_rows_reach_the_file_without_being_asked_for(tmp_path: Path, begin: Callable[..., RowQueue]) -> None:
    queue = begin(tmp_path / "table.csv")
    append(queue, 0, 3)
    wait_until(is_written(tmp_path / "table.csv", 2))
    queue.close()
    assert numbers_in(tmp_path / "table.csv") == [0, 1, 2]


def test_a_file_that_cannot_be_made_is_said_with_the_rows_that_follow(tmp_path: Path) -> None:
    queue = RowQueue(tmp_path / "gone" / "table.csv", keep_bytes=1_000_000)
    with pytest.raises(OutputError, match=r"gone.*cannot be written"):
        append_until_it_fails(queue)
    queue.append(row(1))
    queue.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete a file that is open")
def test_a_deleted_table_is_said_within_two_seconds(tmp_path: Path, begin: Callable[..., RowQueue]) -> None:
    path = tmp_path / "table.csv"
    queue = begin(path)
    wait_until(path.exists)
    path.unlink()
    with pytest.raises(OutputError, match="no longer there"):
        append_until_it_fails(queue)
    queue.close()
