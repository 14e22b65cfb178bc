"""Several outcomes tested together, their dependence counted: the step-down bootstrap of Romano and Wolf."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.outcomes.clusters import clustered_loadings
from vises_methods.outcomes.inference import missing_row, quantile, share, stated_row
from vises_methods.outcomes.regression import covariate_columns, least_squares
from vises_methods.outcomes.requirements import (
    Floats,
    cluster_codes,
    numbers,
    require_columns,
    require_range,
    served_indicator,
)
from vises_methods.randomness import generator
from vises_methods.results import NotEstimable, Result, fingerprint

_ENUMERATED = 12


def romano_wolf(
    frame: pd.DataFrame,
    outcomes: Sequence[str],
    arm: str = "arm",
    clusters: str | None = None,
    covariates: Sequence[str] = (),
    *,
    draws: int = 999,
    seed: int = 0,
) -> Result:
    """Adjust the p values of several outcomes on the same people for one another, counting how they hang together.

    Use it over the family of the plan instead of Holm where outcomes are alike: it then rejects more with the same
    error. Draws turn the residuals of whole clusters, the null imposed on every outcome.

    Parameters
    ----------
    frame : DataFrame
        One row per person; people with a missing outcome are left out of all.
    outcomes : sequence of str
        Levels or changes, compared by arm.
    arm : str
    clusters : str, optional
        People count as independent without it.
    covariates : sequence of str
    draws, seed : int
        All sign changes are counted with up to 12 clusters.

    Returns
    -------
    Result
        A row per outcome: difference, CR2 ``se``, ``statistic``, ``p`` of its own bootstrap, ``p_adjusted``.

    Raises
    ------
    InputError
        On missing columns.

    References
    ----------
    Romano, J. P. and Wolf, M. (2005). Econometrica 73:1237-1282, algorithm 4.2; (2016) Statistics and Probability
    Letters 113:38-40 (p values).

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": [1, 0] * 6, "y": [3, 1, 4, 2, 5, 1, 4, 2, 3, 2, 5, 1], "z": [1, 2, 2, 1] * 3})
    >>> romano_wolf(frame, ["y", "z"]).estimates["p_adjusted"].round(2).tolist()
    [0.0, 0.77]
    """
    where = "romano_wolf"
    require_range(draws, 0, 1e9, f"{where}(draws=)")
    y, served, others, kept = complete_people(frame, outcomes, arm, clusters, covariates, where)
    x = np.column_stack([served, others])
    codes = cluster_codes(frame[clusters][kept]) if clusters else np.arange(len(x))
    known: dict[str, Any] = {"n": len(x), "coverage": share(len(x), len(frame))}
    reason = _obstacle(x, y, codes)
    if reason:
        rows = [missing_row("difference", name, reason, **known) for name in outcomes]
    else:
        rows = _rows(x, y, codes, outcomes, clusters is not None, draws, seed, known)
    return Result(
        method="Romano-Wolf step-down",
        reference="Romano and Wolf 2005, algorithm 4.2; 2016",
        estimates=pd.DataFrame(rows),
        options={"outcomes": list(outcomes), "arm": arm, "clusters": clusters, "covariates": list(covariates),
                 "draws": draws, "seed": seed},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys([*outcomes, arm, *covariates])]])},
    )  # fmt: skip


def complete_people(
    frame: pd.DataFrame, outcomes: Sequence[str], arm: str, clusters: str | None, covariates: Sequence[str], where: str
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Return outcomes, arm, and intercept with covariates of people in whom none is missing, and who they are."""
    require_columns(frame, [*outcomes, arm, *covariates, *([clusters] if clusters else [])], where)
    responses = np.column_stack([numbers(frame[name], where, name) for name in outcomes])
    served = served_indicator(frame[arm], f"{where}(arm=)")
    adjust = covariate_columns(frame, covariates, where).to_numpy(dtype=float)
    others = np.column_stack([np.ones(len(frame)), adjust])
    kept = ~np.isnan(np.column_stack([responses, others, served])).any(axis=1)
    kept &= frame[clusters].notna().to_numpy() if clusters else True
    return responses[kept], served[kept], others[kept], kept


def _obstacle(x: Floats, y: Floats, codes: Any) -> str | None:
    if len(x) <= x.shape[1] + 1 or len(np.unique(x[:, 0])) < 2:
        return "outcomes.reasons.few_people"
    if codes.max() == 0:
        return "outcomes.reasons.one_cluster"
    _, residuals = least_squares(x, y)
    return "outcomes.reasons.no_variation" if (np.abs(residuals).max(axis=0) < 1e-12).any() else None


def _rows(
    x: Floats,
    y: Floats,
    codes: Any,
    outcomes: Sequence[str],
    clustered: bool,
    draws: int,
    seed: int,
    known: dict[str, Any],
) -> list[dict[str, Any]]:
    loaded = clustered_loadings(x, codes, columns=[0])
    coefficients, residuals = least_squares(x, y)
    errors = loaded.standard_errors(residuals)[0]
    observed = np.abs(coefficients[0] / errors)
    _, restricted = least_squares(x[:, 1:], y)
    groups = loaded.clusters
    counted = groups <= _ENUMERATED
    if counted:
        signs = 1.0 - 2.0 * ((np.arange(2**groups)[:, None] >> np.arange(groups)) & 1)
    else:
        signs = generator(seed, "romano_wolf").choice([-1.0, 1.0], size=(draws, groups))
    drawn = np.empty((len(signs), y.shape[1]))
    for place, sign in enumerate(signs):
        moved, left = least_squares(x, restricted * sign[codes][:, None])
        spread = loaded.standard_errors(left)[0]
        drawn[place] = np.abs(moved[0]) / np.where(spread > 0, spread, np.inf)
    extra = 0 if counted else 1
    own = ((drawn >= observed * (1 - 1e-10)).sum(axis=0) + extra) / (len(drawn) + extra)
    adjusted = _stepped(observed, drawn, extra)
    df = float(loaded.degrees_of_freedom[0])
    reach = quantile(0.95, df) * errors
    return [
        stated_row("difference", name, float(coefficients[0, i]), se=float(errors[i]), df=df,
                   low=float(coefficients[0, i] - reach[i]), high=float(coefficients[0, i] + reach[i]),
                   statistic=float(coefficients[0, i] / errors[i]), p=float(own[i]), p_adjusted=float(adjusted[i]),
                   clusters=groups if clustered else None, **known)
        for i, name in enumerate(outcomes)
    ]  # fmt: skip


def _stepped(observed: Floats, drawn: Floats, extra: int) -> Floats:
    """Step down from the largest statistic: each is judged by the largest draw among those not yet judged."""
    order = np.argsort(-observed, kind="stable")
    adjusted, last = np.zeros(len(observed)), 0.0
    for place, outcome in enumerate(order):
        largest = drawn[:, order[place:]].max(axis=1)
        p = ((largest >= observed[outcome] * (1 - 1e-10)).sum() + extra) / (len(drawn) + extra)
        last = max(last, float(p))
        adjusted[outcome] = last
    return adjusted
