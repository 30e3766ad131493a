"""Show something to the animal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import model_validator

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, ActionFailed, Lane
from tracker_gui.core.stimuli import Looming, StimulusOrder
from tracker_gui.core.templates import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.rule_stages import ActionContext, ActionRequest, ActionResult
    from tracker_gui.core.stimuli import Stimulus as Prepared
    from tracker_gui.core.templates import Facts

DISC: dict[str, tuple[str, ...]] = {"shows": ("expanding disc",)}
FILE: dict[str, tuple[str, ...]] = {"shows": ("picture or video",)}
GREYS = {"grey": 128, "black": 0, "white": 255}
NO_DISPLAY = "there is no display here, because no window is open: run the preset in the window to show a stimulus"


class StimulusParams(Params):
    """The settings of `Stimulus`."""

    shows: Literal["expanding disc", "picture or video"] = setting(
        "expanding disc", title="Show",
        description="A disc that grows as if something came nearer, or a file that is shown as large as it fits.",
    )  # fmt: skip
    file: Path | None = setting(
        None, title="File", when=FILE,
        description="A picture or a video. It is read when the rules are armed; a video is shown without its sound.",
    )  # fmt: skip
    display: int = setting(
        2, title="Display", ge=1, le=16, step=1,
        description="Its number, 1 is the main one. Where the computer has only one, a window is opened on that.",
    )  # fmt: skip
    ground: Literal["grey", "black", "white"] = setting(
        "grey", title="Ground", description="What fills the display around it while it is shown."
    )
    disc: Literal["black", "white"] = setting("black", title="Disc", when=DISC, description="Its colour.")
    l_v_ms: float = setting(
        60.0, title="l/v", ge=1, le=10_000, step=10, unit="ms", when=DISC,
        description="Half the size of what seems to come, over its speed: 40 mm at 1 m/s is 20 ms.",
    )  # fmt: skip
    start_deg: float = setting(
        5.0, title="From", ge=0.1, le=179, step=1, unit="deg", when=DISC,
        description="Visual angle of the whole disc when it appears.",
    )  # fmt: skip
    end_deg: float = setting(
        90.0, title="To", ge=0.1, le=179, step=1, unit="deg", when=DISC,
        description="Visual angle at which it stops to grow.",
    )  # fmt: skip
    distance_mm: float = setting(
        200.0, title="Seen from", ge=1, le=10_000, step=10, unit="mm", when=DISC,
        description="Distance from the animal to the display.",
    )  # fmt: skip
    px_per_mm: float = setting(
        3.6, title="Display has", ge=0.1, le=100, step=0.1, unit="px/mm", when=DISC,
        description="Pixels of the display per millimetre: its width in pixels over its width as you measure it.",
    )  # fmt: skip
    hold_s: float = setting(
        0.5, title="Then stays", ge=0, le=3600, step=0.5, unit="s", when=DISC,
        description="How long it stays at its full size.",
    )  # fmt: skip
    lasts_s: float = setting(
        5.0, title="For", ge=0.05, le=3600, step=1, unit="s", when=FILE,
        description="How long it is shown; a shorter video stays on its last picture, a longer one is cut off.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.end_deg <= self.start_deg:
            raise ValueError("'To' (end_deg) must be larger than 'From' (start_deg)")
        return self

    @property
    def looming(self) -> Looming:
        return Looming(
            self.l_v_ms / 1000, self.start_deg, self.end_deg, self.distance_mm * self.px_per_mm, self.disc == "black"
        )


class Stimulus(Action[StimulusParams]):
    """Full screen on a display; the moment at which it was handed to the display is measured."""

    title: ClassVar[str] = "Show a stimulus"
    about: ClassVar[str] = "Fills a display with an expanding disc, a picture or a video, and measures its onset."
    lane: ClassVar[Lane] = Lane.REAL_TIME
    #: The animal is what it moves: nothing is shown before a person has armed the rule.
    drives_hardware: ClassVar[bool] = True
    hands_over: ClassVar[bool] = True
    Params = StimulusParams
    _prepared: Prepared | None = None
    _problem = NO_DISPLAY

    @property
    def phrase(self) -> str:
        return f"show {self._what} on display {self.params.display}"

    @property
    def _what(self) -> str:
        params = self.params
        if params.shows == "expanding disc":
            return f"a disc from {params.start_deg:g} to {params.end_deg:g} deg, l/v {params.l_v_ms:g} ms,"
        return one_line(params.file.name) if params.file else "a file (which?)"

    @property
    def output(self) -> str:
        return f"display {self.params.display}"

    @property
    def busy_s(self) -> float:
        params = self.params
        return params.looming.grows_s + params.hold_s if params.shows == "expanding disc" else params.lasts_s

    def open(self, context: ActionContext) -> None:
        try:
            self._prepared = self._prepare(context)
        except TrackerError as error:
            # Said again in the log each time it is due.
            self._problem = f"{error}"
            raise ActionFailed(self._problem) from error

    def _prepare(self, context: ActionContext) -> Prepared:
        params = self.params
        shows = params.looming if params.shows == "expanding disc" else params.file
        if shows is None:
            raise ActionFailed("no picture or video is named")
        if context.stimuli is None:
            raise ActionFailed(NO_DISPLAY)
        order = StimulusOrder(shows, params.display, GREYS[params.ground], self.busy_s)
        return context.stimuli.prepare(order)

    def payload(self, facts: Facts) -> str:
        return f"{self._what} on display {self.params.display} for {self.busy_s:.3f} s"

    def hand_over(self, request: ActionRequest, on_result: Callable[[ActionResult], None]) -> None:
        if self._prepared is None:
            raise ActionFailed(self._problem)
        self._prepared.show(request, on_result)

    def safe_state(self) -> None:
        if self._prepared is not None:
            self._prepared.end()

    def close(self) -> None:
        self._prepared = None
