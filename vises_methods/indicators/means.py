"""Means of the children of each heading: weighted, over those that have a score.

Shapes: scores (…, units, children), weights (…, children, parents), result (…, units, parents). An empty score is left
out and the weights of the others are stretched; the coverage that goes with the result says how far.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vises_methods.indicators.arrays import Bools, Floats


def power_mean(scores: Floats, weights: Floats, power: float) -> Floats:
    """(Σ w xᵖ ÷ Σ w)^(1/p): p = 1 arithmetic, 0 geometric, −1 harmonic.

    A zero makes the means with p ≤ 0 zero, which is their limit. A negative score has no such mean, except the
    arithmetic.
    """
    present = ~np.isnan(scores)
    if power == 1:
        return _divide(np.where(present, scores, 0.0) @ weights, present.astype(float) @ weights)
    positive = present & (scores > 0)
    safe = np.where(positive, scores, 1.0)
    terms = np.where(positive, np.log(safe) if power == 0 else safe**power, 0.0)
    inner = _divide(terms @ weights, present.astype(float) @ weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.exp(inner) if power == 0 else inner ** (1.0 / power)
    counted = (weights > 0).astype(float)
    if power <= 0:
        means = np.where((present & (scores == 0)).astype(float) @ counted > 0, 0.0, means)
        means = np.where(np.isnan(inner), np.nan, means)
    return np.where((present & (scores < 0)).astype(float) @ counted > 0, np.nan, means)


def by_parent(
    scores: Floats, weights: Floats, membership: Bools, combine: Callable[[Floats, Floats], Floats]
) -> Floats:
    """Apply ``combine(scores of the children, their weights)`` heading by heading."""
    columns = []
    for parent in range(membership.shape[1]):
        members = np.flatnonzero(membership[:, parent])
        columns.append(combine(scores[..., members], weights[..., members, parent]))
    return np.stack(columns, axis=-1)


def median(scores: Floats, weights: Floats) -> Floats:
    """Weighted median over the last axis; where the weights split in two halves, the middle of both sides."""
    order = np.argsort(np.where(np.isnan(scores), np.inf, scores), axis=-1)
    ranked = np.take_along_axis(scores, order, axis=-1)
    spread = np.broadcast_to(weights[..., None, :], scores.shape)
    share = np.where(np.isnan(scores), 0.0, spread)
    total = share.sum(axis=-1, keepdims=True)
    reached = np.cumsum(np.take_along_axis(share, order, axis=-1), axis=-1)
    tolerance = 1e-12 * np.where(total > 0, total, 1.0)
    lower = np.argmax(reached >= total / 2 - tolerance, axis=-1)[..., None]
    upper = np.argmax(reached > total / 2 + tolerance, axis=-1)[..., None]
    middle = (np.take_along_axis(ranked, lower, -1) + np.take_along_axis(ranked, upper, -1)) / 2
    return np.asarray(np.where(total > 0, middle, np.nan)[..., 0])


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)
