"""How a source and its state are called in the window: a word, a tone and a sign for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracker_gui.core.live import CaptureState, LiveSource
from tracker_gui.engine.player import Phase

if TYPE_CHECKING:
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.qt.camera_view import CameraView


class Doing(NamedTuple):
    """How something is doing: never told by the colour alone."""

    word: str
    tone: str
    sign: str


STATES = {
    CaptureState.CONNECTING: Doing("connecting", "", "lan-pending"),
    CaptureState.LIVE: Doing("live", "ok", "access-point"),
    CaptureState.STALE: Doing("no picture", "warn", "image-off-outline"),
    CaptureState.RECONNECTING: Doing("reconnecting", "warn", "lan-disconnect"),
    CaptureState.REFUSED: Doing("refused", "bad", "lock-outline"),
    CaptureState.ENDED: Doing("ended", "", "stop-circle-outline"),
    CaptureState.FAILED: Doing("failed", "bad", "alert-octagon-outline"),
    CaptureState.STOPPED: Doing("stopped", "", "stop-circle-outline"),
}
#: A sentence elsewhere says what is the matter.
SEE_NOTICE = Doing("see the notice", "warn", "alert-circle")
#: A run was started and has not begun.
WAITING = Doing("waiting to begin", "warn", "timer-sand")
#: The picture that is shown is not the one of now.
OUT_OF_DATE = (CaptureState.STALE, CaptureState.RECONNECTING, CaptureState.REFUSED, CaptureState.FAILED)


def source_name(source: StageChoice) -> str:
    """Return a short name: of the file, of the camera, or what kind of source it is."""
    path = getattr(source.params, "path", None)
    if path is not None and Path(path).name:
        return Path(path).name
    made = source.make()
    return made.name if isinstance(made, LiveSource) else type(made).title.lower()


def doing(view: CameraView) -> Doing:
    """Return how one camera is doing."""
    if view.live is not None:
        state = view.live.channel.state
        if state is not CaptureState.LIVE:
            return STATES[state]
        if view.state.problem is not None:
            return SEE_NOTICE
        if view.waiting:
            return WAITING
        if view.is_tracking:
            return Doing("live, tracking", "ok", "radar")
        if view.state.phase is Phase.PAUSED:
            return Doing("picture stands still", "", "pause")
        return STATES[state]
    if view.state.problem is not None:
        return SEE_NOTICE
    if view.waiting:
        return WAITING
    if view.is_tracking:
        return Doing("tracking", "ok", "radar")
    if view.state.phase is Phase.PLAYING:
        return Doing(Phase.PLAYING.value, "ok", "play")
    return Doing(view.state.phase.value, "", "")
