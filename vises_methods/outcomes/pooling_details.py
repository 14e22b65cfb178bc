"""Behind a pooled mean: each enterprise left out, each one's shrunken estimate, and who weighs most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.outcomes.heterogeneity import (
    WeightedFit,
    between_variance,
    generalised_q,
    typical_variance,
    weighted_fit,
)
from vises_methods.outcomes.requirements import Floats
from vises_methods.outcomes.subsets import subset_means

_ROUNDING = 1e-12


@dataclass(frozen=True)
class _Without:
    """The fits without each enterprise: coefficients (k, p), covariances (k, p, p), tau squared, Q and so on (k,)."""

    coefficients: Floats
    covariances: Floats
    tau2: Floats
    q: Floats
    residual: Floats
    typical: Floats


def leave_one_out(
    y: Floats, v: Floats, x: Floats, names: Sequence[str], method: str, test: str, level: float
) -> pd.DataFrame:
    """Return the pooled mean without each enterprise (the first coefficient, with moderators).

    Without the only enterprise of a group of a moderator there is no such fit: that row is empty.
    """
    k, p = x.shape
    columns = ["without", "estimate", "se", "statistic", "p", "low", "high", "tau2", "I2", "Q"]
    if k - 1 < p + (p > 1) or k < 2:
        return pd.DataFrame(columns=columns)
    without = _without_each(y, v, x, method)
    df = k - 1 - p
    factor = _factors(without, df, test)
    se = np.sqrt(without.covariances[:, 0, 0] * factor)
    estimate = without.coefficients[:, 0]
    law = stats.norm if test == "z" or df == 0 else stats.t(df)
    reach = law.ppf(0.5 + level / 2) * se
    statistic = np.divide(estimate, se, out=np.full(k, np.nan), where=se > 0)
    share = np.where(df > 0, 100 * without.tau2 / (without.tau2 + without.typical), 0.0)
    if method == "EE":
        share = np.where(without.q > 0, np.clip(100 * (without.q - df) / np.maximum(without.q, 1e-300), 0, None), 0.0)
    return pd.DataFrame(
        {"without": list(names), "estimate": estimate, "se": se, "statistic": statistic,
         "p": 2 * law.sf(np.abs(statistic)), "low": estimate - reach, "high": estimate + reach,
         "tau2": without.tau2, "I2": share, "Q": without.q}
    )[columns]  # fmt: skip


def shrunken(
    y: Floats,
    v: Floats,
    x: Floats,
    names: Sequence[str],
    tau2: float,
    fit: WeightedFit,
    factor: float,
    df: float | None,
    level: float,
) -> pd.DataFrame:
    """Return each enterprise's own estimate drawn towards the mean: the empirical Bayes estimate, with its interval.

    Raudenbush, S. W. and Bryk, A. S. (1985), Journal of Educational Statistics 10:75-98, section 4.
    """
    own = tau2 / (tau2 + v)
    centre = x @ fit.coefficients
    spread = np.einsum("ij,jk,ik->i", x, fit.covariance * factor, x)
    estimate = own * y + (1 - own) * centre
    se = np.sqrt(own * v + (1 - own) ** 2 * spread)
    law = stats.norm if df is None else stats.t(df)
    reach = law.ppf(0.5 + level / 2) * se
    return pd.DataFrame(
        {"enterprise": list(names), "estimate": estimate, "se": se, "low": estimate - reach, "high": estimate + reach,
         "own": y, "own_weight": own}
    )  # fmt: skip


def influence(
    y: Floats,
    v: Floats,
    x: Floats,
    names: Sequence[str],
    method: str,
    test: str,
    tau2: float,
    fit: WeightedFit,
    factor: float,
) -> pd.DataFrame:
    """Return how far each enterprise moves the result.

    Viechtbauer, W. and Cheung, M. W.-L. (2010), Research Synthesis Methods 1:112-125. With Knapp-Hartung, the fit
    without an enterprise has a factor of its own, and its distance is told in that metric, as in metafor.

    Columns: ``rstudent`` (its distance from what the others predict), ``dffits``, ``cook``, ``cov_r``, ``hat`` and
    ``weight`` in percent.
    """
    k, p = x.shape
    if k - 1 < p + (p > 1) or k < 2:
        return pd.DataFrame(columns=["enterprise", "rstudent", "dffits", "cook", "cov_r", "hat", "weight"])
    without = _without_each(y, v, x, method)
    weights = 1 / (v + tau2)
    hat = np.einsum("ij,jk,ik->i", x, fit.covariance, x) * weights
    predicted = np.einsum("ij,ij->i", x, without.coefficients)
    spread = np.einsum("ij,ijk,ik->i", x, without.covariances, x)
    moved = fit.coefficients - without.coefficients
    # a perfect fit has a Knapp-Hartung factor of nought: distances are then told in the plain metric
    whole = factor if factor > 0 else 1.0
    inverse = np.linalg.inv(fit.covariance * whole)
    scale = _factors(without, k - 1 - p, test)
    scale = np.where(scale > _ROUNDING, scale, 1.0)
    share = weights / weights.sum()
    return pd.DataFrame(
        {
            "enterprise": list(names),
            "rstudent": (y - predicted) / np.sqrt(scale * (v + without.tau2 + spread)),
            "dffits": (x @ fit.coefficients - predicted) / np.sqrt(scale * hat * (without.tau2 + v)),
            "cook": np.einsum("ij,jk,ik->i", moved, inverse, moved),
            "cov_r": (scale / whole) ** p * np.linalg.det(without.covariances) / np.linalg.det(fit.covariance),
            "hat": hat,
            "weight": 100 * share,
        }
    )


def _factors(without: _Without, df: int, test: str) -> Floats:
    """Return the factor on the variances of each fit without one: one, or that of Knapp and Hartung."""
    if test == "z" or df == 0:
        return np.ones(len(without.residual))
    factor = without.residual / df
    return np.maximum(factor, 1.0) if test == "adhoc" else factor


def _without_each(y: Floats, v: Floats, x: Floats, method: str) -> _Without:
    k, p = x.shape
    if p == 1 and np.allclose(x, 1.0):
        means = subset_means(y, v, 1.0 - np.eye(k), method)
        return _Without(
            means.mean[:, None], means.variance[:, None, None], means.tau2, means.q, means.residual, means.typical
        )
    kept = [np.arange(k) != left_out for left_out in range(k)]
    fits = [_fit_of(y[keep], v[keep], x[keep], method) for keep in kept]
    return _Without(*(np.array(part) for part in zip(*fits, strict=True)))


def _fit_of(y: Floats, v: Floats, x: Floats, method: str) -> tuple[Floats, Floats, float, float, float, float]:
    """One fit as :class:`_Without` holds it; empty without the only enterprise of a group."""
    p = x.shape[1]
    if np.linalg.matrix_rank(x) < p:
        return np.full(p, np.nan), np.full((p, p), np.nan), np.nan, np.nan, np.nan, np.nan
    tau2 = between_variance(y, v, x, method).tau2
    fit = weighted_fit(y, 1 / (v + tau2), x)
    q = generalised_q(y, v, x, 0.0)
    return fit.coefficients, fit.covariance, tau2, q, fit.residual, typical_variance(v, x)
