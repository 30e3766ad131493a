"""Scripts in TracktorLive's calling convention, each run as a program of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import av
import cv2
import pytest

from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.feed import segment
from tracker_gui.scripting import no_screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SPAWN = """
import multiprocessing
multiprocessing.set_start_method("spawn")
"""
HEAD = (
    SPAWN
    + """
import sys, time
import numpy as np
import tracker_gui.scripting as trl
params = dict(block_size=25, offset=18, min_area=10, max_area=200, invert=1, fps=30.0)
def spawn(**more):
    return trl.spawn_trserver(sys.argv[1], params=params, n_ind=2, buffer_size=1, feed_id=sys.argv[2],
                              realtime=False, **more)
"""
)
WITHIN_S = 60.0


@pytest.fixture
def feed_id(request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"script-{request.node.name[-30:]}"
    yield name
    assert not segment.path_of(name).exists(), "left behind"


@pytest.fixture
def start(
    tmp_path: Path, project: Path, arena_videos: Callable[..., list[Path]], feed_id: str
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return what starts a script, in a folder of its own, on a video of two animals with 30 frames."""
    started: list[subprocess.Popen[str]] = []
    (video,) = arena_videos(1)

    def begin(code: str, head: str = HEAD, source: str = "") -> subprocess.Popen[str]:
        path = tmp_path / f"script{len(started)}.py"
        path.write_text(head + textwrap.dedent(code), encoding="utf-8")
        script = subprocess.Popen(
            [sys.executable, str(path), source or str(video), feed_id], cwd=tmp_path,
            text=True, env=environment(project),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE,
        )  # fmt: skip
        started.append(script)
        return script

    yield begin
    for script in started:
        script.kill()
        script.communicate()


@pytest.fixture
def lines(
    tmp_path: Path, arena_videos: Callable[..., list[Path]], feed_id: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[str], list[str]]:  # fmt: skip
    """Return what runs a script in this process, and returns what it printed."""
    (video,) = arena_videos(1)
    monkeypatch.setattr(sys, "argv", ["script.py", str(video), feed_id])
    monkeypatch.chdir(tmp_path)
    for name in no_screen.WINDOW_FUNCTIONS:  # where there is no screen, the session replaces them
        monkeypatch.setattr(cv2, name, getattr(cv2, name))

    def run(code: str) -> list[str]:
        exec(HEAD.replace(SPAWN, "") + textwrap.dedent(code), {"__name__": "__main__"})
        return capsys.readouterr().out.splitlines()

    return run


def environment(project: Path) -> dict[str, str]:
    import os

    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return kept | {"PYTHONPATH": str(project)}


def said(script: subprocess.Popen[str]) -> list[str]:
    out, errors = script.communicate(timeout=WITHIN_S)
    assert script.returncode == 0, errors
    return out.splitlines()


def frame_count(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_server_and_client_are_called_for_every_frame_without_a_main_guard(
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    script = start("""
        server, semm = spawn()
        client = trl.spawn_trclient(sys.argv[2])
        calls = []
        @server.startfunc
        def begin(server): calls.append("begin")
        @server
        def each(server): calls.append(server.frame_index)
        @server.stopfunc
        def end(server): calls.append("end")
        answers = []
        @client.startfunc
        def first(data, clock): answers.append(np.isnan(data).all())
        @client
        def answer(data, clock): answers.append(round(clock[-1] * 30))
        @client.stopfunc
        def last(data, clock): answers.append(clock[-1])
        trl.run_trsession(server, semm, client)
        print(calls == ["begin", *range(30), "end"], answers == [True, *range(30), -1], client.missed)
        print(server.get_data_and_clock()[0].shape, server.running.value, client.running.value)
    """)
    assert said(script) == ["True True 0", "(2, 2, 30) False False"]


def test_data_holds_places_not_a_number_before_the_first_frame_and_minus_one_where_lost(
    lines: Callable[[str], list[str]],
) -> None:
    printed = lines("""
        server, semm = spawn()
        @server
        def hide(server):
            if server.frame_index >= 20: server.current_frame[:] = 255
            data = server.databuffer
            if server.frame_index == 10: print(np.isnan(data[0, 0]).sum(), data[:, :, -1].min() > 0)
        trl.run_trsession(server, semm)
        print(set(server.databuffer[:, :, -1].ravel().tolist()))
    """)
    assert printed == ["20 True", "{-1.0}"]


def test_what_is_drawn_into_a_kept_frame_reaches_the_dumped_video(
    lines: Callable[[str], list[str]], tmp_path: Path
) -> None:
    printed = lines("""
        server, semm = spawn()
        @server
        def chunk(server):
            server.keep_video.value = 5 <= server.frame_index < 15
            if server.recorded_frames: server.recorded_frames[-1][:20, :20] = (0, 0, 255)
            if server.frame_index == 20:
                server.dumpvideo(f"chunk.{trl.rcParams['file_format']}")
                print(len(server.recorded_frames))
        trl.run_trsession(server, semm)
    """)
    assert printed == ["0"]
    assert frame_count(tmp_path / "chunk.mp4") == 10
    with av.open(str(tmp_path / "chunk.mp4")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert picture[8, 8, 0] > 150
    assert picture[8, 8, 1] < 80


def test_the_picture_that_is_tracked_is_the_one_a_function_changed(lines: Callable[[str], list[str]]) -> None:
    printed = lines("""
        server, semm = spawn()
        @server
        def only_a_spot(server):
            picture = np.full_like(server.current_frame, 200)
            picture[30:36, 40:46] = 20
            server.current_frame = picture
        trl.run_trsession(server, semm)
        print(np.abs(server.databuffer[:, :, -1].max(axis=0) - (42.5, 32.5)).max() < 1)
    """)
    assert printed == ["True"]


def test_a_changed_parameter_is_in_force_from_the_next_frame_on(lines: Callable[[str], list[str]]) -> None:
    printed = lines("""
        server, semm = spawn()
        found = []
        @server
        def tune(server):
            found.append(bool((server.databuffer[:, :, -1] > 0).any()))
            if server.frame_index == 15: server.params["offset"] = 100
        trl.run_trsession(server, semm)
        print(any(found[2:15]), any(found[17:]))
    """)
    assert printed == ["True False"]


def test_a_parameter_that_cannot_be_used_leaves_the_old_ones_in_force(
    lines: Callable[[str], list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    printed = lines("""
        server, semm = spawn()
        @server
        def tune(server):
            if server.frame_index == 15: server.params["min_area"] = "many"
        trl.run_trsession(server, semm)
        print((server.databuffer[:, :, -1] > 0).any())
    """)
    assert printed == ["True"]
    assert "min_area: must be a number" in caplog.text


@pytest.mark.parametrize("where", ["server", "client", "client.stopfunc"])
def test_a_function_that_raises_ends_the_script_with_its_own_traceback(
    start: Callable[..., subprocess.Popen[str]], where: str
) -> None:
    # in real time and for ten minutes, so that nothing but the error can end it
    script = start(f"""
        from tracker_gui.core.preset import choice
        dish = choice("sources", "simulated", animals=2, duration_s=600, width_px=128, height_px=96)
        server, semm = trl.spawn_trserver(dish, params, n_ind=2, feed_id=sys.argv[2])
        client = trl.spawn_trclient(sys.argv[2])
        if {where!r} == "client.stopfunc": server(lambda server: server.stop())
        @{where}
        def mine(*anything):
            raise ValueError("my own mistake")
        trl.run_trsession(server, semm, client)
    """)
    _, errors = script.communicate(timeout=WITHIN_S)
    assert script.returncode == 1
    assert errors.rstrip().endswith("ValueError: my own mistake")
    assert 'script0.py", line 20, in mine' in errors


def test_a_second_program_joins_by_the_name_of_the_feed(start: Callable[..., subprocess.Popen[str]]) -> None:
    first = start("""
        server, semm = spawn()
        print(trl.list_feeds() == [sys.argv[2]], flush=True)
        sys.stdin.readline()
        @server.startfunc
        def wait(server):
            while not server.get_clients(): pass
        trl.run_trsession(server, semm)
    """)
    assert first.stdout is not None
    assert first.stdout.readline() == "True\n"
    second = start("""
        client = trl.spawn_trclient(sys.argv[2])
        seen = []
        @client
        def answer(data, clock): seen.append((data.shape, bool((data[:, :, -1] > 0).all())))
        print(client.n_ind, client.fps, client.params["offset"], flush=True)
        trl.run_trclient(client)
        trl.wait_and_close_trclient(client)
        print(len(seen) + client.missed, seen[-1])
    """)
    assert second.stdout is not None
    assert second.stdout.readline() == "2 30.0 18\n"
    assert first.stdin is not None
    first.stdin.write("\n")
    first.stdin.flush()
    assert said(first) == []
    assert said(second) == ["30 ((2, 2, 30), True)"]


def test_windows_of_opencv_are_spared_where_there_is_no_screen(start: Callable[..., subprocess.Popen[str]]) -> None:
    script = start("""
        import cv2
        server, semm = spawn()
        @server
        def show(server):
            cv2.imshow("tracking", server.current_frame)
            assert cv2.waitKey(1) == -1
        trl.run_trsession(server, semm)
    """)
    _, errors = script.communicate(timeout=WITHIN_S)
    assert script.returncode == 0, errors
    if sys.platform.startswith("linux"):
        assert errors.count("There is no screen here") == 1


def test_pictures_are_kept_from_the_first_look_on(lines: Callable[[str], list[str]]) -> None:
    printed = lines("""
        server, semm = spawn()
        @server
        def look(server):
            if server.frame_index in (10, 20):
                kept = server.framesbuffer
                print(len(kept), sum(frame is not None for frame in kept), kept[-1] is not None)
        trl.run_trsession(server, semm)
    """)
    assert printed == ["30 1 True", "30 11 True"]


def test_tables_and_videos_are_written_as_it_runs(
    lines: Callable[[str], list[str]], tmp_path: Path, feed_id: str
) -> None:
    lines("""
        server, semm = spawn(write_video=True, write_recordings=True, draw=True, keep_recordings=True)
        trl.run_trsession(server, semm)
        assert len(server.recorded_data) == len(server.recorded_clock) == 30
    """)
    assert frame_count(tmp_path / f"{feed_id}.mp4") == 30
    rows = (tmp_path / f"{feed_id}_tracks.csv").read_text().splitlines()
    assert rows[0] == "time,x0,y0,x1,y1"
    assert len(rows) == 31


def test_running_ends_the_session_and_so_does_the_time(lines: Callable[[str], list[str]]) -> None:
    printed = lines("""
        server, semm = spawn()
        @server
        def enough(server):
            if server.frame_index == 3: server.running.value = False
        trl.run_trsession(server, semm)
        print(server.frame_index)
        server, semm = spawn(timeout=0)
        trl.run_trserver(server, semm)
        trl.wait_and_close_trserver(server, semm)
        print(server.frame_index)
    """)
    assert printed == ["3", "0"]


def test_a_video_in_real_time_takes_its_time(lines: Callable[[str], list[str]]) -> None:
    printed = lines("""
        server, semm = trl.spawn_trserver(sys.argv[1], params, n_ind=2, feed_id=sys.argv[2])
        began = time.monotonic()
        trl.run_trsession(server, semm)
        print(time.monotonic() - began > 0.8, 0 < server.frame_index < 30)
    """)
    assert printed == ["True True"]


def test_a_server_that_is_never_run_leaves_nothing_behind(start: Callable[..., subprocess.Popen[str]]) -> None:
    assert said(start("server, semm = spawn()\nprint(len(trl.list_feeds()))")) == ["1"]


def test_a_name_that_is_taken_is_refused(lines: Callable[[str], list[str]]) -> None:
    with pytest.raises(SettingsError, match="another program that runs now has this name"):
        lines("""
            one = spawn()
            try: spawn()
            finally: one[0].discard()
        """)


def test_a_video_that_is_not_there_is_refused(lines: Callable[[str], list[str]]) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        lines("trl.spawn_trserver('nowhere.mp4', params)")


def test_a_parameter_that_there_is_not_is_refused(lines: Callable[[str], list[str]]) -> None:
    with pytest.raises(SettingsError, match="params: blocksize: TracktorLive has no such setting"):
        lines("trl.spawn_trserver(sys.argv[1], {'blocksize': 3})")
