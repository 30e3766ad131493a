"""Zones, arenas and regions as one picture that is laid over each frame: they do not move."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import shapely
from shapely.ops import substring

from tracker_gui.analysis.lettering import blend
from tracker_gui.analysis.overlay_texts import NAME_OFF_PX, label_places, letters_of
from tracker_gui.core.arrays import U8, frozen
from tracker_gui.core.colours import CHIP, bgr
from tracker_gui.core.geometry import SHAPE_KINDS, HalfPlane, Line, Mark
from tracker_gui.core.shape_edit import outline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tracker_gui.analysis.lettering import Lettering
    from tracker_gui.core.annotation import AnnotatedShape
    from tracker_gui.core.overlays import ZonesLook

SHIFT = 4  # cv2 draws at sixteenths of a pixel
TILE_PX = 64
MARK_PX = 7.0
ARROW_PX = 12.0


def fine(xy_px: object) -> NDArray[np.int32]:
    """Return (n, 2) places as cv2 draws them at `SHIFT`."""
    return np.asarray(np.round(np.clip(np.asarray(xy_px), -1e5, 1e5) * (1 << SHIFT)), np.int32).reshape(-1, 1, 2)


def shape_tiles(
    shapes: Iterable[AnnotatedShape], look: ZonesLook, size_px: tuple[int, int], unit: float, lettering: Lettering
) -> list[tuple[int, int, U8]]:
    """Return patches with their places that are laid over each frame, as `blend` takes them.

    Of the whole picture only those tiles that something is drawn in: laying all of 1080p over a frame costs 13 ms.
    """
    shown = [each for each in shapes if each.is_zone or not look.only_zones] if look.on else []
    if not shown:
        return []
    layer = np.zeros((size_px[1], size_px[0], 4), np.uint8)
    for each in shown:
        _draw(layer, each, look, unit, size_px)
    if look.names:
        _write(layer, shown, look, unit, lettering)
    if look.opacity_percent < 100:
        layer = (layer * (look.opacity_percent / 100)).round().astype(np.uint8)
    return [
        (x, y, frozen(np.ascontiguousarray(tile)))
        for y in range(0, size_px[1], TILE_PX)
        for x in range(0, size_px[0], TILE_PX)
        if (tile := layer[y : y + TILE_PX, x : x + TILE_PX]).any()
    ]


def _draw(layer: U8, each: AnnotatedShape, look: ZonesLook, unit: float, size_px: tuple[int, int]) -> None:
    shape = each.shape
    if isinstance(shape, SHAPE_KINDS) and each.filling_01 > 0:
        inside = shape.mask(size_px)
        patch = np.zeros_like(layer)
        patch[inside > 0] = [round(c * each.filling_01) for c in (*bgr(each.colour), 255)]
        blend(layer, patch, 0, 0)
    lines = mark_lines(shape.at, MARK_PX * unit) if isinstance(shape, Mark) else _lines(shape)
    width = max(1, round(look.width_px * unit))
    for colour, wide in ((bgr(CHIP), width + 2), (bgr(each.colour), width)):
        for line in lines:
            parts = dashes(line, 4 * width) if each.dashed and wide == width else [line]
            cv2.polylines(layer, [fine(part) for part in parts], False, (*colour, 255), wide, cv2.LINE_AA, SHIFT)
    if isinstance(shape, HalfPlane | Line):
        start, end = (shape.start, shape.end) if isinstance(shape, HalfPlane) else shape.points[-2:]
        turn = math.atan2(end[1] - start[1], end[0] - start[0])
        head = [
            (end[0] - ARROW_PX * unit * math.cos(turn + side), end[1] - ARROW_PX * unit * math.sin(turn + side))
            for side in (-math.pi / 7, math.pi / 7)
        ]
        cv2.fillPoly(layer, [fine([head[0], end, head[1]])], (*bgr(each.colour), 255), cv2.LINE_AA, SHIFT)


def _lines(shape: object) -> list[NDArray[np.float64]]:
    if isinstance(shape, HalfPlane):
        start, end = np.array(shape.start), np.array(shape.end)
        along = (end - start) / np.hypot(*(end - start)) * 2e4
        return [np.array([start - along, end + along])]
    return [shapely.get_coordinates(part) for part in shapely.get_parts(outline(shape))]


def mark_lines(at: tuple[float, float], reach: float) -> list[NDArray[np.float64]]:
    """Return a ring with four spokes, as a point of the preset is drawn."""
    x, y = at
    turn = np.linspace(0, 2 * math.pi, 25)
    ring = np.stack([x + 0.6 * reach * np.cos(turn), y + 0.6 * reach * np.sin(turn)], axis=1)
    spokes = [
        np.array([(x + 0.3 * reach * dx, y + 0.3 * reach * dy), (x + reach * dx, y + reach * dy)])
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]
    return [ring, *spokes]


def dashes(line: NDArray[np.float64], length_px: float) -> list[NDArray[np.float64]]:
    """Return every other piece of this length of a line."""
    way = shapely.LineString(line) if len(line) > 1 else None
    if way is None or way.length > 4000 * length_px:
        return [line]
    count = max(1, math.ceil(way.length / length_px))
    pieces = (substring(way, k * length_px, (k + 1) * length_px) for k in range(0, count, 2))
    return [shapely.get_coordinates(piece) for piece in pieces if piece.length > 0]


def _write(layer: U8, shown: list[AnnotatedShape], look: ZonesLook, unit: float, lettering: Lettering) -> None:
    patches = [lettering.patch(each.label, letters_of(look, unit, each.colour)) for each in shown]
    room = (0.0, 0.0, float(layer.shape[1]), float(layer.shape[0]))
    sizes = [(float(patch.shape[1]), float(patch.shape[0])) for patch in patches]
    things = [label_place(each.shape) for each in shown]
    for patch, (x, y) in zip(patches, label_places((NAME_OFF_PX, NAME_OFF_PX), things, sizes, room, unit), strict=True):
        blend(layer, patch, round(x), round(y))


def label_place(shape: object) -> tuple[float, float]:
    """Return where the name of a shape stands."""
    if isinstance(shape, HalfPlane):
        return (shape.start[0] + shape.end[0]) / 2, (shape.start[1] + shape.end[1]) / 2
    if isinstance(shape, Mark):
        return shape.at
    if isinstance(shape, Line):
        return shape.points[len(shape.points) // 2]
    x0, y0, x1, _ = shapely.bounds(outline(shape)).tolist()
    return (x0 + x1) / 2, y0
