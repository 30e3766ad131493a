"""Change a setting while the session runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, ActionFailed, Lane

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import ActionContext, ActionRequest, SessionControl
    from tracker_gui.core.templates import Facts


class SetParameterParams(Params):
    """The settings of `SetParameter`."""

    name: str = setting(
        "detector.min_area_px2", title="Setting", description="One of those that may be changed while it runs."
    )
    value: float = setting(
        0.0, title="New value", ge=-1_000_000, le=1_000_000, step=1, description="Must lie in the range of the setting."
    )  # fmt: skip


class SetParameter(Action[SetParameterParams]):
    """Only numbers of the detector that is in use, within their own ranges."""

    title: ClassVar[str] = "Change a setting"
    about: ClassVar[str] = "Gives a setting of the running session another value."
    lane: ClassVar[Lane] = Lane.SLOW
    Params = SetParameterParams
    _control: SessionControl | None = None

    @property
    def phrase(self) -> str:
        return f"set {self.params.name} to {self.params.value:g}"

    def open(self, context: ActionContext) -> None:
        self._control = context.control

    def payload(self, facts: Facts) -> str:
        return f"{self.params.name} = {self.params.value:g}"

    def act(self, request: ActionRequest) -> str:
        if self._control is None:
            raise ActionFailed("there is no session whose settings could be changed")
        try:
            self._control.set_parameter(self.params.name, self.params.value)
        except SettingsError as error:
            raise ActionFailed(str(error)) from error
        return "set"
