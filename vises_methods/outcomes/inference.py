"""From an estimate and its standard error to a row of a result: interval first, p value only where it can be trusted.

Under four degrees of freedom the Satterthwaite approximation breaks down and no p value is given (Tipton 2015,
Psychological Methods 20:375-393); the interval stays, and is wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import special

MINIMUM_DF = 4.0
MINIMUM_CLUSTERS = 4
INFERENCE_COLUMNS = ("estimate", "se", "df", "statistic", "p", "low", "high", "n")


def quantile(level: float, df: float | None) -> float:
    """Return the two-sided critical value of Student's t, or of the normal where ``df`` is None or infinite."""
    tail = 0.5 + level / 2
    if df is None or not np.isfinite(df):
        return float(special.ndtri(tail))
    return float(special.stdtrit(df, tail))


def two_sided_p(statistic: float, df: float | None) -> float:
    """Return the two-sided p value of a t statistic, or of a z statistic where ``df`` is None or infinite."""
    if df is None or not np.isfinite(df):
        return float(2 * special.ndtr(-abs(statistic)))
    return float(2 * special.stdtr(df, -abs(statistic)))


def share(n: float, of: float) -> float:
    """Return the coverage ``n / of``; nothing out of nothing is none."""
    return float(n) / float(of) if of else 0.0


def estimate_row(
    measure: str,
    subject: str,
    estimate: float,
    se: float | None,
    df: float | None,
    *,
    n: int,
    coverage: float,
    level: float = 0.95,
    unit: str | None = None,
    clusters: int | None = None,
    minimum_df: float = MINIMUM_DF,
) -> dict[str, Any]:
    """Return one row of estimates.

    ``p_reason`` names why a p value is withheld: too few clusters, too few degrees of freedom, or no standard error.
    """
    row = _frame_of_row(measure, subject, n, coverage, level, unit, clusters)
    row["estimate"] = float(estimate)
    if se is None or not np.isfinite(se) or se <= 0:
        return row | {"p_reason": "outcomes.reasons.no_variation"}
    margin = quantile(level, df) * se
    row |= {"se": float(se), "df": df, "statistic": float(estimate / se)}
    row |= {"low": float(estimate - margin), "high": float(estimate + margin)}
    reason = withheld(df, clusters, minimum_df)
    return row | {"p": None if reason else two_sided_p(estimate / se, df), "p_reason": reason}


def withheld(df: float | None, clusters: int | None, minimum_df: float = MINIMUM_DF) -> str | None:
    """Return why there is no p value, or None."""
    if clusters is not None and clusters < MINIMUM_CLUSTERS:
        return "outcomes.reasons.few_clusters"
    if df is not None and df < minimum_df:
        return "outcomes.reasons.few_degrees_of_freedom"
    return None


def missing_row(
    measure: str,
    subject: str,
    reason: str,
    *,
    n: int = 0,
    coverage: float = 0.0,
    level: float = 0.95,
    unit: str | None = None,
    clusters: int | None = None,
) -> dict[str, Any]:
    """Return the row of an estimate that cannot be made, with the reason."""
    return _frame_of_row(measure, subject, n, coverage, level, unit, clusters) | {"reason": reason}


def stated_row(
    measure: str,
    subject: str,
    estimate: float,
    *,
    n: int,
    coverage: float,
    level: float = 0.95,
    unit: str | None = None,
    clusters: int | None = None,
    **numbers: float | None,
) -> dict[str, Any]:
    """Return the row of an estimate whose interval, statistic or p value come from elsewhere than Student's t."""
    return _frame_of_row(measure, subject, n, coverage, level, unit, clusters) | {"estimate": float(estimate)} | numbers


def _frame_of_row(
    measure: str, subject: str, n: int, coverage: float, level: float, unit: str | None, clusters: int | None
) -> dict[str, Any]:
    numbers: Mapping[str, Any] = dict.fromkeys(("estimate", "low", "high", "se", "df", "statistic", "p"))
    words = {"measure": measure, "subject": subject, "unit": unit, "reason": None, "p_reason": None}
    return {**words, **numbers, "level": level, "n": int(n), "coverage": coverage, "clusters": clusters}
