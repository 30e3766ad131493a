"""Dark or light blobs by threshold: animals on a plain ground."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import cv2
import numpy as np
from pydantic import model_validator

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.geometry import Rect
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import Detector, DetectorContext, SearchHint
from tracker_gui.core.types import Detections, Explanation, no_detections

if TYPE_CHECKING:
    from tracker_gui.core.arrays import I32, U8
    from tracker_gui.core.prepared import Prepared

# Above this share of the frame, windows cost more than they save.
WINDOWS_WORTH_IT = 0.5


class BlobsParams(Params):
    """What counts as an animal."""

    method: Literal["adaptive", "global", "background"] = setting(
        "adaptive",
        title="Threshold",
        description="Compare each pixel with its neighbourhood (adaptive), with one grey level (global), "
        "or with the empty scene (background; needs a Background step in the image chain).",
    )
    polarity: Literal["darker", "lighter"] = setting(
        "darker", title="Animals are", when={"method": ("adaptive", "global")},
        description="Darker or lighter than the ground they are on.",
    )  # fmt: skip
    block_size_px: int = setting(
        51, title="Neighbourhood", ge=3, le=999, step=2, unit="px", when={"method": ("adaptive",)},
        description="Adaptive threshold: side of the square each pixel is compared with; about twice the "
        "animal's length. An even size is made odd.",
    )  # fmt: skip
    offset: float = setting(
        18, title="Contrast", ge=-100, le=100, step=1, unit="grey levels", when={"method": ("adaptive",)},
        description="Adaptive threshold: how much an animal must differ from the mean of its neighbourhood.",
    )  # fmt: skip
    level: int = setting(
        100, title="Grey level", ge=0, le=255, step=1, unit="grey levels", when={"method": ("global",)},
        description="Global threshold: animals are at or below this level (darker), or above it (lighter).",
    )  # fmt: skip
    difference: int = setting(
        25, title="Difference", ge=1, le=254, step=1, unit="grey levels", when={"method": ("background",)},
        description="Background threshold: how much an animal must differ from the empty scene.",
    )  # fmt: skip
    min_area_px2: float = setting(
        100, title="Smallest area", ge=0, le=10_000_000, step=10, unit="px²",
        description="Blobs of this area or smaller are not animals.",
    )  # fmt: skip
    max_area_px2: float = setting(
        5000, title="Largest area", ge=1, le=10_000_000, step=10, unit="px²",
        description="Blobs of this area or larger are not one animal (the tracker splits several that touch).",
    )  # fmt: skip
    open_px: int = setting(
        0, title="Remove specks", ge=0, le=51, step=1, unit="px", more=True,
        description="Morphological opening: removes what is thinner than this: legs, hairs, noise. 0 is off.",
    )  # fmt: skip
    close_px: int = setting(
        0, title="Join parts", ge=0, le=51, step=1, unit="px", more=True,
        description="Morphological closing: joins parts that are closer than this. 0 is off.",
    )  # fmt: skip
    fill_holes: bool = setting(
        True, title="Fill holes", more=True,
        description="Take a blob with a hole in it as solid. Off, the hole is left out of its area and centre.",
    )  # fmt: skip
    search_window: bool = setting(
        True, title="Search near known animals", more=True,
        description="Look only around the animals while all of them are known: the same result, several times faster.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _range_in_order(self) -> BlobsParams:
        if self.min_area_px2 >= self.max_area_px2:
            raise ValueError(
                f"the smallest area ({self.min_area_px2:g} px²) must be below the largest ({self.max_area_px2:g} px²)"
            )
        return self


@dataclass(slots=True)
class _Blob:
    """One connected region: its outer outline and the outlines of its holes, in frame pixels."""

    outline: I32
    holes: list[I32]


class Blobs(Detector[BlobsParams]):
    """Connected regions of a thresholded picture, by area."""

    title: ClassVar[str] = "Blobs"
    about: ClassVar[str] = "Animals that are darker or lighter than a plain ground. Fast, needs no model."
    Params = BlobsParams

    def open(self, context: DetectorContext) -> None:
        p = self.params
        if p.method == "background" and not context.has_foreground:
            raise SettingsError(
                "detector.params.method",
                "'background' needs a background to compare with",
                "Add the step 'Background' to the image chain, or choose the adaptive threshold.",
            )
        self._merge_up_to = max(1, context.merge_up_to)
        self._block = p.block_size_px | 1
        self._limit_px2 = p.max_area_px2 * self._merge_up_to
        self._open = _kernel(p.open_px)
        self._close = _kernel(p.close_px)
        self._margin_px = (self._block // 2 if p.method == "adaptive" else 0) + 2 * (p.open_px + p.close_px)
        self._radius_px = math.sqrt(p.max_area_px2 / math.pi)
        dark = p.polarity == "darker"
        self._kind = cv2.THRESH_BINARY_INV if dark else cv2.THRESH_BINARY
        self._constant = p.offset if dark else -p.offset

    def step(self, prepared: Prepared, hint: SearchHint | None = None, explain: bool = False) -> Detections:
        domain = prepared.domain
        if hint is not None and self.params.search_window and not explain:
            found = self._search(prepared, hint)
            if found is not None:
                return self._describe(*found)
        mask = self._threshold(prepared, domain)
        return self._describe(_outlines(mask, domain), None, mask if explain else None, prepared)

    def _search(self, prepared: Prepared, hint: SearchHint) -> tuple[list[_Blob], tuple[Rect, ...]] | None:
        """Return the blobs around known animals as a search of the whole frame finds them; None for "search it all".

        A blob that matters has its centre within reach, and (see `_is_hollow`) some of itself within
        `_radius_px` of its centre. So a blob cut by the window's side matters only if what is seen of
        it comes that near and is not too large already; then the window is made larger.
        """
        domain = prepared.domain
        windows = _disjoint([self._window(x, y, r, domain) for x, y, r in _circles(hint)], domain)
        done: dict[Rect, list[_Blob]] = {}
        while windows is not None:
            for number, window in enumerate(windows):
                if window in done:
                    continue
                blobs = self._whole_blobs(_outlines(self._threshold(prepared, window), window), window, domain, hint)
                if blobs is None:
                    windows[number] = window.grow(max(window.width, window.height) // 2).clip(domain)
                    break
                done[window] = blobs
            else:
                return [blob for window in windows for blob in done[window]], tuple(windows)
            windows = _disjoint(windows, domain)
        return None

    def _window(self, x: float, y: float, reach: float, domain: Rect) -> Rect:
        r = reach + 2 * self._radius_px
        return Rect(math.floor(x - r), math.floor(y - r), math.ceil(x + r) + 1, math.ceil(y + r) + 1).clip(domain)

    def _whole_blobs(self, blobs: list[_Blob], window: Rect, domain: Rect, hint: SearchHint) -> list[_Blob] | None:
        """Return the blobs that are not cut by the window; None when a cut one may matter."""
        whole = []
        for blob in blobs:
            x, y, w, h = cv2.boundingRect(blob.outline)
            cut = (
                (x == window.x0 and x > domain.x0)
                or (y == window.y0 and y > domain.y0)
                or (x + w == window.x1 and x + w < domain.x1)
                or (y + h == window.y1 and y + h < domain.y1)
            )
            if not cut:
                whole.append(blob)
                continue
            if self._area(blob) >= self._limit_px2:
                continue
            points = blob.outline.reshape(-1, 2)
            for cx, cy, reach in _circles(hint):
                near = reach + self._radius_px + 1
                if not (x - near <= cx <= x + w + near and y - near <= cy <= y + h + near):
                    continue
                if (
                    _distance_to_outline(points, cx, cy) <= near
                    or cv2.pointPolygonTest(blob.outline, (cx, cy), False) >= 0
                ):
                    return None
        return whole

    def _area(self, blob: _Blob) -> float:
        area = cv2.contourArea(blob.outline)
        if not self.params.fill_holes:
            area -= sum(cv2.contourArea(hole) for hole in blob.holes)
        return area

    def _threshold(self, prepared: Prepared, rect: Rect) -> U8:
        """Return the mask of `rect`, as it would come out in the whole frame."""
        p = self.params
        outer = rect.grow(self._margin_px).clip(prepared.domain) if self._margin_px else rect
        state = prepared.state(outer)
        mask: Any
        if p.method == "adaptive":
            mask = cv2.adaptiveThreshold(
                state.image_u8, 255, cv2.ADAPTIVE_THRESH_MEAN_C, self._kind, self._block, self._constant
            )
        elif p.method == "global":
            _, mask = cv2.threshold(state.image_u8, p.level, 255, self._kind)
        else:
            if state.foreground_u8 is None:
                raise SettingsError(
                    "detector.params.method", "'background' found no background", "Add the step 'Background'."
                )
            _, mask = cv2.threshold(state.foreground_u8, p.difference, 255, cv2.THRESH_BINARY)
        if state.keep_u8 is not None:
            mask = cv2.bitwise_and(mask, state.keep_u8)
        if self._open is not None:
            mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, self._open)
        if self._close is not None:
            mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, self._close)
        return mask[rect.slices(outer)]  # type: ignore[no-any-return]

    def _describe(
        self,
        blobs: list[_Blob],
        searched: tuple[Rect, ...] | None,
        mask: U8 | None = None,
        prepared: Prepared | None = None,
    ) -> Detections:
        low, high = self.params.min_area_px2, self.params.max_area_px2
        explain = mask is not None
        rows: list[tuple[float, ...]] = []
        taken: list[I32] = []
        rejected: list[tuple[float, float, float, str]] = []
        for blob in blobs:
            area = self._area(blob)
            row = None
            if low < area < self._limit_px2:
                row = self._row(blob, area)
            if row is not None:
                rows.append((*row, area >= high))
                taken.append(blob.outline)
            elif explain:
                centre = blob.outline.reshape(-1, 2).mean(axis=0)
                reason = "hollow" if low < area < self._limit_px2 else "too small" if area <= low else "too large"
                rejected.append((float(centre[0]), float(centre[1]), area, f"{reason}: {area:.0f} px²"))
        explanation = self._explanation(mask, rejected, prepared) if explain else None
        if not rows:
            return no_detections(searched, explanation)
        if len(rows) > 1:
            order = sorted(range(len(rows)), key=rows.__getitem__)
            rows = [rows[i] for i in order]
            taken = [taken[i] for i in order]
        table = np.array(rows)
        n = len(rows)
        return Detections(
            xy_px=table[:, 0:2],
            box_xyxy_px=table[:, 2:6],
            area_px2=table[:, 6],
            angle_rad=table[:, 7],
            score_01=np.ones(n),
            class_id=np.zeros(n, np.int32),
            oversize=table[:, 8] > 0,
            contour_px=tuple(taken),
            searched=searched,
            explanation=explanation,
        )

    def _row(self, blob: _Blob, area: float) -> tuple[float, ...] | None:
        """Return centre, box, area and angle of a blob; None where its centre lies far outside of it."""
        m = cv2.moments(blob.outline)
        if not self.params.fill_holes and blob.holes:
            # Only the sums of the pixels themselves may be subtracted, central ones follow from them.
            m = cv2.moments(_filled(blob), binaryImage=True)
            x0, y0 = cv2.boundingRect(blob.outline)[:2]
        else:
            x0 = y0 = 0
        if m["m00"] <= 0.0:
            return None
        x, y = m["m10"] / m["m00"] + x0, m["m01"] / m["m00"] + y0
        if cv2.pointPolygonTest(blob.outline, (x, y), True) < -self._radius_px:
            return None
        angle = 0.5 * math.atan2(2 * m["mu11"], m["mu20"] - m["mu02"])
        left, top, w, h = cv2.boundingRect(blob.outline)
        return x, y, left, top, left + w, top + h, area, angle

    def _explanation(
        self, mask: U8 | None, rejected: list[tuple[float, float, float, str]], prepared: Prepared | None
    ) -> Explanation:
        whole = mask
        if mask is not None and prepared is not None and prepared.domain != Rect(0, 0, *prepared.frame.size_px):
            width, height = prepared.frame.size_px
            whole = np.zeros((height, width), np.uint8)
            whole[prepared.domain.slices(Rect(0, 0, width, height))] = mask
        table = np.array([r[:3] for r in rejected]).reshape(-1, 3)
        return Explanation(whole, table[:, :2], table[:, 2], tuple(r[3] for r in rejected))


def _kernel(size_px: int) -> U8 | None:
    if size_px < 2:
        return None
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size_px, size_px)), np.uint8)


def _outlines(mask: U8, rect: Rect) -> list[_Blob]:
    """Return the connected regions of a mask with their holes, in frame pixels.

    Two levels: a region inside a hole (an animal within its dish's wall) is a region of its own.
    """
    found, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE, offset=(rect.x0, rect.y0))
    if tree is None:
        return []
    blobs = []
    for outline, (_, _, child, parent) in zip(found, tree[0].tolist(), strict=True):
        if parent < 0:
            holes = []
            while child >= 0:
                holes.append(found[child])
                child = tree[0][child][0]
            blobs.append(_Blob(outline, holes))
    return blobs


def _filled(blob: _Blob) -> U8:
    """Return the pixels of a blob without its holes, as a mask of its bounding box."""
    x, y, w, h = cv2.boundingRect(blob.outline)
    mask = np.zeros((h, w), np.uint8)
    cv2.drawContours(mask, [blob.outline], -1, (255,), cv2.FILLED, offset=(-x, -y))
    for hole in blob.holes:
        cv2.drawContours(mask, [hole], -1, (0,), cv2.FILLED, offset=(-x, -y))
        cv2.drawContours(mask, [hole], -1, (255,), 1, offset=(-x, -y))
    return mask


def _circles(hint: SearchHint) -> list[tuple[float, float, float]]:
    return [(x, y, r) for (x, y), r in zip(hint.centre_px.tolist(), hint.reach_px.tolist(), strict=True)]


def _distance_to_outline(points: I32, x: float, y: float) -> float:
    """Return the distance from a point to the nearest corner or side of a closed outline."""
    if len(points) == 1:
        return math.dist(points[0].tolist(), (x, y))
    return abs(cv2.pointPolygonTest(points.reshape(-1, 1, 2), (x, y), True))


def _disjoint(windows: list[Rect], domain: Rect) -> list[Rect] | None:
    """Join windows that overlap; None when so much is covered that the whole frame is cheaper."""
    joined: list[Rect] = []
    for window in windows:
        current = window
        while True:
            touching = [other for other in joined if other.overlaps(current)]
            if not touching:
                break
            for other in touching:
                joined.remove(other)
                current = current.union(other)
        joined.append(current)
    if not joined or sum(w.area_px2 for w in joined) > WINDOWS_WORTH_IT * domain.area_px2:
        return None
    return joined
