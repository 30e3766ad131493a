"""Mark from where to where a video is tracked, beside the frame that is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker_gui.core.session_plan import FrameRange

if TYPE_CHECKING:
    from tracker_gui.qt.session import Session


def begin_here(session: Session) -> None:
    """Let runs begin at the frame that is shown; an end that lies before it goes."""
    if session.newest is not None:
        first, part = session.newest.snapshot.frame.index, _range(session)
        stop = part.stop_frame if part.stop_frame is not None and part.stop_frame > first else None
        use_range(session, FrameRange(first_frame=first, stop_frame=stop), f"begin at frame {first}")


def end_here(session: Session) -> None:
    """Let runs end behind the frame that is shown; a beginning that lies behind it goes."""
    if session.newest is not None:
        last, part = session.newest.snapshot.frame.index, _range(session)
        first = part.first_frame if part.first_frame <= last else 0
        use_range(session, FrameRange(first_frame=first, stop_frame=last + 1), f"end at frame {last}")


def use_whole(session: Session) -> None:
    """Let runs track the whole video."""
    use_range(session, FrameRange(), "track the whole video")


def use_range(session: Session, part: FrameRange, what: str, drag: int = 0) -> None:
    """Let runs track these frames of the present camera's video."""
    preset = session.document.preset
    session.document.change(replace(preset, range=None if part == FrameRange() else part), what, drag)


def _range(session: Session) -> FrameRange:
    return session.document.preset.range or FrameRange()
