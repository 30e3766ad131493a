"""The log of the rules as two tables: what was decided, the same in every run, and the times beside it.

Rows are handed to a thread, so that no disk ever holds up a decision. While the disk takes nothing they
wait in memory, up to a number; what is dropped beyond that is counted.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker_gui.core.errors import OutputError
from tracker_gui.core.row_file import RowFile
from tracker_gui.core.row_queue import RowQueue
from tracker_gui.engine.rules.decision import COLUMNS, Decision, csv_rows

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.rule_stages import ActionResult

log = logging.getLogger(__name__)

DECISIONS_ENDING = "_rules.csv"
TIMES_ENDING = "_rules_times.csv"
TIME_COLUMNS = ("number", "frame_utc", "t_frame_s", "t_decided_s", "t_sent_s", "t_acknowledged_s", "result")
MOST_ROWS = 20_000
#: What may wait for space on a full disk.
KEEP_BYTES = 8_000_000
WRITE_EVERY_S = 0.2
Row = tuple[str, ...]


class Table:
    """One file and the rows that wait for it."""

    def __init__(self, path: Path, header: Row) -> None:
        self.path = path
        self.rows: deque[Row] = deque([header])
        self.problem = ""
        self._file: RowQueue | None = None
        self._dropped = 0

    @property
    def problems(self) -> list[str]:
        lost = f"{self.path}: {self._dropped} rows are lost" if self._dropped else ""
        return [each for each in (self.problem, lost) if each]

    def add(self, row: Row) -> None:
        self.rows.append(row)
        if len(self.rows) > MOST_ROWS:
            self.rows.popleft()
            self._dropped += 1

    def take(self) -> list[Row]:
        rows = list(self.rows)
        self.rows.clear()
        return rows

    def give_back(self, rows: list[Row]) -> None:
        self.rows.extendleft(reversed(rows))

    def write(self, rows: list[Row]) -> bool:
        """Write rows; return False where the file could not be made, so that they wait."""
        try:
            if self._file is None:
                # A place that takes no file at all must not cost the rows that wait for it.
                RowFile(self.path).close()
                self._file = RowQueue(self.path, KEEP_BYTES)
            self._file.append(csv_rows(rows).encode("utf-8"))
        except OutputError as error:
            if not self.problem:
                log.error("%s", error)
            self.problem = str(error)
            if self._file is None:
                return False
            self._dropped += len(rows)
            return True
        self.problem = self._file.trouble
        return True

    def close(self) -> None:
        if self._file is None:
            return
        try:
            self._file.close()
        except OutputError as error:
            log.error("%s", error)
            self.problem = str(error)


class RuleLog:
    """Both tables of one session. May be called from any thread.

    Parameters
    ----------
    folder, stem
        The files are made with the first row.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self._decisions = Table(folder / f"{stem}{DECISIONS_ENDING}", COLUMNS)
        self._times = Table(folder / f"{stem}{TIMES_ENDING}", TIME_COLUMNS)
        self._pending: dict[int, tuple[float | None, float]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(table.path for table in (self._decisions, self._times) if table.path.is_file())

    @property
    def problems(self) -> tuple[str, ...]:
        """What the disk did not take, as sentences."""
        return (*self._decisions.problems, *self._times.problems)

    def decided(self, decision: Decision) -> None:
        """Take a decision; one that is acted on gets its row of times with its result."""
        with self._lock:
            self._decisions.add(decision.cells())
            if not decision.suppressed_by:
                self._pending[decision.number] = decision.facts.time_utc, decision.t_capture_s
            self._start()

    def acted(self, result: ActionResult) -> None:
        """Take what became of a decision."""
        with self._lock:
            utc_s, frame_s = self._pending.pop(result.number, (None, None))
            self._times.add(
                (
                    str(result.number), _utc(utc_s), _seconds(frame_s), _seconds(result.t_decided_s),
                    _seconds(result.t_sent_s), _seconds(result.t_acknowledged_s), result.result,
                )
            )  # fmt: skip
            self._start()

    def note(self, t_s: float, text: str) -> None:
        """Take something that no rule decided: armed, disarmed, a safe state, a clock that was set."""
        with self._lock:
            self._times.add(("", _utc(datetime.now(UTC).timestamp()), "", _seconds(t_s), "", "", text))
            self._start()

    def _start(self) -> None:
        if self._thread is None and not self._stop.is_set():
            self._thread = threading.Thread(target=self._run, name="log of the rules", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(WRITE_EVERY_S):
            self._write()

    def _write(self) -> None:
        for table in (self._decisions, self._times):
            with self._lock:
                rows = table.take()
            if rows and not table.write(rows):
                with self._lock:
                    table.give_back(rows)

    def close(self) -> None:
        """Write what is left."""
        with self._lock:
            for number in list(self._pending):
                utc_s, frame_s = self._pending.pop(number)
                self._times.add((str(number), _utc(utc_s), _seconds(frame_s), "", "", "", "not known"))
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._write()
        self._decisions.close()
        self._times.close()


class NoLog:
    """Takes everything and keeps nothing: for rules that nobody has asked to act or to be written down."""

    files: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()

    def decided(self, decision: Decision) -> None: ...

    def acted(self, result: ActionResult) -> None: ...

    def note(self, t_s: float, text: str) -> None: ...

    def close(self) -> None: ...


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _utc(value: float | None) -> str:
    return "" if value is None else datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds")
