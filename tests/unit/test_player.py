"""The player: what is asked of it is what the screen gets."""

from __future__ import annotations

import queue
import socket
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.types import Tracks, TrackState
from tracker_gui.engine.pipeline import opened_pipeline
from tracker_gui.engine.player import Phase, Player, PlayerState
from tracker_gui.engine.sampling import Interrupted, Sampler
from tracker_gui.engine.screen_feed import Beside, ScreenFeed, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FRAMES = 60
PATIENCE_S = 20.0


def small_scene(**changes: Any) -> Any:
    scene = {
        "animals": 2, "duration_s": 2.0, "width_px": 160, "height_px": 120, "body_length_px": 14, "rate_hz": 30,
        "seed": 3,
    }  # fmt: skip
    return choice("sources", "simulated", **{**scene, **changes})


def small_preset() -> Preset:
    wall = {"kind": "circle", "centre": [79.5, 59.5], "radius": 53}
    return Preset(
        source=small_scene(),
        image=(choice("image", "region_mask", keep=[wall]),),
        detector=choice("detectors", "blobs", block_size_px=31, offset=18, min_area_px2=15, max_area_px2=400),
        tracker=choice("trackers", "fixed_count", animals=2),
    )


def tracked_directly(preset: Preset) -> list[Tracks]:
    assert preset.source is not None
    source = preset.source.make()
    try:
        with opened_pipeline(preset, source, source.open()) as pipeline:
            frames = iter(source.read, None)
            return [pipeline.step(frame).tracks for frame in frames]
    finally:
        source.close()


class Screen:
    """Takes what the feed offers, as a window does, and keeps it all."""

    def __init__(self) -> None:
        self._arrived = threading.Condition()
        self.pictures: list[Shown] = []
        self.states: list[PlayerState] = []
        self.feed = ScreenFeed(self._wake)
        self.player = Player(self.feed, self._told)

    def _wake(self) -> None:
        shown = self.feed.take()
        assert shown is not None
        with self._arrived:
            self.pictures.append(shown)
            self._arrived.notify_all()

    def _told(self, state: PlayerState) -> None:
        with self._arrived:
            self.states.append(state)
            self._arrived.notify_all()

    def wait(self, what: Callable[[], Any]) -> Any:
        with self._arrived:
            assert self._arrived.wait_for(what, PATIENCE_S), f"phase {self.states[-1:]}, {len(self.pictures)} pictures"
            return what()

    def wait_for_index(self, index: int) -> Shown:
        self.wait(lambda: self.pictures and self.pictures[-1].snapshot.frame.index == index)
        return self.pictures[-1]

    def wait_for_phase(self, phase: Phase) -> PlayerState:
        self.wait(lambda: self.states and self.states[-1].phase is phase)
        return self.states[-1]

    @property
    def index(self) -> int:
        return self.pictures[-1].snapshot.frame.index


@pytest.fixture
def screen(no_leaks: None) -> Iterator[Screen]:
    screen = Screen()
    threads = [threading.Thread(target=loop) for loop in (screen.player.capture_loop, screen.player.track_loop)]
    for thread in threads:
        thread.start()
    yield screen
    screen.player.close()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads)


def test_opening_shows_the_first_frame_and_waits(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    shown = screen.wait_for_index(0)
    assert shown.bgra_u8.shape == (120, 160, 4)
    state = screen.wait_for_phase(Phase.PAUSED)
    assert state.info is not None
    assert state.info.frame_count == FRAMES


def test_the_picture_has_the_pixels_of_the_frame(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    shown = screen.wait_for_index(0)
    assert np.array_equal(shown.bgra_u8[..., :3], shown.snapshot.frame.bgr_u8)


def test_seeking_shows_that_very_frame(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    screen.wait_for_index(0)
    screen.player.seek(37)
    assert screen.wait_for_index(37).snapshot.frame.index == 37


def test_seeking_beyond_the_end_shows_the_last_frame(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    screen.wait_for_index(0)
    screen.player.seek(10_000)
    screen.wait_for_index(FRAMES - 1)


def test_of_many_seeks_the_last_one_holds(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    screen.wait_for_index(0)
    for index in range(40, 20, -1):
        screen.player.seek(index)
    screen.wait_for_index(21)


def test_a_step_shows_the_next_frame(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    screen.wait_for_index(0)
    for index in (1, 2, 3):
        screen.player.step()
        screen.wait_for_index(index)


def test_playing_goes_through_every_frame_and_stops_at_the_end(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    screen.player.play()
    screen.wait_for_phase(Phase.ENDED)
    trails = screen.wait_for_index(FRAMES - 1).trails
    measured = [tracks.track_id[tracks.measured].tolist() for tracks in tracked_directly(small_preset())]
    assert {trail.track_id: sum(map(len, trail.parts)) for trail in trails} == {
        track_id: sum(track_id in ids for ids in measured) for track_id in (1, 2)
    }


def test_playing_takes_as_long_as_the_source(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    screen.wait_for_index(0)
    start = time.monotonic()
    screen.player.play()
    screen.wait_for_phase(Phase.ENDED)
    assert time.monotonic() - start > 1.8  # 2 s of frames; only too fast would be wrong on a busy machine


def test_playing_again_from_the_end_begins_at_the_start(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    screen.wait_for_index(0)
    screen.player.seek(FRAMES - 3)
    screen.wait_for_index(FRAMES - 3)
    screen.player.play()
    screen.wait_for_phase(Phase.ENDED)
    screen.player.play()
    screen.wait(lambda: screen.index < 20)


def test_pausing_shows_the_frame_it_stopped_at(screen: Screen) -> None:
    screen.player.set_preset(small_preset())
    screen.player.play()
    screen.wait(lambda: screen.pictures and screen.index > 5)
    screen.player.pause()
    screen.wait_for_phase(Phase.PAUSED)
    index = screen.index
    screen.player.step()
    screen.wait_for_index(index + 1)


def test_repeating_begins_again_at_the_end(screen: Screen) -> None:
    screen.player.repeat = True
    screen.player.set_preset(small_preset())
    screen.wait_for_index(0)
    screen.player.seek(FRAMES - 5)
    screen.wait_for_index(FRAMES - 5)
    screen.player.play()
    screen.wait(lambda: screen.index < 10)
    assert Phase.ENDED not in {state.phase for state in screen.states}


def test_settings_changed_while_paused_are_seen_on_the_same_frame(screen: Screen) -> None:
    preset = small_preset()
    screen.player.set_preset(preset)
    screen.wait_for_index(0)
    assert len(screen.pictures[-1].snapshot.detections) == 2
    nothing = replace(preset, detector=choice("detectors", "blobs", min_area_px2=5000, max_area_px2=9000))
    screen.player.set_preset(nothing)
    screen.wait(lambda: len(screen.pictures[-1].snapshot.detections) == 0)
    assert screen.index == 0
    assert not screen.pictures[-1].tracked


def test_tracks_stay_on_the_picture_when_settings_find_the_same(screen: Screen) -> None:
    preset = small_preset()
    screen.player.set_preset(preset)
    screen.wait_for_index(0)
    before = len(screen.pictures)
    screen.player.set_preset(preset.with_tracker(max_step_px=50))
    screen.wait(lambda: len(screen.pictures) > before)
    assert screen.pictures[-1].tracked
    assert len(screen.pictures[-1].snapshot.tracks) == 2


def test_identities_go_on_after_a_pause_with_other_settings(screen: Screen) -> None:
    preset = small_preset()
    screen.player.set_preset(preset)
    screen.wait_for_index(0)
    for index in range(1, 4):
        screen.player.step()
        screen.wait_for_index(index)
    before = dict(
        zip(screen.pictures[-1].snapshot.tracks.track_id, screen.pictures[-1].snapshot.tracks.xy_px, strict=True)
    )
    shown = len(screen.pictures)
    params = preset.detector.params.model_copy(update={"offset": 20.0})
    screen.player.set_preset(replace(preset, detector=replace(preset.detector, params=params)))
    screen.wait(lambda: len(screen.pictures) > shown)
    screen.player.step()
    tracks = screen.wait_for_index(4).snapshot.tracks
    for track_id, place in zip(tracks.track_id, tracks.xy_px, strict=True):
        assert np.linalg.norm(place - before[track_id]) < 10


def test_unusable_settings_are_told_and_the_old_ones_stay(screen: Screen) -> None:
    preset = small_preset()
    screen.player.set_preset(preset)
    screen.wait_for_index(0)
    screen.player.set_preset(replace(preset, detector=choice("detectors", "blobs", method="background")))
    screen.wait(lambda: screen.states[-1].problem is not None)
    assert "background" in str(screen.states[-1].problem)
    screen.player.step()
    assert len(screen.wait_for_index(1).snapshot.detections) == 2
    screen.player.set_preset(preset)
    screen.wait(lambda: screen.states[-1].problem is None)


def test_a_source_is_shown_even_if_its_first_settings_cannot_be_used(screen: Screen) -> None:
    preset = small_preset()
    screen.player.set_preset(replace(preset, detector=choice("detectors", "blobs", method="background")))
    screen.wait_for_index(0)
    assert screen.states[-1].problem is not None


def test_a_missing_file_is_told_and_another_source_can_be_opened(screen: Screen, tmp_path: Path) -> None:
    preset = small_preset()
    missing = choice("sources", "video_file", path=tmp_path / "gone.mp4")
    screen.player.set_preset(replace(preset, source=missing))
    screen.wait(lambda: screen.states and screen.states[-1].problem is not None)
    assert "there is no such file" in str(screen.states[-1].problem)
    assert screen.states[-1].phase is Phase.EMPTY
    screen.player.set_preset(preset)
    screen.wait_for_index(0)
    assert screen.states[-1].problem is None


def test_a_camera_that_does_not_answer_is_told_in_a_sentence(screen: Screen) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}/video.mjpg"
        screen.player.set_preset(replace(small_preset(), source=choice("sources", "network_stream", url=url)))
        screen.wait(lambda: screen.states and screen.states[-1].problem is not None)
    assert "the connection is refused" in str(screen.states[-1].problem)
    assert "unexpected" not in str(screen.states[-1].problem)


def test_a_video_file_shows_the_frames_that_were_asked_for(
    screen: Screen, make_video: Callable[..., Path], number_in: Callable[[Any], int]
) -> None:
    path = make_video("clip.mp4", 40)
    screen.player.set_preset(Preset(source=choice("sources", "video_file", path=path)))
    assert number_in(screen.wait_for_index(0).snapshot.frame.luma_u8) == 0
    for index in (25, 7, 39, 8):
        screen.player.seek(index)
        assert number_in(screen.wait_for_index(index).snapshot.frame.luma_u8) == index
    screen.player.seek(20)
    screen.wait_for_index(20)
    screen.player.step()
    assert number_in(screen.wait_for_index(21).snapshot.frame.luma_u8) == 21


def test_a_video_whose_header_does_not_say_its_length_is_counted_in_a_quiet_moment(
    screen: Screen, arena_videos: Callable[[int, float], list[Path]]
) -> None:
    (path,) = arena_videos(1, 2.0)
    source = choice("sources", "video_file", path=path)
    opened = source.make()
    assert opened.open().frame_count is None
    opened.close()
    screen.player.set_preset(Preset(source=source))
    screen.wait(lambda: screen.states and screen.states[-1].info and screen.states[-1].info.frame_count == 60)
    assert screen.index == 0


@pytest.mark.parametrize("beside", [Beside.MASK, Beside.PREPARED, Beside.FOREGROUND, Beside.BACKGROUND])
def test_what_is_wanted_beside_the_frame_comes_with_it(screen: Screen, beside: Beside) -> None:
    screen.feed.beside = beside
    preset = small_preset()
    screen.player.set_preset(replace(preset, image=(*preset.image, choice("image", "background", frames=5))))
    shown = screen.wait_for_index(0)
    assert shown.beside is beside
    assert shown.beside_u8 is not None
    assert shown.beside_u8.shape[:2] == (120, 160)


def test_a_crop_is_shown_where_it_lies(screen: Screen) -> None:
    screen.feed.beside = Beside.PREPARED
    preset = small_preset()
    crop = choice("image", "crop", left=20, top=10, right=80, bottom=70)
    screen.player.set_preset(replace(preset, image=(crop,)))
    shown = screen.wait_for_index(0)
    assert shown.beside_origin_px == (20, 10)
    assert shown.beside_u8 is not None
    assert shown.beside_u8.shape[:2] == (40, 60)


def test_the_background_is_written_as_it_is_used(screen: Screen, tmp_path: Path) -> None:
    preset = small_preset()
    screen.player.set_preset(replace(preset, image=(choice("image", "background", frames=5),)))
    screen.wait_for_index(0)
    answers: queue.Queue[Any] = queue.Queue()
    screen.player.save_background(tmp_path / "empty.png", answers.put)
    assert answers.get(timeout=PATIENCE_S) is None
    assert (tmp_path / "empty.png").stat().st_size > 100


def test_closing_ends_a_background_that_is_being_made(no_leaks: None) -> None:
    screen = Screen()
    threads = [threading.Thread(target=loop) for loop in (screen.player.capture_loop, screen.player.track_loop)]
    for thread in threads:
        thread.start()
    slow = small_scene(width_px=1280, height_px=960, duration_s=60)
    screen.player.set_preset(Preset(source=slow, image=(choice("image", "background", frames=250),)))
    screen.wait(lambda: screen.states and screen.states[-1].info is not None)
    screen.player.close()
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)


def test_lost_animals_leave_a_gap_in_their_trail() -> None:
    feed = ScreenFeed(lambda: None)
    preset = small_preset()
    assert preset.source is not None
    source = preset.source.make()
    with opened_pipeline(preset, source, source.open()) as pipeline:
        for _ in range(12):
            snapshot = pipeline.step(source.read())
            if 5 <= snapshot.frame.index <= 7:
                lost = np.full(len(snapshot.tracks), int(TrackState.LOST), np.int32)
                snapshot = replace(snapshot, tracks=replace(snapshot.tracks, state=lost))
            feed.offer(snapshot, now=True)
    source.close()
    shown = feed.take()
    assert shown is not None
    assert [[len(part) for part in trail.parts] for trail in shown.trails] == [[5, 4], [5, 4]]


def test_a_sampled_frame_is_read_once_and_then_kept() -> None:
    source = small_scene().make()
    sampler = Sampler(source, lambda: False)
    index = sampler.sample_indices(3)[1]
    sampler.seek(index)
    first = sampler.read()
    sampler.seek(index)
    assert sampler.read() is first
    assert first is not None
    assert first.index == index
    sampler.close()


def test_sampling_is_given_up_when_it_is_no_longer_wanted() -> None:
    sampler = Sampler(small_scene().make(), lambda: True)
    sampler.seek(0)
    with pytest.raises(Interrupted):
        sampler.read()


def test_the_screen_is_woken_once_until_it_takes() -> None:
    wakes: list[None] = []
    feed = ScreenFeed(lambda: wakes.append(None))
    source = small_scene().make()
    with opened_pipeline(small_preset(), source, source.open()) as pipeline:
        for _ in range(5):
            feed.offer(pipeline.step(source.read()), now=True)
        assert len(wakes) == 1
        shown = feed.take()
        assert shown is not None
        assert shown.snapshot.frame.index == 4
        feed.offer(pipeline.step(source.read()), now=True)
    source.close()
    assert len(wakes) == 2
