"""Keep the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.errors import OutputError
from tracker_gui.core.image_file import write_png
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, ActionFailed, Lane
from tracker_gui.core.templates import Template, fill_file_name

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.rule_stages import ActionContext, ActionRequest
    from tracker_gui.core.templates import Facts


class SnapshotParams(Params):
    """The settings of `Snapshot`."""

    name: Template = setting(
        "${source}_${frame}_${rule}_${subject}",
        title="File name",
        description="Without folder and ending; fields are filled in, and what no file name can hold becomes _.",
    )


class Snapshot(Action[SnapshotParams]):
    """The frame as it was tracked, as PNG in the folder of the results."""

    title: ClassVar[str] = "Keep the picture"
    about: ClassVar[str] = "Writes the frame into the folder of the results."
    lane: ClassVar[Lane] = Lane.MEDIA
    Params = SnapshotParams
    _folder: Path | None = None

    @property
    def phrase(self) -> str:
        return "keep the picture"

    @property
    def needs_picture(self) -> bool:
        return True

    def open(self, context: ActionContext) -> None:
        self._folder = context.folder

    def payload(self, facts: Facts) -> str:
        return f"{fill_file_name(self.params.name, facts)}.png"

    def act(self, request: ActionRequest) -> str:
        if request.snapshot is None or self._folder is None:
            raise ActionFailed("there is no picture of this frame")
        path = _free(self._folder, request.payload.removesuffix(".png"))
        try:
            write_png(path, request.snapshot.frame.bgr_u8)
        except OutputError as error:
            raise ActionFailed(str(error)) from error
        return path.name


def _free(folder: Path, stem: str) -> Path:
    """Return a path at which no file is yet."""
    path = folder / f"{stem}.png"
    number = 2
    while path.exists():
        path = folder / f"{stem}-{number}.png"
        number += 1
    return path
