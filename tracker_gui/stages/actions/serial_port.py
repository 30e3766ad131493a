"""Send bytes to a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import AfterValidator

from tracker_gui.core.byte_text import ByteText, bytes_of, shown_bytes
from tracker_gui.core.byte_text import checked as checked_bytes
from tracker_gui.core.device_actions import DeviceAction, DeviceParams
from tracker_gui.core.devices import DeviceCommand
from tracker_gui.core.params import setting
from tracker_gui.core.templates import checked, fill

if TYPE_CHECKING:
    from tracker_gui.core.templates import Facts

ByteTemplate = Annotated[str, AfterValidator(checked), AfterValidator(checked_bytes)]


class SerialPortParams(DeviceParams):
    """The settings of `SerialPort`."""

    send: ByteTemplate = setting(
        "m",
        title="Send",
        description=r"The bytes for a plain sketch, such as m or k\n (\n, \r, \x02 stand for bytes), or a command such "
        "as SET led 1 for the sketch of tracker-gui. ${subject} and the other fields are filled in.",
    )
    reply: ByteText = setting(
        "", title="Answer", more=True, description="What a plain sketch must answer; empty to wait for nothing."
    )
    reply_timeout_s: float = setting(
        1.0, title="Answer within", ge=0.01, le=60, step=0.1, unit="s", more=True,
        description="Without the answer by then it has failed.",
    )  # fmt: skip
    then: ByteText = setting(
        "", title="Then send", more=True, description="Bytes that follow, such as those that end what the first began."
    )
    then_after_s: float = setting(
        1.0, title="Then after", ge=0.001, le=3600, step=0.1, unit="s", more=True,
        description="How much later these follow.",
    )  # fmt: skip


class SerialPort(DeviceAction[SerialPortParams]):
    """For a plain sketch the bytes are all there is; it must be armed by hand under Tools > Devices."""

    title: ClassVar[str] = "Send to a board"
    about: ClassVar[str] = "Bytes for a sketch you already have, or any command for the sketch of tracker-gui."
    Params = SerialPortParams

    @property
    def phrase(self) -> str:
        return f"{self.params.device}: send {self.params.send or 'nothing yet'}"

    @property
    def output(self) -> str:
        verb, _, rest = self.params.send.partition(" ")
        named = rest.partition(" ")[0] if verb in ("SET", "PULSE") else ""
        return f"{self.params.device}: {named}" if named else self.params.device

    @property
    def busy_s(self) -> float:
        return self.params.then_after_s if self.params.then else 0.0

    def words(self, facts: Facts) -> str:
        return shown_bytes(self._bytes(facts))

    def _bytes(self, facts: Facts) -> bytes:
        # Filled in behind the reading of signs such as \n, so that none in a name is taken for one.
        return fill(bytes_of(self.params.send).decode("latin-1"), facts).encode("latin-1", "replace")

    def command(self, facts: Facts, t_decided_s: float, deadline_s: float) -> DeviceCommand:
        params = self.params
        return DeviceCommand(
            self._bytes(facts), t_decided_s, deadline_s, bytes_of(params.then), params.then_after_s,
            bytes_of(params.reply), params.reply_timeout_s,
        )  # fmt: skip
