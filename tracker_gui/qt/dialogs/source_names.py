"""What a source is called where it is to be chosen, and whether two of them are one camera."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.core import logins
from tracker_gui.core.live import without_credentials

if TYPE_CHECKING:
    from tracker_gui.core.preset import StageChoice

HIDDEN_PASSWORD = "\u2022\u2022\u2022"


def same_camera(one: StageChoice, other: StageChoice) -> bool:
    """Return whether both name a thing that gives its pictures to one taker at a time."""
    if one.stage != other.stage:
        return False
    if one.stage == "camera":
        # No name stands for the only one there is.
        return one.params.device == other.params.device or not one.params.device  # type: ignore[attr-defined]
    if one.stage == "network_stream":
        addresses = {without_credentials(each.params.url) for each in (one, other)}  # type: ignore[attr-defined]
        return len(addresses) == 1
    return False


def shown_address(address: str) -> str:
    """Return an address as it is shown: with a user name that is kept, never with a password."""
    login = logins.find(address)
    scheme, apart, rest = without_credentials(address).partition("://")
    return f"{scheme}{apart}{rest}" if login is None else f"{scheme}{apart}{login.user}:{HIDDEN_PASSWORD}@{rest}"


def path_of(source: StageChoice) -> str:
    """Return the file a source reads, "" for none yet."""
    path: Path = source.params.path  # type: ignore[attr-defined]
    return "" if path == Path() else str(path)
