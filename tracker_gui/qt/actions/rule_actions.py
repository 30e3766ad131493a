"""Rules: make them from what is drawn, arm and disarm them, and the emergency stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.rule_templates import template
from tracker_gui.engine.rules.seat import RuleMode
from tracker_gui.qt.actions.action_info import ActionInfo
from tracker_gui.qt.actions.needs import UNLOCKED, Need

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow

MENU = "Run/Rules"
_RULES = Need(
    lambda window: any(rule.enabled for rule in window.session.rules.rules),
    "There is no rule that is on: add one in the panel Rules.",
)


def chosen_zone(window: MainWindow) -> tuple[str, bool] | None:
    """Return the name of the zone that is selected, and whether it is a line; None where none is, or several."""
    chosen = window.picture.editor.selected
    if len(chosen) != 1 or chosen[0].entry.role != "zone":
        return None
    kind = chosen[0].entry.shape.kind
    return None if kind == "mark" else (chosen[0].entry.name, kind == "line")


_ZONE = Need(lambda window: chosen_zone(window) is not None, "Select one zone or line on the picture first.", UNLOCKED)
_INSIDE = Need(lambda window: (chosen_zone(window) or ("", True))[1] is False, "A line has no inside.", _ZONE)


def _make(window: MainWindow, name: str) -> None:
    zone = chosen_zone(window)
    if zone is not None:
        window.session.rules.add_rule(template("crossed" if zone[1] else name), zone[0])


def _simulate(window: MainWindow) -> None:
    window.rule_tools.panel().simulation.begin()


ACTIONS = (
    ActionInfo(
        "show_rules", "Show the rules", MENU, "The panel with all rules as sentences",
        lambda window: window.rule_tools.open_rule(-1, ""), icon="script-text-outline", shortcut="Ctrl+Shift+L",
    ),
    ActionInfo(
        "make_rule_from_zone", "When an animal enters…", MENU,
        "Make a rule from the zone that is selected; from a line one for its crossing",
        lambda window: _make(window, "entered"), icon="location-enter", enabled=_ZONE, separated=True,
    ),
    ActionInfo(
        "make_rule_on_leaving", "When an animal leaves…", MENU, "Make a rule from the zone that is selected",
        lambda window: _make(window, "left"), icon="location-exit", enabled=_INSIDE,
    ),
    ActionInfo(
        "make_rule_on_staying", "While an animal is in…", MENU, "Make a rule from the zone that is selected",
        lambda window: _make(window, "stays"), icon="timer-sand", enabled=_INSIDE,
    ),
    ActionInfo(
        "simulate_rules", "Simulate the rules", MENU,
        "See what the rules would do on the whole video, or on a recording; nothing is done",
        _simulate, icon="play-box-outline", enabled=_RULES, separated=True,
    ),
    ActionInfo(
        "disarm_rules", "Disarm the rules", MENU, "The rules are evaluated, and nothing is done",
        lambda window: window.session.rules.disarm(), icon="lock-outline", segment=True,
        checked=lambda window: window.session.rules.mode is RuleMode.OFF, separated=True,
    ),
    ActionInfo(
        "shadow_rules", "Shadow", MENU, "The rules decide and write down what they would do; nothing is done",
        lambda window: window.session.rules.rehearse(), icon="eye-outline", segment=True,
        checked=lambda window: window.session.rules.mode is RuleMode.SHADOW, enabled=_RULES,
    ),
    ActionInfo(
        "arm_rules", "Arm the rules…", MENU, "Let the rules act; asks once more before it does",
        lambda window: window.session.rules.ask_to_arm(), icon="shield-alert", tone="warn", segment=True,
        checked=lambda window: window.session.rules.mode is RuleMode.ARMED, enabled=_RULES,
    ),
    ActionInfo(
        "emergency_stop", "Emergency stop", "Run",
        "Bring every board into its safe state at once, and let no rule act until you arm again",
        lambda window: window.session.rules.emergency_stop(), icon="alert-octagon", tone="bad", shortcut="F12",
        everywhere=True, separated=True,
    ),
)  # fmt: skip
