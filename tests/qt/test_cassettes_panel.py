"""The panel of cassettes: a switch and a form for each, what waits for the user, and the last error."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core.data_files import own_cassettes_folder
from tracker_gui.core.preset import choice
from tracker_gui.feed.cassette_host import CassetteState, Phase, board, permission
from tracker_gui.qt.cassettes import cassettes_panel
from tracker_gui.qt.cassettes.cassettes_panel import CassettesPanel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

MINE = '"""Mine."""\nnear_px: float = 40.0  # 1..500 px: how close\n'


@pytest.fixture(autouse=True)
def nothing_allowed() -> Iterator[None]:
    permission.revoke_all()
    yield
    permission.revoke_all()
    board.clear()


@pytest.fixture
def panel(shown_window: MainWindow, qtbot: QtBot) -> CassettesPanel:
    folder = own_cassettes_folder()
    folder.mkdir(parents=True)
    (folder / "mine.py").write_text(MINE)
    (folder / "wrong.py").write_text("def f(:\n")
    made = CassettesPanel(shown_window.session)
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: "mine" in made.cards)
    return made


def lines_of(shown_window: MainWindow) -> tuple[str, ...]:
    chosen = next((c for c in shown_window.document.preset.outputs if c.stage == "cassettes"), None)
    return chosen.params.cassettes if chosen is not None and chosen.enabled else ()  # type: ignore[attr-defined, no-any-return]


def with_lines(shown_window: MainWindow, *lines: str) -> None:
    preset = shown_window.document.preset
    shown_window.document.begin(replace(preset, outputs=(choice("sinks", "cassettes", cassettes=lines),)))


def test_a_switch_writes_the_cassette_into_the_preset_as_one_undo_step(
    shown_window: MainWindow, panel: CassettesPanel
) -> None:
    before = shown_window.document.preset
    panel.cards["mine"].switch.click()
    assert lines_of(shown_window) == ("mine",)
    assert permission.allows("mine")
    assert panel.summary.text() == f"1 of {len(panel.cards)} on"
    shown_window.document.undo_stack.undo()
    assert shown_window.document.preset == before
    assert not panel.cards["mine"].switch.isChecked()


def test_a_changed_setting_stands_behind_the_name(shown_window: MainWindow, panel: CassettesPanel) -> None:
    card = panel.cards["mine"]
    card.switch.click()
    card.form.edited.emit(card.cassette.Params(near_px=55.0), "Near", 0)  # type: ignore[call-arg]
    assert lines_of(shown_window) == ("mine near_px=55.0",)
    assert card.form.params.near_px == 55.0  # type: ignore[attr-defined]


def test_lines_that_cannot_be_read_are_kept(shown_window: MainWindow, panel: CassettesPanel) -> None:
    with_lines(shown_window, "not closed 'x", "time_sync")
    panel.cards["mine"].switch.click()
    assert lines_of(shown_window) == ("not closed 'x", "time_sync", "mine")


def test_what_came_with_the_preset_waits_until_it_is_allowed(shown_window: MainWindow, panel: CassettesPanel) -> None:
    with_lines(shown_window, "mine")
    assert not panel.permission_card.isHidden()
    assert panel.permission_text.text().startswith("mine: came with the preset.")
    assert not permission.allows("mine")
    panel.allow.click()
    assert permission.allows("mine")
    assert panel.permission_card.isHidden()


def test_an_error_is_shown_with_file_and_line(shown_window: MainWindow, panel: CassettesPanel) -> None:
    with_lines(shown_window, "mine")
    state = CassetteState(
        "mine", Phase.FAILED, "/x/mine.py", "ZeroDivisionError: division by zero", 7, calls=3, mean_ms=1
    )
    board.put("mine", state)
    shown_window.session.ticked.emit()
    card = panel.cards["mine"]
    assert card.error.text() == "The cassette 'mine' failed: mine.py, line 7: ZeroDivisionError: division by zero"
    assert card.word.text() == "failed"
    assert card.figures.text() == "3 frames, 1.0 ms each, 0.0 ms at worst"


def test_a_file_that_cannot_be_read_says_why_and_cannot_be_switched_on(panel: CassettesPanel) -> None:
    card = panel.cards["wrong"]
    assert "wrong.py, line 1" in card.error.text()
    assert not card.switch.isEnabled()


def test_a_new_file_in_the_folder_gets_a_card(panel: CassettesPanel, qtbot: QtBot) -> None:
    (own_cassettes_folder() / "another.py").write_text(MINE)
    qtbot.waitUntil(lambda: "another" in panel.cards)


def test_a_shipped_cassette_is_copied_before_it_is_opened(
    panel: CassettesPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(cassettes_panel, "open_as_text", opened.append)
    panel.cards["time_sync"].edit.click()
    copy = own_cassettes_folder() / "time_sync.py"
    assert opened == [copy]
    assert "line it up" in copy.read_text()
    qtbot.waitUntil(lambda: panel.cards["time_sync"].cassette.is_own)


def test_new_writes_one_that_can_be_used(panel: CassettesPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(cassettes_panel, "open_as_text", opened.append)
    panel.new.click()
    panel.new.click()
    assert [path.name for path in opened] == ["my_cassette.py", "my_cassette_2.py"]
    qtbot.waitUntil(lambda: "my_cassette_2" in panel.cards)
    assert panel.cards["my_cassette"].cassette.problem == ""


def test_nothing_can_be_changed_while_tracking(
    shown_window: MainWindow, panel: CassettesPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(shown_window.session), "is_tracking", True)
    shown_window.session.run_changed.emit()
    assert not panel.cards["mine"].switch.isEnabled()
    assert not panel.cards["mine"].form.isEnabled()


def test_it_is_a_panel_of_the_window(shown_window: MainWindow) -> None:
    shown_window.show()
    dock = shown_window.docks.docks["cassettes"]
    dock.show()
    assert isinstance(dock.panel(), CassettesPanel)
