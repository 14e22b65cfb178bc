"""Estimators of the variance between enterprises (tau squared), with moderators or without.

Notation of Viechtbauer (2005, Journal of Educational and Behavioral Statistics 30:261-293) and of Viechtbauer (2007,
Statistics in Medicine 26:37-52): y effects, v sampling variances, X design, W weights 1/(v + tau2),
P = W - W X (X'WX)^-1 X'W.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from vises_methods.outcomes.requirements import Floats

_PRECISION = 1e-13


@dataclass(frozen=True)
class Between:
    """The variance between enterprises: ``tau2`` and its standard error, None where the estimator gives none."""

    tau2: float
    se: float | None


@dataclass(frozen=True)
class WeightedFit:
    """Weighted least squares of effects: coefficients, their covariance under weights 1/(v + tau2), P and y'Py."""

    coefficients: Floats
    covariance: Floats
    projection: Floats
    residual: float


def weighted_fit(y: Floats, weights: Floats, x: Floats) -> WeightedFit:
    """Fit effects on a design with given weights."""
    scores = x * weights[:, None]
    covariance = np.linalg.inv(x.T @ scores)
    projection = np.diag(weights) - scores @ covariance @ scores.T
    return WeightedFit(covariance @ (scores.T @ y), covariance, projection, max(0.0, float(y @ projection @ y)))


def between_variance(y: Floats, v: Floats, x: Floats, method: str) -> Between:
    """Return tau squared by the method named: EE, DL, HE, HS, SJ, ML, REML, EB or PM."""
    if method == "EE":
        return Between(0.0, None)
    if len(y) <= x.shape[1]:
        return Between(0.0, None)
    return _ESTIMATORS[method](y, v, x)


def q_profile(y: Floats, v: Floats, x: Floats, level: float) -> tuple[float, float]:
    """Return the interval of tau squared in which the generalised Q statistic is not extreme (Viechtbauer 2007)."""
    df = len(y) - x.shape[1]
    tail = (1 - level) / 2
    return _tau2_where(y, v, x, stats.chi2.isf(tail, df)), _tau2_where(y, v, x, stats.chi2.ppf(tail, df))


def generalised_q(y: Floats, v: Floats, x: Floats, tau2: float) -> float:
    """Return y'Py with weights 1/(v + tau2): Cochran's Q where tau2 is nought."""
    return weighted_fit(y, 1 / (v + tau2), x).residual


def typical_variance(v: Floats, x: Floats) -> float:
    """Return the typical sampling variance of Higgins and Thompson (2002), (k - p) / tr P under fixed weights."""
    projection = weighted_fit(np.zeros(len(v)), 1 / v, x).projection
    return float((len(v) - x.shape[1]) / np.trace(projection))


def _tau2_where(y: Floats, v: Floats, x: Floats, target: float) -> float:
    """Return the tau squared at which the generalised Q falls to ``target``; nought where it is lower at once."""
    if generalised_q(y, v, x, 0.0) <= target:
        return 0.0
    high = max(1.0, float(np.var(y)) * 10)
    while generalised_q(y, v, x, high) > target:
        high *= 4
        if high > 1e12:
            return float("inf")
    return float(optimize.brentq(lambda tau2: generalised_q(y, v, x, tau2) - target, 0.0, high, xtol=_PRECISION))


def _dersimonian_laird(y: Floats, v: Floats, x: Floats) -> Between:
    fit = weighted_fit(y, 1 / v, x)
    df, trace = len(y) - x.shape[1], float(np.trace(fit.projection))
    tau2 = max(0.0, (fit.residual - df) / trace)
    spread = 2 * df + 4 * tau2 * trace + 2 * tau2**2 * float((fit.projection**2).sum())
    return Between(tau2, float(np.sqrt(spread)) / trace)


def _hunter_schmidt(y: Floats, v: Floats, x: Floats) -> Between:
    fit = weighted_fit(y, 1 / v, x)
    df, trace, total = len(y) - x.shape[1], float(np.trace(fit.projection)), float((1 / v).sum())
    tau2 = max(0.0, (fit.residual - len(y)) / total)
    spread = 2 * df + 4 * tau2 * trace + 2 * tau2**2 * float((fit.projection**2).sum())
    return Between(tau2, float(np.sqrt(spread)) / total)


def _hedges(y: Floats, v: Floats, x: Floats) -> Between:
    fit = weighted_fit(y, np.ones(len(y)), x)
    df, p = len(y) - x.shape[1], fit.projection
    moved = p * v
    tau2 = max(0.0, (fit.residual - float(np.trace(moved))) / df)
    spread = 2 * float((moved * moved.T).sum()) + 4 * tau2 * float((moved * p).sum()) + 2 * tau2**2 * df
    return Between(tau2, float(np.sqrt(spread)) / df)


def _sidik_jonkman(y: Floats, v: Floats, x: Floats) -> Between:
    start = float(np.var(y))
    if start == 0:
        return Between(0.0, None)
    fit = weighted_fit(y, 1 / (v + start), x)
    df, p = len(y) - x.shape[1], fit.projection
    tau2 = start * fit.residual / df
    moved = p * v
    spread = (
        2 * float((moved * moved.T).sum()) + 4 * tau2 * float((moved * p.T).sum()) + 2 * tau2**2 * float((p**2).sum())
    )
    return Between(tau2, start / df * float(np.sqrt(spread)))


def _paule_mandel(y: Floats, v: Floats, x: Floats) -> Between:
    k, df = len(y), len(y) - x.shape[1]
    tau2 = _tau2_where(y, v, x, float(df))
    return Between(tau2, float(np.sqrt(2 * k**2 / df)) / float((1 / (v + tau2)).sum()))


def _maximum_likelihood(y: Floats, v: Floats, x: Floats) -> Between:
    def slope(tau2: float) -> float:
        weights = 1 / (v + tau2)
        projection = weighted_fit(y, weights, x).projection
        return float(((projection @ y) ** 2).sum() - weights.sum())

    tau2 = _highest(slope, y, v)
    return Between(tau2, float(np.sqrt(2 / ((1 / (v + tau2)) ** 2).sum())))


def _restricted(y: Floats, v: Floats, x: Floats) -> Between:
    def slope(tau2: float) -> float:
        projection = weighted_fit(y, 1 / (v + tau2), x).projection
        return float(((projection @ y) ** 2).sum() - np.trace(projection))

    tau2 = _highest(slope, y, v)
    projection = weighted_fit(y, 1 / (v + tau2), x).projection
    return Between(tau2, float(np.sqrt(2 / (projection**2).sum())))


def _highest(slope: Callable[[float], float], y: Floats, v: Floats) -> float:
    """Return the stationary point of a log-likelihood, or nought where it falls from the start.

    The slope is looked at on a grid first, so that a likelihood that falls before it rises is not taken for flat.
    """
    top = float(np.var(y)) * 4 + float(v.max())
    while slope(top) > 0:
        top *= 4
    grid = np.concatenate([[0.0], np.geomspace(top * 1e-6, top, 12)])
    slopes = [slope(float(point)) for point in grid]
    for left in range(len(grid) - 2, -1, -1):
        if slopes[left] > 0:
            root = optimize.brentq(slope, grid[left], grid[left + 1], xtol=_PRECISION, rtol=1e-12)
            return float(root)
    return 0.0


_ESTIMATORS: dict[str, Callable[[Floats, Floats, Floats], Between]] = {
    "DL": _dersimonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "SJ": _sidik_jonkman,
    "ML": _maximum_likelihood,
    "REML": _restricted,
    "EB": _paule_mandel,
    "PM": _paule_mandel,
}
METHODS: tuple[str, ...] = ("REML", "EE", "DL", "HE", "HS", "SJ", "ML", "EB", "PM")
