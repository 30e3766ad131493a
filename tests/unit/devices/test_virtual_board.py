"""The virtual board by a clock of its own: watchdog, pulses, limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_gui.core.board_lines import framed, unframed
from tracker_gui.simulate.virtual_board import OUTPUTS, PORTION_S, VirtualBoard

READY = "READY tracker-gui-board 1 virtual"


class Bench:
    """A board, a clock that is turned by hand, and the numbers of the lines."""

    def __init__(self, boot_s: float = 0.0) -> None:
        self.now_s = 1000.0
        self.number = 0
        self.board = VirtualBoard(boot_s=boot_s, clock=lambda: self.now_s)

    def say(self, text: str, number: int | None = None) -> list[str]:
        self.number += 1
        self.board.receive(framed(f"{self.number if number is None else number} {text}"))
        return self.heard()

    def heard(self) -> list[str]:
        self.board.tick()
        return [unframed(line) or "damaged" for line in self.board.take_output().splitlines()]

    def wait(self, seconds: float) -> list[str]:
        """Let time pass as the thread of a link does: in the steps the board asks for."""
        said: list[str] = []
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            nap_s = self.board.tick()
            said += self.heard()
            self.now_s = min(end_s, self.now_s + max(nap_s, 0.001))
        return said + self.heard()

    def greet(self) -> None:
        assert self.say("HELLO 1 1000 250")[-1] == f"ACK {self.number}"

    @property
    def values(self) -> dict[str, int]:
        return self.board.view().values


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.greet()
    return bench


def test_it_announces_itself_until_it_is_greeted() -> None:
    bench = Bench()
    assert bench.wait(1.6) == [READY] * 4
    bench.greet()
    assert READY not in bench.wait(0.9)


def test_it_is_deaf_and_dumb_while_it_boots() -> None:
    bench = Bench(boot_s=1.0)
    assert bench.say("HELLO 1 1000 250") == []
    assert bench.wait(0.9) == []
    assert bench.wait(0.2) == [READY]


def test_it_moves_nothing_before_it_is_greeted() -> None:
    bench = Bench()
    assert "ERR 1 hello" in bench.say("SET door 90")
    assert bench.values["door"] == 0


def test_it_makes_itself_safe_when_the_computer_falls_silent(bench: Bench) -> None:
    bench.say("SET door 90")
    assert bench.wait(0.9) == []
    assert bench.values["door"] == 90
    assert bench.wait(0.2) == ["SAFE silent", READY]
    assert bench.values["door"] == 0
    assert bench.say("SET door 90") == [f"ERR {bench.number} hello"]


def test_any_good_line_keeps_it_going_and_a_damaged_one_does_not(bench: Bench) -> None:
    bench.say("SET door 90")
    for _ in range(5):
        bench.wait(0.9)
        bench.say("PING")
    assert bench.values["door"] == 90
    bench.wait(0.9)
    bench.board.receive(b"99 PING*00\n")
    assert bench.wait(0.2)[0] == "SAFE silent"


def test_a_number_is_obeyed_once(bench: Bench) -> None:
    assert bench.say("SET door 90", number=7) == ["ACK 7"]
    assert bench.say("SET door 10", number=7) == ["ERR 7 old"]
    assert bench.say("SET door 10", number=3) == ["ERR 3 old"]
    assert bench.values["door"] == 90


def test_numbers_begin_again_after_the_last() -> None:
    bench = Bench()
    bench.say("HELLO 1 1000 250", number=0x7FFE)
    assert [bench.say("PING", number=n) for n in (0x7FFF, 1, 2)] == [["ACK 32767"], ["ACK 1"], ["ACK 2"]]


def test_a_pulse_ends_by_itself(bench: Bench) -> None:
    bench.say("PULSE led 1 250")
    bench.wait(0.2)
    assert bench.values["led"] == 1
    bench.wait(0.06)
    assert bench.values["led"] == 0


def test_an_output_that_was_on_for_its_longest_time_goes_off(bench: Bench) -> None:
    bench.say("SET out4 1")
    said: list[str] = []
    for _ in range(21):
        said += bench.wait(0.5)
        said += bench.say("SET out4 1") if bench.values["out4"] else bench.say("PING")
    assert said.count("SAFE out4 longest") == 1
    assert bench.values["out4"] == 0


def test_a_feeder_gives_its_portions_and_not_too_soon_again(bench: Bench) -> None:
    assert bench.say("SET feeder 3") == ["ACK 2"]
    assert bench.say("SET feeder 1") == ["ERR 3 gap"]
    bench.say("HELLO 1 10000 250")
    assert bench.board.view().portions["feeder"] == 0  # a greeting makes it safe
    bench.wait(1.0)
    bench.say("SET feeder 3")
    bench.wait(1.5 * PORTION_S)
    view = bench.board.view()
    assert view.portions["feeder"] == 1
    assert view.shown["feeder"] == pytest.approx(1.5, abs=0.01)
    bench.wait(2 * PORTION_S)
    assert (bench.board.view().portions["feeder"], bench.values["feeder"]) == (3, 0)


def test_a_door_takes_its_time(bench: Bench) -> None:
    bench.say("HELLO 1 10000 250")
    bench.say("SET door 90")
    bench.wait(0.125)
    assert bench.board.view().shown["door"] == pytest.approx(45)
    bench.wait(1.0)
    assert bench.board.view().shown["door"] == 90


def test_what_waited_while_it_was_stuck_is_not_done(bench: Bench) -> None:
    bench.board.receive(framed("2 SET door 90"), waited_s=0.3)
    assert bench.heard() == []
    assert bench.values["door"] == 0
    bench.board.receive(framed("3 SET door 90"), waited_s=0.2)
    assert bench.heard() == ["ACK 3"]


def test_good_bye_makes_it_safe_and_ready_for_the_next(bench: Bench) -> None:
    bench.say("SET door 90")
    assert bench.say("BYE") == ["ACK 3", READY]
    assert bench.values["door"] == 0


WORDS = st.sampled_from(
    ["HELLO", "SET", "PULSE", "LIST", "SAFE", "BYE", "door", "feeder", "0", "1", "90", "-1", "", "x"]
)


@given(st.lists(st.one_of(st.lists(WORDS, max_size=5).map(" ".join), st.text(max_size=30)), max_size=30))
def test_whatever_it_is_told_it_answers_and_keeps_its_limits(texts: list[str]) -> None:
    bench = Bench()
    bench.greet()
    for text in texts:
        assert "damaged" not in bench.say(text)
        for info in OUTPUTS:
            assert info.low <= bench.values[info.name] <= info.high
