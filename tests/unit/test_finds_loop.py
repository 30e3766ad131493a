"""The loop that keeps the finds on sampled frames up to date."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.finds_loop import FindsLoop, FindsState, Sample
from tracker_gui.engine.sampled_finds import Verdict, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 20.0


def small_preset(least_px2: int = 15, **changes: Any) -> Preset:
    scene = {
        "animals": 2, "duration_s": 2.0, "width_px": 160, "height_px": 120, "body_length_px": 14, "rate_hz": 30,
        "seed": 3,
    }  # fmt: skip
    wall = {"kind": "circle", "centre": [79.5, 59.5], "radius": 53}
    return Preset(
        source=choice("sources", "simulated", **{**scene, **changes}),
        image=(choice("image", "region_mask", keep=[wall]),),
        detector=choice("detectors", "blobs", block_size_px=31, offset=18, min_area_px2=least_px2, max_area_px2=400),
        tracker=choice("trackers", "fixed_count", animals=2),
    )


def sample(preset: Preset, count: int = 5, draw: int = 0, **more: Preset) -> Sample:
    return Sample(preset.source, None, {"B": preset, **more}, count, draw)


class Watched:
    """A loop on its thread, and all states that it told."""

    def __init__(self) -> None:
        self._states: queue.SimpleQueue[FindsState] = queue.SimpleQueue()
        self.loop = FindsLoop(self._take)
        self.thread = threading.Thread(target=self.loop.loop)
        self.thread.start()

    def _take(self) -> None:
        state = self.loop.take()
        assert state is not None
        self._states.put(state)

    def until(self, holds: Callable[[FindsState], bool]) -> FindsState:
        """Return the first state from now on of which that is true."""
        while not holds(state := self._states.get(timeout=PATIENCE_S)):
            pass
        return state

    def settled(self) -> FindsState:
        return self.until(lambda state: not state.busy)


@pytest.fixture
def watched(no_leaks: None) -> Iterator[Watched]:
    there = Watched()
    yield there
    there.loop.close()
    there.thread.join(PATIENCE_S)
    assert not there.thread.is_alive()


def test_every_sampled_frame_gets_its_finds(watched: Watched) -> None:
    watched.loop.use(sample(small_preset()))
    state = watched.settled()
    assert [frame.index for frame in state.frames] == [6, 18, 30, 42, 54]
    assert state.slots["B"].fresh == {6, 18, 30, 42, 54}
    assert tally(state.slots["B"].finds.values()).right == 5
    assert state.done == state.total == 5


def test_other_settings_leave_the_old_finds_until_the_new_ones_are_there(watched: Watched) -> None:
    watched.loop.use(sample(small_preset()))
    watched.settled()
    watched.loop.use(sample(small_preset(least_px2=390)))
    begun = watched.until(lambda state: state.busy)
    assert len(begun.slots["B"].finds) == 5
    assert len(begun.slots["B"].fresh) < 5
    done = watched.settled()
    assert {found.verdict for found in done.slots["B"].finds.values()} == {Verdict.TOO_FEW}


def test_of_many_changes_the_newest_counts(watched: Watched) -> None:
    for least_px2 in range(300, 100, -1):
        watched.loop.use(sample(small_preset(least_px2=least_px2)))
    watched.loop.use(sample(small_preset()))
    state = watched.settled()
    assert tally(state.slots["B"].finds.values()).right == 5


def test_settings_of_another_slot_that_are_known_are_not_looked_at_again(watched: Watched) -> None:
    one, other = small_preset(), small_preset(least_px2=390)
    watched.loop.use(sample(one, A=other))
    before = watched.settled()
    watched.loop.use(sample(other, A=one))
    swapped = watched.until(lambda state: state.slots["B"].finds[6] is before.slots["A"].finds[6])
    assert swapped.slots["A"].finds[6] is before.slots["B"].finds[6]
    assert swapped.done == 5


def test_settings_that_cannot_be_used_are_told_and_the_others_go_on(watched: Watched) -> None:
    bad = replace(small_preset(), image=(choice("image", "background", file="not/there.png"),))
    watched.loop.use(sample(small_preset(), A=bad))
    state = watched.settled()
    assert "not/there.png" in str(state.slots["A"].problem)
    assert state.slots["B"].fresh == {6, 18, 30, 42, 54}


def test_a_source_that_is_not_there_is_told(watched: Watched) -> None:
    gone = replace(small_preset(), source=choice("sources", "video_file", path="not/there.mp4"))
    watched.loop.use(sample(gone))
    assert "there.mp4" in str(watched.settled().problem)


def test_a_cancelled_look_keeps_what_it_has_and_can_go_on(watched: Watched) -> None:
    watched.loop.use(sample(small_preset(), count=50))
    watched.until(lambda state: state.done >= 2)
    watched.loop.cancel()
    stopped = watched.until(lambda state: state.cancelled and not state.busy)
    assert 2 <= stopped.done < 50
    watched.loop.go_on()
    assert watched.until(lambda state: state.done == 50).total == 50


def test_frames_of_a_live_source_are_kept_as_they_are_offered(watched: Watched) -> None:
    preset = small_preset()
    assert preset.source is not None
    source = preset.source.make()
    info = replace(source.open(), is_live=True, can_seek=False)
    watched.loop.use(Sample(preset.source, info, {"B": preset}, 3))
    for number in range(5):
        source.seek(number * 10)
        frame = source.read()
        assert frame is not None
        watched.loop.offer(frame)
        state = watched.until(
            lambda state, last=frame.index: (  # type: ignore[misc]
                not state.busy and state.frames != () and state.frames[-1].index == last
            )
        )
    assert [frame.index for frame in state.frames] == [20, 30, 40]
    assert state.slots["B"].fresh == {20, 30, 40}
    source.close()


def test_a_cancel_after_the_end_is_none(watched: Watched) -> None:
    watched.loop.use(sample(small_preset()))
    watched.settled()
    watched.loop.cancel()
    assert not watched.settled().cancelled
