"""Shared memory with a name: a file that several processes map, and that goes with the one that made it.

`multiprocessing.shared_memory` is not used: before Python 3.13 a process that only attached unlinks the
memory of all others when it exits. Here the maker holds a lock on the file, which the system takes back
however the maker ends; whoever finds the file without its lock may remove it.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
import tempfile
import time
import urllib.parse
import weakref
from pathlib import Path

from tracker_gui.core.errors import InputError, OutputError, SettingsError

MEMORY_FOLDER = Path("/dev/shm")
ENDING = ".feed"
LONGEST_NAME = 100
#: A file without a lock may be one that is just being made.
BEING_MADE_S = 5.0
LOCK_WITHIN_S = 1.0
PIECE_BYTES = 1 << 20

if sys.platform == "win32":
    import msvcrt

    #: Far behind the end, since a locked byte can be read by nobody else there.
    LOCKED_BYTE = 1 << 30

    def _lock(handle: int, shared: bool) -> bool:
        os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:

    def _lock(handle: int, shared: bool) -> bool:
        import fcntl

        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_UN)


def _folder() -> Path:
    return MEMORY_FOLDER if os.access(MEMORY_FOLDER, os.W_OK) else Path(tempfile.gettempdir())


def _prefix() -> str:
    owner = str(os.getuid()) if hasattr(os, "getuid") else urllib.parse.quote(os.environ.get("USERNAME", ""), safe="")
    return f"tracker-gui-{owner}-"


def path_of(name: str) -> Path:
    """Return the file of a name.

    Raises
    ------
    SettingsError
        The name is empty or too long.
    """
    safe = urllib.parse.quote(name, safe="")
    if not safe or len(safe) > LONGEST_NAME:
        raise SettingsError("feed", f"its name must have 1 to {LONGEST_NAME} letters, got {name[:LONGEST_NAME]!r}")
    return _folder() / f"{_prefix()}{safe}{ENDING}"


def names() -> list[str]:
    """Return the names of all segments whose makers live, sorted; what others left behind is removed."""
    prefix, found = _prefix(), []
    for path in _folder().glob(f"{prefix}*{ENDING}"):
        if not remove_if_left(path):
            found.append(urllib.parse.unquote(path.name[len(prefix) : -len(ENDING)]))
    return sorted(found)


def remove_if_left(path: Path) -> bool:
    """Remove a file whose maker is gone; return whether there is none now."""
    try:
        handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return True
    except OSError:
        return False  # somebody else's
    try:
        if not _lock(handle, shared=False):
            return False
        found = os.fstat(handle)
        mark = os.read(handle, 8)
        if not any(mark) and time.time() - found.st_mtime < BEING_MADE_S:
            return False
        with contextlib.suppress(OSError):
            # Another may have removed it meanwhile and a third made a new one of the same name.
            if os.path.samestat(found, path.stat()):
                if sys.platform == "win32":
                    _unlock(handle)
                    os.close(handle)
                    handle = -1
                path.unlink()
        return not path.exists()
    finally:
        if handle >= 0:
            os.close(handle)


class Segment:
    """A mapped file.

    Attributes
    ----------
    memory : mmap
        Of the whole file; release all views of it before `close`.
    """

    def __init__(self, name: str, path: Path, memory: mmap.mmap, handle: int, owned: bool) -> None:
        self.name = name
        self.path = path
        self.memory = memory
        self._handle = handle
        self._owned = owned
        if owned:
            _owned.add(self)

    @classmethod
    def create(cls, name: str, size_bytes: int) -> Segment:
        """Make a segment of zeros.

        Raises
        ------
        OutputError
            The name is taken by a process that lives, or there is not so much memory.
        """
        path = path_of(name)
        remove_if_left(path)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError as error:
            raise OutputError(
                f"feed {name}", "there is another feed of this name", "Choose another name, or end that program."
            ) from error
        except OSError as error:
            raise OutputError(str(path), f"cannot be made ({error.strerror})") from error
        try:
            until_s = time.monotonic() + LOCK_WITHIN_S
            while not _lock(handle, shared=False):  # somebody looks whether it is left behind
                if time.monotonic() > until_s:
                    raise OutputError(str(path), "cannot be locked", "Choose another name for the feed.")
                time.sleep(0.001)
            # Written, not only lengthened: a hole that the memory has no room for kills the process later.
            # By a handle of its own, since the map keeps it open in processes that are forked.
            with path.open("r+b", buffering=0) as file:
                for at in range(0, size_bytes, PIECE_BYTES):
                    file.write(bytes(min(PIECE_BYTES, size_bytes - at)))
                memory = mmap.mmap(file.fileno(), size_bytes)
        except OSError as error:
            os.close(handle)
            path.unlink(missing_ok=True)
            raise OutputError(
                f"feed {name}", f"{size_bytes / 1e6:.0f} MB of shared memory cannot be had ({error.strerror})",
                "Let it hold fewer animals or frames.",
            ) from error  # fmt: skip
        except BaseException:
            os.close(handle)
            path.unlink(missing_ok=True)
            raise
        return cls(name, path, memory, handle, owned=True)

    @classmethod
    def attach(cls, name: str) -> Segment:
        """Map a segment that another process made.

        Raises
        ------
        InputError
            There is none, or its maker is gone.
        """
        path = path_of(name)
        gone = InputError(f"feed {name}", "there is no such feed", "'tracker-gui feed list' shows those there are.")
        if remove_if_left(path):
            raise gone
        try:
            handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise gone from error
        try:
            memory = mmap.mmap(handle, 0)
        except (OSError, ValueError) as error:
            os.close(handle)
            raise gone from error
        return cls(name, path, memory, handle, owned=False)

    @property
    def is_alive(self) -> bool:
        """Whether the process that made it lives and keeps it."""
        if self._owned:
            return True
        if _lock(self._handle, shared=True):
            _unlock(self._handle)
            return False
        return True

    def close(self) -> None:
        """Unmap it; its maker removes it, and so does who finds that the maker is gone."""
        if self._handle < 0:
            return
        left = self._owned or not self.is_alive
        handle, self._handle = self._handle, -1
        self.memory.close()
        if self._owned:
            _owned.discard(self)
            # Not on Windows while somebody maps it; the last of them removes it.
            with contextlib.suppress(OSError):
                self.path.unlink()
        os.close(handle)
        if left:
            with contextlib.suppress(OSError):
                remove_if_left(self.path)

    def let_go(self) -> None:
        """Give up the lock in a child that was forked: it must not keep alive what its parent made."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle, self._owned = -1, False


_owned: weakref.WeakSet[Segment] = weakref.WeakSet()


def _after_fork() -> None:
    for segment in tuple(_owned):
        segment.let_go()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
