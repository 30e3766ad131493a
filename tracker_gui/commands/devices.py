"""``tracker-gui devices``: the boards of this computer, a harmless test of one, and a virtual one."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from tracker_gui.commands.terminal import Stop, stop_on_signal
from tracker_gui.core.choices import read_params
from tracker_gui.core.devices import DeviceState
from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.core.params import describe
from tracker_gui.engine.devices.board import READY_TIMEOUT_S, Board
from tracker_gui.engine.devices.board_set import serial_link
from tracker_gui.engine.devices.board_settings import BoardParams, BoardSettings
from tracker_gui.engine.devices.port import FoundPort, Identity, find_port, list_ports
from tracker_gui.engine.devices.remembered import LONGEST_NAME, boards_file, forget, load_boards, remember

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

#: So long a board that is away may stay away.
AWAY_S = 2.0
POLL_S = 0.02


def main(args: argparse.Namespace) -> int:
    """Do what was asked for."""
    if args.virtual:
        return _run_virtual()
    if args.test is not None:
        return _test(args.test, args.set, args.yes)
    if args.remember is not None:
        name, port = args.remember
        return _remember(name, port, args.set)
    if args.forget is not None:
        if args.forget not in [board.name for board in load_boards()]:
            raise SettingsError(args.forget, "no board of this name is remembered")
        forget(args.forget)
        return 0
    _list(list_ports(), load_boards())
    return 0


def _list(ports: Sequence[FoundPort], boards: Sequence[BoardSettings]) -> None:
    by_identity = {board.identity: board.name for board in boards}
    print("Ports")
    for port in ports:
        name = by_identity.get(port.identity)
        print(f"  {port.path:<16} {port.title:<28} {port.identity}{f'  = {name}' if name else ''}")
    if not ports:
        print("  none: plug a board in; a virtual one needs none (tracker-gui devices --virtual)")
    print("\nRemembered boards")
    for board in boards:
        path = find_port(board.identity, ports)
        print(f"  {board.name:<16} {'plain sketch' if board.params.is_plain else 'our sketch':<14} {path or 'away'}")
    if not boards:
        print("  none: tracker-gui devices --remember NAME PORT, or Tools > Devices in the window")
    else:
        print(f"  (kept in {boards_file()})")


def _params(settings: Sequence[str]) -> BoardParams:
    """Return what NAME=VALUE says, defaults for the rest.

    Raises
    ------
    SettingsError
    """
    values: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise SettingsError("--set", f"needs NAME=VALUE, got {setting}")
        values[name] = value
    params, problems = read_params(BoardParams, values, "--set")
    if problems:
        known = ", ".join(info.name for info in describe(BoardParams))
        raise SettingsError(problems[0].place, problems[0].problem, f"Known are {known}.")
    assert isinstance(params, BoardParams)
    return params


def _named(text: str, settings: Sequence[str]) -> BoardSettings:
    """Return the remembered board of this name, or whatever is at this port."""
    known = next((board for board in load_boards() if board.name == text), None)
    if known is not None and not settings:
        return known
    params = _params(settings)
    if known is not None:
        return BoardSettings(known.name, known.identity, params)
    port = next((port for port in list_ports() if port.path == text), None)
    return BoardSettings(text, port.identity if port is not None else Identity(path=text), params)


def _remember(name: str, port: str, settings: Sequence[str]) -> int:
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise SettingsError("--remember", f"the name must have 1 to {LONGEST_NAME} letters")
    board = BoardSettings(name.strip(), _named(port, settings).identity, _params(settings))
    remember(board)
    print(f"{board.name}: {board.identity}, kept in {boards_file()}")
    return 0


def _test(text: str, settings: Sequence[str], yes: bool) -> int:
    board_settings = _named(text, settings)
    if board_settings.params.is_plain:
        raise SettingsError(text, "is a plain sketch, which cannot be asked anything", "Test its bytes in the window.")
    question = f"Opening {text} starts most boards anew, which brings what they drive into its first state. Go on?"
    if not yes and not _agreed(question):
        print("Nothing was sent.")
        return 0
    board = Board(board_settings, serial_link(board_settings))
    with stop_on_signal() as stop:
        board.open()
        try:
            _await(board, stop)
            if stop:
                return stop.exit_code
            result = board.ping()
            status = board.status
        finally:
            board.close()
    if not result.ok or result.t_sent_s is None or result.t_acknowledged_s is None:
        raise InputError(text, f"does not answer ({result.result})")
    print(f"{text} answers after {1e3 * (result.t_acknowledged_s - result.t_sent_s):.1f} ms. It has:")
    for info in status.outputs:
        print(f"  {info.name:<12} {info.kind:<8} {info.low} to {info.high}, safe at {info.safe}")
    for name, value in status.inputs.items():
        print(f"  {name:<12} input    {'pressed' if value else 'not pressed'}")
    return 0


def _await(board: Board, stop: Stop) -> None:
    """Wait until a board is ready.

    Raises
    ------
    InputError
        Why it is not.
    """
    start_s = time.monotonic()
    while board.state is not DeviceState.READY and not stop:
        waited_s = time.monotonic() - start_s
        refused = board.state is DeviceState.REFUSED
        if refused or (board.state is DeviceState.AWAY and waited_s > AWAY_S) or waited_s > 2 * READY_TIMEOUT_S:
            words = board.status.words
            place = "" if words.startswith(board.name) else board.name
            raise InputError(place, words, "'tracker-gui devices' lists the ports.")
        time.sleep(POLL_S)


def _agreed(question: str) -> bool:
    print(f"{question} [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _run_virtual() -> int:
    if sys.platform == "win32":
        raise SettingsError(
            "--virtual", "needs a pseudo-terminal, which Windows lacks", "Use the one under Tools > Devices."
        )
    from tracker_gui.simulate.virtual_board import VirtualBoard
    from tracker_gui.simulate.virtual_link import PtyLink

    board = VirtualBoard()
    with stop_on_signal() as stop:
        cable = PtyLink(board)
        print(f"{cable.path}\nA virtual board with {', '.join(board.view().values)}. Ctrl-C ends it.", flush=True)
        shown = 0.0
        while not stop:
            time.sleep(POLL_S)
            for t_s, name, value in [each for each in board.changes if each[0] > shown]:
                shown = t_s
                print(f"{name} {value}", flush=True)
        cable.close()
    return 0
