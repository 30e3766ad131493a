"""What all actions that drive a board share: the board is found by its name, told at once, and made safe."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, TypeVar

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, ActionFailed, ActionResult, Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.devices import Device, DeviceCommand, DeviceResult
    from tracker_gui.core.rule_stages import ActionContext, ActionRequest
    from tracker_gui.core.templates import Facts


class DeviceParams(Params):
    """What every action on a board is told."""

    device: str = setting(
        "virtual board",
        title="Board",
        refers_to="board",
        description="Its name under Tools > Devices. The virtual board is always there, to learn and rehearse with.",
    )


D = TypeVar("D", bound=DeviceParams)


class DeviceAction(Action[D]):
    """Hands its command to the board's own thread, so that no board waits for another."""

    lane: ClassVar[Lane] = Lane.REAL_TIME
    drives_hardware: ClassVar[bool] = True
    hands_over: ClassVar[bool] = True
    _device: Device | None = None
    _why_not: str = "there are no boards in this session"

    @abstractmethod
    def command(self, facts: Facts, t_decided_s: float, deadline_s: float) -> DeviceCommand:
        """Return what the board is told.

        Raises
        ------
        ValueError
            The settings do not make bytes; the message is a clause.
        """

    def open(self, context: ActionContext) -> None:
        try:
            self._device = None if context.devices is None else context.devices.device(self.params.device)
        except TrackerError as error:
            self._why_not = error.problem
            raise

    def payload(self, facts: Facts) -> str:
        return f"{self.params.device}: {self.words(facts)}"

    @abstractmethod
    def words(self, facts: Facts) -> str:
        """Return the command for the log."""

    def hand_over(self, request: ActionRequest, on_result: Callable[[ActionResult], None]) -> None:
        if self._device is None:
            raise ActionFailed(self._why_not)
        try:
            command = self.command(request.facts, request.t_decided_s, request.deadline_s)
        except ValueError as error:
            raise ActionFailed(f"the command {error}") from error

        def take(told: DeviceResult) -> None:
            times = told.t_decided_s, told.t_sent_s, told.t_acknowledged_s
            on_result(ActionResult(request.number, *times, told.result, told.sent))

        self._device.arm_by_rule()
        self._device.submit(command, take)

    def safe_state(self) -> None:
        if self._device is not None:
            self._device.safe_state("rules")

    def close(self) -> None:
        if self._device is not None:
            self._device.rules_ended()
            self._device = None
