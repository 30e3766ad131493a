"""The names that rules may use: zones, lines, points, other rules, phases, boards and their outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.engine.devices.remembered import VIRTUAL_BOARD
from tracker_gui.simulate.virtual_board import OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker_gui.core.preset import Preset

Names = dict[str, tuple[str, ...]]


def names_of(preset: Preset, boards: Iterable[str] = (), outputs: Iterable[str] = ()) -> Names:
    """Return, by what a setting refers to, the names there are.

    Parameters
    ----------
    boards, outputs : iterable of str
        Known beside the virtual board and its outputs.
    """
    zones = [zone for each in preset.zones_by_camera.values() for zone in each]
    phases = [a.params.phase for r in preset.rules for a in r.actions if a.stage == "set_phase"]  # type: ignore[attr-defined]
    found = {
        "zone": [zone.name for zone in zones if zone.shape.kind not in ("line", "mark")],
        "line": [zone.name for zone in zones if zone.shape.kind in ("line", "half_plane")],
        "mark": [zone.name for zone in zones if zone.shape.kind == "mark"],
        "rule": [rule.name for rule in preset.rules],
        "phase": phases,
        "board": [*boards, VIRTUAL_BOARD],
        "output": [*(info.name for info in OUTPUTS), *outputs],
    }
    return {kind: tuple(dict.fromkeys(names)) for kind, names in found.items()}
