"""Journey 3: a well plate of 24 arenas with one animal each, to a table and plots by well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtGui import QDesktopServices

from tracker_gui.core.h264_file import H264File, i420
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.qt.batch.batch_window import BatchWindow
from tracker_gui.qt.editors.grid_dialog import GridDialog
from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene

if TYPE_CHECKING:
    from pathlib import Path

SCENE = ArenaScene(
    animals=24, arena="wells", seed=4, width_px=720, height_px=480, duration_s=5.0, body_length_px=18
)  # fmt: skip


@pytest.fixture
def plate(tmp_path: Path) -> tuple[Path, Arena]:
    arena = Arena(SCENE)
    path = tmp_path / "plate.mp4"
    video = H264File(path, SCENE.size_px, SCENE.rate_hz, crf=18, speed="veryfast")
    for k in range(SCENE.frame_count):
        video.write(i420(ArrayPicture(arena.picture(k))), k / SCENE.rate_hz)
    video.close()
    return path, arena


def travelled_px(arena: Arena, animal: int) -> float:
    way = np.array([arena.truth(k).xy_px[animal] for k in range(SCENE.frame_count)])
    return float(np.hypot(*np.diff(way, axis=0).T).sum())


def test_twenty_four_arenas_give_a_table_by_well(
    journey: Any, plate: tuple[Path, Arena], rows_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, arena = plate
    wells = SCENE.walls()
    user = journey("well-plate")
    window = user.window
    user.drop(path)
    user.until(lambda: window.session.newest is not None)
    user.menu("arena_grid")
    (dialog,) = window.findChildren(GridDialog)
    # 4 x 6 is what the dialog begins with; its corner wells are dragged onto those of the picture.
    user.drag_picture(dialog.grid.first, wells[0].centre)
    user.drag_picture(dialog.grid.last, wells[-1].centre)
    user.shot("grid")
    user.click(dialog.make)
    assert [each.name for each in window.document.preset.tracker.params.arenas] == [well.name for well in wells]
    user.button("tool_animal")
    x, y = arena.truth(0).xy_px[0]
    user.click_picture((float(x), float(y)))
    user.click(window.picture.proposal.accept)
    user.until(lambda: len(window.session.newest.snapshot.detections) == 24)
    user.shot("found")

    user.menu("batch")
    (batch,) = window.findChildren(BatchWindow)
    assert batch.model.rowCount() == 1
    user.click(batch.start)
    user.until(lambda: not batch.is_running and batch.results.rowCount() == 24)
    user.shot("results", batch)
    rows = {row["arena"]: row for row in rows_of(tmp_path / "batch" / "batch_animals.csv")}
    assert list(rows) == [well.name for well in wells]
    for number, well in enumerate(wells):
        assert float(rows[well.name]["found_share"]) > 0.99
        assert float(rows[well.name]["distance_px"]) == pytest.approx(travelled_px(arena, number), rel=0.1)
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    user.click(batch.report)
    report = tmp_path / "batch" / "batch_report.html"
    assert opened == [str(report)]
    assert "D6" in report.read_text(encoding="utf-8")
    assert len(user.acts) < 15
