"""Records a simulated arena in real time until it is told to stop, or killed. A process of its own for the tests.

``recording_child.py FOLDER [sound]``: with the word, a tone is heard all the time.

Prints ``ready``, then one line per frame as soon as the recorder has it: its number, its capture time, and how
many frames have left the queue for the file.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.core.sound import Sound, SoundFormat, SoundPacket
from tracker_gui.core.types import Frame
from tracker_gui.engine.recorder import Recorder
from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene

if TYPE_CHECKING:
    from types import FrameType

RATE_HZ = 30
PICTURES = 30
SOUND_RATE_HZ, TONE_HZ = 8000, 400
PCM = SoundFormat("pcm_s16le", SOUND_RATE_HZ, "mono", 1, 0, b"", None)


def tone(t_s: float) -> Sound:
    """Return the sound of one frame."""
    duration_s = 1 / RATE_HZ
    at_s = t_s + np.arange(round(SOUND_RATE_HZ * duration_s)) / SOUND_RATE_HZ
    samples = (8000 * np.sin(2 * np.pi * TONE_HZ * at_s)).astype("<i2")
    return Sound(PCM, (SoundPacket(t_s, duration_s, samples.tobytes()),))


def main() -> int:
    folder = Path(sys.argv[1])
    hears = "sound" in sys.argv[2:]
    scene = ArenaScene(animals=2, seed=4)
    arena = Arena(scene)
    pictures = [ArrayPicture(arena.picture(k)) for k in range(PICTURES)]
    recorder = Recorder(RecorderSettings(reserve_mb=0), "cam", folder)
    stopping = []

    def stop(number: int, at: FrameType | None) -> None:
        stopping.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    recorder.start()
    print("ready", flush=True)
    start_s = time.monotonic()
    index = 0
    while not stopping:
        time.sleep(max(0.0, start_s + index / RATE_HZ - time.monotonic()))
        t_s = time.monotonic()
        # There and back, so that no animal jumps.
        there = index % (2 * PICTURES - 2)
        picture = pictures[min(there, 2 * PICTURES - 2 - there)]
        sound = tone(start_s + index / RATE_HZ) if hears else None
        recorder.put(Frame(index, t_s, time.time(), "cam", 0, picture, sound))
        print(f"{index} {t_s:.6f} {recorder.state.frames}", flush=True)
        index += 1
    result = recorder.stop(5.0)
    print(f"stopped {result.frames} {result.dropped} {len(result.problems)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
