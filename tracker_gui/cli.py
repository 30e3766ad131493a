"""The command line: what can be typed, and what becomes of errors.

Nothing heavy is imported before a command is known, so that ``--version`` and ``--help`` answer at once.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import tracker_gui
from tracker_gui import _bootstrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

UNEXPECTED, USAGE, INTERRUPTED = 1, 2, 130
WINDOW = "open"
CSV_STYLES = ("tidy", "tracktorlive", "frame-id-x-y")

EPILOG = """\
tracker-gui                  opens the window
tracker-gui VIDEO            opens the window with a video, a folder of images or a preset

exit codes: 0 done, 1 unexpected, 2 wrong usage or settings, 3 input cannot be read,
            4 output cannot be written, 130 stopped with Ctrl-C (what was written is complete)
"""
TRACK_EPILOG = """\
SOURCE is a video file, a folder of images, "simulated", or a preset that holds its source.
T is a frame (120), seconds (4s, 4.5s) or minutes and seconds (1:30).
"""
BATCH_EPILOG = """\
VIDEO is a video file, a folder of images, or a pattern such as "day1/*.mp4". Each gets a folder of its own in DIR,
beside the tables over all of them (batch_animals.csv and others, also as Parquet) and batch_report.html.
A video that fails is listed with its reason and ends no other; the exit code is then 3.
"""
RULES_EPILOG = """\
SOURCE is a video file, a folder of images, or a table of tracks (.csv) of this program, TracktorLive or Tracktor.
T is a frame (120), seconds (4s, 4.5s) or minutes and seconds (1:30).
"""
RUN_EPILOG = """\
S is the address of a network camera (http://camera/video.mjpg, rtsp://camera/stream1), "camera" for the only one of
this computer, "camera:NAME" for the one that 'tracker-gui doctor' lists under this name, or a video file that is played
like a camera. ${NAME} in an address stands for an environment variable, such as one with the password.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    raw = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser(
        prog="tracker-gui",
        description="Set up, watch and record tracking of animals and objects.",
        epilog=EPILOG,
        formatter_class=raw,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"tracker-gui {tracker_gui.__version__}")
    top.add_argument("--log-level", choices=_bootstrap.LOG_LEVELS, default="warning", help="what the terminal shows")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    def command(name: str, text: str, epilog: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=text, description=text, epilog=epilog, formatter_class=raw, allow_abbrev=False
        )

    window = command(WINDOW, "Open the window (also without the word 'open').")
    window.add_argument("file", nargs="?", help="a video, a folder of images or a preset")

    track = command("track", "Track a source without a window and write the results.", TRACK_EPILOG)
    track.add_argument("source", metavar="SOURCE")
    track.add_argument("--preset", metavar="P", help="a preset file, a name of the gallery, or TracktorLive's JSON")
    track.add_argument("--lenient", action="store_true", help="use what is right in a preset with mistakes")
    track.add_argument("--animals", type=int, metavar="N", help="how many animals there are (in each arena)")
    _add_output(track)
    track.add_argument(
        "--video", nargs="?", const="annotated", choices=("annotated", "clean"), help="write a video too (annotated)"
    )
    track.add_argument("--start", metavar="T", help="begin there (0)")
    track.add_argument("--stop", metavar="T", help="end before there (the end)")
    _add_session(track)
    track.add_argument("--heading", action="store_true", help="find out speed and heading too")
    _add_cassettes(track)
    track.add_argument("--csv-style", choices=CSV_STYLES, help="shape of the table (tidy)")

    batch = command("batch", "Track many videos and measure them: tables, plots and a report.", BATCH_EPILOG)
    batch.add_argument("videos", metavar="VIDEO", nargs="+")
    batch.add_argument(
        "--preset", metavar="P", action="append", required=True,
        help="a preset file or a name of the gallery; given twice, each video is tracked with both",
    )  # fmt: skip
    batch.add_argument("--lenient", action="store_true", help="use what is right in a preset with mistakes")
    batch.add_argument("--animals", type=int, metavar="N", help="how many animals there are (in each arena)")
    batch.add_argument("--out", metavar="DIR", required=True, help="folder of the results")
    batch.add_argument("--quiet", action="store_true", help="no progress bar and no summary")
    batch.add_argument("--resume", action="store_true", help="leave out what is finished already in this folder")
    where = batch.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, metavar="N", help="videos at a time on this computer (one for each core)")
    where.add_argument("--dask", metavar="ADDRESS", help="run on this Dask cluster, such as tcp://10.0.0.5:8786")
    batch.add_argument(
        "--measure-with", nargs="+", default=[], metavar="NAME=VALUE", help="how to measure, such as freezing_least_s=2"
    )

    run = command("run", "Track and record a camera without a window, until it is stopped.", RUN_EPILOG)
    run.add_argument("preset", metavar="PRESET", help="a preset file or the name of one of the gallery")
    run.add_argument("--source", metavar="S", help="in place of the preset's own")
    run.add_argument(
        "--arm", action="store_true", help="let the preset's rules act; else they only write down what they would do"
    )
    run.add_argument("--minutes", type=float, metavar="M", help="end by itself after so long")
    run.add_argument("--animals", type=int, metavar="N", help="how many animals there are (in each arena)")
    run.add_argument("--lenient", action="store_true", help="use what is right in a preset with mistakes")
    _add_output(run)
    run.add_argument(
        "--record",
        choices=("clean", "annotated", "both", "none"),
        help="the pictures as they came (clean), with the tracks drawn in, both, or none (what the preset says)",
    )
    run.add_argument(
        "--record-with", nargs="+", default=[], metavar="NAME=VALUE", help="how to record, such as reserve_mb=5000"
    )
    _add_session(run)
    run.add_argument("--second-folder", metavar="DIR", help="record there when the first folder is full or fails")
    _add_cassettes(run)
    run.add_argument("--csv-style", choices=CSV_STYLES, help="shape of the table (tidy)")

    rules = command("rules", "Show what the rules of a preset would do on a recording; nothing is sent.", RULES_EPILOG)
    rules.add_argument("preset", metavar="PRESET", help="a preset file or the name of one of the gallery")
    rules.add_argument("source", metavar="SOURCE", nargs="?", help="in place of the preset's own")
    rules.add_argument("--camera", type=int, default=0, metavar="N", help="which camera of the preset it is (0)")
    rules.add_argument("--lenient", action="store_true", help="use what is right in a preset with mistakes")
    rules.add_argument("--start", metavar="T", help="begin there (0)")
    rules.add_argument("--stop", metavar="T", help="end before there (the end)")
    rules.add_argument("--all", action="store_true", help="list what was held back, too")
    rules.add_argument("--log", metavar="FILE.csv", help="write all decisions into a table")
    rules.add_argument("--quiet", action="store_true", help="no progress bar")

    demo = command("demo", "Show the program on simulated animals, whose true paths are known.")
    demo.add_argument("--headless", action="store_true", help="without a window: track, write all results, score them")
    demo.add_argument("--seconds", type=float, metavar="S", help="length of the recording without a window (60)")
    _add_output(demo)

    stages = command("stages", "List what can be chosen, with every setting.")
    stages.add_argument("stage", nargs="?", metavar="KIND/NAME", help="only this one, or all of one kind")
    stages.add_argument("--json", action="store_true", help="for programs")

    presets = command("presets", "List the presets that come with the program.")
    one_of = presets.add_mutually_exclusive_group()
    one_of.add_argument("--json", action="store_true", help="for programs")
    one_of.add_argument("--check", metavar="FILE", help="say what is wrong in a preset file")
    one_of.add_argument("--schema", action="store_true", help="the JSON schema of a preset file")

    export = command("export", "Write settings for another program.")
    export.add_argument("preset", metavar="PRESET", help="a preset file or the name of one of the gallery")
    export.add_argument("--tracktorlive", metavar="OUT.json", required=True, help="TracktorLive's flat parameter file")

    recover = command("recover", "Finish the recordings that a crash or a power failure left in a folder.")
    recover.add_argument("folder", metavar="FOLDER")

    uploads = command("uploads", "List the clips that wait to be uploaded, upload them, or make a link to one.")
    one_of = uploads.add_mutually_exclusive_group()
    one_of.add_argument("--now", action="store_true", help="upload what waits, until all is there")
    one_of.add_argument("--keys", metavar="ADDRESS", help="keep the keys of a storage (https://storage.example.org)")
    one_of.add_argument("--link", metavar="ADDRESS", help="give a stored file an address that anybody can open")
    uploads.add_argument("--hours", type=float, default=1.0, metavar="H", help="how long the link lasts (1)")

    devices = command("devices", "List the boards (Arduino) of this computer, test one, or start a virtual one.")
    one_of = devices.add_mutually_exclusive_group()
    one_of.add_argument("--test", metavar="PORT", help="ask whether a board is there, which moves nothing")
    one_of.add_argument("--remember", nargs=2, metavar=("NAME", "PORT"), help="give the board at a port a name")
    one_of.add_argument("--forget", metavar="NAME", help="forget a board")
    one_of.add_argument("--virtual", action="store_true", help="start a virtual board and say its port")
    devices.add_argument(
        "--set", nargs="+", default=[], metavar="NAME=VALUE", help="how it is spoken to, such as speaks=plain baud=9600"
    )
    devices.add_argument("--yes", action="store_true", help="do not ask before a test")

    feed = command("feed", "List the live data that runs offer to other programs, or print one feed.")
    acts = feed.add_subparsers(dest="act", metavar="list|watch", required=True)
    listed = acts.add_parser("list", help="those there are", allow_abbrev=False)
    watch = acts.add_parser("watch", help="print every frame until it ends", allow_abbrev=False)
    watch.add_argument("id", metavar="ID", help="the name of the feed")
    watch.add_argument("--frames", type=int, metavar="N", help="end after so many")
    watch.add_argument("--wait", action="store_true", help="wait until there is such a feed")
    for act in (listed, watch):
        act.add_argument("--json", action="store_true", help="for programs")

    cassettes = command("cassettes", "List the cassettes, which are Python files that hear of every frame.")
    cassettes.add_argument("name", nargs="?", metavar="NAME", help="only this one, with its settings")

    doctor = command("doctor", "Say what this computer offers: versions, screen, codecs, GPU, folders.")
    doctor.add_argument("--only-window", action="store_true", help=argparse.SUPPRESS)  # doctor's own child process
    return top


def _add_session(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--session", nargs="+", default=[], metavar="NAME=VALUE",
        help="who is tracked, how files are called, when it begins and ends, such as subject=M12 treatment=control "
        "file_name={subject}_{date} start='when an animal is seen' stop='after a time' stop_after_s=600",
    )  # fmt: skip


def _add_cassettes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--cassettes", action="store_true", help="let the preset's cassettes run, which are programs")


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", metavar="DIR", default=".", help="folder of the results (this one)")
    command.add_argument("--quiet", action="store_true", help="no progress bar and no summary")


#: Command -> the module that holds its `main(args) -> exit code`.
MODULES = {
    WINDOW: "window", "track": "track", "batch": "batch", "run": "run", "rules": "rules", "demo": "demo",
    "stages": "stages",
    "presets": "presets", "export": "export", "recover": "recover", "uploads": "uploads",
    "devices": "devices", "feed": "feed", "cassettes": "cassettes", "doctor": "doctor",
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        The exit code, see `EPILOG`.
    """
    try:
        args = parser().parse_args(_with_command(list(sys.argv[1:] if argv is None else argv)))
    except SystemExit as leaving:  # argparse has said all there is to say
        return leaving.code if isinstance(leaving.code, int) else USAGE
    try:
        _bootstrap.prepare()
        with _logging(args.log_level) as log_file:
            return _run(args, log_file)
    except KeyboardInterrupt:
        return INTERRUPTED


def _with_command(argv: list[str]) -> list[str]:
    """Put the word "open" before a file that stands alone."""
    at = 0
    while at < len(argv) and argv[at].startswith("-"):
        if argv[at] in ("-h", "--help", "--version"):
            return argv
        at += 2 if argv[at] == "--log-level" else 1
    if at < len(argv) and argv[at] in MODULES:
        return argv
    return [*argv[:at], WINDOW, *argv[at:]]


def _run(args: argparse.Namespace, log_file: Path | None) -> int:
    from tracker_gui.core.errors import TrackerError

    try:
        code = importlib.import_module(f"tracker_gui.commands.{MODULES[args.command]}").main(args)
        sys.stdout.flush()
        return int(code)
    except TrackerError as error:
        log.debug("ended by", exc_info=True)
        print(f"tracker-gui: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader (such as `head`) has seen enough; what is left in the buffer must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        log.info("the traceback of what follows", exc_info=True)
        place = f"Details are in {log_file}" if log_file else "No log could be kept"
        lacking = _bootstrap.lacking_library(error) if isinstance(error, ImportError) else None
        sentence = lacking or f"unexpected problem: {type(error).__name__}: {error}. {place}"
        print(f"tracker-gui: {sentence}", file=sys.stderr)
        return UNEXPECTED


@contextmanager
def _logging(level: str) -> Iterator[Path | None]:
    """Log while the command runs; afterwards the process is as before, for those who call `main` from Python."""
    import threading

    root = logging.getLogger()
    before, level_before = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook
    try:
        yield _bootstrap.start_logging(level)
    finally:
        sys.excepthook, threading.excepthook = hooks
        root.setLevel(level_before)
        logging.captureWarnings(False)
        for handler in [h for h in root.handlers if h not in before]:
            root.removeHandler(handler)
            handler.close()
