"""Draw the paths of all animals into a picture.

'.._paths.png' is drawn anew every few seconds and at the end.
"""

import cv2
import numpy as np

every_s: float = 2.0  # 0.1..3600 s: how often it is drawn anew

COLOURS_BGR = ((0, 159, 230), (233, 180, 86), (115, 158, 0), (66, 228, 240), (178, 114, 0), (0, 94, 213))
DARK_BGR, LIGHT = (60, 50, 40), 255
state = {"paths": [], "drawn_s": None}


@client
def collect(data, clock):
    state["paths"].append(data[:, :, -1])
    if state["drawn_s"] is None:
        state["drawn_s"] = clock[-1]
    if clock[-1] - state["drawn_s"] >= every_s:
        state["drawn_s"] = clock[-1]
        draw()


def draw():
    width, height = client.feed_info["size_px"]
    picture = np.full((height, width, 3), LIGHT, np.uint8)
    paths = np.array(state["paths"])  # frames, animals, 2
    for animal in range(paths.shape[1]):
        path = paths[:, animal]
        seen = path[:, 0] >= 0
        # A path is broken where the animal was lost, not drawn through the gap.
        for piece in np.split(path, np.flatnonzero(np.diff(seen)) + 1):
            if piece[0, 0] >= 0:
                line = np.round(piece * 16).astype(np.int32).reshape(-1, 1, 2)
                cv2.polylines(picture, [line], False, DARK_BGR, 3, cv2.LINE_AA, 4)
                cv2.polylines(picture, [line], False, COLOURS_BGR[animal % len(COLOURS_BGR)], 1, cv2.LINE_AA, 4)
    cv2.imwrite(str(client.folder / f"{client.stem}_paths.png"), picture)


@client.stopfunc
def end(data, clock):
    if state["paths"]:
        draw()
