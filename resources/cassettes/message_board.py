"""Send a letter to a board when all animals are in a circle, and another when they are out.

For sketches that take single letters. A rule does the same with a safe state, a log of every command and a board
that is found again; use this where a sketch of your own wants something special.
"""

import math
import time

import serial

port: str = ""  # where the board is, such as COM3 or /dev/ttyACM0
baud: int = 9600  # 300..2000000 Bd: what the sketch is set to
boot_s: float = 2.0  # 0..30 s: many boards start anew when they are opened
x_px: float = 300.0  # 0..20000 px: where the middle of the circle is, from the left
y_px: float = 200.0  # 0..20000 px: where the middle of the circle is, from above
radius_px: float = 60.0  # 1..20000 px: half the width of the circle
all_in: str = "m"  # sent when all animals have come in
all_out: str = "k"  # sent when one was out for some frames
out_frames: int = 30  # 1..100000 frames: how long one must be out
pause_s: float = 5.0  # 0..3600 s: least time between two messages

state = {"board": None, "is_in": False, "out": 0, "sent_s": -1e9}


@client.startfunc
def begin(data, clock):
    if not port:
        raise ValueError("no port is set: 'tracker-gui devices' lists the boards")
    state["board"] = serial.Serial(port, baud, write_timeout=0.5)
    time.sleep(boot_s)


def send(text):
    state["board"].write(text.encode())
    state["sent_s"] = time.monotonic()
    print(f"sent {text!r}")


@client
def watch(data, clock):
    places = data[:, :, -1]
    if (places < 0).any():  # where one is lost, nobody knows whether all are in
        return
    inside = all(math.hypot(x - x_px, y - y_px) <= radius_px for x, y in places)
    state["out"] = 0 if inside else state["out"] + 1
    if time.monotonic() - state["sent_s"] < pause_s:
        return
    if inside and not state["is_in"]:
        state["is_in"] = True
        send(all_in)
    elif state["is_in"] and state["out"] >= out_frames:
        state["is_in"] = False
        send(all_out)


@client.stopfunc
def end(data, clock):
    if state["board"] is not None:
        if state["is_in"]:
            send(all_out)
        state["board"].close()
