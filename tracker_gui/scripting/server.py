"""What a script tracks: TracktorLive's server, with its names and shapes.

The frames are read, shown to the script's functions and tracked on the thread that runs the session; other
programs, and the script's own clients, get the tracks through the feed.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import time
import uuid
import weakref
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tracker_gui.analysis.overlay import TrackOverlay
from tracker_gui.core.errors import SettingsError, TrackerError
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.preset import StageChoice, choice
from tracker_gui.core.stage import SinkContext
from tracker_gui.core.types import LAST_MEASURED
from tracker_gui.engine.capture import CaptureLoop
from tracker_gui.engine.live_channel import is_live, make_live
from tracker_gui.engine.pipeline import Pipeline, load_libraries
from tracker_gui.exchange.tracktorlive import from_flat
from tracker_gui.feed.frame_memory import FrameMemory
from tracker_gui.feed.frame_video import FrameFile
from tracker_gui.feed.hooks import Flag, History, Hooks
from tracker_gui.feed.tracks import TrackFeed

if TYPE_CHECKING:
    from collections.abc import Generator

    from tracker_gui.core.arrays import F64, U8
    from tracker_gui.core.preset import Preset
    from tracker_gui.core.stage import Sink
    from tracker_gui.core.types import Frame, Snapshot, SourceInfo

log = logging.getLogger(__name__)

TAKE_S = 0.1
STOP_S = 2.0
#: For other programs that read their own frames later than the script's.
SPARE_FRAMES = 64
DEFAULT_FORMAT = "mp4"

rcParams: dict[str, str] = {"file_format": DEFAULT_FORMAT}


class Server(Hooks, FrameMemory):
    """Tracks one video or camera; functions decorated with it are called before each frame is tracked.

    See `spawn_trserver` for the arguments. A function may hang attributes of its own on it.

    Attributes
    ----------
    current_frame : (h, w, 3) uint8
        The present picture in BGR, to be changed: it is what is tracked, kept and recorded.
    frame_index : int
        Of the present frame in its source.
    params : dict
        May be changed at any time; in force from the next frame on.
    running, keep_recordings, write_video, write_recordings : Flag
        May be switched as ``.value`` at any time.
    """

    def __init__(
        self,
        vidinput: int | str | Path | StageChoice,
        params: dict[str, Any],
        n_ind: int = 1,
        buffer_size: float = 10,
        draw: bool = False,
        feed_id: str | None = None,
        keep_recordings: bool = False,
        keep_video: bool = False,
        realtime: bool = True,
        timeout: float | None = None,
        use_kmeans: bool = True,
        write_recordings: bool = False,
        write_video: bool = False,
        width: int = 640,
        height: int = 480,
    ) -> None:
        Hooks.__init__(self)
        self.vidinput = vidinput
        self.params = dict(params)
        self.n_ind = n_ind
        self.buffer_size = buffer_size
        self.draw = draw
        self.realtime = realtime
        self.timeout = timeout
        self.use_kmeans = use_kmeans
        self.keep_recordings = Flag(keep_recordings)
        self.write_recordings = Flag(write_recordings)
        self.write_video = Flag(write_video)
        self.running = Flag(True)
        self.t_init = time.time()
        self.frame_index = -1
        self.recorded_data: list[F64] = []
        self.recorded_clock: list[float] = []
        self._source = source_of(vidinput, width, height)
        self._preset = self._preset_of(self.params)
        self._params_in_force = copy.deepcopy(self.params)
        source = self._source.make()
        try:
            self.info: SourceInfo = source.open()
        finally:
            source.close()
        self.fps = float(self.params.get("fps") or self.info.rate_hz)
        self.params.setdefault("fps", self.fps)
        self._params_in_force.setdefault("fps", self.fps)
        self.width, self.height = self.framesize = self.info.size_px
        path = getattr(self._source.params, "path", None)
        self.vidfilename = "" if path is None else str(path)
        frames = max(1, int(self.fps * buffer_size))
        roster = tuple(range(1, n_ind + 1))
        self._history = History(roster, frames)
        FrameMemory.__init__(self, self.fps, frames, keep_video)
        self._picture: U8 | None = None
        self._frame: Frame | None = None
        self._overlay = TrackOverlay()
        self._loop: CaptureLoop | None = None
        self._video: FrameFile | None = None
        self._table: Sink[Any] | None = None
        #: Clients of this script, which a run that is not in real time waits for.
        self.own_clients: list[Any] = []
        more = {"params": self.params, "buffer_size": buffer_size, "n_ind": n_ind, "fps": self.fps}
        self._feed = TrackFeed(
            feed_id or uuid.uuid4().hex[:12], self.info, roster, kept_frames=frames + SPARE_FRAMES, more=more
        )
        self.feed_id = self._feed.name
        # A script that never runs it, or ends by an error, leaves nothing behind.
        self._finalizer = weakref.finalize(self, self._feed.close)
        if feed_id is not None and self.feed_id != feed_id:
            self._finalizer()
            raise SettingsError(
                f"feed {feed_id}", "another program that runs now has this name", "End it, or choose another feed_id."
            )

    def _preset_of(self, params: dict[str, Any]) -> Preset:
        preset, problems = from_flat(params, "params")
        if problems:
            raise SettingsError(problems[0].place, problems[0].problem)
        return preset.with_tracker(animals=self.n_ind)

    # ---- what functions ask for

    @property
    def current_frame(self) -> U8 | None:
        if self._picture is None and self._frame is not None:
            self._picture = self._frame.bgr_u8.copy()
        return self._picture

    @current_frame.setter
    def current_frame(self, picture: U8) -> None:
        self._picture = picture

    @property
    def _is_shown(self) -> bool:
        """Whether a function asked for the present picture, and so may have changed it."""
        return self._picture is not None

    @property
    def databuffer(self) -> F64:
        return self._history.data

    @property
    def clockbuffer(self) -> F64:
        return self._history.clock

    def get_data_and_clock(self) -> tuple[F64, F64]:
        """Return places (n_ind, 2, N) in px and times (N,) of the last N frames, the newest at -1."""
        return self._history.data, self._history.clock

    def get_clients(self) -> list[int]:
        """Return one entry for each client that listens, of this program or another."""
        return list(range(self._feed.listeners))

    # ---- the session

    def discard(self) -> None:
        """Take back the feed of a server that is not run."""
        self._finalizer()

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        self.running.value = False

    def run(self) -> None:
        """Track until the source or the time is over, or `running.value` is off."""
        load_libraries(self._preset)  # before the first frame waits for it
        pipeline = Pipeline(self._preset, self.info)
        until_s = float("inf") if self.timeout is None else time.monotonic() + self.timeout
        began = False
        try:
            for function in self.at_start:
                began = True
                function(self)
            began = True
            with contextlib.closing(self._frames(until_s)) as frames:
                for frame in frames:
                    self._track(pipeline, frame)
                    if not self.running.value or time.monotonic() >= until_s:
                        break
        finally:
            self.running.value = False
            try:
                self._end(began)
            finally:
                pipeline.close()

    def _end(self, began: bool) -> None:
        self._frame = None
        with contextlib.ExitStack() as stack:
            stack.callback(self._finalizer)
            stack.callback(self._close_outputs)
            if began:
                for function in self.at_stop:
                    function(self)

    def _close_outputs(self) -> None:
        for output in (self._video, self._table):
            if output is not None:
                output.close()
        self._video = self._table = None
        self.await_dumps()

    def _frames(self, until_s: float) -> Generator[Frame]:
        if not self.realtime and not is_live(self._source):
            source = self._source.make()
            try:
                source.open()
                while (frame := source.read()) is not None:
                    yield frame
            finally:
                source.close()
            return
        loop = self._loop = CaptureLoop(make_live(self._source))
        loop.start()
        try:
            while self.running.value and time.monotonic() < until_s:
                taken = loop.frames.take(TAKE_S)
                if taken is not None:
                    yield taken
                elif not loop.running:
                    break
            if loop.error is not None:
                raise loop.error
        finally:
            loop.stop(STOP_S)

    def _track(self, pipeline: Pipeline, frame: Frame) -> None:
        self.frame_index = frame.index
        self._frame, self._picture = frame, None
        self._use_params(pipeline)
        for function in self.each_frame:
            function(self)
        if self._is_shown:
            # A view, since what a picture holds is marked read-only and this one may still be drawn into.
            frame = replace(frame, picture=ArrayPicture(np.asarray(self._picture).view()))
        snapshot = pipeline.step(frame)
        self._keep(snapshot)
        self._feed.write(snapshot)
        if not self.realtime:
            for client in self.own_clients:
                client.await_frame(self._feed.written)

    def _use_params(self, pipeline: Pipeline) -> None:
        if self.params == self._params_in_force:
            return
        self._params_in_force = copy.deepcopy(self.params)
        try:
            pipeline.update(self._preset_of(self.params))
        except TrackerError as error:
            log.error("%s The settings from before stay in force.", error)

    def _keep(self, snapshot: Snapshot) -> None:
        tracks, frame = snapshot.tracks, snapshot.frame
        t_s = frame.t_capture_s if frame.t_wall_s is None else frame.t_wall_s
        self._history.add(tracks.track_id.tolist(), tracks.xy_px, (tracks.state <= LAST_MEASURED).tolist(), t_s)
        if self.draw:
            picture = self.current_frame
            assert picture is not None
            self._overlay.draw(picture, snapshot)
        keeps = self.wants_pictures or self.write_video.value or self.each_frame
        picture = self.current_frame if keeps else None
        self.keep(picture)
        if picture is not None and self.write_video.value:
            if self._video is None:
                name = Path(f"{self.feed_id}.{rcParams['file_format']}")
                self._video = FrameFile(name, (picture.shape[1], picture.shape[0]), self.fps)
            self._video.write(picture)
        if self.keep_recordings.value:
            self.recorded_data.append(self._history.data[:, :, -1])
            self.recorded_clock.append(t_s)
        if self.write_recordings.value:
            if self._table is None:
                self._table = choice("sinks", "tracks_csv", style="tracktorlive").make()
                self._table.open(SinkContext(Path(), self.feed_id, self.info, tracks.roster, frame.index))
            self._table.write(snapshot)


def source_of(vidinput: int | str | Path | StageChoice, width: int, height: int) -> StageChoice:
    """Return the source that a script means: the number of a camera, an address, or a file.

    Raises
    ------
    SettingsError
    """
    if isinstance(vidinput, StageChoice):
        return vidinput
    if isinstance(vidinput, int):
        return choice("sources", "camera", device=f"index:{vidinput}", width_px=width, height_px=height)
    if "://" in str(vidinput):
        return choice("sources", "network_stream", url=str(vidinput))
    return choice("sources", "video_file", path=Path(vidinput).absolute())
