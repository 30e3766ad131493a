"""The lines on the wire, and bytes as a person types them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_gui.core.board_lines import LONGEST_LINE, LineSplitter, crc8, framed, read_switching, unframed
from tracker_gui.core.byte_text import bytes_of, shown_bytes
from tracker_gui.core.devices import OutputInfo

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=80)
DOOR = (OutputInfo("door", "servo", 0, 0, 180),)


def test_the_check_sum_is_that_of_the_standard() -> None:
    assert crc8(b"123456789") == 0xF4


@given(TEXTS)
def test_a_line_comes_out_as_it_went_in(text: str) -> None:
    assert unframed(framed(text).rstrip(b"\n")) == text


@given(TEXTS, st.data())
def test_a_bit_that_tips_over_is_noticed(text: str, data: st.DataObject) -> None:
    line = bytearray(framed(text)[:-1])
    at = data.draw(st.integers(0, 8 * (len(line) - 2) - 1))  # the check sum may also be written in small letters
    line[at // 8] ^= 1 << (at % 8)
    assert unframed(bytes(line)) != text


@given(st.lists(TEXTS, max_size=8), st.data())
def test_lines_are_the_same_however_they_arrive(texts: list[str], data: st.DataObject) -> None:
    wire = b"".join(map(framed, texts))
    splitter, lines = LineSplitter(), []
    while wire:
        size = data.draw(st.integers(1, 40))
        lines += list(splitter.feed(wire[:size]))
        wire = wire[size:]
    assert [unframed(line) for line in lines] == texts


@given(st.lists(st.binary(max_size=300), max_size=30))
def test_whatever_arrives_no_more_than_a_line_is_kept(chunks: list[bytes]) -> None:
    splitter = LineSplitter()
    for chunk in chunks:
        assert all(len(line) <= LONGEST_LINE for line in splitter.feed(chunk))
        assert len(splitter._rest) <= LONGEST_LINE
    list(splitter.feed(b"\n"))
    assert [unframed(line) for line in splitter.feed(framed("1 PING"))] == ["1 PING"]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("SET door 181", "door takes 0 to 180, got 181"),
        ("SET gate 1", 'the board has no output called "gate" (known: door)'),
        ("SET door", "SET needs the name of an output, its value"),
        ("PULSE door 9", "PULSE needs the name of an output, its value and milliseconds"),
        ("PULSE door 9 0", "a pulse takes 1 to 600000 ms, got 0"),
        ("", '"" is no command for a board (known: SET, PULSE)'),
        ("OPEN door 1", '"OPEN" is no command for a board (known: SET, PULSE)'),
    ],
)
def test_what_is_wrong_with_a_command_is_said(payload: str, words: str) -> None:
    assert read_switching(payload, DOOR) == words


@given(st.binary(max_size=100))
def test_bytes_can_be_typed_as_they_are_shown(data: bytes) -> None:
    assert bytes_of(shown_bytes(data)) == data


@pytest.mark.parametrize("text", [r"\q", "\\", "ä", r"\x4"])
def test_what_stands_for_no_byte_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"known|plain letters"):
        bytes_of(text)
