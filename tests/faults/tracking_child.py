"""Tracks a simulated arena in real time until it is killed. A process of its own for the tests.

``tracking_child.py FOLDER`` prints the number of each frame as soon as it is tracked, and when that was.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.live_run import LiveRun

if TYPE_CHECKING:
    from tracker_gui.core.types import Snapshot

SCENE = choice("sources", "simulated", animals=2, duration_s=60.0, width_px=160, height_px=120, body_length_px=12)
BLOBS = choice("detectors", "blobs", offset=20, min_area_px2=10, max_area_px2=400)


def say(snapshot: Snapshot) -> None:
    print(f"{snapshot.frame.index} {time.monotonic():.6f}", flush=True)


if __name__ == "__main__":
    preset = Preset(source=SCENE, detector=BLOBS).with_tracker(animals=2)
    LiveRun(SCENE, preset, Path(sys.argv[1])).run(on_snapshot=say)
