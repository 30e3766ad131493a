"""How a count stands to what is there: a sign, a colour and words, the same wherever it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.engine.sampled_finds import Finds, Verdict

if TYPE_CHECKING:
    from tracker_gui.qt.theme.colours import Colours

#: Name of the icon, and the tone of the theme.
SIGNS = {
    Verdict.RIGHT: ("check-circle", "ok"),
    Verdict.TOO_FEW: ("arrow-down-bold-circle", "warn"),
    Verdict.TOO_MANY: ("arrow-up-bold-circle", "bad"),
    Verdict.UNJUDGED: ("circle-outline", "dim"),
}


def tone_of(verdict: Verdict, colours: Colours) -> str:
    """Return the colour of a verdict."""
    return str(getattr(colours, SIGNS[verdict][1]))


def in_words(finds: Finds) -> str:
    """Return the count, and what is the matter with it."""
    if finds.wanted is None:
        return f"{finds.blobs} found"
    joint = int(np.count_nonzero(finds.detections.oversize))
    count = f"{finds.blobs} {'blob' if finds.blobs == 1 else 'blobs'} for" if joint else f"{finds.blobs} of"
    wrong = "" if finds.verdict is Verdict.RIGHT else f", {finds.verdict.value}"
    return f"{count} {finds.wanted}{wrong}"
