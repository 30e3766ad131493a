"""The window of devices: finding, naming, opening, testing and arming boards, and the virtual one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from serial.tools.list_ports_common import ListPortInfo

from tracker_gui.core.devices import DeviceState
from tracker_gui.engine.devices.board_settings import BoardParams, BoardSettings
from tracker_gui.engine.devices.port import FoundPort, Identity
from tracker_gui.engine.devices.remembered import VIRTUAL_BOARD, boards_file, load_boards, remember
from tracker_gui.qt.devices.devices_dialog import DevicesDialog
from tracker_gui.qt.devices.entries import entries
from tracker_gui.simulate.virtual_board import VirtualBoard
from tracker_gui.simulate.virtual_link import PtyLink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from tracker_gui.engine.devices.board import Board
    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000
UNO = Identity(0x2341, 0x0043, "75834")


@pytest.fixture
def dialog(shown_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> DevicesDialog:
    """Return the window of devices, on a computer with one Arduino."""
    info = ListPortInfo("/dev/ttyACM0", skip_link_detection=True)
    info.vid, info.pid, info.serial_number, info.product = 0x2341, 0x0043, "75834", "Arduino Uno"
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [info])
    shown_window.action("devices").trigger()
    (made,) = shown_window.findChildren(DevicesDialog)
    qtbot.waitUntil(lambda: len(made.shown) == 2, timeout=PATIENCE_MS)
    return made


@pytest.fixture
def on_pty() -> Iterator[PtyLink]:
    """Return a virtual board that is reached like a real one."""
    if sys.platform == "win32":
        pytest.skip("needs pseudo-terminals")
    cable = PtyLink(VirtualBoard())
    yield cable
    cable.close()


@pytest.fixture
def open_board(dialog: DevicesDialog, qtbot: QtBot) -> Callable[[str], Board]:
    """Return a function that opens one of the listed boards with the button."""

    def open_it(key: str) -> Board:
        dialog.choose(key)
        qtbot.mouseClick(dialog.page.open, Qt.MouseButton.LeftButton)
        board = dialog.page.board
        assert board is not None
        qtbot.waitUntil(lambda: board.state is DeviceState.READY, timeout=PATIENCE_MS)
        dialog.page.look()
        return board

    return open_it


def rows_of(dialog: DevicesDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def listed(dialog: DevicesDialog, qtbot: QtBot, key: str) -> None:
    dialog.seek()
    qtbot.waitUntil(lambda: key in [entry.key for entry in dialog.shown], timeout=PATIENCE_MS)


def test_named_boards_come_first_and_ports_that_are_no_boards_last() -> None:
    away = BoardSettings("Feeder", Identity(0x2341, 0x0043, "1"))
    here = BoardSettings("Door", UNO)
    ports = [
        FoundPort("/dev/ttyACM0", "Uno", UNO),
        FoundPort("/dev/ttyACM1", "Nano", Identity(0x2341, 0x0058, "2")),
        FoundPort("/dev/ttyS0", "ttyS0", Identity(path="/dev/ttyS0")),
    ]
    found = entries([here, away], ports)
    assert [(each.settings.name, each.path) for each in found] == [
        ("Door", "/dev/ttyACM0"), ("Feeder", None), ("Nano", "/dev/ttyACM1"),
        (VIRTUAL_BOARD, VIRTUAL_BOARD), ("ttyS0", "/dev/ttyS0"),
    ]  # fmt: skip


def test_what_is_plugged_in_is_listed_beside_the_virtual_board(dialog: DevicesDialog) -> None:
    assert rows_of(dialog) == ["Arduino Uno\nnew, at /dev/ttyACM0", "virtual board\nclosed, always there"]


def test_it_leaves_the_window_usable(dialog: DevicesDialog, shown_window: MainWindow) -> None:
    assert not dialog.isModal()
    shown_window.action("devices").trigger()
    assert shown_window.findChildren(DevicesDialog) == [dialog]


def test_a_board_is_given_a_name_another_one_and_none(dialog: DevicesDialog, qtbot: QtBot) -> None:
    dialog.choose(f"port {UNO}")
    dialog.page.name.setText("door box")
    qtbot.keyClick(dialog.page.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rows_of(dialog)[0] == "door box\nclosed, at /dev/ttyACM0", timeout=PATIENCE_MS)
    assert dialog.page.keep.text() == "Rename"
    dialog.page.name.setText("door")
    dialog.page.keep.click()
    qtbot.waitUntil(lambda: rows_of(dialog)[0].startswith("door\n"), timeout=PATIENCE_MS)
    assert [(board.name, board.identity) for board in load_boards()] == [("door", UNO)]
    dialog.page.forget.click()
    qtbot.waitUntil(lambda: rows_of(dialog)[0].startswith("Arduino Uno\nnew"), timeout=PATIENCE_MS)
    assert load_boards() == []


def test_a_name_that_is_taken_is_not_given_twice(dialog: DevicesDialog, qtbot: QtBot) -> None:
    other = BoardSettings("door", Identity(path="COM9"))
    remember(other)
    listed(dialog, qtbot, "door")
    dialog.choose(f"port {UNO}")
    dialog.page.name.setText("door")
    dialog.page.keep.click()
    assert dialog.page.problem.text() == "There is another board called “door”. Choose another name."
    assert load_boards() == [other]


def test_how_a_board_is_spoken_to_is_kept_at_once(dialog: DevicesDialog, qtbot: QtBot) -> None:
    remember(BoardSettings("door", UNO))
    listed(dialog, qtbot, "door")
    dialog.choose("door")
    control: Any = dialog.page.form.control("speaks")
    control.combo.setCurrentIndex(control.combo.findData("plain"))
    control.combo.activated.emit(control.combo.currentIndex())
    assert load_boards()[0].params.is_plain


def test_a_damaged_file_of_names_is_told_and_left_alone(dialog: DevicesDialog, qtbot: QtBot) -> None:
    boards_file().parent.mkdir(parents=True, exist_ok=True)
    boards_file().write_text("{", encoding="utf-8")
    dialog.seek()
    qtbot.waitUntil(lambda: "boards.json" in dialog.problem.text(), timeout=PATIENCE_MS)
    dialog.choose(f"port {UNO}")
    dialog.page.keep.click()
    assert "cannot be read" in dialog.page.problem.text()
    assert boards_file().read_text(encoding="utf-8") == "{"


def test_the_virtual_board_opens_its_door_only_after_the_question(
    dialog: DevicesDialog, qtbot: QtBot, open_board: Callable[[str], Board]
) -> None:
    open_board(VIRTUAL_BOARD)
    outputs, picture = dialog.page.outputs, dialog.page.virtual.picture
    virtual = dialog._boards.virtual
    assert virtual is not None
    outputs.spins["door"].setValue(70)
    qtbot.mouseClick(outputs.tests["door"], Qt.MouseButton.LeftButton)
    assert outputs.question.words.text() == "door will go to 70° now, and back to 0° after 1 s."
    qtbot.mouseClick(outputs.question.no, Qt.MouseButton.LeftButton)
    assert not outputs.question.isVisible()
    assert not virtual.board.changes
    qtbot.mouseClick(outputs.tests["door"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(outputs.question.yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "door open" in picture.accessibleDescription(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "acknowledged after" in outputs.result.text(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "door closed" in picture.accessibleDescription(), timeout=PATIENCE_MS)
    assert [value for _, name, value in virtual.board.changes if name == "door"] == [70, 0]
    qtbot.waitUntil(lambda: "PULSE door 70 1000" in dialog.page.traffic.toPlainText(), timeout=PATIENCE_MS)


def test_arming_is_shown_as_a_sign_and_a_word_and_ends_safe(
    dialog: DevicesDialog, qtbot: QtBot, open_board: Callable[[str], Board]
) -> None:
    board = open_board(VIRTUAL_BOARD)
    page = dialog.page
    assert page.armed.text() == "Not armed"
    assert not dialog.stop_all.isEnabled()
    page.arm.click()
    assert (page.armed.text(), board.armed) == ("Armed", True)
    qtbot.waitUntil(lambda: "virtual board\nready, armed" in rows_of(dialog), timeout=PATIENCE_MS)
    dialog.stop_all.click()
    assert (page.armed.text(), board.armed) == ("Not armed", False)
    virtual = dialog._boards.virtual
    assert virtual is not None
    qtbot.waitUntil(lambda: sum(line.endswith(" SAFE") for line in virtual.board.heard) == 2, timeout=PATIENCE_MS)


def test_a_button_of_the_virtual_board_is_held_down(
    dialog: DevicesDialog, qtbot: QtBot, open_board: Callable[[str], Board]
) -> None:
    board = open_board(VIRTUAL_BOARD)
    button = dialog.page.virtual.buttons["button1"]
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: board.status.inputs["button1"] == 1, timeout=PATIENCE_MS)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: board.status.inputs["button1"] == 0, timeout=PATIENCE_MS)


def test_a_plain_sketch_is_sent_bytes_after_the_question(
    dialog: DevicesDialog, qtbot: QtBot, on_pty: PtyLink, open_board: Callable[[str], Board]
) -> None:
    params = BoardParams(speaks="plain", boot_wait_s=0, baud="9600")
    remember(BoardSettings("old sketch", Identity(path=on_pty.path), params))
    listed(dialog, qtbot, "old sketch")
    open_board("old sketch")
    outputs = dialog.page.outputs
    outputs.line.setText(r"\q")
    outputs.tests["send"].click()
    assert "is not known" in outputs.result.text()
    outputs.line.setText(r"m\n")
    outputs.tests["send"].click()
    assert outputs.question.isVisible()
    outputs.question.yes.click()
    qtbot.waitUntil(lambda: outputs.result.text() == r"m\n: sent, not acknowledged", timeout=PATIENCE_MS)
    assert not dialog.page.form.isEnabled()
    assert dialog.page.locked.isVisible()


def test_a_board_that_goes_away_is_told(
    dialog: DevicesDialog, qtbot: QtBot, on_pty: PtyLink, open_board: Callable[[str], Board]
) -> None:
    remember(BoardSettings("door", Identity(path=on_pty.path)))
    listed(dialog, qtbot, "door")
    open_board("door")
    on_pty.close()
    qtbot.waitUntil(lambda: dialog.page.state.text().startswith("Not connected: "), timeout=PATIENCE_MS)
    assert "door\nnot connected" in rows_of(dialog)


def test_closing_a_board_lets_go_of_it(dialog: DevicesDialog, qtbot: QtBot, open_board: Callable[[str], Board]) -> None:
    board = open_board(VIRTUAL_BOARD)
    dialog.page.close_board.click()
    qtbot.waitUntil(lambda: dialog.page.open.isVisible(), timeout=PATIENCE_MS)
    assert board.state is DeviceState.CLOSED
    assert dialog.page.board is None


def test_boards_stay_open_behind_the_dialog_and_end_safe_with_the_window(
    dialog: DevicesDialog, qtbot: QtBot, on_pty: PtyLink, open_board: Callable[[str], Board], shown_window: MainWindow
) -> None:
    remember(BoardSettings("door", Identity(path=on_pty.path)))
    listed(dialog, qtbot, "door")
    board = open_board("door")
    dialog.close()
    assert board.state is DeviceState.READY
    shown_window.close()
    assert board.state is DeviceState.CLOSED
    assert [line.partition(" ")[2] for line in on_pty.board.heard][-2:] == ["SAFE", "BYE"]
