"""Places on the picture that have a name: what events, tables and plots speak of."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tracker_gui.core.geometry import ZoneShape
from tracker_gui.core.params import Params


class Zone(Params):
    """One named place of one camera.

    Attributes
    ----------
    colour : str
        ``"#rrggbb"``; empty takes the next of the palette.
    opacity_01 : float
        Of the filling.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    shape: ZoneShape
    colour: Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6})?$")] = ""
    opacity_01: Annotated[float, Field(ge=0, le=1)] = 0.15
    visible: bool = True
