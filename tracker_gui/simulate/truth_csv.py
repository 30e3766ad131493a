"""The truth about a simulated arena as a table, to compare tracks with."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from tracker_gui.core.atomic_file import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tracker_gui.simulate.arena import Truth

COLUMNS = ("frame", "id", "x", "y", "heading", "visible")


def write_truth_csv(path: Path, truths: Iterable[Truth]) -> None:
    """Write one row for each animal and frame: pixels, radians, and the visible share 0..1.

    Raises
    ------
    OutputError
        The file cannot be written; what stood there before is left as it was.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for truth in truths:
        rows = zip(truth.animal_id, truth.xy_px, truth.heading_rad, truth.visible_01, strict=True)
        table.writerows(
            (truth.index, animal, f"{x:.3f}", f"{y:.3f}", f"{heading:.4f}", f"{visible:.3f}")
            for animal, (x, y), heading, visible in rows
        )
    write_atomically(path, text.getvalue())
