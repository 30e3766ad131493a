"""Tell somebody."""

from __future__ import annotations

import logging
import os
import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from tracker_gui.core.errors import OutputError
from tracker_gui.core.image_file import write_png
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, ActionFailed, Lane
from tracker_gui.core.templates import Template, fill, fill_file_name, with_secrets

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.rule_stages import ActionContext, ActionRequest
    from tracker_gui.core.templates import Facts

log = logging.getLogger(__name__)

TIMEOUT_S = 15
TRIES = 3
#: Between the tries.
WAITS_S = (1.0, 4.0)


def _only_variables(text: str) -> str:
    rest = re.sub(r"\$\{[A-Z][A-Z0-9_]*\}", "", text)
    if rest.strip(" ,"):
        raise ValueError(
            "must be ${NAME}, the name of an environment variable that holds the address: "
            "it gives whoever reads the preset the right to write in your name"
        )
    return text


class NotifyParams(Params):
    """The settings of `Notify`."""

    to: Annotated[str, AfterValidator(_only_variables)] = setting(
        "${TRACKER_GUI_NOTIFY}",
        title="To",
        description="Environment variables with addresses as Apprise has them (mail, chat, phone), such as "
        "${TRACKER_GUI_NOTIFY}. An address never stands in the preset.",
    )
    subject: Template = setting("${rule}", title="Subject", description="First line of the message.")
    message: Template = setting(
        "${rule}: animal ${subject} at ${time_s} s (frame ${frame} of ${source})",
        title="Message",
        description="Fields such as ${rule}, ${subject}, ${time_utc}, ${x_px} are filled in.",
    )
    picture: bool = setting(False, title="With a picture", description="The frame is attached.")


class Notify(Action[NotifyParams]):
    """Three tries, the last of them without the picture. Those that were suppressed come as one message."""

    title: ClassVar[str] = "Notify"
    about: ClassVar[str] = "Sends a message by mail, chat or to a phone."
    lane: ClassVar[Lane] = Lane.SLOW
    has_digest: ClassVar[bool] = True
    Params = NotifyParams
    _folder: Path | None = None
    _service: Any = None

    @property
    def phrase(self) -> str:
        return "send a message"

    @property
    def needs_picture(self) -> bool:
        return self.params.picture

    def open(self, context: ActionContext) -> None:
        self._folder = context.folder
        # Apprise loads a hundred services, which takes a second: not while animals are tracked.
        self._service = self._connected()

    def _connected(self) -> Any:
        import apprise

        try:
            addresses = with_secrets(self.params.to, dict(os.environ))
        except KeyError as error:
            raise ActionFailed(f"the environment variable {error.args[0]} is not set") from error
        service = apprise.Apprise()
        for address in re.split(r"[\s,]+", addresses.strip()):
            # Both of Apprise's own time-outs, so that a silent server does not hold the lane.
            joint = "&" if "?" in address else "?"
            if not service.add(f"{address}{joint}rto={TIMEOUT_S}&cto={TIMEOUT_S}"):
                raise ActionFailed(f"{self.params.to} holds no address that Apprise knows")
        return service

    def payload(self, facts: Facts) -> str:
        return f"{fill(self.params.subject, facts)}: {fill(self.params.message, facts)}"

    def act(self, request: ActionRequest) -> str:
        facts = request.facts
        picture = None
        if self.params.picture and request.snapshot is not None and self._folder is not None:
            picture = self._folder / fill_file_name(f"notify_${{rule}}_{facts.frame:06}_{request.number}.png", facts)
            try:
                write_png(picture, request.snapshot.frame.bgr_u8)
            except OutputError as error:
                log.warning("the message goes out without its picture: %s", error)
                picture = None
        return self._send(fill(self.params.subject, facts), fill(self.params.message, facts), request, picture)

    def act_digest(self, count: int) -> str:
        text = f"{count} more events were suppressed or could not be sent."
        return self._send(self.params.subject.replace("${", "{"), text, None, None)

    def _send(self, subject: str, text: str, request: ActionRequest | None, picture: Path | None) -> str:
        if self._service is None:
            self._service = self._connected()
        for number in range(TRIES):
            last = number == TRIES - 1
            attachment = str(picture) if picture is not None and not last else None
            if self._service.notify(body=text, title=subject, attach=attachment):
                return (
                    "sent"
                    + (f" at try {number + 1}" if number else "")
                    + (" without the picture" if picture is not None and last else "")
                )
            if not last and request is not None and request.cancelled.wait(WAITS_S[number]):
                break
        raise ActionFailed(f"the service did not take it ({number + 1} tries)")
