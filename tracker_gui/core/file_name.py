"""Names of files that every system takes, whatever text they are made of."""

from __future__ import annotations

import re
import unicodedata

#: File systems count bytes, and take 255; what a run adds to a name needs some of them.
MOST_BYTES = 180
_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_EDGES = re.compile(r"^[.\s]+|[.\s]+$")
#: Windows takes these for devices, whatever stands behind a dot.
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)")


def safe_file_name(text: str) -> str:
    """Return a name without folders that Linux, macOS and Windows take; ``"_"`` where nothing is left of it."""
    # Composed, because macOS takes both forms of "ü" for one name and Linux for two.
    name = _ILLEGAL.sub("_", unicodedata.normalize("NFC", text))
    name = _EDGES.sub("_", name.strip())
    if _RESERVED.match(name):
        name = "_" + name
    return name.encode("utf-8")[:MOST_BYTES].decode("utf-8", "ignore").rstrip(". ") or "_"
