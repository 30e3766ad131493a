"""The assignment of least total cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.arrays import F64, I64


def least_cost(cost: F64) -> tuple[I64, I64]:
    """Return the (rows, columns) that pair a cost matrix (n, m) at least total cost, min(n, m) pairs.

    The solver is SciPy's (Jonker and Volgenant 1987, as in Crouse 2016), loaded on first use: it takes
    longer to import than the window takes to open.
    """
    rows, columns = load_solver()(cost)
    return rows, columns


def load_solver() -> Callable[[F64], tuple[I64, I64]]:
    """Return the solver, imported now unless it was before (0.6 s)."""
    from scipy.optimize import linear_sum_assignment

    solver: Callable[[F64], tuple[I64, I64]] = linear_sum_assignment
    return solver
