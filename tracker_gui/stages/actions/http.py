"""Call an address."""

from __future__ import annotations

import json
import os
import re
import time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import quote

from pydantic import AfterValidator

from tracker_gui.core.live import without_credentials
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, ActionFailed, Lane
from tracker_gui.core.templates import Template, checked, fill, with_secrets

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import ActionContext, ActionRequest
    from tracker_gui.core.templates import Facts

MOST_BYTES = 64 * 1024
SHOWN_LETTERS = 100
_FIELD = re.compile(r"\$\{([a-z_]+)\}")


def _checked_url(url: str) -> str:
    if url and not re.match(r"https?://|\$\{[A-Z]", url):
        raise ValueError("must begin with http:// or https://")
    if re.search(r"://[^/@\s]*[^:/@\s][^/@\s]*@", re.sub(r"\$\{[A-Z][A-Z0-9_]*\}", "", url)):
        raise ValueError("must hold no user and password: write http://${NAME}@device with an environment variable")
    return checked(url)


class HttpParams(Params):
    """The settings of `Http`."""

    url: Annotated[str, AfterValidator(_checked_url)] = setting(
        "",
        title="Address",
        description="Such as http://feeder.local/drop?animal=${subject}. ${NAME} in capitals stands for an environment "
        "variable, for what must not stand in a preset.",
    )
    method: Literal["GET", "POST", "PUT"] = setting("POST", title="Method", description="How it is called.")
    body: Template = setting(
        "", title="Text", description="What is sent with POST or PUT; fields are filled in.",
        when={"method": ("POST", "PUT")}
    )  # fmt: skip
    body_is: Literal["json", "text"] = setting(
        "json", title="Text is", description="How the text is marked, and its fields quoted.",
        when={"method": ("POST", "PUT")}
    )  # fmt: skip
    authorization: Template = setting(
        "", title="Authorization", more=True, description="Such as: Bearer ${FEEDER_TOKEN}, an environment variable."
    )
    timeout_s: float = setting(
        5.0, title="Time-out", ge=0.1, le=120, step=1, unit="s", description="How long it waits for the answer."
    )


class Http(Action[HttpParams]):
    """Every answer of 400 or above is a failure. Another address it points to is not followed."""

    title: ClassVar[str] = "Call an address"
    about: ClassVar[str] = "Sends an HTTP request, to a device or another program."
    lane: ClassVar[Lane] = Lane.SLOW
    drives_hardware: ClassVar[bool] = True
    Params = HttpParams
    _client: Any = None

    @property
    def phrase(self) -> str:
        return f"call {self.params.url}" if self.params.url else "call an address (none is named)"

    def open(self, context: ActionContext) -> None:
        import httpx

        self._client = httpx.Client(follow_redirects=False)

    def payload(self, facts: Facts) -> str:
        text = f"{self.params.method} {without_credentials(self._url(facts))}"
        body = self._body(facts)
        return f"{text} {body}" if body else text

    def _url(self, facts: Facts) -> str:
        return _FIELD.sub(lambda match: quote(facts.text(match[1]), safe=""), self.params.url)

    def _body(self, facts: Facts) -> str:
        if self.params.method == "GET":
            return ""
        if self.params.body_is == "text":
            return fill(self.params.body, facts)
        # Without the quotation marks, which the template has where it wants text.
        return _FIELD.sub(lambda match: json.dumps(facts.text(match[1]))[1:-1], self.params.body)

    def act(self, request: ActionRequest) -> str:
        import httpx

        if self._client is None or not self.params.url:
            raise ActionFailed("no address is named")
        params = self.params
        headers = {}
        try:
            url = with_secrets(self._url(request.facts), dict(os.environ))
            if params.authorization:
                headers["Authorization"] = with_secrets(params.authorization, dict(os.environ))
        except KeyError as error:
            raise ActionFailed(f"the environment variable {error.args[0]} is not set") from error
        content = self._body(request.facts).encode("utf-8", "replace")
        if content:
            headers["Content-Type"] = "application/json" if params.body_is == "json" else "text/plain; charset=utf-8"
        until_s = time.monotonic() + params.timeout_s
        try:
            with self._client.stream(
                params.method, url, content=content or None, headers=headers, timeout=params.timeout_s
            ) as answer:
                said = b""
                for chunk in answer.iter_bytes():
                    said += chunk
                    # The library's time-out is for each part, so a server that drips would hold the lane for ever.
                    if len(said) >= MOST_BYTES or time.monotonic() > until_s or request.cancelled.is_set():
                        break
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise ActionFailed(without_credentials(f"{type(error).__name__}: {error}")) from error
        words = said[:SHOWN_LETTERS].decode("utf-8", "replace").strip()
        result = f"{answer.status_code} {words}".strip()
        if answer.status_code >= 400:
            raise ActionFailed(result, sent=True)
        return result

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
