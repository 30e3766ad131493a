"""Clips that rules make: from the exact frame on, each frame once, and playable however they end."""

from __future__ import annotations

import csv
import math
import threading
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.types import Frame, SourceInfo
from tracker_gui.engine import clip_job, clip_ring
from tracker_gui.engine.clip_ring import ClipRing
from tracker_gui.engine.rules.runner import RuleRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_leaks")
SIZE_PX = (200, 100)
RATE_HZ = 30.0
INFO = SourceInfo("cam", SIZE_PX, RATE_HZ, None, is_live=True)
START_S, START_WALL_S = 123456.789, 1_790_000_000.0
OUT, IN = (150.0, 80.0), (50.0, 50.0)
IN_NEST = {"event": "in_zone", "zone": "nest"}
Place = tuple[float, float] | None


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


@pytest.fixture
def numbers(number_in: Callable[[np.ndarray], int]) -> Callable[[Path], list[int]]:
    """Return a function that reads the number of each frame of a video from its pixels."""
    return lambda path: [number_in(image[..., 1]) for image in pictures(path)]


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "run_clips.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Session:
    """A run of rules over pictures that bear their number; the animal is where it is told to be."""

    def __init__(self, rules: RuleRunner, snapshot_of: Any, picture: Any) -> None:
        self.rules = rules
        self._snapshot_of = snapshot_of
        self._picture = picture
        self.index = 0

    def frame(self, index: int, t_s: float | None, lost: int, image: np.ndarray | None) -> Frame:
        t_s = index / RATE_HZ if t_s is None else t_s
        picture = ArrayPicture(self._picture(index, SIZE_PX) if image is None else image)
        return Frame(index, START_S + t_s, START_WALL_S + t_s, "cam", lost, picture)

    def see(
        self, *places: Place, t_s: float | None = None, lost: int = 0, image: np.ndarray | None = None,
        heading: float | None = None, tracked: bool = True, arrives: bool = True,
    ) -> None:  # fmt: skip
        frame = self.frame(self.index, t_s, lost, image)
        self.index += 1
        if arrives:
            self.rules.arrived(frame)
        if not tracked:
            return
        shot = self._snapshot_of(frame.index, dict(enumerate(places, 1)), heading=heading)
        self.rules.step(replace(shot, frame=frame, prepared=Prepared(frame)))

    def see_many(self, count: int, *places: Place, **how: Any) -> None:
        for _ in range(count):
            self.see(*places, **how)


@pytest.fixture
def session(make_preset: Any, make_snapshot: Any, make_picture: Any, tmp_path: Path) -> Iterator[Any]:
    """Return a function that begins an armed session of one rule, which makes such clips."""
    made: list[RuleRunner] = []

    def begin(*actions: dict[str, Any], reserve_mb: int = 0, folder: Path = tmp_path, **rule: Any) -> Session:
        listed = [{"action": "clip", "name": "c", "folder": "", **action} for action in actions]
        preset = make_preset({"name": "visit", "when": IN_NEST, "on_enter": listed, **rule})
        preset = replace(preset, recording=preset.recording.model_copy(update={"reserve_mb": reserve_mb}))
        runner = RuleRunner(preset, INFO, folder, "run")
        assert not runner.problems, runner.problems
        runner.arm()
        made.append(runner)
        return Session(runner, make_snapshot, make_picture)

    yield begin
    for runner in made:
        runner.close()


def test_a_clip_begins_exactly_as_much_before_the_event_and_has_every_frame_once(
    session: Any, tmp_path: Path, numbers: Any
) -> None:
    run = session({"pre_s": 2, "post_s": 1})
    run.see_many(100, OUT)
    run.see_many(60, IN)
    run.rules.close()
    assert numbers(tmp_path / "c.mp4") == list(range(100 - 60, 100 + 30 + 1))
    (row,) = table(tmp_path)
    assert (row["first_frame"], row["event_frames"], row["last_frame"]) == ("40", "100", "130")
    assert (row["frames"], row["missing"], row["ended"], row["animals"]) == ("91", "0", "complete", "1")
    assert (row["before_event_s"], row["seconds"]) == ("2.000", "3.000")


def test_the_first_frame_is_the_one_nearest_in_time_where_frames_come_unevenly(
    session: Any, tmp_path: Path, numbers: Any
) -> None:
    run = session({"pre_s": 1, "post_s": 0})
    random = np.random.default_rng(1)
    times_s = [k / RATE_HZ + float(random.uniform(-0.01, 0.01)) for k in range(62)]
    for k in range(61):
        run.see(OUT if k < 60 else IN, t_s=times_s[k])
    run.see(IN, t_s=times_s[61])
    run.rules.close()
    wanted = times_s[60] - 1.0
    first = min(range(60), key=lambda k: abs(times_s[k] - wanted))
    assert numbers(tmp_path / "c.mp4") == list(range(first, 61))


def test_frames_that_were_not_tracked_are_in_a_clean_clip_too(session: Any, tmp_path: Path, numbers: Any) -> None:
    run = session({"pre_s": 1, "post_s": 0.5})
    for k in range(120):
        run.see(OUT if k < 60 else IN, tracked=k % 3 == 0)
    run.rules.close()
    assert numbers(tmp_path / "c.mp4") == list(range(30, 76))


def test_a_video_that_is_played_makes_clips_of_the_frames_that_are_tracked(
    session: Any, tmp_path: Path, numbers: Any
) -> None:
    run = session({"pre_s": 1, "post_s": 0.5})
    run.see_many(40, OUT, arrives=False)
    run.see_many(40, IN, arrives=False)
    run.rules.close()
    assert numbers(tmp_path / "c.mp4") == list(range(10, 56))


def test_going_back_in_a_video_ends_the_clip_and_nothing_of_the_time_before_is_in_the_next(
    session: Any, tmp_path: Path, numbers: Any
) -> None:
    run = session({"pre_s": 1, "post_s": 5})
    run.see_many(40, OUT, arrives=False)
    run.see_many(10, IN, arrives=False)
    run.index = 20
    run.see_many(20, OUT, arrives=False)
    run.see_many(5, IN, arrives=False)
    run.rules.close()
    clips = sorted((numbers(path) for path in tmp_path.glob("*.mp4")), key=lambda shown: shown[0])
    assert clips[1] == list(range(20, 45))
    assert clips[0] == list(range(10, 10 + len(clips[0])))


def test_each_frame_is_shown_at_its_own_time(session: Any, tmp_path: Path, numbers: Any) -> None:
    run = session({"pre_s": 1, "post_s": 0})
    times_s = [k / RATE_HZ + 0.012 * (k % 2) for k in range(40)]
    for k in range(40):
        run.see(OUT if k < 36 else IN, t_s=times_s[k])
    run.rules.close()
    with av.open(str(tmp_path / "c.mp4")) as container:
        shown_s = [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
    first = numbers(tmp_path / "c.mp4")[0]
    np.testing.assert_allclose(shown_s, np.array(times_s[first : first + len(shown_s)]) - times_s[first], atol=2e-5)


def test_a_new_event_makes_the_clip_longer(session: Any, tmp_path: Path, numbers: Any) -> None:
    run = session({"pre_s": 0, "post_s": 1})
    run.see_many(10, OUT)
    run.see_many(5, IN)
    run.see_many(10, OUT)
    run.see_many(50, IN)
    run.rules.close()
    assert numbers(tmp_path / "c.mp4") == list(range(10, 25 + 30 + 1))
    (row,) = table(tmp_path)
    assert row["event_frames"] == "10 25"


def test_a_clip_ends_at_its_maximum_and_the_next_event_begins_another(
    session: Any, tmp_path: Path, numbers: Any
) -> None:
    run = session({"pre_s": 1, "post_s": 1, "most_s": 2.5})
    run.see_many(40, OUT)
    for _ in range(2):
        run.see_many(20, IN)
        run.see_many(5, OUT)
    run.see_many(45, OUT)
    run.see_many(40, IN)
    run.rules.close()
    first, second = tmp_path / "c.mp4", tmp_path / "c-2.mp4"
    assert numbers(first) == list(range(10, 10 + 75 + 1))
    assert sorted(row["ended"] for row in table(tmp_path)) == ["complete", "maximum"]
    assert numbers(second)[0] == 135 - 30


def test_several_clips_are_made_at_once(session: Any, tmp_path: Path, numbers: Any) -> None:
    run = session({"pre_s": 1, "post_s": 1, "name": "one"}, {"pre_s": 0.5, "post_s": 0.5, "name": "two"})
    run.see_many(40, OUT)
    run.see_many(60, IN)
    run.rules.close()
    assert numbers(tmp_path / "one.mp4") == list(range(10, 71))
    assert numbers(tmp_path / "two.mp4") == list(range(25, 56))


def test_a_clip_that_is_begun_goes_on_until_the_rule_is_over(session: Any, tmp_path: Path, numbers: Any) -> None:
    run = session(
        {"does": "begin", "pre_s": 0.5}, on_exit=[{"action": "clip", "does": "end", "post_s": 0.5}]
    )  # fmt: skip
    run.see_many(30, OUT)
    run.see_many(90, IN)
    run.see_many(40, OUT)
    run.rules.close()
    assert numbers(tmp_path / "c.mp4") == list(range(15, 120 + 15 + 1))


def test_a_clip_of_several_animals_ends_with_the_last_of_them(session: Any, tmp_path: Path, numbers: Any) -> None:
    run = session({"does": "begin", "pre_s": 0}, on_exit=[{"action": "clip", "does": "end", "post_s": 0}])
    run.see_many(10, OUT, OUT)
    run.see_many(10, IN, OUT)
    run.see_many(10, IN, IN)
    run.see_many(10, OUT, IN)
    run.see_many(10, OUT, OUT)
    run.rules.close()
    assert numbers(tmp_path / "c.mp4") == list(range(10, 41))
    assert table(tmp_path)[0]["animals"] == "1 2"


def test_the_end_of_the_session_ends_the_clip_with_the_newest_frame(session: Any, tmp_path: Path, numbers: Any) -> None:
    run = session({"pre_s": 1, "post_s": 60, "most_s": 100})
    run.see_many(40, OUT)
    run.see_many(10, IN)
    run.rules.close()
    assert numbers(tmp_path / "c.mp4") == list(range(10, 50))
    assert table(tmp_path)[0]["ended"] == "end of the session"
    assert not list(tmp_path.glob("*.recording.mp4"))


def test_a_clip_has_the_index_in_front_and_one_row_for_each_frame(session: Any, tmp_path: Path) -> None:
    run = session({"pre_s": 0.5, "post_s": 0.5})
    run.see_many(20, OUT)
    run.see_many(40, IN)
    run.rules.close()
    data = (tmp_path / "c.mp4").read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")
    with (tmp_path / "c_frames.csv").open(newline="") as file:
        assert [int(row["frame"]) for row in csv.DictReader(file)] == list(range(5, 36))


def test_frames_that_the_source_lost_are_counted(session: Any, tmp_path: Path) -> None:
    run = session({"pre_s": 1, "post_s": 0})
    run.see_many(20, OUT)
    run.see(OUT, lost=7)
    run.see_many(5, OUT)
    run.see_many(3, IN)
    run.rules.close()
    assert table(tmp_path)[0]["missing"] == "7"


def dotted(place: tuple[float, float], heading: float = 0.0) -> np.ndarray:
    """Return a picture of an animal: a green body and a red head in front of it."""
    image = np.full((SIZE_PX[1], SIZE_PX[0], 3), 60, np.uint8)
    x, y = place
    cv2.circle(image, (round(x), round(y)), 5, (0, 255, 0), -1)
    head = round(x + 12 * math.cos(heading)), round(y + 12 * math.sin(heading))
    cv2.circle(image, head, 5, (0, 0, 255), -1)
    return image


def is_green(pixel: Sequence[int]) -> bool:
    return pixel[1] > 150 and pixel[2] < 120


def is_red(pixel: Sequence[int]) -> bool:
    return pixel[2] > 150 and pixel[1] < 120


def walked(run: Any, count: int, inside_from: int, heading_of: Callable[[int], float]) -> None:
    for k in range(count):
        place = (40.0 + k % 20, 50.0) if k >= inside_from else (110.0 + k, 60.0)
        run.see(place, image=dotted(place, heading_of(k)), heading=heading_of(k))


def test_a_clip_follows_the_animal(session: Any, tmp_path: Path) -> None:
    run = session({"shows": "the animal", "width_px": 64, "height_px": 48, "pre_s": 1, "post_s": 0.3})
    walked(run, 60, 40, lambda _: 0.0)
    run.rules.close()
    shown = pictures(tmp_path / "c.mp4")
    assert len(shown) == 40
    assert shown[0].shape == (48, 64, 3)
    assert all(is_green(image[24, 32]) for image in shown)
    assert all(is_red(image[24, 32 + 12]) for image in shown)


def test_a_clip_turns_with_the_animal(session: Any, tmp_path: Path) -> None:
    run = session(
        {"shows": "the animal", "width_px": 64, "height_px": 64, "heading_up": True, "pre_s": 1, "post_s": 0.3}
    )  # fmt: skip
    walked(run, 60, 40, lambda k: k * 0.21)
    run.rules.close()
    shown = pictures(tmp_path / "c.mp4")
    assert all(is_green(image[32, 32]) and is_red(image[32 - 12, 32]) for image in shown)


def test_the_window_stays_where_a_missing_animal_was_last(session: Any, tmp_path: Path) -> None:
    run = session({"shows": "the animal", "width_px": 64, "height_px": 48, "pre_s": 0, "post_s": 1})
    run.see_many(5, OUT, image=dotted(OUT))
    run.see_many(5, IN, image=dotted(IN))
    run.see_many(40, None, image=dotted(IN))
    run.rules.close()
    shown = pictures(tmp_path / "c.mp4")
    assert len(shown) == 31
    assert all(is_green(image[24, 32]) for image in shown)


def test_each_animal_that_is_followed_has_a_clip_of_its_own(session: Any, tmp_path: Path) -> None:
    run = session({"shows": "the animal", "name": "${subject}", "pre_s": 0.2, "post_s": 0.5})
    run.see_many(10, OUT, OUT)
    run.see_many(5, IN, OUT)
    run.see_many(30, IN, IN)
    run.rules.close()
    assert sorted(row["animals"] for row in table(tmp_path)) == ["1", "2"]
    assert (tmp_path / "1.mp4").exists()
    assert (tmp_path / "2.mp4").exists()


def test_an_annotated_clip_has_the_tracks_in_it_and_a_clean_one_has_not(session: Any, tmp_path: Path) -> None:
    both = [{"look": look, "name": look, "pre_s": 0.5, "post_s": 0.2} for look in ("clean", "annotated")]
    run = session(*both)
    plain = np.full((SIZE_PX[1], SIZE_PX[0], 3), 128, np.uint8)
    run.see_many(20, OUT, image=plain)
    run.see_many(20, IN, image=plain)
    run.rules.close()
    clean, drawn = pictures(tmp_path / "clean.mp4"), pictures(tmp_path / "annotated.mp4")
    assert len(clean) == len(drawn)
    around = (slice(35, 65), slice(35, 65))
    assert all(int(np.ptp(image[around])) < 20 for image in clean)
    assert all(int(np.ptp(image[around])) > 100 for image in drawn[-6:])


def test_a_time_lapse_keeps_every_nth_frame_and_shows_it_faster(session: Any, tmp_path: Path, numbers: Any) -> None:
    run = session({"pre_s": 1, "post_s": 1, "times_faster": 4})
    run.see_many(40, OUT)
    run.see_many(60, IN)
    run.rules.close()
    assert numbers(tmp_path / "c.mp4") == list(range(10, 71, 4))
    with av.open(str(tmp_path / "c.mp4")) as container:
        stamps = [frame.pts * frame.time_base for frame in container.decode(video=0)]
    assert stamps[1] - stamps[0] == pytest.approx(Fraction(1, 30), abs=1e-4)


def test_a_clip_ends_where_the_picture_changes_its_size(session: Any, tmp_path: Path, numbers: Any) -> None:
    run = session({"pre_s": 0, "post_s": 2})
    run.see_many(5, OUT)
    run.see_many(10, IN)
    run.see_many(10, IN, image=np.zeros((50, 60, 3), np.uint8))
    run.rules.close()
    assert numbers(tmp_path / "c.mp4") == list(range(5, 15))
    assert table(tmp_path)[0]["ended"] == "the picture changed its size"


def test_a_source_that_goes_away_ends_the_clip(
    session: Any, tmp_path: Path, until: Any, monkeypatch: pytest.MonkeyPatch, numbers: Any
) -> None:
    monkeypatch.setattr(clip_job, "SILENT_S", 0.05)
    run = session({"does": "begin", "pre_s": 0})
    run.see_many(5, OUT)
    run.see_many(10, IN)
    monkeypatch.setattr(clip_job.ClipJob, "_patience_s", 0.05)
    until(lambda: (tmp_path / "c.mp4").exists() and (tmp_path / "run_clips.csv").exists())
    assert numbers(tmp_path / "c.mp4") == list(range(5, 15))


def test_a_name_cannot_lead_out_of_the_folder(session: Any, tmp_path: Path) -> None:
    inner = tmp_path / "results"
    inner.mkdir()
    run = session({"pre_s": 0, "post_s": 0, "name": "../../${rule}\\x"}, folder=inner)
    run.see_many(3, OUT)
    run.see_many(3, IN)
    run.rules.close()
    assert [path.parent for path in tmp_path.rglob("*.mp4")] == [inner]


def test_nothing_is_kept_where_no_rule_wants_clips(session: Any) -> None:
    run = session(on_enter=[{"action": "marker"}])
    run.see_many(10, OUT)
    assert "clip ring" not in {thread.name for thread in threading.enumerate()}


def test_a_clip_is_refused_before_the_reserve_of_the_disk_is_touched(session: Any, tmp_path: Path) -> None:
    run = session({"pre_s": 0, "post_s": 0}, reserve_mb=1_000_000)
    run.see_many(3, OUT)
    run.see_many(3, IN)
    run.rules.close()
    assert not list(tmp_path.glob("*.mp4"))
    assert any("MB are free" in problem for problem in run.rules.log_problems)
    assert "failed: " in (tmp_path / "run_rules_times.csv").read_text(encoding="utf-8")


def test_a_full_disk_leaves_a_clip_that_plays_and_the_rules_go_on(
    session: Any, full_disk: Path, until: Any, numbers: Any, make_picture: Any
) -> None:
    run = session({"pre_s": 0, "post_s": 60, "most_s": 100, "crf": 5}, folder=full_disk)
    random = np.random.default_rng(3)
    run.see_many(3, OUT)
    run.see(IN, image=make_picture(run.index, SIZE_PX))
    for _ in range(400):
        image = random.integers(0, 256, (SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
        image[:16] = make_picture(run.index, SIZE_PX)[:16]
        run.see(IN, image=image)
    until(lambda: any("written to the end" in problem for problem in run.rules.log_problems))
    assert run.rules.test_fire("visit", "enter", 0)
    run.rules.close()
    (video,) = full_disk.glob("c*.mp4")
    shown = numbers(video)
    assert len(shown) > 5
    assert shown == list(range(3, 3 + len(shown)))


def ring_with(count: int, keep_s: float) -> tuple[ClipRing, list[int]]:
    ring = ClipRing(RATE_HZ, keep_s)
    seen: list[int] = []
    ring.join(-math.inf, lambda packed: seen.append(packed.frame.index))
    for k in range(count):
        ring.put(Frame(k, k / RATE_HZ, None, "cam", 0, ArrayPicture(np.full((SIZE_PX[1], SIZE_PX[0], 3), k, np.uint8))))
    return ring, seen


def kept(ring: ClipRing) -> list[int]:
    found: list[int] = []

    def take(packed: Any) -> None:
        found.append(packed.frame.index)

    ring.join(-math.inf, take)
    ring.leave(take)
    return found


def test_the_ring_keeps_no_more_than_it_was_asked_for(until: Any) -> None:
    ring, seen = ring_with(100, keep_s=1.0)
    until(lambda: len(seen) == 100)
    assert kept(ring) == list(range(69, 100))
    ring.close()


def test_the_ring_never_grows_beyond_its_bytes(until: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip_ring, "MOST_KEPT_BYTES", 20_000)
    ring, seen = ring_with(100, keep_s=100.0)
    until(lambda: len(seen) == 100)
    assert 0 < ring.kept_bytes <= 20_000
    assert kept(ring) == list(range(100 - len(kept(ring)), 100))
    ring.close()


def test_frames_for_which_there_is_no_time_are_counted_at_the_next(
    monkeypatch: pytest.MonkeyPatch, until: Any, make_picture: Any
) -> None:
    monkeypatch.setattr(clip_ring, "MOST_WAITING_BYTES", 1)
    ring = ClipRing(RATE_HZ, 10.0)
    gate = threading.Event()
    seen: list[tuple[int, int]] = []

    def take(packed: Any) -> None:
        seen.append((packed.frame.index, packed.dropped_before))

    class Slow(ArrayPicture):
        def bgr_u8(self) -> Any:
            gate.wait(10)
            return super().bgr_u8()

    ring.join(-math.inf, take)
    ring.put(Frame(0, 0.0, None, "cam", 0, Slow(np.zeros((9, 9, 3), np.uint8))))
    until(lambda: not ring._waiting)
    for k in range(1, 6):
        ring.put(Frame(k, k / RATE_HZ, None, "cam", 0, ArrayPicture(np.full((SIZE_PX[1], SIZE_PX[0], 3), k, np.uint8))))
    gate.set()
    until(lambda: len(seen) == 2)
    ring.put(Frame(6, 6 / RATE_HZ, None, "cam", 0, ArrayPicture(np.zeros((9, 9, 3), np.uint8))))
    until(lambda: len(seen) == 3)
    assert seen == [(0, 0), (1, 0), (6, 4)]
    ring.close()
