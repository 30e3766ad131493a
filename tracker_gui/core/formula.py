"""A line of arithmetic that a user types: checked against a list of what is allowed, and compiled once.

Whatever is not in the list is refused before it runs: no attribute, no index, no text but the name of a
zone, no power (which makes numbers that fill the memory), no comprehension, no lambda, no assignment.
"""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from types import CodeType

LONGEST = 500
DEEPEST = 40
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs, "min": min, "max": max, "sqrt": math.sqrt, "hypot": math.hypot,
    "sin": math.sin, "cos": math.cos, "atan2": math.atan2, "floor": math.floor,
}  # fmt: skip
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.FloorDiv)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
#: Those that fail on numbers they are not made for: the answer is then not known.
UNKNOWN = (NameError, ZeroDivisionError, OverflowError, ValueError, KeyError)


class Formula:
    """A checked expression that is either so or not.

    Parameters
    ----------
    text : str
    names : collection of str
        Signals that may be used.
    functions : mapping
        Name -> callable, beside `FUNCTIONS`.
    with_text : collection of str
        Functions that take a text, such as the name of a zone.

    Raises
    ------
    ValueError
        In words for the user.
    """

    def __init__(
        self, text: str, names: Collection[str], functions: Mapping[str, int], with_text: Collection[str] = ()
    ) -> None:
        if len(text) > LONGEST:
            raise ValueError(f"must be shorter than {LONGEST} letters")
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            reason = error.msg if isinstance(error, SyntaxError) else "too deeply nested"
            raise ValueError(f"is not an expression ({reason})") from error
        self._names = names
        self._functions = functions
        self._with_text = with_text
        #: The texts that are used, in order.
        self.texts: list[str] = []
        self.used: set[str] = set()
        if not _is_truth(tree.body):
            raise ValueError("must compare something, such as x > 300 and speed < 5")
        self._check(tree.body, 0)
        self._code: CodeType = compile(tree, "<expression>", "eval")
        self._known: dict[str, Any] = {"__builtins__": {}, **FUNCTIONS}

    def value(self, signals: Mapping[str, Any]) -> bool | None:
        """Return whether it is so; None where a signal it needs is not there, or the arithmetic has no answer."""
        try:
            return bool(eval(self._code, self._known, signals))
        except UNKNOWN:
            return None

    def _check(self, node: ast.expr, depth: int) -> None:
        if depth > DEEPEST:
            raise ValueError("is too deeply nested")
        if isinstance(node, ast.BoolOp):
            parts = node.values
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.UAdd):
            parts = [node.operand]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Compare) and all(isinstance(op, _COMPARISONS) for op in node.ops):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.Call):
            parts = self._call(node)
        elif isinstance(node, ast.Name):
            self._name(node.id)
            return
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            if isinstance(node.value, bool):
                raise ValueError("holds True or False, which is nothing to compare")
            # As a float, so that no chain of products makes a number of a million digits.
            if not -1e15 < node.value < 1e15:
                raise ValueError("holds a number that is too large")
            node.value = float(node.value)
            return
        else:
            raise ValueError(f"'{_source(node)}' is not allowed: only arithmetic, comparison, and, or, not")
        for part in parts:
            self._check(part, depth + 1)

    def _call(self, node: ast.Call) -> list[ast.expr]:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name is None or (name not in FUNCTIONS and name not in self._functions):
            known = ", ".join([*FUNCTIONS, *self._functions])
            raise ValueError(f"'{_source(node.func)}' is no function that is known ({known})")
        if node.keywords or any(isinstance(each, ast.Starred) for each in node.args):
            raise ValueError(f"{name}() takes plain values only")
        count = self._functions.get(name, {"abs": 1, "sqrt": 1, "sin": 1, "cos": 1, "floor": 1, "atan2": 2}.get(name))
        if (count is not None and len(node.args) != count) or not node.args or (count is None and len(node.args) < 2):
            raise ValueError(f"{name}() takes {'2 or more' if count is None else count} values, got {len(node.args)}")
        self.used.add(name)
        if name in self._with_text:
            (argument,) = node.args
            if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                raise ValueError(f'{name}() takes the name of a zone in quotation marks: {name}("nest")')
            self.texts.append(argument.value)
            return []
        return node.args

    def _name(self, name: str) -> None:
        if name not in self._names:
            raise ValueError(f"there is no signal '{name[:40]}' (known: {', '.join(self._names)})")
        self.used.add(name)


def _is_truth(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        return all(_is_truth(each) for each in node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _is_truth(node.operand)
    return isinstance(node, ast.Compare) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "in_zone"
    )


def _source(node: ast.expr) -> str:
    return ast.unparse(node)[:40]
