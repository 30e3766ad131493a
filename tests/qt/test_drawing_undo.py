"""Hundreds of edits, undos and redos in any order leave exactly the settings that a plain list of them would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from tracker_gui.core.arena_grid import ArenaGrid
from tracker_gui.core.drawing import drawn
from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Line, Mark, Polygon, Rectangle
from tracker_gui.core.preset import Preset, parse, to_document
from tracker_gui.core.scale import Scale
from tracker_gui.core.shape_handles import figures, handles
from tracker_gui.qt.document import PresetDocument, new_drag
from tracker_gui.qt.editors.editor import Editor
from tracker_gui.qt.editors.ground_draft import DraftPoint, ground_draft_of
from tracker_gui.qt.editors.pick import place_of
from tracker_gui.qt.editors.tool import Pointer

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

places = st.tuples(st.integers(-20, 660).map(float), st.integers(-20, 500).map(float))
sides = st.integers(1, 300).map(float)
shapes = st.one_of(
    st.builds(Rectangle, centre=places, width=sides, height=sides, angle_deg=st.integers(-180, 180).map(float)),
    st.builds(Circle, centre=places, radius=sides), st.builds(Ellipse, centre=places, radius_x=sides, radius_y=sides),
    st.lists(places, min_size=3, max_size=6, unique=True).map(lambda points: Polygon(points=tuple(points))),
    st.lists(places, min_size=2, max_size=4, unique=True).map(lambda points: Line(points=tuple(points))),
    st.lists(places, min_size=2, max_size=2, unique=True).map(lambda p: HalfPlane(start=p[0], end=p[1])),
    st.builds(Mark, at=places),
)  # fmt: skip
pulls = st.lists(places, min_size=2, max_size=4)
tools = st.sampled_from(
    ["rectangle", "circle", "ellipse", "polygon", "half_plane", "line", "mark", "brush", "eraser", "scale", "select"]
)


class Desk(QObject):
    """What an editor needs of a session: a document, and somebody who listens."""

    remarked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.document = PresetDocument(self)
        self.info = None


class Drawing(RuleBasedStateMachine):
    """The model is a list of presets and a place in it."""

    def __init__(self) -> None:
        super().__init__()
        QGuiApplication.clipboard().clear()
        self.desk = Desk()
        self.editor = Editor(self.desk)  # type: ignore[arg-type]
        self.history: list[Preset] = [self.desk.document.preset]
        self.at = 0

    @property
    def now(self) -> Preset:
        return self.desk.document.preset

    def did(self, most: int = 1) -> None:
        """Take down what an act has done: nothing, or one step (some acts take up to `most`)."""
        index = self.desk.document.undo_stack.index()
        done = index - self.at
        if done == 0:
            assert self.now == self.history[self.at]
            return
        assert 0 < done <= most, f"one act made {done} steps"
        self.history[self.at + 1 :] = [None] * (done - 1) + [self.now]  # type: ignore[list-item]
        self.at = index

    # ---- acts of the tools, through the tools themselves

    def pull(self, way: list[Any], **keys: bool) -> None:
        tool = self.editor.tool
        tool.press(Pointer(way[0], 5.0, 1.0, **keys))
        for place in way[1:]:
            tool.move(Pointer(place, 5.0, 1.0, **keys), True)
        tool.release(Pointer(way[-1], 5.0, 1.0, **keys))

    @rule(name=tools, way=pulls, shift=st.booleans(), alt=st.booleans())
    def draw(self, name: str, way: list[Any], shift: bool, alt: bool) -> None:
        self.editor.use(name)
        if name in ("polygon", "line"):
            for place in way:
                self.editor.tool.press(Pointer(place, 5.0, 1.0))
            self.editor.tool.enter()
            self.editor.tool.drop()
            # A click on the first corner closed one polygon, and the rest may have made a second.
            self.did(most=2)
            return
        self.pull(way, shift=shift, alt=alt)
        if name == "scale":
            self.editor.set_scale_length(25.0)
        self.did(most=2 if name == "scale" else 1)

    @rule(role=st.sampled_from(["zone", "keep", "ignore", "arena"]))
    def aim(self, role: Any) -> None:
        self.editor.set_target(role)

    @rule(shape=shapes, role=st.sampled_from(["zone", "keep", "ignore", "arena"]))
    def add(self, shape: Any, role: Any) -> None:
        self.editor.add(shape, role)
        self.did()

    @rule(data=st.data())
    def select(self, data: st.DataObject) -> None:
        there = [each.place for each in self.editor.drawn()]
        if there:
            self.editor.select(data.draw(st.lists(st.sampled_from(there), max_size=4)))

    @precondition(lambda self: self.editor.only is not None and handles(self.editor.only.shape))
    @rule(data=st.data(), to=places, shift=st.booleans())
    def drag_handle(self, data: st.DataObject, to: Any, shift: bool) -> None:
        only = self.editor.only
        assert only is not None
        self.editor.use("select")
        start = place_of(data.draw(st.sampled_from(handles(only.shape))), 1.0)
        self.pull([start, to], shift=shift)
        self.did()

    @rule(dx=st.integers(-9, 9), dy=st.integers(-9, 9), times=st.integers(1, 4))
    def nudge(self, dx: int, dy: int, times: int) -> None:
        drag = new_drag()
        for _ in range(times):
            self.editor.nudge(dx, dy, drag)
        self.did()

    @rule(place=places)
    def double_click(self, place: Any) -> None:
        self.editor.use("select")
        self.editor.tool.double_click(Pointer(place, 40.0, 1.0))
        self.did()

    @rule(
        act=st.sampled_from(["duplicate", "delete", "copy", "paste", "select_all"]),
    )
    def plain(self, act: str) -> None:
        if act == "select_all" or len(self.editor.drawn()) < 40:  # copies of copies would fill the machine
            getattr(self.editor, act)()
        self.did()

    @precondition(lambda self: len(self.editor.selection) > 1)
    @rule(how=st.sampled_from(["left", "right", "top", "bottom", "centre x", "centre y"]), along=st.sampled_from("xy"))
    def align(self, how: Any, along: Any) -> None:
        self.editor.align(how)
        self.did()
        self.editor.spread(along)
        self.did()

    @rule(to=st.sampled_from(["front", "back", "up", "down"]))
    def order(self, to: Any) -> None:
        self.editor.order(to)
        self.did()

    @rule(across=st.sampled_from("xy"))
    def mirror(self, across: Any) -> None:
        self.editor.mirror(across)
        self.did()

    @rule(percents=st.lists(st.integers(0, 100), min_size=1, max_size=5))
    def fade(self, percents: list[int]) -> None:
        drag = new_drag()
        for percent in percents:
            self.editor.set_look("fade", drag, opacity_01=percent / 100)
        self.did()

    @precondition(lambda self: self.editor.only is not None)
    @rule(data=st.data(), value=st.integers(-50, 400), name=st.text(min_size=1, max_size=5))
    def type_figures(self, data: st.DataObject, value: int, name: str) -> None:
        from tracker_gui.core.shape_handles import with_figure

        only = self.editor.only
        assert only is not None
        figure = data.draw(st.sampled_from(figures(only.shape)))
        self.editor.reshape({only.place: with_figure(only.shape, figure.name, float(value))}, "type")
        self.did()
        self.editor.set_entries({only.place: only.entry.model_copy(update={"name": name})}, "rename")
        self.did()

    @rule(rows=st.integers(1, 3), columns=st.integers(1, 3), animals=st.integers(1, 4))
    def plate(self, rows: int, columns: int, animals: int) -> None:
        grid = ArenaGrid(rows=rows, columns=columns, first=(50, 50), last=(400, 300), width_px=40, height_px=40)
        self.editor.set_arenas(grid.arenas(), animals)
        self.did()

    @rule(value=st.one_of(st.none(), st.floats(0.01, 10)))
    def scale(self, value: float | None) -> None:
        self.editor.set_scale(None if value is None else Scale(typed_mm_per_px=value))
        self.did()

    @rule(place=places, known=st.booleans(), take=st.booleans())
    def ground(self, place: Any, known: bool, take: bool) -> None:
        draft = ground_draft_of(self.editor)
        if take and draft.points:
            draft.remove(0)
        else:
            where = (place[0] / 100, place[1] / 100) if known else None
            draft.put((*draft.points, DraftPoint(place, where)), "ground")
        self.did()

    # ---- back and forth

    @precondition(lambda self: self.at > 0)
    @rule(times=st.integers(1, 6))
    def undo(self, times: int) -> None:
        for _ in range(min(times, self.at)):
            self.desk.document.undo_stack.undo()
            self.at -= 1

    @precondition(lambda self: self.at < len(self.history) - 1)
    @rule(times=st.integers(1, 6))
    def redo(self, times: int) -> None:
        for _ in range(min(times, len(self.history) - 1 - self.at)):
            self.desk.document.undo_stack.redo()
            self.at += 1

    # ---- what must always hold

    @invariant()
    def is_where_the_list_is(self) -> None:
        stack = self.desk.document.undo_stack
        assert stack.index() == self.at
        assert stack.count() == len(self.history) - 1
        if self.history[self.at] is not None:
            assert self.now == self.history[self.at]
        else:
            self.history[self.at] = self.now

    @invariant()
    def selection_is_of_what_there_is(self) -> None:
        there = {each.place for each in drawn(self.now)}
        assert set(self.editor.selection) <= there

    def teardown(self) -> None:
        document = to_document(self.now)
        assert parse(document, "p.json") == (self.now, [])
        for at in range(self.at, -1, -1):
            if self.history[at] is not None:
                assert self.now == self.history[at]
            self.desk.document.undo_stack.undo()
        assert self.now == Preset()
        self.desk.document.undo_stack.clear()  # else the garbage collector and the stack both delete the commands
        self.desk.deleteLater()


def test_undo_and_redo_of_hundreds_of_edits(dressed: QApplication) -> None:
    run_state_machine_as_test(
        Drawing, settings=settings(max_examples=20, stateful_step_count=300, deadline=None,
                                   suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
