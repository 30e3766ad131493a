"""Boards that are unplugged, deaf, mad or reset: nothing is late, nothing is lost in silence, all becomes safe."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.devices import DeviceState
from tracker_gui.core.errors import TrackerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker_gui.core.devices import DeviceResult

if sys.platform == "win32":
    pytest.skip("needs pseudo-terminals", allow_module_level=True)

from tracker_gui.engine.devices import board as board_module
from tracker_gui.engine.devices.board_set import BoardSet
from tracker_gui.simulate.virtual_board import VirtualBoard
from tracker_gui.simulate.virtual_link import PtyLink

_spec = importlib.util.spec_from_file_location("board_ends", Path(__file__).with_name("board_ends.py"))
assert _spec is not None
assert _spec.loader is not None
ends: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(ends)

CHILD = Path(__file__).with_name("board_child.py")
FRAME_S = 1 / 60


@pytest.fixture(autouse=True)
def _clean(no_leaks: None) -> None:
    """Every test leaves no thread and no file open."""


@pytest.fixture
def boards() -> Iterator[list[Any]]:
    """Boards that are closed at the end of the test."""
    opened: list[Any] = []
    yield opened
    for each in opened:
        each.close()


def opened(board: Any, boards: list[Any], arm: bool = True) -> Any:
    boards.append(board)
    board.open()
    ends.until(lambda: board.state is DeviceState.READY)
    if arm:
        board.arm()
    return board


def values(virtual: VirtualBoard) -> dict[str, int]:
    return virtual.view().values


# ---- F13


def pull_and_plug(rounds: int, boards: list[Any]) -> None:
    """Pull the cable in the middle of commands, again and again; another board like it is there all the time."""
    sockets, virtual, other = ends.Sockets(), VirtualBoard(), VirtualBoard()
    stranger, cable = PtyLink(other), PtyLink(virtual)
    sockets.plugged = {"B999": stranger.path, "A001": cable.path}
    board = opened(sockets.board("A001"), boards)
    took_s, away_s, in_gap, before = [], [], [], []
    try:
        for _ in range(rounds):
            results: list[DeviceResult] = []
            assert board.send(ends.command(b"SET led 1")).ok
            virtual.heard.clear()
            del sockets.plugged["A001"]
            cable.close()
            # What is handed over from now on belongs to the gap, whether the cable is known to be pulled or not.
            for value in range(30):
                start_s = time.perf_counter()
                board.submit(ends.command(b"SET door %d" % (value + 1)), results.append)
                took_s.append(time.perf_counter() - start_s)
            ends.until(lambda: board.state is DeviceState.AWAY)
            board.submit(ends.command(b"SET door 99"), results.append)
            ends.until(lambda: len(results) == 31)  # noqa: B023
            in_gap += results
            virtual.reset()
            cable = PtyLink(virtual)
            sockets.plugged["A001"] = cable.path
            start_s = time.perf_counter()
            ends.until(lambda: board.state is DeviceState.READY)
            away_s.append(time.perf_counter() - start_s)
            before.append([line.partition(" ")[2] for line in virtual.heard])
        assert board.armed
    finally:
        board.close()
        cable.close()
        stranger.close()
    assert not any(result.ok for result in in_gap)
    assert all("not sent" in result.result or "failed" in result.result for result in in_gap)
    # Nothing of the gap is ever done later, and the safe state is the first thing that is.
    assert all(lines == ["HELLO 1 5000 5000", "LIST", "SAFE"] for lines in before)
    assert not any("door" in name for _, name, _ in virtual.changes)
    assert not other.heard
    assert sorted(took_s)[int(0.95 * len(took_s))] < FRAME_S
    assert sorted(away_s)[len(away_s) // 2] < 2.0
    print(f"{rounds} hang-ups: back after {max(away_s):.2f} s at most; handing over took {max(took_s) * 1e3:.2f} ms")


def test_a_cable_that_is_pulled_again_and_again(boards: list[Any]) -> None:
    pull_and_plug(6, boards)


@pytest.mark.faults_full
def test_a_cable_that_is_pulled_fifty_times(boards: list[Any]) -> None:
    pull_and_plug(50, boards)


# ---- F14


def test_a_plain_sketch_that_never_reads_gets_the_safe_state_and_nothing_late(boards: list[Any]) -> None:
    results: list[DeviceResult] = []
    with ends.OtherEnd() as deaf:
        board = opened(ends.board_at(deaf.path, speaks="plain", boot_wait_s=0, safe_bytes="k"), boards)
        took_s = []
        for _ in range(400):
            start_s = time.perf_counter()
            board.submit(ends.command(b"m" * 250), results.append)
            took_s.append(time.perf_counter() - start_s)
            if any("timed out" in result.result for result in results):
                break
            ends.until(lambda: len(results) == len(took_s))
        ends.until(lambda: len(results) == len(took_s))
        ends.until(lambda: not board.armed)
        failed = results[-1]
        board.close()
        woken = deaf.take(0.1)
    assert "write timed out" in failed.result
    assert failed.t_sent_s is None
    assert sorted(took_s)[int(0.95 * len(took_s))] < FRAME_S
    # What has arrived at its end (the terminal keeps 4 kB there) is beyond recall; the rest was taken back, and the
    # safe state is the last thing it will ever read.
    given = sum(250 for result in results if result.sent)
    assert len(woken) <= 4096 + 4
    assert given > 8192
    assert woken.endswith(b"k")


class HangingBoard(VirtualBoard):
    """Stops to read and to speak while `going` is not set, as a sketch does that is stuck in a loop."""

    def __init__(self) -> None:
        self.going, self.stuck = threading.Event(), threading.Event()
        self.going.set()
        super().__init__()

    def tick(self) -> float:
        if not self.going.is_set():
            self.stuck.set()
            self.going.wait()
        return super().tick()


def test_a_board_that_hangs_fails_its_command_and_does_not_do_it_when_it_wakes(boards: list[Any]) -> None:
    virtual = HangingBoard()
    cable = PtyLink(virtual)
    board = opened(ends.board_at(cable.path, answer_timeout_s=0.1, watchdog_s=1), boards)
    virtual.going.clear()
    cable.press("button1", False)
    assert virtual.stuck.wait(ends.PATIENCE_S)
    virtual.heard.clear()
    result = board.send(ends.command(b"SET door 90"))
    state = ends.until(lambda: board.state is not DeviceState.READY and board.state)
    refused = board.send(ends.command(b"SET door 91"))
    virtual.going.set()
    ends.until(lambda: board.state is DeviceState.READY)
    board.close()
    cable.close()
    assert result.result == "failed: not acknowledged within 0.10 s"
    assert result.sent
    assert state in (DeviceState.AWAY, DeviceState.STARTING)
    assert not refused.sent
    assert not any("SET" in line for line in virtual.heard)
    assert not virtual.changes


def test_one_board_that_hangs_does_not_keep_another_waiting(boards: list[Any]) -> None:
    hanging, quick = HangingBoard(), VirtualBoard()
    cables = PtyLink(hanging), PtyLink(quick)
    stuck = opened(ends.board_at(cables[0].path, "stuck", answer_timeout_s=2, watchdog_s=5), boards)
    other = opened(ends.board_at(cables[1].path, "other"), boards)
    hanging.going.clear()
    cables[0].press("button1", False)
    assert hanging.stuck.wait(ends.PATIENCE_S)
    waiting: list[DeviceResult] = []
    stuck.submit(ends.command(b"SET door 90"), waiting.append)
    done = [other.send(ends.command(b"SET door %d" % value)) for value in range(1, 51)]
    still_waiting = not waiting
    hanging.going.set()
    for each in (stuck, other):
        each.close()
    for cable in cables:
        cable.close()
    assert still_waiting
    assert all(result.ok for result in done)


# ---- F15


def test_a_wrong_device_that_floods_the_line_is_refused(boards: list[Any]) -> None:
    with ends.Babbler(1_000_000) as babbler:
        board = ends.board_at(babbler.path)
        boards.append(board)
        board.open()
        ends.until(lambda: board.state is DeviceState.REFUSED)
        said = babbler.said_bytes
        with pytest.raises(TrackerError, match=r"cannot be armed, because it is refused\. It sends too much"):
            board.arm()
        result = board.send(ends.command(b"SET door 90"))
        junk = board.status.junk_bytes
        board.close()
        told = babbler.take()
    assert not result.sent
    assert told == b""
    # Read no further than was needed to know it.
    assert board_module.MOST_JUNK_BYTES < junk < board_module.MOST_JUNK_BYTES + 8192
    assert said < 1_000_000


def test_a_device_that_says_something_else_is_refused(boards: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_module, "READY_TIMEOUT_S", 0.5)
    with ends.OtherEnd() as scale:
        board = ends.board_at(scale.path)
        boards.append(board)
        board.open()
        ends.until(lambda: scale.say(b"+0012.5 g\r\n") and board.state is DeviceState.REFUSED)
        words = board.status.words
        board.close()
        told = scale.take()
    assert words == "it speaks, but not as the sketch of tracker-gui; is it another device or speed?"
    assert told == b""


def test_garbage_between_good_lines_costs_nothing(boards: list[Any]) -> None:
    class Noisy(VirtualBoard):
        def take_output(self) -> bytes:
            said = super().take_output()
            return b"\xff\x00*\xfe~~*AA\n" + said if said else said

    cable = PtyLink(Noisy())
    board = opened(ends.board_at(cable.path), boards)
    results = [board.send(ends.command(b"SET door %d" % value)) for value in range(1, 101)]
    board.close()
    cable.close()
    assert all(result.ok for result in results)


# ---- F16


def test_nothing_is_sent_before_the_board_says_that_it_is_ready(boards: list[Any]) -> None:
    from tracker_gui.core.board_lines import framed

    with ends.OtherEnd() as end:
        board = ends.board_at(end.path)
        boards.append(board)
        board.open()
        ends.until(lambda: board.state is DeviceState.STARTING)
        refused = board.send(ends.command(b"SET door 90"))
        early = end.take(0.7)
        end.say(framed("READY tracker-gui-board 1 slow"))
        first = end.take_until(b"5000 5000*18\n")
        board.close()
    assert not refused.sent
    assert early == b""
    assert first == b"\n" + framed("1 HELLO 1 5000 5000")


def test_nothing_is_sent_to_a_plain_sketch_before_its_boot_wait(boards: list[Any]) -> None:
    with ends.PlainSketch() as sketch:
        opened_s = time.monotonic()
        opened(ends.board_at(sketch.path, speaks="plain", boot_wait_s=0.5, safe_bytes="k", baud="9600"), boards)
        ends.until(lambda: sketch.got)
        first_s, first = sketch.got[0]
        boards[0].close()
    assert first == b"k"
    assert first_s - opened_s >= 0.5


def test_a_board_that_starts_anew_fails_what_it_forgot_and_is_greeted_again(boards: list[Any]) -> None:
    virtual = HangingBoard()
    cable = PtyLink(virtual)
    board = opened(ends.board_at(cable.path, answer_timeout_s=5, watchdog_s=10), boards)
    assert board.send(ends.command(b"SET led 1")).ok
    virtual.going.clear()
    cable.press("button1", False)
    assert virtual.stuck.wait(ends.PATIENCE_S)
    lost: list[DeviceResult] = []
    board.submit(ends.command(b"SET door 90"), lost.append)
    ends.until(lambda: any("SET door 90" in line.text for line in board.traffic.since(0)))
    virtual.reset()
    virtual.going.set()
    ends.until(lambda: lost)
    ends.until(lambda: board.state is DeviceState.READY)
    after = board.send(ends.command(b"SET led 1"))
    changes = [(name, value) for _, name, value in virtual.changes]
    board.close()
    cable.close()
    assert not lost[0].ok
    assert after.ok  # it is still armed
    assert ("door", 90) not in changes


# ---- the safe state, seen on the wire


def test_disarming_makes_the_board_safe_and_drops_what_waits(boards: list[Any]) -> None:
    virtual = VirtualBoard()
    cable = PtyLink(virtual)
    board = opened(ends.board_at(cable.path), boards)
    assert board.send(ends.command(b"SET door 90")).ok
    board.disarm()
    ends.until(lambda: values(virtual)["door"] == 0)
    late = board.send(ends.command(b"SET door 90"))
    board.close()
    cable.close()
    assert late.result == "not sent: the board is ready, not armed"
    assert any(line.endswith(" SAFE") for line in list(virtual.heard)[4:])


def test_a_lost_source_makes_every_board_safe() -> None:
    virtuals = [VirtualBoard(), VirtualBoard()]
    cables = [PtyLink(virtual) for virtual in virtuals]
    settings = [ends.board_at(cable.path, f"box {k}").settings for k, cable in enumerate(cables)]
    with BoardSet(lambda: settings) as boards:
        for each in settings:
            board = boards.open(each.name)
            ends.until(lambda: board.state is DeviceState.READY)  # noqa: B023
            board.arm()
            assert board.send(ends.command(b"SET door 90")).ok
        boards.safe_state("the source was lost", wait_s=ends.PATIENCE_S)
        assert [values(virtual)["door"] for virtual in virtuals] == [0, 0]
        assert all(board.armed for board in boards.boards)
    for cable in cables:
        cable.close()


def test_a_plain_sketch_is_made_safe_at_its_end_and_when_disarmed(boards: list[Any]) -> None:
    with ends.PlainSketch() as sketch:
        board = opened(ends.board_at(sketch.path, speaks="plain", boot_wait_s=0, safe_bytes="k"), boards)
        assert board.send(ends.command(b"m")).result == "sent, not acknowledged"
        board.disarm()
        ends.until(lambda: sketch.bytes_got == b"kmk")
        board.arm()
        board.send(ends.command(b"m"))
        board.close()
        ends.until(lambda: sketch.bytes_got == b"kmkmk")


def child(path: str, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(CHILD), path, *more], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_program_that_is_ended_leaves_its_board_safe(number: signal.Signals) -> None:
    virtual = VirtualBoard()
    cable = PtyLink(virtual)
    with child(cable.path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        assert values(virtual)["door"] == 90
        process.send_signal(number)
        process.wait(ends.PATIENCE_S)
        ends.until(lambda: values(virtual)["door"] == 0)
    last = [line.partition(" ")[2] for line in virtual.heard]
    linked = virtual.view().linked
    cable.close()
    assert not linked
    # A killed program says nothing any more: it is the board's own watchdog that made it safe.
    assert (last[-2:] == ["SAFE", "BYE"]) == (number != signal.SIGKILL)


@pytest.mark.parametrize(("how", "code"), [("--crash", 1), ("--forget", 0)])
def test_a_program_that_crashes_or_forgets_its_board_leaves_it_safe(how: str, code: int) -> None:
    virtual = VirtualBoard()
    cable = PtyLink(virtual)
    with child(cable.path, how) as process:
        assert process.wait(ends.PATIENCE_S) == code
    last = [line.partition(" ")[2] for line in virtual.heard]
    cable.close()
    assert "SET door 90" in last
    assert last[-2:] == ["SAFE", "BYE"]


def test_a_program_that_stops_for_a_while_finds_its_board_safe_and_greets_it_again() -> None:
    virtual = VirtualBoard()
    cable = PtyLink(virtual)
    with child(cable.path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        os.kill(process.pid, signal.SIGSTOP)
        ends.until(lambda: values(virtual)["door"] == 0 and not virtual.view().linked)
        virtual.heard.clear()
        os.kill(process.pid, signal.SIGCONT)
        ends.until(lambda: virtual.view().linked)
        process.send_signal(signal.SIGTERM)
        process.wait(ends.PATIENCE_S)
    said = [line.partition(" ")[2] for line in virtual.heard]
    cable.close()
    assert not any("SET" in line for line in said)
