"""What unitizing coefficients are made of: how lengths of units and gaps of different coders coincide.

A continuum is a text as long as ``length``; each coder cuts it into units with a value and the gaps between them. All
quantities are sums over continua, so that a bootstrap over documents only weights them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vises_methods.qualitative.spans import Positions
from vises_methods.qualitative.weights import Floats

BLANK = 0


@dataclass(frozen=True)
class CoderUnits:
    """The units one coder set on a continuum, in order, none overlapping; ``values`` are numbers from 1."""

    starts: Positions
    ends: Positions
    values: NDArray[np.int64]


@dataclass(frozen=True)
class Coincidences:
    """Sums over one continuum.

    Attributes
    ----------
    lengths : array (values + 1, values + 1)
        Coinciding lengths of values, over ordered pairs of coders, divided by coders - 1; row and column 0 are gaps.
    self_pairs : float
        What would pair with itself by chance: a unit with the whole of itself (its squared length), a gap character by
        character (its length).
    coded_self_pairs : array (values + 1,)
        The same of the units of each value, counting only what meets a unit of another coder: the square of the mean
        overlap with the other coders.
    marked : array (values + 1,)
        Length each value has, over all coders.
    """

    lengths: Floats
    self_pairs: float
    coded_self_pairs: Floats
    marked: Floats


def coincidences(coders: Sequence[CoderUnits], length: int, values: int) -> Coincidences:
    """Cut the continuum at every edge and sum what coincides.

    Parameters
    ----------
    coders : sequence of CoderUnits
        At least two.
    length : int
        Of the continuum.
    values : int
        Number of values.
    """
    edges = np.unique(np.concatenate([[0, length], *(c.starts for c in coders), *(c.ends for c in coders)]))
    widths = np.diff(edges).astype(float)
    unit = np.stack([_unit_of(coder, edges[:-1]) for coder in coders])
    value = np.stack([np.append(coder.values, BLANK)[unit[i]] for i, coder in enumerate(coders)])
    others = len(coders) - 1
    total = np.zeros((values + 1, values + 1))
    for i in range(len(coders)):
        for j in range(len(coders)):
            if i != j:
                np.add.at(total, (value[i], value[j]), widths / others)
    return Coincidences(
        lengths=total,
        self_pairs=float(sum(_self_pairs(coder, length) for coder in coders)),
        coded_self_pairs=_coded_self_pairs(coders, unit, value, widths, values),
        marked=np.array([_marked(coders, k) for k in range(values + 1)]),
    )


def _unit_of(coder: CoderUnits, positions: Positions) -> NDArray[np.int64]:
    """Return which unit each stretch lies in; -1 in a gap."""
    index = np.searchsorted(coder.starts, positions, side="right") - 1
    inside = (index >= 0) & (np.append(coder.ends, 0)[index] > positions)
    return np.where(inside, index, -1)


def _self_pairs(coder: CoderUnits, length: int) -> float:
    units = (coder.ends - coder.starts).astype(float)
    return float((units**2).sum() + length - units.sum())


def _coded_self_pairs(
    coders: Sequence[CoderUnits],
    unit: NDArray[np.int64],
    value: NDArray[np.int64],
    widths: Floats,
    values: int,
) -> Floats:
    total = np.zeros(values + 1)
    met = (value != BLANK).sum(axis=0)
    for i, coder in enumerate(coders):
        inside = unit[i] >= 0
        overlap = np.bincount(unit[i][inside], weights=(widths * (met - 1))[inside], minlength=len(coder.starts)) / (
            len(coders) - 1
        )
        np.add.at(total, coder.values, overlap**2)
    return total


def _marked(coders: Sequence[CoderUnits], value: int) -> float:
    return float(sum((coder.ends - coder.starts)[coder.values == value].sum() for coder in coders))


def positional_disagreement(coders: Sequence[CoderUnits], length: int) -> tuple[float, float]:
    """Return observed and expected disagreement on where the units of one code stand (Krippendorff 1995, p. 57-60).

    Parameters
    ----------
    coders : sequence of CoderUnits
        The units of one code; values are not looked at.
    length : int
    """
    pieces = [_with_gaps(coder, length) for coder in coders]
    m = len(coders)
    observed = sum(_distance(pieces[i], pieces[j]) for i in range(m) for j in range(m) if i != j)
    units = np.concatenate([coder.ends - coder.starts for coder in coders]).astype(float)
    gaps = np.concatenate([(ends - starts)[~marked] for starts, ends, marked in pieces]).astype(float)
    within = np.maximum(gaps[None, :] - units[:, None] + 1, 0).sum(axis=1)
    apart = (len(units) - 1) / 3 * (2 * units**3 - 3 * units**2 + units) + units**2 * within
    pairs = m * length * (m * length - 1) - (units * (units - 1)).sum()
    return observed / (m * (m - 1) * length**2), float(2 / length * apart.sum() / pairs)


Pieces = tuple[Floats, Floats, NDArray[np.bool_]]


def _with_gaps(coder: CoderUnits, length: int) -> Pieces:
    """Return units and gaps in order, and which of them are units."""
    edges = np.unique(np.concatenate([[0, length], coder.starts, coder.ends]))
    return edges[:-1].astype(float), edges[1:].astype(float), _unit_of(coder, edges[:-1]) >= 0


def _distance(first: Pieces, second: Pieces) -> float:
    """Sum the squared differences of units that overlap, and of units that lie in a gap of the other coder."""
    starts, ends, marked = first[0][:, None], first[1][:, None], first[2][:, None]
    other_starts, other_ends, other_marked = second[0][None, :], second[1][None, :], second[2][None, :]
    overlapping = np.minimum(ends, other_ends) > np.maximum(starts, other_starts)
    both = marked & other_marked & overlapping
    moved = (starts - other_starts) ** 2 + (ends - other_ends) ** 2
    in_gap = marked & ~other_marked & (other_starts <= starts) & (ends <= other_ends)
    around = ~marked & other_marked & (starts <= other_starts) & (other_ends <= ends)
    total = (moved * both).sum() + ((ends - starts) ** 2 * in_gap).sum()
    return float(total + ((other_ends - other_starts) ** 2 * around).sum())
