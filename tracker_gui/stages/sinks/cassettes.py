"""The user's own functions, in files, beside the tracking."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import Sink, SinkContext
from tracker_gui.feed.cassette_host import CassetteHost

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.types import Snapshot


class CassettesParams(Params):
    """The settings of `Cassettes`."""

    cassettes: tuple[str, ...] = setting(
        (),
        title="Cassettes",
        description="One on each line: its name, and settings as NAME=VALUE behind it. The panel Cassettes lists those "
        "there are, with a form for each.",
    )
    budget_ms: float = setting(
        20.0, title="Time budget", ge=0.1, le=10_000, step=1, unit="ms",
        description="For one frame. Answers that take longer are counted as late, and frames that came meanwhile as "
        "missed.",
    )  # fmt: skip
    hang_s: float = setting(
        5.0, title="Give up after", ge=0.1, le=600, step=1, unit="s", more=True,
        description="A cassette whose function takes longer is ended; it begins again when its file is changed.",
    )  # fmt: skip


class Cassettes(Sink[CassettesParams]):
    """Cassettes in processes of their own; a video file waits for them, a camera does not."""

    title: ClassVar[str] = "Cassettes"
    about: ClassVar[str] = "Python files of yours that hear of every frame, each in a process of its own."
    Params = CassettesParams

    def __init__(self, params: CassettesParams | None = None) -> None:
        super().__init__(params)
        self._host: CassetteHost | None = None

    @property
    def ending(self) -> str:
        return "_cassettes.json"

    @property
    def trouble(self) -> str:
        return "" if self._host is None else self._host.trouble

    def open(self, context: SinkContext) -> Path:
        self._path = context.folder / (context.stem + self.ending)
        write_atomically(self._path, "{}\n")
        self._host = CassetteHost(self.params.cassettes, context, self.params.budget_ms, self.params.hang_s)
        return self._path

    def write(self, snapshot: Snapshot) -> None:
        if self._host is not None:
            self._host.write(snapshot)

    def close(self) -> None:
        host, self._host = self._host, None
        if host is None:
            return
        host.close()
        told = [
            {
                "cassette": state.name, "ended": state.phase.value, "problem": state.sentence, "calls": state.calls,
                "missed": state.missed, "mean_ms": round(state.mean_ms, 3), "worst_ms": round(state.worst_ms, 3),
                "over_budget": state.late, "last_words": state.said,
            }
            for state in host.states
        ]  # fmt: skip
        write_atomically(self._path, json.dumps({"cassettes": told, "dropped": host.dropped}, indent=2) + "\n")
