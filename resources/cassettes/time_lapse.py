"""Make a time lapse: one picture now and then, as a video.

'.._time_lapse.mp4' grows picture by picture; each can have the time in its corner.
"""

import time

import cv2

from tracker_gui.feed.frame_video import FrameFile

every_s: float = 10.0  # 0.01..86400 s: time between two pictures
with_time: bool = True  # write date and time into the picture

state = {"next_s": None, "video": None}


@server
def keep(server):
    now_s = server.clockbuffer[-1]
    if state["next_s"] is None:
        state["next_s"] = now_s
    if now_s < state["next_s"] - 0.001:  # times of frames are sums, and never quite even
        return
    state["next_s"] += every_s
    if with_time:
        text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now_s)) if now_s > 1e6 else f"{now_s:.2f} s"
        for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.putText(server.current_frame, text, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, thickness)
    if state["video"] is None:
        state["video"] = FrameFile(server.folder / f"{server.stem}_time_lapse.mp4", server.framesize, server.fps)
    state["video"].write(server.current_frame)


@server.stopfunc
def end(server):
    if state["video"] is not None:
        state["video"].close()
