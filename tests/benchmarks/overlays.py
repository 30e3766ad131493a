"""What it costs to draw annotated frames, and the texts on the screen.

    python tests/benchmarks/overlays.py [--frames N]

Ten animals walk over a grey picture; each set of looks draws N frames after a warm-up. Milliseconds per frame, of the
processor, on one thread. On a busy machine run it with `chrt -r 5`.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

ANIMALS = 10
SIZES_PX = ((640, 480), (1920, 1080))


def make_snapshots(size_px, count):
    """Return what a tracker would say of some frames."""
    from tracker_gui.core.picture import ArrayPicture
    from tracker_gui.core.prepared import Prepared
    from tracker_gui.core.types import Frame, Motion, Snapshot, Tracks, no_detections

    random = np.random.default_rng(1)
    heading = np.cumsum(random.normal(0, 0.15, (count, ANIMALS)), axis=0)
    step = np.stack([np.cos(heading), np.sin(heading)], axis=2) * size_px[1] / 200
    start = random.random((ANIMALS, 2)) * size_px
    places = np.abs((np.cumsum(step, axis=0) + start) % (2 * np.array(size_px)) - size_px)
    picture = ArrayPicture(np.full((size_px[1], size_px[0], 3), 128, np.uint8))
    ids, whole, known = np.arange(1, ANIMALS + 1), np.zeros(ANIMALS, np.int64), np.ones(ANIMALS, np.bool_)
    zero, turn = np.zeros(ANIMALS), np.linspace(0, 2 * np.pi, 30)
    ring = (np.stack([12 * np.cos(turn), 6 * np.sin(turn)], axis=1) * size_px[1] / 480).astype(np.int32)[:, None]
    for k in range(count):
        frame = Frame(k, k / 30, 1.7e9 + k / 30, "bench", 0, picture)
        tracks = Tracks(tuple(ids.tolist()), ids, whole, places[k], np.zeros((ANIMALS, 4)), step[k] * 30, zero, zero,
                        whole, whole, np.arange(ANIMALS))  # fmt: skip
        contours = tuple(ring + place.astype(np.int32) for place in places[k])
        seen = replace(no_detections(), xy_px=places[k], contour_px=contours, oversize=np.zeros(ANIMALS, bool))
        yield Snapshot(frame, Prepared(frame), seen, tracks, Motion(zero, known, heading[k], known))


def main() -> None:
    """Print a table."""
    from tracker_gui.analysis.overlay import TrackOverlay
    from tracker_gui.core.annotation import annotation_of
    from tracker_gui.core.geometry import Circle
    from tracker_gui.core.overlays import MaskLook, Overlays, TextLook, ZonesLook, recording_looks
    from tracker_gui.core.preset import Preset
    from tracker_gui.core.zones import Zone

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--frames", type=int, default=300)
    count = arguments.parse_args().frames
    texts = (TextLook(), TextLook(shows="session time", anchor="top right"), TextLook(shows="text", text="n=${count}"))
    usual = recording_looks()
    sets = {
        "as at first": usual,
        "and 3 texts": replace(usual, texts=texts),
        "and 4 zones": replace(usual, texts=texts, zones=ZonesLook()),
        "and mask, trails 60 %": replace(
            usual, texts=texts, zones=ZonesLook(), mask=MaskLook(on=True),
            trails=usual.trails.model_copy(update={"opacity_percent": 60}),
        ),
    }  # fmt: skip
    print(f"{'ms of the processor per frame':32s}" + "".join(f"{f'{w}x{h}':>12s}" for w, h in SIZES_PX))
    rows = dict.fromkeys(sets, "")
    for size in SIZES_PX:
        snapshots = list(make_snapshots(size, count))
        zones = tuple(
            Zone(name=f"zone {k}", shape=Circle(centre=(size[0] * (k + 1) / 5, size[1] / 2), radius=size[1] / 12))
            for k in range(4)
        )
        for name, looks in sets.items():
            overlay = TrackOverlay(annotation_of(Preset(zones=zones, overlays=Overlays(recording=looks)), "bench"))
            overlay.open()
            spent = 0.0
            for number, snapshot in enumerate(snapshots):
                picture = snapshot.frame.bgr_u8.copy()
                began = time.thread_time()
                overlay.draw(picture, snapshot)
                spent += (time.thread_time() - began) if number >= 10 else 0.0
            rows[name] += f"{1000 * spent / (count - 10):12.2f}"
    for name, row in rows.items():
        print(f"{name:32s}{row}")


if __name__ == "__main__":
    main()
