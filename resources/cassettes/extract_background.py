"""Find out how the scene looks without animals.

The median of pictures from the whole run becomes '.._background.png'.
"""

import cv2
import numpy as np

every_s: float = 2.0  # 0.01..3600 s: time between two pictures that are used
most: int = 60  # 3..500 pictures: when there are more, every other one is dropped

state = {"next_s": None, "step_s": every_s, "pictures": []}


@server
def collect(server):
    now_s = server.clockbuffer[-1]
    if state["next_s"] is not None and now_s < state["next_s"]:
        return
    state["next_s"] = now_s + state["step_s"]
    state["pictures"].append(server.current_frame)
    if len(state["pictures"]) > most:
        state["pictures"] = state["pictures"][::2]
        state["step_s"] *= 2


@server.stopfunc
def end(server):
    if state["pictures"]:
        median = np.median(np.stack(state["pictures"]), axis=0).astype(np.uint8)
        cv2.imwrite(str(server.folder / f"{server.stem}_background.png"), median)
