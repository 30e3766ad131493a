"""The lines that a computer and a board exchange: framing and check sum, as `resources/arduino/PROTOCOL.md` says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_gui.core.devices import OutputInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VERSION = 1
READY = "READY tracker-gui-board"
#: Without its end, check sum included: what a small board can keep.
LONGEST_LINE = 96
#: A board that waits says READY so often.
ANNOUNCE_S = 0.5
#: Sequence numbers run from 1 to this and begin again.
LAST_NUMBER = 0x7FFF

_NUMBER = re.compile(r"-?[0-9]{1,6}")


def _crc8_table() -> bytes:
    table = bytearray()
    for value in range(256):
        for _ in range(8):
            value = (value << 1) ^ 0x07 if value & 0x80 else value << 1
        table.append(value & 0xFF)
    return bytes(table)


_CRC8 = _crc8_table()


def crc8(data: bytes) -> int:
    """Return the check sum CRC-8 (polynomial 0x07, begins with 0, as in SMBus).

    >>> hex(crc8(b"123456789"))
    '0xf4'
    """
    value = 0
    for byte in data:
        value = _CRC8[value ^ byte]
    return value


def framed(text: str) -> bytes:
    r"""Return a line as it goes over the wire.

    >>> framed("7 PING")
    b'7 PING*01\n'
    """
    data = text.encode("ascii", "replace")
    return b"%s*%02X\n" % (data, crc8(data))


def unframed(line: bytes) -> str | None:
    """Return what a line says; None where it is damaged."""
    data, star, check = line.rstrip(b"\r").rpartition(b"*")
    if not star or len(check) != 2:
        return None
    try:
        return data.decode("ascii") if int(check, 16) == crc8(data) else None
    except ValueError:
        return None


class LineSplitter:
    """Cuts bytes into lines. Keeps no more than one line, whatever arrives.

    Attributes
    ----------
    dropped_bytes : int
        What was thrown away, because it was longer than any line.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False
        self.dropped_bytes = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give each line that is complete now, without its end."""
        *lines, rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._skipping or len(line) > LONGEST_LINE:
                self.dropped_bytes += len(line)
                self._skipping = False
            elif line:
                yield line
        if len(rest) > LONGEST_LINE:
            self.dropped_bytes += len(rest)
            rest, self._skipping = b"", True
        self._rest = rest


@dataclass(frozen=True, slots=True)
class Switching:
    """What a command does to an output.

    Attributes
    ----------
    pulse_ms : int
        Back to its safe value after so long; 0 for never.
    """

    output: str
    value: int
    pulse_ms: int = 0


def read_switching(payload: str, outputs: Sequence[OutputInfo]) -> Switching | str:
    """Return what ``SET name value`` or ``PULSE name value ms`` does, or a clause that says what is wrong with it."""
    verb, *words = payload.split() or [""]
    if verb not in ("SET", "PULSE"):
        return f'"{verb}" is no command for a board (known: SET, PULSE)'
    if len(words) != (2 if verb == "SET" else 3) or not all(_NUMBER.fullmatch(word) for word in words[1:]):
        return f"{verb} needs the name of an output, its value{' and milliseconds' if verb == 'PULSE' else ''}"
    name, value = words[0], int(words[1])
    info = next((each for each in outputs if each.name == name), None)
    if info is None:
        known = ", ".join(each.name for each in outputs) or "none"
        return f'the board has no output called "{name}" (known: {known})'
    if not info.low <= value <= info.high:
        return f"{name} takes {info.low} to {info.high}, got {value}"
    pulse_ms = int(words[2]) if verb == "PULSE" else 0
    if verb == "PULSE" and not 1 <= pulse_ms <= 600_000:
        return f"a pulse takes 1 to 600000 ms, got {pulse_ms}"
    return Switching(name, value, pulse_ms)


def output_line(info: OutputInfo) -> str:
    """Return what a board says of one of its outputs."""
    gap, longest = info.least_gap_ms, info.longest_on_ms
    return f"OUT {info.name} {info.kind} {info.safe} {info.low} {info.high} {longest} {gap}"


def read_output(words: Sequence[str]) -> OutputInfo | None:
    """Return the output that a board's line tells of; None where it cannot be made out."""
    if len(words) != 7 or not all(_NUMBER.fullmatch(word) for word in words[2:]):
        return None
    return OutputInfo(words[0], words[1], *(int(word) for word in words[2:]))
