"""Every change of the preset is an undo step, and undo brings back exactly what was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker_gui.core import registry
from tracker_gui.core.errors import OutputError
from tracker_gui.core.preset import Preset, choice
from tracker_gui.qt.document import PresetDocument, new_drag

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

IMAGE_STAGES = st.sampled_from(registry.names("image"))


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Return a list of acts, each a kind and its figures."""
    acts = st.one_of(
        st.tuples(st.just("offset"), st.integers(-50, 50)),
        st.tuples(st.just("animals"), st.integers(1, 500)),
        st.tuples(st.just("add"), IMAGE_STAGES),
        st.tuples(st.just("remove"), st.integers(0, 5)),
        st.tuples(st.just("swap"), st.integers(0, 5)),
        st.tuples(st.just("switch"), st.integers(0, 5)),
        st.tuples(st.just("source"), st.integers(0, 1000)),
        st.tuples(st.just("undo"), st.just(0)),
        st.tuples(st.just("redo"), st.just(0)),
    )
    return draw(st.lists(acts, max_size=25))


def apply(document: PresetDocument, act: str, figure: Any) -> None:
    preset = document.preset
    chain = list(preset.image)
    if act == "offset":
        params = preset.detector.params.model_copy(update={"offset": float(figure)})
        document.change_stage("detector", replace(preset.detector, params=params), "offset")
    elif act == "animals":
        document.change_stage("tracker", preset.with_tracker(animals=figure).tracker, "animals")
    elif act == "add":
        document.change_list("image", (*chain, choice("image", figure)), "add")
    elif act == "source":
        document.change_stage("source", choice("sources", "simulated", seed=figure), "source")
    elif act == "undo":
        document.undo_stack.undo()
    elif act == "redo":
        document.undo_stack.redo()
    elif chain:
        at = figure % len(chain)
        if act == "remove":
            del chain[at]
        elif act == "switch":
            chain[at] = replace(chain[at], enabled=not chain[at].enabled)
        else:
            chain[0], chain[at] = chain[at], chain[0]
        document.change_list("image", tuple(chain), act)


@given(edits())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undo_and_redo_restore_the_preset_exactly(qapp: QApplication, acts: list[tuple[str, Any]]) -> None:
    document = PresetDocument()
    seen = {0: document.preset}
    for act, figure in acts:
        apply(document, act, figure)
        index = document.undo_stack.index()
        if act in ("undo", "redo"):
            assert document.preset == seen[index]
        else:
            seen[index] = document.preset
    stack = document.undo_stack
    end = document.preset
    for index in reversed(range(stack.index())):
        stack.undo()
        assert document.preset == seen[index]
    assert document.preset == Preset()
    while stack.index() < len(seen) and stack.canRedo() and document.preset != end:
        stack.redo()
    assert document.preset == end


def test_changes_of_one_drag_are_one_step(qapp: QApplication) -> None:
    document = PresetDocument()
    drag = new_drag()
    for animals in (2, 3, 4, 5):
        document.change_stage("tracker", document.preset.with_tracker(animals=animals).tracker, "animals", drag)
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.preset == Preset()


def test_two_drags_are_two_steps(qapp: QApplication) -> None:
    document = PresetDocument()
    for animals in (2, 3):
        drag = new_drag()
        document.change_stage("tracker", document.preset.with_tracker(animals=animals).tracker, "animals", drag)
    assert document.undo_stack.count() == 2


def test_a_drag_back_to_where_it_began_leaves_no_step(qapp: QApplication) -> None:
    document = PresetDocument()
    drag = new_drag()
    for animals in (2, 3, 1):
        document.change_stage("tracker", document.preset.with_tracker(animals=animals).tracker, "animals", drag)
    assert document.undo_stack.count() == 0


def test_a_change_to_the_same_is_no_step(qapp: QApplication) -> None:
    document = PresetDocument()
    document.change(Preset(), "nothing")
    assert document.undo_stack.count() == 0


def test_a_locked_document_cannot_be_changed(qapp: QApplication) -> None:
    document = PresetDocument()
    document.set_locked(True)
    document.change_stage("tracker", document.preset.with_tracker(animals=9).tracker, "animals")
    assert document.preset == Preset()


def test_what_is_saved_opens_as_the_same(qapp: QApplication, tmp_path: Path, preset: Preset) -> None:
    document = PresetDocument()
    document.begin(preset)
    document.save(tmp_path / "p.json")
    assert document.is_saved
    other = PresetDocument()
    assert other.open(tmp_path / "p.json") == []
    assert other.preset == document.preset == preset


def test_a_preset_without_a_name_is_named_after_its_file(qapp: QApplication, tmp_path: Path) -> None:
    document = PresetDocument()
    document.save(tmp_path / "ants at night.json")
    assert json.loads((tmp_path / "ants at night.json").read_text(encoding="utf-8"))["name"] == "ants at night"


def test_a_file_that_cannot_be_written_leaves_the_changes_unsaved(qapp: QApplication, tmp_path: Path) -> None:
    document = PresetDocument()
    document.change_stage("tracker", document.preset.with_tracker(animals=9).tracker, "animals")
    with pytest.raises(OutputError):
        document.save(tmp_path / "no such folder" / "p.json")
    assert not document.is_saved
    assert document.path is None


def test_a_preset_without_a_source_keeps_the_one_that_is_open(
    qapp: QApplication, tmp_path: Path, preset: Preset
) -> None:
    document = PresetDocument()
    document.begin(preset)
    flat = tmp_path / "params.json"
    flat.write_text('{"block_size": 31, "offset": 9, "min_area": 20, "max_area": 900, "invert": 1, "fps": 30}')
    assert document.open(flat) == []
    assert document.preset.source == preset.source
    assert document.path is None, "the other program's file must not be saved over"
