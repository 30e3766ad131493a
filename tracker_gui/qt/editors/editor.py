"""What is being drawn and what is selected on the picture; every act is one undo step of the document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from tracker_gui.core import shape_file
from tracker_gui.core.drawing import (
    Drawn,
    Place,
    Role,
    ShapeEntry,
    added,
    at,
    can_hold,
    changed,
    drawn,
    reordered,
    reshaped,
)
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.geometry import SHAPE_KINDS
from tracker_gui.core.scale import Scale
from tracker_gui.core.shape_edit import Align, aligned, bounds, mirrored, moved, spread, without_vertex
from tracker_gui.qt.editors.tool import Tool, ToolInfo, all_tools
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.theme.colours import OKABE_ITO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker_gui.core.geometry import Point
    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.remark import RemarkKind
    from tracker_gui.qt.session import Session

SELECT = "select"
APART_PX = 12.0
BRUSH_PX = 24.0


class Editor(QObject):
    """The tools' common ground.

    Attributes
    ----------
    target : Role
        What a new shape becomes.
    selection : tuple of Place
    vertex : int or None
        Which vertex of the one selected shape was touched last; the key Delete takes it away.
    brush_px : float
        Width of brush and eraser, in pixels of the frame.
    scale_line : two points or None
        Something whose length is not known yet.
    """

    selection_changed = Signal()
    sketch_changed = Signal()
    tool_changed = Signal()
    target_changed = Signal()
    rename_wanted = Signal()
    length_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self._camera = session.document.camera
        self.target: Role = "zone"
        self.selection: tuple[Place, ...] = ()
        self.vertex: int | None = None
        self.brush_px = BRUSH_PX
        self.scale_line: tuple[Point, Point] | None = None
        self.tools: dict[str, ToolInfo] = {info.name: info for info in all_tools()}
        self.tool_info = self.tools[SELECT]
        self.tool: Tool = self.tool_info.make(self)
        session.document.changed.connect(self._follow)

    # ---- what there is

    @property
    def preset(self) -> Preset:
        """The settings of the present camera, which is the one that is drawn on."""
        return self.session.document.preset

    @property
    def locked(self) -> bool:
        return self.session.document.locked

    def drawn(self) -> list[Drawn]:
        return drawn(self.preset)

    @property
    def selected(self) -> list[Drawn]:
        """What is selected, as it is in the settings now."""
        found = (at(self.preset, place) for place in self.selection)
        return [each for each in found if each is not None]

    @property
    def only(self) -> Drawn | None:
        """The selected shape where it is one alone."""
        chosen = self.selected
        return chosen[0] if len(chosen) == 1 else None

    def _follow(self) -> None:
        """Let go of what an undo has taken away, and of what is another camera's."""
        if self.session.document.camera != self._camera:
            self._camera = self.session.document.camera
            self.tool.drop()
            self.select(())
        kept = tuple(each.place for each in self.selected)
        if kept != self.selection:
            self.select(kept)
        if not can_hold(self.preset, self.target):
            self.set_target("zone")

    # ---- what is taken in hand

    def use(self, name: str) -> None:
        """Take another tool by its name."""
        self.take(self.tools[name])

    def take(self, info: ToolInfo) -> None:
        """Take a tool in hand, also one that is not in the bar."""
        if info is self.tool_info:
            return
        before, self.tool_info = self.tool, info
        self.tool = info.make(self)
        before.leave()
        self.tool_changed.emit()
        self.sketch_changed.emit()

    def set_target(self, role: Role) -> None:
        if role != self.target:
            self.target = role
            self.target_changed.emit()

    def set_brush(self, width_px: float) -> None:
        self.brush_px = width_px
        self.sketch_changed.emit()

    def select(self, places: Iterable[Place], vertex: int | None = None) -> None:
        self.selection = tuple(dict.fromkeys(places))
        self.vertex = vertex
        self.selection_changed.emit()

    def select_all(self) -> None:
        """Select every shape that is shown."""
        self.select(each.place for each in self.drawn() if each.entry.visible)

    def say(self, kind: RemarkKind, text: str) -> None:
        self.session.remarked.emit(Remark("draw", kind, text))

    # ---- acts

    def change(self, preset: Preset, what: str, drag: int = 0) -> None:
        """Put other settings of the present camera in force as one undo step."""
        self.session.document.change(preset, what, drag)

    def add(self, shape: Any, role: Role | None = None) -> None:
        """Add a shape that was drawn, and select it."""
        wanted = self.target if role is None else role
        if not isinstance(shape, SHAPE_KINDS):
            wanted = "zone"
        self.add_entries([ShapeEntry(role=wanted, shape=shape)], f"draw {shape.label.lower()}")
        if not self.tool_info.stays:
            self.use(SELECT)

    def add_entries(self, entries: list[ShapeEntry], what: str) -> None:
        """Add shapes as one step, zones in colours that are not there yet, and select them."""
        coloured = []
        used = [zone.colour for zone in self.preset.zones]
        for entry in entries:
            colour = entry.colour
            if entry.role == "zone" and not colour:
                colour = min(OKABE_ITO, key=used.count)
            used.append(colour)
            coloured.append(entry.model_copy(update={"colour": colour}))
        preset, places = added(self.preset, coloured)
        self.change(preset, what)
        if not self.locked:
            self.select(places)

    def reshape(self, shapes: Mapping[Place, Any], what: str, drag: int = 0) -> None:
        """Put other shapes in the places of some; None takes one away."""
        self.change(reshaped(self.preset, shapes), what, drag)

    def set_entries(self, entries: Mapping[Place, ShapeEntry | None], what: str, drag: int = 0) -> None:
        """Change names, colours and so on."""
        self.change(changed(self.preset, entries), what, drag)

    def set_look(self, what: str, drag: int = 0, **fields: Any) -> None:
        """Change the same fields of all that is selected."""
        entries: dict[Place, ShapeEntry | None] = {
            each.place: each.entry.model_copy(update=fields) for each in self.selected
        }
        self.set_entries(entries, what, drag)

    def words(self) -> str:
        """Return what is selected in a word or two, for the undo menu."""
        only = self.only
        return only.label if only is not None else f"{len(self.selected)} shapes"

    def delete(self) -> None:
        """Take away the vertex that was touched last, else all that is selected."""
        only = self.only
        if only is not None and self.vertex is not None:
            self.delete_vertex(only, self.vertex)
            return
        if self.selected:
            what = f"delete {self.words()}"
            places = [each.place for each in self.selected]
            self.select(())
            self.reshape(dict.fromkeys(places), what)

    def delete_vertex(self, of: Drawn, number: int) -> None:
        shape = without_vertex(of.shape, number)
        if shape is of.shape:
            self.say("info", "No corner can be taken away: fewer would be no shape any more.")
            return
        self.vertex = None
        self.reshape({of.place: shape}, f"remove a corner of {of.label}")

    def nudge(self, dx: float, dy: float, drag: int) -> None:
        """Move what is selected a little; presses with the same drag number are one step."""
        shapes = {each.place: moved(each.shape, dx, dy) for each in self.selected}
        self.reshape(shapes, f"move {self.words()}", drag)

    def duplicate(self) -> None:
        """Put a copy of what is selected beside it."""
        if self.selected:
            self.add_entries([_apart(each.entry) for each in self.selected], f"duplicate {self.words()}")

    def copy(self) -> None:
        """Put what is selected on the clipboard, as JSON."""
        if self.selected:
            QGuiApplication.clipboard().setText(shape_file.to_text(each.entry for each in self.selected))

    def paste(self) -> None:
        """Add the shapes that are on the clipboard, from this or another preset, camera or window."""
        try:
            entries, problems = shape_file.parse_text(QGuiApplication.clipboard().text(), "the clipboard")
        except SettingsError as error:
            self.say("info", str(error))
            return
        if problems:
            self.say("warn", f"Not all could be pasted. {problems[0]}")
        there = {(each.entry.role, each.shape) for each in self.drawn()}
        entries = [_apart(entry) if (entry.role, entry.shape) in there else entry for entry in entries]
        if entries:
            self.add_entries(entries, "paste a shape" if len(entries) == 1 else f"paste {len(entries)} shapes")

    def align(self, how: Align) -> None:
        """Align several, see `shape_edit.aligned`."""
        self._rearrange(aligned([each.shape for each in self.selected], how), "align")

    def spread(self, along: Literal["x", "y"]) -> None:
        """Put several at equal distances."""
        self._rearrange(spread([each.shape for each in self.selected], along), "spread")

    def mirror(self, across: Literal["x", "y"]) -> None:
        """Mirror what is selected in its own middle."""
        boxes = [bounds(each.shape) for each in self.selected]
        if boxes:
            axis = 0 if across == "x" else 1
            middle = (min(box[axis] for box in boxes) + max(box[axis + 2] for box in boxes)) / 2
            self._rearrange([mirrored(each.shape, across, middle) for each in self.selected], "mirror")

    def _rearrange(self, shapes: list[Any], what: str) -> None:
        chosen = self.selected
        self.reshape({each.place: shape for each, shape in zip(chosen, shapes, strict=True)}, f"{what} {self.words()}")

    def order(self, to: Literal["front", "back", "up", "down"]) -> None:
        """Put what is selected in front of or behind others of its role."""
        words = {"front": "bring {} to the front", "back": "send {} to the back", "up": "bring {} forward",
                 "down": "send {} backward"}[to]  # fmt: skip
        preset, places = reordered(self.preset, self.selection, to)
        words = words.format(self.words())
        self.selection = ()
        self.change(preset, words)
        self.select(places)

    # ---- the scale

    def set_scale_line(self, line: tuple[Point, Point]) -> None:
        """Measure along another line: at once where its length is known, else when that is typed."""
        scale = self.preset.scale
        if scale is not None and scale.length_mm is not None:
            self.set_scale(Scale(line=line, length_mm=scale.length_mm))
        else:
            self.scale_line = line
            self.sketch_changed.emit()
            self.length_wanted.emit()

    def set_scale_length(self, length_mm: float) -> None:
        """Say how long the line is that was drawn last."""
        scale = self.preset.scale
        line = self.scale_line or (None if scale is None else scale.line)
        if line is not None:
            self.set_scale(Scale(line=line, length_mm=length_mm))

    def set_scale(self, scale: Scale | None) -> None:
        """Put another scale in force; None for none."""
        self.scale_line = None
        self.change(replace(self.preset, scale=scale), "set the scale" if scale else "remove the scale")
        self.sketch_changed.emit()

    # ---- elsewhere

    def copy_to_camera(self, number: int) -> None:
        """Add what is selected (all zones where nothing is) to another camera's settings."""
        whole = self.session.document.whole
        chosen = self.selected or [each for each in self.drawn() if each.entry.role == "zone"]
        other, _ = added(whole.camera(number), [each.entry for each in chosen])
        what = f"copy {len(chosen)} shapes to camera {number + 1}"
        self.session.document.change_whole(whole.with_camera(number, other), what)

    def set_arenas(self, shapes: tuple[Any, ...], animals: int) -> None:
        """Put arenas in the place of those that are there, with so many animals in each."""
        preset = self.preset
        update = {"arenas": shapes, "animals": animals}
        tracker = replace(preset.tracker, params=preset.tracker.params.model_copy(update=update))
        self.select(())
        self.change(replace(preset, tracker=tracker), f"make {len(shapes)} arenas")


def _apart(entry: ShapeEntry) -> ShapeEntry:
    return entry.model_copy(update={"shape": moved(entry.shape, APART_PX, APART_PX)})


def editor_of(session: Session) -> Editor:
    """Return the session's editor, made on first use."""
    there = session.findChild(Editor)
    return there if isinstance(there, Editor) else Editor(session)
