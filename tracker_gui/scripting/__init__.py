"""TracktorLive's script interface: a script runs after ``import tracker_gui.scripting as trl``.

The scripts of that program have no ``__main__`` guard and their functions close over their globals, so nothing
here starts a process that would import the script again: server and clients are threads of the script's own
process, and other programs join by the name of the feed.
"""

from tracker_gui.scripting.params_window import get_params_from_gui
from tracker_gui.scripting.server import rcParams
from tracker_gui.scripting.session import (
    close_trclient,
    close_trserver,
    list_feeds,
    run_trclient,
    run_trserver,
    run_trsession,
    spawn_trclient,
    spawn_trserver,
    wait_and_close_trclient,
    wait_and_close_trserver,
)

__all__ = [
    "close_trclient",
    "close_trserver",
    "get_params_from_gui",
    "list_feeds",
    "rcParams",
    "run_trclient",
    "run_trserver",
    "run_trsession",
    "spawn_trclient",
    "spawn_trserver",
    "wait_and_close_trclient",
    "wait_and_close_trserver",
]
