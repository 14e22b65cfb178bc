"""Outcomes that are counted (visits, jobs, nights): rates beside a comparison, and before and after."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize, special, stats

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import estimate_row, missing_row, quantile, share, stated_row
from vises_methods.outcomes.regression import covariate_columns
from vises_methods.outcomes.requirements import (
    Floats,
    Values,
    cluster_codes,
    numbers,
    require_columns,
    require_option,
    require_range,
    same_length,
    served_indicator,
)
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

CountModel = Literal["quasipoisson", "poisson", "negative_binomial"]
COUNT_MODELS: tuple[str, ...] = ("quasipoisson", "poisson", "negative_binomial")
_TINY = 1e-10
_FEW_PEOPLE = 2
_LARGEST_SPREAD = 1e3


def count_comparison(
    frame: pd.DataFrame,
    outcome: str,
    arm: str = "arm",
    exposure: str | None = None,
    clusters: str | None = None,
    covariates: Sequence[str] | None = None,
    *,
    model: CountModel = "quasipoisson",
    level: float = 0.95,
) -> Result:
    """Say how many times as often something happened to served people as to the comparison group.

    Use it for counts over a time that may differ from person to person. Counts of people vary more than chance alone
    (Poisson) would have them; the default widens the interval accordingly and the result says by how much.

    Parameters
    ----------
    frame : DataFrame
        One row per person; rows with a missing value are left out and counted.
    outcome : str
        Column of counts, 0 or more, whole.
    arm : str
    exposure : str, optional
        Column of the time or the number of occasions over which was counted; one for everyone by default.
    clusters : str, optional
        With it, the standard error is that of the sums of scores by cluster (CR1: J / (J - 1)), tested with J - 1
        degrees of freedom, whatever the model.
    covariates : sequence of str, optional
        For instance the count before.
    model : {"quasipoisson", "poisson", "negative_binomial"}
        How the variance grows with the mean: in proportion (its factor estimated from the Pearson residuals and never
        under one, so that an interval is never narrower than Poisson's), equal to it, or with its square too (NB2, by
        maximum likelihood).
    level : float

    Returns
    -------
    Result
        ``rate_ratio`` (``se`` and ``statistic`` are those of its logarithm, told in ``log_rate_ratio``); without
        covariates also ``rate_difference`` per unit of exposure, with independent people.
        ``details["rates"]``: counts, exposure and rates by arm; ``details["dispersion"]``: the Pearson factor (1 where
        counts vary as chance has them), its p value, and the ``alpha`` of the negative binomial.

    Raises
    ------
    InputError
        On a count that is negative or not whole, an exposure that is not positive, missing columns, unknown options.

    References
    ----------
    McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, chapter 6; Cameron, A. C. and Trivedi, P. K.
    (2013). Regression Analysis of Count Data, chapter 3.

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": [1, 1, 1, 0, 0, 0], "visits": [4, 6, 5, 2, 3, 1], "months": [6, 6, 6, 6, 6, 6]})
    >>> result = count_comparison(frame, "visits", exposure="months", model="poisson")
    >>> result.estimates.loc[0, ["estimate", "low", "high"]].astype(float).round(2).tolist()
    [2.5, 0.97, 6.44]
    """
    where = "count_comparison"
    named = [name for name in (exposure, clusters) if name]
    columns = [outcome, arm, *named, *(covariates or [])]
    require_columns(frame, columns, where)
    require_option(model, COUNT_MODELS, f"{where}(model=)")
    require_range(level, 0, 1, f"{where}(level=)")
    counts = numbers(frame[outcome], where, outcome)
    time = numbers(frame[exposure], where, exposure) if exposure else np.ones(len(frame))
    _require_counts(counts, time, where)
    served = served_indicator(frame[arm], f"{where}(arm=)")
    design = np.column_stack([served, np.ones(len(frame)), covariate_columns(frame, list(covariates or []), where)])
    keep = ~np.isnan(counts) & ~np.isnan(time) & ~np.isnan(design).any(axis=1)
    keep &= frame[clusters].notna().to_numpy() if clusters else True
    y, x, t = counts[keep], design[keep].astype(float), time[keep]
    codes = cluster_codes(frame.loc[keep, clusters]) if clusters else None
    used = {"outcome": outcome, "arm": arm, "exposure": exposure, "clusters": clusters,
            "covariates": list(covariates or []), "model": model, "level": level}  # fmt: skip
    groups = None if codes is None or not len(codes) else int(codes.max()) + 1
    known: dict[str, Any] = {"n": len(y), "coverage": share(len(y), len(frame)), "level": level, "clusters": groups}
    reason = _obstacle(y, x, groups)
    details: dict[str, pd.DataFrame] = {}
    if reason:
        rows = [missing_row(measure, outcome, reason, **known) for measure in ("rate_ratio", "log_rate_ratio")]
    else:
        rows, details = _compared(y, x, t, codes, used, known)
    return Result(
        method=f"comparison of rates, {model}",
        reference="McCullagh and Nelder 1989, chapter 6; Cameron and Trivedi 2013, chapter 3",
        estimates=pd.DataFrame(rows),
        details=details,
        options=used,
        notices=() if clusters else (Notice("outcomes.notices.independent_people", {}),),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys(columns)]])},
    )


def count_change(before: Values, after: Values, /, exposure_ratio: float = 1.0, *, level: float = 0.95) -> Result:
    """Say how many times as often something happened to the same people after as before.

    Parameters
    ----------
    before, after : sequence of int
        One count per person, in the same order; people with one missing are left out and counted.
    exposure_ratio : float
        How long the time after was, the time before being one.
    level : float

    Returns
    -------
    Result
        ``rate_ratio`` after over before, of the sums over people. Its interval comes from the differences between
        people (each person's two counts hang together), not from Poisson's law; ``se`` is that of the logarithm. ``p``
        is of the same t statistic, n - 1 degrees of freedom. ``details["events"]``: the sums, and ``p_exact``, the
        binomial test that holds only if all events are independent.

    Raises
    ------
    InputError
        On counts that are negative or not whole, different lengths, or an exposure ratio that is not positive.

    References
    ----------
    Cameron, A. C. and Trivedi, P. K. (2013). Regression Analysis of Count Data, chapter 9 (panel Poisson with
    clustered errors: the ratio of sums is its estimate); Przyborowski, J. and Wilenski, H. (1940). Biometrika
    31:313-323 (the binomial test).

    Examples
    --------
    >>> result = count_change([4, 6, 3, 5, 8], [2, 3, 2, 1, 5])
    >>> result.value, result.details["events"]["p_exact"].round(3).iloc[0]
    (0.5, np.float64(0.053))
    """
    where = "count_change"
    require_range(level, 0, 1, f"{where}(level=)")
    require_range(exposure_ratio, 0, np.inf, f"{where}(exposure_ratio=)")
    first, last = numbers(before, where, "before"), numbers(after, where, "after")
    same_length(where, first, last)
    _require_counts(np.concatenate([first, last]), np.ones(1), where)
    seen = ~np.isnan(first + last)
    x, y, n = first[seen], last[seen], int(seen.sum())
    known: dict[str, Any] = {"n": n, "coverage": share(n, len(first)), "level": level}
    reason = "outcomes.reasons.few_people" if n < _FEW_PEOPLE else None
    reason = reason or ("outcomes.reasons.empty_cell" if min(x.sum(), y.sum()) == 0 else None)
    details: dict[str, pd.DataFrame] = {}
    if reason:
        row = missing_row("rate_ratio", "after / before", reason, **known)
    else:
        pull = y / y.sum() - x / x.sum()
        se = float(np.sqrt(n / (n - 1) * (pull**2).sum()))
        value = float(np.log(y.sum() / x.sum() / exposure_ratio))
        row = _ratio_row("after / before", value, se, n - 1.0, known)
        odds = exposure_ratio / (1 + exposure_ratio)
        p = stats.binomtest(int(y.sum()), int((x + y).sum()), odds).pvalue
        details = {"events": pd.DataFrame([{"before": x.sum(), "after": y.sum(), "p_exact": p}])}
    return Result(
        method="change of a rate",
        reference="Cameron and Trivedi 2013, chapter 9; Przyborowski and Wilenski 1940",
        estimates=pd.DataFrame([row]),
        details=details,
        options={"exposure_ratio": exposure_ratio, "level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"counts": fingerprint(pd.DataFrame({"before": first, "after": last}))},
    )


def _require_counts(counts: Floats, time: Floats, where: str) -> None:
    known = counts[~np.isnan(counts)]
    wrong = known[(known < 0) | (known != np.round(known))]
    if len(wrong):
        raise InputError("out_of_range", where, value=float(wrong[0]), allowed="0, 1, 2, …")
    if (time[~np.isnan(time)] <= 0).any():
        raise InputError("out_of_range", f"{where}(exposure=)", value=float(np.nanmin(time)), allowed="> 0")


def _obstacle(y: Floats, x: Floats, groups: int | None) -> str | None:
    arms = [y[x[:, 0] == side] for side in (1.0, 0.0)]
    if len(y) <= x.shape[1] or min(len(arm) for arm in arms) < _FEW_PEOPLE:
        return "outcomes.reasons.one_arm" if min(len(arm) for arm in arms) == 0 else "outcomes.reasons.few_people"
    if min(arm.sum() for arm in arms) == 0:
        return "outcomes.reasons.empty_cell"
    return "outcomes.reasons.one_cluster" if groups == 1 else None


def _compared(
    y: Floats, x: Floats, t: Floats, codes: Any, used: dict[str, Any], known: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, pd.DataFrame]]:
    rate, coefficients = _fitted(y, x, t, 0.0)
    left = len(y) - x.shape[1]
    pearson = float(((y - rate) ** 2 / rate).sum())
    factor, alpha, df = 1.0, 0.0, None
    if used["model"] == "negative_binomial":
        alpha = _negative_binomial(y, x, t)
        rate, coefficients = _fitted(y, x, t, alpha)
    if used["model"] == "quasipoisson":
        factor, df = max(1.0, pearson / left), float(left)
    weight = rate / (1 + alpha * rate)
    bread = np.linalg.inv(x.T @ (x * weight[:, None]))
    variance = factor * bread[0, 0]
    if codes is not None:
        groups, sums = known["clusters"], np.zeros((known["clusters"], x.shape[1]))
        np.add.at(sums, codes, x * ((y - rate) / (1 + alpha * rate))[:, None])
        variance = groups / (groups - 1) * float(((sums @ bread[0]) ** 2).sum())
        df = groups - 1.0
    value, se = float(coefficients[0]), float(np.sqrt(variance))
    plain = estimate_row("log_rate_ratio", used["outcome"], value, se, df, minimum_df=1, **known)
    rows = [_ratio_row(used["outcome"], value, se, df, known) | {"p": plain["p"], "p_reason": plain["p_reason"]}, plain]
    rates = _rates(y, x[:, 0], t)
    if codes is None and x.shape[1] == 2:
        spread = factor * (rates["events"] / rates["exposure"] ** 2)
        if alpha:
            spread += [alpha * float(((r * t[x[:, 0] == s]) ** 2).sum()) / e**2
                       for s, r, e in zip((1.0, 0.0), rates["rate"], rates["exposure"], strict=True)]  # fmt: skip
        difference = float(rates["rate"].iloc[0] - rates["rate"].iloc[1])
        rows.append(estimate_row("rate_difference", used["outcome"], difference, float(np.sqrt(spread.sum())), df,
                                 minimum_df=1, **known))  # fmt: skip
    dispersion = {"pearson": pearson / left, "p": float(stats.chi2.sf(pearson, left)), "alpha": alpha}
    return rows, {"rates": rates, "dispersion": pd.DataFrame([dispersion])}


def _ratio_row(subject: str, value: float, se: float, df: float | None, known: dict[str, Any]) -> dict[str, Any]:
    if se <= _TINY:
        return missing_row("rate_ratio", subject, "outcomes.reasons.no_variation", **known)
    reach = quantile(known["level"], df) * se
    p = float(2 * stats.norm.sf(abs(value / se)) if df is None else 2 * stats.t.sf(abs(value / se), df))
    return stated_row("rate_ratio", subject, np.exp(value), low=float(np.exp(value - reach)), se=se, df=df, p=p,
                      high=float(np.exp(value + reach)), statistic=value / se, **known)  # fmt: skip


def _rates(y: Floats, served: Floats, t: Floats) -> pd.DataFrame:
    lines = [(word, float(y[served == side].sum()), float(t[served == side].sum()))
             for word, side in (("participants", 1.0), ("comparison", 0.0))]  # fmt: skip
    table = pd.DataFrame(lines, columns=["arm", "events", "exposure"])
    return table.assign(rate=table["events"] / table["exposure"])


def _fitted(y: Floats, x: Floats, t: Floats, alpha: float) -> tuple[Floats, Floats]:
    family = sm.families.NegativeBinomial(alpha=alpha) if alpha > _TINY else sm.families.Poisson()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.GLM(y, x, family=family, offset=np.log(t)).fit(maxiter=200, tol=1e-12)
    return np.asarray(fit.mu, dtype=float), np.asarray(fit.params, dtype=float)


def _negative_binomial(y: Floats, x: Floats, t: Floats) -> float:
    """Return the alpha of highest likelihood, the coefficients fitted anew for each; nought where counts vary less."""

    def lost(log_alpha: float) -> float:
        size = np.exp(-log_alpha)
        rate = _fitted(y, x, t, float(np.exp(log_alpha)))[0]
        terms = special.gammaln(y + size) - special.gammaln(size) + size * np.log(size) + special.xlogy(y, rate)
        return float(-(terms - (y + size) * np.log(size + rate)).sum())

    found = optimize.minimize_scalar(
        lost, bounds=(np.log(1e-6), np.log(_LARGEST_SPREAD)), method="bounded", options={"xatol": 1e-8}
    )
    alpha = float(np.exp(found.x))
    return alpha if alpha > 2e-6 else 0.0
