import cv2
import numpy as np
import pytest

from tracker_gui.core.errors import InputError, OutputError
from tracker_gui.core.geometry import Rect
from tracker_gui.core.prepared import Prepared
from tracker_gui.stages.image.background import Background, BackgroundParams

GROUND = 150
DARK, LIGHT = 60, 220


def scene(x: int | None = None, level: int = DARK, noise_seed: int | None = None) -> np.ndarray:
    """Return a (40, 60) plain ground with a square of 6 px at column x."""
    picture = np.full((40, 60), GROUND, np.uint8)
    if noise_seed is not None:
        picture = picture + np.random.default_rng(noise_seed).integers(0, 5, picture.shape, np.uint8)
    if x is not None:
        picture[20:26, x : x + 6] = level
    return picture


def background(**settings) -> Background:
    return Background(BackgroundParams(**settings))


WALK = [scene(x) for x in range(0, 50, 6)]
EMPTY = [scene(noise_seed=seed) for seed in range(10)]


def test_median_of_a_walk_is_the_empty_scene(opened):
    (step,) = opened(background(frames=9), like=WALK[0], samples=WALK)
    np.testing.assert_array_equal(step.background_u8, scene())


@pytest.mark.parametrize("count", [2, 3, 8, 31, 50])
def test_median_is_numpy_s_median_rounded_up(opened, count):
    stack = np.random.default_rng(count).integers(0, 256, (count, 70, 33), np.uint8)
    (step,) = opened(background(frames=count), like=stack[0], samples=list(stack))
    np.testing.assert_array_equal(step.background_u8, np.floor(np.median(stack, axis=0) + 0.5))


def test_mean_min_and_max_are_those_of_the_samples(opened):
    stack = np.random.default_rng(0).integers(0, 256, (7, 40, 60), np.uint8)
    expected = {"mean": np.floor(stack.mean(axis=0) + 0.5), "min": stack.min(axis=0), "max": stack.max(axis=0)}
    for model, picture in expected.items():
        (step,) = opened(background(model=model, frames=7), like=stack[0], samples=list(stack))
        np.testing.assert_array_equal(step.background_u8, picture)


@pytest.mark.parametrize(
    ("difference", "dark_seen", "light_seen"),
    [("darker", GROUND - DARK, 0), ("lighter", 0, LIGHT - GROUND), ("both", GROUND - DARK, LIGHT - GROUND)],
)
def test_difference_says_what_counts(prepare, difference, dark_seen, light_seen):
    picture = scene(10)
    picture[2:5, 40:44] = LIGHT
    state = prepare(picture, background(frames=9, difference=difference), samples=WALK).state()
    assert state.foreground_u8[22, 12] == dark_seen
    assert state.foreground_u8[3, 41] == light_seen
    assert state.foreground_u8[35, 55] == 0


def test_picture_passes_through(prepare):
    np.testing.assert_array_equal(prepare(scene(10), background(frames=9), samples=WALK).luma_u8(), scene(10))


def test_colour_picture_gets_a_gray_foreground(prepare):
    colour = [np.dstack([p] * 3) for p in WALK]
    state = prepare(np.dstack([scene(10)] * 3), background(frames=9), samples=colour).state(colour=True)
    assert state.image_u8.shape == (40, 60, 3)
    assert state.foreground_u8[22, 12] == GROUND - DARK


def test_known_background_needs_no_margin(opened):
    (step,) = opened(background(frames=9), like=WALK[0], samples=WALK)
    assert step.margin_px == 0


@pytest.mark.parametrize("model", ["median", "mean", "min", "max", "mog2", "knn"])
def test_same_frames_give_the_same_background(opened, frame_of, model):
    def learn() -> np.ndarray:
        shown = np.random.default_rng(0).integers(90, 140, (60, 40, 60), np.uint8)
        steps = opened(background(model=model, frames=20), like=shown[0], samples=list(shown[:20]))
        for index, picture in enumerate(shown):
            Prepared(frame_of(picture, index), steps).learn()
        return steps[0].background_u8

    cv2.setRNGSeed(1)
    first = learn()
    cv2.setRNGSeed(2)
    np.testing.assert_array_equal(first, learn())


def test_saved_background_loads_as_the_same_and_is_used_instead_of_samples(opened, tmp_path):
    (learnt,) = opened(background(frames=9), like=WALK[0], samples=WALK)
    learnt.save(tmp_path / "Bühne 空.png")
    (loaded,) = opened(background(file="Bühne 空.png"), like=WALK[0], samples=[scene(5)] * 9, folder=tmp_path)
    np.testing.assert_array_equal(loaded.background_u8, learnt.background_u8)


def test_background_file_of_another_size_is_refused_with_both_sizes(opened, tmp_path):
    cv2.imwrite(str(tmp_path / "empty.png"), np.zeros((10, 20), np.uint8))
    with pytest.raises(InputError, match=r"empty\.png: is 20 x 10 px, but the video is 60 x 40 px"):
        opened(background(file=tmp_path / "empty.png"), like=WALK[0])


def test_missing_background_file_is_named(opened, tmp_path):
    with pytest.raises(InputError, match=r"gone\.png: there is no such file"):
        opened(background(file=tmp_path / "gone.png"), like=WALK[0])


def test_saving_before_there_is_a_background_says_so(tmp_path):
    with pytest.raises(OutputError, match="there is no background yet"):
        Background().save(tmp_path / "background.png")


def test_background_cannot_be_saved_where_there_is_no_folder(opened, tmp_path):
    (step,) = opened(background(frames=9), like=WALK[0], samples=WALK)
    with pytest.raises(OutputError, match="cannot be written"):
        step.save(tmp_path / "no" / "folder.png")


class TestSourceThatCannotSeek:
    def learn(self, opened, frame_of, frames: int, every: int, shown: list[np.ndarray]) -> list[np.ndarray]:
        steps = opened(background(frames=frames, every=every), like=shown[0])
        return [Prepared(frame_of(p, i), steps).state().foreground_u8 for i, p in enumerate(shown)]

    def test_nothing_is_foreground_until_there_are_enough_frames(self, opened, frame_of):
        foregrounds = self.learn(opened, frame_of, frames=4, every=2, shown=WALK[:8])
        assert [bool(f.any()) for f in foregrounds] == [False] * 6 + [True] * 2

    def test_learns_from_one_frame_in_every(self, opened, frame_of):
        shown = [scene(3 if i % 3 else None) for i in range(8)]
        foregrounds = self.learn(opened, frame_of, frames=3, every=3, shown=shown)
        assert foregrounds[7][22, 5] == GROUND - DARK

    def test_sees_the_whole_frame_only_while_learning(self, opened, frame_of):
        steps = opened(background(frames=2, every=1), like=WALK[0])
        margins = []
        for index, picture in enumerate(WALK[:4]):
            margins.append(steps[0].margin_px)
            Prepared(frame_of(picture, index), steps).state(Rect(0, 0, 5, 5))
        assert margins == [None, None, 0, 0]

    def test_frame_shown_again_is_not_learnt_again(self, opened, frame_of):
        steps = opened(background(frames=2, every=1), like=WALK[0])
        for _ in range(5):
            Prepared(frame_of(WALK[0]), steps).learn()
        assert steps[0].background_u8 is None


@pytest.mark.parametrize("model", ["mog2", "knn"])
class TestRunningModel:
    def test_animal_is_white_and_ground_black_from_the_first_frame_on(self, prepare, model):
        state = prepare(scene(10, noise_seed=77), background(model=model, frames=10), samples=EMPTY).state()
        assert (state.foreground_u8[20:26, 10:16] == 255).all()
        assert np.count_nonzero(state.foreground_u8) <= 40

    def test_only_the_wanted_direction_counts(self, prepare, model):
        picture = scene(10, noise_seed=77)
        picture[2:6, 40:46] = LIGHT
        step = background(model=model, frames=10, difference="lighter")
        foreground = prepare(picture, step, samples=EMPTY).state().foreground_u8
        assert not foreground[20:26, 10:16].any()
        assert (foreground[2:6, 40:46] == 255).all()

    def test_without_samples_nothing_is_foreground_at_first(self, opened, frame_of, model):
        steps = opened(background(model=model, frames=6), like=scene())
        shown = [scene({3: 30, 7: 10}.get(index), noise_seed=index) for index in range(8)]
        foregrounds = [Prepared(frame_of(p, i), steps).state().foreground_u8 for i, p in enumerate(shown)]
        assert not any(foreground.any() for foreground in foregrounds[:6])
        assert (foregrounds[7][20:26, 10:16] == 255).all()

    def test_new_light_becomes_background(self, opened, frame_of, model):
        steps = opened(background(model=model, frames=10, history=20), like=scene(), samples=EMPTY)
        brighter = [scene(noise_seed=seed) + np.uint8(40) for seed in range(60)]
        seen = [Prepared(frame_of(p, i), steps).state().foreground_u8.mean() for i, p in enumerate(brighter)]
        assert seen[0] > 200
        assert seen[-1] < 5

    def test_frame_shown_again_is_not_learnt_again(self, opened, frame_of, model):
        steps = opened(background(model=model, frames=10, history=10), like=scene(), samples=EMPTY)
        for _ in range(50):
            foreground = Prepared(frame_of(scene(10)), steps).state().foreground_u8
        assert (foreground[20:26, 10:16] == 255).all()

    def test_file_is_the_background_to_begin_with(self, prepare, tmp_path, model):
        cv2.imwrite(str(tmp_path / "empty.png"), scene())
        step = background(model=model, frames=10, file=tmp_path / "empty.png")
        foreground = prepare(scene(10), step, samples=[scene(10)] * 10).state().foreground_u8
        assert (foreground[20:26, 10:16] == 255).all()
