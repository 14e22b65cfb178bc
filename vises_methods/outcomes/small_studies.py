"""Do small enterprises show other effects than large ones? Tests of the asymmetry of a funnel, and trim and fill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes.heterogeneity import METHODS, between_variance, weighted_fit
from vises_methods.outcomes.inference import estimate_row, missing_row, share, stated_row
from vises_methods.outcomes.pooling import PoolingMethod
from vises_methods.outcomes.requirements import Floats, Values, numbers, require_option, require_range, same_length
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

_FEWEST, _TRUSTED = 3, 10
_MEASURES = ("egger_slope", "limit", "kendall_tau", "trim_and_fill")


def small_study_effects(
    effects: Values,
    variances: Values,
    method: PoolingMethod = "REML",
    level: float = 0.95,
    *,
    names: Sequence[str] | None = None,
    unit: str | None = None,
) -> Result:
    """Ask whether enterprises with uncertain estimates show other effects than those with sure ones.

    Use it beside ``pool``, with ten enterprises or more: small surveys may show more because only striking ones were
    handed in, or because small enterprises work otherwise. The tests cannot tell which, and are weak with few.

    Parameters
    ----------
    effects, variances : sequence of float
        One per enterprise; those with a missing value are left out and counted.
    method : str
        How tau squared is estimated when effects are trimmed, and for the mean after filling in, as in ``pool``.
    level : float
    names : sequence of str, optional
        Of the enterprises, in the table of the funnel.
    unit : str, optional

    Returns
    -------
    Result
        Rows ``egger_slope`` (the effect's rise per unit of its standard error, weighted least squares, t with k - 2),
        ``limit`` (the effect where the standard error is nought), ``kendall_tau`` (rank correlation of standardised
        effects and variances; exact without ties) and ``trim_and_fill`` (the mean with the missing side filled in).
        ``details``: ``funnel`` (``name, effect, variance, filled``) and ``filled`` (how many, on which side). Under
        three enterprises nothing is estimable; under ten a notice says that the tests can hardly find anything.

    Raises
    ------
    InputError
        On an unknown method, lengths that differ, or a variance that is not positive.

    References
    ----------
    Egger, M. et al. (1997). BMJ 315:629-634; Begg, C. B. and Mazumdar, M. (1994). Biometrics 50:1088-1101; Duval, S.
    and Tweedie, R. (2000). Biometrics 56:455-463 (estimator L0).

    Examples
    --------
    >>> found = small_study_effects([0.1, 0.2, 0.3, 0.5, 0.9], [0.01, 0.02, 0.04, 0.09, 0.2])
    >>> found.estimates[["measure", "estimate"]].round(2).values.tolist()[:2]
    [['egger_slope', 2.16], ['limit', -0.12]]
    """
    where = "small_study_effects"
    require_option(method, METHODS, f"{where}(method=)")
    require_range(level, 0, 1, f"{where}(level=)")
    y_all, v_all = numbers(effects, where, "effects"), numbers(variances, where, "variances")
    same_length(where, y_all, v_all)
    if (v_all[~np.isnan(v_all)] <= 0).any():
        raise InputError("out_of_range", f"{where}(variances=)", value=float(np.nanmin(v_all)), allowed="> 0")
    labels = [str(name) for name in names] if names is not None else [str(i + 1) for i in range(len(y_all))]
    same_length(f"{where}(names=)", y_all, labels)
    keep = ~(np.isnan(y_all) | np.isnan(v_all))
    y, v = y_all[keep], v_all[keep]
    known: dict[str, Any] = {"n": len(y), "coverage": share(len(y), len(y_all)), "level": level, "unit": unit}
    reason = None
    if len(y) < _FEWEST:
        reason = "outcomes.reasons.few_enterprises"
    elif np.ptp(v) == 0:
        reason = "outcomes.reasons.equal_variances"
    details: dict[str, pd.DataFrame] = {}
    if reason:
        rows = [missing_row(name, "enterprises", reason, **known) for name in _MEASURES]
    else:
        filled, details = _filled(y, v, [label for label, used in zip(labels, keep, strict=True) if used], method)
        rows = [*_egger(y, v, known), _begg(y, v, known), _mean(*filled, method, known)]
    weak = [Notice("outcomes.notices.few_for_asymmetry", {"k": len(y)})] if reason is None and len(y) < _TRUSTED else []
    return Result(
        method="small-study effects",
        reference="Egger et al. 1997; Begg and Mazumdar 1994; Duval and Tweedie 2000",
        estimates=pd.DataFrame(rows),
        details=details,
        options={"method": method, "level": level, "unit": unit},
        notices=tuple(weak),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"effects": fingerprint(pd.DataFrame({"yi": y_all, "vi": v_all}))},
    )


def _egger(y: Floats, v: Floats, known: dict[str, Any]) -> list[dict[str, Any]]:
    x = np.column_stack([np.ones(len(y)), np.sqrt(v)])
    fit = weighted_fit(y, 1 / v, x)
    df = float(len(y) - 2)
    errors = np.sqrt(np.diag(fit.covariance) * fit.residual / df)
    found = zip(("egger_slope", "limit"), fit.coefficients[::-1], errors[::-1], strict=True)
    return [estimate_row(name, "enterprises", float(value), float(se), df, minimum_df=0, **known)
            for name, value, se in found]  # fmt: skip


def _begg(y: Floats, v: Floats, known: dict[str, Any]) -> dict[str, Any]:
    mean = float((y / v).sum() / (1 / v).sum())
    apart = (y - mean) / np.sqrt(v - 1 / (1 / v).sum())
    if np.ptp(y) == 0:
        return missing_row("kendall_tau", "enterprises", "outcomes.reasons.no_variation", **known)
    tied = len(np.unique(apart)) < len(y) or len(np.unique(v)) < len(y)
    test = stats.kendalltau(apart, v, method="asymptotic" if tied else "exact")
    return stated_row("kendall_tau", "enterprises", float(test.statistic), p=float(test.pvalue), **known)


def _mean(y: Floats, v: Floats, method: str, known: dict[str, Any]) -> dict[str, Any]:
    x = np.ones((len(y), 1))
    fit = weighted_fit(y, 1 / (v + between_variance(y, v, x, method).tau2), x)
    se = float(fit.covariance[0, 0] ** 0.5)
    return estimate_row("trim_and_fill", "enterprises", float(fit.coefficients[0]), se, None, minimum_df=0, **known)


def _filled(
    y: Floats, v: Floats, names: Sequence[str], method: str
) -> tuple[tuple[Floats, Floats], dict[str, pd.DataFrame]]:
    """Return effects and variances with mirrored ones on the side that lacks them (estimator L0).

    The side is the one from which effects draw away as errors grow. Estimates are turned so that it is the left.
    """
    left = _centre(y, v, np.column_stack([np.ones(len(y)), np.sqrt(v)]), method)[1] >= 0
    turned = y if left else -y
    order = np.argsort(turned, kind="stable")
    turned, spread = turned[order], v[order]
    count, centre = _missing(turned, spread, method)
    last: NDArray[np.int64] = np.arange(len(y) - count, len(y))
    mirrored = (2 * centre - turned[last]) * (1 if left else -1)
    every = np.concatenate([y, mirrored]), np.concatenate([v, spread[last]])
    told = [*names, *(names[int(order[i])] for i in last)]
    funnel = pd.DataFrame(
        {"name": told, "effect": every[0], "variance": every[1], "filled": np.arange(len(told)) >= len(y)}
    )
    side = pd.DataFrame([{"count": count, "side": "left" if left else "right"}])
    return every, {"funnel": funnel, "filled": side}


def _centre(y: Floats, v: Floats, x: Floats, method: str) -> Floats:
    return weighted_fit(y, 1 / (v + between_variance(y, v, x, method).tau2), x).coefficients


def _missing(y: Floats, v: Floats, method: str) -> tuple[int, float]:
    """Return how many effects are missing on the left, and the mean of those that are left when as many are trimmed."""
    k, count = len(y), 0
    seen: set[int] = set()
    while True:
        kept = slice(0, k - count)
        centre = float(_centre(y[kept], v[kept], np.ones((k - count, 1)), method)[0])
        apart = y - centre
        ranks = np.argsort(np.argsort(np.abs(apart), kind="stable")) + 1
        estimate = (4 * ranks[apart > 0].sum() - k * (k + 1)) / (2 * k - 1)
        found = min(max(0, round(float(estimate))), k - 2)
        if found == count or found in seen:
            return count, centre
        seen.add(count)
        count = found
