"""Running a script: its server on the thread that asks, its clients beside it, and the end of them all."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from tracker_gui.feed.tracks import track_feeds
from tracker_gui.scripting.client import Client
from tracker_gui.scripting.no_screen import spare_windows
from tracker_gui.scripting.server import Server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tracker_gui.core.preset import StageChoice

log = logging.getLogger(__name__)

LOOK_S = 0.1
CLIENT_ENDS_WITHIN_S = 5.0


class Semaphores:
    """Stands where TracktorLive has a manager of semaphores; nothing here needs one."""


def spawn_trserver(
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
) -> tuple[Server, Semaphores]:
    """Return a server, on which functions may then be hung, and what `run_trsession` wants beside it.

    Parameters
    ----------
    vidinput : int, str or Path
        The number of a camera, the address of one, or a video file.
    params : dict
        TracktorLive's: block_size, offset, min_area, max_area, invert, fps.
    n_ind : int
        How many animals.
    buffer_size : float
        Seconds that `data`, `clock` and `framesbuffer` go back.
    draw : bool
        Draw the tracks into the pictures that are kept and recorded.
    feed_id : str, optional
        What clients join it by; something unique by default.
    keep_recordings, keep_video : bool
        Keep places and pictures in memory: `recorded_data`, `recorded_frames`.
    realtime : bool
        At the pace of the video, frames that cannot be taken in time are left out. Off: every frame of the file,
        as fast as it goes, and the script's own clients are waited for.
    timeout : float, optional
        Seconds after which it ends.
    use_kmeans : bool
        Without a meaning here: touching animals are always told apart.
    write_recordings, write_video : bool
        Write ``<feed_id>_tracks.csv`` and ``<feed_id>.mp4`` into the present folder while it runs.
    width, height : int
        What a camera is asked for, in px.

    Raises
    ------
    InputError, SettingsError, OutputError
    """
    server = Server(
        vidinput, params, n_ind, buffer_size, draw, feed_id, keep_recordings, keep_video, realtime, timeout,
        use_kmeans, write_recordings, write_video, width, height,
    )  # fmt: skip
    return server, Semaphores()


def spawn_trclient(feed_id: str, run_interval: float = 0.005) -> Client:
    """Return a client of a feed of this program or another; `run_interval` is taken and not needed: it never polls.

    Raises
    ------
    InputError
        There is no such feed.
    """
    return Client(feed_id, run_interval)


def run_trsession(
    server: Server | None, semm: Semaphores | None = None, clients: Client | Sequence[Client] | None = None
) -> None:
    """Run a server and clients to the end.

    The server runs on the calling thread, so that a window of OpenCV works in its functions. When a function of
    either raises, all ends and the error is raised here, with the traceback of that function.

    Parameters
    ----------
    server : Server or None
        None where another program tracks and only clients are run here.
    """
    spare_windows()
    all_clients = [clients] if isinstance(clients, Client) else list(clients or ())

    def stop_all() -> None:
        if server is not None:
            server.stop()
        for client in all_clients:
            client.running.value = False

    for client in all_clients:
        client.start(stop_all, daemon=True)
    error: BaseException | None = None
    try:
        if server is not None:
            server.own_clients = all_clients
            server.run()
        else:
            while any(not client.join(LOOK_S) for client in all_clients):
                pass
    except KeyboardInterrupt:
        log.info("stopped by Ctrl-C")
    except BaseException as raised:
        error = raised
    if error is not None:
        stop_all()
    until_s = time.monotonic() + CLIENT_ENDS_WITHIN_S
    for client in all_clients:
        if not client.join(max(0.0, until_s - time.monotonic())):
            log.warning("a function of the client %s does not end; it is left behind", client.client_id)
    error = error or next((client.error for client in all_clients if client.error is not None), None)
    if error is not None:
        raise error


_threads: dict[int, tuple[threading.Thread, list[BaseException]]] = {}


def run_trserver(server: Server, semm: Semaphores | None = None) -> None:
    """Begin to track, on a thread of its own; `wait_and_close_trserver` waits for its end."""
    spare_windows()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            server.run()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="server")
    _threads[id(server)] = (thread, errors)
    thread.start()


def close_trserver(server: Server, semm: Semaphores | None = None) -> None:
    """End the tracking that `run_trserver` began; raises what one of its functions raised."""
    server.stop()
    _join_server(server)


def wait_and_close_trserver(server: Server, semm: Semaphores | None = None) -> None:
    """Wait until the tracking ends, or Ctrl-C; raises what one of its functions raised."""
    entry = _threads.get(id(server))
    try:
        while entry is not None and entry[0].is_alive():
            entry[0].join(LOOK_S)
    except KeyboardInterrupt:
        server.stop()
    _join_server(server)


def _join_server(server: Server) -> None:
    thread, errors = _threads.pop(id(server), (None, []))
    if thread is None:
        server.discard()
    else:
        thread.join()
    if errors:
        raise errors[0]


def run_trclient(client: Client) -> None:
    """Begin to answer a feed, on a thread of its own."""
    client.run()


def close_trclient(client: Client) -> None:
    """End a client; raises what one of its functions raised."""
    client.stop()
    if client.error is not None:
        raise client.error


def wait_and_close_trclient(client: Client) -> None:
    """Wait until the feed ends, or Ctrl-C; raises what one of the client's functions raised."""
    try:
        while not client.join(LOOK_S):
            pass
    except KeyboardInterrupt:
        pass
    close_trclient(client)


def list_feeds() -> list[str]:
    """Return the names of all feeds of tracks on this computer."""
    found = []
    for reader in track_feeds():
        found.append(str(reader.description["feed_id"]))
        reader.close()
    return found
