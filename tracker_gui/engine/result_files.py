"""What belongs together in a folder of results: a track table, the manifest of its run, and the video."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker_gui.core import preset as presets
from tracker_gui.core.errors import InputError, TrackerError
from tracker_gui.core.live import LiveSource
from tracker_gui.core.preset import choice, read_json
from tracker_gui.engine.manifest import FORMAT
from tracker_gui.engine.run_files import MANIFEST_ENDING, path_of

if TYPE_CHECKING:
    from tracker_gui.core.preset import Preset, StageChoice

TABLE_ENDING = "_tracks.csv"


@dataclass(frozen=True, slots=True)
class ResultFiles:
    """What was found.

    Attributes
    ----------
    source : StageChoice or None
        What was tracked; None where nobody knows, or where it is gone.
    first_frame : int
        Where the run began.
    speed_window_s : float or None
        Over which time speeds were measured; None where the run did not.
    remark : str
        Why there is no picture, or what else the user should know.
    """

    tracks: Path
    source: StageChoice | None = None
    first_frame: int = 0
    speed_window_s: float | None = None
    remark: str = ""


def find_result(path: Path, video: Path | None = None) -> ResultFiles:
    """Return what belongs to a track table or to the manifest of a run.

    Parameters
    ----------
    path : Path
        ``ant_tracks.csv``, a table of another program, or ``ant_run.json``.
    video : Path, optional
        Takes the place of the one that was tracked.

    Raises
    ------
    InputError, SettingsError
        There are no tracks. A missing video is only a remark.
    """
    manifest = path if path.suffix.lower() == ".json" else _manifest_of(path)
    document: dict[str, Any] = {}
    tracks, remark = path, ""
    if path == manifest:
        document = _read(path)
        tracks = _tracks_of(path, document)
    elif manifest is not None:
        try:
            document = _read(manifest)
        except TrackerError as error:
            remark = f"{error} So the video is not known."
    settings, problem = _settings(document, path.parent)
    remark = remark or problem
    source = None
    if video is not None:
        source = choice("sources", "image_folder" if video.is_dir() else "video_file", path=video)
    if source is None and settings is not None:
        source, remark = _source_of(settings, path.parent)
    if source is None and not remark:
        remark = f"{tracks.name} has no '..{MANIFEST_ENDING}' beside it that names its video. Choose the video."
    start = document.get("start_frame")
    return ResultFiles(
        tracks=tracks,
        source=source,
        first_frame=start if isinstance(start, int) and start > 0 else 0,
        speed_window_s=None if settings is None else _speed_window_s(settings),
        remark=remark if source is None else "",
    )


def _manifest_of(tracks: Path) -> Path | None:
    """Return the manifest that lists a table, None where there is none beside it."""
    if tracks.name.endswith(TABLE_ENDING):
        beside = tracks.with_name(tracks.name.removesuffix(TABLE_ENDING) + MANIFEST_ENDING)
        if beside.is_file():
            return beside
    # A table that was renamed or corrected still begins like its run.
    for manifest in sorted(tracks.parent.glob(f"*{MANIFEST_ENDING}"), key=lambda path: -len(path.name)):
        if tracks.name.startswith(manifest.name.removesuffix(MANIFEST_ENDING) + "_"):
            return manifest
    return None


def _read(manifest: Path) -> dict[str, Any]:
    document = read_json(manifest)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(
            str(manifest), "is not the record of a run", f"Choose a '..{MANIFEST_ENDING}' or a table of tracks."
        )
    return document


def _tracks_of(manifest: Path, document: dict[str, Any]) -> Path:
    listed = document.get("files")
    names = [item.get("name") for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    # Of a run that was killed nothing is listed, and yet its table is there.
    names.append(manifest.name.removesuffix(MANIFEST_ENDING) + TABLE_ENDING)
    for name in names:
        if isinstance(name, str) and name.lower().endswith(".csv"):
            path = manifest.with_name(Path(name).name)
            if path.is_file():
                return path
    raise InputError(str(manifest), "the run has no table of tracks", "Choose the table itself, or track again.")


def _settings(document: dict[str, Any], folder: Path) -> tuple[Preset | None, str]:
    settings = document.get("settings")
    if settings is None:
        return None, ""
    try:
        preset, _ = presets.parse(settings, "settings of the run", folder)
    except TrackerError as error:
        return None, f"{error} So the video is not known."
    return preset, ""


def _source_of(settings: Preset, folder: Path) -> tuple[StageChoice | None, str]:
    """Return what was tracked, or why it cannot be shown."""
    source = settings.source
    if source is None:
        return None, ""
    if source.stage == "replay":
        source = choice("sources", "video_file", path=path_of(source))
    if isinstance(source.make(), LiveSource):
        return None, "It was tracked live. Choose a recording of it to see a picture behind the tracks."
    path = path_of(source)
    if path is None or path.exists():
        return source, ""
    moved = folder / path.name
    if moved.exists():
        params = source.params.model_dump() | {"path": moved}
        return choice("sources", source.stage, **params), ""
    return None, f"{path}: the video is not there any more. Choose where it is now."


def _speed_window_s(settings: Preset) -> float | None:
    for chosen in settings.enrich:
        if chosen.enabled and chosen.stage == "kinematics":
            return float(chosen.params.window_s)  # type: ignore[attr-defined]
    return None
