"""Places on the picture that have a name: what events, tables and plots speak of."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tracker_gui.core.geometry import ZoneShape
from tracker_gui.core.params import Params

#: ``"#rrggbb"``; empty takes the next of the palette.
Colour = Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6})?$")]
Opacity = Annotated[float, Field(ge=0, le=1)]


class Zone(Params):
    """One named place of one camera.

    Attributes
    ----------
    opacity_01 : float
        Of the filling.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    shape: ZoneShape
    colour: Colour = ""
    opacity_01: Opacity = 0.15
    visible: bool = True
