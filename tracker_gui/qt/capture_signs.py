"""How a live source is doing, as a word, an icon and a tone: never one of them alone."""

from __future__ import annotations

from typing import NamedTuple

from tracker_gui.core.live import CaptureState


class Sign(NamedTuple):
    """What is shown for one state."""

    word: str
    icon: str
    tone: str


SIGNS = {
    CaptureState.CONNECTING: Sign("connecting", "lan-pending", "dim"),
    CaptureState.LIVE: Sign("live", "access-point", "ok"),
    CaptureState.STALE: Sign("stale", "image-off-outline", "warn"),
    CaptureState.RECONNECTING: Sign("reconnecting", "lan-disconnect", "warn"),
    CaptureState.REFUSED: Sign("refused", "lock-outline", "bad"),
    CaptureState.ENDED: Sign("ended", "stop-circle-outline", "dim"),
    CaptureState.FAILED: Sign("failed", "alert-octagon-outline", "bad"),
    CaptureState.STOPPED: Sign("stopped", "stop-circle-outline", "dim"),
}
IN_USE = Sign("in use here", "monitor-eye", "accent")
NOTHING_CHOSEN = Sign("no file yet", "file-question-outline", "dim")
