"""Cameras that break on command, and waiting for what follows."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_spec = importlib.util.spec_from_file_location("camera_servers", Path(__file__).with_name("servers.py"))
assert _spec is not None
assert _spec.loader is not None
servers: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(servers)


@pytest.fixture
def mjpeg_camera(no_leaks: None) -> Iterator[Any]:
    """Return a running HTTP camera, see `servers.MjpegCamera`."""
    with servers.MjpegCamera() as camera:
        yield camera


@pytest.fixture(scope="session")
def rtsp_is_there() -> None:
    """Skip where the system has no RTSP server."""
    reason = servers.why_no_rtsp()
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture
def rtsp_camera(rtsp_is_there: None, no_leaks: None) -> Iterator[Any]:
    """Return a running RTSP camera, see `servers.RtspCamera`."""
    with servers.RtspCamera() as camera:
        yield camera


@pytest.fixture
def has_element(rtsp_is_there: None) -> Callable[[str], bool]:
    """Return `servers.has_element`."""
    return servers.has_element


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
