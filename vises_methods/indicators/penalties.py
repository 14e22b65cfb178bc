"""Means with a penalty for imbalance: Mazziotta-Pareto, its adjusted form, and the mean-min function."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np

from vises_methods.indicators.arrays import Floats

Penalty = Literal["negative", "positive"]


def standardised(scores: Floats, observed: Floats) -> Floats:
    """100 ± 10 around the mean of the units, by the standard deviation of the population, as the index is published."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean = np.nanmean(observed, axis=-2, keepdims=True)
        deviation = np.nanstd(observed, axis=-2, keepdims=True)
    return 100 + 10 * _divided(scores - mean, deviation)


def rescaled(scores: Floats, observed: Floats) -> Floats:
    """70 to 130 between the lowest and the highest unit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        low = np.nanmin(observed, axis=-2, keepdims=True)
        high = np.nanmax(observed, axis=-2, keepdims=True)
    span = high - low
    return np.where(span > 0, 70 + 60 * _divided(scores - low, span), np.where(np.isnan(scores), np.nan, 100.0))


def penalised(scores: Floats, weights: Floats, penalty: Penalty) -> Floats:
    """Mean ∓ standard deviation × coefficient of variation, over the children of one heading.

    A coefficient of variation needs a mean above zero; without, there is no such score.
    """
    mean, variance = moments(scores, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        correction = variance / mean
    corrected = mean - correction if penalty == "negative" else mean + correction
    return np.where(mean > 0, corrected, np.nan)


def penalised_limits(low: Floats, high: Floats, weights: Floats, penalty: Penalty) -> tuple[Floats, Floats]:
    """Limits of the penalised mean when each child may lie anywhere between ``low`` and ``high``.

    The penalty is not monotone in a child, so these are outer limits: the mean at either end, with no penalty on one
    side, and on the other the largest that numbers within the range can have (Popoviciu: a quarter of its square). A
    limit that does not exist is empty.
    """
    lowest, _ = moments(low, weights)
    highest, _ = moments(high, weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        spread = np.nanmax(high, axis=-1) - np.nanmin(low, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.where(lowest > 0, spread**2 / 4 / lowest, np.nan)
    known = np.asarray((np.isnan(low) | (low == high)).all(axis=-1))
    exact = penalised(low, weights, penalty)
    outer = (lowest - most, highest) if penalty == "negative" else (lowest, highest + most)
    return np.asarray(np.where(known, exact, outer[0])), np.asarray(np.where(known, exact, outer[1]))


def mean_min(scores: Floats, weights: Floats, alpha: float, beta: float) -> Floats:
    """Mean − α (√((mean − min)² + β²) − β): between the mean (α = 0) and, with β = 0 and α = 1, the minimum."""
    mean, _ = moments(scores, weights)
    counted = np.where(weights[..., None, :] > 0, scores, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        gap = mean - np.nanmin(counted, axis=-1)
    return np.asarray(mean - alpha * (np.sqrt(gap**2 + beta**2) - beta))


def moments(scores: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Weighted mean and population variance over the last axis, of what is present."""
    present = ~np.isnan(scores)
    share = np.where(present, np.broadcast_to(weights[..., None, :], scores.shape), 0.0)
    total = share.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = share / total[..., None]
        mean = np.sum(share * np.where(present, scores, 0.0), axis=-1)
        variance = np.sum(share * np.where(present, scores - mean[..., None], 0.0) ** 2, axis=-1)
    return np.where(total > 0, mean, np.nan), np.where(total > 0, variance, np.nan)


def _divided(numerator: Floats, denominator: Floats) -> Floats:
    """Zero where all units are alike: then there is nothing to tell them apart by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = numerator / denominator
    return np.where((denominator == 0) & ~np.isnan(numerator), 0.0, quotient)
