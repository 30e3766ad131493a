"""The rules of a camera in the window: evaluated while it plays, switched at any time, stopped at once."""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.devices import DeviceState
from tracker_gui.core.preset import choice
from tracker_gui.core.types import SourceInfo
from tracker_gui.engine.devices.board_set import BoardSet
from tracker_gui.engine.rules.seat import RuleMode, RuleSeat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OUT, IN = (150.0, 90.0), (50.0, 50.0)
DOOR = {
    "when": {"event": "in_zone", "zone": "nest"},
    "on_enter": [{"action": "set_output", "pin": "door", "value": 90}],
}
INFO = SourceInfo("test", (200, 100), 8.0, None)


@pytest.fixture
def boards() -> Iterator[BoardSet]:
    with BoardSet(list) as boards:
        yield boards


@pytest.fixture
def seat(boards: BoardSet, make_preset: Callable[..., Any], tmp_path: Path) -> Iterator[RuleSeat]:
    """Return the seat of a file that plays, with a rule that opens a door."""
    seat = RuleSeat()
    seat.devices, seat.folder = (lambda: boards), (lambda: tmp_path / "out")
    seat.use(replace(make_preset(DOOR), source=choice("sources", "simulated")), 0)
    seat.info = INFO
    yield seat
    seat.begin_close()
    assert seat.wait()


def lead(seat: RuleSeat, make_snapshot: Callable[..., Any], *places: Any, first: int = 0) -> None:
    for number, place in enumerate(places, first):
        seat.see(make_snapshot(number, {1: place}))


def doors(boards: BoardSet) -> list[int]:
    return [] if boards.virtual is None else [v for _, name, v in boards.virtual.board.changes if name == "door"]


def until(so: Callable[[], bool]) -> None:
    until_s = time.monotonic() + 20
    while not so():
        assert time.monotonic() < until_s
        time.sleep(0.002)


def ready(boards: BoardSet) -> None:
    board = boards.open("virtual board")
    until(lambda: board.state is DeviceState.READY)


def test_nothing_is_done_and_no_board_is_opened_before_they_are_armed(
    seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any], tmp_path: Path
) -> None:
    lead(seat, make_snapshot, OUT, IN)
    assert seat.runner is not None
    assert [each.decision.suppressed_by for each in seat.runner.recent] == ["disarmed"]
    assert boards.boards == ()
    assert not (tmp_path / "out").exists()


def test_armed_they_open_the_door_on_the_frame_on_which_the_animal_enters(
    seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any]
) -> None:
    ready(boards)
    seat.set_mode(RuleMode.ARMED).join()
    lead(seat, make_snapshot, OUT, IN)
    until(lambda: doors(boards) == [90])
    assert seat.runner is not None
    assert [each.decision.frame for each in seat.runner.recent] == [1]


def test_what_they_did_is_written_down_where_the_results_go(
    seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any], tmp_path: Path
) -> None:
    ready(boards)
    seat.set_mode(RuleMode.ARMED).join()
    lead(seat, make_snapshot, OUT, IN)
    until(lambda: doors(boards) == [90])
    seat.set_mode(RuleMode.OFF).join()
    with (tmp_path / "out" / "simulated_rules.csv").open(newline="") as file:
        assert [(row["frame"], row["payload"]) for row in csv.DictReader(file)] == [("1", "virtual board: SET door 90")]


def test_shadow_writes_down_what_would_be_done_and_opens_no_board(
    seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any], tmp_path: Path
) -> None:
    seat.set_mode(RuleMode.SHADOW).join()
    lead(seat, make_snapshot, OUT, IN)
    seat.set_mode(RuleMode.OFF).join()
    assert boards.boards == ()
    assert "would be sent" in (tmp_path / "out" / "simulated_rules_times.csv").read_text()


def test_switched_off_the_door_closes(seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any]) -> None:
    ready(boards)
    seat.set_mode(RuleMode.ARMED).join()
    lead(seat, make_snapshot, OUT, IN)
    until(lambda: doors(boards) == [90])
    seat.set_mode(RuleMode.OFF).join()
    until(lambda: doors(boards) == [90, 0])


def test_a_stop_outdoes_an_arming_that_has_not_ended(
    seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any]
) -> None:
    ready(boards)
    threads = [seat.set_mode(RuleMode.ARMED), seat.set_mode(RuleMode.OFF)]
    for thread in threads:
        thread.join()
    lead(seat, make_snapshot, OUT, IN)
    assert seat.runner is None or not seat.runner.armed
    assert doors(boards) == []


def test_a_video_that_stands_still_brings_everything_into_its_safe_state(
    seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any]
) -> None:
    ready(boards)
    seat.set_mode(RuleMode.ARMED).join()
    lead(seat, make_snapshot, OUT, IN)
    until(lambda: doors(boards) == [90])
    seat.stood_still()
    until(lambda: doors(boards) == [90, 0])


def test_after_a_jump_an_animal_that_is_there_has_not_entered(
    seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any]
) -> None:
    seat.set_mode(RuleMode.SHADOW).join()
    lead(seat, make_snapshot, OUT, OUT)
    seat.break_off()
    lead(seat, make_snapshot, IN, IN, first=40)
    assert seat.runner is not None
    assert [each.decision.suppressed_by for each in seat.runner.recent] == ["so already at the start"]


def test_a_run_into_files_has_the_rules_of_the_mode_it_is_in(
    seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any], tmp_path: Path
) -> None:
    ready(boards)
    seat.is_live = True
    seat.set_mode(RuleMode.ARMED).join()
    runner = seat.make_run(INFO, tmp_path, "run")
    assert runner is not None
    assert runner.armed
    runner.step(make_snapshot(0, {1: OUT}))
    runner.step(make_snapshot(1, {1: IN}))
    until(lambda: doors(boards) == [90])
    seat.set_mode(RuleMode.OFF).join()
    assert not runner.armed
    runner.close()


def test_a_run_can_be_armed_while_it_goes(
    seat: RuleSeat, boards: BoardSet, make_snapshot: Callable[..., Any], tmp_path: Path
) -> None:
    ready(boards)
    seat.is_live = True
    runner = seat.make_run(INFO, tmp_path, "run")
    assert runner is not None
    assert not runner.armed
    runner.step(make_snapshot(0, {1: OUT}))
    seat.set_mode(RuleMode.ARMED).join()
    runner.step(make_snapshot(1, {1: OUT}))
    runner.step(make_snapshot(2, {1: IN}))
    until(lambda: doors(boards) == [90])
    runner.close()


def test_a_preset_without_rules_costs_a_run_nothing(make_preset: Callable[..., Any], tmp_path: Path) -> None:
    seat = RuleSeat()
    seat.use(make_preset(), 0)
    assert seat.make_run(INFO, tmp_path, "run") is None
