"""Commands, arming, limits and plain sketches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.devices import DeviceCommand, DeviceState
from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.devices.board_set import BoardSet

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_command_is_done_acknowledged_and_timed(bench: Callable[..., Any], ends: Any) -> None:
    box = bench()
    result = box.board.send(ends.command(b"SET door 90"))
    assert (result.ok, result.result) == (True, "acknowledged")
    assert result.t_decided_s <= result.t_sent_s <= result.t_acknowledged_s
    assert box.values["door"] == 90
    assert box.board.status.values["door"] == 90


def test_the_board_says_what_it_has(bench: Callable[..., Any]) -> None:
    box = bench()
    assert [info.name for info in box.board.status.outputs] == ["door", "feeder", "led", "light", "out4", "out7"]
    assert box.board.status.inputs == {"button1": 0, "button2": 0}


def test_nothing_moves_before_it_is_armed(bench: Callable[..., Any], ends: Any) -> None:
    box = bench(arm=False)
    result = box.board.send(ends.command(b"SET door 90"))
    assert (result.sent, result.result) == (False, "not sent: the board is ready, not armed")
    assert box.values["door"] == 0


def test_a_test_goes_through_although_the_board_is_not_armed(bench: Callable[..., Any], ends: Any) -> None:
    box = bench(arm=False)
    assert box.board.test(ends.command(b"PULSE led 1 20")).ok
    ends.until(lambda: [value for _, _, value in box.virtual.changes] == [1, 0])
    assert not box.board.armed


def test_a_ping_moves_nothing(bench: Callable[..., Any]) -> None:
    box = bench(arm=False)
    assert box.board.ping().ok
    assert not box.virtual.changes


def test_a_command_that_comes_too_late_is_not_sent(bench: Callable[..., Any]) -> None:
    box = bench()
    now_s = time.monotonic()
    result = box.board.send(DeviceCommand(b"SET door 90", now_s - 1, now_s - 0.5))
    assert (result.sent, result.result) == (False, "not sent: too late")


def test_an_output_is_not_switched_on_again_too_soon_but_always_off(bench: Callable[..., Any], ends: Any) -> None:
    box = bench(least_gap_s=60)
    sent = [box.board.send(ends.command(b"SET %s %d" % each)) for each in ((b"led", 1), (b"led", 0), (b"led", 1))]
    assert [each.ok for each in sent] == [True, True, False]
    assert "60 s must lie between" in sent[2].result
    assert box.board.send(ends.command(b"SET out4 1")).ok  # each output for itself


def test_an_output_goes_back_by_itself_when_it_was_on_for_too_long(bench: Callable[..., Any], ends: Any) -> None:
    box = bench(longest_on_s=0.2)
    for _ in range(3):  # said again, it is not on for longer
        assert box.board.send(ends.command(b"SET door 90")).ok
    ends.until(lambda: box.values["door"] == 0)
    switched = [(t_s, value) for t_s, name, value in box.virtual.changes if name == "door"]
    assert [value for _, value in switched] == [90, 0]
    assert switched[1][0] - switched[0][0] >= 0.19
    too_long = box.board.send(ends.command(b"PULSE led 1 500"))
    assert too_long.result == "not sent: a pulse of 0.5 s is longer than the 0.2 s that it may be on"


def test_a_pulse_is_ended_by_the_board_itself(bench: Callable[..., Any], ends: Any) -> None:
    box = bench()
    assert box.board.send(ends.command(b"PULSE out7 1 30")).ok
    ends.until(lambda: len(box.virtual.changes) == 2)
    assert box.said[-1] == "PULSE out7 1 30"
    assert box.virtual.changes[1][0] - box.virtual.changes[0][0] >= 0.03


def test_commands_go_out_in_the_order_they_were_given(bench: Callable[..., Any], ends: Any) -> None:
    box = bench()
    results: list[Any] = []
    for value in range(1, 61):
        box.board.submit(ends.command(b"SET door %d" % value), results.append)
    ends.until(lambda: len(results) == 60)
    assert all(each.ok for each in results)
    assert [value for _, _, value in box.virtual.changes] == list(range(1, 61))


def test_what_does_not_fit_into_the_row_is_refused_at_once(bench: Callable[..., Any], ends: Any) -> None:
    box = bench()
    results: list[Any] = []
    with box.virtual._lock:  # so long it takes nothing
        for value in range(1, 101):
            box.board.submit(ends.command(b"SET door %d" % (value % 90 + 1)), results.append)
        refused = [each for each in results if not each.ok]
        assert len(refused) in (100 - 64, 100 - 65)  # one may be on its way already
    ends.until(lambda: len(results) == 100)
    assert {each.result for each in refused} == {"failed: not sent, 64 commands are waiting already"}


def test_the_board_is_kept_alive_while_nothing_is_sent(bench: Callable[..., Any], ends: Any) -> None:
    box = bench(watchdog_s=1)
    box.board.send(ends.command(b"SET door 90"))
    pings = len(box.virtual.heard)
    ends.until(lambda: len(box.virtual.heard) >= pings + 6)  # half as long again as the watchdog
    assert box.values["door"] == 90
    assert box.virtual.view().linked


def test_buttons_and_states_are_told(bench: Callable[..., Any], ends: Any) -> None:
    box = bench()
    heard: list[tuple[str, str]] = []
    box.board.listeners.append(lambda name, text: heard.append((name, text)))
    box.link.press("button1", True)
    ends.until(lambda: ("box", "button1 1") in heard)
    assert box.board.status.inputs["button1"] == 1
    box.board.close()
    assert heard[-1] == ("box", "closed")


def test_a_closed_board_says_so(bench: Callable[..., Any], ends: Any) -> None:
    box = bench()
    box.board.close()
    assert box.board.state is DeviceState.CLOSED
    assert box.board.send(ends.command(b"SET door 90")).result == "failed: not sent, the board is not open"
    with pytest.raises(TrackerError, match="cannot be armed, because it is closed"):
        box.board.arm()


def test_a_board_can_be_opened_again(bench: Callable[..., Any], ends: Any) -> None:
    box = bench()
    box.board.close()
    box.board.open()
    ends.until(lambda: box.board.state is DeviceState.READY)
    assert not box.board.armed  # whoever opens it arms it
    assert box.board.ping().ok


def test_a_plain_sketch_gets_bytes_as_they_are(ends: Any, no_leaks: None) -> None:
    with ends.PlainSketch() as sketch:
        board = ends.board_at(sketch.path, speaks="plain", boot_wait_s=0, baud="9600")
        board.open()
        ends.until(lambda: board.state is DeviceState.READY)
        assert not board.send(ends.command(b"m")).sent
        board.arm()
        result = board.send(ends.command(b"m"))
        with pytest.raises(TrackerError, match="cannot be asked"):
            board.ping()
        ends.until(lambda: sketch.bytes_got == b"m")
        board.close()
    assert (result.ok, result.result, result.t_acknowledged_s) == (True, "sent, not acknowledged", None)


def test_a_plain_sketch_may_be_waited_for(ends: Any, no_leaks: None) -> None:
    with ends.PlainSketch({b"m": b"moved\r\n"}) as sketch:
        board = ends.board_at(sketch.path, speaks="plain", boot_wait_s=0)
        heard: list[str] = []
        board.listeners.append(lambda _, text: heard.append(text))
        board.open()
        ends.until(lambda: board.state is DeviceState.READY)
        board.arm()
        answered = board.send(ends.command(b"m", reply=b"moved"))
        silent = board.send(ends.command(b"x", reply=b"moved", reply_timeout_s=0.1))
        board.close()
    assert (answered.ok, answered.result) == (True, "answered moved")
    assert answered.t_acknowledged_s > answered.t_sent_s
    assert (silent.ok, silent.sent) == (False, True)
    assert silent.result == "failed: not answered within 0.10 s"
    assert "moved" in heard


def test_a_pulse_of_a_plain_sketch_is_two_bytes(ends: Any, no_leaks: None) -> None:
    with ends.PlainSketch() as sketch:
        board = ends.board_at(sketch.path, speaks="plain", boot_wait_s=0, safe_bytes="k")
        board.open()
        ends.until(lambda: board.state is DeviceState.READY)
        board.arm()
        board.send(ends.command(b"m", then=b"k", then_after_s=0.1))
        ends.until(lambda: sketch.bytes_got == b"kmk")
        (_, _), (on_s, _), (off_s, _) = sketch.got
        board.close()
    assert off_s - on_s >= 0.05


def test_a_plain_sketch_goes_back_when_it_was_on_for_too_long(ends: Any, no_leaks: None) -> None:
    with ends.PlainSketch() as sketch:
        board = ends.board_at(sketch.path, speaks="plain", boot_wait_s=0, safe_bytes="k", longest_on_s=0.1)
        board.open()
        ends.until(lambda: board.state is DeviceState.READY)
        board.arm()
        board.send(ends.command(b"m"))
        ends.until(lambda: sketch.bytes_got == b"kmk")
        board.close()


def test_the_virtual_board_is_a_board_like_any_other(ends: Any, no_leaks: None) -> None:
    with BoardSet(lambda: []) as boards:
        board = boards.open("virtual board")
        ends.until(lambda: board.state is DeviceState.READY)
        board.arm()
        assert boards.device("virtual board").send(ends.command(b"SET door 90")).ok
        assert boards.virtual is not None
        assert boards.virtual.board.view().values["door"] == 90
    assert boards.virtual is None
    assert board.state is DeviceState.CLOSED


def test_a_set_opens_each_board_once_and_knows_who_is_missing() -> None:
    with BoardSet(lambda: []) as boards, pytest.raises(TrackerError, match="no board of this name is remembered"):
        boards.device("door box")
