"""Write down the direction in which each animal goes.

A row in '.._directions.csv' each time an animal has gone far enough since the row before: the direction it went,
0 degrees to the right, clockwise on the screen.
"""

import csv
import math

least_px: float = 10.0  # 0.1..10000 px: how far an animal must go before its direction is known

state = {"file": None, "rows": None, "from": {}}


@client.startfunc
def begin(data, clock):
    state["file"] = (client.folder / f"{client.stem}_directions.csv").open("w", newline="", encoding="utf-8")
    state["rows"] = csv.writer(state["file"])
    state["rows"].writerow(["time_s", "animal", "direction_deg", "distance_px"])


@client
def look(data, clock):
    for animal in range(client.n_ind):
        x, y = data[animal, :, -1]
        if not x >= 0:  # lost, or not seen yet
            continue
        x0, y0 = state["from"].setdefault(animal, (x, y))
        gone_px = math.hypot(x - x0, y - y0)
        if gone_px >= least_px:
            direction_deg = math.degrees(math.atan2(y - y0, x - x0)) % 360
            state["rows"].writerow([f"{clock[-1]:.3f}", animal + 1, f"{direction_deg:.1f}", f"{gone_px:.1f}"])
            print(f"animal {animal + 1} goes {direction_deg:.0f} degrees")
            state["from"][animal] = (x, y)


@client.stopfunc
def end(data, clock):
    state["file"].close()
