"""Show a video when an animal runs.

Its speed over some frames decides. Each time is a row in '.._looming.csv'; without a video only that.
"""

import csv
import math
import time

import cv2

video: str = ""  # the video file that is shown over the whole screen
speed_px_s: float = 125.0  # 1..100000 px/s: an animal faster than this runs
over_frames: int = 5  # 1..100 frames: the time over which its speed is measured
pause_s: float = 15.0  # 0..3600 s: least time between two shows

state = {"file": None, "rows": None, "shown_s": -1e9}


@client.startfunc
def begin(data, clock):
    state["file"] = (client.folder / f"{client.stem}_looming.csv").open("w", newline="", encoding="utf-8")
    state["rows"] = csv.writer(state["file"])
    state["rows"].writerow(["time_s", "animal", "speed_px_s"])


@client
def watch(data, clock):
    spent_s = clock[-1] - clock[-1 - over_frames]
    if not spent_s > 0 or clock[-1] - state["shown_s"] < pause_s:
        return
    for animal in range(client.n_ind):
        (x0, y0), (x, y) = data[animal, :, -1 - over_frames], data[animal, :, -1]
        if not (x0 >= 0 and x >= 0):
            continue
        speed = math.hypot(x - x0, y - y0) / spent_s
        if speed > speed_px_s:
            state["shown_s"] = clock[-1]
            state["rows"].writerow([f"{clock[-1]:.3f}", animal + 1, f"{speed:.1f}"])
            print(f"animal {animal + 1} runs with {speed:.0f} px/s")
            if video:
                show()
            return


def show():
    capture = cv2.VideoCapture(video)
    if not capture.isOpened():
        raise ValueError(f"{video}: cannot be read as a video")
    cv2.namedWindow("looming", cv2.WINDOW_NORMAL)
    cv2.setWindowProperty("looming", cv2.WND_PROP_FULLSCREEN, cv2.WINDOW_FULLSCREEN)
    period_s = 1 / (capture.get(cv2.CAP_PROP_FPS) or 30)
    due_s = time.monotonic()
    while True:
        is_there, picture = capture.read()
        if not is_there:
            break
        cv2.imshow("looming", picture)
        due_s += period_s
        cv2.waitKey(max(1, int(1000 * (due_s - time.monotonic()))))
    cv2.destroyWindow("looming")
    capture.release()


@client.stopfunc
def end(data, clock):
    state["file"].close()
