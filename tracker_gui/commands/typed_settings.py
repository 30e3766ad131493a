"""Settings as they are written on the command line: NAME=VALUE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.params import Kind, Params, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

P = TypeVar("P", bound=Params)


def changed(settings: P, words: Sequence[str], option: str) -> P:
    """Return the settings with words such as ``speed=veryfast`` in force.

    Parameters
    ----------
    option : str
        In which the words were written, for messages.

    Raises
    ------
    SettingsError
    """
    known = {info.name: info for info in describe(type(settings))}
    values = settings.model_dump()
    given: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            listed = ", ".join(f"{info.name} ({info.range_text})" for info in known.values())
            raise SettingsError(option, f"'{word}' is no setting", f"Write NAME=VALUE; there are: {listed}.")
        # Of texts that are a list, each is written with the name again.
        values[name] = [*(given.get(name, ())), value] if known[name].kind is Kind.TEXTS else value
        given[name] = values[name]
    try:
        return type(settings).model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # each is right, but not beside the others
            raise SettingsError(option, str(first["msg"]).removeprefix("Value error, ")) from error
        name = str(first["loc"][0])
        raise SettingsError(option, f"{name} cannot be '{values[name]}'", known[name].range_text) from error
