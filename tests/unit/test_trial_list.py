"""Lists of trials as tables of other programs hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.core.trial_list import LONGEST, Trial, parse_trials, read_trials, trials_text

if TYPE_CHECKING:
    from pathlib import Path

CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).map(str.strip)


@pytest.mark.parametrize("mark", ["\t", ",", ";"])
def test_cells_are_parted_by_tabs_commas_or_semicolons(mark: str) -> None:
    text = mark.join(("M1", "control", "a.mp4", "first")) + "\n" + mark.join(("M2", "")) + "\n"
    assert parse_trials(text, "it") == (Trial("M1", "control", "a.mp4", "first"), Trial("M2"))


def test_columns_are_told_by_their_names_in_any_order_and_others_are_left_out() -> None:
    text = "Group,Weight,Animal,Video\ncontrol,21,M1,a.mp4\n"
    assert parse_trials(text, "it", headed=True) == (Trial("M1", "control", "a.mp4"),)


def test_a_trial_that_ran_when_the_program_ended_is_to_do() -> None:
    text = "subject,state\nM1,running\nM2,done\nM3,nonsense\n"
    assert [trial.state for trial in parse_trials(text, "it")] == ["to do", "done", "to do"]


def test_empty_lines_are_no_trials() -> None:
    assert parse_trials("M1,control\n\n,,\n", "it") == (Trial("M1", "control"),)


def test_nothing_is_no_trials() -> None:
    assert parse_trials("", "it") == ()


def test_a_table_without_names_is_refused_where_they_must_be() -> None:
    with pytest.raises(SettingsError, match=r"t\.csv: is no list of trials"):
        parse_trials("frame,time_s\n1,2\n", "t.csv", headed=True)


@given(st.lists(st.builds(Trial, subject=CELL, treatment=CELL, source=CELL, notes=CELL)))
def test_what_is_saved_is_read_again(trials: list[Trial]) -> None:
    listed = tuple(trial for trial in trials if not trial.is_empty)
    assert parse_trials(trials_text(listed), "it", headed=True) == listed


def test_a_table_of_windows_and_one_with_a_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes("subject;treatment\r\nMüller;ä\r\n".encode("cp1252"))
    (tmp_path / "new.csv").write_bytes("subject;treatment\r\nMüller;ä\r\n".encode("utf-8-sig"))
    assert read_trials(tmp_path / "old.csv") == read_trials(tmp_path / "new.csv") == (Trial("Müller", "ä"),)


def test_videos_lie_beside_the_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("subject,treatment,video\nM1,,day1/a.mp4\nM2,,live\n", encoding="utf-8")
    assert [trial.source for trial in read_trials(tmp_path / "t.csv")] == [str(tmp_path / "day1" / "a.mp4"), "live"]
    assert read_trials(tmp_path / "t.csv", beside=False)[0].source == "day1/a.mp4"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gone"):
        read_trials(tmp_path / "gone.csv")


def test_a_cell_has_its_limit() -> None:
    assert len(parse_trials("M" * 5000, "it")[0].subject) == LONGEST
