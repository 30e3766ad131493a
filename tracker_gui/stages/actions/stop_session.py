"""End the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, ActionFailed, Lane
from tracker_gui.core.templates import Template, fill

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import ActionContext, ActionRequest, SessionControl
    from tracker_gui.core.templates import Facts


class StopSessionParams(Params):
    """The settings of `StopSession`."""

    reason: Template = setting("${rule}", title="Reason", description="What stands in the log; fields are filled in.")


class StopSession(Action[StopSessionParams]):
    """After what stands before it in the same rule has gone out."""

    title: ClassVar[str] = "Stop the session"
    about: ClassVar[str] = "Ends tracking and recording; all files are then complete."
    lane: ClassVar[Lane] = Lane.SLOW
    Params = StopSessionParams
    _control: SessionControl | None = None

    @property
    def phrase(self) -> str:
        return "stop the session"

    def open(self, context: ActionContext) -> None:
        self._control = context.control

    def payload(self, facts: Facts) -> str:
        return fill(self.params.reason, facts)

    def act(self, request: ActionRequest) -> str:
        if self._control is None:
            raise ActionFailed("there is no session that could be stopped")
        self._control.stop_session(request.payload)
        return "stopped"
