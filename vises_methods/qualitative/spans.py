"""Arithmetic on spans: how much of each unit a set of spans covers. All ends are exclusive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]


def merged(starts: Positions, ends: Positions) -> tuple[Positions, Positions]:
    """Return the union of spans as spans that neither overlap nor touch, in order.

    Examples
    --------
    >>> [part.tolist() for part in merged(np.array([5, 0, 2]), np.array([9, 3, 4]))]
    [[0, 5], [4, 9]]
    """
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, reach = starts[order], np.maximum.accumulate(ends[order])
    opens = np.append(True, starts[1:] > reach[:-1])
    closes = np.append(np.flatnonzero(opens)[1:] - 1, len(starts) - 1)
    return starts[opens], reach[closes]


def covered_length(starts: Positions, ends: Positions, unit_starts: Positions, unit_ends: Positions) -> Positions:
    """Return how many characters of each unit lie in the union of the spans.

    Parameters
    ----------
    starts, ends : arrays (spans,)
    unit_starts, unit_ends : arrays (units,)

    Examples
    --------
    >>> covered_length(np.array([2]), np.array([6]), np.array([0, 4]), np.array([4, 8])).tolist()
    [2, 2]
    """
    if not len(starts):
        return np.zeros(len(unit_starts), dtype=np.int64)
    starts, ends = merged(starts, ends)
    return _covered_before(starts, ends, unit_ends) - _covered_before(starts, ends, unit_starts)


def _covered_before(starts: Positions, ends: Positions, positions: Positions) -> Positions:
    done = np.append(0, np.cumsum(ends - starts))
    index = np.searchsorted(starts, positions, side="right")
    inside = np.maximum(ends[index - 1] - positions, 0) * (index > 0)
    return np.asarray(done[index] - inside)
