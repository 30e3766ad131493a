"""What rules, boards and the window share: the state of a device, a command, and what became of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class DeviceState(enum.Enum):
    """How a device is doing."""

    CLOSED = "closed"
    AWAY = "not connected"
    STARTING = "starting"
    READY = "ready"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OutputInfo:
    """One output of a board.

    Attributes
    ----------
    kind : str
        ``"digital"`` (0 or 1), ``"pwm"`` (0 to 255), ``"servo"`` (degrees) or ``"feeder"`` (portions).
    safe : int
        The value at which nothing can happen.
    longest_on_ms, least_gap_ms : int
        Limits the board keeps by itself; 0 for none.
    """

    name: str
    kind: str
    safe: int
    low: int
    high: int
    longest_on_ms: int = 0
    least_gap_ms: int = 0


@dataclass(frozen=True, slots=True)
class DeviceCommand:
    """One thing a device is told.

    Attributes
    ----------
    payload : bytes
        For a board of ours ``SET door 90`` or ``PULSE led 1 200``; for a plain sketch the bytes as they are.
    t_decided_s : float
        Monotonic.
    deadline_s : float
        Monotonic time after which it is not sent any more: what is late is wrong.
    then, then_after_s
        Only for a plain sketch: bytes that follow so much later (the end of a pulse).
    reply : bytes
        Only for a plain sketch: what it answers; empty to wait for nothing.
    reply_timeout_s : float
    """

    payload: bytes
    t_decided_s: float
    deadline_s: float
    then: bytes = b""
    then_after_s: float = 0.0
    reply: bytes = b""
    reply_timeout_s: float = 1.0


@dataclass(frozen=True, slots=True)
class DeviceResult:
    """What became of a command; times are monotonic, None for what did not happen.

    Attributes
    ----------
    ok : bool
        It was done, as far as can be known.
    result : str
        For the log: ``acknowledged``, ``sent, not acknowledged``, or why it was not.
    """

    t_decided_s: float
    t_sent_s: float | None
    t_acknowledged_s: float | None
    ok: bool
    result: str

    @property
    def sent(self) -> bool:
        return self.t_sent_s is not None


class Device(Protocol):
    """Something that can be told to do something. All may be called from any thread."""

    @property
    def name(self) -> str: ...

    @property
    def state(self) -> DeviceState: ...

    @property
    def armed(self) -> bool: ...

    def submit(self, command: DeviceCommand, on_result: Callable[[DeviceResult], None]) -> None:
        """Hand over a command and return at once.

        `on_result` is called exactly once, on a thread of the device or at once on the caller's; must be quick.
        """

    def send(self, command: DeviceCommand) -> DeviceResult:
        """Hand over a command and wait for what becomes of it."""

    def safe_state(self, reason: str) -> None:
        """Drop what waits and bring all outputs into the state in which nothing can happen."""

    def arm_by_rule(self) -> None:
        """Arm it for a rule that a person has armed; never a plain sketch, or one that a person has disarmed."""

    def rules_ended(self) -> None:
        """Disarm it where a rule has armed it."""


class Devices(Protocol):
    """The devices of this computer, by the names their user gave them.

    Attributes
    ----------
    listeners : list of callable
        Called with a device's name and what it says: a state, a button, a line. On a thread of the device, so
        it must be quick.
    """

    listeners: list[Callable[[str, str], None]]

    def device(self, name: str) -> Device:
        """Return a device, opened where it was not.

        Raises
        ------
        SettingsError
            There is none of that name.
        """
