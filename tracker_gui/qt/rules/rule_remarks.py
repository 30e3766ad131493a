"""What a rule did, as a sentence for the log of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.engine.rules.runner import WOULD
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.words import time_in_words

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import ActionResult
    from tracker_gui.engine.rules.decision import Decision
    from tracker_gui.engine.rules.runner import Recent
    from tracker_gui.qt.remark import RemarkKind

#: Topics of what rules did begin so.
RULE_TOPIC = "rule:"
#: So many acts are told one by one five times a second.
MOST_AT_ONCE = 10
MOMENTS = {"enter": "", "start": "", "while": ", again", "exit": ", over", "test": ", test"}


def result_words(result: ActionResult | None) -> str:
    """Return what became of an action, with the time it took: "acknowledged after 0.3 ms"."""
    if result is None:
        return "no answer yet"
    if result.t_sent_s is not None and result.t_acknowledged_s is not None:
        return f"{result.result} after {1e3 * (result.t_acknowledged_s - result.t_decided_s):.1f} ms"
    return result.result


def subject_words(subject: str) -> str:
    """Return whom a decision is about."""
    if "+" in subject:
        return "animals " + subject.replace("+", " and ")
    return (
        f"animal {subject}" if subject.isdecimal() else {"": "", "count": "several"}.get(subject, f"{subject} animals")
    )


def decision_words(decision: Decision) -> str:
    """Return rule, subject and what is done."""
    who = subject_words(decision.subject)
    what = decision.payload or "written down"
    return f"{decision.rule}{MOMENTS[decision.moment]}{f' ({who})' if who else ''}: {what}"


def fired_remark(recent: Recent, camera: int = 0, cameras: int = 1) -> Remark:
    """Return the sentence of one act: what, when, and what came of it."""
    decision, result = recent.decision, recent.result
    failed = result is not None and not result.sent
    tone: RemarkKind = "bad" if failed else "info" if result is None or result.result == WOULD else "ok"
    of = f"camera {camera + 1}, " if cameras > 1 else ""
    at = f"{of}frame {decision.frame}, {time_in_words(decision.t_s)}"
    return Remark(f"{RULE_TOPIC}{camera}", tone, f"{decision_words(decision)}; {result_words(result)} ({at})")
