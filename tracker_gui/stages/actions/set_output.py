"""Bring an output of a board to a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.device_actions import DeviceAction, DeviceParams
from tracker_gui.core.devices import DeviceCommand
from tracker_gui.core.params import setting

if TYPE_CHECKING:
    from tracker_gui.core.templates import Facts


class SetOutputParams(DeviceParams):
    """The settings of `SetOutput`."""

    pin: str = setting(
        "door", title="Output", refers_to="output", description="Its name in the sketch, as Tools > Devices lists it."
    )
    value: int = setting(
        90, title="Value", ge=-32_768, le=32_767, step=1,
        description="Degrees of a servo, 0 or 1 of a switch, 0 to 255 of a light, portions of a feeder.",
    )  # fmt: skip


class SetOutput(DeviceAction[SetOutputParams]):
    """It stays there until it is told something else, or becomes safe."""

    title: ClassVar[str] = "Switch an output"
    about: ClassVar[str] = "Opens a door, switches a lamp or gives food, through a board with our sketch."
    Params = SetOutputParams

    @property
    def phrase(self) -> str:
        return f"{self.params.device}: {self.params.pin} to {self.params.value}"

    @property
    def output(self) -> str:
        return f"{self.params.device}: {self.params.pin}"

    def words(self, facts: Facts) -> str:
        return f"SET {self.params.pin} {self.params.value}"

    def command(self, facts: Facts, t_decided_s: float, deadline_s: float) -> DeviceCommand:
        return DeviceCommand(self.words(facts).encode("ascii", "replace"), t_decided_s, deadline_s)
