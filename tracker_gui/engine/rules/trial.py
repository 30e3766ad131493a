"""One action done by hand, to see whether it works; whoever calls this has asked the user before."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker_gui.core.device_actions import DeviceAction
from tracker_gui.core.devices import DeviceState
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.rule_stages import ActionFailed, ActionRequest, ActionResult

if TYPE_CHECKING:
    from typing import Any

    from tracker_gui.core.choices import StageChoice
    from tracker_gui.core.rule_stages import Action, ActionContext
    from tracker_gui.core.templates import Facts
    from tracker_gui.core.types import Snapshot
    from tracker_gui.engine.devices.board_set import BoardSet

#: A board may take so long to start.
BOARD_WITHIN_S = 10.0
DO_WITHIN_S = 20.0
LOOK_EVERY_S = 0.02


def try_action(
    chosen: StageChoice, context: ActionContext, boards: BoardSet, facts: Facts, snapshot: Snapshot | None = None
) -> ActionResult:
    """Do one action and return what came of it; waits for it, so not for the window's thread.

    What changes only the rules' own state says so and does nothing.
    """
    action: Action[Any] = chosen.make()
    try:
        if action.is_instant:
            now_s = time.monotonic()
            return ActionResult(0, now_s, None, None, f"{action.payload(facts)}: only while the rules run", False)
        if isinstance(action, DeviceAction):
            return _on_board(action, boards, facts)
        action.open(replace(context, devices=boards))
        now_s = time.monotonic()
        request = ActionRequest(
            0, facts, action.payload(facts), now_s, now_s + DO_WITHIN_S, threading.Event(), snapshot
        )  # fmt: skip
        if action.hands_over:
            return _handed_over(action, request)
        result = action.act(request)
        return ActionResult(0, now_s, now_s, time.monotonic(), result, True)
    except ActionFailed as error:
        return _failed(error.problem)
    except TrackerError as error:
        return _failed(str(error))
    finally:
        action.close()


def _handed_over(action: Action[Any], request: ActionRequest) -> ActionResult:
    results: list[ActionResult] = []
    done = threading.Event()

    def take(result: ActionResult) -> None:
        results.append(result)
        done.set()

    action.hand_over(request, take)
    done.wait(DO_WITHIN_S)
    return results[0] if results else _failed("no result came")


def _on_board(action: DeviceAction[Any], boards: BoardSet, facts: Facts) -> ActionResult:
    board = boards.open(action.params.device)
    until_s = time.monotonic() + BOARD_WITHIN_S
    while board.state is not DeviceState.READY and time.monotonic() < until_s:
        if board.state is DeviceState.REFUSED:
            break
        time.sleep(LOOK_EVERY_S)
    if board.state is not DeviceState.READY:
        return _failed(f"the board is {board.state.value}. {board.status.words}".strip())
    now_s = time.monotonic()
    try:
        command = action.command(facts, now_s, now_s + DO_WITHIN_S)
    except ValueError as error:
        return _failed(f"the command {error}")
    told = board.test(command)
    return ActionResult(0, told.t_decided_s, told.t_sent_s, told.t_acknowledged_s, told.result, told.ok)


def _failed(problem: str) -> ActionResult:
    return ActionResult(0, time.monotonic(), None, None, f"failed: {problem}", False)
