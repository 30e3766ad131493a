"""Rules that drive boards: what reaches the board, when it is armed, and what stands in the log."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.devices import DeviceState
from tracker_gui.core.registry import load
from tracker_gui.core.rules import conflicts
from tracker_gui.engine.devices.board_set import BoardSet
from tracker_gui.engine.rules.runner import RuleRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OUT, IN = (150.0, 90.0), (50.0, 50.0)
IN_NEST = {"event": "in_zone", "zone": "nest"}
DOOR_RULE = {
    "when": IN_NEST,
    "on_enter": [{"action": "set_output", "pin": "door", "value": 90}],
    "on_exit": [{"action": "set_output", "pin": "door", "value": 0}],
}


class Session:
    """A runner, its boards, and an animal that is led through."""

    def __init__(self, runner: RuleRunner, boards: BoardSet, make_snapshot: Callable[..., Any]) -> None:
        self.runner, self.boards = runner, boards
        self._make = make_snapshot
        self._frame = 0

    def lead(self, *places: tuple[float, float] | None) -> None:
        """Lead the animal, and wait until all that this did is known."""
        for place in places:
            self.runner.step(self._make(self._frame, {1: place}))
            self._frame += 1
        until_s = time.monotonic() + 20
        while any(each.result is None for each in self.runner.recent if not each.decision.suppressed_by):
            assert time.monotonic() < until_s, "a result never came"
            time.sleep(0.002)

    @property
    def results(self) -> list[str]:
        return [each.result.result for each in self.runner.recent if each.result is not None]

    @property
    def virtual(self) -> Any:
        assert self.boards.virtual is not None
        return self.boards.virtual.board

    @property
    def switched(self) -> list[tuple[str, int]]:
        return [(name, value) for _, name, value in self.virtual.changes]


@pytest.fixture
def session(
    tmp_path: Path, make_preset: Any, source_info: Any, make_snapshot: Any, ends: Any, no_leaks: None
) -> Iterator[Callable[..., Session]]:
    """Return a function that begins a session with rules, its boards ready; all end with the test."""
    made: list[Session] = []

    def begin(*rules: dict[str, Any], remembered: Any = ()) -> Session:
        boards = BoardSet(lambda: list(remembered))
        runner = RuleRunner(make_preset(*rules), source_info, tmp_path, f"run{len(made)}", devices=boards)
        made.append(Session(runner, boards, make_snapshot))
        ends.until(lambda: all(board.state is DeviceState.READY for board in boards.boards))
        return made[-1]

    yield begin
    for each in made:
        each.runner.close()
        each.boards.close()


def test_an_animal_opens_the_door_and_leaves_it_closed(session: Callable[..., Session]) -> None:
    begun = session(DOOR_RULE)
    begun.lead(OUT, IN)
    assert begun.switched == []  # nobody has armed it
    begun.runner.arm()
    begun.lead(OUT, IN, IN, OUT)
    assert begun.switched == [("door", 90), ("door", 0)]
    assert begun.results == ["acknowledged", "acknowledged"]


def test_the_log_has_when_it_was_decided_sent_and_acknowledged(session: Callable[..., Session]) -> None:
    begun = session(DOOR_RULE)
    begun.runner.arm()
    begun.lead(OUT, IN)
    begun.runner.close()
    table = next(path for path in begun.runner.files if path.name.endswith("times.csv"))
    with table.open(newline="", encoding="utf-8") as file:
        (row,) = [row for row in csv.DictReader(file) if row["result"] == "acknowledged"]
    assert float(row["t_decided_s"]) <= float(row["t_sent_s"]) <= float(row["t_acknowledged_s"])


def test_a_pulse_is_one_command_that_the_board_ends(session: Callable[..., Session], ends: Any) -> None:
    begun = session({"when": IN_NEST, "on_enter": [{"action": "pulse", "pin": "out7", "length_ms": 20}]})
    begun.runner.arm()
    begun.lead(OUT, IN)
    ends.until(lambda: begun.switched == [("out7", 1), ("out7", 0)])


def test_a_lost_source_and_the_emergency_stop_bring_the_board_into_its_safe_state(
    session: Callable[..., Session], ends: Any
) -> None:
    begun = session(DOOR_RULE)
    for becomes_safe in (begun.runner.source_lost, begun.runner.emergency_stop, begun.runner.close):
        begun.runner.arm()
        begun.lead(OUT, IN)
        assert begun.virtual.view().values["door"] == 90
        becomes_safe()
        ends.until(lambda: begun.virtual.view().values["door"] == 0)


def test_a_board_is_armed_by_its_rule_and_disarmed_at_the_end(session: Callable[..., Session]) -> None:
    begun = session(DOOR_RULE)
    (board,) = begun.boards.boards
    begun.runner.arm()
    assert not board.armed  # not before it is needed
    begun.lead(OUT, IN)
    assert board.armed
    begun.runner.close()
    assert not board.armed


def test_a_board_that_a_person_has_disarmed_stays_so(session: Callable[..., Session]) -> None:
    begun = session(DOOR_RULE)
    (board,) = begun.boards.boards
    begun.runner.arm()
    board.disarm()
    begun.lead(OUT, IN)
    assert begun.results == ["not sent: the board is ready, not armed"]
    assert begun.switched == []


def test_what_a_board_says_is_heard_by_the_rules(session: Callable[..., Session], ends: Any) -> None:
    pressed = {"event": "message", "sender": "virtual board", "text": "button1 1"}
    begun = session({"when": pressed, "on_enter": [{"action": "pulse", "pin": "led", "length_ms": 20}]})
    begun.runner.arm()
    begun.lead(OUT)
    assert begun.boards.virtual is not None
    begun.boards.virtual.press("button1", True)
    (board,) = begun.boards.boards
    ends.until(lambda: board.status.inputs["button1"] == 1)
    begun.lead(OUT)
    assert begun.switched[0] == ("led", 1)


def test_one_entry_of_a_plain_sketch_is_one_byte_and_the_exit_another(
    session: Callable[..., Session], ends: Any
) -> None:
    rule = {
        "when": IN_NEST,
        "on_enter": [{"action": "serial_port", "device": "old", "send": "m"}],
        "on_exit": [{"action": "serial_port", "device": "old", "send": "k"}],
    }
    with ends.PlainSketch() as sketch:
        known = ends.board_at(sketch.path, "old", speaks="plain", boot_wait_s=0, baud="9600").settings
        begun = session(rule, remembered=[known])
        begun.runner.arm()
        begun.lead(OUT, IN, OUT)
        assert begun.results[0] == "not sent: the board is ready, not armed"  # a plain sketch is armed by hand
        begun.boards.boards[0].arm()
        begun.lead(IN, IN, IN, OUT)
        assert begun.results[-2:] == ["sent, not acknowledged", "sent, not acknowledged"]
        ends.until(lambda: sketch.bytes_got == b"mk")
        begun.runner.close()
        begun.boards.close()


def test_what_is_sent_may_name_the_animal_and_no_name_becomes_a_command(
    session: Callable[..., Session], ends: Any
) -> None:
    send = r"animal ${subject} of ${rule}\n"
    rule = {
        "name": r"a\nb ${x} ü", "when": IN_NEST,
        "on_enter": [{"action": "serial_port", "device": "old", "send": send}],
    }  # fmt: skip
    with ends.PlainSketch() as sketch:
        known = ends.board_at(sketch.path, "old", speaks="plain", boot_wait_s=0).settings
        begun = session(rule, remembered=[known])
        begun.boards.boards[0].arm()
        begun.runner.arm()
        begun.lead(OUT, IN)
        ends.until(lambda: sketch.bytes_got.endswith(b"\n"))
        assert sketch.bytes_got == rb"animal 1 of a\nb ${x} " + "ü".encode("latin-1") + b"\n"
        begun.runner.close()
        begun.boards.close()


def test_a_board_that_nobody_knows_is_told_before_the_night(session: Callable[..., Session]) -> None:
    begun = session({"when": IN_NEST, "on_enter": [{"action": "set_output", "device": "door box"}]})
    assert "no board of this name is remembered" in str(begun.runner.problems[0])
    begun.runner.arm()
    begun.lead(OUT, IN)
    assert begun.results == ["failed: no board of this name is remembered (known: none)"]


def test_f17_two_rules_on_one_pin_in_one_frame_act_in_the_order_they_stand_in_and_both_are_logged(
    session: Callable[..., Session],
) -> None:
    def door(value: int) -> dict[str, Any]:
        return {"when": IN_NEST, "on_enter": [{"action": "set_output", "pin": "door", "value": value}]}

    begun = session(door(90), door(45), door(60))
    begun.runner.arm()
    begun.lead(OUT, IN)
    assert begun.switched == [("door", 90), ("door", 45), ("door", 60)]
    logged = [(each.decision.rule, each.decision.frame) for each in begun.runner.recent if each.result is not None]
    assert logged == [("rule 0", 1), ("rule 1", 1), ("rule 2", 1)]


def test_two_rules_that_want_the_same_output_are_told_apart_from_two_that_do_not(make_preset: Any) -> None:
    def rule(name: str, pin: str) -> dict[str, Any]:
        return {"name": name, "when": IN_NEST, "on_enter": [{"action": "set_output", "pin": pin}]}

    by_bytes = {"name": "c", "when": IN_NEST, "on_enter": [{"action": "serial_port", "send": "SET door 1"}]}
    preset = make_preset(rule("a", "door"), rule("b", "led"), by_bytes)
    assert conflicts(preset.rules) == [("a", "c", "virtual board: door")]


@pytest.mark.parametrize("name", ["set_output", "pulse", "serial_port"])
def test_an_action_without_boards_says_so_and_is_never_armed_by_a_file(name: str) -> None:
    action = load("actions", name)()
    assert action.drives_hardware
    action.safe_state()
    action.close()
