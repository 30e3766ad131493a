"""Logins of cameras: out of presets, into a file of the user's own, and back when the camera is opened."""

from __future__ import annotations

import logging
import os
import stat
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core import logins
from tracker_gui.core.errors import InputError, OutputError
from tracker_gui.core.live import without_credentials
from tracker_gui.core.logins import Login
from tracker_gui.core.preset import Preset, choice, save

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "s@fe/ty:1%"


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        ("rtsp://me:s%40fe@cam/1", "rtsp://cam/1"),
        ("http://me@cam:8080/video", "http://cam:8080/video"),
        ("http://me:p@ss@cam/video", "http://cam/video"),
        ("http://cam/v?user=me&pwd=secret&size=2", "http://cam/v?user=***&pwd=***&size=2"),
        ("rtsp://cam/1", "rtsp://cam/1"),
        ("rtsp://${USER}:${PASSWORD}@cam/1", "rtsp://${USER}:${PASSWORD}@cam/1"),
        ("http://cam/v?pwd=${PASSWORD}", "http://cam/v?pwd=${PASSWORD}"),
        ("http://[broken", "http://[broken"),
        ("", ""),
    ],
)
def test_what_is_secret_in_an_address_is_put_away_and_found_again(address: str, clean: str) -> None:
    assert logins.put_away(address) == clean
    whole = logins.with_login(clean)
    assert logins.split_login(whole) == logins.split_login(address)


def test_a_login_with_signs_of_all_kinds_comes_back_whole() -> None:
    logins.keep("rtsp://cam/1", Login("me@lab", SECRET))
    whole = logins.with_login("rtsp://cam/other")
    assert logins.split_login(whole) == ("rtsp://cam/other", Login("me@lab", SECRET))


@pytest.mark.parametrize(
    "other", ["http://elsewhere/1", "rtsp://cam:8554/1", "http://cam/1", "rtsp://cam.evil.example/1"]
)
def test_another_machine_or_port_is_never_sent_a_login(other: str) -> None:
    logins.keep("rtsp://cam/1", Login("me", SECRET))
    assert logins.with_login(other) == other


def test_a_login_in_the_address_counts_more_than_the_kept_one() -> None:
    logins.keep("rtsp://cam/1", Login("me", SECRET))
    assert logins.with_login("rtsp://you:other@cam/1") == "rtsp://you:other@cam/1"


def test_a_login_that_was_forgotten_is_gone_from_the_file() -> None:
    logins.keep("rtsp://cam/1", Login("me", SECRET))
    logins.forget("rtsp://cam/1")
    assert logins.find("rtsp://cam/1") is None
    assert "me" not in logins.logins_file().read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX has them")
def test_nobody_else_can_read_the_file() -> None:
    logins.keep("rtsp://cam/1", Login("me", SECRET))
    assert stat.S_IMODE(logins.logins_file().stat().st_mode) == 0o600


def test_a_saved_preset_holds_no_password_and_still_opens_the_camera(tmp_path: Path) -> None:
    first, second = "http://me:topsecret@cam/1", "http://cam/v?pwd=hidden"
    preset = Preset(source=choice("sources", "network_stream", url=first))
    preset = Preset(
        source=preset.source, more_cameras=(Preset(source=choice("sources", "network_stream", url=second)),)
    )
    save(preset, tmp_path / "p.json")
    text = (tmp_path / "p.json").read_text(encoding="utf-8")
    assert "topsecret" not in text
    assert "hidden" not in text
    assert logins.with_login("http://cam/1") == first
    assert logins.with_login("http://cam/v?pwd=***") == "http://me:topsecret@cam/v?pwd=hidden"


def test_a_preset_is_not_saved_where_its_password_cannot_be_put_away(own_home: Path, tmp_path: Path) -> None:
    (own_home / "settings").write_text("a file in the place of the folder")
    preset = Preset(source=choice("sources", "network_stream", url="http://me:topsecret@cam/1"))
    with pytest.raises(OutputError, match="settings"):
        save(preset, tmp_path / "p.json")
    assert not (tmp_path / "p.json").exists()


def test_on_another_computer_the_missing_part_of_an_address_is_named() -> None:
    with pytest.raises(InputError, match="'pwd' is not known on this computer"):
        logins.with_login("http://cam/v?pwd=***")


@pytest.mark.parametrize("text", ["{", "[]", '{"hosts": {"cam:554": "me"}, "addresses": [1]}', '{"hosts": 1}'])
def test_a_damaged_file_knows_no_login(text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    logins.logins_file().parent.mkdir(parents=True)
    logins.logins_file().write_text(text)
    assert logins.with_login("rtsp://cam/1") == "rtsp://cam/1"


def test_no_part_of_a_password_with_an_at_sign_is_shown() -> None:
    assert without_credentials("http://me:p@ss@cam/video") == "http://cam/video"
