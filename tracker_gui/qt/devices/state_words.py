"""The state of a board as a sign, a tone and a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.devices import DeviceState

if TYPE_CHECKING:
    from tracker_gui.qt.devices.entries import Entry

#: State -> (icon, tone).
SIGNS = {
    DeviceState.CLOSED: ("circle-outline", "dim"),
    DeviceState.AWAY: ("power-plug-off-outline", "warn"),
    DeviceState.STARTING: ("progress-clock", "accent"),
    DeviceState.READY: ("check-circle", "ok"),
    DeviceState.REFUSED: ("alert-circle", "bad"),
}
ARMED = ("shield-alert", "warn")
NOT_ARMED = ("lock-outline", "dim")


def state_word(entry: Entry, state: DeviceState, armed: bool) -> str:
    """Return the second line of a row of the list."""
    if state is DeviceState.READY:
        return "ready, armed" if armed else "ready, not armed"
    if state is not DeviceState.CLOSED:
        return state.value
    if entry.is_virtual:
        return "closed, always there"
    if entry.path is None:
        return "not connected"
    return f"closed, at {entry.path}" if entry.remembered else f"new, at {entry.path}"
