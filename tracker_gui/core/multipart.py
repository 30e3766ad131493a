"""The pictures in a stream of ``multipart/x-mixed-replace``, as network cameras send it over HTTP."""

from __future__ import annotations

import re

LARGEST_PART_BYTES = 16 << 20
LARGEST_HEAD_BYTES = 8 << 10

_BOUNDARY = re.compile(r'(?i)boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))')
_LENGTH = re.compile(rb"(?im)^content-length\s*:\s*(\d{1,10})\s*$")
_JPEG_END = b"\xff\xd9"


def boundary_of(content_type: str) -> bytes | None:
    """Return the line that stands between two parts; None where the type names none.

    Cameras disagree about whether the name in the header has the two dashes in front already.
    """
    match = _BOUNDARY.search(content_type)
    if match is None:
        return None
    return b"--" + (match[1] or match[2]).encode("latin-1", "replace").lstrip(b"-")


class MultipartReader:
    """Cuts a byte stream into parts, with bounded memory whatever is sent.

    A part is handed over as soon as it is complete by its length, by a JPEG's end mark at the end of
    what has arrived, or by the next boundary; waiting for the boundary would delay every picture by one.

    Attributes
    ----------
    oversized : int
        Parts that were thrown away because they did not end.
    """

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._buffer = bytearray()
        self._in_body = False
        self._length: int | None = None
        self._searched = 0
        self.oversized = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take the bytes that arrived; return the parts that are complete now."""
        self._buffer += data
        parts: list[bytes] = []
        while True:
            part = self._body() if self._in_body else self._head()
            if part is None:
                return parts
            if part:
                parts.append(part)

    def _head(self) -> bytes | None:
        """Go behind the next head; return b"" when there was one."""
        start = self._buffer.find(self._boundary)
        if start < 0:
            # What may be the beginning of a boundary stays.
            del self._buffer[: max(0, len(self._buffer) - len(self._boundary))]
            return None
        end = self._buffer.find(b"\r\n\r\n", start)
        width = 4
        if end < 0:
            end, width = self._buffer.find(b"\n\n", start), 2
        if end < 0:
            if len(self._buffer) - start > LARGEST_HEAD_BYTES:
                del self._buffer[: start + len(self._boundary)]
                return b""
            return None
        length = _LENGTH.search(self._buffer, start, end + width)
        self._length = int(length[1]) if length and 0 < int(length[1]) <= LARGEST_PART_BYTES else None
        del self._buffer[: end + width]
        self._in_body, self._searched = True, 0
        return b""

    def _body(self) -> bytes | None:
        end = self._buffer.find(self._boundary, self._searched)
        if self._length is not None and len(self._buffer) >= self._length and not 0 <= end < self._length:
            return self._take(self._length)
        if end >= 0:
            # Also where the length promised more: it was wrong, or the part was cut off.
            return self._take(end)
        self._searched = max(0, len(self._buffer) - len(self._boundary))
        if self._length is not None:
            return None
        if self._buffer.rstrip(b"\r\n").endswith(_JPEG_END):
            return self._take(len(self._buffer))
        if len(self._buffer) > LARGEST_PART_BYTES:
            self.oversized += 1
            self._take(len(self._buffer))
            return b""
        return None

    def _take(self, length: int) -> bytes:
        part = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._in_body = False
        # A part without a single byte must still move the reader on.
        return part or b"\0"
