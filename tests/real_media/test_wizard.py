"""The guided set-up on a real video whose first frames are black."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tracker_gui.qt.app import make_window
from tracker_gui.qt.theme.appearance import Face
from tracker_gui.qt.wizard.wizard import wizard_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.real_media
PATIENCE_MS = 60_000


def test_the_ant_is_found_on_the_whole_video_from_a_frame_that_shows_it(shared: Path, qtbot: QtBot) -> None:
    window = make_window(None, str(shared / "media" / "animals" / "ant.mp4"), asks=False, face=Face.DARK)
    qtbot.addWidget(window)
    window.show()
    window.action("set_up").trigger()
    wizard = wizard_of(window)

    def stands(page: str, kind: str) -> bool:
        return wizard.page.name == page and wizard.state.kind == kind

    qtbot.waitUntil(lambda: stands("source", "ok") and bool(wizard.content.words), timeout=PATIENCE_MS)
    assert "The first 10 frames are black or empty, so frame 10 is shown." in wizard.state.words
    assert window.session.newest is not None
    assert window.session.newest.snapshot.frame.index == 10
    wizard.go(3)
    wizard.page.propose()  # type: ignore[attr-defined]
    qtbot.waitUntil(window.picture.proposal.isVisible, timeout=PATIENCE_MS)
    window.picture.proposal.accept.click()
    qtbot.waitUntil(lambda: stands("threshold", "ok"), timeout=PATIENCE_MS)
    wizard.go(6)
    qtbot.waitUntil(lambda: stands("check", "ok"), timeout=PATIENCE_MS)
    assert wizard.state.words.startswith("1 animal is found on 20 sampled frames of 20.")
    window.close()
