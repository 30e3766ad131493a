"""What the right button offers for an animal, in the picture and on the timeline."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QMenu

from tracker_gui.analysis.track_grid import LOST

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from tracker_gui.qt.review.review_window import ReviewWindow

MOST_OFFERED = 12


def ask_about(window: ReviewWindow, animal: int | None, at: QPoint, spot_px: tuple[float, float] | None) -> None:
    """Show the menu of an animal at a place of the screen."""
    menu = build_menu(window, animal, spot_px)
    menu.popup(at)


def build_menu(window: ReviewWindow, animal: int | None, spot_px: tuple[float, float] | None) -> QMenu:
    """Return the menu for an animal, and for a place of the picture where one is given."""
    menu = QMenu(window)
    menu.aboutToHide.connect(menu.deleteLater)
    table = window.document.table
    if table is None:
        return menu
    where = "from here" if window.stretch is None else "in the stretch"
    ids = table.ids.tolist()
    if animal is not None:
        menu.addAction(f"Animal {animal}").setEnabled(False)
        swap = menu.addMenu(f"Swap {where} with")
        change = menu.addMenu(f"Change {where} to")
        for other in _nearest(window, animal)[:MOST_OFFERED]:
            swap.addAction(f"Animal {other}", functools.partial(window.swap, animal, other))
        for other in _lost(window, animal)[:MOST_OFFERED]:
            change.addAction(f"Animal {other}", functools.partial(window.change, animal, other))
        new = max(ids) + 1
        change.addAction(f"{new}, a new animal", functools.partial(window.change, animal, new))
        swap.setEnabled(bool(swap.actions()))
        menu.addSeparator()
        menu.addAction("Interpolate the gap", functools.partial(window.interpolate, animal))
        menu.addAction(window.action("delete").text(), functools.partial(window.delete, animal))
        menu.addAction("Delete from here", functools.partial(window.delete_on, animal))
    if spot_px is not None:
        menu.addSeparator()
        place = menu.addMenu("Place here")
        for each in ids[:MOST_OFFERED] if animal is None else [animal, *_lost(window, animal)[: MOST_OFFERED - 1]]:
            place.addAction(f"Animal {each}", functools.partial(window.place, *spot_px, each))
    menu.addSeparator()
    for name in ("stretch_first", "stretch_last", "no_stretch"):
        menu.addAction(window.action(name))
    return menu


def _nearest(window: ReviewWindow, animal: int) -> list[int]:
    """Return the other animals, the nearest first."""
    here = window.picture.place_of(animal)

    def apart(other: int) -> float:
        there = window.picture.place_of(other)
        if here is None or there is None:
            return np.inf
        return float(np.hypot(there[0] - here[0], there[1] - here[1]))

    assert window.document.table is not None
    return sorted((each for each in window.document.table.ids.tolist() if each != animal), key=apart)


def _lost(window: ReviewWindow, animal: int) -> list[int]:
    """Return the other animals that have no position in this frame."""
    table = window.document.table
    assert table is not None
    row = table.row(window.frame)
    if row is None:
        return []
    return [each for each in table.ids[table.state[row] == LOST].tolist() if each != animal]
