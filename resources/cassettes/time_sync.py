"""Write down when every frame was taken, to line it up with other recordings.

'.._time_sync.csv': the frame, the computer's steady clock, and universal time.
"""

import csv
from datetime import UTC, datetime

state = {"file": None, "rows": None}


@client.startfunc
def begin(data, clock):
    state["file"] = (client.folder / f"{client.stem}_time_sync.csv").open("w", newline="", encoding="utf-8")
    state["rows"] = csv.writer(state["file"])
    state["rows"].writerow(["frame", "steady_s", "utc"])


@client
def note(data, clock):
    frame = client.frame
    utc = "" if frame.t_wall_s is None else datetime.fromtimestamp(frame.t_wall_s, UTC).isoformat()
    state["rows"].writerow([frame.frame_index, f"{frame.t_capture_s:.6f}", utc])


@client.stopfunc
def end(data, clock):
    state["file"].close()
