"""Record a video only while two animals are close to each other.

One video for each meeting. Of three or more animals, the two that are nearest count.
"""

import itertools
import math

closer_than_px: float = 60.0  # 1..5000 px: two animals this close are a meeting
apart_px: float = 80.0  # 1..5000 px: it is over when they are this far apart
least_px: float = 0.0  # 0..5000 px: nearer than this they may be taken for one animal, and nothing begins
least_frames: int = 5  # 1..100000 frames: a shorter meeting is not kept
most_frames: int = 900  # 10..100000 frames: a longer one becomes several videos

state = {"number": 0}


def nearest_px(places):
    known = [place for place in places if place[0] >= 0]
    if len(known) < 2:
        return None
    return min(math.dist(one, other) for one, other in itertools.combinations(known, 2))


def finish():
    server.keep_video.value = False
    if len(server.recorded_frames) < least_frames:
        server.recorded_frames.clear()
        return
    state["number"] += 1
    name = f"{server.stem}_meeting-{state['number']:03}.mp4"
    print(f"{name}: {len(server.recorded_frames)} frames")
    server.dumpvideo(server.folder / name)


@server
def watch(server):
    data, _ = server.get_data_and_clock()
    distance_px = nearest_px(data[:, :, -1])
    if distance_px is None:  # where one is lost, nothing begins and nothing ends
        return
    if not server.keep_video.value and least_px <= distance_px < closer_than_px:
        server.keep_video.value = True
    elif server.keep_video.value and (distance_px > apart_px or len(server.recorded_frames) >= most_frames):
        finish()


@server.stopfunc
def end(server):
    finish()
