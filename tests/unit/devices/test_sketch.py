"""The reference sketch itself, compiled for this computer, against the program and against the virtual board.

Arduino's own functions are a small stand-in (`tests/arduino_stub`); the sketch is the file that is loaded
onto a board.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.board_lines import framed, unframed
from tracker_gui.core.data_files import resources_folder
from tracker_gui.core.devices import DeviceState
from tracker_gui.simulate.virtual_board import OUTPUTS, VirtualBoard
from tracker_gui.simulate.virtual_link import PtyLink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STUB = Path(__file__).parents[2] / "arduino_stub"
SKETCH = resources_folder() / "arduino" / "tracker_gui_board" / "tracker_gui_board.ino"
DOOR_PIN, FEEDER_PIN, LED_PIN, BUTTON_PIN = 9, 10, 13, 2


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the compiled sketch."""
    if sys.platform == "win32":
        pytest.skip("needs pseudo-terminals")
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("needs g++ or clang++ to compile the sketch")
    made = tmp_path_factory.mktemp("sketch") / "board"
    # As old a language as Arduino's compilers are asked for, and nothing they would warn of.
    command = [compiler, "-std=c++11", "-Wall", "-Wextra", "-Werror", "-O1", f"-I{STUB}", "-o", str(made)]
    done = subprocess.run(
        [*command, "-x", "c++", str(SKETCH), str(STUB / "main.cpp")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return made


class Sketch:
    """The running sketch behind a pseudo-terminal."""

    def __init__(self, program: Path) -> None:
        import pty
        import tty

        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        hand, self._hand = os.pipe()
        self._process = subprocess.Popen(
            [str(program), str(hand)],
            stdin=self._master, stdout=self._master, stderr=subprocess.PIPE, pass_fds=[hand], text=True,
        )  # fmt: skip
        os.close(hand)
        self.pins: dict[int, int] = {}
        self.changes: list[tuple[int, int]] = []
        self._thread = threading.Thread(target=self._watch, name="pins")
        self._thread.start()

    def _watch(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            _, pin, value = line.split()
            self.pins[int(pin)] = int(value)
            self.changes.append((int(pin), int(value)))

    def press(self, pin: int, down: bool) -> None:
        os.write(self._hand, b"press %d %d\n" % (pin, down))

    def pause(self, seconds: float) -> None:
        """Let the board hang for a while."""
        import signal

        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        os.close(self._hand)
        self._process.wait(20)
        self._thread.join()
        assert self._process.stderr is not None
        self._process.stderr.close()
        os.close(self._master)
        os.close(self._slave)


@pytest.fixture
def sketch(no_leaks: None, program: Path) -> Iterator[Sketch]:
    running = Sketch(program)
    yield running
    running.close()


@pytest.fixture
def make_board(sketch: Sketch, ends: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens the program's side of the sketch, armed."""
    opened: list[Any] = []

    def make(**params: Any) -> Any:
        made = ends.board_at(sketch.path, **params)
        opened.append(made)
        made.open()
        ends.until(lambda: made.state is DeviceState.READY)
        made.arm()
        return made

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def board(make_board: Callable[..., Any]) -> Any:
    return make_board()


def test_it_lists_what_its_tables_hold(board: Any) -> None:
    assert board.status.outputs == OUTPUTS
    assert board.status.inputs == {"button1": 0, "button2": 0}


def test_a_command_reaches_the_pin(sketch: Sketch, board: Any, ends: Any) -> None:
    assert board.send(ends.command(b"SET door 90")).result == "acknowledged"
    ends.until(lambda: sketch.pins.get(DOOR_PIN) == 90)
    assert board.send(ends.command(b"PULSE led 1 50")).ok
    ends.until(lambda: [value for pin, value in sketch.changes if pin == LED_PIN] == [1, 0])
    assert board.send(ends.command(b"SET feeder 2")).ok
    ends.until(lambda: [value for pin, value in sketch.changes if pin == FEEDER_PIN] == [90, 0, 90, 0])
    assert not board.send(ends.command(b"SET light 256")).sent


def test_a_button_is_told(sketch: Sketch, board: Any, ends: Any) -> None:
    sketch.press(BUTTON_PIN, True)
    ends.until(lambda: board.status.inputs.get("button1") == 1)
    sketch.press(BUTTON_PIN, False)
    ends.until(lambda: board.status.inputs.get("button1") == 0)


def test_it_is_safe_when_the_program_lets_go(sketch: Sketch, board: Any, ends: Any) -> None:
    board.send(ends.command(b"SET door 90"))
    board.close()
    ends.until(lambda: sketch.pins.get(DOOR_PIN) == 0)


def test_it_makes_itself_safe_when_the_computer_falls_silent(sketch: Sketch, ends: Any) -> None:
    said = talk(sketch.path, [framed("1 HELLO 1 200 250"), framed("2 SET door 90")], "SAFE silent")
    assert said[-3:] == ["ACK 1", "ACK 2", "SAFE silent"]
    ends.until(lambda: sketch.pins.get(DOOR_PIN) == 0)
    assert (DOOR_PIN, 90) in sketch.changes


def test_what_waited_while_it_hung_is_not_done(sketch: Sketch, make_board: Callable[..., Any], ends: Any) -> None:
    board = make_board(answer_timeout_s=0.1, watchdog_s=1)
    results = [board.send(ends.command(b"SET door 1"))]
    hanging = threading.Thread(target=sketch.pause, args=(0.5,))
    hanging.start()
    while results[-1].ok:
        results.append(board.send(ends.command(b"SET door %d" % (len(results) % 90 + 1))))
    hanging.join()
    done = [value for pin, value in sketch.changes if pin == DOOR_PIN and value]
    ends.until(lambda: board.state is DeviceState.READY and sketch.pins.get(DOOR_PIN, 0) == 0)
    after = [value for pin, value in sketch.changes if pin == DOOR_PIN and value]
    assert "not acknowledged" in results[-1].result
    assert after == done


def talk(path: str, lines: list[bytes], last: str) -> list[str]:
    """Say lines to a board and return what it says, up to a last line, without its announcements."""
    import serial

    said: list[str] = []
    with serial.Serial(path, timeout=0.05) as port:
        give_up_s = time.monotonic() + 20
        while not any(line.startswith("READY") for line in said):
            assert time.monotonic() < give_up_s
            said += [unframed(line) or "damaged" for line in port.readline().splitlines()]
        said.clear()
        for line in lines:
            port.write(line)
        while last not in said:
            assert time.monotonic() < give_up_s, said
            said += [unframed(line) or "damaged" for line in port.readline().splitlines()]
    return [line for line in said if not line.startswith("READY")]


def test_the_virtual_board_says_the_same_line_for_line(sketch: Sketch) -> None:
    lines = [
        framed("1 SET door 90"), framed("1 HELLO 2 1000 250"), framed("1 HELLO 1 1000"), framed("1 HELLO 1 5000 250"),
        framed("2 LIST"), framed("3 SET door 90"), framed("3 SET door 91"), framed("2 SET door 91"),
        framed("4 SET door 181"), framed("5 SET door -1"), framed("6 SET gate 1"), framed("7 SET door"),
        framed("8 SET door 1 2"), framed("9 SET door x"), framed("10 SET door 9000000000"), framed("11 PULSE led 1"),
        framed("12 PULSE led 1 0"), framed("13 PULSE led 1 700000"), framed("14 PULSE led 1 600000"), framed("15 NOW"),
        framed("16 SET feeder 1"), framed("17 SET feeder 1"), framed("18 SET feeder 0"), b"19 PING*00\n", b"\n", b"*\n",
        b"x" * 300 + b"\n", framed("19 PING").replace(b"\n", b"\r\n"), framed("0 PING"), framed("32768 PING"),
        framed("-1 PING"), framed("PING"), framed("20"), framed("16402 PING"), framed("16403 PING"),
        framed("32767 PING"), framed("1 SAFE"), framed("2 BYE"), framed("3 SET door 90"),
    ]  # fmt: skip
    of_sketch = talk(sketch.path, lines, "ERR 3 hello")
    cable = PtyLink(VirtualBoard())
    of_virtual = talk(cable.path, lines, "ERR 3 hello")
    cable.close()
    assert of_sketch == of_virtual
    assert len(of_sketch) > 30
