"""The place of a camera's rules in the window: evaluated on every tracked frame; off, shadow or armed.

A live source has its rules while it is tracked into files; a file that is played has them while it plays.
"""

from __future__ import annotations

import enum
import logging
import threading
from typing import TYPE_CHECKING

from tracker_gui.core.preset import Preset
from tracker_gui.engine.aside import aside
from tracker_gui.engine.rules.log_files import DECISIONS_ENDING, TIMES_ENDING
from tracker_gui.engine.rules.runner import RuleRunner
from tracker_gui.engine.run_files import MANIFEST_ENDING, MOST_RUNS, stem_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.devices import Devices
    from tracker_gui.core.rule_stages import SessionControl
    from tracker_gui.core.stimuli import Stimuli
    from tracker_gui.core.types import Snapshot, SourceInfo

log = logging.getLogger(__name__)

END_WITHIN_S = 4.0


class RuleMode(enum.Enum):
    """What rules may do; never part of a file."""

    OFF = "no"
    SHADOW = "shadow"
    ARMED = "yes"


class RuleSeat:
    """Holds the rules that run now. A `FrameWatcher` of the screen feed for files that are played.

    `see`, `break_off` and `make_run` belong to the tracking thread; the others to whoever owns the window.

    Attributes
    ----------
    mode : RuleMode
    is_live : bool
        Its source has its own pace, so that its rules belong to its runs into files.
    rests : bool
        Frames that come now are none of its business: a file is tracked as fast as it goes.
    info : SourceInfo or None
        Of the file that is played.
    """

    def __init__(self) -> None:
        self.mode = RuleMode.OFF
        self.is_live = self.rests = False
        self.info: SourceInfo | None = None
        self.devices: Callable[[], Devices] | None = None
        self.control: SessionControl | None = None
        self.stimuli: Stimuli | None = None
        self.folder: Callable[[], Path] | None = None
        self._preset, self._camera = Preset(), 0
        self._run: RuleRunner | None = None
        self._played: RuleRunner | None = None
        self._lock = threading.RLock()
        self._changing = threading.Lock()
        self._turn = 0
        self._closed = False
        self._aside: list[threading.Thread] = []

    @property
    def runner(self) -> RuleRunner | None:
        """The rules that are evaluated now, None where there are none."""
        with self._lock:
            if self._run is not None and self._run.is_closed:
                self._run = None
            return self._run or self._played

    def use(self, preset: Preset, camera: int) -> None:
        """Take the settings of its camera; rules that changed begin anew, and what they drive becomes safe."""
        with self._lock:
            before, number = self._preset, self._camera
            self._preset, self._camera = preset, camera
            same = (before.rules, before.zones, before.source) == (preset.rules, preset.zones, preset.source)
            if same and number == camera:
                return
            if before.source != preset.source:
                self.info = None
            played, self._played = self._played, None
        self._end_aside(played)

    # ---- the tracking thread

    def make_run(self, info: SourceInfo, folder: Path, stem: str) -> RuleRunner | None:
        """Return the rules of a run into files; the run evaluates and closes them."""
        with self._lock:
            if not self._has_rules or self._closed:
                return None
            self._run = self._made(info, folder, stem, self.mode)
            return self._run

    def see(self, snapshot: Snapshot) -> None:
        """Evaluate the rules of a file that is played."""
        if self.is_live or self.rests:
            return
        with self._lock:
            runner = self._played
            if runner is None and self.info is not None and self._has_rules and not self._closed:
                shadowed = RuleMode.OFF if self.mode is RuleMode.ARMED else self.mode
                runner = self._played = self._made(self.info, None, "", shadowed)
        if runner is not None:
            runner.arrived(snapshot.frame)
            runner.step(snapshot)

    def break_off(self) -> None:
        """Begin anew, because the next frame does not follow on."""
        runner = self._played
        if runner is not None and not self.is_live and not self.rests:
            runner.break_off()

    @property
    def _has_rules(self) -> bool:
        return any(rule.enabled for rule in self._preset.rules)

    def _made(self, info: SourceInfo, folder: Path | None, stem: str, mode: RuleMode) -> RuleRunner:
        devices = None if self.devices is None or folder is None else self.devices()
        runner = RuleRunner(
            self._preset, info, folder, stem, camera=self._camera, control=self.control,
            shadow=mode is not RuleMode.ARMED, devices=devices, stimuli=self.stimuli,
        )  # fmt: skip
        if mode is not RuleMode.OFF:
            runner.arm()
        return runner

    # ---- the owner

    def set_mode(self, mode: RuleMode) -> threading.Thread:
        """Switch the rules; returns at once. A later call, such as an emergency stop, outdoes an earlier one.

        Returns
        -------
        threading.Thread
            Ends when it is done.
        """
        with self._lock:
            self.mode = mode
            self._turn += 1
            turn = self._turn
        return self._do_aside(lambda: self._apply(mode, turn))

    def _apply(self, mode: RuleMode, turn: int) -> None:
        if mode is RuleMode.OFF and (runner := self.runner) is not None:
            # At once, even while an arming before is still opening its boards.
            runner.emergency_stop()
        with self._changing:
            if turn != self._turn:
                return
            with self._lock:
                run = self._run
            if run is not None and not run.is_closed:
                run.set_shadow(mode is not RuleMode.ARMED)
                self._arm(run, mode, turn)
            if not self.is_live:
                self._renew_played(mode, turn)

    def _arm(self, runner: RuleRunner, mode: RuleMode, turn: int) -> None:
        with self._lock:
            if turn == self._turn and mode is not RuleMode.OFF:
                runner.arm()

    def _renew_played(self, mode: RuleMode, turn: int) -> None:
        with self._lock:
            before, self._played = self._played, None
            info, has_rules = self.info, self._has_rules
        if before is not None:
            before.close()
        if info is None or not has_rules or self._closed or mode is RuleMode.OFF:
            return
        folder, stem = self._place()
        runner = self._made(info, folder, stem, RuleMode.OFF)
        runner.set_shadow(mode is not RuleMode.ARMED)
        with self._lock:
            late = turn != self._turn or self._closed
            if not late:
                self._played = runner
                runner.arm()
        if late:
            runner.close()

    def _place(self) -> tuple[Path | None, str]:
        """Return where the log of a file that is played goes, under a name that no run has yet."""
        source = self._preset.source
        if self.folder is None or source is None:
            return None, ""
        folder, stem = self.folder(), stem_of(source)
        endings = (MANIFEST_ENDING, DECISIONS_ENDING, TIMES_ENDING)
        for number in range(1, MOST_RUNS):
            name = stem if number == 1 else f"{stem}-{number}"
            if not any((folder / f"{name}{ending}").exists() for ending in endings):
                break
        folder.mkdir(parents=True, exist_ok=True)
        return folder, name

    def stood_still(self) -> None:
        """Hear that the file plays no more: nobody sees what the animals do now."""
        runner = self._played
        if runner is not None and not runner.is_shadow:
            self._do_aside(runner.source_lost)

    def begin_close(self) -> None:
        """End the rules of a file that is played; those of a run end with it."""
        with self._lock:
            self._closed = True
            self._turn += 1
            played, self._played = self._played, None
        self._end_aside(played)

    def wait(self, timeout_s: float = END_WITHIN_S) -> bool:
        """Return whether all that was begun has ended in time."""
        for thread in self._aside:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._aside)

    def _end_aside(self, runner: RuleRunner | None) -> None:
        if runner is not None:
            self._do_aside(runner.close)

    def _do_aside(self, act: Callable[[], None]) -> threading.Thread:
        def do() -> None:
            try:
                act()
            except Exception:
                # Such as a folder that takes no files: the rules then stay as they are, and the log says why.
                log.exception("the rules could not be switched")

        self._aside = [thread for thread in self._aside if thread.is_alive()]
        thread = aside(do)
        self._aside.append(thread)
        return thread
