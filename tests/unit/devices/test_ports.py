"""Which board is which, and what is remembered of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from serial.tools.list_ports_common import ListPortInfo

from tracker_gui.core.devices import DeviceState
from tracker_gui.core.errors import InputError
from tracker_gui.engine.devices import port as port_module
from tracker_gui.engine.devices.board_settings import BoardParams, BoardSettings
from tracker_gui.engine.devices.port import FoundPort, Identity, SerialLink, find_port, list_ports
from tracker_gui.engine.devices.remembered import boards_file, forget, free_name, load_boards, remember

if TYPE_CHECKING:
    from pathlib import Path

UNO = Identity(0x2341, 0x0043, "75834")


def usb(path: str, serial_number: str | None, location: str, vendor: int = 0x2341, product: int = 0x0043) -> Any:
    info = ListPortInfo(path, skip_link_detection=True)
    info.vid, info.pid, info.serial_number, info.location = vendor, product, serial_number, location
    info.product = "Arduino \x00Uno"
    return info


def listed(monkeypatch: pytest.MonkeyPatch, *infos: Any) -> list[FoundPort]:
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: list(infos))
    return list_ports()


def test_ports_are_listed_with_the_boards_first(monkeypatch: pytest.MonkeyPatch) -> None:
    built_in = ListPortInfo("/dev/ttyS0", skip_link_detection=True)
    ports = listed(monkeypatch, built_in, usb("/dev/ttyACM0", "75834", "1-2"))
    assert [(port.path, port.title, port.is_usb) for port in ports] == [
        ("/dev/ttyACM0", "Arduino  Uno", True),
        ("/dev/ttyS0", "ttyS0", False),
    ]
    assert ports[0].identity == UNO


def test_a_board_is_found_on_another_port(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = listed(monkeypatch, usb("/dev/ttyACM0", "11111", "1-2"), usb("/dev/ttyACM7", "75834", "1-3"))
    assert find_port(UNO, ports) == "/dev/ttyACM7"


def test_another_board_of_the_same_kind_is_never_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = listed(monkeypatch, usb("/dev/ttyACM0", "11111", "1-2"), usb("/dev/ttyACM1", None, "1-3"))
    assert find_port(UNO, ports) is None
    with pytest.raises(FileNotFoundError, match="no USB 2341:0043, number 75834 is connected"):
        SerialLink(UNO, 9600, lambda: ports).open()


def test_boards_without_a_serial_number_are_known_by_their_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = listed(monkeypatch, usb("/dev/ttyUSB0", None, "1-2"), usb("/dev/ttyUSB1", None, "1-3"))
    left, right = (port.identity for port in ports)
    assert left != right
    swapped = listed(monkeypatch, usb("/dev/ttyUSB0", None, "1-3"), usb("/dev/ttyUSB1", None, "1-2"))
    assert find_port(left, swapped) == "/dev/ttyUSB1"


def test_a_port_that_is_not_there_is_waited_for(tmp_path: Path, ends: Any, no_leaks: None) -> None:
    board = ends.board_at(str(tmp_path / "ttyX"))
    board.open()
    ends.until(lambda: board.state is DeviceState.AWAY)
    words = board.status.words
    board.close()
    assert words == f"{tmp_path / 'ttyX'} is not there"


def test_a_port_that_another_program_has_open_is_named(ends: Any, no_leaks: None) -> None:
    with ends.OtherEnd() as end:
        first = port_module.SerialPort(end.path, 9600)
        with pytest.raises(PermissionError, match="is open in another program"):
            port_module.SerialPort(end.path, 9600)
        first.close()


def test_a_file_that_is_no_port_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("x", encoding="ascii")
    with pytest.raises(OSError, match="cannot be opened"):
        port_module.SerialPort(str(path), 9600)


def test_a_board_is_remembered_until_it_is_forgotten() -> None:
    door = BoardSettings("door box", UNO, BoardParams(speaks="plain", safe_bytes=r"k\n", longest_on_s=5))
    lamp = BoardSettings("Lamp", Identity(path="COM3"))
    remember(door)
    remember(lamp)
    assert load_boards() == [door, lamp]
    forget("door box")
    assert load_boards() == [lamp]


def test_one_damaged_entry_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    remember(BoardSettings("door box", UNO))
    text = boards_file().read_text(encoding="utf-8")
    bad = '"boards": [{"name": "x", "identity": {"vendor_id": "2341"}}, {"name": 5}, 7, '
    boards_file().write_text(text.replace('"boards": [', bad), encoding="utf-8")
    assert [board.name for board in load_boards()] == ["door box"]
    assert caplog.text.count("cannot be used") == 3


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 99, "boards": []}', '{"version": 1}'])
def test_a_file_that_is_none_of_ours_is_left_as_it_is(text: str) -> None:
    boards_file().parent.mkdir(parents=True)
    boards_file().write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"boards\.json"):
        remember(BoardSettings("door box", UNO))
    assert boards_file().read_text(encoding="utf-8") == text


def test_a_new_name_is_one_that_is_free() -> None:
    assert free_name("Arduino Uno", ["Arduino Uno", "Arduino Uno 2"]) == "Arduino Uno 3"
    assert free_name("  ", []) == "board"
