"""Journey 8: go to each problem of a track, mend it, export; the result equals the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tracker_gui.analysis.corrections import corrected
from tracker_gui.analysis.track_grid import LOST
from tracker_gui.analysis.track_problems import ProblemKind
from tracker_gui.exchange.editable_tracks import read_editable_tracks
from tracker_gui.qt.review.review_window import ReviewWindow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

#: How far a straight line over a short gap may lie from the true way; the bodies are 20 px long.
NEAR_PX = 2.0


def test_planted_swaps_and_gaps_are_repaired_and_the_export_equals_the_truth(
    journey: Any, scene: Any, qtbot: QtBot
) -> None:
    """Ten swaps and ten gaps: next, mend, and so on; two of the gaps are filled by clicks on the picture."""
    swaps, gaps = scene.planted_mistakes()
    scene.spoil(*gaps, *swaps)
    user = journey("correct")
    user.menu("review")
    (window,) = user.window.findChildren(ReviewWindow)
    user.drop(scene.run, on=window)
    user.until(lambda: window.document.table is not None and not window.document.is_searching)
    user.until(lambda: window.view.newest is not None)
    user.click(window.problems.kinds[ProblemKind.MERGE])
    found = [problem.kind for problem in window.problems.shown]
    assert (found.count(ProblemKind.SWAP), found.count(ProblemKind.MISS)) == (10, 10)
    user.shot("problems", window)

    clicked = 0
    while window.problems.shown:
        user.key(Qt.Key.Key_N, on=window)
        problem = window.problems.current
        assert problem is not None
        if problem.kind is ProblemKind.MISS and clicked < 2:
            clicked += 1
            click_through(user, window, scene)
        else:
            user.key(Qt.Key.Key_M, on=window)
        user.until(lambda: not window.document.is_searching)
        assert len(user.acts) < 100, "\n".join(window.notices.sentences)
    assert len(user.acts) <= 6 + 2 * 20 + 2 * 10
    user.shot("mended", window)

    out = scene.folder / "mended.csv"
    with qtbot.waitSignal(window.document.exported, timeout=60_000):
        user.choose_file(out, lambda: user.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier, on=window))
    mended, truth = read_editable_tracks(out).table, scene.truth.table
    assert (mended.state != LOST).all()
    apart = np.hypot(*np.moveaxis(mended.xy_px - truth.xy_px, 2, 0))
    in_gap = corrected(truth, gaps).state == LOST
    assert in_gap.sum() == sum(gap.last_frame - gap.first_frame + 1 for gap in gaps)
    assert (apart[~in_gap] == 0).all()
    assert apart[in_gap].max() < NEAR_PX
    rows, true_rows = out.read_text().splitlines(), scene.truth.path.read_text().splitlines()
    same = [row == true for row, true in zip(rows[1:], true_rows[1:], strict=True)]
    # Word for word: area and all, only the speeds behind a mend are measured anew.
    places = [row.split(",")[:6] == true.split(",")[:6] for row, true in zip(rows[1:], true_rows[1:], strict=True)]
    assert places.count(False) == in_gap.sum()
    assert same.count(False) < len(same) // 5
    log = (scene.folder / "mended_log.csv").read_text().splitlines()
    kinds = [row.split(",")[2] for row in log[1:]]
    assert (kinds.count("swap"), kinds.count("interpolate")) == (10, 8)
    assert set(kinds) == {"swap", "interpolate", "place"}
    # What was tracked is as it was.
    assert read_editable_tracks(scene.tracks).table.state.tolist() == corrected(truth, [*gaps, *swaps]).state.tolist()


def click_through(user: Any, window: ReviewWindow, scene: Any) -> None:
    """Place the animal of the present gap by clicking where the picture shows it."""
    problem = window.problems.current
    assert problem is not None
    # Who it is under the swaps that are not mended yet: the one whose body no track lies on.
    user.key(Qt.Key.Key_A, on=window)
    for frame in range(problem.first_frame, problem.last_frame + 1):
        user.until(lambda frame=frame: window.view.newest.snapshot.frame.index == frame == window.frame)
        table = window.document.table
        assert table is not None
        taken = table.xy_px[frame][table.state[frame] != LOST]
        (free,) = (place for place in scene.truth.table.xy_px[frame] if np.hypot(*(taken - place).T).min() > 0.01)
        viewport = window.picture.viewport()
        user.acts.append(f"click the picture at {free[0]:.0f}, {free[1]:.0f}")
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=window.picture.mapFromScene(QPointF(*free)))
    user.key(Qt.Key.Key_A, on=window)
    assert not window.picture.placing
