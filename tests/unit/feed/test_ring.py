"""The ring in shared memory: whole records, what was missed, and nothing left behind, over processes."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.errors import InputError, OutputError, SettingsError
from tracker_gui.feed import segment
from tracker_gui.feed.ring import RingReader, RingWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BIG = 1_000_000
WITHIN_S = 20.0
#: A program of its own: joins a ring and tells on its output what it saw.
READER = """
import json, sys
from tracker_gui.feed.ring import RingReader
name, how, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
reader = RingReader(name)
print("ready", flush=True)
got = torn = 0
def is_torn(content): return content.count(content[:1]) != len(content)
if how == "checked":
    while got < most and (record := reader.wait()) is not None:
        got, torn = got + 1, torn + is_torn(record.content)
elif how == "unchecked":
    while not reader.newest: pass
    while got < most and not reader.is_over:
        got, torn = got + 1, torn + is_torn(reader.copy(reader.newest))
print(json.dumps({"got": got, "torn": torn, "missed": reader.missed}), flush=True)
if how == "hold": sys.stdin.read()
reader.close()
"""
WRITER = """
import sys
from tracker_gui.feed.ring import RingWriter
writer = RingWriter(sys.argv[1], {}, 100, 4)
writer.write([b"one"])
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return a name nobody has, and see that nothing of it is left."""
    name = f"{request.node.name[-40:]}-{os.getpid()}"
    yield name
    assert not segment.path_of(name).exists(), "left behind"


@pytest.fixture
def program() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return what starts a program of its own and waits until it is ready; all end with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(child)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


def told(child: subprocess.Popen[str]) -> dict[str, int]:
    assert child.stdout is not None
    result: dict[str, int] = json.loads(child.stdout.readline())
    child.wait(WITHIN_S)
    return result


def write_until(writer: RingWriter, done: Callable[[], bool]) -> None:
    """Write records of equal bytes as fast as it goes, with just enough time between them to read one."""
    records = [bytes([k]) * BIG for k in range(8)]
    until_s = time.monotonic() + WITHIN_S
    while not done() and time.monotonic() < until_s:
        writer.write([records[writer.newest % 8]])
        pause_s = time.perf_counter() + 0.0003
        while time.perf_counter() < pause_s:
            pass


def all_read(children: list[subprocess.Popen[str]]) -> Callable[[], bool]:
    return lambda: all(child.poll() is not None for child in children)


def test_three_processes_read_no_torn_record_from_one_slot_of_a_megabyte(
    name: str, program: Callable[..., subprocess.Popen[str]]
) -> None:
    writer = RingWriter(name, {}, BIG, 1)
    readers = [program(READER, name, "checked", "40") for _ in range(3)]
    write_until(writer, all_read(readers))
    writer.close()
    results = [told(reader) for reader in readers]
    assert [result["torn"] for result in results] == [0, 0, 0]
    assert all(result["got"] == 40 for result in results)


def test_the_same_without_the_check_tears(name: str, program: Callable[..., subprocess.Popen[str]]) -> None:
    writer = RingWriter(name, {}, BIG, 1)
    readers = [program(READER, name, "unchecked", "400") for _ in range(3)]
    write_until(writer, all_read(readers))
    writer.close()
    assert sum(told(reader)["torn"] for reader in readers) > 0


def _read_in_child(name: str, pipe: Any) -> None:
    reader = RingReader(name, from_start=True)
    record = reader.wait(WITHIN_S)
    pipe.send(None if record is None else record.content)
    reader.close()
    pipe.send(reader.missed)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", [m for m in ("fork", "forkserver") if m in multiprocessing.get_all_start_methods()])
def test_a_process_reads_however_it_was_started(name: str, method: str) -> None:
    writer = RingWriter(name, {}, 100, 4)
    writer.write([b"one ", b"record"])
    context = multiprocessing.get_context(method)
    mine, other = context.Pipe()
    child: Any = context.Process(target=_read_in_child, args=(name, other))
    child.start()
    assert mine.poll(WITHIN_S)
    assert mine.recv() == b"one record"
    child.join(WITHIN_S)
    assert segment.names() == [name]  # and its end leaves the ring alive
    writer.close()


def test_a_spawned_process_reads(name: str, program: Callable[..., subprocess.Popen[str]]) -> None:
    writer = RingWriter(name, {}, 100, 4)
    reader = program(READER, name, "checked", "1")
    writer.write([b"aaaa"])
    assert told(reader) == {"got": 1, "torn": 0, "missed": 0}
    writer.close()


def test_a_reader_gets_every_record_in_order(name: str) -> None:
    writer = RingWriter(name, {"rate_hz": 30}, 100, 8)
    reader = RingReader(name)
    for k in range(5):
        writer.write([b"%d" % k])
    records = [reader.wait(0) for _ in range(5)]
    assert [r.content for r in records if r is not None] == [b"0", b"1", b"2", b"3", b"4"]
    assert reader.missed == 0
    assert reader.wait(0) is None
    assert reader.description == {"rate_hz": 30}
    reader.close()
    writer.close()


def test_a_reader_that_lags_learns_how_many_it_missed(name: str) -> None:
    writer = RingWriter(name, {}, 100, 4)
    reader = RingReader(name)
    for k in range(10):
        writer.write([b"%d" % k])
    record = reader.wait(0)
    assert record is not None
    assert (record.content, record.missed, record.number) == (b"6", 6, 7)
    newest = reader.wait(0, newest=True)
    assert newest is not None
    assert (newest.content, newest.missed) == (b"9", 2)
    assert reader.missed == 8
    reader.close()
    writer.close()


def test_a_waiting_reader_is_woken_by_the_record(name: str) -> None:
    writer = RingWriter(name, {}, 100, 4)
    reader = RingReader(name)
    got: list[bytes | None] = []

    def wait() -> None:
        record = reader.wait(WITHIN_S)
        got.append(None if record is None else record.content)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not writer.listeners:
        pass
    writer.write([b"now"])
    waiting.join(WITHIN_S)
    assert got == [b"now"]
    reader.close()
    writer.close()


def test_what_is_there_can_be_read_after_the_end(name: str) -> None:
    writer = RingWriter(name, {}, 100, 4)
    reader = RingReader(name)
    writer.write([b"last"])
    writer.close()
    record = reader.wait()
    assert record is not None
    assert record.content == b"last"
    assert reader.wait() is None
    assert reader.is_over
    reader.close()


def test_a_program_that_joins_and_leaves_keeps_the_ring_alive(
    name: str, program: Callable[..., subprocess.Popen[str]]
) -> None:
    writer = RingWriter(name, {}, 100, 4)
    told(program(READER, name, "leave", "0"))
    assert segment.path_of(name).exists()
    reader = RingReader(name)
    writer.write([b"still"])
    record = reader.wait(WITHIN_S)
    assert record is not None
    assert record.content == b"still"
    reader.close()
    writer.close()


def test_a_killed_reader_is_forgotten(
    name: str, program: Callable[..., subprocess.Popen[str]], monkeypatch: Any
) -> None:
    writer = RingWriter(name, {}, 100, 4)
    child = program(READER, name, "hold", "0")
    writer.write([b"one"])
    assert writer.listeners == 1
    child.kill()
    child.wait(WITHIN_S)
    monkeypatch.setattr("tracker_gui.feed.wake.FORGOTTEN_AFTER_S", -1.0)
    writer.write([b"two"])
    assert writer.listeners == 0
    writer.close()


def test_a_killed_writer_is_noticed_and_its_memory_removed(
    name: str, program: Callable[..., subprocess.Popen[str]]
) -> None:
    child = program(WRITER, name)
    reader = RingReader(name, from_start=True)
    assert reader.wait(WITHIN_S) is not None
    child.kill()
    child.wait(WITHIN_S)
    assert reader.wait(WITHIN_S) is None
    assert reader.is_over
    assert segment.path_of(name).exists()
    reader.close()
    assert not segment.path_of(name).exists()


def test_a_killed_writer_without_readers_is_removed_by_who_lists(
    name: str, program: Callable[..., subprocess.Popen[str]]
) -> None:
    child = program(WRITER, name)
    assert name in segment.names()
    child.kill()
    child.wait(WITHIN_S)
    assert segment.path_of(name).exists()
    assert name not in segment.names()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_does_not_keep_alive_what_its_parent_made(name: str) -> None:
    code = (
        "import os, sys, time\n"
        "from tracker_gui.feed.ring import RingWriter\n"
        "w = RingWriter(sys.argv[1], {}, 100, 4)\n"
        "child = os.fork()\n"
        "if not child: print(os.getpid(), flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, name], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        assert name in segment.names()
        parent.kill()
        parent.wait(WITHIN_S)
        assert name not in segment.names()
    finally:
        os.kill(child, 9)
        parent.stdout.close()


def test_a_name_that_is_taken_is_refused_in_a_sentence(name: str) -> None:
    writer = RingWriter(name, {}, 100, 4)
    with pytest.raises(OutputError, match="another feed of this name"):
        RingWriter(name, {}, 100, 4)
    writer.close()
    RingWriter(name, {}, 100, 4).close()


def test_a_ring_that_is_not_there_is_refused_in_a_sentence() -> None:
    with pytest.raises(InputError, match="there is no such feed"):
        RingReader("nobody's")


@pytest.mark.parametrize("bad", ["", "x" * 200])
def test_a_name_that_no_file_can_have_is_refused(bad: str) -> None:
    with pytest.raises(SettingsError, match="its name must have"):
        RingWriter(bad, {}, 100, 4)


def test_a_hostile_name_stays_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "MEMORY_FOLDER", tmp_path)
    writer = RingWriter("../../x; rm -rf $(y)", {}, 100, 4)
    assert [path.parent for path in tmp_path.rglob("*")] == [tmp_path]
    assert segment.names() == ["../../x; rm -rf $(y)"]
    writer.close()
    assert not list(tmp_path.iterdir())


def test_a_record_that_is_too_long_is_refused(name: str) -> None:
    writer = RingWriter(name, {}, 10, 4)
    with pytest.raises(OutputError, match="longer than 10"):
        writer.write([b"x" * 11])
    writer.close()


def test_memory_that_is_full_is_refused_in_a_sentence(
    name: str, full_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment, "MEMORY_FOLDER", full_disk)
    with pytest.raises(OutputError, match="MB of shared memory cannot be had"):
        RingWriter(name, {}, 1_000_000, 100)
    assert not list(full_disk.glob("tracker-gui*"))
