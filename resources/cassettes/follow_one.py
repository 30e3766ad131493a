"""Record what is around one animal, the animal always in the middle.

'.._animal_<number>.mp4' grows while the run lasts; with the heading up, the animal always runs upwards.
"""

import math

import cv2
import numpy as np

from tracker_gui.feed.frame_video import FrameFile

animal: int = 1  # 1..500: which one
side_px: int = 200  # 16..4000 px: width and height of the video
heading_up: bool = False  # turn the picture so that the animal runs upwards
least_px: float = 5.0  # 0.1..1000 px: how far it must go before its direction is taken anew

state = {"at": None, "from": None, "angle_deg": 0.0, "video": None}


@server
def follow(server):
    x, y = server.databuffer[animal - 1, :, -1]
    if x >= 0:
        state["at"] = (x, y)
        if state["from"] is None:
            state["from"] = (x, y)
        if math.dist(state["from"], (x, y)) >= least_px:
            dx, dy = x - state["from"][0], y - state["from"][1]
            state["angle_deg"] = math.degrees(math.atan2(dy, dx)) + 90
            state["from"] = (x, y)
    if state["at"] is None:
        return
    turn = cv2.getRotationMatrix2D(state["at"], state["angle_deg"] if heading_up else 0.0, 1.0)
    turn[:, 2] += np.array([side_px / 2, side_px / 2]) - state["at"]
    if state["video"] is None:
        name = server.folder / f"{server.stem}_animal_{animal}.mp4"
        state["video"] = FrameFile(name, (side_px, side_px), server.fps)
    state["video"].write(cv2.warpAffine(server.current_frame, turn, (side_px, side_px)))


@server.stopfunc
def end(server):
    if state["video"] is not None:
        state["video"].close()
