"""What an action may ask for in the way of clips; the run hands in who makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from tracker_gui.core.rule_stages import ActionRequest, ActionResult


@dataclass(frozen=True, slots=True)
class ClipOrder:
    """One clip as it shall be.

    Attributes
    ----------
    name : str
        Of the file, without ending; a number is added where it is taken.
    folder : str
        Inside the folder of the results; empty for that itself.
    pre_s, post_s : float
        Before and behind the frame of the event.
    is_open : bool
        Go on until `Clips.end`.
    most_s : float
        Longest length, on the clock of the frames.
    annotated : bool
        With the tracks drawn in.
    crop_px : (width, height) or None
        Of the window that follows the animal; None for the whole frame.
    heading_up : bool
        Turn the window so that the animal faces upwards.
    every : int
        Keep every n-th frame and show them n times as fast.
    crf : int
        Rate factor of x264.
    upload : str
        Where it goes once it is complete, as ``https://host/bucket/folder``; empty for nowhere.
    keep : bool
        Keep the file after it was uploaded.
    """

    name: str
    folder: str = ""
    pre_s: float = 0.0
    post_s: float = 0.0
    is_open: bool = False
    most_s: float = 60.0
    annotated: bool = False
    crop_px: tuple[int, int] | None = None
    heading_up: bool = False
    every: int = 1
    crf: int = 23
    upload: str = ""
    keep: bool = True

    @property
    def needs_tracks(self) -> bool:
        """Whether only frames that were tracked can be in it."""
        return self.annotated or self.crop_px is not None


class Clips(Protocol):
    """Makes clips of what one camera sees."""

    def prepare(self, order: ClipOrder) -> None:
        """Keep from now on what clips of this kind need of the time before.

        Raises
        ------
        TrackerError
            They cannot be uploaded to where the order says.
        """

    def make(
        self, order: ClipOrder, owner: Hashable, request: ActionRequest, on_result: Callable[[ActionResult], None]
    ) -> None:
        """Begin a clip of the frame that is decided about, or extend the one the same owner is making.

        Parameters
        ----------
        owner : hashable
            Two owners never share a clip. One makes one clip of the whole frame at a time, and one of each animal
            it follows.

        Raises
        ------
        ActionFailed
        """

    def end(self, request: ActionRequest, post_s: float) -> int:
        """End the open clips of a rule and a subject `post_s` from now, unless another subject still needs them.

        Returns
        -------
        int
            How many there were.
        """
