"""Bring an output of a board to a value for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.device_actions import DeviceAction, DeviceParams
from tracker_gui.core.devices import DeviceCommand
from tracker_gui.core.params import setting

if TYPE_CHECKING:
    from tracker_gui.core.templates import Facts


class PulseParams(DeviceParams):
    """The settings of `Pulse`."""

    pin: str = setting(
        "led", title="Output", refers_to="output", description="Its name in the sketch, as Tools > Devices lists it."
    )
    value: int = setting(
        1, title="Value", ge=-32_768, le=32_767, step=1, description="What it is brought to: 1 switches it on."
    )  # fmt: skip
    length_ms: int = setting(
        100, title="Length", ge=1, le=600_000, step=10, unit="ms",
        description="After this the board brings it back to its safe value by itself.",
    )  # fmt: skip


class Pulse(DeviceAction[PulseParams]):
    """The board keeps the time, so that its length does not depend on this computer."""

    title: ClassVar[str] = "Pulse"
    about: ClassVar[str] = "A TTL pulse, a flash or a short opening, timed by a board with the sketch of tracker-gui."
    Params = PulseParams

    @property
    def phrase(self) -> str:
        return f"{self.params.device}: {self.params.pin} to {self.params.value} for {self.params.length_ms} ms"

    @property
    def output(self) -> str:
        return f"{self.params.device}: {self.params.pin}"

    @property
    def busy_s(self) -> float:
        return self.params.length_ms / 1000

    def words(self, facts: Facts) -> str:
        return f"PULSE {self.params.pin} {self.params.value} {self.params.length_ms}"

    def command(self, facts: Facts, t_decided_s: float, deadline_s: float) -> DeviceCommand:
        return DeviceCommand(self.words(facts).encode("ascii", "replace"), t_decided_s, deadline_s)
