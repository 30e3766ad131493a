"""What matters while animals are watched, over all cameras at once: the worst of each, so that nothing hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.engine.player import Phase
from tracker_gui.qt.found_count import count_found
from tracker_gui.qt.source_words import OUT_OF_DATE, SEE_NOTICE, Doing, doing, source_name
from tracker_gui.qt.status_line import LOW_BYTES
from tracker_gui.qt.views.read_out import Figure
from tracker_gui.qt.words import bytes_in_words, clock_in_words

if TYPE_CHECKING:
    from tracker_gui.engine.live_figures import LiveFigures
    from tracker_gui.qt.camera_view import CameraView
    from tracker_gui.qt.session import Session

NONE = "\u2013"
WORST_FIRST = ("bad", "warn", "", "ok")
Watched = tuple["CameraView", "LiveFigures | None"]


def monitor_figures(session: Session) -> dict[str, Figure]:
    """Return all figures by name, in the order in which they are shown; what a file cannot have is left out."""
    watched = [(view, view.figures()) for view in session.views if view.preset.source is not None]
    if not watched:
        return {}
    made = {
        "state": _state(watched),
        "found": _found(watched),
        "rate": _rate(watched),
        "latency": _latency(watched),
        "dropped": _dropped(watched),
        "free": _free(session.free_bytes()),
        "run": _run(watched),
    }
    if session.is_live:
        made["recording"] = _recording(watched)
    return made


def _of(number: int, count: int) -> str:
    return f"camera {number + 1}" if count > 1 else ""


def _is_out_of_date(figures: LiveFigures | None) -> bool:
    return figures is not None and figures.status.state in OUT_OF_DATE


def _state(watched: list[Watched]) -> Figure:
    states = [_doing(view) for view, _ in watched]
    worst = min(states, key=lambda state: WORST_FIRST.index(state.tone))
    number = states.index(worst)
    same = states.count(worst) == len(states) > 1
    view = watched[number][0]
    assert view.preset.source is not None
    detail = "all cameras" if same else _of(number, len(states)) or source_name(view.preset.source)
    return Figure("Source", worst.word, detail, worst.tone, worst.sign or "circle-outline")


def _doing(view: CameraView) -> Doing:
    now = doing(view)
    # There is no notice here; the newest event says it.
    return Doing("problem", now.tone, now.sign) if now is SEE_NOTICE else now


def _found(watched: list[Watched]) -> Figure:
    found, wanted, tracked, current = 0, 0, True, False
    for view, figures in watched:
        if view.newest is None:
            continue
        count = count_found(view.newest, view.preset)
        wanted += count.wanted or 0
        # Who is on a picture that is not the one of now was not found now.
        if not _is_out_of_date(figures):
            found, tracked, current = found + count.found, tracked and count.tracked, True
    title = "Animals found" if tracked else "Blobs found"
    if not current:
        return Figure("Animals found", f"{NONE} of {wanted}" if wanted else NONE, "no picture", "warn", "alert-circle")
    if not wanted:
        return Figure(title, str(found))
    right = found == wanted
    return Figure(
        title, f"{found} of {wanted}", "", "ok" if right else "warn", "check-circle" if right else "alert-circle"
    )


def _rate(watched: list[Watched]) -> Figure:
    pairs = []
    for view, figures in watched:
        if figures is not None:
            pairs.append((figures.tracked_hz, figures.capture.rate_hz))
        else:
            moving = view.is_tracking or view.state.phase is Phase.PLAYING
            pairs.append((view.feed.processed_hz if moving else 0.0, view.info.rate_hz if view.info else 0.0))
    slowest = min(pairs)
    processed_hz, source_hz = slowest
    detail = "frames/s" if len(pairs) == 1 else f"frames/s, {_of(pairs.index(slowest), len(pairs))}"
    return Figure("Source / processed", f"{source_hz:.1f} / {processed_hz:.1f}", detail)


def _latency(watched: list[Watched]) -> Figure:
    times = []
    for number, (view, figures) in enumerate(watched):
        if _is_out_of_date(figures):
            continue
        if figures is not None and figures.latency_ms is not None and figures.latency_p99_ms is not None:
            times.append((figures.latency_ms, f"p99 {figures.latency_p99_ms:.1f} ms", number))
        elif figures is None and view.newest is not None and view.newest.latency_ms > 0:
            times.append((view.newest.latency_ms, "", number))
    if not times:
        return Figure("Latency", NONE)
    now_ms, p99, number = max(times)
    return Figure("Latency", f"{now_ms:.1f} ms", ", ".join(filter(None, (p99, _of(number, len(watched))))))


def _dropped(watched: list[Watched]) -> Figure:
    total, title = 0, "Dropped"
    for view, figures in watched:
        if figures is not None:
            total += sum(figures.capture.dropped.values())
            continue
        report = view.report()
        title, total = "Lost", total + (0 if report is None else report.counts.lost_frames)
    words = f"{total:,}".replace(",", "\u202f")
    return Figure(title, words, "frames", "warn" if total else "", "alert-circle" if total else "")


def _free(free: int | None) -> Figure:
    if free is None:
        return Figure("Free disk", NONE)
    low = free < LOW_BYTES
    return Figure("Free disk", bytes_in_words(free), "", "bad" if low else "", "alert-octagon" if low else "")


def _run(watched: list[Watched]) -> Figure:
    waiting = next((view.waiting for view, _ in watched if view.waiting), "")
    if waiting:
        # The figure is large: how many frames were seen already stands in the step.
        words = waiting.removeprefix("waiting ").partition(" (")[0]
        value, detail = (waiting, "") if waiting.startswith("starts") else ("waiting", words)
        return Figure("Tracking run", value, detail, "warn", "timer-sand")
    reports = [report for view, _ in watched if view.is_tracking and (report := view.report()) is not None]
    if not reports:
        return Figure("Tracking run", "not tracking", tone="dim")
    longest = max(reports, key=lambda report: report.seconds)
    frames = sum(report.counts.frames for report in reports)
    of = f" of {longest.total}" if longest.total and len(reports) == 1 else ""
    return Figure("Tracking run", clock_in_words(longest.seconds), f"frame {frames}{of}" if of else f"{frames} frames")


def _recording(watched: list[Watched]) -> Figure:
    states = [state for _, figures in watched if figures is not None for state in figures.recording]
    if not states:
        return Figure("Recording", "not recording", tone="dim")
    seconds = clock_in_words(max(state.seconds for state in states))
    size = bytes_in_words(sum(state.bytes for state in states))
    if any(state.sentence for state in states):
        return Figure("Recording", seconds, "see below", "warn", "alert-circle")
    return Figure("Recording", seconds, size, "bad", "record-circle")
