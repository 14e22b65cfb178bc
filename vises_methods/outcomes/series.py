"""Interrupted time series: did a series leave its earlier course when the programme began?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import linalg, optimize

from vises_methods.errors import InputError
from vises_methods.outcomes.design import MINIMUM_POINTS_BEFORE, started
from vises_methods.outcomes.inference import estimate_row, missing_row, quantile, share
from vises_methods.outcomes.known_coverage import FEW_PERIODS, known_narrow
from vises_methods.outcomes.regression import covariate_columns, least_squares
from vises_methods.outcomes.requirements import (
    Floats,
    numbers,
    require_columns,
    require_option,
    require_range,
)
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

Errors = Literal["HAC", "AR1", "classical"]
ERRORS: tuple[str, ...] = ("HAC", "AR1", "classical")
_GRID = np.linspace(-1.5, 2.65, 28)
_TERMS = {"t": "trend_before", "after": "level_change", "since": "slope_change"}


def interrupted_series(
    series: pd.DataFrame,
    indicator: str | None = None,
    *,
    errors: Errors = "HAC",
    lag: int | None = None,
    small_sample: bool = True,
    covariates: Sequence[str] = (),
    logarithm: bool = False,
    unit: str | None = None,
    level: float = 0.95,
) -> Result:
    """Fit a line before, and a change of level and of slope after the start, with errors that hang together in time.

    Use it with at least eight points before the start. Anything else that happened at the same time is not told apart
    unless a control series lived through it too.

    Parameters
    ----------
    series : DataFrame
        ``indicator, period, value, event`` and optionally ``role`` (served, control). ``event`` marks the start: once,
        or at every period since. With control rows the served series less the mean of the controls is fitted.
    indicator : str, optional
        Which one; needed where there are several.
    errors : {"HAC", "AR1", "classical"}
        Newey-West (Bartlett), or generalised least squares with first-order autoregressive errors fitted by REML. With
        three dozen points Newey-West intervals of 95 % hold the truth in 75 of 100 simulated studies, those of "AR1"
        in 94 (with 20 points in 93; see ``calibration``): prefer "AR1". Under 100 points a notice says so.
    lag : int, optional
        Of Newey-West; the whole part of 4 (n / 100)^(2/9) by default.
    small_sample : bool
        Newey-West: multiply the variance by n / (n - p). AR(1): count in the standard errors that the correlation is
        itself estimated, by averaging over its posterior under the Jeffreys prior; without it intervals are too narrow.
    covariates : sequence of str
        Columns of the series, such as the season; words become indicators.
    logarithm : bool
        Fit the logarithm: changes are then relative.
    unit : str, optional
    level : float

    Returns
    -------
    Result
        Rows ``level_change``, ``slope_change`` (per period) and ``trend_before``. The count since the start is 1 in the
        first period after it. ``details``: ``coefficients``, ``counterfactual`` (fitted and expected without a change,
        per period), ``checks`` (Durbin-Watson, points before and after, phi).

    Raises
    ------
    InputError
        On missing columns, several indicators with none chosen, or values that cannot be logged.

    References
    ----------
    Wagner, A. K. et al. (2002). Journal of Clinical Pharmacy and Therapeutics 27:299-309; Newey, W. K. and West, K. D.
    (1987). Econometrica 55:703-708; Lopez Bernal, J. et al. (2018). International Journal of Epidemiology 47:2082-2093
    (control series).

    Examples
    --------
    >>> values = [1, 2.1, 2.9, 4, 5.1, 6, 7, 8.1, 11, 12, 13.1, 14]
    >>> frame = pd.DataFrame({"indicator": "jobs", "period": range(12), "value": values, "event": [0] * 8 + [1] * 4})
    >>> interrupted_series(frame).estimates["estimate"].round(2).tolist()
    [1.95, 0.0, 1.01]
    """
    where = "interrupted_series"
    require_option(errors, ERRORS, f"{where}(errors=)")
    require_range(level, 0, 1, f"{where}(level=)")
    require_columns(series, ["indicator", "period", "value", "event", *covariates], where)
    chosen = _chosen(series, indicator, where)
    frame, controlled = _lines(chosen, logarithm, covariates, where)
    used: dict[str, Any] = {
        "indicator": str(chosen["indicator"].iloc[0]), "errors": errors, "lag": lag, "small_sample": small_sample,
        "covariates": list(covariates), "logarithm": logarithm, "controlled": controlled, "unit": unit, "level": level,
    }  # fmt: skip
    after, before = int(frame["after"].sum()), int((1 - frame["after"]).sum())
    known: dict[str, Any] = {"n": len(frame), "coverage": share(len(frame), chosen["period"].nunique()), "level": level,
                             "unit": unit}  # fmt: skip
    parameters = 4 + covariate_columns(frame, covariates, where).shape[1]
    reason = "outcomes.reasons.few_points" if min(before, after) < 3 or len(frame) <= parameters else None
    method = "interrupted time series" + (" with control series" if controlled else "")
    details: dict[str, pd.DataFrame] = {}
    if reason:
        rows = [missing_row(name, used["indicator"], reason, **known) for name in ("level_change", "slope_change")]
    else:
        table, details = _fitted(frame, covariates, errors, lag, small_sample, level, where)
        rows = [
            estimate_row(_TERMS[term], used["indicator"], *table.loc[term, ["estimate", "se", "df"]], **known)
            for term in ("after", "since", "t")
        ]
    notices = [Notice("outcomes.notices.few_points_before", {"points": before})]
    narrow = errors == "HAC" and len(frame) < FEW_PERIODS and reason is None
    return Result(
        method=method,
        reference="Wagner et al. 2002; Newey and West 1987; Lopez Bernal et al. 2018",
        estimates=pd.DataFrame(rows),
        details=details,
        options=used,
        notices=(
            *(notices if before < MINIMUM_POINTS_BEFORE else ()),
            *([known_narrow("newey_west")] if narrow else ()),
        ),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"series": fingerprint(chosen)},
    )


def _chosen(series: pd.DataFrame, indicator: str | None, where: str) -> pd.DataFrame:
    names = sorted(series["indicator"].dropna().astype(str).unique())
    if indicator is None and len(names) > 1:
        raise InputError("unknown_option", f"{where}(indicator=)", value="None", allowed=names)
    if indicator is not None:
        require_option(indicator, names, f"{where}(indicator=)")
    return series[series["indicator"].astype(str) == (indicator or names[0])].reset_index(drop=True)


def _lines(chosen: pd.DataFrame, logarithm: bool, covariates: Sequence[str], where: str) -> tuple[pd.DataFrame, bool]:
    """Return one row per period: value (less the controls' mean), t, after, since and covariates."""
    values = numbers(chosen["value"], where, "value")
    if logarithm and (values[~np.isnan(values)] <= 0).any():
        raise InputError("out_of_range", f"{where}(logarithm=)", value=float(np.nanmin(values)), allowed="> 0")
    rows = chosen.assign(__value=np.log(values) if logarithm else values)
    rows = rows.assign(__role=rows["role"].fillna("served") if "role" in rows.columns else "served")
    served = rows[rows["__role"] == "served"].drop_duplicates("period").set_index("period")
    control = rows[rows["__role"] == "control"].groupby("period")["__value"].mean()
    begun = started(rows[rows["__role"] == "served"])
    first = rows.loc[begun[begun].index, "period"].min() if begun.any() else None
    line = pd.DataFrame({"value": served["__value"], **{name: served[name] for name in covariates}}).sort_index()
    if len(control):
        line["value"] = line["value"] - control.reindex(line.index)
    line = line.dropna()
    numeric = pd.api.types.is_numeric_dtype(line.index)
    order = line.index.to_numpy(dtype=float) if numeric else np.arange(len(line), dtype=float)
    later = (line.index >= first) if first is not None else np.zeros(len(line), dtype=bool)
    line["t"], line["after"] = order, np.asarray(later, dtype=float)
    start = order[np.asarray(later, dtype=bool)].min() if np.any(later) else np.inf
    line["since"] = np.where(later, order - start + 1, 0.0)
    return line.reset_index(), bool(len(control))


def _fitted(
    frame: pd.DataFrame,
    covariates: Sequence[str],
    errors: Errors,
    lag: int | None,
    small_sample: bool,
    level: float,
    where: str,
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    extra = covariate_columns(frame, covariates, where)
    design = pd.concat(
        [pd.Series(1.0, index=frame.index, name="intercept"), frame[["t", "after", "since"]], extra], axis=1
    )
    x, y, phi = design.to_numpy(dtype=float), frame["value"].to_numpy(dtype=float), None
    n, p = x.shape
    if errors == "AR1":
        coefficients, covariance, phi = _autoregressive(x, y, frame["t"].to_numpy(dtype=float), small_sample)
    else:
        coefficients, residuals = least_squares(x, y)
        reach = int(4 * (n / 100) ** (2 / 9)) if lag is None else lag
        covariance = _newey_west(x, residuals, reach if errors == "HAC" else None, small_sample)
    se, df = np.sqrt(np.diag(covariance)), float(n - p)
    margin = quantile(level, df) * se
    table = pd.DataFrame(
        {"estimate": coefficients, "se": se, "df": df, "low": coefficients - margin, "high": coefficients + margin},
        index=pd.Index(design.columns, name="term"),
    )
    residuals = y - x @ coefficients
    without = x * np.where(np.isin(design.columns, ["after", "since"]), 0.0, 1.0)
    expected = pd.DataFrame({"period": frame["period"], "fitted": x @ coefficients, "expected": without @ coefficients})
    left = float((residuals**2).sum())
    watson = float((np.diff(residuals) ** 2).sum() / left) if left > 0 else None
    counts = {"before": int((frame["after"] == 0).sum()), "after": int((frame["after"] == 1).sum())}
    checks = pd.DataFrame([{"durbin_watson": watson, "phi": phi, **counts}])
    return table, {"coefficients": table, "counterfactual": expected, "checks": checks}


def _newey_west(x: Floats, residuals: Floats, lag: int | None, small_sample: bool) -> Floats:
    n, p = x.shape
    bread = np.linalg.inv(x.T @ x)
    if lag is None:
        return np.asarray(bread * (residuals**2).sum() / (n - p))
    scores = x * residuals[:, None]
    meat = scores.T @ scores
    for distance in range(1, lag + 1):
        crossed = scores[distance:].T @ scores[:-distance]
        meat += (1 - distance / (lag + 1)) * (crossed + crossed.T)
    return np.asarray(bread @ meat @ bread * (n / (n - p) if small_sample else 1.0))


def _autoregressive(x: Floats, y: Floats, time: Floats, small_sample: bool) -> tuple[Floats, Floats, float]:
    """Fit by REML with correlation phi^|t - s|; periods may be missing."""
    distance = np.abs(time[:, None] - time[None, :])
    n, p = x.shape

    def fit(phi: float) -> tuple[float, Floats, Floats]:
        factor = linalg.cholesky(np.sign(phi) ** distance * np.abs(phi) ** distance, lower=True)
        design, response = (linalg.solve_triangular(factor, part, lower=True) for part in (x, y))
        bread = np.linalg.inv(design.T @ design)
        coefficients = bread @ design.T @ response
        spread = float(((response - design @ coefficients) ** 2).sum())
        logs = 2 * np.log(np.diag(factor)).sum() - np.linalg.slogdet(bread)[1]
        return float((n - p) * np.log(spread) + logs), coefficients, bread * spread / (n - p)

    best = optimize.minimize_scalar(lambda z: fit(np.tanh(z))[0], bounds=(-2.5, 3.5), method="bounded",
                                    options={"xatol": 1e-10})  # fmt: skip
    phi = float(np.tanh(best.x))
    _, coefficients, covariance = fit(phi)
    if small_sample:
        covariance = _averaged(coefficients, [(each, *fit(each)) for each in np.tanh(_GRID)])
    return coefficients, covariance, phi


def _averaged(coefficients: Floats, fits: Sequence[tuple[float, float, Floats, Floats]]) -> Floats:
    """Return the mean squared error about the coefficients, averaged over the posterior of the correlation.

    The restricted likelihood is that of phi with coefficients and variance integrated out (Harville 1974, Biometrika
    61:383-385); the Jeffreys prior 1 / sqrt(1 - phi^2) becomes sqrt(1 - phi^2) on the grid of its inverse tanh.
    """
    deviance = np.array([found[1] for found in fits])
    weights = np.exp(-(deviance - deviance.min()) / 2) * np.array([(1 - found[0] ** 2) ** 0.5 for found in fits])
    errors = [covariance + np.outer(b - coefficients, b - coefficients) for _, _, b, covariance in fits]
    return np.asarray(np.tensordot(weights / weights.sum(), np.array(errors), axes=1), dtype=float)
