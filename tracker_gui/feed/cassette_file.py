"""A cassette: a Python file with functions that hang on a run, and settings at its top.

    \"\"\"Count the visits to the feeder.

    What a user should know of it.
    \"\"\"

    distance_px: float = 40.0  # 1..2000 px: how close an animal must come

    @client
    def count(data, clock): ...

Each value at the top level that has a type is a setting: its comment gives the range, the unit and what it
does. A file is read here without running a line of it.
"""

from __future__ import annotations

import ast
import io
import re
import shlex
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError, create_model

from tracker_gui.core.choices import sentence_of
from tracker_gui.core.data_files import cassettes_folder, own_cassettes_folder
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.params import Params, describe, setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_BYTES = 1_000_000
TYPES: dict[str, type] = {"bool": bool, "int": int, "float": float, "str": str}
#: ``0..10 px: text``
RANGE = re.compile(r"^\s*(?:(-?[\d.e]+)\s*\.\.\s*(-?[\d.e]+)\s*([^:]*))?:?\s*(.*)$")
LARGEST = 1e6
HOOKS = ("server", "client")


@dataclass(frozen=True, slots=True)
class Cassette:
    """What a file says of itself.

    Attributes
    ----------
    name : str
        Of the file, without its ending.
    Params : type of Params
        Its settings.
    wants_pictures : bool
        It has functions for the server, which are shown every picture.
    problem : str
        Why it cannot be used, with the line; empty where it can.
    """

    path: Path
    name: str
    title: str
    about: str
    Params: type[Params]
    wants_pictures: bool
    problem: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it is the user's and not one that came with the program."""
        return self.path.parent != cassettes_folder()


@dataclass(frozen=True, slots=True)
class Line:
    """One cassette as a preset has it: its name and the settings that are not as in the file."""

    name: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return shlex.join([self.name, *(f"{name}={value}" for name, value in self.values)])


def parse_line(text: str) -> Line:
    """Read ``name setting=value ..``.

    Raises
    ------
    SettingsError
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise SettingsError(f"cassette {text!r}", f"cannot be read ({error})") from error
    if not words or not all("=" in word for word in words[1:]):
        raise SettingsError(f"cassette {text!r}", "must be a name, and settings as NAME=VALUE behind it")
    pairs = tuple((name, value) for name, _, value in (word.partition("=") for word in words[1:]))
    return Line(words[0].removesuffix(".py"), pairs)


def line_of(name: str, params: Params) -> Line:
    """Return what a preset says of a cassette with these settings."""
    changed = []
    for info in describe(type(params)):
        value = getattr(params, info.name)
        if value != info.default:
            changed.append((info.name, str(value)))
    return Line(name, tuple(changed))


def all_cassettes() -> dict[str, Cassette]:
    """Return all cassettes by name; one of the user's own takes the place of one that came with the program."""
    found: dict[str, Cassette] = {}
    for folder in (cassettes_folder(), own_cassettes_folder()):
        for path in sorted(folder.glob("*.py")):
            if not path.name.startswith("_"):
                found[path.stem] = read_cassette(path)
    return dict(sorted(found.items()))


def find_cassette(name: str) -> Cassette:
    """Return a cassette by its name; only the two folders of cassettes are looked into.

    Raises
    ------
    SettingsError
        There is none.
    """
    for folder in (own_cassettes_folder(), cassettes_folder()):
        for path in folder.glob("*.py"):
            if path.stem == name:
                return read_cassette(path)
    raise SettingsError(f"cassette {name}", "there is no such file", f"Put it into {own_cassettes_folder()}.")


def read_cassette(path: Path) -> Cassette:
    """Return what a file says of itself; what is wrong with it is its `problem`."""
    title = path.stem.replace("_", " ").capitalize()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"is larger than {MOST_BYTES // 1_000_000} MB")
        text = path.read_text(encoding="utf-8-sig")
        tree = ast.parse(text, str(path))
        settings = _settings(tree, text)
        params = create_model(f"{path.stem}_settings", __base__=Params, **settings)
        params()
    except SyntaxError as error:
        return Cassette(path, path.stem, title, "", Params, False, f"{path.name}, line {error.lineno}: {error.msg}")
    except (OSError, ValueError, TypeError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        return Cassette(path, path.stem, title, "", Params, False, f"{path.name}: {reason}")
    said = (ast.get_docstring(tree) or "").partition("\n\n")
    first = " ".join(said[0].split())
    return Cassette(
        path, path.stem, first.rstrip(".") or title, " ".join(said[2].split()), params, _hangs_on_server(tree)
    )


def checked_params(cassette: Cassette, line: Line) -> Params:
    """Return the settings of a line.

    Raises
    ------
    SettingsError
        One of them cannot be used.
    """
    if cassette.problem:
        raise SettingsError("cassette", cassette.problem)
    try:
        return cassette.Params.model_validate(dict(line.values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = f"cassette {cassette.name}: {'.'.join(map(str, first['loc']))}"
        raise SettingsError(place, sentence_of(first, cassette.Params)) from error


def compiled(text: str, path: str, values: Mapping[str, Any]) -> Any:
    """Return the code of a cassette with these values in place of those at its top; its lines stay as they are."""
    tree = ast.parse(text, path)
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in values:
            value = ast.Constant(values[node.target.id])
            node.value = ast.copy_location(value, node.value or node)
    return compile(tree, path, "exec")


def _settings(tree: ast.Module, text: str) -> dict[str, Any]:
    comments = {
        token.start[0]: token.string.lstrip("#").strip()
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    found: dict[str, Any] = {}
    for node in tree.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is None:
            continue
        name = node.target.id
        kind = _type_of(node.annotation)
        if kind is None or name.startswith("_"):
            continue
        try:
            default = ast.literal_eval(node.value)
        except ValueError:
            raise ValueError(f"line {node.lineno}: the setting {name} must be a plain value") from None
        if kind is float and isinstance(default, int):
            default = float(default)
        found[name] = (kind, _setting(name, kind, default, comments.get(node.end_lineno or node.lineno, "")))
    return found


def _type_of(annotation: ast.expr) -> Any:
    if isinstance(annotation, ast.Name):
        return TYPES.get(annotation.id)
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) in ("Literal", "typing.Literal"):
        choices = ast.literal_eval(annotation.slice)
        return Literal[tuple(map(str, choices if isinstance(choices, tuple) else (choices,)))]
    return None


def _setting(name: str, kind: Any, default: Any, comment: str) -> Any:
    match = RANGE.match(comment)
    lower, upper, unit, text = match.groups() if match else (None, None, None, comment)
    title = _title(name)
    text = text or title
    description = text[0].upper() + text[1:].rstrip(".") + "."
    if kind not in (int, float):
        return setting(default, title=title, description=description)
    least, most = float(lower or -LARGEST), float(upper or LARGEST)
    step = 1.0 if kind is int else _step(most - least)
    return setting(
        default, title=title, description=description, unit=(unit or "").strip(), ge=least, le=most, step=step
    )


UNIT_ENDINGS = re.compile(r"_(px_s|px2|px|mm|s|ms|hz|deg|rad|frames)$")


def _title(name: str) -> str:
    """Return a name as a label: ``distance_px`` as "Distance"."""
    return UNIT_ENDINGS.sub("", name).replace("_", " ").strip().capitalize() or name


def _step(span: float) -> float:
    return next((step for step in (0.01, 0.1, 1.0) if span <= 200 * step), 5.0)


def _hangs_on_server(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if ast.unparse(decorator).partition(".")[0] == HOOKS[0]:
                    return True
    return False
