"""How strong something unseen would have to be to explain an estimate away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import missing_row, share, stated_row
from vises_methods.outcomes.ranks import paired_differences
from vises_methods.outcomes.regression import covariate_columns, least_squares
from vises_methods.outcomes.requirements import (
    Floats,
    Values,
    numbers,
    require_columns,
    require_number,
    require_option,
    require_range,
    served_indicator,
)
from vises_methods.results import NotEstimable, Result, fingerprint

RatioMeasure = Literal["RR", "OR", "HR", "SMD"]
RATIO_MEASURES: tuple[str, ...] = ("RR", "OR", "HR", "SMD")
_LARGEST_SMD = 100.0


def e_value(
    estimate: float,
    low: float | None = None,
    high: float | None = None,
    *,
    measure: RatioMeasure = "RR",
    rare: bool = False,
    se: float | None = None,
) -> Result:
    """Say how strongly something unseen must go with both being served and the outcome to explain the estimate away.

    Parameters
    ----------
    estimate : float
        A risk ratio, odds ratio, hazard ratio, or standardised mean difference.
    low, high : float, optional
        Limits of its interval.
    measure : {"RR", "OR", "HR", "SMD"}
    rare : bool
        Whether the outcome is rarer than 15 % in all groups: odds and hazard ratios then stand for risk ratios, else
        the square root and VanderWeele's conversion are used.
    se : float, optional
        Of a standardised difference, from which its limits follow.

    Returns
    -------
    Result
        ``e_value`` of the estimate and ``e_value_limit`` of the limit nearer to no difference (1 where the interval
        holds it), both on the risk-ratio scale; ``details["converted"]``: the ratio and its limits.

    Raises
    ------
    InputError
        On an unknown measure, or a ratio that is not positive.

    References
    ----------
    VanderWeele, T. J. and Ding, P. (2017). Annals of Internal Medicine 167:268-274, table 2.

    Examples
    --------
    >>> e_value(3.9, 1.8, 8.7).estimates["estimate"].round(2).tolist()
    [7.26, 3.0]
    """
    where = "e_value"
    require_option(measure, RATIO_MEASURES, f"{where}(measure=)")
    for name, given_value in (("estimate", estimate), ("low", low), ("high", high), ("se", se)):
        if name == "estimate" or given_value is not None:
            require_number(given_value, f"{where}({name}=)", 0 if name == "se" else -np.inf)
    if measure == "SMD":
        require_range(estimate, -_LARGEST_SMD, _LARGEST_SMD, f"{where}(estimate=)")
    given = [estimate, low, high]
    if measure == "SMD" and se is not None:
        given[1:] = [np.log(_risk_ratio(estimate, measure, rare)) / 0.91 + side * 1.78 / 0.91 * se for side in (-1, 1)]
    if measure != "SMD" and any(value is not None and value <= 0 for value in given):
        raise InputError("out_of_range", f"{where}(estimate=)", value=estimate, allowed="> 0")
    ratios = [None if value is None else _risk_ratio(value, measure, rare) for value in given]
    ratio, lower, upper = float(ratios[0] or 0), ratios[1], ratios[2]
    nearer = lower if ratio >= 1 else upper
    rows = [stated_row("e_value", "estimate", _strength(ratio), n=1, coverage=1.0)]
    if nearer is None:
        rows.append(missing_row("e_value_limit", "limit", "outcomes.reasons.no_interval"))
    else:
        holds_one = (ratio >= 1) == (nearer <= 1) or nearer == 1
        rows.append(stated_row("e_value_limit", "limit", 1.0 if holds_one else _strength(nearer), n=1, coverage=1.0))
    converted = pd.DataFrame([{"ratio": ratio, "low": lower, "high": upper}])
    return Result(
        method="E-value",
        reference="VanderWeele and Ding 2017, table 2",
        estimates=pd.DataFrame(rows),
        details={"converted": converted},
        options={"estimate": estimate, "low": low, "high": high, "measure": measure, "rare": rare, "se": se},
    )


def rosenbaum_bounds(
    first: Values, second: Values, gamma: Sequence[float] = (1.0, 1.5, 2.0, 2.5, 3.0), *, level: float = 0.95
) -> Result:
    """Say how unequal the odds of being served within a pair may be before the signed-rank test loses its verdict.

    Use it after matching in pairs, the served person first; the test is one-sided: first above second.

    Parameters
    ----------
    first, second : sequence of float
        One value per pair, in the same order; unchanged pairs are left out.
    gamma : sequence of float
        Odds ratios within a pair, 1 or more: 1 is chance.
    level : float

    Returns
    -------
    Result
        ``sensitivity`` first: the largest gamma at which the upper p value stays below 1 - level (missing where even
        chance does not give one). ``details["bounds"]``: ``gamma, p_lower, p_upper``.

    Raises
    ------
    InputError
        On a gamma under 1, or different lengths.

    References
    ----------
    Rosenbaum, P. R. (2002). Observational Studies, 2nd ed., section 4.3.3.

    Examples
    --------
    >>> bounds = rosenbaum_bounds([38, 23, 41, 18, 37, 36], [16, 18, 18, 24, 19, 11], [1, 2])
    >>> bounds.details["bounds"]["p_upper"].round(3).tolist()
    [0.037, 0.133]
    """
    where = "rosenbaum_bounds"
    if any(value < 1 for value in gamma):
        raise InputError("out_of_range", f"{where}(gamma=)", value=float(min(gamma)), allowed="≥ 1")
    require_range(level, 0, 1, f"{where}(level=)")
    change, asked = paired_differences(second, first, where)
    moved = change[change != 0]
    known: dict[str, Any] = {"n": len(change), "coverage": share(len(change), asked), "level": level}
    reason = "outcomes.reasons.no_variation" if len(moved) == 0 else None
    details: dict[str, pd.DataFrame] = {}
    if reason:
        row = missing_row("sensitivity", "pairs", reason, **known)
    else:
        ranks = np.asarray(stats.rankdata(np.abs(moved)), dtype=float)
        positive = float(ranks[moved > 0].sum())
        table = [(g, _signed_rank_tail(ranks, positive, 1 / (1 + g)), _signed_rank_tail(ranks, positive, g / (1 + g)))
                 for g in map(float, gamma)]  # fmt: skip
        details = {"bounds": pd.DataFrame(table, columns=["gamma", "p_lower", "p_upper"])}
        limit = _largest_gamma(ranks, positive, 1 - level)
        if limit is None:
            row = missing_row("sensitivity", "pairs", "outcomes.reasons.no_verdict_at_chance", **known)
        else:
            row = stated_row("sensitivity", "pairs", limit, **known)
    return Result(
        method="Rosenbaum bounds",
        reference="Rosenbaum 2002, section 4.3.3",
        estimates=pd.DataFrame([row]),
        details=details,
        options={"gamma": list(gamma), "level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"change": fingerprint(pd.Series(change))},
    )


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


def _risk_ratio(value: float, measure: RatioMeasure, rare: bool) -> float:
    if measure == "SMD":
        return float(np.exp(0.91 * value))
    if measure == "RR" or rare:
        return float(value)
    if measure == "OR":
        return float(np.sqrt(value))
    return float((1 - 0.5 ** np.sqrt(value)) / (1 - 0.5 ** np.sqrt(1 / value)))


def _strength(ratio: float) -> float:
    above = max(ratio, 1 / ratio)
    return float(above + np.sqrt(above * (above - 1)))


def _signed_rank_tail(ranks: Floats, positive: float, chance: float) -> float:
    expected, spread = chance * ranks.sum(), np.sqrt(chance * (1 - chance) * (ranks**2).sum())
    return float(stats.norm.sf((positive - expected) / spread))


def _largest_gamma(ranks: Floats, positive: float, size: float) -> float | None:
    """Solve T - E = z sqrt(V) for the chance of a positive sign, hence for gamma."""
    low, high = 0.5, 1 - 1e-12
    if _signed_rank_tail(ranks, positive, low) > size:
        return None
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _signed_rank_tail(ranks, positive, middle) <= size else (low, middle)
    return float(low / (1 - low))


def _coefficient(x: Floats, y: Floats, column: int, df: float) -> tuple[float, float]:
    coefficients, residuals = least_squares(x, y)
    bread = np.linalg.pinv(x.T @ x)
    return float(coefficients[column]), float(np.sqrt((residuals**2).sum() / df * bread[column, column]))


def _robustness(
    estimate: float, se: float, df: float, reduction: float, outcome: str, known: dict[str, Any]
) -> list[dict[str, Any]]:
    t = abs(estimate / se)
    f = reduction * t / np.sqrt(df)
    critical = float(stats.t.ppf(0.5 + known["level"] / 2, df - 1)) / np.sqrt(df - 1)
    reach = float(stats.t.ppf(0.5 + known["level"] / 2, df)) * se
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
