r"""Bytes as a person types them: ``m``, ``k\n``, ``\x02``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

LONGEST = 256
_PART = re.compile(r"\\x([0-9A-Fa-f]{2})|\\(.?)|([^\\]+)", re.DOTALL)
_NAMED = {"n": 10, "r": 13, "t": 9, "0": 0, "\\": 92}
_NAMES = {code: name for name, code in _NAMED.items()}


def bytes_of(text: str) -> bytes:
    r"""Return the bytes a text stands for.

    >>> bytes_of("m\\n\\x02")
    b'm\n\x02'

    Raises
    ------
    ValueError
        It holds an unknown sign behind a backslash, or a letter that is not one byte.
    """
    made = bytearray()
    for code, name, plain in _PART.findall(text):
        if code:
            made.append(int(code, 16))
        elif plain:
            if not plain.isascii():
                raise ValueError(r"must hold plain letters only; write other bytes as \xNN")
            made += plain.encode("ascii")
        elif name in _NAMED:
            made.append(_NAMED[name])
        else:
            raise ValueError(rf'"\{name}" is not known (known: \n \r \t \0 \\ \xNN)')
    if len(made) > LONGEST:
        raise ValueError(f"must be {LONGEST} bytes or fewer")
    return bytes(made)


def shown_bytes(data: bytes, longest: int = LONGEST) -> str:
    r"""Return bytes as text that `bytes_of` reads, shortened where there are many.

    >>> shown_bytes(b"m\n\xff")
    'm\\n\\xff'
    """
    parts = [
        rf"\{_NAMES[byte]}" if byte in _NAMES else chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}"
        for byte in data[:longest]
    ]
    return "".join(parts) + (f" … ({len(data)} bytes)" if len(data) > longest else "")


def checked(text: str) -> str:
    """Return the text.

    Raises
    ------
    ValueError
        See `bytes_of`.
    """
    bytes_of(text)
    return text


#: A text that is checked where it is read.
ByteText = Annotated[str, AfterValidator(checked)]
