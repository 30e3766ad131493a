"""TracktorLive's library of cassettes without code: each row is a preset, and does what the cassette did."""

from __future__ import annotations

import csv
import json
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from tracker_gui.core.devices import DeviceState
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.preset import Preset, choice, parse
from tracker_gui.core.rule_examples import examples
from tracker_gui.core.rules import Rule
from tracker_gui.core.types import Frame, SourceInfo
from tracker_gui.engine import clip_ring
from tracker_gui.engine.devices.board_set import BoardSet
from tracker_gui.engine.rules.runner import RuleRunner
from tracker_gui.engine.track_job import TrackJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_leaks")
SIZE_PX = (640, 480)
RATE_HZ = 30.0
INFO = SourceInfo("cam", SIZE_PX, RATE_HZ, None, is_live=True)
START_WALL_S = 1_790_000_000.0
OUT, IN = (150.0, 100.0), (360.0, 290.0)
PRESETS = {path.stem: path for path in examples()}


def preset_of(name: str) -> Preset:
    preset, problems = parse(json.loads(PRESETS[name].read_text(encoding="utf-8")), name)
    assert not problems
    return replace(preset, recording=preset.recording.model_copy(update={"reserve_mb": 0}))


def with_action(preset: Preset, **settings: Any) -> Preset:
    """Return the preset with other settings of the one action of its rule, as a user would fill in his own."""
    (rule,) = preset.rules
    (action,) = rule.on_enter
    changed = replace(action, params=action.params.model_copy(update=settings))
    return replace(preset, rules=(replace(rule, on_enter=(changed,)),))


class Session:
    """A live run of a preset's rules over pictures that bear their number; animals are where they are told to be."""

    def __init__(self, preset: Preset, folder: Path, boards: BoardSet | None, make: Any, picture: Any) -> None:
        self.runner = RuleRunner(preset, INFO, folder, "run", control=self, devices=boards)
        assert not self.runner.problems, self.runner.problems
        self.runner.arm()
        self.stopped: list[str] = []
        self._make, self._picture = make, picture
        self.index = 0

    def stop_session(self, reason: str) -> None:
        self.stopped.append(reason)

    def set_parameter(self, name: str, value: float) -> None:
        raise NotImplementedError

    def see(self, count: int, *places: tuple[float, float] | None, step_s: float = 1 / RATE_HZ, **how: Any) -> None:
        for _ in range(count):
            t_s = 5000 + self.index * step_s
            picture = ArrayPicture(self._picture(self.index, SIZE_PX))
            frame = Frame(self.index, t_s, START_WALL_S + self.index * step_s, "cam", 0, picture)
            self.runner.arrived(frame)
            shot = self._make(self.index, dict(enumerate(places, 1)), **how)
            self.runner.step(replace(shot, frame=frame, prepared=Prepared(frame)))
            self.index += 1

    def wait(self) -> None:
        """Wait until all that was decided is done."""
        until_s = time.monotonic() + 20
        while any(each.result is None for each in self.runner.recent if not each.decision.suppressed_by):
            assert time.monotonic() < until_s, "a result never came"
            time.sleep(0.002)


@pytest.fixture
def begin(
    tmp_path: Path, make_snapshot: Any, make_picture: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Session]]:
    """Return a function that begins an armed session with a preset."""
    # Frames come faster than from any camera, and none may be left out for that.
    monkeypatch.setattr(clip_ring, "MOST_WAITING_BYTES", 1 << 30)
    made: list[Session] = []

    def start(preset: str | Preset, boards: BoardSet | None = None) -> Session:
        preset = preset_of(preset) if isinstance(preset, str) else preset
        made.append(Session(preset, tmp_path, boards, make_snapshot, make_picture))
        return made[-1]

    yield start
    for each in made:
        each.runner.close()


@pytest.fixture
def numbers(number_in: Callable[[np.ndarray], int]) -> Callable[[Path], list[int]]:
    """Return a function that reads the number of each frame of a video from its pixels."""

    def read(path: Path) -> list[int]:
        with av.open(str(path)) as container:
            return [number_in(frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]

    return read


@pytest.fixture
def track(tmp_path: Path) -> Callable[..., list[Any]]:
    """Return a function that tracks a simulated dish with a preset and returns what was seen of each frame."""

    def run(preset: Preset, seconds: float = 1.0, source: Any = None, animals: int = 2, **detector: Any) -> list[Any]:
        source = source or choice(
            "sources", "simulated", animals=animals, duration_s=seconds, width_px=640, height_px=480, seed=3,
            body_length_px=24, speed_px_s=60,
        )  # fmt: skip
        if detector:
            params = preset.detector.params.model_copy(update=detector)
            preset = replace(preset, detector=replace(preset.detector, params=params))
        seen: list[Any] = []
        TrackJob(source, preset.with_tracker(animals=animals), tmp_path).run(on_snapshot=seen.append)
        return seen

    return run


BLOBS = {"block_size_px": 61, "offset": 40, "min_area_px2": 40, "max_area_px2": 400}


def log_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "run_rules.csv").open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if not row["suppressed_by"]]


def labels(session: Session, folder: Path) -> list[str]:
    session.runner.close()
    return [row["payload"] for row in log_rows(folder)]


def test_no_preset_is_without_a_test() -> None:
    told = "".join(name for name in globals() if name.startswith("test_"))
    assert len(PRESETS) == 21
    assert [name for name in PRESETS if name not in told] == []


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_is_read_without_a_problem_and_says_what_it_is_for(name: str) -> None:
    preset = preset_of(name)
    assert preset.name
    assert preset.about.endswith(".")
    assert all(isinstance(rule, Rule) and rule.enabled for rule in preset.rules)


def test_print_positions_writes_each_animal_once_a_second(begin: Any, tmp_path: Path) -> None:
    run = begin("print_positions")
    run.see(76, (10.0, 20.0), (30.5, 40.0))
    assert labels(run, tmp_path) == ["10.0 20.0", "30.5 40.0"] * 3


def test_print_directions_writes_each_turn_once_after_a_way_of_10_px(begin: Any, tmp_path: Path) -> None:
    run = begin("print_directions")
    x, y = 100.0, 100.0
    for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        for _ in range(30):
            x, y = x + dx, y + dy
            run.see(1, (x, y))
    assert labels(run, tmp_path) == ["right", "down", "left", "up"]


def test_highlight_zone_fills_the_zone_in_the_annotated_video(track: Any, tmp_path: Path) -> None:
    preset = preset_of("highlight_zone")
    inside, outside = [], []
    for zones in (preset.zones, ()):
        track(replace(preset, zones=zones), 0.3, **BLOBS)
        path = sorted(tmp_path.glob("*.mp4"), key=lambda each: each.stat().st_mtime_ns)[-1]
        with av.open(str(path)) as container:
            image = next(container.decode(video=0)).to_ndarray(format="bgr24").astype(float)
        inside.append(image[240:280, 320:380].mean(axis=(0, 1)))
        outside.append(image[20:40, 20:60].mean(axis=(0, 1)))
    blue, _, red = inside[0] - inside[1]
    assert red - blue > 5  # orange
    assert np.abs(outside[0] - outside[1]).max() < 5


def test_masks_leave_only_what_is_in_the_region(track: Any) -> None:
    preset = preset_of("masks")
    all_of_it = np.vstack([each.detections.xy_px for each in track(replace(preset, image=()), 1, animals=30, **BLOBS)])
    seen = track(preset, 1, animals=30, **BLOBS)
    places = np.vstack([each.detections.xy_px for each in seen])

    def counts(xy_px: np.ndarray) -> np.ndarray:
        ignored = (np.abs(xy_px - (200, 240)) < 26).all(axis=1)
        return np.array([np.sum(ignored), np.sum(np.hypot(*(xy_px - (320, 240)).T) > 184)])

    assert (counts(all_of_it) > 0).all()
    assert (counts(places) == 0).all()
    assert len(places) > 0.3 * len(all_of_it)


def test_time_stamps_burn_the_running_time_into_the_recording(track: Any, tmp_path: Path) -> None:
    preset = preset_of("time_stamps")
    assert len(preset.overlays.recording.texts) == 2
    track(preset, 1.0, **BLOBS)
    (path,) = tmp_path.glob("*.mp4")
    with av.open(str(path)) as container:
        first, *_, last = [frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)]
    corner = (slice(430, 480), slice(0, 160))
    assert np.ptp(first[corner]) > 150  # letters
    assert np.abs(first[corner] - last[corner]).max() > 80  # which change


def test_inside_outside_tells_the_line_and_the_zone(begin: Any, tmp_path: Path) -> None:
    run = begin("inside_outside")
    for place in (OUT, IN, (410.0, 290.0), (500.0, 290.0), OUT):
        run.see(3, place)
    assert labels(run, tmp_path) == ["inside", "right", "outside", "left"]


def test_record_outside_begins_after_30_frames_out_and_ends_after_30_frames_in(
    begin: Any, tmp_path: Path, numbers: Any
) -> None:
    run = begin("record_outside")
    run.see(40, IN)
    run.see(20, OUT)  # too short
    run.see(20, IN)
    run.see(60, OUT)
    run.see(50, IN)
    run.runner.close()
    (path,) = (tmp_path / "clips").glob("*.mp4")
    begun, over = 80 + 29, 140 + 29
    assert numbers(path) == list(range(begun - 30, over + 1))


def test_record_when_close_goes_on_until_they_are_apart(begin: Any, tmp_path: Path, numbers: Any) -> None:
    run = begin("record_when_close")
    for distance_px in (450, 350, 3, 350, 290, 350, 390, 410):
        run.see(10, (100.0, 100.0), (100.0 + distance_px, 100.0))
    run.runner.close()
    (path,) = (tmp_path / "clips").glob("*.mp4")
    assert numbers(path) == list(range(71))


def test_follow_one_is_200_px_wide_around_the_animal(begin: Any, tmp_path: Path) -> None:
    run = begin("follow_one")
    run.see(40, OUT, heading=0.5)
    run.see(20, IN, heading=0.5)
    run.runner.close()
    (path,) = (tmp_path / "clips").glob("*.mp4")
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 30 + 20
    assert {(frame.width, frame.height) for frame in frames} == {(200, 200)}


def test_looming_starts_the_program_once_in_15_s(begin: Any, tmp_path: Path) -> None:
    code = "import sys, pathlib; pathlib.Path(sys.argv[1]).open('a').write('x')"
    started = tmp_path / "started"
    run = begin(with_action(preset_of("looming"), argv=(sys.executable, "-c", code, str(started))))
    for k in (*[0] * 8, *range(10), *[9] * 10, *range(10, 20)):  # at rest, fast, at rest, fast again
        run.see(1, (100.0 + 6 * k, 100.0))
    run.wait()
    assert started.read_text() == "x"
    assert [each.decision.suppressed_by for each in run.runner.recent] == ["", "cooldown"]


@pytest.fixture
def board(ends: Any) -> Iterator[tuple[Any, BoardSet]]:
    """Return a plain sketch on a pseudo-terminal, and the boards with it armed as 'board'."""
    with ends.PlainSketch() as sketch:
        known = ends.board_at(sketch.path, "board", speaks="plain", boot_wait_s=0, baud="9600").settings
        boards = BoardSet(lambda: [known])
        yield sketch, boards
        boards.close()


def armed(run: Session, boards: BoardSet, ends: Any) -> None:
    (each,) = boards.boards
    ends.until(lambda: each.state is DeviceState.READY)
    each.arm()


def test_message_board_sends_m_when_all_are_in_and_k_when_one_was_out(begin: Any, board: Any, ends: Any) -> None:
    sketch, boards = board
    run = begin("message_board", boards)
    armed(run, boards, ends)
    run.see(3, OUT, OUT)
    run.see(5, IN, OUT)
    assert sketch.bytes_got == b""
    run.see(200, IN, IN)
    run.see(20, OUT, IN)  # too short
    run.see(5, IN, IN)
    run.wait()
    assert sketch.bytes_got == b"m"
    run.see(40, OUT, IN)
    run.wait()
    ends.until(lambda: sketch.bytes_got == b"mk")
    run.runner.close()


def test_message_on_entry_sends_one_byte_for_one_entry(begin: Any, board: Any, ends: Any) -> None:
    sketch, boards = board
    run = begin("message_on_entry", boards)
    armed(run, boards, ends)
    for place in (OUT, (300.0, 200.0), OUT, (310.0, 210.0)):
        run.see(6, place)
    run.wait()
    ends.until(lambda: sketch.bytes_got == b"mm")
    run.runner.close()


def test_call_address_reaches_the_server_with_the_animal(begin: Any) -> None:
    heard: list[tuple[str, Any]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        run = begin(with_action(preset_of("call_address"), url=f"http://127.0.0.1:{server.server_port}/visit"))
        run.see(3, OUT)
        run.see(3, IN)
        run.wait()
        server.shutdown()
        thread.join()
    assert heard == [("/visit", {"animal": "1", "x_px": 360.0})]


def test_plot_is_a_curve_for_each_animal(track: Any, tmp_path: Path) -> None:
    track(preset_of("plot"), 2.5, **BLOBS)
    (places,), (speeds,) = tmp_path.glob("*_x.svg"), tmp_path.glob("*_speed.eps")
    drawn = places.read_text(encoding="utf-8")
    assert "Place from the left (px)" in drawn
    assert drawn.count("#E69F00") >= 1
    assert drawn.count("#56B4E9") >= 1
    assert speeds.read_bytes().startswith(b"%!PS-Adobe")
    assert not list(tmp_path.glob(".*.part"))


def test_plot_is_drawn_anew_while_the_session_goes_on(tmp_path: Path, make_snapshot: Any) -> None:
    from tracker_gui.core.stage import SinkContext

    sink = next(each for each in preset_of("plot").outputs if each.params.model_dump().get("shows") == "x").make()
    path = sink.open(SinkContext(tmp_path, "run", INFO, (1,)))
    sizes = []
    for index in range(40):  # 5 s
        sink.write(make_snapshot(index, {1: (10.0 + index, 5.0)}))
        sizes.append(path.stat().st_size)
    assert len(set(sizes)) == 3
    sink.close()


def test_start_and_stop_ends_the_session_when_one_has_arrived(begin: Any) -> None:
    preset = preset_of("start_and_stop")
    assert preset.session.waits
    assert preset.session.length_s == 600
    run = begin(preset)
    run.see(10, OUT)
    run.see(40, IN)
    assert run.stopped == []
    run.see(25, IN)
    run.wait()
    assert run.stopped == ["arrived"]


def test_image_chain_makes_the_dark_animals_light(track: Any) -> None:
    preset = preset_of("image_chain")
    plain = track(replace(preset, image=()), 0.2, **BLOBS)
    seen = track(preset, 0.2, polarity="lighter", **BLOBS)
    state, original = seen[0].prepared.state(), seen[0].frame.luma_u8
    assert np.corrcoef(state.image_u8.ravel(), original.ravel())[0, 1] < -0.8
    for before, after in zip(plain, seen, strict=True):
        apart_px = np.linalg.norm(before.detections.xy_px[:, None] - after.detections.xy_px, axis=-1)
        assert len(before.detections.xy_px) >= 2
        assert (apart_px.min(axis=1) < 6).all()


def test_subtract_background_leaves_only_the_animals(track: Any) -> None:
    seen = track(preset_of("subtract_background"), 8.0, min_area_px2=40, max_area_px2=600)
    found = [len(each.detections.xy_px) for each in seen]
    assert np.mean(np.array(found) == 2) > 0.8


def test_extract_frames_keeps_a_picture_every_10_s(begin: Any, tmp_path: Path) -> None:
    run = begin("extract_frames")
    for _ in range(26):
        run.see(1, OUT, step_s=1.0)
        run.wait()
    run.runner.close()
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["cam_0.png", "cam_10.png", "cam_20.png"]


def test_time_lapse_keeps_every_tenth_frame(begin: Any, tmp_path: Path, numbers: Any) -> None:
    run = begin("time_lapse")
    run.see(95, OUT)
    run.runner.close()
    (path,) = (tmp_path / "clips").glob("*.mp4")
    assert numbers(path) == list(range(0, 95, 10))


def test_keep_sound_has_every_frame_and_the_clicks_of_the_source(
    track: Any, tmp_path: Path, make_flashes: Any, flashes_in: Any
) -> None:
    source = make_flashes(seconds=2.0)
    track(preset_of("keep_sound"), source=choice("sources", "video_file", path=source))
    (path,) = [each for each in tmp_path.glob("*.mp4") if each != source]
    with av.open(str(path)) as container:
        assert len(list(container.decode(video=0))) == 60
    seen, heard = flashes_in(path)
    assert len(heard) == 2
    np.testing.assert_allclose(seen, heard, atol=0.05)


def test_time_sync_writes_the_time_in_utc_beside_that_of_the_session(begin: Any, tmp_path: Path) -> None:
    run = begin("time_sync")
    run.see(26, OUT, step_s=1.0)
    rows = [label.split() for label in labels(run, tmp_path)]
    assert [row[1:] for row in rows] == [["0.000", "0"], ["10.000", "10"], ["20.000", "20"]]
    assert [row[0][:19] for row in rows] == ["2026-09-21T14:13:20", "2026-09-21T14:13:30", "2026-09-21T14:13:40"]
