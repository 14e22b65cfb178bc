"""How much of arm and outcome something unseen would have to explain to overturn an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.outcomes.inference import missing_row, quantile, share, stated_row
from vises_methods.outcomes.regression import covariate_columns, least_squares
from vises_methods.outcomes.requirements import (
    Floats,
    numbers,
    require_columns,
    require_option,
    require_range,
    served_indicator,
)
from vises_methods.results import NotEstimable, Result, fingerprint


def sensitivity_to_confounding(
    frame: pd.DataFrame,
    outcome: str,
    arm: str,
    covariates: Sequence[str],
    benchmark: Sequence[str] = (),
    *,
    strength: Sequence[float] = (1.0, 2.0, 3.0),
    reduction: float = 1.0,
    level: float = 0.95,
) -> Result:
    """Say how much an unseen covariate must explain, and what one as strong as a measured one would do.

    Parameters
    ----------
    frame : DataFrame
    outcome, arm : str
    covariates : sequence of str
        All that the regression adjusts for.
    benchmark : sequence of str
        Measured covariates (numbers) to compare the unseen one with.
    strength : sequence of float
        How many times as strong as the benchmark.
    reduction : float
        Which share of the estimate is to be explained away: 1 is all of it.
    level : float

    Returns
    -------
    Result
        ``estimate``; ``robustness_value`` (share of the variance of both outcome and arm that an unseen covariate must
        explain to bring the estimate to nought) and ``robustness_value_significance`` (to take its verdict away);
        ``partial_r2``. ``details["bounds"]`` per benchmark and strength; ``details["verdict"]``: ``contradicted`` where
        a covariate as strong as the strongest benchmark would turn the estimate round, ``not_contradicted``, or
        ``too_weak`` where there is no benchmark.

    Raises
    ------
    InputError
        On missing columns or a benchmark that is not among the covariates.

    References
    ----------
    Cinelli, C. and Hazlett, C. (2020). Journal of the Royal Statistical Society B 82:39-67, sections 4.2 to 4.4.

    Examples
    --------
    >>> import numpy as np
    >>> z = np.arange(30) % 7
    >>> frame = pd.DataFrame({"z": z, "arm": (np.arange(30) * 3 + z) % 2, "y": np.arange(30) % 5 + z})
    >>> found = sensitivity_to_confounding(frame, "y", "arm", ["z"], ["z"])
    >>> found.estimates["measure"].tolist()[:2]
    ['estimate', 'robustness_value']
    """
    where = "sensitivity_to_confounding"
    require_columns(frame, [outcome, arm, *covariates], where)
    for name in benchmark:
        require_option(name, list(covariates), f"{where}(benchmark=)")
    require_range(level, 0, 1, f"{where}(level=)")
    columns = covariate_columns(frame, covariates, where)
    served, y = served_indicator(frame[arm], f"{where}(arm=)"), numbers(frame[outcome], where, outcome)
    keep = columns.notna().all(axis=1).to_numpy() & ~np.isnan(served) & ~np.isnan(y)
    x = np.column_stack([served, np.ones(len(frame)), columns.to_numpy(dtype=float)])[keep]
    known: dict[str, Any] = {"n": int(keep.sum()), "coverage": share(int(keep.sum()), len(frame)), "level": level}
    df = float(len(x) - np.linalg.matrix_rank(x)) if len(x) else 0.0
    names = [arm, "intercept", *map(str, columns.columns)]
    reason = "outcomes.reasons.few_people" if df < 2 else None
    if reason is None and np.linalg.matrix_rank(x[:, 1:]) == np.linalg.matrix_rank(x):
        reason = "outcomes.reasons.covariates_repeat"
    if reason is None and np.abs(least_squares(x, y[keep])[1]).max() <= 1e-12 * max(1.0, np.abs(y[keep]).max()):
        reason = "outcomes.reasons.no_variation"
    details: dict[str, pd.DataFrame] = {}
    if reason:
        rows = [missing_row("estimate", outcome, reason, **known)]
    else:
        estimate, se = _coefficient(x, y[keep], 0, df)
        rows = _robustness(estimate, se, df, reduction, outcome, known)
        bounds = _bounds(x, y[keep], names, benchmark, strength, estimate, se, df)
        details = {"bounds": bounds, "verdict": pd.DataFrame([{"verdict": _verdict(bounds, estimate)}])}
    return Result(
        method="sensitivity to an unseen confounder",
        reference="Cinelli and Hazlett 2020, sections 4.2-4.4",
        estimates=pd.DataFrame(rows),
        details=details,
        options={"outcome": outcome, "arm": arm, "covariates": list(covariates), "benchmark": list(benchmark),
                 "strength": list(strength), "reduction": reduction, "level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys([outcome, arm, *covariates])]])},
    )  # fmt: skip


def _coefficient(x: Floats, y: Floats, column: int, df: float) -> tuple[float, float]:
    coefficients, residuals = least_squares(x, y)
    bread = np.linalg.pinv(x.T @ x)
    return float(coefficients[column]), float(np.sqrt((residuals**2).sum() / df * bread[column, column]))


def _robustness(
    estimate: float, se: float, df: float, reduction: float, outcome: str, known: dict[str, Any]
) -> list[dict[str, Any]]:
    t = abs(estimate / se)
    f = reduction * t / np.sqrt(df)
    critical = quantile(known["level"], df - 1) / np.sqrt(df - 1)
    reach = quantile(known["level"], df) * se
    return [
        stated_row("estimate", outcome, estimate, low=estimate - reach, high=estimate + reach, se=se, df=df, **known),
        stated_row("robustness_value", outcome, _robustness_value(f), **known),
        stated_row("robustness_value_significance", outcome, _robustness_value(max(f - critical, 0.0)), **known),
        stated_row("partial_r2", outcome, t**2 / (t**2 + df), **known),
    ]


def _robustness_value(f: float) -> float:
    return float((np.sqrt(f**4 + 4 * f**2) - f**2) / 2)


def _partial_r2(x: Floats, y: Floats, columns: Sequence[int]) -> float:
    """Return the share that columns explain of what the others leave: of one column, or of all indicators of words."""
    left = (least_squares(np.delete(x, columns, axis=1), y)[1] ** 2).sum()
    return max(0.0, float(1 - (least_squares(x, y)[1] ** 2).sum() / left)) if left > 0 else 0.0


def _bounds(
    x: Floats,
    y: Floats,
    names: Sequence[str],
    benchmark: Sequence[str],
    strength: Sequence[float],
    estimate: float,
    se: float,
    df: float,
) -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for name in benchmark:
        columns_of = [i for i, one in enumerate(names) if i > 1 and (one == name or one.startswith(f"{name}["))]
        with_arm = _partial_r2(x[:, 1:], x[:, 0], [column - 1 for column in columns_of])
        with_outcome = _partial_r2(x, y, columns_of)
        for times in strength:
            arm_share = times * with_arm / (1 - with_arm)
            between = times * with_arm**2 / ((1 - times * with_arm) * (1 - with_arm))
            if times * with_arm >= 1 or between >= 1 or arm_share >= 1:
                rows.append((name, times, arm_share, None, None, None, "outcomes.reasons.impossible_strength"))
                continue
            scale = (np.sqrt(times) + np.sqrt(between)) / np.sqrt(1 - between)
            outcome_share = min(float(scale**2 * with_outcome / (1 - with_outcome)), 1.0)
            bias = se * np.sqrt(df) * np.sqrt(outcome_share * arm_share / (1 - arm_share))
            error = se * np.sqrt((1 - outcome_share) / (1 - arm_share) * df / (df - 1))
            adjusted = np.sign(estimate) * (abs(estimate) - bias)
            rows.append((name, times, arm_share, outcome_share, adjusted, error, None))
    columns = ["benchmark", "strength", "r2_arm", "r2_outcome", "adjusted_estimate", "adjusted_se", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _verdict(bounds: pd.DataFrame, estimate: float) -> str:
    if bounds.empty:
        return "too_weak"
    once = bounds[bounds["strength"] == bounds["strength"].min()]
    turned = bool((once["adjusted_estimate"] * np.sign(estimate) <= 0).any())
    return "contradicted" if turned else "not_contradicted"
