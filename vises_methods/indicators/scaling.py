"""From values to comparable scores, column by column: the arithmetic of each normalisation.

Every rule works on *oriented* values, where more is better: the direction of an indicator is handled here, once. Most
rules are straight lines, score = (value − origin) / span; the others are ranks, bands and classes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.tree import Node

PERCENTILE_CLASSES = ((0.0, 0.0), (0.05, 20.0), (0.15, 40.0), (0.35, 50.0), (0.65, 60.0), (0.85, 80.0), (0.95, 100.0))


@dataclass(frozen=True)
class Line:
    """The origin and the span of each column, and why a column has none."""

    origin: Floats
    span: Floats
    reasons: tuple[str | None, ...]


def orient(values: Floats, node: Node) -> Floats:
    """Turn the values of an indicator so that more is better.

    ``target``: minus the distance to the target; ``range``: minus the distance to the band.
    """
    if node.direction == "lower":
        return -values
    if node.direction == "target":
        return -np.abs(values - float(node.target or 0.0))
    if node.direction == "range" and node.scale is not None:
        low, high = float(node.scale.low or 0.0), float(node.scale.high or 0.0)
        return np.minimum(values - low, 0.0) + np.minimum(high - values, 0.0)
    return values


def minimum_maximum(oriented: Floats) -> Line:
    """Origin at the lowest value, span up to the highest."""
    low, high = _extreme(np.nanmin, oriented), _extreme(np.nanmax, oriented)
    return _line(low, high - low)


def mean_deviation(oriented: Floats, ddof: int = 1) -> Line:
    """Origin at the mean, span of one standard deviation (of the sample, unless ``ddof`` is 0)."""
    counts = (~np.isnan(oriented)).sum(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean, deviation = np.nanmean(oriented, axis=0), np.nanstd(oriented, axis=0, ddof=ddof)
    constant = _extreme(np.nanmax, oriented) == _extreme(np.nanmin, oriented)
    deviation = np.where(constant | (counts <= ddof), 0.0, deviation)
    return _line(mean, deviation)


def up_to(oriented: Floats, aims: Floats) -> Line:
    """Origin at the lowest value, span up to an aim that every unit shares."""
    low = _extreme(np.nanmin, oriented)
    reasons = tuple(
        "nothing_reported" if np.isnan(a) else "aim_missing" if np.isnan(b) else "aim_not_above" if b <= a else None
        for a, b in zip(low, aims, strict=True)
    )
    return Line(low, np.where(aims > low, aims - low, np.nan), reasons)


def progress(oriented: Floats, starts: Floats, aims: Floats) -> Floats:
    """(value − start) ÷ (aim − start); where the start is beyond the aim, 1 if the aim is still met and 0 if not."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (oriented - starts) / (aims - starts)
    held = np.where(oriented >= aims, 1.0, 0.0)
    shares = np.where(aims > starts, shares, held)
    return np.where(np.isnan(oriented) | np.isnan(starts) | np.isnan(aims), np.nan, shares)


def ratio_to(oriented: Floats, aims: Floats) -> Line:
    """Origin at zero, span up to an aim, which must be above zero."""
    reasons = tuple(
        "nothing_reported" if empty else "aim_missing" if np.isnan(aim) else "not_positive" if aim <= 0 else None
        for empty, aim in zip(np.asarray(np.isnan(oriented).all(axis=0)), aims, strict=True)
    )
    return Line(np.zeros_like(aims), np.where(aims > 0, aims, np.nan), reasons)


def ranks(oriented: Floats) -> Floats:
    """Rank within each column, 1 for the worst; equal values share the lowest of their ranks."""
    ranked = np.asarray(rankdata(oriented, method="min", axis=0, nan_policy="omit"), dtype=float)
    return np.where(np.isnan(oriented), np.nan, ranked)


def percentiles(oriented: Floats) -> Floats:
    """(rank − 1) / (n − 1), over the units with a value; empty where there is only one."""
    counts = (~np.isnan(oriented)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (ranks(oriented) - 1) / (counts - 1)
    return np.where(counts > 1, shares, np.nan)


def classes(oriented: Floats, steps: tuple[tuple[float, float], ...]) -> Floats:
    """Give each value the score of the percentile class that it falls in.

    ``steps`` are pairs of the share of units below which the class starts, and its score.
    """
    counts = (~np.isnan(oriented)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = ranks(oriented) / counts
    starts = np.array([share for share, _ in steps])
    scores = np.array([score for _, score in steps])
    found = scores[np.clip(np.searchsorted(starts, shares, side="left") - 1, 0, len(scores) - 1)]
    return np.where(np.isnan(oriented), np.nan, found)


def cost_ratio(values: Floats, aims: Floats) -> tuple[Floats, tuple[str | None, ...]]:
    """Aim ÷ value, for what is better when less; who equals the aim gets 1, also where it is zero."""
    lowest = _extreme(np.nanmin, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(values == aims, 1.0, aims / values)
    unusable = (lowest < 0) | ((lowest == 0) & (aims > 0))
    ratios = np.where(np.isnan(values) | unusable, np.nan, ratios)
    reasons = tuple(
        "nothing_reported" if np.isnan(low) else "aim_missing" if np.isnan(aim) else "not_positive" if bad else None
        for low, aim, bad in zip(lowest, aims, unusable, strict=True)
    )
    return ratios, reasons


def band(values: Floats, node: Node) -> Floats:
    """1 inside the band, falling straight to 0 at the floor and at the ceiling of the scale."""
    scale = node.scale
    if scale is None or scale.low is None or scale.high is None or scale.minimum is None or scale.maximum is None:
        return np.full_like(values, np.nan)
    below = _ramp(values - scale.minimum, scale.low - scale.minimum)
    above = _ramp(scale.maximum - values, scale.maximum - scale.high)
    return np.where(np.isnan(values), np.nan, np.minimum(below, above))


def _ramp(distance: Floats, width: float) -> Floats:
    if width == 0:
        return (distance >= 0).astype(float)
    return np.clip(distance / width, 0.0, 1.0)


def _line(origin: Floats, span: Floats) -> Line:
    reasons = tuple(
        "nothing_reported" if np.isnan(start) else "no_variation" if not width > 0 else None
        for start, width in zip(origin, span, strict=True)
    )
    return Line(origin, np.where(span > 0, span, np.nan), reasons)


def centre(values: Floats, median: bool) -> Floats:
    """The mean, or the median, of each column; empty for an empty column."""
    empty = np.isnan(values).all(axis=0)
    filled = np.where(empty, 0.0, values)
    middle = np.nanmedian(filled, axis=0) if median else np.nanmean(filled, axis=0)
    return np.where(empty, np.nan, middle)


def lowest(values: Floats) -> Floats:
    """The lowest value of each column."""
    return _extreme(np.nanmin, values)


def _extreme(which: Callable[..., Floats], values: Floats) -> Floats:
    """The extreme of each column, empty for an empty column."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(which(values, axis=0), dtype=float)


def observed_limits(scores: Floats) -> Floats:
    """The lowest and the highest score of each column, as two rows."""
    return np.stack([_extreme(np.nanmin, scores), _extreme(np.nanmax, scores)])
