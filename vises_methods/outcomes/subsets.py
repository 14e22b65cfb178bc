"""Pooled means of many subsets of enterprises at once: what leaving each one out would give.

Without moderators every estimator of tau squared needs only sums over enterprises, so all subsets are solved together,
one row each. ``keep`` has shape (subsets, enterprises), 1 where an enterprise is in the subset.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vises_methods.outcomes.requirements import Floats

_STEPS = 60
_GRID = 12


@dataclass(frozen=True)
class SubsetMeans:
    """One value per subset: pooled mean, its variance under weights 1/(v + tau2), tau squared, Cochran's Q, size."""

    mean: Floats
    variance: Floats
    tau2: Floats
    q: Floats
    residual: Floats
    typical: Floats
    size: Floats


def subset_means(y: Floats, v: Floats, keep: Floats, method: str) -> SubsetMeans:
    """Pool every subset by the method named."""
    tau2 = np.zeros(len(keep)) if method == "EE" else np.clip(_tau2(y, v, keep, method), 0.0, None)
    weights = keep / (v + tau2[:, None])
    mean, total = _mean(y, weights), weights.sum(axis=1)
    fixed = keep / v
    size = keep.sum(axis=1)
    trace = fixed.sum(axis=1) - (fixed**2).sum(axis=1) / fixed.sum(axis=1)
    typical = np.divide(size - 1, trace, out=np.ones(len(keep)), where=size > 1)
    return SubsetMeans(mean, 1 / total, tau2, _spread(y, fixed), _spread(y, weights), typical, size)


def _mean(y: Floats, weights: Floats) -> Floats:
    return np.asarray((weights * y).sum(axis=1) / weights.sum(axis=1))


def _spread(y: Floats, weights: Floats) -> Floats:
    """Return the weighted sum of squares about the weighted mean."""
    return np.asarray((weights * (y - _mean(y, weights)[:, None]) ** 2).sum(axis=1))


def _tau2(y: Floats, v: Floats, keep: Floats, method: str) -> Floats:
    size, fixed = keep.sum(axis=1), keep / v
    total = fixed.sum(axis=1)
    trace = total - (fixed**2).sum(axis=1) / total
    if method == "DL":
        return np.asarray((_spread(y, fixed) - (size - 1)) / trace)
    if method == "HS":
        return np.asarray((_spread(y, fixed) - size) / total)
    if method == "HE":
        return np.asarray(_spread(y, keep) / (size - 1) - (keep * v).sum(axis=1) / size)
    if method == "SJ":
        start = _spread(y, keep) / size
        return np.asarray(start * _spread(y, keep / (v + start[:, None])) / (size - 1))
    return _decreasing_root(lambda tau2: _slope(y, v, keep, tau2, method), y, v, len(keep))


def _slope(y: Floats, v: Floats, keep: Floats, tau2: Floats, method: str) -> Floats:
    """Return what is nought at the estimate: the slope of the likelihood, or Q less its expectation."""
    weights = keep / (v + tau2[:, None])
    if method in ("PM", "EB"):
        return np.asarray(_spread(y, weights) - (keep.sum(axis=1) - 1))
    total, squares = weights.sum(axis=1), weights**2
    off = (squares * (y - _mean(y, weights)[:, None]) ** 2).sum(axis=1)
    return np.asarray(off - total + (squares.sum(axis=1) / total if method == "REML" else 0.0))


def _decreasing_root(slope: Callable[[Floats], Floats], y: Floats, v: Floats, rows: int) -> Floats:
    """Return, row by row, the last point where the slope falls through nought; nought where it is never positive."""
    top = np.full(rows, float(np.var(y)) * 4 + float(v.max()))
    while (rising := slope(top) > 0).any():
        top = np.where(rising, top * 4, top)
    low, high = np.zeros(rows), np.zeros(rows)
    found = np.zeros(rows, dtype=bool)
    above = top
    for fraction in [*np.geomspace(1.0, 1e-6, _GRID)[1:], 0.0]:
        below = top * fraction
        here = ~found & (slope(below) > 0)
        low, high = np.where(here, below, low), np.where(here, above, high)
        found |= here
        above = below
    for _ in range(_STEPS):
        middle = (low + high) / 2
        rises = slope(middle) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return np.asarray(np.where(found, (low + high) / 2, 0.0))
