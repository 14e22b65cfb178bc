"""The best alignment of coders' units: which unit of one answers which of another (Mathet, Widlöcher & Métivier 2015).

A unitary alignment takes at most one unit of each coder; the best alignment puts every unit in exactly one of them at
the least total disorder. Unitary alignments that cost more than leaving their units alone are never part of it, so only
neighbours are listed, and a mixed integer programme chooses among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from vises_methods.qualitative.weights import Floats

ABSENT = -1
Table = NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """The units of one coder: limits and the number of their value."""

    starts: Floats
    ends: Floats
    kinds: Table

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True)
class Dissimilarity:
    """How much two units differ: ``alpha`` times their places, ``beta`` times their values, in units of ``empty``."""

    alpha: float = 3.0
    beta: float = 1.0
    empty: float = 1.0

    def between(self, first: Units, second: Units) -> Floats:
        """Return the dissimilarity of each two units (Mathet et al. 2015, equations 2, 3 and 5)."""
        moved = np.abs(np.subtract.outer(first.starts, second.starts))
        moved += np.abs(np.subtract.outer(first.ends, second.ends))
        lengths = np.add.outer(first.ends - first.starts, second.ends - second.starts)
        other = np.not_equal.outer(first.kinds, second.kinds)
        return np.asarray((self.alpha * (moved / lengths) ** 2 + self.beta * other) * self.empty)


@dataclass(frozen=True)
class Alignment:
    """The best alignment: per unitary alignment the unit of each coder (-1 for none), and its disorder."""

    units: Table
    disorders: Floats

    def disorder(self, coders: Sequence[Units]) -> float:
        """Return the mean disorder per unit of a coder."""
        mean_units = sum(len(coder) for coder in coders) / len(coders)
        return float(self.disorders.sum() / mean_units)


def best_alignment(coders: Sequence[Units], dissimilarity: Dissimilarity) -> Alignment:
    """Align the units of all coders at the least disorder.

    Parameters
    ----------
    coders : sequence of Units
        At least two; at least one unit in all.
    dissimilarity : Dissimilarity
    """
    candidates, costs = _candidates(coders, dissimilarity)
    offsets = np.cumsum([0, *(len(coder) for coder in coders)])
    rows, columns = np.nonzero(candidates != ABSENT)
    unit = offsets[columns] + candidates[rows, columns]
    shape = (int(offsets[-1]), len(candidates))
    holds = sparse.csr_array((np.ones(len(rows)), (unit, rows)), shape=shape)
    once = optimize.LinearConstraint(holds, 1, 1)
    solution = optimize.milp(costs, constraints=once, integrality=np.ones(len(costs)), bounds=optimize.Bounds(0, 1))
    chosen = np.flatnonzero(solution.x > 0.5)
    return Alignment(candidates[chosen], costs[chosen])


def _candidates(coders: Sequence[Units], dissimilarity: Dissimilarity) -> tuple[Table, Floats]:
    """Return every unitary alignment that costs no more than its units left alone, and its disorder."""
    m = len(coders)
    pairs = m * (m - 1) / 2
    apart = {(i, j): dissimilarity.between(coders[i], coders[j]) for i, j in combinations(range(m), 2)}
    partial, sums = np.full((1, m), ABSENT, dtype=np.int64), np.zeros(1)
    found, costs = [], []
    for last in range(m):
        grown, added = _extended(partial, sums, last, coders, apart)
        size = (grown != ABSENT).sum(axis=1)
        kept = added <= size * pairs * dissimilarity.empty - _with_absent(size, pairs) * dissimilarity.empty
        most = m * pairs * dissimilarity.empty - _with_absent(np.full(len(size), m), pairs) * dissimilarity.empty
        found.append(grown[kept])
        costs.append((added[kept] + _with_absent(size[kept], pairs) * dissimilarity.empty) / pairs)
        promising = added <= most
        partial, sums = np.vstack([partial, grown[promising]]), np.append(sums, added[promising])
    return np.vstack(found), np.concatenate(costs)


def _with_absent(size: Table, pairs: float) -> Floats:
    """Return how many pairs of coders have no unit on one side or on both."""
    return np.asarray(pairs - size * (size - 1) / 2)


def _extended(
    partial: Table,
    sums: Floats,
    last: int,
    coders: Sequence[Units],
    apart: dict[tuple[int, int], Floats],
) -> tuple[Table, Floats]:
    """Add each unit of one more coder to each alignment of the coders before."""
    count = len(coders[last])
    added = np.repeat(sums[:, None], count, axis=1)
    for before in range(last):
        present = partial[:, before] != ABSENT
        added[present] += apart[before, last][partial[present, before]]
    rows, units = np.nonzero(np.isfinite(added))
    grown = partial[rows].copy()
    grown[:, last] = units
    return grown, added[rows, units]
