"""Serial ports: which there are, whose they are, and how one is opened."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

READ_S = 0.1
WRITE_TIMEOUT_S = 0.05
MOST_AT_ONCE = 4096


class Port(Protocol):
    """An open line to a device. `read` belongs to one thread, `write` to one at a time."""

    def read(self) -> bytes:
        """Wait a moment for bytes; empty where there were none.

        Raises
        ------
        OSError
            The line is broken.
        """

    def write(self, data: bytes) -> None:
        """Write all of it.

        Raises
        ------
        TimeoutError
            The other end does not take it.
        OSError
            The line is broken.
        """

    def drop_output(self) -> None:
        """Take back what was written and has not gone out yet, as far as the system can."""

    def close(self) -> None: ...


class Link(Protocol):
    """The way to a device, open or not."""

    def open(self) -> Port:
        """Open it.

        Raises
        ------
        FileNotFoundError
            It is not connected now.
        OSError
            It is there, and cannot be opened.
        """


@dataclass(frozen=True, slots=True)
class Identity:
    """What names the same board again after it was unplugged, whatever port it is on then.

    A USB board is known by vendor, product and serial number; one that has no serial number by the socket
    it is plugged into; a port that is not USB by its path.
    """

    vendor_id: int | None = None
    product_id: int | None = None
    serial_number: str = ""
    socket: str = ""
    path: str = ""

    def __str__(self) -> str:
        if self.vendor_id is None:
            return self.path
        usb = f"USB {self.vendor_id:04x}:{self.product_id:04x}"
        return f"{usb}, number {self.serial_number}" if self.serial_number else f"{usb} in socket {self.socket}"


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A serial port of this computer now."""

    path: str
    title: str
    identity: Identity

    @property
    def is_usb(self) -> bool:
        return self.identity.vendor_id is not None


def list_ports() -> list[FoundPort]:
    """Return the serial ports that the operating system lists; pseudo-terminals are never among them."""
    from serial.tools import list_ports as system

    return sorted((_found(each) for each in system.comports()), key=lambda port: (not port.is_usb, port.path))


def _found(info: Any) -> FoundPort:
    if info.vid is None:
        return FoundPort(info.device, _title(info.description, info.device), Identity(path=info.device))
    identity = Identity(
        info.vid, info.pid, info.serial_number or "", "" if info.serial_number else info.location or info.device
    )
    return FoundPort(info.device, _title(info.product or info.description, info.device), identity)


def _title(text: str | None, path: str) -> str:
    cleaned = re.sub(r"[^\x20-\x7e\xa0-\ud7ff]", " ", text or "").strip()[:60]
    return cleaned if cleaned and cleaned != "n/a" else Path(path).name


def find_port(identity: Identity, ports: Sequence[FoundPort]) -> str | None:
    """Return where a board is now, and never another board; None while it is away.

    A path that no list has, such as that of a pseudo-terminal, is taken as it is.
    """
    if identity.vendor_id is None:
        return identity.path or None
    return next((port.path for port in ports if port.identity == identity), None)


class SerialLink:
    """A serial port that is found again by the identity of what is plugged in.

    Parameters
    ----------
    ports : callable
        Lists the ports of now.
    """

    def __init__(
        self, identity: Identity, baud: int, ports: Callable[[], list[FoundPort]] = list_ports,
        write_timeout_s: float = WRITE_TIMEOUT_S,
    ) -> None:  # fmt: skip
        self.identity = identity
        self._baud = baud
        self._ports = ports
        self._write_timeout_s = write_timeout_s

    def open(self) -> SerialPort:
        path = find_port(self.identity, self._ports() if self.identity.vendor_id is not None else ())
        if path is None:
            raise FileNotFoundError(f"no {self.identity} is connected")
        return SerialPort(path, self._baud, self._write_timeout_s)


class SerialPort:
    """An open serial port; see `Port`."""

    def __init__(self, path: str, baud: int, write_timeout_s: float = WRITE_TIMEOUT_S) -> None:
        import serial

        self.path = path
        self._timed_out: type[Exception] = serial.SerialTimeoutException
        try:
            # DTR and RTS as the library sets them: touching them again fails on pseudo-terminals (errno 25).
            self._serial = serial.Serial(
                path, baud, timeout=READ_S, write_timeout=write_timeout_s, **_exclusive(serial)
            )
        except Exception as error:
            # Not only the library's own: a terminal that dies just now raises termios.error, which is no OSError.
            raise _plain(error, path) from error
        self._quicken()

    def _quicken(self) -> None:
        """Ask adapters that keep bytes back for 16 ms to pass them on at once; only some can."""
        quicken = getattr(self._serial, "set_low_latency_mode", None)
        try:
            if quicken is not None:
                quicken(True)
        except (OSError, ValueError):
            return  # a pseudo-terminal, or an adapter without such a mode

    def read(self) -> bytes:
        data = bytes(self._serial.read(1))
        if data and (more := self._serial.in_waiting):
            data += self._serial.read(min(more, MOST_AT_ONCE))
        return data

    def write(self, data: bytes) -> None:
        try:
            self._serial.write(data)
        except self._timed_out as error:
            raise TimeoutError("write timed out") from error

    def drop_output(self) -> None:
        try:
            self._serial.reset_output_buffer()
        except Exception as error:  # termios.error is no OSError
            raise OSError(str(error)) from error

    def close(self) -> None:
        self._serial.close()


def _exclusive(serial: Any) -> dict[str, bool]:
    # Windows opens every port exclusively and refuses the argument.
    return {} if serial.Serial.__module__.endswith("serialwin32") else {"exclusive": True}


def _plain(error: Exception, path: str) -> OSError:
    """Return why a port cannot be opened, in words for the user."""
    code = getattr(error, "errno", None) or (error.args[0] if error.args else None)
    text = str(error).lower()
    if code in (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO) or "filenotfound" in text:
        return FileNotFoundError(f"{path} is not there")
    if code in (errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK):
        return PermissionError(f"{path} is open in another program")
    if code in (errno.EACCES, errno.EPERM) or "permissionerror" in text:
        return PermissionError(
            f"{path} may not be opened: another program has it, or you may not use serial ports "
            "(on Linux, join the group dialout and log in again)"
        )
    return OSError(f"{path} cannot be opened ({error})")
