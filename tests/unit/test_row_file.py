"""A table on a disk that is full or not there: whole rows at any moment, and an error at once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core.errors import OutputError
from tracker_gui.core.row_file import RowFile

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_leaks")
# The disk has pages of 4,096 bytes, which are no multiple of a row.
ROW = b"x" * 1000 + b"\n"


def test_a_full_disk_is_an_error_at_once_and_leaves_whole_rows(full_disk: Path) -> None:
    path = full_disk / "table.csv"
    file = RowFile(path)
    (full_disk / "somebody_elses_file").write_bytes(bytes(shutil.disk_usage(full_disk).free - 10_000))
    with pytest.raises(OutputError, match=r"No space left.*rows before are complete.*Free some space"):
        file.append(50 * ROW)
    file.append(ROW)
    file.close()
    assert set(path.read_bytes().splitlines(keepends=True)) == {ROW}
    assert path.stat().st_size == file.end > 0


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        RowFile(tmp_path / "gone" / "table.csv")


def test_a_file_that_lost_its_name_is_noticed(tmp_path: Path) -> None:
    file = RowFile(tmp_path / "table.csv")
    assert file.is_there()
    (tmp_path / "table.csv").rename(tmp_path / "other.csv")
    assert not file.is_there()
    (tmp_path / "table.csv").touch()
    assert not file.is_there()
    file.close()
