"""Save some frames as pictures.

Each becomes '.._frame_<number>.png'; the first frame of a source is 0.
"""

import cv2

frames: str = "0 100 200"  # which ones: their numbers, with spaces between them

wanted = sorted(int(number) for number in frames.replace(",", " ").split())


@server
def save(server):
    # A frame that could not be had is replaced by the next.
    while wanted and server.frame_index >= wanted[0]:
        number = wanted.pop(0)
        cv2.imwrite(str(server.folder / f"{server.stem}_frame_{number}.png"), server.current_frame)
        print(f"frame {number} is saved")
