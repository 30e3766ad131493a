"""Record a video while an animal is outside a rectangle.

It begins when an animal was outside for some frames, and ends when none was for as many.
"""

left_px: float = 100.0  # 0..20000 px: left side of the rectangle
top_px: float = 100.0  # 0..20000 px: upper side
right_px: float = 400.0  # 0..20000 px: right side
bottom_px: float = 400.0  # 0..20000 px: lower side
after_frames: int = 30  # 1..100000 frames: how long outside, or inside, before that counts
most_frames: int = 900  # 10..100000 frames: a longer video becomes several

state = {"number": 0, "out": 0, "in": 0}


def is_outside(x, y):
    return x >= 0 and not (left_px <= x <= right_px and top_px <= y <= bottom_px)


def finish():
    server.keep_video.value = False
    if server.recorded_frames:
        state["number"] += 1
        name = f"{server.stem}_outside-{state['number']:03}.mp4"
        print(f"{name}: {len(server.recorded_frames)} frames")
        server.dumpvideo(server.folder / name)


@server
def watch(server):
    data, _ = server.get_data_and_clock()
    outside = any(is_outside(x, y) for x, y in data[:, :, -1])
    state["out"] = state["out"] + 1 if outside else 0
    state["in"] = 0 if outside else state["in"] + 1
    if len(server.recorded_frames) >= most_frames:
        finish()
    if state["out"] >= after_frames:
        server.keep_video.value = True
    elif state["in"] >= after_frames and server.keep_video.value:
        finish()


@server.stopfunc
def end(server):
    finish()
