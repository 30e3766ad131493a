"""What a person decides before tracks are measured."""

from __future__ import annotations

from pydantic import model_validator

from tracker_gui.core.params import Params, setting


class MeasureSettings(Params):
    """How tracks are measured."""

    grace_s: float = setting(
        0.5, title="Grace time", ge=0, le=60, step=0.1, unit="s",
        description="A missing animal stays where it was last seen for this long, and is then nowhere.",
    )  # fmt: skip
    smoothing_s: float = setting(
        0.2, title="Smoothing", ge=0, le=10, step=0.05, unit="s",
        description="Places of this time are smoothed before distance and speed are measured; three frames at least.",
    )  # fmt: skip
    freezing_below: float = setting(
        5.0, title="Freezes below", ge=0, le=10_000, step=0.5, unit="/s",
        description="Slower than this an animal begins to freeze; in mm/s where the preset has a scale, else in px/s.",
    )  # fmt: skip
    freezing_above: float = setting(
        8.0, title="Moves above", ge=0, le=10_000, step=0.5, unit="/s",
        description="Faster than this it moves again; in mm/s where the preset has a scale, else in px/s.",
    )  # fmt: skip
    freezing_least_s: float = setting(
        1.0, title="Freezes for", ge=0, le=600, step=0.1, unit="s",
        description="A shorter rest is no freezing.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> MeasureSettings:
        if self.freezing_below > self.freezing_above:
            raise ValueError(
                f"an animal that freezes below {self.freezing_below:g} cannot move again above {self.freezing_above:g}"
            )
        return self
