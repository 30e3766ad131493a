"""A table on a disk that is full and has space again: whole rows at any moment, and none lost without a word."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core.errors import OutputError
from tracker_gui.core.row_file import RowFile

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_leaks")
HEADER = b"number,text\n"
# The disk has pages of 4,096 bytes, which are no multiple of a row.
TEXT = b"x" * 1000


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


def append(file: RowFile, first: int, last: int) -> None:
    for number in range(first, last):
        file.append(row(number))


def test_rows_that_had_to_wait_are_written_in_their_order(full_disk: Path) -> None:
    path = full_disk / "table.csv"
    file = RowFile(path, keep_bytes=1_000_000)
    file.append(HEADER)
    append(file, 0, 20)
    ballast = use_up(full_disk)
    for number in range(20, 100):
        file.append(row(number))
        assert numbers_in(path) == list(range(len(numbers_in(path))))
    assert f"{path}: the disk is full" in file.trouble
    waiting = 100 - len(numbers_in(path))
    assert f"{waiting} rows wait" in file.trouble
    ballast.unlink()
    append(file, 100, 101)
    assert file.trouble == ""
    assert numbers_in(path) == list(range(101))
    file.close()


def test_what_memory_cannot_hold_is_counted_and_the_newest_is_kept(full_disk: Path) -> None:
    path = full_disk / "table.csv"
    file = RowFile(path, keep_bytes=30_000)
    file.append(HEADER)
    append(file, 0, 20)
    ballast = use_up(full_disk)
    append(file, 20, 200)
    before = len(numbers_in(path))
    assert "rows are lost" in file.trouble
    ballast.unlink()
    append(file, 200, 201)
    numbers = numbers_in(path)
    assert numbers[:before] == list(range(before))
    assert numbers[before:] == list(range(201 - (len(numbers) - before), 201))
    assert 25 <= len(numbers) - before <= 31
    with pytest.raises(OutputError, match=f"{201 - len(numbers)} rows are missing"):
        file.close()


def test_a_disk_that_is_full_from_the_start_takes_the_header_first(full_disk: Path) -> None:
    ballast = use_up(full_disk)
    file = RowFile(full_disk / "table.csv", keep_bytes=10_000)
    file.append(HEADER)
    append(file, 0, 50)
    ballast.unlink()
    append(file, 50, 51)
    numbers = numbers_in(full_disk / "table.csv")
    assert numbers == list(range(51 - len(numbers), 51))
    with pytest.raises(OutputError, match="rows are missing"):
        file.close()


def test_a_disk_that_stays_full_is_said_at_the_end(full_disk: Path) -> None:
    path = full_disk / "table.csv"
    file = RowFile(path, keep_bytes=1_000_000)
    file.append(HEADER)
    use_up(full_disk)
    append(file, 0, 50)
    with pytest.raises(OutputError, match=r"could not be written to the end \(No space left.*rows before are complete"):
        file.close()
    assert numbers_in(path) == list(range(len(numbers_in(path))))


def test_where_nobody_wants_to_wait_a_full_disk_is_an_error_at_once(full_disk: Path) -> None:
    path = full_disk / "table.csv"
    file = RowFile(path)
    file.append(HEADER)
    use_up(full_disk)
    with pytest.raises(OutputError, match="Free some space"):
        append(file, 0, 50)
    append(file, 50, 51)
    file.close()
    assert numbers_in(path) == list(range(len(numbers_in(path))))


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        RowFile(tmp_path / "gone" / "table.csv")
