"""Cameras that break on command, and waiting for what follows."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


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
def freezing_disk(tmp_path: Path) -> Iterator[Callable[[bool], Path]]:
    """Return a function that freezes or thaws a real file system: a frozen one takes no write and says nothing."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("needs root: a file system is frozen")
    image, folder = tmp_path / "disk.img", tmp_path / "frozen"
    image.write_bytes(b"")
    os.truncate(image, 64 << 20)
    folder.mkdir()
    for command in (["mkfs.ext4", "-q", str(image)], ["mount", "-o", "loop", str(image), str(folder)]):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip(f"needs the command {command[0]}")
        if done.returncode:
            pytest.skip(f"cannot mount a disk of its own here: {done.stderr.strip()}")
    is_frozen = False

    def freeze(frozen: bool) -> Path:
        nonlocal is_frozen
        if frozen != is_frozen:
            subprocess.run(["fsfreeze", "-f" if frozen else "-u", str(folder)], check=True)
            is_frozen = frozen
        return folder

    yield freeze
    freeze(False)
    subprocess.run(["umount", "-l", str(folder)], check=True)
