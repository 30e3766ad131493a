"""The reader of multipart streams, fed by cameras that keep to the rules and by those that do not."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_gui.core.multipart import LARGEST_PART_BYTES, MultipartReader, boundary_of

JPEGS = [b"\xff\xd8" + bytes([65 + number]) * (50 + 7 * number) + b"\xff\xd9" for number in range(6)]


def stream(with_length: bool, newline: bytes = b"\r\n") -> bytes:
    data = b""
    for jpeg in JPEGS:
        length = b"Content-Length: %d%s" % (len(jpeg), newline) if with_length else b""
        data += b"--frame" + newline + b"Content-Type: image/jpeg" + newline + length + newline + jpeg + newline
    return data


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/x-mixed-replace; boundary=frame", b"--frame"),
        ("multipart/x-mixed-replace;boundary=--frame", b"--frame"),
        ('multipart/x-mixed-replace; boundary="a b"; charset=x', b"--a b"),
        ("multipart/x-mixed-replace; BOUNDARY = frame", b"--frame"),
        ("text/html", None),
        ("", None),
    ],
)
def test_the_boundary_is_found_however_it_is_written(content_type: str, boundary: bytes | None) -> None:
    assert boundary_of(content_type) == boundary


@given(
    cuts=st.lists(st.integers(0, 900), max_size=30),
    with_length=st.booleans(),
    newline=st.sampled_from([b"\r\n", b"\n"]),
)
def test_parts_come_out_whole_however_they_arrive(cuts: list[int], with_length: bool, newline: bytes) -> None:
    data = stream(with_length, newline)
    reader = MultipartReader(b"--frame")
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parts = [part for a, b in itertools.pairwise(edges) for part in reader.feed(data[a:b])]
    assert [part.rstrip(b"\r\n") for part in parts] == JPEGS


@given(
    st.lists(st.binary(max_size=300) | st.sampled_from([b"--frame", b"\r\n\r\n", b"Content-Length: 7"]), max_size=40)
)
def test_garbage_never_raises(chunks: list[bytes]) -> None:
    reader = MultipartReader(b"--frame")
    for chunk in chunks:
        reader.feed(chunk)


def test_a_wrong_length_costs_no_more_than_its_own_part() -> None:
    reader = MultipartReader(b"--frame")
    wrong = b"--frame\r\nContent-Length: 9000\r\n\r\n" + JPEGS[0] + b"\r\n"
    parts = reader.feed(wrong + stream(with_length=True))
    assert [part.rstrip(b"\r\n") for part in parts] == [JPEGS[0], *JPEGS]


def test_a_part_without_end_does_not_fill_the_memory() -> None:
    reader = MultipartReader(b"--frame")
    reader.feed(b"--frame\r\n\r\n")
    for _ in range(LARGEST_PART_BYTES // 1_000_000 + 2):
        assert reader.feed(b"x" * 1_000_000) == []
    assert reader.oversized == 1
    assert [part.rstrip(b"\r\n") for part in reader.feed(stream(with_length=True))] == JPEGS
