"""Texts with ${field} in them. A fixed list of fields is filled in; nothing is ever evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from tracker_gui.core.file_name import safe_file_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIELDS = {
    "rule": "name of the rule",
    "subject": "number of the animal, or of both",
    "identity": "its name, where it was recognised",
    "source": "name of the camera or video",
    "frame": "number of the frame, the first is 0",
    "time_s": "seconds since the session began",
    "time_utc": "date and time in UTC",
    "x_px": "place of the animal",
    "y_px": "place of the animal",
    "speed_px_s": "its speed",
    "heading_deg": "where it faces, 0 to the right, clockwise on screen",
    "value": "what the first part of the rule measured",
    "phase": "phase or trial",
    "nth": "how often the rule has acted, this time included",
}
LONGEST_FIELD = 200
LONGEST_TEMPLATE = 10_000
_FIELD = re.compile(r"\$\{([^}]*)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SECRET = re.compile(r"[A-Z][A-Z0-9_]*")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at the moment a rule acts; None and empty texts come out as nothing."""

    rule: str
    subject: str
    source: str
    frame: int
    time_s: float
    time_utc: float | None = None
    identity: str = ""
    x_px: float | None = None
    y_px: float | None = None
    speed_px_s: float | None = None
    heading_deg: float | None = None
    value: float | None = None
    phase: str = ""
    nth: int = 1

    def text(self, name: str) -> str:
        """Return one field as text: one line, without control characters, of limited length."""
        value = getattr(self, name)
        if value is None:
            return ""
        if name == "time_utc":
            return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds")
        if isinstance(value, float):
            return f"{value:.3f}" if name == "time_s" else f"{value:.1f}"
        return one_line(str(value))[:LONGEST_FIELD]


def one_line(text: str) -> str:
    """Return a text without line ends and other control characters, which a terminal would obey."""
    return _CONTROL.sub(" ", text)


def shown_name(name: str, kind: str) -> str:
    """Return a name as it stands in a sentence; "a zone" where none is chosen yet."""
    return one_line(name) or f"a {kind} (which?)"


def fill(template: str, facts: Facts) -> str:
    """Return the template with all fields filled in; ${NAMES} in capitals stay for `with_secrets`."""
    return _FIELD.sub(lambda match: facts.text(match[1]) if match[1] in FIELDS else match[0], template)


def fill_argument(template: str, facts: Facts) -> str:
    """Return one argument of a command: a name that begins with a dash must not become an option."""
    match = _FIELD.match(template)
    text = fill(template, facts)
    if match is None or match[1] not in FIELDS or _NUMBER.fullmatch(facts.text(match[1])):
        return text
    return "_" + text.lstrip("-") if text.startswith("-") else text


def fill_file_name(template: str, facts: Facts) -> str:
    """Return a name without folders, whatever the fields hold."""
    return safe_file_name(one_line(fill(template, facts)))


def with_secrets(text: str, known: dict[str, str]) -> str:
    """Return a text with the ${NAMES} in capitals replaced by environment variables.

    Raises
    ------
    KeyError
        Names the one that is not set.
    """
    return _FIELD.sub(lambda match: known[match[1]] if _SECRET.fullmatch(match[1]) else match[0], text)


def checked(template: str) -> str:
    """Return the template.

    Raises
    ------
    ValueError
        A field is not known.
    """
    return with_known_fields(template, FIELDS, secrets=True)


def with_known_fields(template: str, fields: Iterable[str], *, secrets: bool = False) -> str:
    """Return the template.

    Raises
    ------
    ValueError
        One of its fields is not among these; ${NAMES} in capitals are let through where `secrets` says so.
    """
    if len(template) > LONGEST_TEMPLATE:
        raise ValueError(f"must be shorter than {LONGEST_TEMPLATE:,} letters")
    for name in _FIELD.findall(template):
        if name not in fields and not (secrets and _SECRET.fullmatch(name)):
            raise ValueError(f"there is no field ${{{name[:40]}}} (known: {', '.join(fields)})")
    return template


def filled(template: str, texts: Mapping[str, str]) -> str:
    """Return the template with the fields of `texts` filled in."""
    return _FIELD.sub(lambda match: texts.get(match[1], match[0]), template)


#: A text whose fields are checked where it is read.
Template = Annotated[str, AfterValidator(checked)]
