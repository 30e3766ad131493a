"""What one run did, as a JSON file beside its results: enough to repeat it and to judge it."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import threading
from importlib import metadata
from typing import TYPE_CHECKING, Any

import tracker_gui
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.live import without_credentials
from tracker_gui.core.preset import to_document
from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.preset import Preset
    from tracker_gui.core.types import SourceInfo
    from tracker_gui.engine.runner import Counts

FORMAT = "tracker-gui run"
SCHEMA_VERSION = 1
CHUNK_BYTES = 1 << 20
#: Libraries that decide over pixels and numbers.
LIBRARIES = ("av", "numpy", "opencv-python", "pydantic", "scipy", "shapely")


class FileHash:
    """The SHA-256 of a file, computed on a thread of its own, so that the run does not wait for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cancelled = threading.Event()
        self._hex: str | None = None
        self._thread = threading.Thread(target=self._run, name="file hash", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        digest = hashlib.sha256()
        try:
            with self._path.open("rb", buffering=0) as file:
                while chunk := file.read(CHUNK_BYTES):
                    if self._cancelled.is_set():
                        return
                    digest.update(chunk)
        except OSError:
            # Reading the same file is the run's own work, which says more about what is wrong with it.
            return
        self._hex = digest.hexdigest()

    def result(self, wait: bool) -> str | None:
        """Return the hash; None when the file could not be read, or is not done and `wait` is False."""
        if not wait:
            self._cancelled.set()
        self._thread.join()
        return self._hex


def program_document() -> dict[str, Any]:
    """Return the versions of the program, its libraries and the machine it runs on."""
    libraries = {}
    for name in LIBRARIES:
        try:
            libraries[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            libraries[name] = "unknown"
    return {
        "name": "tracker-gui",
        "version": tracker_gui.__version__,
        "python": platform.python_version(),
        "libraries": libraries,
        "platform": platform.platform(),
        "machine": platform.machine(),
        "command": sys.argv,
    }


def source_document(stage: str, path: Path | None, info: SourceInfo | None) -> dict[str, Any]:
    """Return what is known of the source before the run."""
    document: dict[str, Any] = {"stage": stage}
    if path is not None:
        document |= {"path": str(path.resolve()), "bytes": None, "modified_utc_s": None, "sha256": None}
        if path.is_file():
            document |= {"bytes": path.stat().st_size, "modified_utc_s": path.stat().st_mtime}
    if info is not None:
        document |= {
            "name": info.name,
            "width_px": info.size_px[0],
            "height_px": info.size_px[1],
            "rate_hz": info.rate_hz,
            "frames_by_header": info.frame_count,
            "frame_count": None,
            **dict(info.details),
        }
    return document


def counts_document(counts: Counts) -> dict[str, Any]:
    """Return frames and, for each animal, how often it was seen and how."""
    animals = {
        str(track_id): {
            **{state.name.lower(): states[state] for state in TrackState},
            "found_share": round(counts.found_share(track_id), 6),
        }
        for track_id, states in sorted(counts.states.items())
    }
    return {
        "frames": counts.frames,
        "frames_lost_by_source": counts.lost_frames,
        "frames_dropped": 0,
        "frames_with_all_animals_found": counts.all_measured,
        "frames_searched_in_windows": counts.windowed,
        "last_time_s": round(counts.last_t_s, 6),
        "animals": animals,
    }


def timing_document(counts: Counts) -> dict[str, Any]:
    """Return how long the run took, in all and per frame."""
    frames = max(1, counts.frames)
    return {
        "wall_s": round(counts.wall_s, 3),
        "cpu_s": round(counts.cpu_s, 3),
        "frames_per_s": round(counts.frames / counts.wall_s, 2) if counts.wall_s > 0 else None,
        "cpu_ms_per_frame": round(1e3 * counts.cpu_s / frames, 4),
        "mean_ms": {name: round(total / frames, 4) for name, total in counts.timing_ms.items()},
    }


def settings_document(preset: Preset) -> dict[str, Any]:
    """Return the whole preset, which opens again when it is saved as a file of its own."""
    return to_document(preset)


def is_complete_run(document: Any, folder: Path, settings: dict[str, Any], source_path: Path | None) -> bool:
    """Return whether a manifest is that of a finished run with these settings over this very source.

    A file is the same that has the same size and time of change; where only the time is another (a copy), its
    SHA-256 decides. Results of another version of the program do not count.

    Parameters
    ----------
    folder : Path
        Where the manifest stands, and beside it the files it lists.
    settings : dict
        As `settings_document` gives them.
    """
    if not isinstance(document, dict) or (document.get("format"), document.get("outcome")) != (FORMAT, "complete"):
        return False
    try:
        same: bool = document["settings"] == json.loads(json.dumps(_without_credentials(settings)))
        whole = document.get("asked_frames", [document["start_frame"], document["stop_frame"]]) == [0, None]
        ours: bool = document["program"]["version"] == tracker_gui.__version__
        there = all((folder / file["name"]).stat().st_size == file["bytes"] for file in document["files"])
        return same and whole and ours and there and _is_same_source(document["source"], source_path)
    except (KeyError, TypeError, OSError):
        return False


def _is_same_source(known: dict[str, Any], path: Path | None) -> bool:
    if path is None:
        return True
    if not path.is_file():
        # A folder of images says nothing of its pictures.
        return False
    now = path.stat()
    if known["path"] != str(path.resolve()) or known["bytes"] != now.st_size:
        return False
    return bool(known["modified_utc_s"] == now.st_mtime) or known["sha256"] == FileHash(path).result(wait=True)


def write(document: dict[str, Any], path: Path) -> None:
    """Write the manifest in one step.

    Raises
    ------
    OutputError
    """
    whole = {"format": FORMAT, "schema_version": SCHEMA_VERSION, **_without_credentials(document)}
    write_atomically(path, json.dumps(whole, indent=2, ensure_ascii=False) + "\n")


def _without_credentials(value: Any) -> Any:
    """Return a document whose texts name no password: results are handed on, a camera's address should not be."""
    if isinstance(value, dict):
        return {key: _without_credentials(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_credentials(item) for item in value]
    return without_credentials(value) if isinstance(value, str) else value
