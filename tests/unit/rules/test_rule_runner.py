"""Rules in a live session: armed by hand, done on the lanes, safe at the end, all of it in two tables."""

from __future__ import annotations

import csv
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core import registry
from tracker_gui.core.errors import SettingsError
from tracker_gui.engine.rules.runner import RuleRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OUT, IN = (150.0, 90.0), (50.0, 50.0)
IN_NEST = {"event": "in_zone", "zone": "nest"}
# An action of somebody's own, which writes down all that it is told.
DOOR = """
from typing import ClassVar
from tracker_gui.core.rule_stages import Action, ActionFailed, Lane

TOLD = []
BROKEN = []

class Door(Action):
    title, about = 'Door', 'A door.'
    lane = Lane.REAL_TIME
    drives_hardware = True

    def payload(self, facts):
        return f'open for {facts.subject}'

    def act(self, request):
        if BROKEN:
            raise ActionFailed('the cable is out')
        TOLD.append(request.payload)
        return 'opened'

    def safe_state(self):
        if BROKEN:
            raise OSError('the cable is out')
        TOLD.append('safe')
"""


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the module of a door, whose `TOLD` holds what reached it."""
    folder = tmp_path / "stages" / "actions"
    folder.mkdir(parents=True)
    (folder / "door.py").write_text(DOOR)
    monkeypatch.setenv(registry.EXTRA_STAGES_VARIABLE, str(folder.parent))
    import sys

    return sys.modules[registry.load("actions", "door").__module__]


@pytest.fixture
def run(
    door: Any, tmp_path: Path, make_preset: Callable[..., Any], source_info: Any, no_leaks: None
) -> Iterator[Callable[..., RuleRunner]]:
    """Return a function that starts a runner; all of them are closed at the end."""
    made: list[RuleRunner] = []

    def start(*rules: dict[str, Any], **how: Any) -> RuleRunner:
        listed = [{"when": IN_NEST, "on_enter": [{"action": "door"}], **rule} for rule in rules or ({},)]
        runner = RuleRunner(make_preset(*listed), source_info, tmp_path, f"run{len(made)}", **how)
        assert not runner.problems
        made.append(runner)
        return runner

    yield start
    for runner in made:
        runner.close()


@pytest.fixture
def lead(make_snapshot: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Return a function that leads one animal past a runner and waits for what it does."""
    frames = iter(range(100_000))

    def go(runner: RuleRunner, *places: tuple[float, float]) -> list[Any]:
        decided: list[Any] = []
        for place in places:
            decided += runner.step(make_snapshot(next(frames), {1: place}))
        until_s = time.monotonic() + 10
        while any(each.result is None for each in runner.recent if not each.decision.suppressed_by):
            assert time.monotonic() < until_s, "a result never came"
            time.sleep(0.005)
        return decided

    return go


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_nothing_moves_before_a_person_has_armed_it(run: Any, lead: Any, door: Any) -> None:
    runner = run()
    assert [each.suppressed_by for each in lead(runner, OUT, IN, OUT)] == ["disarmed"]
    runner.arm()
    lead(runner, OUT, IN)
    assert door.TOLD == ["open for 1"]


def test_disarming_makes_everything_safe_at_once(run: Any, lead: Any, door: Any) -> None:
    runner = run({}, {"name": "other"})
    runner.arm()
    lead(runner, OUT, IN)
    runner.emergency_stop()
    assert door.TOLD == ["open for 1", "open for 1", "safe", "safe"]
    assert runner.armed == frozenset()
    assert {each.suppressed_by for each in lead(runner, OUT, IN)} == {"disarmed"}


def test_one_rule_is_disarmed_alone(run: Any, lead: Any, door: Any) -> None:
    runner = run({}, {"name": "other"})
    runner.arm()
    runner.disarm(["other"])
    assert door.TOLD == ["safe"]
    assert runner.armed == {"rule 0"}


def test_a_lost_source_makes_everything_safe_and_what_is_so_on_its_return_was_so_before(
    run: Any, lead: Any, door: Any
) -> None:
    runner = run()
    runner.arm()
    lead(runner, OUT, OUT)
    runner.source_lost()
    assert [each.suppressed_by for each in lead(runner, IN, OUT, IN)] == ["so already at the start", ""]
    assert door.TOLD == ["safe", "open for 1"]


def test_the_end_is_safe_even_where_one_output_fails(run: Any, lead: Any, door: Any, tmp_path: Path) -> None:
    runner = run()
    runner.arm()
    lead(runner, OUT, IN)
    door.BROKEN.append(1)
    runner.close()
    runner.close()
    assert "safe state (the session is over); failed: Door: the cable is out" in (
        (tmp_path / "run0_rules_times.csv").read_text()
    )


def test_after_the_end_nothing_is_decided(run: Any, make_snapshot: Any) -> None:
    runner = run()
    runner.arm()
    runner.close()
    assert runner.step(make_snapshot(0, {1: IN})) == ()
    assert not runner.test_fire("rule 0", "enter", 0)


def test_a_command_that_failed_is_told_and_counts_for_no_limit(run: Any, lead: Any, door: Any, tmp_path: Path) -> None:
    runner = run({"limits": {"per_session": 1}})
    runner.arm()
    door.BROKEN.append(1)
    lead(runner, OUT, IN, OUT)
    door.BROKEN.clear()
    assert [each.suppressed_by for each in lead(runner, IN, OUT, IN)] == ["", "limit of the session"]
    runner.close()
    assert [row["result"] for row in rows(tmp_path / "run0_rules_times.csv") if row["number"]] == [
        "failed: the cable is out", "opened"
    ]  # fmt: skip


def test_both_tables_belong_together_by_number(run: Any, lead: Any, tmp_path: Path) -> None:
    runner = run()
    runner.arm()
    lead(runner, OUT, IN, OUT, IN)
    runner.close()
    decisions, times = rows(tmp_path / "run0_rules.csv"), rows(tmp_path / "run0_rules_times.csv")
    assert runner.files == (tmp_path / "run0_rules.csv", tmp_path / "run0_rules_times.csv")
    assert [(row["number"], row["action"], row["payload"]) for row in decisions] == [
        ("1", "door", "open for 1"), ("2", "door", "open for 1")
    ]  # fmt: skip
    acted = [row for row in times if row["number"]]
    assert [row["number"] for row in acted] == ["1", "2"]
    for row in acted:
        assert float(row["t_decided_s"]) <= float(row["t_sent_s"]) <= float(row["t_acknowledged_s"])
    assert [row["result"] for row in times if not row["number"]] == [
        "armed: rule 0",
        "safe state (the session is over)",
    ]


def test_shadow_decides_the_same_and_does_nothing(run: Any, lead: Any, door: Any, tmp_path: Path) -> None:
    live, shadow = run(), run(shadow=True)
    for runner in (live, shadow):
        runner.arm()
    places = [OUT, IN, OUT, IN]
    frames = [each.cells()[4:] for each in lead(live, *places)]
    assert len(frames) == 2
    assert len(lead(shadow, *places)) == 2
    assert door.TOLD == ["open for 1"] * 2
    assert [each.result.result for each in shadow.recent] == ["would be sent"] * 2


def test_test_fire_does_one_action_of_a_rule_that_is_not_armed(run: Any, lead: Any, door: Any) -> None:
    runner = run()
    assert not runner.test_fire("rule 0", "enter", 0)
    lead(runner, OUT)
    assert runner.test_fire("rule 0", "enter", 0)
    lead(runner, OUT)
    assert door.TOLD == ["open for test"]
    assert runner.recent[-1].decision.moment == "test"
    assert not runner.test_fire("rule 0", "exit", 0)


def test_a_message_reaches_the_rules_with_the_next_frame(run: Any, lead: Any, door: Any) -> None:
    runner = run({"when": {"event": "message", "sender": "key", "text": "f"}})
    runner.arm()
    lead(runner, OUT)
    runner.message("key", "f")
    assert len(lead(runner, OUT, OUT)) == 1
    assert door.TOLD == ["open for "]


def test_without_a_picture_only_what_needs_none_is_evaluated_and_nothing_is_moved(
    run: Any, lead: Any, door: Any, make_snapshot: Any
) -> None:
    now = [100.0]
    offline = {"event": "message", "sender": "camera", "text": "offline"}
    marks = {"when": offline, "on_enter": [{"action": "marker", "label": "gone"}]}
    runner = run(marks, {"when": offline}, {"when": {**IN_NEST, "not": True}}, clock=lambda: now[0])
    assert runner.tick() == ()
    runner.arm()
    runner.step(make_snapshot(7, {1: IN}, t_s=100.0))
    runner.source_lost()
    runner.message("camera", "offline")
    now[0] = 103.0
    told = [(each.rule, each.frame, each.t_s, each.payload, each.suppressed_by) for each in runner.tick()]
    assert told == [("rule 0", 7, 3.0, "gone", ""), ("rule 1", 7, 3.0, "open for ", "no picture")]
    assert [str(each) for each in runner.why("rule 2")] == ["1: watched, not: is in nest: no"]
    assert set(door.TOLD) == {"safe"}


def test_going_back_in_a_file_begins_anew(run: Any, make_snapshot: Any) -> None:
    runner = run({"timing": {"on_for": 5}})
    runner.arm()
    for t_s, place in ((0.0, OUT), (1.5, IN), (4.0, IN), (0.5, OUT), (1.8, IN), (5.0, IN)):
        assert runner.step(make_snapshot(int(8 * t_s), {1: place}, t_s=t_s)) == ()


def test_an_emergency_stop_ends_a_program_that_runs_and_lets_a_message_go(run: Any, lead: Any, tmp_path: Path) -> None:
    import sys

    flag = tmp_path / "begun"
    code = f"import pathlib, time; pathlib.Path({str(flag)!r}).touch(); time.sleep(60)"
    hangs = {"action": "command", "argv": [sys.executable, "-c", code], "timeout_s": 60}
    runner = run({"on_enter": [hangs, hangs, {"action": "snapshot"}]})
    runner.arm()
    thread = threading.Thread(target=lead, args=(runner, OUT, IN))
    thread.start()
    until_s = time.monotonic() + 20
    while not flag.exists() and time.monotonic() < until_s:
        time.sleep(0.01)
    runner.emergency_stop()
    thread.join()
    assert [each.result.result for each in runner.recent] == [
        "failed: ended, because it was stopped", "not sent: cancelled", "test_1_rule 0_1.png"
    ]  # fmt: skip


def test_rules_stop_the_session_and_change_its_settings_through_what_the_run_hands_in(run: Any, lead: Any) -> None:
    class Control:
        def __init__(self) -> None:
            self.heard: list[Any] = []

        def stop_session(self, reason: str) -> None:
            self.heard.append(reason)

        def set_parameter(self, name: str, value: float) -> None:
            if name != "detector.offset":
                raise SettingsError(name, "cannot be changed while it runs")
            self.heard.append((name, value))

    control = Control()
    actions = [
        {"action": "set_parameter", "name": "detector.offset", "value": 5},
        {"action": "set_parameter", "name": "rate_hz", "value": 5},
        {"action": "stop_session", "reason": "${rule} is done"},
    ]
    runner = run({"on_enter": actions}, control=control)
    runner.arm()
    lead(runner, OUT, IN)
    assert control.heard == [("detector.offset", 5.0), "rule 0 is done"]
    assert [each.result.result for each in runner.recent] == [
        "set", "failed: rate_hz: cannot be changed while it runs", "stopped"
    ]  # fmt: skip


def test_the_same_frame_is_evaluated_once(run: Any, make_snapshot: Any) -> None:
    runner = run({"timing": {"on_for": 2, "on_unit": "frames"}})
    runner.arm()
    runner.step(make_snapshot(0, {1: OUT}))
    frame = make_snapshot(1, {1: IN})
    assert [runner.step(frame) for _ in range(3)] == [()] * 3
    assert len(runner.step(make_snapshot(2, {1: IN}))) == 1


def test_an_event_of_somebodys_own_that_fails_ends_its_rule_and_nothing_else(
    run: Any, lead: Any, door: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "stages" / "events"
    folder.mkdir()
    (folder / "broken.py").write_text(
        "from tracker_gui.core.rule_stages import AnimalPredicate\n"
        "class Broken(AnimalPredicate):\n"
        "    title, about = 'Broken', 'It breaks.'\n"
        "    def judge(self, animal, scene):\n"
        "        return 1 / (scene.index < 2), None\n"
    )
    runner = run({}, {"when": {"event": "broken"}})
    runner.arm()
    start = next(iter(lead(runner, OUT, IN, OUT, IN)), None)
    assert start is not None
    assert runner.rule_names == ("rule 0",)
    assert [str(problem) for problem in runner.problems] == [
        'rule "rule 1": Broken failed: ZeroDivisionError: division by zero'
    ]
    assert door.TOLD.count("open for 1") >= 1
    assert "an event failed" in caplog.text


def test_arming_from_another_thread_while_frames_come_loses_nothing(run: Any, lead: Any, door: Any) -> None:
    runner = run()
    stop = threading.Event()

    def switch() -> None:
        while not stop.is_set():
            runner.arm()
            runner.disarm()

    thread = threading.Thread(target=switch)
    thread.start()
    decided = lead(runner, *[OUT, IN] * 100)
    stop.set()
    thread.join()
    lead(runner, OUT)
    done = sum(not each.suppressed_by for each in decided)
    opened = door.TOLD.count("open for 1")
    refused = sum("not sent" in each.result.result for each in runner.recent if each.result is not None)
    assert done == opened + refused


def test_a_disk_that_takes_nothing_holds_nobody_up_and_the_rows_wait(
    run: Any, lead: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runner = run()
    runner.arm()
    # Something else is where the log should be.
    (tmp_path / "run0_rules.csv").mkdir()
    lead(runner, OUT, IN)
    until_s = time.monotonic() + 10
    while not runner.log_problems and time.monotonic() < until_s:
        time.sleep(0.01)
    assert "cannot be written" in runner.log_problems[0]
    (tmp_path / "run0_rules.csv").rmdir()
    runner.close()
    assert runner.log_problems == ()
    assert len(rows(tmp_path / "run0_rules.csv")) == 1


def test_an_action_that_cannot_be_done_here_says_so_before_the_session(
    make_preset: Any, source_info: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACKER_GUI_NOTIFY", raising=False)
    preset = make_preset({"when": IN_NEST, "on_enter": [{"action": "notify"}]})
    with RuleRunner(preset, source_info, tmp_path, "run") as runner:
        assert [str(problem) for problem in runner.problems] == [
            'rule "rule 0": notify: the environment variable TRACKER_GUI_NOTIFY is not set'
        ]
        assert runner.rule_names == ("rule 0",)
