"""Another rule is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import ScenePredicate
from tracker_gui.core.templates import shown_name

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Scene


class RuleActiveParams(Params):
    """The settings of `RuleActive`."""

    rule: str = setting("", title="Rule", refers_to="rule", description="Name of the other rule.")


class RuleActive(ScenePredicate[RuleActiveParams]):
    """As it was after the frame before, so that the order of the rules does not matter."""

    title: ClassVar[str] = "Another rule is active"
    about: ClassVar[str] = "What another rule waits for is so, for at least one animal."
    Params = RuleActiveParams

    @property
    def phrase(self) -> str:
        return f"the rule {shown_name(self.params.rule, 'rule')} is active"

    def judge(self, scene: Scene) -> tuple[Truth, float | None]:
        return self.params.rule in scene.active_rules, None
