"""The points of a ground plane while they are gathered: it comes into force once there are enough that fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal

from tracker_gui.core.ground_plane import LEAST_POINTS, GroundPlane, GroundPoint

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.editors.editor import Editor


@dataclass(frozen=True, slots=True)
class DraftPoint:
    """A place in the picture, and on the ground where that was typed already."""

    picture_px: Point
    ground_m: Point | None = None


class GroundDraft(QObject):
    """Follows the settings, and keeps what is not complete enough for them.

    Attributes
    ----------
    points : tuple of DraftPoint
    problem : str
        Why these points are not in force, in a sentence; empty where they are.
    """

    changed = Signal()

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.points: tuple[DraftPoint, ...] = ()
        self.problem = ""
        self._ground: GroundPlane | None = None
        self._own_doing = False
        editor.session.document.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        ground = self._editor.preset.ground
        if ground is self._ground:
            return
        self._ground = ground
        if not self._own_doing:
            points = () if ground is None else ground.points
            self.points = tuple(DraftPoint(point.picture_px, point.ground_m) for point in points)
            self.problem = ""
        self.changed.emit()

    def put(self, points: tuple[DraftPoint, ...], what: str) -> None:
        """Take other points; they come into force as soon as they can."""
        self.points = points
        ground, self.problem = _plane(points)
        if ground != self._editor.preset.ground:
            self._own_doing = True
            self._editor.change(replace(self._editor.preset, ground=ground), what)
            self._own_doing = False
        self.changed.emit()

    def add(self, picture_px: Point) -> None:
        self.put((*self.points, DraftPoint(picture_px)), "add a point of the ground")

    def move(self, number: int, picture_px: Point) -> None:
        self._replace(number, replace(self.points[number], picture_px=picture_px), "move a point of the ground")

    def set_ground(self, number: int, ground_m: Point) -> None:
        self._replace(number, replace(self.points[number], ground_m=ground_m), "set a point of the ground")

    def _replace(self, number: int, point: DraftPoint, what: str) -> None:
        self.put((*self.points[:number], point, *self.points[number + 1 :]), what)

    def remove(self, number: int) -> None:
        self.put(self.points[:number] + self.points[number + 1 :], "remove a point of the ground")

    @property
    def errors_px(self) -> list[float | None]:
        """How far each point is from where the plane has it; None of one that is not used."""
        ground = self._editor.preset.ground
        errors = iter([] if ground is None else ground.errors_px.tolist())
        return [None if point.ground_m is None else next(errors, None) for point in self.points]


def _plane(points: tuple[DraftPoint, ...]) -> tuple[GroundPlane | None, str]:
    """Return the plane through the points whose place on the ground is known, and what is missing or wrong."""
    if not points:
        return None, ""
    if len(points) < LEAST_POINTS:
        return None, f"Click {LEAST_POINTS - len(points)} more in the picture: four are needed, more show the error."
    known = [GroundPoint(picture_px=point.picture_px, ground_m=point.ground_m) for point in points if point.ground_m]
    if len(known) < LEAST_POINTS:
        return None, "Type where on the ground each point is."
    try:
        plane = GroundPlane(points=tuple(known))
    except ValidationError as error:
        message = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        return None, f"Not used: {message}."
    missing = len(points) - len(known)
    return plane, f"{missing} more to be typed; without, it is not used." if missing else ""


def ground_draft_of(editor: Editor) -> GroundDraft:
    """Return the editor's draft, made on first use."""
    there = editor.findChild(GroundDraft)
    return there if isinstance(there, GroundDraft) else GroundDraft(editor)
