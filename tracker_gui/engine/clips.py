"""The clips of one camera in one session: what is kept for them, those in the making, and the table of all."""

from __future__ import annotations

import logging
import math
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker_gui.core import logins
from tracker_gui.core.errors import OutputError
from tracker_gui.core.rule_stages import ActionFailed, ActionResult
from tracker_gui.core.storage import Storage
from tracker_gui.engine.clip_job import ClipJob, ClipSpan
from tracker_gui.engine.clip_ring import ClipRing
from tracker_gui.engine.clip_tracks import ClipTracks
from tracker_gui.engine.clip_upload import shared_uploads
from tracker_gui.engine.clip_view import ClipView, nearest
from tracker_gui.engine.rules.log_files import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from tracker_gui.core.annotation import Annotation
    from tracker_gui.core.clips import ClipOrder
    from tracker_gui.core.rule_stages import ActionRequest
    from tracker_gui.core.templates import Facts
    from tracker_gui.core.types import Frame, Snapshot, SourceInfo
    from tracker_gui.engine.clip_job import Clip
    from tracker_gui.engine.clip_upload import Uploads

log = logging.getLogger(__name__)

ENDING = "_clips.csv"
COLUMNS = (
    "file", "rule", "animals", "event_frames", "first_frame", "last_frame", "frames", "missing",
    "first_utc", "last_utc", "before_event_s", "seconds", "look", "times_faster", "ended", "upload_to", "problem",
)  # fmt: skip
#: Tracking and the rules may be behind the newest frame by so much; what is older when a rule decides is lost.
LAG_S = 2.0
MOST_AT_ONCE = 16
CLOSE_WITHIN_S = 2.5


class MakesClips:
    """Keeps the last seconds of a camera where a rule wants clips, and makes them. Any thread may call it.

    Parameters
    ----------
    folder, stem : Path, str
        Of the results.
    reserve_bytes : int
        What clips leave free on the disk.
    annotation : Annotation, optional
        What is drawn into annotated clips.
    note : callable
        Takes a sentence for the log of the rules, from any thread.
    """

    def __init__(
        self, folder: Path, stem: str, info: SourceInfo, reserve_bytes: int = 0, note: Callable[[str], None] = log.info,
        clock: Callable[[], float] = time.monotonic, annotation: Annotation | None = None,
    ) -> None:  # fmt: skip
        self._folder, self._stem, self._info = folder, stem, info
        self._reserve_bytes = reserve_bytes
        self._note = note
        self._clock = clock
        self._annotation = annotation
        self._lock = threading.Lock()
        self._ring: ClipRing | None = None
        self._tracks = ClipTracks()
        self._jobs: dict[Hashable, ClipJob] = {}
        self._running: list[ClipJob] = []
        self._table = Table(folder / f"{stem}{ENDING}", COLUMNS)
        self._table_lock = threading.Lock()
        self._files: list[Path] = []
        self._problems: list[str] = []
        self._uploads: Uploads | None = None
        self._put_lock = threading.Lock()
        self._last_put_s = -math.inf
        self._is_closing = False
        self._stop_at_s = 0.0

    # ---- the interface of the actions

    def prepare(self, order: ClipOrder) -> None:
        """Keep from now on what clips of this kind need of the time before."""
        if order.upload:
            Storage.parse(order.upload)
            if logins.split_login(order.upload)[1] is not None:
                logins.put_away(order.upload)
            if self._uploads is None:
                self._uploads = shared_uploads()
                self._uploads.resume()
        keep_s = order.pre_s + LAG_S
        with self._lock:
            if self._ring is None:
                self._ring = ClipRing(self._info.rate_hz, keep_s, order.crf)
            self._ring.keep_s = max(self._ring.keep_s, keep_s)
            self._ring.crf = min(self._ring.crf, order.crf)
            self._tracks.keep_s = max(self._tracks.keep_s, keep_s + LAG_S)
            self._tracks.keeps_tracks |= order.needs_tracks

    def make(
        self, order: ClipOrder, owner: Hashable, request: ActionRequest, on_result: Callable[[ActionResult], None]
    ) -> None:
        """Begin a clip of the frame that is decided about, or extend the one the same owner is making."""
        facts = request.facts
        event_s = self._tracks.time_s(facts.frame)
        if self._ring is None or event_s is None:
            raise ActionFailed("no picture was seen yet")
        key = (owner, facts.subject if order.crop_px is not None else "")

        def tell(name: str, problem: str) -> None:
            words = f"failed: {problem}" if problem else name
            sent_s = None if problem else request.t_decided_s
            on_result(ActionResult(request.number, request.t_decided_s, sent_s, self._clock(), words, not problem))

        until_s = math.inf if order.is_open else event_s + order.post_s
        limit_s = event_s - order.pre_s + order.most_s
        with self._lock:
            if self._is_closing:
                raise ActionFailed("the session is over")
            running = self._jobs.get(key)
            if running is not None and running.covers(event_s):
                running.extend(until_s, facts.frame, facts.subject)
                name = running.file_name
                job = None
            else:
                span = ClipSpan(facts.rule, event_s, event_s - order.pre_s, min(until_s, limit_s), limit_s)
                span.events.append((facts.frame, facts.subject))
                job = self._new_job(order, facts, span, tell)
                self._jobs[key] = job
        if job is None:
            tell(f"{name} goes on", "")
        else:
            job.start()

    def _new_job(self, order: ClipOrder, facts: Facts, span: ClipSpan, on_begun: Callable[[str, str], None]) -> ClipJob:
        if len(self._running) >= MOST_AT_ONCE:
            raise ActionFailed(f"{MOST_AT_ONCE} clips are being made already")
        assert self._ring is not None
        place_px = None if facts.x_px is None or facts.y_px is None else (facts.x_px, facts.y_px)
        followed = self._followed(facts, place_px) if order.crop_px is not None else ()
        view = ClipView(order, followed, place_px, self._info.size_px, self._annotation)
        job = ClipJob(
            order, span, view, self._tracks, self._folder, self._info.rate_hz, self._ring.crf, self._reserve_bytes,
            on_begun, self._done,
        )  # fmt: skip
        self._running.append(job)
        # A little more, because the frame nearest to the time is meant; the job looks closer.
        self._ring.join(span.from_s - 1.0, job.take)
        return job

    def _followed(self, facts: Facts, place_px: tuple[float, float] | None) -> tuple[int, ...]:
        """Return the ids of the animals a decision is about."""
        if all(part.isdecimal() for part in facts.subject.split("+")):
            return tuple(int(part) for part in facts.subject.split("+"))
        newest = self._tracks.newest
        one = None if newest is None else nearest(newest.tracks, place_px)
        if one is None:
            raise ActionFailed("no animal is seen that the clip could follow")
        return (one,)

    def end(self, request: ActionRequest, post_s: float) -> int:
        """End the open clips of a rule and a subject, unless another subject still needs them."""
        facts = request.facts
        event_s = self._tracks.time_s(facts.frame)
        with self._lock:
            running = [job for job in self._running if job.order.is_open and job.span.rule == facts.rule]
        return sum(job.end_for(facts.subject, (event_s or 0.0) + post_s) for job in running)

    # ---- the run

    def put(self, frame: Frame) -> None:
        """Take a frame that arrived; returns at once, and does nothing where no rule wants clips."""
        if self._ring is None:
            return
        with self._put_lock:
            # Tracking may have had it first.
            if frame.t_capture_s > self._last_put_s:
                self._last_put_s = frame.t_capture_s
                self._ring.put(frame)

    def track(self, snapshot: Snapshot) -> None:
        """Take what was found on a frame, before the rules decide about it."""
        if self._ring is None:
            return
        self.put(snapshot.frame)
        self._tracks.add(snapshot)
        for job in tuple(self._running):
            job.tracked()

    def break_off(self) -> None:
        """End all clips with the newest frame: the next one does not follow on."""
        if self._ring is None:
            return
        with self._lock:
            self._jobs.clear()
        self._tracks.forget()
        with self._put_lock:
            self._ring.break_off()
            self._last_put_s = -math.inf

    @property
    def files(self) -> tuple[Path, ...]:
        with self._table_lock:
            table = (self._table.path,) if self._table.path.is_file() else ()
            return (*self._files, *table)

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong, as sentences."""
        with self._table_lock:
            return (*self._problems, *self._table.problems)

    def begin_close(self, timeout_s: float = CLOSE_WITHIN_S) -> None:
        """Begin no clip any more, and end those in the making with the newest frame."""
        with self._lock:
            self._is_closing = True
        self._stop_at_s = time.monotonic() + timeout_s
        if self._ring is not None:
            self._ring.close(timeout_s / 3)
        for job in tuple(self._running):
            job.begin_close(self._stop_at_s - timeout_s / 3)

    def close(self) -> None:
        """Wait until all clips are final, as far as time allows; what is not stays in a form that plays too."""
        if not self._is_closing:
            self.begin_close()
        for job in tuple(self._running):
            if not job.join(max(0.1, self._stop_at_s - time.monotonic())):
                with self._table_lock:
                    self._problems.append(
                        f"{job.file_name}: the disk has not taken the last of the clip in time. What is there plays, "
                        "and is finished at the next start."
                    )
        with self._table_lock:
            self._table.close()

    # ---- the jobs' threads

    def _done(self, clip: Clip) -> None:
        with self._lock:
            for key, job in tuple(self._jobs.items()):
                if job.span is clip.span:
                    del self._jobs[key]
            gone = [job for job in self._running if job.span is clip.span]
            self._running = [job for job in self._running if job.span is not clip.span]
        if self._ring is not None:
            for job in gone:
                self._ring.leave(job.take)
        with self._table_lock:
            if clip.problem and clip.problem not in self._problems:
                self._problems.append(clip.problem)
            self._files += [path for path in (clip.video, clip.rows) if path is not None]
            self._table.add(_row(clip))
            rows = self._table.take()
            if not self._table.write(rows):
                self._table.give_back(rows)
        if clip.problem:
            self._note(f"clip {clip.order.name}: {clip.problem}")
        if clip.video is not None and clip.order.upload and self._uploads is not None:
            try:
                self._uploads.add(clip.video, clip.order.upload, clip.order.keep, self._note)
            except OutputError as error:
                self._note(f"clip {clip.order.name}: not uploaded. {error}")


def _row(clip: Clip) -> tuple[str, ...]:
    first, last, order, span = clip.first, clip.last, clip.order, clip.span
    look = "annotated" if order.annotated else "clean"
    if order.crop_px is not None:
        look += ", following " + "heading up" * order.heading_up
    animals = dict.fromkeys(subject for _, subject in span.events if subject)
    return (
        "" if clip.video is None else clip.video.name,
        span.rule,
        " ".join(animals),
        " ".join(str(frame) for frame, _ in span.events),
        "" if first is None else str(first.index),
        "" if last is None else str(last.index),
        str(clip.frames),
        str(clip.missing),
        _utc(first),
        _utc(last),
        "" if first is None else f"{span.event_s - first.t_capture_s:.3f}",
        "" if first is None or last is None else f"{last.t_capture_s - first.t_capture_s:.3f}",
        look.strip(", "),
        str(order.every),
        clip.ended,
        Storage.parse(order.upload).address if order.upload else "",
        clip.problem,
    )


def _utc(frame: Frame | None) -> str:
    if frame is None or frame.t_wall_s is None:
        return ""
    return datetime.fromtimestamp(frame.t_wall_s, UTC).isoformat(timespec="milliseconds")
