"""F20: names that want to be a command, an option or a folder stay names."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_gui.core.templates import FIELDS, Facts, checked, fill, fill_argument, fill_file_name, with_secrets

HOSTILE = [
    '"; rm -rf x',
    "$(touch pwned)",
    "`id`",
    "../../etc/passwd",
    "-rf",
    "--output=/x",
    "a\nb\x00c",
    "${rule}",
    "C:\\x",
    "",
]


def facts(identity: str = "Anna", **more: object) -> Facts:
    return Facts(rule="door", subject="3", source="cam", frame=12, time_s=1.5, identity=identity, **more)  # type: ignore[arg-type]


def test_every_field_is_described_and_there() -> None:
    assert set(FIELDS) == {each.name for each in fields(Facts)}


def test_fields_are_filled_in_and_what_is_not_known_is_empty() -> None:
    text = "${rule}/${subject}/${frame}/${time_s}/${x_px}/${time_utc}/${nth}"
    assert fill(text, facts(x_px=1.25, time_utc=0.0)) == "door/3/12/1.500/1.2/1970-01-01T00:00:00.000+00:00/1"
    assert fill("${x_px}${time_utc}${phase}", facts()) == ""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_value_is_never_filled_in_again(name: str) -> None:
    assert fill("${identity}", facts(name)) == re.sub(r"[\n\x00]", " ", name)


@pytest.mark.parametrize(("name", "argument"), [("-rf", "_rf"), ("--x=1", "_x=1"), ("Anna", "Anna"), ("-3.5", "-3.5")])
def test_a_name_is_no_option(name: str, argument: str) -> None:
    assert fill_argument("${identity}", facts(name)) == argument
    assert fill_argument("--name=${identity}", facts(name)) == f"--name={name}"


@given(name=st.text(max_size=300))
def test_a_file_name_has_no_folder_whatever_the_name_is(name: str) -> None:
    made = fill_file_name("${identity}", facts(name))
    assert made
    assert made not in (".", "..")
    for flavour in (PurePosixPath, PureWindowsPath):
        assert flavour(made).name == made
    assert not re.search(r'[\x00-\x1f<>:"/\\|?*]', made)
    assert len(made) <= 200


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"there is no field \$\{subjekt\} \(known: rule, subject"):
        checked("${subjekt}")
    assert checked("${HOME} ${subject}") == "${HOME} ${subject}"


def test_secrets_are_put_in_last_and_only_where_the_user_wrote_them() -> None:
    assert with_secrets("${TOKEN} ${rule}", {"TOKEN": "s"}) == "s ${rule}"
    assert fill("${TOKEN} ${identity}", facts("${TOKEN}")) == "${TOKEN} ${TOKEN}"
    with pytest.raises(KeyError, match="TOKEN"):
        with_secrets("${TOKEN}", {})
