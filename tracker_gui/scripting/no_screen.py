"""`cv2.imshow` in a script on a computer without a screen: nothing happens, where OpenCV would end the program."""

from __future__ import annotations

import functools
import logging
import os
import sys
from typing import Any

import cv2

log = logging.getLogger(__name__)

WINDOW_FUNCTIONS = ("imshow", "namedWindow", "moveWindow", "resizeWindow", "setWindowProperty", "destroyWindow",
                    "destroyAllWindows", "waitKey", "waitKeyEx", "pollKey", "setMouseCallback")  # fmt: skip
NO_KEY = -1


def has_screen() -> bool:
    """Return whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@functools.cache
def _say_once() -> None:
    log.warning("There is no screen here: cv2.imshow and cv2.waitKey do nothing.")


def _nothing(*_: Any, **__: Any) -> int:
    _say_once()
    return NO_KEY


def spare_windows() -> None:
    """Make OpenCV's windows do nothing where there is no screen."""
    if has_screen():
        return
    for name in WINDOW_FUNCTIONS:
        setattr(cv2, name, _nothing)
