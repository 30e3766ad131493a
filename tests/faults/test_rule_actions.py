"""F18 to F22 and F33: what rules do to the world breaks, and tracking, the log and the other actions go on."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.preset import FORMAT, SCHEMA_VERSION, Preset, choice, parse
from tracker_gui.core.rule_stages import Action, ActionContext, ActionFailed, ActionRequest, ActionResult, Lane
from tracker_gui.core.templates import Facts
from tracker_gui.core.types import Frame, Snapshot, SourceInfo, Tracks, no_detections
from tracker_gui.engine.actions import CANCELLED, QUEUE_FULL, TOO_LATE, ActionLanes
from tracker_gui.engine.rules.runner import RuleRunner
from tracker_gui.stages.actions import notify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# apprise still looks for a module that Python 3.13 has dropped
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")

INFO = SourceInfo("cam", (200, 100), 30.0, None, is_live=True)
FACTS = Facts(rule="door", subject="1", source="cam", frame=0, time_s=0.0)
OUT, IN = (150.0, 90.0), (50.0, 50.0)
NEST = {"name": "nest", "shape": {"kind": "rectangle", "centre": [50, 50], "width": 40, "height": 40}}
IN_NEST = {"event": "in_zone", "zone": "nest"}


def preset_of(*rules: dict[str, Any]) -> Preset:
    listed = [{"name": f"rule {number}", "when": IN_NEST, **rule} for number, rule in enumerate(rules)]
    document = {"format": FORMAT, "schema_version": SCHEMA_VERSION, "zones": [NEST], "rules": listed}
    preset, problems = parse(document, "p")
    assert not problems, [str(problem) for problem in problems]
    return preset


def snapshot(index: int, place: tuple[float, float], t_s: float, t_wall_s: float | None = None) -> Snapshot:
    frame = Frame(index, t_s, t_wall_s, "cam", 0, ArrayPicture(np.zeros((100, 200), np.uint8)))
    xy_px, whole, none = np.array([place]), np.zeros(1, np.int64), np.zeros(1)
    tracks = Tracks(
        (1,), whole + 1, whole, xy_px, np.hstack([xy_px, xy_px]), np.zeros((1, 2)), none, none, whole, whole, whole - 1
    )
    return Snapshot(frame, Prepared(frame, ()), no_detections(), tracks)


def request(number: int = 1, facts: Facts = FACTS, payload: str = "", shot: Snapshot | None = None) -> ActionRequest:
    now_s = time.monotonic()
    return ActionRequest(number, facts, payload, now_s, now_s + 60, threading.Event(), shot)


def command(*argv: str, **params: Any) -> Action[Any]:
    made: Action[Any] = choice("actions", "command", argv=argv, **params).make()
    return made


def python(code: str, *arguments: str, **params: Any) -> Action[Any]:
    return command(sys.executable, "-c", code, *arguments, **params)


def alive(pid: int) -> bool:
    """Return whether a process is there and not only waiting to be taken note of."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def zombies() -> list[str]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state == "Z" and int(parent) == os.getpid():
            found.append(stat.parent.name)
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


@needs_proc
@pytest.mark.usefixtures("no_leaks")
def test_f18_a_command_that_hangs_is_ended_with_all_it_has_started(until: Callable[..., Any]) -> None:
    # The child takes no polite end for an answer, its parent does.
    child_code = (
        "import os, signal, time; signal.signal(15, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(60)"
    )
    code = (
        f"import subprocess as s, sys, time; child = s.Popen([sys.executable, '-c', {child_code!r}], stdout=s.PIPE, "
        "stderr=s.DEVNULL); print(int(child.stdout.readline()), flush=True); time.sleep(60)"
    )
    with pytest.raises(ActionFailed, match=r"ended, because it took longer than 3 s: \d+") as failed:
        python(code, timeout_s=3).act(request())
    assert failed.value.sent
    child = int(str(failed.value).split()[-1])
    until(lambda: not alive(child))
    assert zombies() == []


@needs_proc
@pytest.mark.usefixtures("no_leaks")
def test_f18_a_command_that_takes_no_end_for_an_answer_is_killed(until: Callable[..., Any]) -> None:
    code = "import os, signal, time; signal.signal(15, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(ActionFailed) as failed:
        python(code, timeout_s=2).act(request())
    pid = int(str(failed.value).split()[-1])
    until(lambda: not alive(pid))


@needs_proc
@pytest.mark.usefixtures("no_leaks")
def test_f18_a_child_that_keeps_the_output_open_holds_nobody_up(until: Callable[..., Any]) -> None:
    code = (
        "import subprocess, sys; "
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)"
    )
    result = python(code, timeout_s=30).act(request())
    assert result.startswith("exit code 0: ")
    until(lambda: not alive(int(result.split()[-1])))


@needs_proc
@pytest.mark.parametrize("runs", [40, pytest.param(1000, marks=[pytest.mark.faults_full, pytest.mark.timeout(600)])])
def test_f18_no_zombies_are_left(runs: int) -> None:
    fine = command("true")
    for _ in range(runs):
        assert fine.act(request()) == "exit code 0"
    assert zombies() == []


def test_f19_a_flood_is_cut_and_counted() -> None:
    result = python("print('x' * 5_000_000)").act(request())
    assert result.startswith("exit code 0: xxxx")
    assert result.endswith("(4999801 bytes more)")


def test_a_command_runs_in_the_folder_of_the_results_or_in_its_own(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    for params, folder in (({}, tmp_path), ({"folder": tmp_path / "own"}, tmp_path / "own")):
        action = python("import os; print(os.getcwd())", **params)
        action.open(ActionContext(tmp_path, "stem"))
        assert action.act(request()) == f"exit code 0: {folder.resolve()}"


def test_f19_a_failure_and_a_program_that_is_not_there_are_told() -> None:
    with pytest.raises(ActionFailed, match="exit code 3: oh") as failed:
        python("import sys; print('oh', file=sys.stderr); sys.exit(3)").act(request())
    assert failed.value.sent
    with pytest.raises(ActionFailed, match="cannot be started") as not_there:
        command("there-is-no-such-program").act(request())
    assert not not_there.value.sent
    with pytest.raises(ActionFailed, match="no program is named"):
        command().act(request())


@pytest.mark.parametrize("name", ['"; touch pwned #', "$(touch pwned)", "`touch pwned`", "a\x00b\nc", "-c", "../../x"])
def test_f20_a_name_stays_one_argument(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hostile = Facts(rule=name, subject=name, source=name, frame=0, time_s=0.0)
    code = "import json, sys; print(json.dumps(sys.argv[1:]))"
    result = python(code, "${subject}", "x=${rule}").act(request(facts=hostile))
    shown = name.replace("\x00", " ").replace("\n", " ")
    assert json.loads(result.partition(": ")[2]) == ["_c" if name == "-c" else shown, f"x={shown}"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../up", "/etc/x", "a/b\\c", "..", "\x00", "CON:"])
def test_f20_files_stay_under_the_output_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    hostile = Facts(rule=name, subject="1", source=name, frame=0, time_s=0.0)
    action = choice("actions", "snapshot", name="${rule}").make()
    action.open(ActionContext(folder, "stem"))
    for _ in range(2):
        action.act(request(facts=hostile, payload=action.payload(hostile), shot=snapshot(0, IN, 0.0)))
    assert len(list(folder.iterdir())) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


class Post(BaseHTTPRequestHandler):
    """Takes note of what is posted and answers as it is told."""

    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.seen.append((self.path, dict(self.headers), body.decode()))
        server.hold.wait(30)
        self.send_response(server.status)
        self.end_headers()
        self.wfile.write(b"thanks")

    do_PUT = do_POST

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a web service on loopback; its address is where notifications go."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Post)
    server.daemon_threads = True
    server.seen, server.status, server.hold = [], 200, threading.Event()
    server.hold.set()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("TRACKER_GUI_NOTIFY", f"json://127.0.0.1:{server.server_port}/hook")
    monkeypatch.setattr(notify, "WAITS_S", (0.0, 0.0))
    yield server
    server.hold.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_request_carries_the_fields_quoted_and_the_secret_from_outside(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDER_TOKEN", "s3cret")
    hostile = Facts(rule='a"b/?&', subject="1", source="cam", frame=0, time_s=0.0)
    action = choice(
        "actions", "http", url=f"http://127.0.0.1:{service.server_port}/drop?who=${{rule}}", body='{"who": "${rule}"}',
        authorization="Bearer ${FEEDER_TOKEN}",
    ).make()  # fmt: skip
    action.open(ActionContext(Path(), "stem"))
    try:
        assert action.act(request(facts=hostile)) == "200 thanks"
        assert "s3cret" not in action.payload(hostile)
        service.status = 500
        with pytest.raises(ActionFailed, match="500 thanks"):
            action.act(request())
    finally:
        action.close()
    (path, headers, body), _ = service.seen
    assert path == "/drop?who=a%22b%2F%3F%26"
    assert headers["Authorization"] == "Bearer s3cret"
    assert json.loads(body) == {"who": 'a"b/?&'}


def test_f21_a_message_goes_out_with_its_picture(service: Any, tmp_path: Path) -> None:
    action = choice("actions", "notify", message="${rule} at ${frame}", picture=True).make()
    action.open(ActionContext(tmp_path, "stem"))
    assert action.act(request(shot=snapshot(0, IN, 0.0))) == "sent"
    ((_, _, body),) = service.seen
    sent = json.loads(body)
    assert (sent["title"], sent["message"], len(sent["attachments"])) == ("door", "door at 0", 1)


def test_f21_a_service_that_fails_is_tried_three_times_the_last_without_the_picture(
    service: Any, tmp_path: Path
) -> None:
    service.status = 500
    action = choice("actions", "notify", picture=True).make()
    action.open(ActionContext(tmp_path, "stem"))
    with pytest.raises(ActionFailed, match="did not take it"):
        action.act(request(shot=snapshot(0, IN, 0.0)))
    assert [len(json.loads(body)["attachments"]) for _, _, body in service.seen] == [1, 1, 0]


def test_f21_an_address_is_never_in_the_preset_and_one_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = {
        "format": FORMAT, "schema_version": SCHEMA_VERSION, "zones": [NEST],
        "rules": [{"when": IN_NEST, "on_enter": [{"action": "notify", "to": "mailto://me:secret@mail"}]}],
    }  # fmt: skip
    preset, problems = parse(document, "p.json")
    assert [problem.place for problem in problems] == ["p.json: rules[0].on_enter[0].to"]
    assert "secret" not in str(problems[0].problem)
    assert not preset.rules[0].enabled
    monkeypatch.delenv("TRACKER_GUI_NOTIFY", raising=False)
    with pytest.raises(ActionFailed, match="TRACKER_GUI_NOTIFY is not set"):
        choice("actions", "notify").make().act(request())


class Slow(Action[Any]):
    """Waits until it is let go."""

    lane: ClassVar[Lane] = Lane.SLOW
    title: ClassVar[str] = "Slow"
    has_digest: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.begun = threading.Event()
        self.done: list[int] = []
        self.digests: list[int] = []

    def payload(self, facts: Facts) -> str:
        return ""

    def act(self, request: ActionRequest) -> str:
        self.begun.set()
        while not self.go.wait(0.005):
            if request.cancelled.is_set():
                raise ActionFailed("stopped")
        self.done.append(request.number)
        return "done"

    def act_digest(self, count: int) -> str:
        self.digests.append(count)
        return "told"


class Quick(Slow):
    """Goes on the first lane and waits for nothing."""

    lane: ClassVar[Lane] = Lane.REAL_TIME

    def __init__(self) -> None:
        super().__init__()
        self.go.set()


@pytest.fixture
def results() -> list[ActionResult]:
    return []


@pytest.fixture
def lanes(results: list[ActionResult], no_leaks: None) -> Iterator[ActionLanes]:
    made = ActionLanes(results.append)
    yield made
    assert made.close(5.0)


def send(lanes: ActionLanes, number: int, action: Action[Any], owner: str = "rule", **more: Any) -> None:
    lanes.send(number, action, FACTS, "", owner, more.pop("t_decided_s", time.monotonic()), **more)


def test_f21_the_first_lane_never_waits_for_the_slow_one(lanes: ActionLanes, until: Callable[..., Any]) -> None:
    slow, quick = Slow(), Quick()
    send(lanes, 1, slow)
    slow.begun.wait(5)
    for number in range(2, 12):
        send(lanes, number, quick)
    until(lambda: len(quick.done) == 10)
    assert quick.done == list(range(2, 12))
    assert slow.done == []
    slow.go.set()


def test_f21_the_queue_is_bounded_and_what_does_not_fit_is_refused_at_once(
    lanes: ActionLanes, results: list[ActionResult]
) -> None:
    slow = Slow()
    send(lanes, 0, slow)
    slow.begun.wait(5)
    for number in range(1, 151):
        send(lanes, number, slow)
    assert [(each.number, each.result) for each in results] == [(number, QUEUE_FULL) for number in range(101, 151)]
    slow.go.set()


def test_f21_order_is_kept_and_the_digest_tells_the_rest_once(results: list[ActionResult], no_leaks: None) -> None:
    lanes, slow = ActionLanes(results.append), Slow()
    send(lanes, 0, slow)
    slow.begun.wait(5)
    for number in range(1, 131):
        send(lanes, number, slow)
    slow.go.set()
    assert lanes.close(10.0)
    assert slow.done == list(range(101))
    assert slow.digests == [30]


def test_only_so_many_frames_are_kept_for_actions_that_wait(results: list[ActionResult], no_leaks: None) -> None:
    class Keeps(Slow):
        kept: ClassVar[list[bool]] = []

        @property
        def needs_picture(self) -> bool:
            return True

        def act(self, request: ActionRequest) -> str:
            self.kept.append(request.snapshot is not None)
            return super().act(request)

    lanes, slow = ActionLanes(results.append), Keeps()
    send(lanes, 0, slow, snapshot=snapshot(0, IN, 0.0))
    slow.begun.wait(5)
    for number in range(1, 31):
        send(lanes, number, slow, snapshot=snapshot(number, IN, 0.0))
    slow.go.set()
    assert lanes.close(10.0)
    assert Keeps.kept == [True] * 17 + [False] * 14


def test_what_comes_too_late_is_not_done(lanes: ActionLanes, results: list[ActionResult], until: Any) -> None:
    quick = Quick()
    send(lanes, 1, quick, t_decided_s=time.monotonic() - 10)
    until(lambda: results)
    assert (results[0].result, results[0].sent, results[0].t_sent_s) == (TOO_LATE, False, None)
    assert quick.done == []


def test_a_restart_ends_what_the_same_rule_does_and_no_other(
    lanes: ActionLanes, results: list[ActionResult], until: Any
) -> None:
    slow = Slow()
    send(lanes, 1, slow, owner="a")
    slow.begun.wait(5)
    send(lanes, 2, slow, owner="a")
    send(lanes, 3, slow, owner="b")
    send(lanes, 4, slow, owner="a", restart=True)
    until(lambda: len(results) == 2)
    assert {each.number: each.result for each in results} == {1: "failed: stopped", 2: CANCELLED}
    slow.go.set()
    until(lambda: slow.done == [3, 4])


def test_an_action_with_a_mistake_in_it_ends_no_lane(
    lanes: ActionLanes, results: list[ActionResult], until: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Quick):
        def act(self, request: ActionRequest) -> str:
            raise RuntimeError("oh\nno")

    quick = Quick()
    send(lanes, 1, Broken())
    send(lanes, 2, quick)
    until(lambda: len(results) == 2)
    assert [each.result for each in results] == ["failed: RuntimeError: oh no", "done"]
    assert "an action failed" in caplog.text


def test_f22_a_thousand_events_a_second_keep_to_the_limit_and_one_message_tells_how_many_more(
    service: Any, tmp_path: Path
) -> None:
    rule = {"limits": {"per_minute": 10}, "on_enter": [{"action": "notify"}]}
    with RuleRunner(preset_of(rule), INFO, tmp_path, "run") as runner:
        runner.arm()
        decided = []
        for index in range(2001):
            decided += runner.step(snapshot(index, IN if index % 2 else OUT, index / 2000))
        runner.close(30.0)
    assert len(decided) == 1000
    assert sum(not each.suppressed_by for each in decided) == 10
    messages = [json.loads(body)["message"] for _, _, body in service.seen]
    assert len(messages) == 11
    assert messages[-1] == "990 more events were suppressed or could not be sent."
    rows = (tmp_path / "run_rules.csv").read_text().splitlines()
    assert len(rows) == 1001


@pytest.mark.parametrize("jump_s", [3600.0, -3600.0])
def test_f33_a_clock_that_is_set_moves_no_rule_and_is_noted_once(jump_s: float, tmp_path: Path) -> None:
    rules = (
        {"timing": {"on_for": 1.0}, "limits": {"cooldown_s": 2.0}, "on_enter": [{"action": "marker"}]},
        {"when": {"event": "every", "period_s": 1, "first_s": 0.5}, "on_enter": [{"action": "marker"}]},
        {"when": {"event": "clock", "from_time": "12:00:03", "to_time": "12:00:05", "zone": "utc"},
         "on_enter": [{"action": "marker"}]},
    )  # fmt: skip
    noon_s = 1_772_366_400.0  # 2026-03-01, 12:00 UTC

    def run(name: str, jump: float) -> tuple[bytes, str]:
        with RuleRunner(preset_of(*rules), INFO, tmp_path, name) as runner:
            runner.arm()
            for index in range(300):
                wall_s = noon_s + index / 30 + (jump if index >= 60 else 0.0)
                runner.step(snapshot(index, IN if index // 45 % 2 else OUT, 100 + index / 30, wall_s))
        return (tmp_path / f"{name}_rules.csv").read_bytes(), (tmp_path / f"{name}_rules_times.csv").read_text()

    still, _ = run("still", 0.0)
    jumped, times = run("jumped", jump_s)
    assert jumped == still
    assert times.count("the clock of this computer was set by") == 1
    assert f"{jump_s:+.1f} s" in times
    decided = still.decode().splitlines()[1:]
    assert [sum(f",rule {number}," in row for row in decided) for number in range(3)] == [3, 10, 1]
