"""What those who left might change: weights for the ones who stayed, and worst and best cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import missing_row, share, stated_row
from vises_methods.outcomes.propensity import logit_scores, score_design
from vises_methods.outcomes.requirements import numbers, require_columns, require_range, served_indicator
from vises_methods.results import NotEstimable, Result, fingerprint


def dropout_weights(
    frame: pd.DataFrame, after: str, predictors: Sequence[str], /, *, largest: float | None = None
) -> pd.Series:
    """Weigh people who stayed by how unlikely it was that they would: 1 / P(stayed | predictors).

    Use the weights in :func:`ancova` or :func:`difference_in_differences` (``weights=``). They help where what is
    known at the start tells who leaves; what is not known stays a threat.

    Parameters
    ----------
    frame : DataFrame
        One row per person of the first wave.
    after : str
        The later outcome; missing means that the person left.
    predictors : sequence of str
        Arm, baseline and what else may tell who leaves; none missing.
    largest : float, optional
        Cut weights off at this many times their mean.

    Returns
    -------
    Series
        The weight of those who stayed, missing for those who left, with the index of ``frame``.

    Raises
    ------
    InputError
        On missing columns or a missing predictor, or when nobody stayed.

    References
    ----------
    Seaman, S. R. and White, I. R. (2013). Statistical Methods in Medical Research 22:278-295, section 3.

    Examples
    --------
    >>> frame = pd.DataFrame({"before": [1, 2, 3, 4, 5, 6.0], "after": [1, None, 3, None, 5, 6.0]})
    >>> dropout_weights(frame, "after", ["before"]).round(2).tolist()
    [1.94, nan, 1.55, nan, 1.32, 1.25]
    """
    where = "dropout_weights"
    require_columns(frame, [after, *predictors], where)
    stayed = (~np.isnan(numbers(frame[after], where, after))).astype(float)
    if not stayed.any():
        raise InputError("empty_data", where)
    if stayed.all():
        return pd.Series(1.0, index=frame.index, name="weight")
    chance, _, _ = logit_scores(score_design(frame, predictors, where), stayed)
    weights = np.where(stayed == 1, 1 / chance, np.nan)
    if largest is not None:
        require_range(largest, 0, np.inf, f"{where}(largest=)")
        weights = np.minimum(weights, largest * np.nanmean(weights))
    return pd.Series(weights, index=frame.index, name="weight")


def attrition_bounds(
    frame: pd.DataFrame,
    outcome: str,
    arm: str = "arm",
    /,
    *,
    lowest: float | None = None,
    highest: float | None = None,
    level: float = 0.95,
) -> Result:
    """Give the smallest and the largest difference that those who left could make true.

    Parameters
    ----------
    frame : DataFrame
        One row per person of the first wave.
    outcome : str
        The later outcome (or the change); missing means that the person left.
    arm : str
    lowest, highest : float, optional
        Ends of the scale; the extremes seen by default, which a notice would call hopeful.
    level : float
        Kept with the rows; these are bounds, not confidence limits.

    Returns
    -------
    Result
        ``difference`` among those who stayed; ``worst_best``: bounds with everyone who left at the ends of the scale
        (Horowitz and Manski); ``lee``: bounds that trim the arm which kept more people (Lee), assuming that being
        served moves who stays in one direction only.

    Raises
    ------
    InputError
        On missing columns, or answers outside the ends given.

    References
    ----------
    Horowitz, J. L. and Manski, C. F. (2000). Journal of the American Statistical Association 95:77-84; Lee, D. S.
    (2009). Review of Economic Studies 76:1071-1102, section 3.

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": [1, 1, 1, 1, 0, 0, 0, 0], "y": [3, 4, 5, None, 2, 3, None, None]})
    >>> attrition_bounds(frame, "y", lowest=1, highest=5).estimates[["low", "high"]].iloc[1].tolist()
    [-0.5, 2.5]
    """
    where = "attrition_bounds"
    require_columns(frame, [outcome, arm], where)
    y, served = numbers(frame[outcome], where, outcome), served_indicator(frame[arm], f"{where}(arm=)")
    one, two = y[served == 1], y[served == 0]
    seen = [part[~np.isnan(part)] for part in (one, two)]
    n, asked = len(seen[0]) + len(seen[1]), len(one) + len(two)
    known: dict[str, Any] = {"n": n, "coverage": share(n, asked), "level": level}
    used = {"outcome": outcome, "arm": arm, "lowest": lowest, "highest": highest, "level": level}
    reason = "outcomes.reasons.few_people" if min(len(part) for part in seen) < 2 else None
    if reason:
        rows = [missing_row(name, outcome, reason, **known) for name in ("difference", "worst_best", "lee")]
    else:
        both = np.concatenate(seen)
        low, high = (both.min() if lowest is None else lowest), (both.max() if highest is None else highest)
        if both.min() < low or both.max() > high:
            raise InputError("out_of_range", where, value=float(both.max()), allowed=f"{low:g} … {high:g}")
        middle = float(seen[0].mean() - seen[1].mean())
        worst = float(np.nan_to_num(one, nan=low).mean() - np.nan_to_num(two, nan=high).mean())
        best = float(np.nan_to_num(one, nan=high).mean() - np.nan_to_num(two, nan=low).mean())
        lee_low, lee_high = _trimmed(one, two)
        rows = [
            stated_row("difference", outcome, middle, **known),
            stated_row("worst_best", outcome, middle, low=worst, high=best, **known),
            stated_row("lee", outcome, middle, low=lee_low, high=lee_high, **known),
        ]
    return Result(
        method="attrition bounds",
        reference="Horowitz and Manski 2000; Lee 2009, section 3",
        estimates=pd.DataFrame(rows),
        options=used,
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[outcome, arm]])},
    )


def _trimmed(one: Any, two: Any) -> tuple[float, float]:
    """Trim the arm with the higher response at either end until both have the same response."""
    kept_one, kept_two = np.sort(one[~np.isnan(one)]), np.sort(two[~np.isnan(two)])
    rate_one, rate_two = len(kept_one) / len(one), len(kept_two) / len(two)
    fuller, other, sign = (kept_one, kept_two, 1) if rate_one >= rate_two else (kept_two, kept_one, -1)
    excess = abs(rate_one - rate_two) / max(rate_one, rate_two)
    cut = min(round(excess * len(fuller)), len(fuller) - 1)
    ends = sorted(sign * (part.mean() - other.mean()) for part in (fuller[: len(fuller) - cut], fuller[cut:]))
    return float(ends[0]), float(ends[1])
