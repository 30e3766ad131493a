"""A click on an animal proposes the detector's settings, in the real window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from tracker_gui.core.preset import choice
from tracker_gui.qt.editors.blob_draft import NOTHING_THERE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

PATIENCE_MS = 20_000


def animals(hand: Any) -> list[tuple[float, float]]:
    """Return where the simulated animals are on the shown frame."""
    scene = hand.window.document.preset.source.make()
    scene.open()
    truth = scene.truth(hand.window.session.newest.snapshot.frame.index)
    scene.close()
    return [(float(x), float(y)) for x, y in truth.xy_px]


def spoil(hand: Any, qtbot: QtBot) -> None:
    """Put a detector in force that finds nothing."""
    areas = {"min_area_px2": 5000, "max_area_px2": 9000}
    detector = choice("detectors", "blobs", polarity="lighter", offset=90, **areas)
    hand.window.document.change_stage("detector", detector, "spoil")
    qtbot.waitUntil(lambda: len(hand.window.session.newest.snapshot.detections) == 0, timeout=PATIENCE_MS)


@pytest.mark.parametrize("with_keys", [True, False])
def test_accepting_what_a_click_proposes_finds_the_animals_and_is_one_step(
    hand: Any, qtbot: QtBot, with_keys: bool
) -> None:
    spoil(hand, qtbot)
    before, steps = hand.window.document.preset, hand.steps
    hand.take("animal")
    hand.click(animals(hand)[0])
    bar = hand.window.picture.proposal
    assert bar.isVisible()
    assert "darker" in bar.figures.text()
    assert "3 blobs are found on the clicked frame, for 3 animals" in bar.why.text()
    assert hand.window.document.preset == before
    if with_keys:
        hand.key(Qt.Key.Key_Return)
    else:
        qtbot.mouseClick(bar.accept, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    assert hand.steps == steps + 1
    qtbot.waitUntil(lambda: len(hand.window.session.newest.snapshot.detections) == 3, timeout=PATIENCE_MS)
    assert hand.window.document.preset.detector.params.polarity == "darker"
    hand.act("undo")
    assert hand.window.document.preset == before


@pytest.mark.parametrize("with_keys", [True, False])
def test_a_proposal_that_is_given_up_changes_nothing(hand: Any, qtbot: QtBot, with_keys: bool) -> None:
    before, steps = hand.window.document.preset, hand.steps
    hand.take("animal")
    hand.click(animals(hand)[0])
    bar = hand.window.picture.proposal
    assert bar.isVisible()
    if with_keys:
        hand.key(Qt.Key.Key_Escape)
    else:
        qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    assert not hand.pane.editing.shown.shapes
    assert not hand.pane.editing.shown.points
    assert hand.editor.tool_info.name == "animal"
    assert (hand.window.document.preset, hand.steps) == (before, steps)


def test_the_clicked_animal_is_outlined_until_another_frame_is_shown(
    hand: Any, wait_for_index: Callable[..., None]
) -> None:
    hand.take("animal")
    place = animals(hand)[1]
    hand.click(place)
    (outlined,) = hand.pane.editing.shown.shapes
    xs, ys = zip(*outlined.shape.points, strict=True)
    assert min(xs) <= place[0] <= max(xs)
    assert min(ys) <= place[1] <= max(ys)
    assert len(hand.pane.editing.shown.points) == 2
    hand.act("forward")
    wait_for_index(hand.window, 1)
    assert not hand.pane.editing.shown.shapes
    assert hand.window.picture.proposal.isVisible()


def test_a_click_on_the_ground_says_what_to_do(hand: Any, qtbot: QtBot) -> None:
    hand.take("animal")
    x, y = max(
        ((x, y) for x in range(60, 140, 5) for y in range(40, 110, 5)),
        key=lambda p: min((p[0] - a[0]) ** 2 + (p[1] - a[1]) ** 2 for a in animals(hand)),
    )
    with qtbot.waitSignal(hand.window.session.remarked) as told:
        hand.click((x, y))
    assert told.args[0].text == NOTHING_THERE
    assert not hand.window.picture.proposal.isVisible()


def test_a_click_mends_settings_that_cannot_be_used(hand: Any, qtbot: QtBot) -> None:
    # Without a step that makes a background.
    hand.window.document.change_stage("detector", choice("detectors", "blobs", method="background"), "spoil")
    qtbot.waitUntil(lambda: hand.window.session.state.problem is not None, timeout=PATIENCE_MS)
    hand.take("animal")
    hand.click(animals(hand)[0])
    hand.key(Qt.Key.Key_Return)
    assert hand.window.document.preset.detector.params.method == "adaptive"
    qtbot.waitUntil(lambda: hand.window.session.state.problem is None, timeout=PATIENCE_MS)


def test_other_settings_or_another_tool_drop_the_proposal(hand: Any, qtbot: QtBot) -> None:
    bar = hand.window.picture.proposal
    hand.take("animal")
    hand.click(animals(hand)[0])
    hand.window.session.use_animals(2)
    assert not bar.isVisible()
    hand.click(animals(hand)[0])
    assert bar.isVisible()
    hand.take("polygon")
    assert not bar.isVisible()


def test_the_bar_leaves_the_clicked_animal_to_be_seen(hand: Any) -> None:
    hand.take("animal")
    bar = hand.window.picture.proposal
    for place in animals(hand):
        hand.click(place)
        assert not bar.geometry().contains(hand.pane.mapFromScene(*place))
        assert hand.pane.rect().contains(bar.geometry())
