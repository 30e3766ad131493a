"""How one board is spoken to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tracker_gui.core.byte_text import ByteText, bytes_of
from tracker_gui.core.params import Params, setting

if TYPE_CHECKING:
    from tracker_gui.engine.devices.port import Identity


class BoardParams(Params):
    """What the user can set for a board."""

    speaks: Literal["lines", "plain"] = setting(
        "lines",
        title="Sketch",
        description="lines is the sketch that comes with tracker-gui: it says READY, acknowledges, and makes itself "
        "safe when the computer falls silent. plain is any other sketch: bytes are sent as they are, and nothing is "
        "acknowledged.",
    )
    baud: Literal["9600", "19200", "38400", "57600", "115200", "230400", "250000", "500000", "1000000"] = setting(
        "115200", title="Speed", description="Bits per second, as in Serial.begin of the sketch."
    )
    boot_wait_s: float = setting(
        2.0, title="Boot wait", ge=0, le=30, step=0.5, unit="s", when={"speaks": ("plain",)},
        description="Most boards start anew when the port is opened; nothing is sent before this is over.",
    )  # fmt: skip
    safe_bytes: ByteText = setting(
        "", title="Safe state", when={"speaks": ("plain",)},
        description=r"Bytes that bring the sketch into the state in which nothing can happen, such as k. Sent at the "
        r"start and end, when disarmed, and when the source is lost. \n, \r and \x02 stand for bytes.",
    )  # fmt: skip
    least_gap_s: float = setting(
        0.0, title="At least apart", ge=0, le=3600, step=0.1, unit="s",
        description="Time that must pass before the same output is switched on again; 0 for none.",
    )  # fmt: skip
    longest_on_s: float = setting(
        0.0, title="On for at most", ge=0, le=86_400, step=1, unit="s",
        description="After this an output goes back to its safe state by itself; 0 for no limit.",
    )  # fmt: skip
    watchdog_s: float = setting(
        1.0, title="Watchdog", ge=0.1, le=10, step=0.1, unit="s", more=True, when={"speaks": ("lines",)},
        description="The board makes itself safe when it has heard nothing for so long.",
    )  # fmt: skip
    answer_timeout_s: float = setting(
        0.25, title="Answer within", ge=0.02, le=5, step=0.05, unit="s", more=True, when={"speaks": ("lines",)},
        description="A command that is not acknowledged by then has failed, and the board is made safe.",
    )  # fmt: skip

    @property
    def is_plain(self) -> bool:
        return self.speaks == "plain"

    @property
    def safe(self) -> bytes:
        return bytes_of(self.safe_bytes)


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """A board as the user knows it.

    Attributes
    ----------
    name : str
        The user's own, by which rules name it.
    identity : Identity
        By which it is found again.
    """

    name: str
    identity: Identity
    params: BoardParams = field(default_factory=BoardParams)
