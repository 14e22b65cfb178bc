"""Ordinal outcomes: ranks, the probability of scoring higher, and the proportional-odds model."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.tools.sm_exceptions import ConvergenceWarning, HessianInversionWarning

from vises_methods.outcomes.inference import estimate_row, missing_row, quantile, share, stated_row
from vises_methods.outcomes.proportional_odds import proportional_odds_tests
from vises_methods.outcomes.regression import covariate_columns
from vises_methods.outcomes.requirements import (
    Floats,
    Values,
    cluster_codes,
    numbers,
    require_columns,
    require_range,
    served_indicator,
)
from vises_methods.results import NotEstimable, Result, fingerprint

_ENDLESS = 12.0
"""A log odds ratio over the range of a covariate that no data of people can show: e to the 12th, 160,000."""


def brunner_munzel(served: Values, comparison: Values, /, *, level: float = 0.95) -> Result:
    """Estimate the probability that a served person scores higher, ties counting half, without assuming equal spread.

    Use it for ordinal outcomes of two groups; the Mann-Whitney test assumes the same spread.

    Parameters
    ----------
    served, comparison : sequence of float
    level : float

    Returns
    -------
    Result
        ``p_superiority`` (0.5: no difference) with a t interval; ``statistic`` and ``p`` of the test against 0.5.

    References
    ----------
    Brunner, E. and Munzel, U. (2000). Biometrical Journal 42:17-25, section 2.

    Examples
    --------
    >>> brunner_munzel([3, 4, 5, 5, 4], [1, 2, 3, 3, 2]).estimates["estimate"].tolist()
    [0.96]
    """
    where = "brunner_munzel"
    require_range(level, 0, 1, f"{where}(level=)")
    one, two = numbers(served, where, "served"), numbers(comparison, where, "comparison")
    x, y = one[~np.isnan(one)], two[~np.isnan(two)]
    n = len(x) + len(y)
    known: dict[str, Any] = {"n": n, "coverage": share(n, len(one) + len(two)), "level": level}
    reason = "outcomes.reasons.few_people" if min(len(x), len(y)) < 2 else None
    if reason is None:
        value, se, df = _relative_effect(x, y)
        reason = None if se > 0 else "outcomes.reasons.no_overlap"
    if reason:
        row = missing_row("p_superiority", "difference", reason, **known)
    else:
        reach, t = quantile(level, df) * se, (value - 0.5) / se
        low, high = max(0.0, value - reach), min(1.0, value + reach)
        row = stated_row("p_superiority", "difference", value, low=low, high=high, se=se, df=df, statistic=t,
                         p=float(2 * stats.t.sf(abs(t), df)), **known)  # fmt: skip
    return Result(
        method="Brunner-Munzel test",
        reference="Brunner and Munzel 2000, section 2",
        estimates=pd.DataFrame([row]),
        options={"level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"served": fingerprint(pd.Series(one)), "comparison": fingerprint(pd.Series(two))},
    )


def rank_sum(served: Values, comparison: Values, /, *, level: float = 0.95) -> Result:
    """Test two groups by their ranks (Mann-Whitney), with the shift between them (Hodges-Lehmann).

    Parameters
    ----------
    served, comparison : sequence of float
    level : float

    Returns
    -------
    Result
        ``shift``, the median of all differences, with its interval; ``statistic`` Mann-Whitney's U of the served;
        ``p`` by the normal approximation with corrections for ties and continuity.

    References
    ----------
    Hollander, Wolfe and Chicken (2014). Nonparametric Statistical Methods, 3rd ed., sections 4.1-4.3.

    Examples
    --------
    >>> rank_sum([4, 6, 8], [1, 2, 3]).estimates[["estimate", "statistic"]].values.tolist()
    [[4.0, 9.0]]
    """
    where = "rank_sum"
    require_range(level, 0, 1, f"{where}(level=)")
    one, two = numbers(served, where, "served"), numbers(comparison, where, "comparison")
    x, y = one[~np.isnan(one)], two[~np.isnan(two)]
    n = len(x) + len(y)
    known: dict[str, Any] = {"n": n, "coverage": share(n, len(one) + len(two)), "level": level}
    reason = "outcomes.reasons.few_people" if min(len(x), len(y)) < 1 else None
    if reason is None and np.ptp(np.concatenate([x, y])) == 0:
        reason = "outcomes.reasons.no_variation"
    if reason:
        row = missing_row("shift", "difference", reason, **known)
    else:
        test = stats.mannwhitneyu(x, y, method="asymptotic")
        apart = np.sort((x[:, None] - y[None, :]).ravel())
        spread = float(np.sqrt(len(x) * len(y) * (n + 1) / 12))
        reach = int(np.clip(np.floor(len(apart) / 2 - quantile(level, None) * spread - 0.5), 0, len(apart) - 1))
        row = stated_row("shift", "difference", float(np.median(apart)), low=float(apart[reach]),
                         high=float(apart[len(apart) - 1 - reach]), statistic=float(test.statistic),
                         p=float(test.pvalue), **known)  # fmt: skip
    return Result(
        method="Mann-Whitney test",
        reference="Hollander, Wolfe and Chicken 2014, sections 4.1-4.3",
        estimates=pd.DataFrame([row]),
        options={"level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"served": fingerprint(pd.Series(one)), "comparison": fingerprint(pd.Series(two))},
    )


def ordered_logit(
    frame: pd.DataFrame,
    outcome: str,
    arm: str = "arm",
    covariates: Sequence[str] = (),
    clusters: str | None = None,
    *,
    level: float = 0.95,
) -> Result:
    """Compare an ordinal outcome by the odds of a higher answer, the same at every step (proportional odds).

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    outcome : str
        Numbers in the order of the answers.
    arm : str
    covariates : sequence of str
        The baseline answer among them.
    clusters : str, optional
        Errors are then summed by cluster (CR0 times J/(J-1)) and tested with J - 1 degrees of freedom.
    level : float

    Returns
    -------
    Result
        ``log_odds_ratio`` of being served. ``details``: ``coefficients`` with the thresholds, and
        ``proportional_odds``, per term the likelihood-ratio test of one odds ratio at every step (people taken as
        independent; a small p value contradicts the model, a large one does not prove it).

    Raises
    ------
    InputError
        On missing columns.

    References
    ----------
    McCullagh, P. (1980). Journal of the Royal Statistical Society B 42:109-142, section 2.

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": [1] * 6 + [0] * 6, "y": [2, 3, 3, 2, 3, 1, 1, 2, 1, 1, 3, 2]})
    >>> round(ordered_logit(frame, "y").value, 1)
    1.6
    """
    where = "ordered_logit"
    require_columns(frame, [outcome, arm, *covariates, *([clusters] if clusters else [])], where)
    require_range(level, 0, 1, f"{where}(level=)")
    columns = covariate_columns(frame, covariates, where)
    y = numbers(frame[outcome], where, outcome)
    design = pd.concat([pd.Series(served_indicator(frame[arm], where), index=frame.index, name=arm), columns], axis=1)
    keep = design.notna().all(axis=1).to_numpy() & ~np.isnan(y)
    keep &= frame[clusters].notna().to_numpy() if clusters else True
    x, answers = design[keep].to_numpy(dtype=float), y[keep]
    known: dict[str, Any] = {"n": len(x), "coverage": share(len(x), len(frame)), "level": level}
    codes = cluster_codes(frame.loc[keep, clusters]) if clusters else None
    reason = _obstacle(x, answers, codes)
    details: dict[str, pd.DataFrame] = {}
    fitted = None
    if reason is None:
        ranks = np.unique(answers, return_inverse=True)[1]
        fitted = _fitted(ranks, x)
        reason = None if fitted is not None else "outcomes.reasons.no_overlap_odds"
    if reason or fitted is None:
        row = missing_row("log_odds_ratio", outcome, reason or "", **known)
    else:
        se, df, groups = _error(fitted, codes)
        row = estimate_row("log_odds_ratio", outcome, float(fitted.params[0]), se, df, clusters=groups, **known)
        thresholds = fitted.model.transform_threshold_params(fitted.params)[1:-1]
        names = [*design.columns, *(f"threshold {i + 1}" for i in range(len(thresholds)))]
        values = [*fitted.params[: x.shape[1]], *thresholds]
        start = np.asarray(values, dtype=float)
        terms = {name: [i for i, column in enumerate(design.columns) if column == name or column.startswith(f"{name}[")]
                 for name in (arm, *covariates)}  # fmt: skip
        details = {
            "coefficients": pd.DataFrame({"term": names, "estimate": start}),
            "proportional_odds": proportional_odds_tests(ranks, x, terms, start),
        }
    return Result(
        method="ordered logit",
        reference="McCullagh 1980, section 2",
        estimates=pd.DataFrame([row]),
        details=details,
        options={"outcome": outcome, "arm": arm, "covariates": list(covariates), "clusters": clusters, "level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys([outcome, arm, *covariates])]])},
    )


def _relative_effect(x: Floats, y: Floats) -> tuple[float, float, float]:
    """Return P(x > y) + P(x = y) / 2, its standard error, and Satterthwaite degrees of freedom."""
    everyone = stats.rankdata(np.concatenate([x, y]))
    placed = [everyone[: len(x)] - stats.rankdata(x), everyone[len(x) :] - stats.rankdata(y)]
    value = float(placed[0].mean() / len(y))
    parts = [placed[0].var(ddof=1) / (len(y) ** 2 * len(x)), placed[1].var(ddof=1) / (len(x) ** 2 * len(y))]
    total = sum(parts)
    df = total**2 / (parts[0] ** 2 / (len(x) - 1) + parts[1] ** 2 / (len(y) - 1)) if total > 0 else 0.0
    return value, float(np.sqrt(total)), float(df)


def _obstacle(x: Floats, answers: Floats, codes: Any) -> str | None:
    if len(x) <= x.shape[1] + 2 or len(np.unique(x[:, 0])) < 2:
        return "outcomes.reasons.few_people"
    if np.linalg.matrix_rank(np.column_stack([np.ones(len(x)), x])) <= x.shape[1]:
        return "outcomes.reasons.covariates_repeat"
    if len(np.unique(answers)) < 2:
        return "outcomes.reasons.no_variation"
    if codes is not None and codes.max() == 0:
        return "outcomes.reasons.one_cluster"
    return None


def _fitted(ranks: Any, x: Floats) -> Any:
    """Return the fit, or None where the odds have no end: an answer that only one side of a covariate gave."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (ConvergenceWarning, HessianInversionWarning, RuntimeWarning))
        fitted = OrderedModel(ranks, x, distr="logit").fit(method="bfgs", disp=False, gtol=1e-9, maxiter=500)
    return fitted if np.abs(fitted.params[: x.shape[1]] * np.ptp(x, axis=0)).max() < _ENDLESS else None


def _error(fitted: Any, codes: Any) -> tuple[float, float | None, int | None]:
    bread = np.linalg.pinv(-fitted.model.hessian(fitted.params))
    if codes is None:
        return float(np.sqrt(bread[0, 0])), None, None
    scores = np.asarray(fitted.model.score_obs(fitted.params))
    groups = int(codes.max()) + 1
    sums = np.zeros((groups, scores.shape[1]))
    np.add.at(sums, codes, scores)
    variance = (bread @ (sums.T @ sums) @ bread)[0, 0] * groups / (groups - 1)
    return float(np.sqrt(variance)), groups - 1.0, groups
