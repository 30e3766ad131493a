"""Make a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, model_validator

from tracker_gui.core.clips import ClipOrder
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, ActionFailed, ActionResult, Lane
from tracker_gui.core.storage import Storage
from tracker_gui.core.templates import Facts, Template, fill_file_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.clips import Clips
    from tracker_gui.core.rule_stages import ActionContext, ActionRequest

MAKES: dict[str, tuple[str, ...]] = {"does": ("make", "begin")}
FOLLOWS: dict[str, tuple[str, ...]] = MAKES | {"shows": ("the animal",)}


def _inside(folder: str) -> str:
    parts = folder.replace("\\", "/").split("/")
    if folder and (".." in parts or "" in parts or ":" in folder):
        raise ValueError("must be the name of a folder inside the one of the results")
    return folder


def _storage(address: str) -> str:
    if address:
        try:
            Storage.parse(address)
        except SettingsError as error:
            raise ValueError(error.problem) from error
    return address


class ClipParams(Params):
    """The settings of `Clip`."""

    does: Literal["make", "begin", "end"] = setting(
        "make",
        title="Do",
        description="make a clip around the event, longer where it happens again meanwhile; begin one that goes on "
        "until the same rule comes to end, which stands in the list of what is done when it is over.",
    )
    shows: Literal["whole frame", "the animal"] = setting(
        "whole frame", title="Show", when=MAKES,
        description="The whole frame, or a window that follows the animal the rule is about.",
    )  # fmt: skip
    look: Literal["clean", "annotated"] = setting(
        "clean", title="Look", when=MAKES,
        description="clean is the picture as it came, annotated has the tracks in it.",
    )  # fmt: skip
    pre_s: float = setting(
        5.0, title="Before", ge=0, le=120, step=1, unit="s", when=MAKES,
        description="How much the clip shows of the time before the event, exact to the frame.",
    )  # fmt: skip
    post_s: float = setting(
        5.0, title="After", ge=0, le=3600, step=1, unit="s", when={"does": ("make", "end")},
        description="How long it goes on after the event, or after its end.",
    )  # fmt: skip
    most_s: float = setting(
        60.0, title="At most", ge=1, le=86_400, step=10, unit="s", when=MAKES,
        description="The clip ends at this length, whatever happens.",
    )  # fmt: skip
    width_px: int = setting(
        200, title="Width", ge=16, le=4096, step=10, unit="px", when=FOLLOWS, description="Of the window."
    )  # fmt: skip
    height_px: int = setting(
        200, title="Height", ge=16, le=4096, step=10, unit="px", when=FOLLOWS, description="Of the window."
    )  # fmt: skip
    heading_up: bool = setting(
        False, title="Heading up", when=FOLLOWS,
        description="Turn the window so that the animal always faces upwards; while that is not sure it stays.",
    )  # fmt: skip
    times_faster: int = setting(
        1, title="Time lapse", ge=1, le=1000, step=1, when=MAKES,
        description="Keep every n-th frame and show them n times as fast; 1 keeps all.",
    )  # fmt: skip
    name: Template = setting(
        "${source}_${rule}_${subject}_${frame}", title="File name", when=MAKES,
        description="Without folder and ending; fields are filled in, and what no file name can hold becomes _.",
    )  # fmt: skip
    folder: Annotated[str, AfterValidator(_inside)] = setting(
        "clips", title="Folder", when=MAKES, description="Inside the folder of the results; empty for that itself."
    )  # fmt: skip
    crf: int = setting(
        23, title="Compression", ge=0, le=51, step=1, more=True, when=MAKES,
        description="Rate factor of x264: 18 is hard to tell from the source, 28 is small, 0 loses nothing.",
    )  # fmt: skip
    upload: Annotated[str, AfterValidator(_storage)] = setting(
        "", title="Upload to", more=True, when=MAKES,
        description="Storage that speaks S3, such as https://storage.example.org/bucket/folder; empty for none. "
        "Its keys are kept by 'tracker-gui uploads --keys' or stand in the environment.",
    )  # fmt: skip
    keep: bool = setting(
        True, title="Keep after upload", more=True, when=MAKES,
        description="Keep the file on this computer once all of it is stored elsewhere.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _longer_than_before(self) -> Self:
        if self.most_s <= self.pre_s:
            raise ValueError("'At most' (most_s) must be longer than 'Before' (pre_s)")
        return self


class Clip(Action[ClipParams]):
    """A video of what happened, with the time before it; it is written beside all else and holds nothing up."""

    title: ClassVar[str] = "Make a clip"
    about: ClassVar[str] = "Writes a short video of the event and of the time before it into the folder of the results."
    lane: ClassVar[Lane] = Lane.MEDIA
    hands_over: ClassVar[bool] = True
    Params = ClipParams
    _clips: Clips | None = None

    @property
    def phrase(self) -> str:
        """Return what is done in a few words."""
        params = self.params
        if params.does == "end":
            return f"end the clip after {params.post_s:g} s"
        what = "begin a clip" if params.does == "begin" else "make a clip"
        after = f" to {params.post_s:g} s after" if params.does == "make" else ""
        return f"{what} from {params.pre_s:g} s before{after}"

    def open(self, context: ActionContext) -> None:
        self._clips = context.clips
        if self.params.does != "end" and self._clips is not None:
            self._clips.prepare(self._order(self.params.name))

    def payload(self, facts: Facts) -> str:
        if self.params.does == "end":
            return "end"
        return f"{fill_file_name(self.params.name, facts)}.mp4"

    def hand_over(self, request: ActionRequest, on_result: Callable[[ActionResult], None]) -> None:
        if self._clips is None:
            raise ActionFailed("no clips are made here")
        if self.params.does != "end":
            self._clips.make(self._order(request.payload.removesuffix(".mp4")), self, request, on_result)
            return
        count = self._clips.end(request, self.params.post_s)
        words = f"{count} ended" if count else "none was being made"
        on_result(ActionResult(request.number, request.t_decided_s, request.t_decided_s, None, words, True))

    def _order(self, name: str) -> ClipOrder:
        params = self.params
        values: dict[str, Any] = {
            each: getattr(params, each)
            for each in ("folder", "pre_s", "post_s", "most_s", "heading_up", "crf", "upload", "keep")
        }
        follows = params.shows == "the animal"
        return ClipOrder(
            name=name,
            is_open=params.does == "begin",
            annotated=params.look == "annotated",
            crop_px=(params.width_px, params.height_px) if follows else None,
            every=params.times_faster,
            **values,
        )
