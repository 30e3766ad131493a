"""Learning a background while a source is open: from which frames, how far it is, and how it is given up."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.pipeline import Pipeline
from tracker_gui.engine.player import Player, PlayerState
from tracker_gui.engine.sampling import Sampler
from tracker_gui.engine.screen_feed import ScreenFeed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 20.0


def small_preset(**background: Any) -> Preset:
    scene = choice(
        "sources", "simulated", animals=1, duration_s=2.0, width_px=80, height_px=64, body_length_px=10, seed=3
    )
    image = (choice("image", "background", **background),) if background else ()
    return Preset(source=scene, image=image, tracker=choice("trackers", "fixed_count", animals=1))


def opened(preset: Preset) -> tuple[Pipeline, Sampler]:
    assert preset.source is not None
    sampler = Sampler(preset.source.make())
    return Pipeline(preset, sampler.open(), sampler), sampler


def test_the_frames_it_was_learnt_from_are_known_until_it_is_gone() -> None:
    preset = small_preset(frames=4)
    pipeline, sampler = opened(preset)
    assert pipeline.sampled == (7, 22, 37, 52)
    pipeline.update(replace(preset, detector=choice("detectors", "blobs", offset=30)))
    assert pipeline.sampled == (7, 22, 37, 52)
    pipeline.update(replace(preset, image=()))
    assert pipeline.sampled == ()
    pipeline.close()
    sampler.close()


def test_another_draw_learns_from_other_frames_and_the_same_draw_from_the_same() -> None:
    learnt = []
    for draw in (0, 1, 2, 1):
        pipeline, sampler = opened(small_preset(frames=4, draw=draw))
        assert pipeline.background_u8 is not None
        learnt.append((pipeline.sampled, pipeline.background_u8.copy()))
        pipeline.close()
        sampler.close()
    assert len({frames for frames, _ in learnt}) == 3
    assert learnt[1][0] == learnt[3][0]
    np.testing.assert_array_equal(learnt[1][1], learnt[3][1])


class Watched:
    """A player on its threads, and what it says of itself."""

    def __init__(self) -> None:
        self._told = threading.Condition()
        self.states: list[PlayerState] = []
        self.while_learning: Callable[[], None] = lambda: None
        self.player = Player(ScreenFeed(lambda: None), self._tell)
        self.threads = [threading.Thread(target=loop) for loop in (self.player.capture_loop, self.player.track_loop)]
        for thread in self.threads:
            thread.start()

    def _tell(self, state: PlayerState) -> None:
        with self._told:
            self.states.append(state)
            self._told.notify_all()
        if state.learning is not None:
            self.while_learning()

    def until(self, holds: Callable[[PlayerState], bool]) -> PlayerState:
        with self._told:
            assert self._told.wait_for(lambda: self.states and holds(self.states[-1]), PATIENCE_S), self.states[-1:]
            return self.states[-1]


@pytest.fixture
def watched(no_leaks: None) -> Iterator[Watched]:
    there = Watched()
    yield there
    there.player.close()
    for thread in there.threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_the_player_says_how_far_it_is_and_from_which_frames_it_learnt(watched: Watched) -> None:
    watched.player.set_preset(small_preset(frames=4))
    state = watched.until(lambda state: len(state.background_frames) == 4)
    assert state.learning is None
    assert [s.learning for s in watched.states if s.learning is not None] == [(0, 4), (1, 4), (2, 4), (3, 4)]


def test_learning_that_is_cancelled_leaves_the_settings_before_in_force(watched: Watched) -> None:
    watched.player.set_preset(small_preset(frames=4))
    before = watched.until(lambda state: len(state.background_frames) == 4)
    watched.while_learning = watched.player.cancel_learning
    watched.player.set_preset(small_preset(frames=9))
    state = watched.until(lambda state: state.problem is not None and state.learning is None)
    assert "cancelled" in str(state.problem)
    assert state.background_frames == before.background_frames
    watched.while_learning = lambda: None
    watched.player.set_preset(small_preset(frames=9, draw=1))
    assert watched.until(lambda state: len(state.background_frames) == 9).problem is None


def test_newer_settings_end_the_learning_for_older_ones(watched: Watched) -> None:
    watched.player.set_preset(small_preset(frames=4))
    watched.until(lambda state: len(state.background_frames) == 4)
    newer = [small_preset(frames=5)]
    watched.while_learning = lambda: watched.player.set_preset(newer.pop()) if newer else None
    watched.player.set_preset(small_preset(frames=50))
    watched.until(lambda state: len(state.background_frames) == 5)
    assert max(s.learning[0] for s in watched.states if s.learning is not None and s.learning[1] == 50) == 0
