"""Something arrives from outside: a key, a line on a serial port, the state of a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import ScenePredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Scene


class MessageParams(Params):
    """The settings of `Message`."""

    sender: str = setting(
        "key", title="From", description="Who sends it: key, the name of a device or camera, or disk."
    )
    text: str = setting("", title="Text", description="What it says, such as the key or the line; empty for anything.")
    lasts: Literal["moment", "until_another"] = setting(
        "moment",
        title="Is so",
        description="moment is the one frame behind the message; until another is so until the same sender says "
        "something else.",
    )


class Message(ScenePredicate[MessageParams]):
    """Messages between two frames belong to the later one."""

    title: ClassVar[str] = "Message"
    about: ClassVar[str] = "A key is pressed, a device sends a line, or its state changes."
    Params = MessageParams

    @property
    def phrase(self) -> str:
        return f"{self.params.sender} says {self.params.text or 'anything'}"

    @property
    def is_moment(self) -> bool:
        return self.params.lasts == "moment"

    def reset(self) -> None:
        self._state = False

    def source_lost(self) -> None:
        """Nothing here was seen by the source."""

    def judge(self, scene: Scene) -> tuple[Truth, float | None]:
        said = [text for sender, text in scene.messages if sender == self.params.sender]
        if self.params.lasts == "moment":
            return self.params.text in said or (bool(said) and not self.params.text), None
        if said:
            self._state = said[-1] == self.params.text or not self.params.text
        return self._state, None
