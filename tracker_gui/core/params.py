"""Settings of a stage, declared once: the form, the JSON schema, the command line and the docs follow."""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, ConfigDict, Field

from tracker_gui.core.geometry import SHAPE_KINDS

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


class Params(BaseModel):
    """Base of every stage's settings. Frozen: a change makes a new object and so one undo step."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


class Kind(enum.Enum):
    """What a form needs to know to draw a control."""

    BOOL = "on or off"
    INT = "whole number"
    FLOAT = "number"
    CHOICE = "choice"
    TEXT = "text"
    COLOUR = "colour"
    PATH = "file"
    SHAPES = "shapes"
    TEXTS = "texts, one per line"
    NUMBERS = "whole numbers"


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One setting as the form, the CLI listing and the docs show it."""

    name: str
    title: str
    description: str
    kind: Kind
    default: Any
    unit: str
    lower: float | None
    upper: float | None
    step: float | None
    choices: tuple[str, ...]
    optional: bool
    more: bool
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    refers_to: str = ""
    no_colour: str = ""

    def applies(self, params: Params) -> bool:
        """Return whether it has any effect beside these other settings; a form hides it where not."""
        return all(getattr(params, name) in values for name, values in self.when)

    @property
    def range_text(self) -> str:
        """The allowed values in words, for tool tips and listings."""
        if self.choices:
            return " | ".join(self.choices)
        if self.lower is None and self.upper is None:
            return ""
        unit = f" {self.unit}" if self.unit else ""
        if self.upper is None:
            return f"{_plain(self.lower)}{unit} or more"
        if self.lower is None:
            return f"{_plain(self.upper)}{unit} or less"
        return f"{_plain(self.lower)} to {_plain(self.upper)}{unit}"


def _plain(value: float | None) -> str:
    """Return a number without an exponent, digits in groups where there are many."""
    assert value is not None
    return f"{value:g}" if abs(value) < 100_000 else f"{value:,.0f}".replace(",", " ")


def setting(
    default: Any,
    *,
    title: str,
    description: str,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    step: float | None = None,
    more: bool = False,
    when: dict[str, tuple[str, ...]] | None = None,
    refers_to: str = "",
    colour: str = "",
    default_factory: Any = None,
) -> Any:
    """Declare one field of a `Params` class.

    Parameters
    ----------
    unit : str
        ``"px"``, ``"px2"``, ``"s"`` ... shown behind the number; empty for a pure number.
    ge, le, step : float, optional
        Range and the step of the control. Every number has all three.
    more : bool
        Hide it under "More" in the form.
    when : dict, optional
        It has an effect only while each named choice is one of these: ``{"method": ("adaptive",)}``.
    refers_to : str
        The text is the name of a ``"zone"`` with an inside, of one that is a ``"line"`` or half-plane or a
        ``"mark"``, of a ``"rule"``, of a ``"phase"``, of a ``"board"`` or of an ``"output"`` of one.
    colour : str
        The text is ``"#rrggbb"`` or empty; these are the words for what empty does.
    """
    extra: dict[str, Any] = {"unit": unit, "more": more}
    if when:
        extra["when"] = {name: list(values) for name, values in when.items()}
    if refers_to:
        extra["refers_to"] = refers_to
    if colour:
        extra["colour"] = colour
    if step is not None:
        extra["step"] = step
    kwargs: dict[str, Any] = {"default_factory": default_factory} if default_factory else {"default": default}
    return Field(title=title, description=description, ge=ge, le=le, json_schema_extra=extra, **kwargs)


def _bound(info: FieldInfo, kind: type) -> float | None:
    for item in info.metadata:
        if isinstance(item, kind):
            return float(getattr(item, "ge" if kind is annotated_types.Ge else "le"))
    return None


def _kind_of(annotation: Any) -> tuple[Kind, tuple[str, ...], bool]:
    """Return (kind, choices, optional) of a field's annotation."""
    origin, args = get_origin(annotation), get_args(annotation)
    optional = type(None) in args
    if optional:
        rest = tuple(a for a in args if a is not type(None))
        kind, choices, _ = _kind_of(rest[0] if len(rest) == 1 else Union[rest])  # noqa: UP007
        return kind, choices, True
    if origin is Literal:
        return Kind.CHOICE, tuple(str(a) for a in args), False
    simple = {bool: Kind.BOOL, int: Kind.INT, float: Kind.FLOAT, str: Kind.TEXT, Path: Kind.PATH}
    if annotation in simple:
        return simple[annotation], (), False
    if origin is tuple and _mentions_shape(args):
        return Kind.SHAPES, (), False
    if origin is tuple and args[1:] == (Ellipsis,):
        item = get_args(args[0])[0] if get_origin(args[0]) is Annotated else args[0]
        lists = {str: Kind.TEXTS, int: Kind.NUMBERS}
        if item in lists:
            return lists[item], (), False
    raise TypeError(f"no control is known for the type {annotation!r}")


def _mentions_shape(args: tuple[Any, ...]) -> bool:
    return any(a in SHAPE_KINDS or _mentions_shape(get_args(a)) for a in args if a is not Ellipsis)


@functools.cache
def describe(params: type[Params]) -> tuple[SettingInfo, ...]:
    """Return the settings of a `Params` class in declaration order."""
    listed = []
    for name, info in params.model_fields.items():
        kind, choices, optional = _kind_of(info.annotation)
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        step = extra.get("step")
        when = extra.get("when")
        no_colour = str(extra.get("colour", ""))
        listed.append(
            SettingInfo(
                name=name,
                title=info.title or name,
                description=info.description or "",
                kind=Kind.COLOUR if no_colour else kind,
                default=info.get_default(call_default_factory=True),
                unit=str(extra.get("unit", "")),
                lower=_bound(info, annotated_types.Ge),
                upper=_bound(info, annotated_types.Le),
                step=float(step) if isinstance(step, int | float) else None,
                choices=choices,
                optional=optional,
                more=bool(extra.get("more", False)),
                when=tuple((k, tuple(map(str, v))) for k, v in when.items() if isinstance(v, list))
                if isinstance(when, dict)
                else (),
                refers_to=str(extra.get("refers_to", "")),
                no_colour=no_colour,
            )
        )
    return tuple(listed)
