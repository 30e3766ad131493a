"""A sentence for the user, with the act that mends what it complains of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable


RemarkKind = Literal["ok", "info", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Remark:
    """What the window says.

    Attributes
    ----------
    topic : str
        A later sentence of the same topic takes its place.
    button : str
        What the button says; empty for none.
    act : callable, optional
        What the button does.
    """

    topic: str
    kind: RemarkKind
    text: str
    button: str = ""
    act: Callable[[], object] | None = None
