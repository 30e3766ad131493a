"""The sentences about cameras, runs and recordings, each with the button that mends what it complains of."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from tracker_gui.core.live import CaptureState
from tracker_gui.core.preset import choice
from tracker_gui.engine.recorder_state import Phase as RecorderPhase
from tracker_gui.qt.remark import Remark, RemarkKind
from tracker_gui.qt.words import duration_in_words

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.engine.live_figures import LiveFigures, Recorded
    from tracker_gui.qt.camera_view import CameraView, RunReport
    from tracker_gui.qt.session import Session

#: Frames per second that differ by less are the same rate.
RATE_TOLERANCE = 0.1
NOT_BEGUN = "Stopped before the run had begun; nothing was written."
#: What changes in a sentence all the time while what it tells stays the same: attempts, rows that wait.
CHANGING = re.compile(r" Next attempt.*|\d+", re.DOTALL)
LASTING = ("source", "outputs", "recorder")
#: What is noted when a trouble is over by itself.
OVER = {"outputs": "There is space again: all rows that waited are written.", "recorder": "Recording goes on."}


def remarks(view: CameraView, number: int, of: int, session: Session) -> tuple[Remark, ...]:
    """Return what is to be said of one camera now."""
    found = [_settings_remark(view, session)]
    figures = view.figures()
    if figures is not None:
        found += [_source_remark(figures, number), _rate_remark(view, session), _recorder_remark(figures, session)]
        found += [Remark("outputs", "warn", "\n".join(figures.troubles))] if figures.troubles else []
    some = [remark for remark in found if remark is not None]
    if of == 1:
        return tuple(some)
    return tuple(
        replace(remark, topic=f"{remark.topic}/{number}", text=f"Camera {number + 1}: {remark.text}") for remark in some
    )


def same_thing(remark: Remark) -> str:
    """Return what two sentences share that tell the same: a camera that is away all night is tried thousands of times.

    Of those the log needs the first and the last.
    """
    return CHANGING.sub("", remark.text) if remark.topic.startswith(LASTING) else remark.text


def over_remark(remark: Remark, view: CameraView) -> Remark | None:
    """Return what is to be noted when a trouble is over and what it troubled goes on."""
    what = remark.topic.partition("/")[0]
    goes_on = view.is_tracking if what == "outputs" else view.is_recording
    if what not in OVER or not goes_on:
        return None
    camera = remark.text.partition(": ")[0] + ": " if remark.topic != what else ""
    return Remark(remark.topic, "ok", camera + OVER[what])


def _settings_remark(view: CameraView, session: Session) -> Remark | None:
    problem = view.state.problem
    if problem is None:
        return None
    text = str(problem)
    kind: RemarkKind = "bad" if view.info is None else "warn"
    if "background" in text and "Add the step" in text:
        return Remark("settings", kind, text, "Add Background", functools.partial(_add_background, session))
    if view.info is None and view.live is None and not view.is_tracking:
        path = getattr(view.preset.source.params, "path", None) if view.preset.source is not None else None
        if path is not None and not path.exists():
            return Remark("settings", kind, text, "Find it", session.source_wanted.emit)
        return Remark("settings", kind, text, "Try again", view.reopen)
    return Remark("settings", kind, text)


def _source_remark(figures: LiveFigures, number: int) -> Remark | None:
    status = figures.status
    if status.state in (CaptureState.STALE, CaptureState.RECONNECTING):
        return Remark("source", "warn", status.sentence)
    if status.state is CaptureState.REFUSED:
        return Remark("source", "bad", status.sentence)
    return None


def gap_remark(view: CameraView, told: dict[CameraView, int]) -> Remark | None:
    """Return what is to be noted of a camera that is back; `told` counts the gaps that were."""
    if view.live is None:
        told.pop(view, None)
        return None
    over = [gap for gap in view.live.channel.loop.figures().gaps if gap.end_s is not None]
    before, told[view] = told.get(view, 0), len(over)
    if len(over) <= before:
        return None
    gap = over[-1]
    assert gap.end_s is not None
    lasted = duration_in_words(gap.end_s - gap.start_s)
    text = f"{view.live.channel.loop.name} is back after {lasted} without a picture, about {gap.frames_lost} frames."
    return Remark(f"gap {gap.end_s}", "ok", f"{text} Reason: {gap.reason}.")


def _rate_remark(view: CameraView, session: Session) -> Remark | None:
    """Say so where a camera does not give the rate that is asked of it."""
    source, info = view.preset.source, view.info
    if source is None or info is None or source.stage != "camera":
        return None
    wanted_hz = float(getattr(source.params, "rate_hz", 0.0))
    if not wanted_hz or abs(info.rate_hz - wanted_hz) <= RATE_TOLERANCE * wanted_hz:
        return None
    text = f"The camera gives {info.rate_hz:.4g} frames/s, the preset wants {wanted_hz:.4g}."
    use = functools.partial(_use_rate, session, view, info.rate_hz)
    return Remark("rate", "warn", text, f"Use {info.rate_hz:.4g}", use)


def _use_rate(session: Session, view: CameraView, rate_hz: float) -> None:
    source = view.preset.source
    assert source is not None
    params = source.params.model_copy(update={"rate_hz": rate_hz})
    whole, number = session.document.whole, session.views.index(view)
    one = replace(whole.camera(number), source=replace(source, params=params))
    session.document.change_whole(whole.with_camera(number, one), f"use {rate_hz:.4g} frames/s")


def _recorder_remark(figures: LiveFigures, session: Session) -> Remark | None:
    for state in figures.recording:
        if state.sentence:
            kind: RemarkKind = "bad" if state.phase is RecorderPhase.FAILED else "warn"
            return Remark("recorder", kind, state.sentence, "Choose another folder", session.folder_wanted.emit)
    return None


def _add_background(session: Session) -> None:
    chain = session.document.preset.image
    session.document.change_list("image", (*chain, choice("image", "background")), "add Background")


def run_remark(reports: tuple[RunReport, ...]) -> Remark:
    """Return what is said when the runs of all cameras have ended."""
    files = [path for report in reports for path in report.files]
    folder = reports[0].folder
    frames = sum(report.counts.frames for report in reports)
    of = f" of {len(reports)} cameras" if len(reports) > 1 else ""
    what = f"{frames} frames{of} in {folder}, {len(files)} {'file' if len(files) == 1 else 'files'}"
    show = functools.partial(show_folder, folder)
    errors = [report.error for report in reports if report.error]
    if errors:
        tracked = [f"Tracked {what}."] if frames else []
        return Remark("run", "bad", "\n".join([*errors, *tracked]), "Open folder" if files else "", show)
    if not files:
        return Remark("run", "info", NOT_BEGUN)
    if any(report.counts.cancelled and report.total is not None for report in reports):
        return Remark("run", "warn", f"Stopped by you. Tracked {what}.", "Open folder", show)
    return Remark("run", "ok", f"Tracked {what}.", "Open folder", show)


def recording_remark(recorded: tuple[Recorded, ...], session: Session) -> Remark:
    """Return what is said when all recordings have ended, or could not begin."""
    files = [path for each in recorded for path in each.files]
    problems = [problem for each in recorded for problem in each.problems]
    if not files:
        text = "\n".join(problems) or "No picture came, so nothing was recorded."
        return Remark("recording", "bad", text, "Choose another folder", session.folder_wanted.emit)
    videos = [path.name for path in files if path.suffix != ".csv"]
    folder = files[0].parent
    what = videos[0] if len(videos) == 1 else f"{len(videos)} videos"
    text = f"Recorded {what} in {folder}."
    show = functools.partial(show_folder, folder)
    if problems:
        return Remark("recording", "warn", "\n".join((text, *problems)), "Open folder", show)
    return Remark("recording", "ok", text, "Open folder", show)


def show_folder(folder: Path) -> None:
    """Show a folder in the system's file window."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder.resolve())))
