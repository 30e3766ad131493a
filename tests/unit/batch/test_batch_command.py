"""``tracker-gui batch``: what is typed, what is printed, what is written, and the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tracker_gui.cli import main
from tracker_gui.core.preset import save

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.preset import Preset

    Videos = Callable[..., list[Path]]


@pytest.fixture
def typed(
    tmp_path: Path, arena_videos: Videos, arena_settings: Preset, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Return a function that types a batch in a folder with two videos."""
    for number, path in enumerate(arena_videos(2)):
        (tmp_path / f"day{number}.mp4").write_bytes(path.read_bytes())
    save(arena_settings, tmp_path / "dish.json")
    monkeypatch.chdir(tmp_path)
    return lambda *words: main(["batch", *words, "--preset", "dish.json"])


def test_a_pattern_is_tracked_into_tables_and_a_report_and_resumed(
    typed: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("day*.mp4", "--out", "out", "--jobs", "1") == 0
    assert "2 of 2 videos are done\n" in capsys.readouterr().out
    assert {"batch_animals.csv", "batch_animals.parquet", "batch_zones.csv", "batch_report.html", "day0", "day1"} <= {
        path.name for path in Path("out").iterdir()
    }
    assert typed("day*.mp4", "--out", "out") == 2
    assert "holds the results of a batch already" in capsys.readouterr().err
    assert typed("day*.mp4", "--out", "out", "--jobs", "1", "--resume") == 0
    assert "2 of 2 videos are done (2 of them before)" in capsys.readouterr().out


def test_a_failure_is_named_with_its_reason_and_is_3(
    typed: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty.mp4").touch()
    assert typed("day0.mp4", "empty.mp4", "--out", "out", "--jobs", "1", "--quiet") == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("empty.mp4: failed. ")
    assert "is empty (0 bytes)" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--jobs", "0"], "--jobs: must be 1 or more"),
        (["--measure-with", "grace=1"], "--measure-with: 'grace=1' is no setting"),
        (["--measure-with", "grace_s=-1"], "--measure-with: grace_s cannot be '-1'. 0 to 60 s"),
        (["--measure-with", "freezing_below=9"], "an animal that freezes below 9 cannot move again above 8"),
        (["--preset", "no_such_preset"], "there is no preset file"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_tracked(
    words: list[str], said: str, typed: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("day0.mp4", "--out", "out", *words) in (2, 3)
    assert said in capsys.readouterr().err
    assert not Path("out").exists()
