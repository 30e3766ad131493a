"""Files that are either the old one or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tracker_gui.core.errors import OutputError


def write_atomically(path: Path, content: str | bytes, private: bool = False) -> None:
    """Write a file beside its place and move it there once it is complete.

    Parameters
    ----------
    content : str or bytes
        Text is written as UTF-8, with its line ends as they are.
    private : bool
        Nobody but this user may read it.

    Raises
    ------
    OutputError
        Folder missing, not writable or full; whatever was at `path` is untouched.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        if not private:  # which it is from its first byte on
            temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise OutputError(
            str(path),
            f"cannot be written ({error.strerror or error})",
            "The old file is unchanged. Choose another folder.",
        ) from error
