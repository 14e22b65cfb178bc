"""Is the odds ratio the same at every step of the answers? The likelihood-ratio test behind an ordered logit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats
from scipy.special import expit

from vises_methods.outcomes.requirements import Floats

_SMALLEST = 1e-300
_FLAT = 1e-3


def proportional_odds_tests(
    ranks: NDArray[np.int64], design: Floats, terms: Mapping[str, Sequence[int]], start: Floats
) -> pd.DataFrame:
    """Return per term the test of one coefficient at every threshold against one at each.

    Parameters
    ----------
    ranks : array of int
        Answers as 0, 1, …
    design : array (n, columns)
    terms : mapping
        The columns of each term.
    start : array
        Coefficients, then thresholds, of the proportional-odds fit.

    Returns
    -------
    DataFrame
        ``term, statistic, df, p``; no statistic where a likelihood does not settle. Where no one of a group gives an
        answer its coefficient grows without end: the likelihood is then that of the limit.

    References
    ----------
    Peterson, B. and Harrell, F. E. (1990). Applied Statistics 39:205-217 (partial proportional odds).
    """
    columns, steps = design.shape[1], int(ranks.max())
    coefficients, thresholds = start[:columns], start[columns:]
    settled = _highest(ranks, design[:, :0], design, np.concatenate([thresholds, coefficients]))
    rows = []
    for term, places in terms.items():
        df = len(places) * (steps - 1)
        rest = [column for column in range(columns) if column not in places]
        begin = np.concatenate([thresholds, coefficients[rest], np.tile(coefficients[list(places)], steps)])
        freer = _highest(ranks, design[:, list(places)], design[:, rest], begin) if df else None
        statistic = max(0.0, 2 * (freer - settled)) if freer is not None and settled is not None else None
        p = float(stats.chi2.sf(statistic, df)) if statistic is not None else None
        rows.append({"term": term, "statistic": statistic, "df": df, "p": p})
    return pd.DataFrame(rows, columns=["term", "statistic", "df", "p"])


def _highest(ranks: NDArray[np.int64], free: Floats, shared: Floats, begin: Floats) -> float | None:
    """Return the highest log-likelihood; ``free`` columns have one coefficient per threshold, ``shared`` one in all."""
    steps = int(ranks.max())
    rows = np.arange(len(ranks))

    def loss(values: Floats) -> tuple[float, Floats]:
        thresholds, slopes = values[:steps], values[steps : steps + shared.shape[1]]
        own = values[steps + shared.shape[1] :].reshape(steps, free.shape[1])
        eta = thresholds - (shared @ slopes)[:, None] - free @ own.T
        below = np.column_stack([np.zeros(len(ranks)), expit(eta), np.ones(len(ranks))])
        chance = np.maximum(below[rows, ranks + 1] - below[rows, ranks], _SMALLEST)
        density = below * (1 - below)
        pull = np.zeros_like(below)
        pull[rows, ranks + 1] += density[rows, ranks + 1] / chance
        pull[rows, ranks] -= density[rows, ranks] / chance
        pull = pull[:, 1:-1]
        gradient = [pull.sum(axis=0), -(shared.T @ pull).sum(axis=1), -(pull.T @ free).ravel()]
        return -float(np.log(chance).sum()), -np.concatenate(gradient)

    found = optimize.minimize(loss, begin, jac=True, method="BFGS", options={"gtol": 1e-5, "maxiter": 500})
    return -float(found.fun) if float(np.abs(found.jac).max()) < _FLAT else None
