"""``tracker-gui uploads``: clips on their way to a storage, its keys, and links to what is there."""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING

from tracker_gui.commands.terminal import stop_on_signal
from tracker_gui.core import logins
from tracker_gui.core.errors import OutputError, SettingsError
from tracker_gui.core.storage import LONGEST_LINK_S, Storage
from tracker_gui.engine.clip_upload import shared_uploads

if TYPE_CHECKING:
    import argparse

USER_VARIABLE, PASSWORD_VARIABLE = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
ASK_S = 0.5


def main(args: argparse.Namespace) -> int:
    """Do what one of the options asks for, else list what waits."""
    if args.keys is not None:
        return _keep_keys(args.keys)
    if args.link is not None:
        return _print_link(args.link, args.hours)
    uploads = shared_uploads()
    if not args.now:
        listed = uploads.listed()
        for upload in listed:
            print(f"{upload.file}  ->  {upload.address}")
        print(f"{len(listed)} files wait to be uploaded" if listed else "nothing waits to be uploaded")
        return 0
    uploads.resume(print)
    with stop_on_signal() as stop:
        while not uploads.wait(ASK_S) and not stop:
            pass
    uploads.close()
    waiting = uploads.waiting
    if waiting:
        raise OutputError("", f"{len(waiting)} files are not uploaded yet", "They are kept and tried again.")
    return 0


def _keep_keys(address: str) -> int:
    """Keep the keys of a storage, from the environment or as typed, where only this user can read them."""
    name = address if "://" in address else f"https://{address}"
    endpoint = Storage.parse(name if name.startswith("s3:") else f"{name.rstrip('/')}/bucket").endpoint
    user, password = os.environ.get(USER_VARIABLE), os.environ.get(PASSWORD_VARIABLE)
    if not (user and password):
        if not sys.stdin.isatty():
            raise SettingsError("--keys", f"asks for the keys: set {USER_VARIABLE} and {PASSWORD_VARIABLE} instead")
        user = input("Access key id: ").strip()
        password = getpass.getpass("Secret access key: ").strip()
    if not (user and password):
        raise SettingsError("--keys", "needs both the access key id and the secret access key")
    logins.keep(endpoint, logins.Login(user, password))
    print(f"The keys of {endpoint} are kept in {logins.logins_file()}, which only you can read.")
    return 0


def _print_link(address: str, hours: float) -> int:
    """Print an address at which anybody can see a stored file for some time."""
    if not 0 < hours <= LONGEST_LINK_S / 3600:
        raise SettingsError("--hours", f"must be above 0 and at most {LONGEST_LINK_S // 3600}, got {hours:g}")
    folder, _, key = address.rpartition("/")
    print(Storage.parse(folder).link(key, hours * 3600))
    return 0
