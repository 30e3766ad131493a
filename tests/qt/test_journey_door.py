"""The journey "when an animal enters, open the door": every act is one of the hand, and they are counted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from tracker_gui.core.devices import DeviceState
from tracker_gui.engine.rules.seat import RuleMode
from tracker_gui.engine.rules.simulation import simulate_source
from tracker_gui.qt.editors.context_menu import ShapeMenu
from tracker_gui.qt.forms.controls import TextControl

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from PySide6.QtWidgets import QAbstractButton
    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 30_000
MOST_ACTS = 14
LEFT = Qt.MouseButton.LeftButton


class Acts:
    """What a person does, one after the other."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.done: list[str] = []
        self._begun_s = time.monotonic()

    def click(self, button: QAbstractButton, words: str) -> None:
        self._qtbot.waitUntil(button.isVisible, timeout=PATIENCE_MS)
        assert button.isEnabled(), words
        self._qtbot.mouseClick(button, LEFT)
        self.done.append(words)

    def did(self, words: str) -> None:
        self.done.append(words)

    def __str__(self) -> str:
        lines = [f"{number:2}  {words}" for number, words in enumerate(self.done, 1)]
        return "\n".join([*lines, f"{len(self.done)} acts, {time.monotonic() - self._begun_s:.1f} s"])


def test_a_door_opens_when_an_animal_enters_in_less_than_fifteen_acts(
    hand: Any, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    window: MainWindow = hand.window
    window.session.settings.output_folder = str(tmp_path / "out")
    acts, desk, picture = Acts(qtbot), window.session.rules, window.picture

    acts.click(picture.draw_bar.buttons["rectangle"], "take the rectangle")
    hand.pull((65, 40), (100, 75), (135, 110))
    acts.did("draw the zone")

    hand.pull((100, 75), button=Qt.MouseButton.RightButton)
    viewport = hand.pane.viewport()
    place = hand.pane.viewportTransform().map(QPointF(100, 75)).toPoint()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, asked)
    menu = next(menu for menu in window.findChildren(ShapeMenu) if menu.isVisible())
    acts.did("right click on the zone")
    action = next(a for a in menu.actions() if a.text() == "When an animal enters…")
    assert action.isEnabled()
    action.trigger()
    menu.close()
    acts.did("choose 'When an animal enters…'")

    panel = window.rule_tools.panel()
    qtbot.waitUntil(lambda: len(panel.cards) == 1 and panel.cards[0].editor is not None, timeout=PATIENCE_MS)
    card = panel.cards[0]
    assert card.editor is not None
    acts.click(card.editor.quick["serial_port"], "choose 'Send to a board'")
    assert card.editor is not None
    assert card.editor.picker is not None
    assert card.editor.picker.form is not None
    field = card.editor.picker.form.control("send")
    assert isinstance(field, TextControl)
    field.line.selectAll()
    qtbot.keyClicks(field.line, "SET door 90")
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    acts.did("type what is sent")

    acts.click(card.editor.test, "Test…")
    acts.click(panel.trial.question.yes, "Do it")
    qtbot.waitUntil(lambda: "acknowledged after" in panel.trial.result.text(), timeout=PATIENCE_MS)
    assert window.devices.boards.virtual is not None
    board = window.devices.boards.virtual.board
    assert board.view().values["door"] == 90

    acts.click(panel.simulate, "Simulate")
    qtbot.waitUntil(lambda: panel.simulation.result is not None, timeout=PATIENCE_MS)
    assert panel.simulation.result is not None
    simulated = [each.frame for each in panel.simulation.result.done]
    assert simulated, "no animal enters the zone"

    acts.click(panel.modes[RuleMode.ARMED], "Arm…")
    notice = window.notices.notice("arm")
    assert notice is not None
    assert notice.button is not None
    acts.click(notice.button, "Arm now")

    def armed() -> bool:
        runner, it = window.session.view.rules.runner, window.devices.boards.find("virtual board")
        ready = it is not None and it.state is DeviceState.READY
        return desk.mode is RuleMode.ARMED and ready and runner is not None and bool(runner.armed)

    qtbot.waitUntil(armed, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: board.view().values["door"] == 0, timeout=PATIENCE_MS)
    runner = window.session.view.rules.runner
    assert runner is not None

    acts.click(window.transport.play, "Play")
    qtbot.waitUntil(lambda: board.view().values["door"] == 90, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not window.session.is_playing, timeout=PATIENCE_MS)

    done = [each.decision.frame for each in runner.recent if not each.decision.suppressed_by]
    whole = window.document.whole
    assert whole.source is not None
    offline = [each.frame for each in simulate_source(whole, whole.source).done]
    assert done == simulated == offline
    with capsys.disabled():
        print(f"\nJourney 'door':\n{acts}")
    assert len(acts.done) <= MOST_ACTS
