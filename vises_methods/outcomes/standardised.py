"""Standardised differences by name, each with its interval: d, g, delta, d_z and their kin never share one word."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import optimize, stats

from vises_methods.outcomes.effect_sizes import hedges_factor
from vises_methods.outcomes.inference import missing_row, quantile, share, stated_row
from vises_methods.outcomes.requirements import (
    Floats,
    Values,
    numbers,
    require_option,
    require_range,
)
from vises_methods.results import NotEstimable, Result, fingerprint

GroupMeasure = Literal["hedges_g", "cohens_d", "glass_delta", "d_av", "p_superiority"]
GROUP_MEASURES: tuple[str, ...] = ("hedges_g", "cohens_d", "glass_delta", "d_av", "p_superiority")


def standardised_difference(
    served: Values,
    comparison: Values,
    /,
    *,
    measure: GroupMeasure = "hedges_g",
    level: float = 0.95,
) -> Result:
    """Express the difference of two groups in standard deviations, the yardstick named.

    Parameters
    ----------
    served, comparison : sequence of float
        One value per person; missing ones are left out and counted.
    measure : str
        "hedges_g": pooled SD with the exact factor for small samples; "cohens_d": pooled SD; "glass_delta": SD of the
        comparison group; "d_av": root of the mean of both variances; "p_superiority": the probability that a served
        person scores higher, for normal outcomes, Phi(d / sqrt 2).
    level : float

    Returns
    -------
    Result
        One row; the interval comes from the non-central t distribution.

    References
    ----------
    Cumming, G. and Finch, S. (2001). Educational and Psychological Measurement 61:532-574; Hedges (1981), equation 6e.

    Examples
    --------
    >>> standardised_difference([4, 5, 6, 7], [1, 2, 3, 4], measure="cohens_d").estimates["estimate"].round(3).tolist()
    [2.324]
    """
    where = "standardised_difference"
    require_option(measure, GROUP_MEASURES, f"{where}(measure=)")
    require_range(level, 0, 1, f"{where}(level=)")
    one, two = numbers(served, where, "served"), numbers(comparison, where, "comparison")
    x, y = one[~np.isnan(one)], two[~np.isnan(two)]
    known: dict[str, Any] = {
        "n": len(x) + len(y),
        "coverage": share(len(x) + len(y), len(one) + len(two)),
        "level": level,
    }
    reason = "outcomes.reasons.few_people" if min(len(x), len(y)) < 2 else None
    if reason is None and _yardstick(x, y, measure) == 0:
        reason = "outcomes.reasons.no_variation"
    row = missing_row(measure, "difference", reason, **known) if reason else _group_row(x, y, measure, known)
    return Result(
        method="standardised mean difference",
        reference="Cumming and Finch 2001; Hedges 1981, equation 6e",
        estimates=pd.DataFrame([row]),
        options={"measure": measure, "level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"served": fingerprint(pd.Series(one)), "comparison": fingerprint(pd.Series(two))},
    )


def cliffs_delta(served: Values, comparison: Values, /, *, level: float = 0.95) -> Result:
    """Say how often a served person scores higher than a comparison person, less how often lower: from -1 to 1.

    Use it for ordinal outcomes: no distance between the steps is assumed. It equals the rank-biserial correlation.

    Parameters
    ----------
    served, comparison : sequence of float
        One value per person; missing ones are left out and counted.
    level : float

    Returns
    -------
    Result
        ``cliffs_delta`` with the interval of the Fisher transformation (Kerby's rank-biserial, as R effectsize has
        it), and ``p_superiority``, the share of pairs in which the served person is higher, ties counting half.

    References
    ----------
    Cliff, N. (1993). Psychological Bulletin 114:494-509.

    Examples
    --------
    >>> cliffs_delta([3, 4, 5], [1, 2, 3]).estimates["estimate"].round(3).tolist()
    [0.889, 0.944]
    """
    where = "cliffs_delta"
    require_range(level, 0, 1, f"{where}(level=)")
    one, two = numbers(served, where, "served"), numbers(comparison, where, "comparison")
    x, y = one[~np.isnan(one)], two[~np.isnan(two)]
    known: dict[str, Any] = {
        "n": len(x) + len(y),
        "coverage": share(len(x) + len(y), len(one) + len(two)),
        "level": level,
    }
    reason = "outcomes.reasons.few_people" if min(len(x), len(y)) < 1 else None
    if reason:
        rows = [missing_row("cliffs_delta", "difference", reason, **known)]
    else:
        delta = dominance(x, y)
        se = np.sqrt((len(x) + len(y) + 1) / (3 * len(x) * len(y)))
        low, high = _fisher_interval(delta, float(se), level)
        rows = [
            stated_row("cliffs_delta", "difference", delta, **known, low=low, high=high),
            stated_row("p_superiority", "difference", (delta + 1) / 2, **known, low=(low + 1) / 2, high=(high + 1) / 2),
        ]
    return Result(
        method="Cliff's delta",
        reference="Cliff 1993",
        estimates=pd.DataFrame(rows),
        options={"level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"served": fingerprint(pd.Series(one)), "comparison": fingerprint(pd.Series(two))},
    )


def dominance(x: Floats, y: Floats) -> float:
    """Return the share of pairs with x above y less the share with x below y."""
    ranks = stats.rankdata(np.concatenate([x, y]))
    wins = ranks[: len(x)].sum() - len(x) * (len(x) + 1) / 2
    return float(2 * wins / (len(x) * len(y)) - 1)


def noncentral_limits(statistic: float, df: float, level: float) -> tuple[float, float]:
    """Return the non-centralities for which ``statistic`` is the upper and the lower tail point."""
    if statistic < 0:
        low, high = noncentral_limits(-statistic, df, level)
        return -high, -low
    tail = (1 - level) / 2
    reach = 8.0 + statistic * 2.0

    def shortfall(noncentrality: float, probability: float) -> float:
        # far out in the tails scipy's distribution function is not a number where it is 0 or 1
        return float(np.nan_to_num(stats.nct.cdf(statistic, df, noncentrality), nan=noncentrality < 0)) - probability

    low = optimize.brentq(shortfall, statistic - reach, statistic + reach, args=(1 - tail,), xtol=1e-12)
    high = optimize.brentq(shortfall, statistic - reach, statistic + reach, args=(tail,), xtol=1e-12)
    return float(low), float(high)


def _yardstick(x: Floats, y: Floats, measure: GroupMeasure) -> float:
    one, two = float(np.var(x, ddof=1)), float(np.var(y, ddof=1))
    if measure == "glass_delta":
        return float(np.sqrt(two))
    if measure == "d_av":
        return float(np.sqrt((one + two) / 2))
    return float(np.sqrt(((len(x) - 1) * one + (len(y) - 1) * two) / (len(x) + len(y) - 2)))


def _group_row(x: Floats, y: Floats, measure: GroupMeasure, known: dict[str, Any]) -> dict[str, Any]:
    scale = _yardstick(x, y, measure)
    spread, df = _sampling(x, y, measure, scale)
    d = float((x.mean() - y.mean()) / scale)
    low, high = (limit * spread for limit in noncentral_limits(d / spread, df, known["level"]))
    if measure == "p_superiority":
        d, low, high = (float(stats.norm.cdf(value / np.sqrt(2))) for value in (d, low, high))
    factor = float(hedges_factor(df)) if measure == "hedges_g" else 1.0
    return stated_row(measure, "difference", d * factor, **known, low=low * factor, high=high * factor, df=df)


def _sampling(x: Floats, y: Floats, measure: GroupMeasure, scale: float) -> tuple[float, float]:
    """Return the factor between d and its t statistic, and the degrees of freedom."""
    one, two = float(np.var(x, ddof=1)) / len(x), float(np.var(y, ddof=1)) / len(y)
    if measure == "glass_delta":
        return float(np.sqrt(1 / len(y) + one / scale**2)), len(y) - 1.0
    if measure == "d_av":
        df = (one + two) ** 2 / (one**2 / (len(x) - 1) + two**2 / (len(y) - 1))
        return float(np.sqrt(one + two) / scale), df
    return float(np.sqrt(1 / len(x) + 1 / len(y))), len(x) + len(y) - 2.0


def _fisher_interval(value: float, se: float, level: float) -> tuple[float, float]:
    if abs(value) >= 1:
        return value, value
    middle, reach = np.arctanh(value), quantile(level, None) * se
    return float(np.tanh(middle - reach)), float(np.tanh(middle + reach))
