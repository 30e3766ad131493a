"""Logins of network cameras: in a file of this user's own, never in a preset.

A preset is handed on; it holds a camera's address without user name and password. They are looked up
when the camera is opened, by host and port: no other machine, and no other program on that one, is
ever sent them. A password that is written as ``${NAME}`` stands in the environment and stays as it is.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import quote, unquote, urlsplit

from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.data_files import settings_folder
from tracker_gui.core.errors import InputError, OutputError
from tracker_gui.core.live import HIDDEN, SECRET_IN_QUERY, without_credentials

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.params import Params

P = TypeVar("P", bound="Params")

log = logging.getLogger(__name__)

USUAL_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443}
_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*://\S+\s*", re.IGNORECASE)
_VARIABLE = "${"
#: Reading, changing and writing the file is one act.
_lock = threading.Lock()


class Login(NamedTuple):
    """Who one is to a camera."""

    user: str
    password: str


def logins_file() -> Path:
    """Return where logins are kept; only this user can read it."""
    return settings_folder() / "logins.json"


def find(address: str) -> Login | None:
    """Return the login that is kept for the machine an address names."""
    kept = _read()["hosts"].get(_host(address))
    return Login(kept["user"], kept["password"]) if kept is not None else None


def keep(address: str, login: Login) -> None:
    """Keep a login for the machine an address names.

    Raises
    ------
    OutputError
    """
    with _lock:
        document = _read()
        document["hosts"][_host(address)] = login._asdict()
        _write(document)


def forget(address: str) -> None:
    """Remove what is kept for an address and its machine.

    Raises
    ------
    OutputError
    """
    with _lock:
        document = _read()
        document["hosts"].pop(_host(address), None)
        document["addresses"].pop(address, None)
        _write(document)


def split_login(address: str) -> tuple[str, Login | None]:
    """Return an address without the user name and password before its host, and those.

    >>> split_login("rtsp://me:s%40fe@cam/1")
    ('rtsp://cam/1', Login(user='me', password='s@fe'))
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address, None
    before, at, host = parts.netloc.rpartition("@")
    if not at or _VARIABLE in before:
        return address, None
    user, _, password = before.partition(":")
    return parts._replace(netloc=host).geturl(), Login(unquote(user), unquote(password))


def put_away(address: str, login: Login | None = None) -> str:
    """Keep what is secret in an address here, and return the address without it.

    Parameters
    ----------
    login : Login, optional
        In the place of the one within the address. Without a password it leaves one that is kept for
        the same user as it is.

    Raises
    ------
    OutputError
        It could not be kept.
    """
    clean, within = split_login(address.strip())
    masked = SECRET_IN_QUERY.sub(_masked, clean)
    login = login or within
    if login is not None:
        kept = find(masked)
        if login.password or kept is None or kept.user != login.user:
            keep(masked, login)
    if masked != clean:
        with _lock:
            document = _read()
            document["addresses"][masked] = clean
            _write(document)
    return masked


def _masked(match: re.Match[str]) -> str:
    open_already = not match[2] or _VARIABLE in match[2]
    return match[0] if open_already else f"{match[1]}{HIDDEN}"


def put_away_all(document: Any) -> Any:
    """Return a JSON document in which no address holds a secret.

    Raises
    ------
    OutputError
    """
    if isinstance(document, dict):
        return {key: put_away_all(value) for key, value in document.items()}
    if isinstance(document, list):
        return [put_away_all(value) for value in document]
    if isinstance(document, str) and without_credentials(document) != document and _ADDRESS.fullmatch(document):
        return put_away(document)
    return document


def put_away_in(params: P) -> P:
    """Return a stage's settings in which no address holds a secret.

    Raises
    ------
    OutputError
    """
    changes = {name: put_away_all(value) for name, value in params if isinstance(value, str)}
    return params.model_copy(update=changes)


def with_login(address: str) -> str:
    """Return an address with what is kept for it, as it is when a camera is opened.

    Raises
    ------
    InputError
        A part of it was put away on another computer.
    """
    document = _read()
    address = document["addresses"].get(address, address)
    for name, value in SECRET_IN_QUERY.findall(address):
        if value == HIDDEN:
            raise InputError(
                without_credentials(address),
                f"'{name[1:-1]}' is not known on this computer: a preset does not carry it",
                "Write the whole address again.",
            )
    kept = document["hosts"].get(_host(address))
    if kept is None or "@" in urlsplit(address).netloc:
        return address
    login = quote(kept["user"], safe="") + (f":{quote(kept['password'], safe='')}" if kept["password"] else "")
    parts = urlsplit(address)
    return parts._replace(netloc=f"{login}@{parts.netloc}").geturl()


def _host(address: str) -> str:
    """Return machine and port, "" where there is none."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port or USUAL_PORTS.get(parts.scheme.lower(), 0)
    except ValueError:
        return ""
    return f"{parts.hostname}:{port}" if parts.hostname else ""


def _read() -> dict[str, dict[str, Any]]:
    """Return what is kept: by host, and whole addresses by what is left of them in presets."""
    empty: dict[str, dict[str, Any]] = {"hosts": {}, "addresses": {}}
    path = logins_file()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return empty
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be read, no login is known (%s)", path, type(error).__name__)
        return empty
    if not isinstance(document, dict):
        log.warning("%s is damaged, no login is known", path)
        return empty
    hosts, addresses = document.get("hosts"), document.get("addresses")
    if isinstance(hosts, dict):
        empty["hosts"] = {host: kept for host, kept in hosts.items() if _is_login(kept)}
    if isinstance(addresses, dict):
        empty["addresses"] = {masked: whole for masked, whole in addresses.items() if isinstance(whole, str)}
    return empty


def _is_login(kept: Any) -> bool:
    return isinstance(kept, dict) and isinstance(kept.get("user"), str) and isinstance(kept.get("password"), str)


def _write(document: dict[str, dict[str, Any]]) -> None:
    path = logins_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(str(path.parent), f"cannot be made ({error.strerror})", "Check your rights.") from error
    write_atomically(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n", private=True)
