"""Weighting: comparison people count more where they are like the served, and the estimate that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes.balance_table import balance, effective_sample_size
from vises_methods.outcomes.inference import estimate_row, missing_row, share, stated_row
from vises_methods.outcomes.propensity import logit_scores, score_design
from vises_methods.outcomes.requirements import (
    Floats,
    cluster_codes,
    numbers,
    require_columns,
    require_option,
    require_range,
    served_indicator,
)
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

WeightMethod = Literal["ipw", "entropy", "regression", "doubly_robust"]
METHODS: tuple[str, ...] = ("ipw", "entropy", "regression", "doubly_robust")
Estimand = Literal["ATT", "ATE"]
ESTIMANDS: tuple[str, ...] = ("ATT", "ATE")


class Weighted(Result):
    """Weights, one per row of the frame, and the difference where an outcome was given."""

    @property
    def weights(self) -> pd.Series:
        """One weight per row; the weights of each arm sum to one."""
        return self.details["weights"].set_index("row")["weight"]


@dataclass(frozen=True)
class _Parts:
    """An estimate as the sum of what each person contributes to its error."""

    estimate: float
    influence: Floats


def weight(
    frame: pd.DataFrame,
    arm: str = "arm",
    covariates: Sequence[str] = (),
    method: WeightMethod = "ipw",
    estimand: Estimand = "ATT",
    outcome: str | None = None,
    *,
    clusters: str | None = None,
    level: float = 0.95,
) -> Weighted:
    """Weigh people so that the groups are alike at the start, and compare them where an outcome is given.

    Use it instead of matching where no one shall be left out. Look at the balance and at the effective sample size
    first: a few heavy people make a fragile comparison.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, as at the first wave (and the later outcome, where given).
    arm : str
    covariates : sequence of str
    method : str
        "ipw": inverse of the propensity score (logit), weights normalised; "entropy": weights that make the means of
        the comparison exactly those of the served and are otherwise as even as can be (ATT only); "regression":
        outcome regressions in each arm, no weights; "doubly_robust": both score and regressions (augmented).
    estimand : {"ATT", "ATE"}
        The difference for the served, or for all.
    outcome : str, optional
        Without it only weights and balance are given.
    clusters : str, optional
        Errors are then summed by cluster, with J - 1 degrees of freedom.
    level : float

    Returns
    -------
    Weighted
        First row ``ATT`` or ``ATE`` where an outcome is given: the row is named as asked. Then
        ``effective_sample_size``. The standard error counts the estimation of scores and regressions (stacked
        estimating equations). ``details``: ``weights``, ``before`` and ``after`` (balance).

    Raises
    ------
    InputError
        On missing columns, unknown options, entropy with the ATE, or a missing value in a covariate.

    References
    ----------
    Hirano, K., Imbens, G. W. and Ridder, G. (2003). Econometrica 71:1161-1189; Hainmueller, J. (2012). Political
    Analysis 20:25-46; Lunceford, J. K. and Davidian, M. (2004). Statistics in Medicine 23:2937-2960, section 3.

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": [1, 1, 1, 0, 0, 0, 0], "age": [30, 40, 45, 20, 30, 40, 60],
    ...                       "y": [5, 7, 7, 2, 3, 4, 7.0]})
    >>> result = weight(frame, "arm", ["age"], "entropy", outcome="y")
    >>> round(float((result.weights * frame["age"] * (1 - frame["arm"])).sum()), 3), result.estimates["measure"].iloc[0]
    (38.333, 'ATT')
    """
    where = "weight"
    require_option(method, METHODS, f"{where}(method=)")
    require_option(estimand, ESTIMANDS if method != "entropy" else ("ATT",), f"{where}(estimand=)")
    require_range(level, 0, 1, f"{where}(level=)")
    optional = [name for name in (outcome, clusters) if name]
    require_columns(frame, [arm, *covariates, *optional], where)
    if method in ("regression", "doubly_robust") and outcome is None:
        raise InputError("missing_columns", f"{where}(outcome=)", found=[], required=["outcome"], missing=["outcome"])
    served = served_indicator(frame[arm], f"{where}(arm=)")
    y = numbers(frame[outcome], where, outcome) if outcome else np.zeros(len(frame))
    keep = ~np.isnan(served) & ~np.isnan(y)
    keep &= frame[clusters].notna().to_numpy() if clusters else True
    part, t, y = frame[keep].reset_index(drop=True), served[keep], y[keep]
    used = {"arm": arm, "covariates": list(covariates), "method": method, "estimand": estimand, "outcome": outcome,
            "clusters": clusters, "level": level}  # fmt: skip
    known: dict[str, Any] = {"n": len(part), "coverage": share(len(part), len(frame)), "level": level}
    reason = "outcomes.reasons.one_arm" if not (t == 1).any() or not (t == 0).any() else None
    rows: list[dict[str, Any]] = []
    details: dict[str, pd.DataFrame] = {}
    notices: list[Notice] = []
    if reason:
        rows.append(missing_row(estimand, outcome or "balance", reason, **known))
    else:
        x = score_design(part, covariates, where)
        score, information, settled = logit_scores(x, t)
        weights = _weights(x, t, score, method, estimand)
        notices = [] if settled else [Notice("outcomes.notices.score_not_settled", {})]
        if outcome is not None:
            found = _estimate(x, t, y, score, information, weights, method, estimand)
            rows.append(_row(found, part, estimand, outcome, clusters, known))
        rows += _sizes(weights, t)
        details = {
            "weights": pd.DataFrame({"row": frame.index[keep], "weight": weights}),
            "before": balance(part, arm, covariates).estimates,
            "after": balance(part, arm, covariates, weights.tolist()).estimates,
        }
    return Weighted(
        method="weighting of comparison",
        reference="Hirano, Imbens and Ridder 2003; Hainmueller 2012; Lunceford and Davidian 2004, section 3",
        estimates=pd.DataFrame(rows),
        details=details,
        options=used,
        notices=tuple(notices),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys([arm, *covariates, *optional])]])},
    )


def _row(
    found: _Parts, part: pd.DataFrame, estimand: str, outcome: str, clusters: str | None, known: dict[str, Any]
) -> dict[str, Any]:
    if clusters is None:
        return estimate_row(estimand, outcome, found.estimate, float(np.linalg.norm(found.influence)), None, **known)
    sums = np.bincount(cluster_codes(part[clusters]), weights=found.influence)
    count = len(sums)
    se = float(np.sqrt((sums**2).sum() * count / (count - 1))) if count > 1 else None
    return estimate_row(estimand, outcome, found.estimate, se, count - 1.0, clusters=count, **known)


def _sizes(weights: Floats, t: Floats) -> list[dict[str, Any]]:
    rows = []
    for side, word in ((1.0, "participants"), (0.0, "comparison")):
        own = weights[t == side]
        size = effective_sample_size(own)
        rows.append(stated_row("effective_sample_size", word, size, n=len(own), coverage=share(size, len(own))))
    return rows


def _weights(x: Floats, t: Floats, score: Floats, method: WeightMethod, estimand: Estimand) -> Floats:
    """Return weights that sum to one in each arm."""
    if method == "regression":
        raw = np.ones(len(t))
    elif method == "entropy":
        raw = np.where(t == 1, 1.0, _entropy(x, t))
    elif estimand == "ATT":
        raw = np.where(t == 1, 1.0, score / (1 - score))
    else:
        raw = np.where(t == 1, 1 / score, 1 / (1 - score))
    return np.asarray(raw / np.where(t == 1, raw[t == 1].sum(), raw[t == 0].sum()), dtype=float)


def _entropy(x: Floats, t: Floats) -> Floats:
    """Return exp(lambda'(x - mean of the served)), the weights whose weighted mean is that of the served.

    The dual is convex: Newton steps, halved where they overshoot.
    """
    centred = x[:, 1:] - x[t == 1, 1:].mean(axis=0)
    spread = centred[t == 0].std(axis=0)
    own = (centred / np.where(spread > 0, spread, 1.0))[t == 0]
    lagrange = np.zeros(own.shape[1])
    for _ in range(200):
        powers = np.exp(own @ lagrange - (own @ lagrange).max())
        weights = powers / powers.sum()
        gradient = own.T @ weights
        if np.abs(gradient).max() < 1e-13:
            break
        curvature = (own * weights[:, None]).T @ own - np.outer(gradient, gradient)
        step, size = np.linalg.pinv(curvature) @ gradient, 1.0
        start = _log_sum(own @ lagrange)
        while _log_sum(own @ (lagrange - size * step)) > start and size > 1e-6:
            size /= 2
        lagrange -= size * step
    values = np.zeros(len(t))
    values[t == 0] = weights
    return values


def _log_sum(values: Floats) -> float:
    return float(values.max() + np.log(np.exp(values - values.max()).sum()))


def _estimate(
    x: Floats,
    t: Floats,
    y: Floats,
    score: Floats,
    information: Floats,
    weights: Floats,
    method: WeightMethod,
    estimand: Estimand,
) -> _Parts:
    if method == "regression":
        return _regression(x, t, y, estimand)
    if method == "entropy":
        return _balanced(x, t, y, weights)
    fit = (x * (t - score)[:, None]) @ np.linalg.pinv(information)
    if method == "ipw":
        return _inverse(x, t, y, score, fit, estimand)
    return _augmented(x, t, y, score, fit, estimand)


def _odds_weights(t: Floats, score: Floats, estimand: Estimand) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the raw weights of both arms, and by how much each changes with the linear score."""
    if estimand == "ATT":
        odds = (1 - t) * score / (1 - score)
        return t, odds, np.zeros(len(t)), odds
    one, two = t / score, (1 - t) / (1 - score)
    return one, two, -t * (1 - score) / score, (1 - t) * score / (1 - score)


def _inverse(x: Floats, t: Floats, y: Floats, score: Floats, fit: Floats, estimand: Estimand) -> _Parts:
    one, two, slope_one, slope_two = _odds_weights(t, score, estimand)
    mean_one, mean_two = float(one @ y / one.sum()), float(two @ y / two.sum())
    moved_one = one * (y - mean_one) + fit @ (x.T @ (slope_one * (y - mean_one)))
    moved_two = two * (y - mean_two) + fit @ (x.T @ (slope_two * (y - mean_two)))
    return _Parts(mean_one - mean_two, moved_one / one.sum() - moved_two / two.sum())


def _arm_fit(x: Floats, y: Floats, side: Floats) -> tuple[Floats, Floats]:
    """Return the fitted outcome of everyone from one arm's regression, and each person's pull on its coefficients."""
    bread = np.linalg.pinv(x.T @ (x * side[:, None]))
    coefficients = bread @ (x.T @ (side * y))
    return x @ coefficients, (x * (side * (y - x @ coefficients))[:, None]) @ bread


def _regression(x: Floats, t: Floats, y: Floats, estimand: Estimand) -> _Parts:
    target = t if estimand == "ATT" else np.ones(len(t))
    fitted_one, pull_one = _arm_fit(x, y, t)
    fitted_two, pull_two = _arm_fit(x, y, 1 - t)
    effect = float(target @ (fitted_one - fitted_two) / target.sum())
    centre = x.T @ target / target.sum()
    own = target * (fitted_one - fitted_two - effect) / target.sum()
    return _Parts(effect, own + pull_one @ centre - pull_two @ centre)


def _augmented(x: Floats, t: Floats, y: Floats, score: Floats, fit: Floats, estimand: Estimand) -> _Parts:
    fitted_one, pull_one = _arm_fit(x, y, t)
    fitted_two, pull_two = _arm_fit(x, y, 1 - t)
    one, two, slope_one, slope_two = _odds_weights(t, score, estimand)
    target = t if estimand == "ATT" else np.ones(len(t))
    gain = target * (fitted_one - fitted_two) + one * (y - fitted_one) - two * (y - fitted_two)
    effect = float(gain.sum() / target.sum())
    pulled = pull_one @ (x.T @ (target - one)) - pull_two @ (x.T @ (target - two))
    scored = fit @ (x.T @ (slope_one * (y - fitted_one) - slope_two * (y - fitted_two)))
    return _Parts(effect, (gain - target * effect + pulled + scored) / target.sum())


def _balanced(x: Floats, t: Floats, y: Floats, weights: Floats) -> _Parts:
    """Entropy balancing: its error is that of the comparison's residuals on the balanced covariates."""
    one, two = weights * t, weights * (1 - t)
    mean_one, mean_two = float(one @ y), float(two @ y)
    centred = x[:, 1:] - (one @ x)[1:]
    slope = np.linalg.pinv((centred * two[:, None]).T @ centred) @ ((centred * two[:, None]).T @ (y - mean_two))
    moved_two = two * (y - mean_two - centred @ slope) + one * (centred @ slope)
    return _Parts(mean_one - mean_two, one * (y - mean_one) - moved_two)
