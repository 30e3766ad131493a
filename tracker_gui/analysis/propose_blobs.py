"""From one click on an animal: the threshold, the areas and the polarity by which blobs find it and its kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tracker_gui.core.arrays import I32, U8
    from tracker_gui.core.geometry import Point
    from tracker_gui.core.stage import ImageState

Method = Literal["adaptive", "global", "background"]
Polarity = Literal["darker", "lighter"]

REACH_PX = 3
"""How far beside the animal a click may be, in pixels of the frame."""
LARGEST_SHARE = 0.25
"""What is larger than this share of the picture is ground."""
LEAST_AREA_PX2 = 12
LEAST_CONTRAST = 8.0
NOISE_FACTOR = 4.0
WIDEST_EDGE_PX = 10.0
"""A border spread over more pixels than this is light that falls off: 30 on the ground of real videos, 3 of animals."""
LEVEL_STEP = 2
NEARLY_BEST = 0.04
KIN = (0.6, 1.6)
"""Blobs whose area is this many times that of the clicked one are taken for animals too: two that touch are not."""
SMALLEST, LARGEST = 0.55, 1.7
"""Limits, times the smallest and the largest of the kin: an animal that bends keeps more than half of its area."""
BLOCK_PX = (11, 999)


@dataclass(frozen=True, slots=True)
class BlobProposal:
    """Settings of the detector Blobs that find the clicked animal.

    Attributes
    ----------
    settings : dict
        By the names of the detector's settings; what does not depend on the animal is left out.
    outline_px : (n, 2) int32
        The clicked animal, in pixels of the picture.
    area_px2, contrast : float
        Its area as the detector measures it, and how many grey levels it differs from the ground around it.
    kin : int
        How many blobs of about its area there are in this picture, itself included.
    words : str
        Why, in a sentence.
    """

    settings: dict[str, Any]
    outline_px: I32
    area_px2: float
    contrast: float
    polarity: Polarity
    kin: int
    words: str


@dataclass(frozen=True, slots=True)
class _Region:
    """What stands out around the click: a mask of the whole picture, its median grey level, and how sharply."""

    mask: NDArray[np.bool_]
    level: float
    contrast: float
    edge: float
    polarity: Polarity


def propose_blobs(state: ImageState, at: Point, method: Method = "adaptive") -> BlobProposal | None:
    """Return settings that find the animal at `at`; None where nothing stands out from its ground there.

    The animal is the connected region around the click whose border is steepest over all grey levels (a stable
    region as in Matas et al., "Robust wide baseline stereo from maximally stable extremal regions", BMVC 2002, by
    steepness in place of growth). The threshold is then the middle of those that give nearly this region.

    Parameters
    ----------
    state : ImageState
        The picture after the image chain, luma.
    at : Point
        In pixels of this picture, whose first pixel is (0, 0).
    method : {"adaptive", "global", "background"}
        The threshold that is wanted; without a foreground, "background" becomes "adaptive".
    """
    image = cv2.cvtColor(state.image_u8, cv2.COLOR_BGR2GRAY) if state.image_u8.ndim == 3 else state.image_u8
    height, width = image.shape
    column, row = math.floor(at[0] + 0.5), math.floor(at[1] + 0.5)
    if not (0 <= column < width and 0 <= row < height):
        return None
    if state.keep_u8 is not None and not state.keep_u8[row, column]:
        return None
    region = _region(np.asarray(image, np.uint8), state.keep_u8, (column, row))
    if region is None:
        return None
    kind: Method = "adaptive" if method == "background" and state.foreground_u8 is None else method
    box = cv2.minAreaRect(_points(region.mask))
    block_px = min(max(2 * math.ceil(max(box[1])) + 1, BLOCK_PX[0]), BLOCK_PX[1])
    strength = _strength(image, state.foreground_u8, kind, region.polarity, block_px)
    threshold = _threshold(strength, state.keep_u8, region, block_px)
    if threshold is None:
        return None
    taken = (strength >= threshold) & _kept(state.keep_u8, strength.shape)
    found = _outlines(taken)
    own = _own(taken, found, region.mask)
    if own is None:
        return None
    area = float(cv2.contourArea(own))
    areas = [cv2.contourArea(outline) for outline in found]
    kin = [a for a in areas if KIN[0] * area <= a <= KIN[1] * area]
    settings: dict[str, Any] = {"method": kind}
    if kind == "background":
        settings["difference"] = min(max(threshold, 1), 254)
    else:
        settings["polarity"] = region.polarity
    if kind == "adaptive":
        settings.update(block_size_px=block_px, offset=float(min(threshold, 100)))
    elif kind == "global":
        settings["level"] = -threshold if region.polarity == "darker" else threshold
    settings["min_area_px2"] = _round_figure(SMALLEST * min(kin))
    settings["max_area_px2"] = _round_figure(LARGEST * max(kin))
    words = (
        f"This animal has {area:.0f} px² and is {region.contrast:.0f} grey levels {region.polarity} than its ground."
    )
    return BlobProposal(
        settings, own.reshape(-1, 2).astype(np.int32), area, region.contrast, region.polarity, len(kin), words
    )


def _region(image: U8, keep: U8 | None, at: tuple[int, int]) -> _Region | None:
    """Return what stands out most sharply around a place, darker or lighter than its ground."""
    smooth = np.asarray(cv2.GaussianBlur(image, (3, 3), 0), np.uint8)
    steep = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)) / 4
    inverted = np.asarray(cv2.bitwise_not(smooth), np.uint8)
    grown = (_grown(smooth, steep, keep, at, "darker"), _grown(inverted, steep, keep, at, "lighter"))
    level = float(smooth[at[1], at[0]])

    def misfit(each: _Region) -> float:
        return abs(level - each.level) / each.contrast

    # An animal on a dish that stands out itself: what is clicked looks like the animal, not like the dish.
    return min((each for each in grown if each is not None), key=misfit, default=None)


def _grown(dark: U8, steep: Any, keep: U8 | None, at: tuple[int, int], polarity: Polarity) -> _Region | None:
    """Let a region grow from the darkest pixel at the click, level by level, and keep that with the steepest border."""
    height, width = dark.shape
    x0, y0 = max(0, at[0] - REACH_PX), max(0, at[1] - REACH_PX)
    near = dark[y0 : at[1] + REACH_PX + 1, x0 : at[0] + REACH_PX + 1]
    lowest, _, (dx, dy), _ = cv2.minMaxLoc(near)
    seed = (x0 + dx, y0 + dy)
    barrier = np.zeros((height + 2, width + 2), np.uint8)
    if keep is not None:
        barrier[1:-1, 1:-1][keep == 0] = 1
        if barrier[seed[1] + 1, seed[0] + 1]:
            return None
    limit = LARGEST_SHARE * (height * width if keep is None else np.count_nonzero(keep))
    best: _Region | None = None
    last = -1
    canvas = dark.copy()
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | (255 << 8)
    for rise in range(0, 255 - int(lowest), LEVEL_STEP):
        grown = barrier.copy()
        area, _, _, (x, y, w, h) = cv2.floodFill(canvas, grown, seed, (0,), (255,), (rise,), flags)
        if area > limit:
            break
        if area < LEAST_AREA_PX2 or area == last:
            continue
        last = area
        inside = (grown[y + 1 : y + h + 1, x + 1 : x + w + 1] == 255).astype(np.uint8)
        edge = _edge(inside, steep[y : y + h, x : x + w])
        if best is None or edge > best.edge:
            mask = np.zeros((height, width), np.bool_)
            mask[y : y + h, x : x + w] = inside > 0
            best = _Region(mask, 0.0, 0.0, edge, polarity)
    if best is None:
        return None
    contrast, noise = _contrast(dark, best.mask, keep)
    if contrast < max(LEAST_CONTRAST, NOISE_FACTOR * noise) or best.edge * WIDEST_EDGE_PX < contrast:
        return None
    inside = float(np.median(dark[best.mask]))
    return _Region(best.mask, inside if polarity == "darker" else 255.0 - inside, contrast, best.edge, polarity)


def _edge(inside: U8, steep: Any) -> float:
    """Return the mean steepness along the outer border of a region, grey levels per pixel."""
    outlines, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = np.concatenate(outlines).reshape(-1, 2)
    return float(steep[points[:, 1], points[:, 0]].mean())


def _contrast(dark: U8, mask: NDArray[np.bool_], keep: U8 | None) -> tuple[float, float]:
    """Return how much darker a region is than the ring around it, and the spread of grey levels in that ring."""
    x, y, w, h = cv2.boundingRect(mask.astype(np.uint8))
    wide = max(4, min(w, h) // 2)
    rows = slice(max(0, y - wide - 2), y + h + wide + 2)
    columns = slice(max(0, x - wide - 2), x + w + wide + 2)
    part = mask[rows, columns].astype(np.uint8)
    far = cv2.dilate(part, np.ones((2 * wide + 1, 2 * wide + 1), np.uint8)) > 0
    ring = far & ~(cv2.dilate(part, np.ones((5, 5), np.uint8)) > 0)
    if keep is not None:
        ring &= keep[rows, columns] > 0
    if not ring.any():
        return 0.0, 0.0
    levels = dark[rows, columns][ring].astype(np.float64)
    ground = float(np.median(levels))
    # 1.48 times the median deviation is the standard deviation of a normal distribution.
    noise = 1.48 * float(np.median(np.abs(levels - ground)))
    return ground - float(np.median(dark[mask])), noise


def _strength(image: U8, foreground: U8 | None, method: Method, polarity: Polarity, block_px: int) -> NDArray[np.int16]:
    """Return a picture in which the pixels at or above a threshold are those that the detector takes."""
    levels = image.astype(np.int16)
    if method == "background" and foreground is not None:
        return foreground.astype(np.int16) - np.int16(1)
    if method == "global":
        return -levels if polarity == "darker" else levels - np.int16(1)
    blurred = cv2.blur(image, (block_px, block_px), borderType=cv2.BORDER_REPLICATE)
    mean = np.asarray(blurred, np.int16)
    return mean - levels if polarity == "darker" else levels - mean - np.int16(1)


def _threshold(strength: NDArray[np.int16], keep: U8 | None, region: _Region, block_px: int) -> int | None:
    """Return the middle of the thresholds whose blob is most like the region."""
    x, y, w, h = cv2.boundingRect(region.mask.astype(np.uint8))
    rows = slice(max(0, y - block_px // 2), y + h + block_px // 2)
    columns = slice(max(0, x - block_px // 2), x + w + block_px // 2)
    part, wanted = strength[rows, columns], region.mask[rows, columns]
    kept = _kept(None if keep is None else keep[rows, columns], part.shape)
    high = int(np.median(part[wanted]))
    around = part[~wanted & kept]
    low = int(np.median(around)) if around.size else high - round(region.contrast)
    likeness: dict[int, float] = {}
    for share in np.linspace(0.15, 0.85, 15):
        threshold = round(low + float(share) * (high - low))
        if threshold not in likeness:
            likeness[threshold] = _likeness((part >= threshold) & kept, wanted)
    best = max(likeness.values(), default=0.0)
    if best <= 0.2:
        return None
    good = sorted(threshold for threshold, like in likeness.items() if like >= best - NEARLY_BEST)
    return good[len(good) // 2]


def _likeness(mask: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    """Return the overlap (intersection over union) of a region with the blobs of a mask that touch it."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8))
    touching = np.unique(labels[wanted & mask])
    blob = np.isin(labels, touching) & mask
    union = np.count_nonzero(blob | wanted)
    return float(np.count_nonzero(blob & wanted) / union) if union else 0.0


def _kept(keep: U8 | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    return np.ones(shape, np.bool_) if keep is None else keep > 0


def _outlines(mask: NDArray[np.bool_]) -> list[I32]:
    """Return the outer outlines of all blobs, those within a wall too."""
    found, tree = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return []
    return [np.asarray(each, np.int32) for each, row in zip(found, tree[0], strict=True) if row[3] < 0]


def _own(taken: NDArray[np.bool_], outlines: list[I32], wanted: NDArray[np.bool_]) -> I32 | None:
    """Return the outline of the blob that shares most with the region; None where none does.

    Not the outline around it: a wall's one holds all that is within the wall.
    """
    _, labels = cv2.connectedComponents(taken.astype(np.uint8))
    shared = np.bincount(labels[taken & wanted])
    if not shared.size:
        return None
    label = int(shared.argmax())
    own = next((outline for outline in outlines if labels[outline[0, 0, 1], outline[0, 0, 0]] == label), None)
    return own if own is not None and cv2.contourArea(own) > 0 else None


def _points(mask: NDArray[np.bool_]) -> I32:
    rows, columns = np.nonzero(mask)
    return np.stack([columns, rows], axis=1).astype(np.int32)


def _round_figure(area_px2: float) -> float:
    """Return an area with two significant figures, as a person would type it."""
    digits = 1 - math.floor(math.log10(max(area_px2, 1.0)))
    return max(1.0, float(round(area_px2, digits)))
