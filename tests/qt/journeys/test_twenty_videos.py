"""Journey 7: twenty videos, one preset, one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QDesktopServices

from tracker_gui.core.preset import save
from tracker_gui.qt.batch.batch_window import BatchWindow
from tracker_gui.qt.batch.video_model import SETTINGS, STATE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tracker_gui.core.preset import Preset


def shown(batch: BatchWindow, column: int) -> list[str]:
    return [batch.model.index(row, column).data() for row in range(batch.model.rowCount())]


def test_twenty_videos_one_preset_one_table(
    journey: Any, arena_settings: Preset, arena_videos: Callable[..., list[Path]], tmp_path: Path, rows_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    here = [tmp_path / path.name for path in arena_videos(20)]
    for copy, path in zip(here, arena_videos(20), strict=True):
        copy.write_bytes(path.read_bytes())
    save(arena_settings, tmp_path / "dish.json")
    user = journey("twenty-videos")
    user.drop(tmp_path / "dish.json")
    user.menu("batch")
    (batch,) = user.window.findChildren(BatchWindow)
    user.drop(*here, on=batch)
    assert shown(batch, SETTINGS) == ["Open: two in a dish"] * 20
    user.click(batch.start)
    user.until(lambda: not batch.is_running)
    assert shown(batch, STATE) == ["Done"] * 20
    assert batch.words.text() == "20 videos: 20 done."
    assert batch.results.rowCount() == 40
    user.shot("done", batch)
    assert len(rows_of(tmp_path / "batch" / "batch_animals.csv")) == 40
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    user.click(batch.report)
    assert opened == [str(tmp_path / "batch" / "batch_report.html")]
    assert len(user.acts) == 6
