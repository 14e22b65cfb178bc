"""Ordered weighted averaging: weights that belong to places, from the lowest score to the highest."""

from __future__ import annotations

import numpy as np

from vises_methods.indicators.arrays import Floats


def ordered_mean(scores: Floats, weights: Floats, order_weights: tuple[float, ...]) -> Floats:
    """Weighted OWA over the last axis (Torra 1997).

    The weights of the places make a curve from 0 to 1; each child takes the part of the curve that its own weight
    spans, so that groups of any size, gaps and unequal children need no other rule.
    """
    order = np.argsort(np.where(np.isnan(scores), np.inf, scores), axis=-1)
    ranked = np.take_along_axis(scores, order, axis=-1)
    spread = np.where(np.isnan(scores), 0.0, np.broadcast_to(weights[..., None, :], scores.shape))
    total = spread.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        reached = np.cumsum(np.take_along_axis(spread, order, axis=-1), axis=-1) / total
    places = np.asarray(order_weights, dtype=float)
    curve = np.concatenate([[0.0], np.cumsum(places) / places.sum()])
    heights = np.interp(reached, np.linspace(0, 1, len(curve)), curve)
    steps = np.diff(heights, axis=-1, prepend=0.0)
    mean = np.sum(steps * np.where(np.isnan(ranked), 0.0, ranked), axis=-1)
    return np.where(total[..., 0] > 0, mean, np.nan)
