"""Limits of outputs: how soon one may be switched on again, and how long it may stay on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker_gui.core.board_lines import Switching
    from tracker_gui.core.devices import OutputInfo


@dataclass(slots=True)
class _Output:
    info: OutputInfo
    value: int
    switched_on_s: float | None = None
    back_s: float | None = None
    on_until_s: float | None = None


class OutputGuard:
    """Knows what every output is at, and says no. Not safe for several threads.

    Parameters
    ----------
    least_gap_s : float
        Between two times that one output is switched on; 0 for none. What the board says of itself holds too.
    longest_on_s : float
        After this it goes back to its safe value; 0 for no limit.
    """

    def __init__(self, outputs: Iterable[OutputInfo], least_gap_s: float, longest_on_s: float) -> None:
        self._gap_s = least_gap_s
        self._longest_s = longest_on_s
        self._outputs = {info.name: _Output(info, info.safe) for info in outputs}

    def values(self, now_s: float) -> dict[str, int]:
        """Return, by output, the value it was told last; the safe one once a pulse must be over."""
        return {
            name: each.value if each.back_s is None or now_s < each.back_s else each.info.safe
            for name, each in self._outputs.items()
        }

    def refusal(self, wanted: Switching, now_s: float) -> str:
        """Return why it must not be switched now; empty where it may. The way to its safe value is always free."""
        each = self._outputs[wanted.output]
        if self._longest_s and wanted.pulse_ms > 1000 * self._longest_s:
            return f"a pulse of {wanted.pulse_ms / 1000:g} s is longer than the {self._longest_s:g} s that it may be on"
        gap_s = max(self._gap_s, each.info.least_gap_ms / 1000)
        if wanted.value == each.info.safe or each.switched_on_s is None or now_s - each.switched_on_s >= gap_s:
            return ""
        what = f"{wanted.output} was" if wanted.output else "it was"
        return f"{what} switched {now_s - each.switched_on_s:.2f} s ago, and {gap_s:g} s must lie between"

    def switched(self, wanted: Switching, now_s: float) -> None:
        """Note that it was told to the board."""
        each = self._outputs[wanted.output]
        each.value, each.back_s = wanted.value, None
        if wanted.value == each.info.safe:
            each.on_until_s = None
            return
        each.switched_on_s = now_s
        if wanted.pulse_ms or each.info.kind == "feeder":
            # The board ends it by itself.
            each.back_s, each.on_until_s = now_s + wanted.pulse_ms / 1000, None
        elif self._longest_s and each.on_until_s is None:
            # Said again while it is on, it is not on for longer.
            each.on_until_s = now_s + self._longest_s

    def now_safe(self, name: str | None = None) -> None:
        """Note that an output, or all of them, are at their safe values."""
        for each in self._outputs.values():
            if name in (None, each.info.name):
                each.value, each.back_s, each.on_until_s = each.info.safe, None, None

    def overdue(self, now_s: float) -> OutputInfo | None:
        """Return an output that has been on for too long."""
        return next(
            (e.info for e in self._outputs.values() if e.on_until_s is not None and e.on_until_s <= now_s), None
        )

    @property
    def next_due_s(self) -> float | None:
        """When the next output will have been on for too long."""
        return min((e.on_until_s for e in self._outputs.values() if e.on_until_s is not None), default=None)
