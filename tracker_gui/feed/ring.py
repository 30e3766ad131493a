"""A ring of records in shared memory: one writes and never waits, any number read and know what they missed.

Each slot is a sequence lock (Lameter 2005, "Effective synchronization on Linux/NUMA systems"): its counter is
odd while record n is written (2 n - 1) and tells, once even (2 n), which record lies there. A reader copies the
slot and looks again; where the counter has moved, the copy is thrown away.
"""

from __future__ import annotations

import json
import os
import secrets
import struct
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import InputError, OutputError
from tracker_gui.feed.segment import Segment
from tracker_gui.feed.wake import TOKEN_BYTES, Sleeper, Waker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAGIC, VERSION = b"TRKFEED\x01", 1
#: magic, version, slots, bytes per slot, where the slots begin, length of the description, port, token, process
HEAD = struct.Struct(f"=8sIIQQIi{TOKEN_BYTES}sQ")
#: In words of eight bytes, which are written whole: newest record, "no more will come", how many listen.
NEWEST, ENDED, LISTENERS, COUNT_WORDS = 16, 17, 18, 19
DESCRIPTION_AT = 8 * COUNT_WORDS
#: Of a slot, in words: the counter and the length of its record.
SLOT_HEAD_WORDS = 2
WORD = 8
MOST_BYTES = 1 << 30

_barrier = threading.Lock()


def _after_fork() -> None:
    global _barrier
    _barrier = threading.Lock()  # another thread may have held it as this process was forked


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _fence() -> None:
    # Taking a lock after giving one back is a full memory barrier; processors other than x86 reorder without it.
    with _barrier:
        pass
    with _barrier:
        pass


def _words(size_bytes: int) -> int:
    return -(-size_bytes // WORD)


class RingWriter:
    """The end that writes; one thread only.

    Parameters
    ----------
    name : str
        By which readers find it.
    description : dict
        What JSON can say, for readers.
    record_bytes : int
        Room for the longest record.
    slots : int
        How many records a reader may lag behind.

    Raises
    ------
    OutputError
        The name is taken, or there is not enough memory.
    """

    def __init__(self, name: str, description: Mapping[str, Any], record_bytes: int, slots: int) -> None:
        said = json.dumps(description).encode()
        self._slot_words = SLOT_HEAD_WORDS + _words(record_bytes)
        self._first_word = COUNT_WORDS + _words(len(said))
        size = WORD * (self._first_word + slots * self._slot_words)
        if size > MOST_BYTES:
            raise OutputError(f"feed {name}", f"would take {size / 1e6:.0f} MB of memory", "Let it hold fewer frames.")
        self.record_bytes = record_bytes
        self.slots = slots
        self._segment = Segment.create(name, size)
        token = secrets.token_bytes(TOKEN_BYTES)
        try:
            self._waker = Waker(token)
        except OSError as error:
            self._segment.close()
            raise OutputError(f"feed {name}", f"cannot listen on the loopback ({error.strerror})") from error
        self._bytes = memoryview(self._segment.memory)
        self._all_words = self._bytes.cast("Q")
        self._newest = 0
        self._is_open = True
        self._bytes[DESCRIPTION_AT : DESCRIPTION_AT + len(said)] = said
        head = HEAD.pack(
            MAGIC, VERSION, slots, record_bytes, self._first_word, len(said), self._waker.port, token, os.getpid()
        )
        # The mark at its beginning says that all the rest is there.
        self._bytes[len(MAGIC) : len(head)] = head[len(MAGIC) :]
        _fence()
        self._bytes[: len(MAGIC)] = MAGIC

    @property
    def newest(self) -> int:
        """Number of the record that was written last; the first is 1."""
        return self._newest

    @property
    def listeners(self) -> int:
        return self._waker.listeners if self._is_open else 0

    def write(self, parts: Sequence[bytes | memoryview]) -> int:
        """Write one record, given in parts, wake who waits for it, and return its number; never waits.

        Raises
        ------
        OutputError
            It is longer than a slot.
        """
        length = sum(len(part) for part in parts)
        if length > self.record_bytes:
            raise OutputError(
                f"feed {self._segment.name}", f"a record of {length} bytes is longer than {self.record_bytes}"
            )
        number = self._newest + 1
        words = self._all_words
        slot = self._first_word + (number - 1) % self.slots * self._slot_words
        words[slot] = 2 * number - 1
        _fence()
        words[slot + 1] = length
        at = WORD * (slot + SLOT_HEAD_WORDS)
        for part in parts:
            self._bytes[at : at + len(part)] = part
            at += len(part)
        _fence()
        words[slot] = 2 * number
        _fence()
        words[NEWEST] = self._newest = number
        self._waker.wake()
        words[LISTENERS] = self._waker.listeners
        return number

    def close(self) -> None:
        """Tell readers that no more will come, and give the memory back; they may read on what is there."""
        if not self._is_open:
            return
        self._is_open = False
        self._all_words[ENDED] = 1
        _fence()
        self._waker.wake()
        self._waker.close()
        self._all_words.release()
        self._bytes.release()
        self._segment.close()


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was read.

    Attributes
    ----------
    number : int
        Counted by the writer from 1.
    missed : int
        How many came since the one read before, and were gone.
    """

    number: int
    missed: int
    content: bytes


class RingReader:
    """One reader; one thread only.

    Parameters
    ----------
    from_start : bool
        Begin with the oldest record that is still there; else with the next that is written.

    Raises
    ------
    InputError
        There is no such ring.
    """

    def __init__(self, name: str, from_start: bool = False) -> None:
        self._segment = Segment.attach(name)
        self._bytes = memoryview(self._segment.memory)
        self._all_words = self._bytes[: len(self._bytes) // WORD * WORD].cast("Q")
        self._sleeper: Sleeper | None = None
        try:
            head = bytes(self._bytes[: HEAD.size])
            magic, version, self.slots, self.record_bytes, first, length, port, token, self.process_id = HEAD.unpack(
                head
            )
            if magic != MAGIC or version != VERSION:
                raise InputError(f"feed {name}", "is of another version of this program", "Update the older one.")
            self._first_word = first
            self._slot_words = SLOT_HEAD_WORDS + _words(self.record_bytes)
            self.description: dict[str, Any] = json.loads(bytes(self._bytes[DESCRIPTION_AT : DESCRIPTION_AT + length]))
            self._sleeper = Sleeper(port, token)
            self._sleeper.announce()
        except BaseException:
            self.close()
            raise
        self._last = 0 if from_start else self.newest
        #: All that were missed so far.
        self.missed = 0

    @property
    def newest(self) -> int:
        return int(self._all_words[NEWEST])

    @property
    def listeners(self) -> int:
        """How many listened when the newest record was written."""
        return int(self._all_words[LISTENERS])

    @property
    def is_over(self) -> bool:
        """Whether no more will come: the writer said so, or is gone, and all was read."""
        return self._writer_is_gone and self.newest == self._last

    @property
    def _writer_is_gone(self) -> bool:
        return bool(self._all_words[ENDED]) or not self._segment.is_alive

    def copy(self, number: int) -> bytes:
        """Return what lies in the slot of a record, whatever happens to it meanwhile."""
        slot = self._first_word + (number - 1) % self.slots * self._slot_words
        length = min(int(self._all_words[slot + 1]), self.record_bytes)
        at = WORD * (slot + SLOT_HEAD_WORDS)
        return bytes(self._bytes[at : at + length])

    def read(self, number: int) -> bytes | None:
        """Return one record whole; None where it is not there yet or no longer."""
        slot = self._first_word + (number - 1) % self.slots * self._slot_words
        if self._all_words[slot] != 2 * number:
            return None
        _fence()
        content = self.copy(number)
        _fence()
        return content if self._all_words[slot] == 2 * number else None

    def take(self, newest: bool = False) -> Record | None:
        """Return the next record, None where there is none yet.

        Parameters
        ----------
        newest : bool
            Leave out all but the newest; they count as missed.
        """
        while (last := self.newest) > self._last:
            first = last if newest else max(self._last + 1, last - self.slots + 1)
            for number in range(first, last + 1):
                content = self.read(number)
                if content is not None:
                    record = Record(number, number - self._last - 1, content)
                    self._last = number
                    self.missed += record.missed
                    return record
            if self.newest == last and self._writer_is_gone:
                # It was killed while it wrote over the last that could be read.
                self.missed += last - self._last
                self._last = last
        return None

    def wait(self, timeout_s: float | None = None, newest: bool = False) -> Record | None:
        """Wait for the next record; None after `timeout_s`, and where no more will come (`is_over`)."""
        assert self._sleeper is not None
        until_s = float("inf") if timeout_s is None else time.monotonic() + timeout_s
        while True:
            self._sleeper.drain()
            over = bool(self._all_words[ENDED])
            record = self.take(newest)
            if record is not None or over:
                return record
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return None
            self._sleeper.announce()
            before_s = time.monotonic()
            self._sleeper.sleep(left_s)
            if time.monotonic() - before_s > 0.1 and self.is_over:
                return None

    def close(self) -> None:
        if self._sleeper is not None:
            self._sleeper.close()
            self._sleeper = None
        self._all_words.release()
        self._bytes.release()
        self._segment.close()
