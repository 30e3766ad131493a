"""What a live source and those who watch it share: its states, how it breaks, and the gaps that leaves."""

from __future__ import annotations

import enum
import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_gui.core.stage import P, Source

if TYPE_CHECKING:
    from tracker_gui.core.types import Frame


class CaptureState(enum.Enum):
    """How a live source is doing."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    RECONNECTING = "reconnecting"
    REFUSED = "refused"
    ENDED = "ended"
    FAILED = "failed"
    STOPPED = "stopped"


class SourceInterrupted(Exception):
    """A live source broke off, or could not be reached; it may come back.

    To whoever does not wait for that it is an input that cannot be read.

    Parameters
    ----------
    reason : str
        A clause for the user: "the camera closed the connection". Never holds a password.
    retry_after_s : float, optional
        Least time to wait before it is tried again.
    refused : bool
        The camera answered, and said no: without the user it will hardly come back.
    """

    def __init__(self, reason: str, retry_after_s: float | None = None, refused: bool = False) -> None:
        super().__init__("", reason)
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without frames.

    Attributes
    ----------
    start_s, end_s : float
        Monotonic time of the last frame before and the first frame after it; no end while it lasts.
    start_wall_s, end_wall_s : float
        The same in seconds since 1970 UTC.
    reason : str
    frames_lost : int
        How many frames the source's rate makes of it: an estimate.
    """

    start_s: float
    start_wall_s: float
    reason: str
    end_s: float | None = None
    end_wall_s: float | None = None
    frames_lost: int = 0


class LiveSource(Source[P]):
    """A source that frames arrive from at their own pace.

    `open` and `read` raise `SourceInterrupted` where the source cannot be reached or breaks off, and
    block no longer than `read_timeout_s` (`open` a few seconds).
    """

    #: Pictures that arrived but could not be decoded; also part of the next frame's `lost_before`.
    damaged_frames: int = 0

    @property
    def read_timeout_s(self) -> float:
        """How long `read` waits for a frame before it takes the source for broken."""
        return 2.0

    @property
    @abstractmethod
    def name(self) -> str:
        """What to call it in messages, also before it is open; never holds a password."""

    def interrupt(self) -> None:
        """Make a blocked `read` return soon; called from another thread, must not block."""

    @abstractmethod
    def read(self) -> Frame | None:
        """Wait for the next frame; None at the end of a source that has one.

        Raises
        ------
        SourceInterrupted
        """


_USER_INFO = re.compile(r"(?<=://)[^/?#\s]*@")
#: Of an address: the name of a part that may be secret, and its value.
SECRET_IN_QUERY = re.compile(r"(?i)([?&;][^=&;\s]*(?:user|usr|login|pass|pwd|token|key|auth)[^=&;\s]*=)([^&;#\s]*)")
HIDDEN = "***"


def without_credentials(text: str) -> str:
    """Return a text with user names and passwords taken out of every address in it.

    >>> without_credentials("rtsp://me:secret@cam/1?pwd=secret&size=2")
    'rtsp://cam/1?pwd=***&size=2'
    """
    return SECRET_IN_QUERY.sub(rf"\1{HIDDEN}", _USER_INFO.sub("", text))
