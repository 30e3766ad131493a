"""The boards that the user has given names: kept in a file, so that a rule finds the same board tomorrow."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.data_files import settings_folder
from tracker_gui.core.errors import InputError
from tracker_gui.engine.devices.board_settings import BoardParams, BoardSettings
from tracker_gui.engine.devices.port import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

log = logging.getLogger(__name__)

LONGEST_NAME = 60
#: A board that every computer has, for learning and rehearsal; rules name it like any other.
VIRTUAL_BOARD = "virtual board"
VERSION = 1


def boards_file() -> Path:
    """Return where the boards are kept."""
    return settings_folder() / "boards.json"


def load_boards() -> list[BoardSettings]:
    """Return the remembered boards, sorted by name; what is damaged is left out and named in the log.

    Raises
    ------
    InputError
        The file is there and is none of ours, so that writing it anew would lose what it holds.
    """
    path = boards_file()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(str(path), f"cannot be read ({error})", "Mend or delete it; boards are found anew.") from error
    listed = document.get("boards") if isinstance(document, dict) and document.get("version") == VERSION else None
    if not isinstance(listed, list):
        raise InputError(str(path), "is of another version or damaged", "Mend or delete it; boards are found anew.")
    found: dict[str, BoardSettings] = {}
    for number, item in enumerate(listed):
        board = _read(item)
        if board is None or board.name in found:
            log.warning("%s: boards[%d] cannot be used and is left out", path, number)
        else:
            found[board.name] = board
    return sorted(found.values(), key=lambda board: board.name.casefold())


def store_boards(boards: Iterable[BoardSettings]) -> None:
    """Write all boards; the old file stays where that fails.

    Raises
    ------
    OutputError
    """
    listed = [
        {
            "name": board.name,
            "identity": {key: value for key, value in asdict(board.identity).items() if value not in (None, "")},
            "settings": board.params.model_dump(mode="json"),
        }
        for board in boards
    ]
    path = boards_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps({"version": VERSION, "boards": listed}, indent=2) + "\n")


def remember(board: BoardSettings) -> None:
    """Keep a board; one of the same name is replaced."""
    store_boards([*(each for each in load_boards() if each.name != board.name), board])


def forget(name: str) -> None:
    """Keep a board no longer."""
    store_boards(each for each in load_boards() if each.name != name)


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Return a name for a new board, with a number behind it where it is taken."""
    taken = {*taken, VIRTUAL_BOARD}
    base = wanted.strip()[: LONGEST_NAME - 5] or "board"
    name, number = base, 2
    while name in taken:
        name, number = f"{base} {number}", number + 1
    return name


def _read(item: Any) -> BoardSettings | None:
    if not isinstance(item, dict) or not isinstance(item.get("identity"), dict):
        return None
    name, document = item.get("name"), item["identity"]
    kinds = {"vendor_id": int, "product_id": int}
    good = document.keys() <= {each.name for each in fields(Identity)} and all(
        type(value) is kinds.get(key, str) for key, value in document.items()
    )
    identity = Identity(**document) if good else Identity()
    whole = identity.vendor_id is not None and identity.product_id is not None
    known = identity.path if not whole else identity.serial_number or identity.socket
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not known:
        return None
    try:
        return BoardSettings(name, identity, BoardParams.model_validate(item.get("settings", {})))
    except ValidationError:
        return None
