"""Say where every animal is.

The newest line stands in the panel; all of them are in '.._positions.txt'.
"""

import numpy as np

every_frames: int = 30  # 1..100000 frames: how often

state = {"count": 0, "file": None}


@client.startfunc
def begin(data, clock):
    state["file"] = (client.folder / f"{client.stem}_positions.txt").open("w", encoding="utf-8")


@client
def say(data, clock):
    state["count"] += 1
    if (state["count"] - 1) % every_frames:
        return
    places = [f"({x:.1f}, {y:.1f})" if x >= 0 else "lost" for x, y in np.nan_to_num(data[:, :, -1], nan=-1)]
    line = f"{clock[-1]:.3f} s  " + "  ".join(places)
    print(line)
    state["file"].write(line + "\n")


@client.stopfunc
def end(data, clock):
    state["file"].close()
