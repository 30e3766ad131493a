"""Run a program."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.child_process import run_program
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, ActionFailed, Lane
from tracker_gui.core.templates import Template, fill_argument

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import ActionContext, ActionRequest
    from tracker_gui.core.templates import Facts

SHOWN_BYTES = 200


class CommandParams(Params):
    """The settings of `Command`."""

    argv: tuple[Template, ...] = setting(
        (),
        title="Program and arguments",
        description="One per line, the program first. ${subject}, ${rule} and the other fields are filled in; there is "
        "no shell, so nothing in a name is ever taken for a command.",
    )
    timeout_s: float = setting(
        10.0, title="Time-out", ge=0.1, le=3600, step=1, unit="s",
        description="After this it is ended, with all programs it has started.",
    )  # fmt: skip
    lasts_s: float = setting(
        0.0, title="Effect lasts", ge=0, le=86_400, step=1, unit="s", more=True,
        description="How long the rule counts as busy after this, for 'While it still acts'.",
    )  # fmt: skip
    folder: Path | None = setting(
        None, title="Folder", more=True, description="Where it runs; the folder of the results where none is named."
    )


class Command(Action[CommandParams]):
    """A list of arguments, never a line for a shell."""

    title: ClassVar[str] = "Run a program"
    about: ClassVar[str] = "Starts a program with arguments and notes what it says and how it ends."
    lane: ClassVar[Lane] = Lane.SLOW
    drives_hardware: ClassVar[bool] = True
    Params = CommandParams
    _folder: Path | None = None

    @property
    def phrase(self) -> str:
        return f"run {self.params.argv[0]}" if self.params.argv else "run a program (none is named)"

    def open(self, context: ActionContext) -> None:
        self._folder = context.folder

    @property
    def busy_s(self) -> float:
        return self.params.lasts_s

    def payload(self, facts: Facts) -> str:
        return shlex.join(self._arguments(facts))

    def _arguments(self, facts: Facts) -> list[str]:
        return [fill_argument(each, facts) for each in self.params.argv]

    def act(self, request: ActionRequest) -> str:
        arguments = self._arguments(request.facts)
        if not arguments:
            raise ActionFailed("no program is named")
        try:
            folder = self.params.folder or self._folder
            ended = run_program(arguments, self.params.timeout_s, request.cancelled, folder)
        except (OSError, ValueError) as error:
            raise ActionFailed(f"cannot be started ({getattr(error, 'strerror', None) or error})") from error
        said = ended.output[:SHOWN_BYTES].decode("utf-8", "replace").strip()
        more = len(ended.output) - SHOWN_BYTES + ended.dropped_bytes
        words = f": {said}" + (f" ... ({more} bytes more)" if more > 0 else "") if said else ""
        if ended.code is None:
            raise ActionFailed(f"ended, because {ended.reason}{words}", sent=True)
        if ended.code != 0:
            raise ActionFailed(f"exit code {ended.code}{words}", sent=True)
        return f"exit code 0{words}"
