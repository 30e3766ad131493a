import numpy as np
import pytest

from tracker_gui.stages.image.background import Background, BackgroundParams
from tracker_gui.stages.image.region_mask import RegionMask, RegionMaskParams
from tracker_gui.stages.image.undistort import Undistort, UndistortParams

WIDTH, HEIGHT = 121, 81
MIDDLE = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)


def undistort(**settings: float) -> Undistort:
    return Undistort(UndistortParams(**{"fx": 100.0, "fy": 100.0} | settings))


def bent_point(x: float, y: float, k1: float) -> tuple[float, float]:
    """Return where a lens with k1 puts the straight image's point (x, y), by the model's own formula."""
    u, v = (x - MIDDLE[0]) / 100, (y - MIDDLE[1]) / 100
    stretch = 1 + k1 * (u * u + v * v)
    return MIDDLE[0] + 100 * u * stretch, MIDDLE[1] + 100 * v * stretch


def blob_at(x: float, y: float) -> np.ndarray:
    columns, rows = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    return (250 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 8)).astype(np.uint8)


def centroid(picture: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(picture.shape)
    weight = picture / picture.sum()
    return float((columns * weight).sum()), float((rows * weight).sum())


def test_without_distortion_the_picture_stays(prepare):
    picture = blob_at(30, 30)
    state = prepare(picture, undistort()).state()
    np.testing.assert_array_equal(state.image_u8, picture)
    assert state.keep_u8 is None


@pytest.mark.parametrize("k1", [-0.3, 0.2])
def test_blob_goes_where_a_straight_lens_would_show_it(prepare, k1):
    straight = (95.0, 60.0)
    picture = blob_at(*bent_point(*straight, k1))
    assert centroid(prepare(picture, undistort(k1=k1)).luma_u8()) == pytest.approx(straight, abs=0.3)


def test_middle_of_the_lens_does_not_move(prepare):
    picture = blob_at(*MIDDLE)
    assert centroid(prepare(picture, undistort(k1=-0.3)).luma_u8()) == pytest.approx(MIDDLE, abs=0.05)


def test_what_the_camera_has_not_seen_is_not_kept(prepare):
    keep = prepare(np.full((HEIGHT, WIDTH), 200, np.uint8), undistort(k1=0.3)).state().keep_u8
    assert keep[0, 0] == 0
    assert keep[HEIGHT // 2, WIDTH // 2] == 255


def test_what_the_camera_has_not_seen_makes_no_edge(prepare):
    assert (prepare(np.full((HEIGHT, WIDTH), 200, np.uint8), undistort(k1=0.3)).luma_u8() == 200).all()


def test_keep_mask_and_foreground_are_straightened_with_the_picture(prepare):
    picture = blob_at(*bent_point(95, 60, -0.3))
    around = {"kind": "circle", "centre": bent_point(95, 60, -0.3), "radius": 12}
    chain = (Background(BackgroundParams(frames=2)), RegionMask(RegionMaskParams(keep=(around,))), undistort(k1=-0.3))
    state = prepare(picture, *chain, samples=[np.zeros_like(picture)] * 2).state()
    assert centroid(state.foreground_u8) == pytest.approx((95, 60), abs=0.3)
    assert centroid(state.keep_u8) == pytest.approx((95, 60), abs=1.0)
    assert set(np.unique(state.keep_u8)) == {0, 255}
