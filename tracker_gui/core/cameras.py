"""Which cameras are connected, under names that stay the same when they are plugged in again."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

DEV = Path("/dev")
SYS_VIDEO = Path("/sys/class/video4linux")
INDEX = "index:"


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """A camera of this computer.

    Attributes
    ----------
    id : str
        Names the same camera after it was unplugged or the computer started anew: by maker, model and
        serial number, else by name and socket.
    address : str or int
        Where the operating system has it now.
    """

    id: str
    name: str
    address: str | int


def can_list() -> bool:
    """Return whether this system says which cameras there are."""
    return sys.platform.startswith("linux")


def list_cameras(dev: Path = DEV, sys_video: Path = SYS_VIDEO) -> list[CameraDevice]:
    """Return the connected cameras, sorted by id; none where the system does not say (then use ``index:0``).

    Parameters
    ----------
    dev, sys_video : Path
        Linux's folders of devices.
    """
    if not can_list() or not sys_video.is_dir():
        return []
    by_id = _links(dev / "v4l" / "by-id")
    found = []
    for entry in sorted(sys_video.iterdir()):
        # A camera has several nodes; those behind the first carry no pictures.
        if _text(entry / "index") not in ("", "0"):
            continue
        node = dev / entry.name
        name = _text(entry / "name") or entry.name
        bus = (entry / "device").resolve().name if (entry / "device").exists() else entry.name
        found.append(CameraDevice(by_id.get(node.name) or f"{name} @ {bus}", name, str(node)))
    return sorted(found, key=lambda device: device.id)


def find_camera(device_id: str, devices: list[CameraDevice]) -> CameraDevice | None:
    """Return the camera with this id and no other, whatever number it has now; None while it is away."""
    if device_id.startswith(INDEX) and device_id.removeprefix(INDEX).isdigit():
        return CameraDevice(device_id, device_id, int(device_id.removeprefix(INDEX)))
    return next((device for device in devices if device.id == device_id), None)


def _links(folder: Path) -> dict[str, str]:
    """Return {node name: link name} of udev's names by serial number."""
    if not folder.is_dir():
        return {}
    return {link.resolve().name: link.name for link in sorted(folder.iterdir(), reverse=True)}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
