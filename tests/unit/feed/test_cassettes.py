"""Cassettes in processes of their own: settings from a file, and what becomes of one that breaks, hangs or is slow."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tracker_gui import cli
from tracker_gui.core.data_files import own_cassettes_folder
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.params import Kind, describe
from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.feed import segment
from tracker_gui.feed.cassette_file import (
    all_cassettes,
    checked_params,
    find_cassette,
    line_of,
    parse_line,
    read_cassette,
)
from tracker_gui.feed.cassette_host import Phase, board, permission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WITHIN_S = 20.0


@pytest.fixture(autouse=True)
def allowed() -> Iterator[None]:
    permission.allow_all()
    yield
    permission.revoke_all()
    board.clear()


@pytest.fixture
def own(own_home: Path) -> Callable[[str, str], Path]:
    """Return what writes a cassette into the user's folder."""

    def write(name: str, text: str) -> Path:
        folder = own_cassettes_folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def run(
    folder: Path,
    *lines: str,
    seconds: float = 0.5,
    hang_s: float = 5.0,
    progress: Callable[[object], None] | None = None,
) -> dict[str, dict[str, object]]:
    """Track a simulated video with cassettes; return what each left behind, by its name."""
    source = choice("sources", "simulated", animals=2, duration_s=seconds, width_px=160, height_px=120)
    preset = Preset(
        detector=choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=900),
        outputs=(choice("sinks", "tracks_csv"), choice("sinks", "cassettes", cassettes=lines, hang_s=hang_s)),
    ).with_tracker(animals=2)
    result = TrackJob(source, preset, folder).run(progress)
    assert result.counts.frames == round(seconds * 30), "tracking went on"
    assert not list(segment._folder().glob("*-cassettes-*")), "left behind"
    told = json.loads((folder / "simulated_cassettes.json").read_text())
    return {one["cassette"]: one for one in told["cassettes"]}


# ---- the file


SETTINGS = '''
"""Count something.

More about it.
"""
from typing import Literal

distance_px: float = 40  # 1..200 px: how close they must be
count: int = 3  # 0..10: how many
sound: bool = True  # make a noise
mode: Literal["near", "far"] = "near"
name: str = "x"
_hidden: int = 1
plain = 5
'''


def test_typed_values_at_the_top_become_settings(own: Callable[[str, str], Path]) -> None:
    cassette = read_cassette(own("count_it", SETTINGS))
    assert (cassette.title, cassette.about, cassette.problem) == ("Count something", "More about it.", "")
    first, second, *others = describe(cassette.Params)
    assert (first.name, first.title, first.unit, first.lower, first.upper) == ("distance_px", "Distance", "px", 1, 200)
    assert first.description == "How close they must be."
    assert (second.kind, second.default, second.upper) == (Kind.INT, 3, 10)
    assert [(info.name, info.kind) for info in others] == [
        ("sound", Kind.BOOL), ("mode", Kind.CHOICE), ("name", Kind.TEXT),
    ]  # fmt: skip


def test_a_line_keeps_what_is_not_as_in_the_file(own: Callable[[str, str], Path]) -> None:
    cassette = read_cassette(own("count_it", SETTINGS))
    params = cassette.Params(distance_px=50.5, name="two words")  # type: ignore[call-arg]
    text = str(line_of("count_it", params))
    assert text == "count_it distance_px=50.5 'name=two words'"
    assert checked_params(cassette, parse_line(text)) == params
    assert str(line_of("count_it", cassette.Params())) == "count_it"


def test_reading_a_file_runs_nothing_of_it(own: Callable[[str, str], Path], tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    path = own("evil", f"open({str(canary)!r}, 'w')\nx: int = __import__('os').getpid()\n")
    assert "line 2: the setting x must be a plain value" in read_cassette(path).problem
    assert not canary.exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def f(:\n", "bad.py, line 1"),
        ("x: int = 20  # 0..10: few\n", "bad.py: "),
        ("x: int = f()\n", "line 1: the setting x must be a plain value"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(own: Callable[[str, str], Path], text: str, problem: str) -> None:
    assert problem in read_cassette(own("bad", text)).problem


def test_an_own_cassette_takes_the_place_of_one_that_was_shipped(own: Callable[[str, str], Path]) -> None:
    own("time_sync", '"""Mine."""\n')
    assert all_cassettes()["time_sync"].title == "Mine"
    assert all_cassettes()["time_sync"].is_own
    assert not all_cassettes()["looming"].is_own


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "nobody's"])
def test_only_the_folders_of_cassettes_are_looked_into(name: str) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        find_cassette(name)


def test_a_setting_out_of_its_range_is_refused(own: Callable[[str, str], Path]) -> None:
    cassette = read_cassette(own("count_it", SETTINGS))
    with pytest.raises(SettingsError, match="cassette count_it: distance_px"):
        checked_params(cassette, parse_line("count_it distance_px=1000"))


# ---- the process


WATCH = """
import os
letter: str = "a"
seen = []
@server
def look(server):
    seen.append((server.frame_index, server.current_frame.shape))
@client
def each(data, clock):
    assert data.shape[:2] == (2, 2)
    seen.append(round(clock[-1] * 30))
@client.stopfunc
def end(data, clock):
    print(letter, os.getpid())
    (client.folder / f"{client.stem}_{letter}.txt").write_text(repr(seen))
"""


def test_it_hears_of_every_frame_of_a_video_with_its_picture(own: Callable[[str, str], Path], tmp_path: Path) -> None:
    own("watch", WATCH)
    told = run(tmp_path, "watch letter=b")["watch"]
    seen = [item for k in range(15) for item in ((k, (120, 160, 3)), k)]
    assert (tmp_path / "simulated_b.txt").read_text() == repr(seen)
    assert (told["ended"], told["calls"], told["missed"]) == ("ended", 15, 0)
    import os

    letter, process = str(told["last_words"]).split()
    assert letter == "b"
    assert int(process) != os.getpid()


def test_one_that_raises_tells_file_and_line_while_the_others_go_on(
    own: Callable[[str, str], Path], tmp_path: Path
) -> None:
    own("watch", WATCH)
    own("broken", "n = []\n@client\ndef each(data, clock):\n    n.append(1)\n    if len(n) == 4: 1 / 0\n")
    told = run(tmp_path, "broken", "watch")
    assert (
        told["broken"]["problem"]
        == "The cassette 'broken' failed: broken.py, line 5: ZeroDivisionError: division by zero"
    )
    assert told["broken"]["calls"] == 3
    assert told["watch"]["calls"] == 15


def test_one_that_hangs_is_ended_and_tells_its_line(own: Callable[[str, str], Path], tmp_path: Path) -> None:
    own("hangs", "@client\ndef each(data, clock):\n    while True:\n        pass\n")
    told = run(tmp_path, "hangs", hang_s=0.3)["hangs"]
    assert told["ended"] == "hung"
    assert "hangs.py, line " in str(told["problem"])
    assert "a function does not come to its end" in str(told["problem"])


def test_answers_over_the_time_budget_are_counted(own: Callable[[str, str], Path], tmp_path: Path) -> None:
    own("slow", "import time\n@client\ndef each(data, clock): time.sleep(0.03)\n")
    told = run(tmp_path, "slow")["slow"]
    assert told["over_budget"] == told["calls"] == 15


def test_a_process_that_is_gone_is_told(own: Callable[[str, str], Path], tmp_path: Path) -> None:
    own("dies", "import os\n@client\ndef each(data, clock): os._exit(7)\n")
    assert "its process ended by itself (code 7)" in str(run(tmp_path, "dies")["dies"]["problem"])


def test_it_is_read_anew_when_its_file_is_changed(own: Callable[[str, str], Path], tmp_path: Path) -> None:
    own("edit", "@client\ndef each(data, clock): raise ValueError('first')\n")
    mended = threading.Event()

    def mend(_: object) -> None:
        state = board.state("edit")
        if state is not None and state.phase is Phase.FAILED and not mended.is_set():
            mended.set()
            own("edit", "@client\ndef each(data, clock): print('second time')\n")
            until_s = time.monotonic() + WITHIN_S
            while time.monotonic() < until_s:
                state = board.state("edit")
                if state is not None and state.phase is Phase.RUNNING:
                    return
                threading.Event().wait(0.01)

    told = run(tmp_path, "edit", progress=mend)["edit"]
    assert mended.is_set()
    assert (told["ended"], told["last_words"], told["problem"]) == ("ended", "second time", "")


def test_one_that_there_is_not_costs_no_track(tmp_path: Path) -> None:
    assert "there is no such file" in str(run(tmp_path, "nobody")["nobody"]["problem"])


def test_one_that_came_with_a_preset_waits_for_the_user(own: Callable[[str, str], Path], tmp_path: Path) -> None:
    permission.revoke_all()
    own("watch", WATCH)
    permission.allow("watch letter=c")
    told = run(tmp_path, "watch", "watch letter=c")
    assert (tmp_path / "simulated_c.txt").exists()
    assert not (tmp_path / "simulated_a.txt").exists()
    assert told["watch"]["ended"] == "ended"


def test_the_command_line_runs_them_when_it_is_told_to(
    own: Callable[[str, str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    permission.revoke_all()
    own("watch", WATCH)
    preset = replace(Preset(), outputs=(choice("sinks", "cassettes", cassettes=("watch",)),))
    from tracker_gui.core.preset import save

    save(preset, tmp_path / "p.json")
    source = choice("sources", "simulated", duration_s=0.2, width_px=160, height_px=120, animals=2)
    save(replace(preset, source=source).with_tracker(animals=2), tmp_path / "p.json")
    command = ["track", str(tmp_path / "p.json"), "--quiet", "--out"]
    assert cli.main([*command, str(tmp_path / "no")]) == 0
    assert not (tmp_path / "no" / "simulated_a.txt").exists()
    assert cli.main([*command, str(tmp_path / "yes"), "--cassettes"]) == 0
    assert (tmp_path / "yes" / "simulated_a.txt").exists()
    assert cli.main(["cassettes"]) == 0
    assert "watch" in capsys.readouterr().out
