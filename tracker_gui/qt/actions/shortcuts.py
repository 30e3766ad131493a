"""Which key does what: the declared ones, and in their place those that the user chose."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker_gui.qt.actions.action_info import ActionInfo

log = logging.getLogger(__name__)

#: Keys with a meaning in every window or while drawing; an action that took one would take that away.
FIXED = {
    "Esc": "drop what is begun, or close a window",
    "Return": "press the button, or end a shape", "Enter": "press the button, or end a shape",
    "Tab": "go to the next control", "Shift+Tab": "go to the control before",
    "Backspace": "take back the last point", "Up": "move up", "Down": "move down",
    "Space": "play or pause",
    "[": "make the brush smaller", "]": "make the brush larger",
}  # fmt: skip


def keys_in_use(infos: Iterable[ActionInfo], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the key of every action, empty for none.

    Parameters
    ----------
    chosen : mapping
        Name of an action to the key that the user chose, ``""`` for none. What cannot be used costs a line in
        the log and leaves the action its declared key; of two that want one key the user's choice wins.
    """
    listed = list(infos)
    taken: dict[str, str] = {}
    found: dict[str, str] = {}
    names = {info.name for info in listed}
    for name in chosen.keys() - names:
        log.warning("the shortcut of %s is left out: there is no such action", name)
    for info in (info for info in listed if info.name in chosen):
        keys = written(chosen[info.name])
        problem = "it cannot be read" if keys is None else why_not(keys)
        if keys and not problem and keys in taken:
            problem = f"{taken[keys]} has it"
        if keys is None or problem:
            log.warning("the shortcut %r of %s is left out: %s", chosen[info.name], info.name, problem)
            continue
        found[info.name] = keys
        if keys:
            taken[keys] = info.name
    for info in (info for info in listed if info.name not in found):
        keys = written(info.shortcut) or ""
        if keys in taken:
            log.warning("%s has no shortcut: %s has %s", info.name, taken[keys], keys)
            keys = ""
        found[info.name] = keys
        if keys:
            taken[keys] = info.name
    return found


def written(keys: str) -> str | None:
    """Return a key as Qt writes it in files, ``""`` for none, None where it is no key or more than one."""
    sequence = QKeySequence.fromString(keys, QKeySequence.SequenceFormat.PortableText)
    text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    if keys and (sequence.count() != 1 or not text.isprintable() or not text):
        return None
    return text


def why_not(keys: str) -> str:
    """Return why no action can have this key, or nothing."""
    return f"{keys} is kept for: {FIXED[keys]}" if keys in FIXED else ""
