"""How alike served people and the comparison were at the start: the balance table behind a Love plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from vises_methods.outcomes.inference import missing_row, share, stated_row
from vises_methods.outcomes.requirements import (
    Floats,
    numbers,
    require_columns,
    require_option,
    served_indicator,
)
from vises_methods.results import Notice, Result, fingerprint

Denominator = Literal["served", "comparison", "pooled"]
DENOMINATORS: tuple[str, ...] = ("served", "comparison", "pooled")


def balance(
    frame: pd.DataFrame,
    arm: str = "arm",
    covariates: Sequence[str] = (),
    weights: str | Sequence[float] | None = None,
    *,
    denominator: Denominator = "served",
) -> Result:
    """Set out how far served people and the comparison were apart at the start.

    Use it on the first wave, before any outcome is looked at, and again after matching or weighting. Under 0.05
    standard deviations nothing need be done, up to 0.25 the comparison must adjust, above it the groups are not alike
    (What Works Clearinghouse, Standards Handbook 5.0).

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    arm : str
        Column with ``participants`` and ``comparison``, or 1 and 0.
    covariates : sequence of str
        Numbers, or words: every level of a word is shown as a share.
    weights : str or sequence of float, optional
        A column, or one weight per row, from matching or weighting; 0 leaves a row out.
    denominator : {"served", "comparison", "pooled"}
        Whose standard deviation divides the difference of means, always before weighting: the served people's
        (default, for the effect on the served), or the root of the mean of both variances. A share p has
        sqrt(p (1 - p)).

    Returns
    -------
    Result
        Per covariate the rows ``smd`` and, where it is no share, ``variance_ratio``; then
        ``effective_sample_size`` of each arm (Kish). ``details["means"]`` has means and deviations by arm. Where all
        have the same value there is no yardstick and the row says so.

    Raises
    ------
    InputError
        On missing columns or an unknown denominator.

    References
    ----------
    Stuart, E. A. (2010). Statistical Science 25:1-21, section 4.1; Ho, D. et al. (2011). Journal of Statistical
    Software 42(8), section 4.3; Kish, L. (1965), Survey Sampling, section 11.7.

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": [1, 1, 1, 0, 0, 0], "age": [30, 40, 50, 35, 45, 55]})
    >>> balance(frame, "arm", ["age"]).value
    -0.5
    """
    where = "balance"
    require_option(denominator, DENOMINATORS, f"{where}(denominator=)")
    require_columns(frame, [arm, *covariates, *([weights] if isinstance(weights, str) else [])], where)
    served = served_indicator(frame[arm], f"{where}(arm=)")
    weight = _weights(frame, weights, where)
    known = ~np.isnan(served)
    columns = shown_columns(frame, covariates, where)
    rows, means = [], []
    for name in columns:
        measured, line = _compared(columns[name].to_numpy(dtype=float), served, weight, known, str(name), denominator)
        rows += measured
        means.append(line)
    rows += [
        _effective(weight[known & (served == side)], word)
        for side, word in ((1.0, "participants"), (0.0, "comparison"))
    ]
    return Result(
        method="balance table",
        reference="Stuart 2010, section 4.1; Ho et al. 2011, section 4.3; Kish 1965, section 11.7",
        estimates=pd.DataFrame(rows),
        details={"means": pd.DataFrame(means)},
        options={
            "arm": arm,
            "covariates": list(covariates),
            "weighted": weights is not None,
            "denominator": denominator,
        },
        notices=_notices(rows),
        inputs={"frame": fingerprint(frame[[*dict.fromkeys([arm, *covariates])]])},
    )


def shown_columns(frame: pd.DataFrame, covariates: Sequence[str], where: str) -> pd.DataFrame:
    """Return covariates as numbers, every level of a word as an indicator of its own."""
    parts: dict[str, Any] = {}
    for name in covariates:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column) and not isinstance(column.dtype, pd.CategoricalDtype):
            parts[name] = numbers(column, where, name)
            continue
        for level in sorted(column.dropna().unique(), key=str):
            parts[f"{name}[{level}]"] = np.where(column.isna(), np.nan, (column == level).to_numpy(dtype=float))
    return pd.DataFrame(parts, index=frame.index)


def weighted_variance(values: Floats, weight: Floats) -> float:
    """Return the unbiased variance under reliability weights."""
    total = weight.sum()
    middle = (weight * values).sum() / total
    return float((weight * (values - middle) ** 2).sum() * total / (total**2 - (weight**2).sum()))


def effective_sample_size(weight: Floats) -> float:
    """Return Kish's effective sample size, (sum of weights)^2 / sum of squared weights."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if weight.any() else 0.0


def _weights(frame: pd.DataFrame, weights: str | Sequence[float] | None, where: str) -> Floats:
    if weights is None:
        return np.ones(len(frame))
    given = numbers(frame[weights] if isinstance(weights, str) else weights, where, "weights")
    return np.nan_to_num(given)


def _compared(
    values: Floats, served: Floats, weight: Floats, known: Any, name: str, denominator: Denominator
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    present = known & ~np.isnan(values)
    one, two = present & (served == 1), present & (served == 0)
    used = present & (weight > 0)
    counted: dict[str, Any] = {"n": int(used.sum()), "coverage": share(int(used.sum()), len(values))}
    if not (one & used).any() or not (two & used).any():
        return [missing_row("smd", name, "outcomes.reasons.one_arm", **counted)], {"covariate": name}
    binary = bool(np.isin(values[present], (0.0, 1.0)).all())
    mean_one, mean_two = (float(np.average(values[side], weights=weight[side])) for side in (one, two))
    scale = _scale(values, one, two, binary, denominator)
    line = {"covariate": name, "mean_served": mean_one, "mean_comparison": mean_two, "sd": scale, "binary": binary}
    if not scale > 0:
        return [missing_row("smd", name, "outcomes.reasons.no_variation", **counted)], line
    rows = [stated_row("smd", name, (mean_one - mean_two) / scale, **counted)]
    if not binary:
        spread_one, spread_two = (_spread(values, weight, side) for side in (one & used, two & used))
        if spread_two > 0:
            rows.append(stated_row("variance_ratio", name, spread_one / spread_two, **counted))
        else:
            rows.append(missing_row("variance_ratio", name, "outcomes.reasons.no_variation", **counted))
    return rows, line


def _spread(values: Floats, weight: Floats, side: Any) -> float:
    return weighted_variance(values[side], weight[side]) if side.sum() > 1 else 0.0


def _scale(values: Floats, one: Any, two: Any, binary: bool, denominator: Denominator) -> float:
    def variance(side: Any) -> float:
        group = values[side]
        if binary:
            return float(group.mean() * (1 - group.mean()))
        return float(group.var(ddof=1)) if len(group) > 1 else 0.0

    if denominator == "pooled":
        return float(np.sqrt((variance(one) + variance(two)) / 2))
    return float(np.sqrt(variance(one if denominator == "served" else two)))


def _effective(weight: Floats, word: str) -> dict[str, Any]:
    n = int((weight > 0).sum())
    return stated_row("effective_sample_size", word, effective_sample_size(weight), n=n, coverage=share(n, len(weight)))


def _notices(rows: Sequence[dict[str, Any]]) -> tuple[Notice, ...]:
    far = [
        row["subject"] for row in rows if row["measure"] == "smd" and not row["reason"] and abs(row["estimate"]) > 0.25
    ]
    return (Notice("outcomes.notices.not_alike", {"covariates": far}),) if far else ()
