"""Cameras that break on command, and waiting for what follows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def mjpeg_camera(camera_servers: Any, no_leaks: None) -> Iterator[Any]:
    """Return a running HTTP camera, see `servers.MjpegCamera`."""
    with camera_servers.MjpegCamera() as camera:
        yield camera


@pytest.fixture(scope="session")
def rtsp_is_there(camera_servers: Any) -> None:
    """Skip where the system has no RTSP server."""
    reason = camera_servers.why_no_rtsp()
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture
def rtsp_camera(rtsp_is_there: None, camera_servers: Any, no_leaks: None) -> Iterator[Any]:
    """Return a running RTSP camera, see `servers.RtspCamera`."""
    with camera_servers.RtspCamera() as camera:
        yield camera


@pytest.fixture
def has_element(rtsp_is_there: None, camera_servers: Any) -> Callable[[str], bool]:
    """Return `servers.has_element`."""
    return camera_servers.has_element


@pytest.fixture
def until() -> Callable[..., Any]:
    """Return a function that waits until a condition holds, and fails the test when it never does."""

    def wait(condition: Callable[[], Any], timeout_s: float = 20.0) -> Any:
        give_up_s = time.monotonic() + timeout_s
        while not (found := condition()):
            assert time.monotonic() < give_up_s, "it never came to that"
            time.sleep(0.01)
        return found

    return wait
