"""Rosenbaum's bounds: how much more likely to be served one of two alike people would have to have been."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import missing_row, share, stated_row
from vises_methods.outcomes.ranks import paired_differences
from vises_methods.outcomes.requirements import (
    Floats,
    Values,
    require_range,
)
from vises_methods.results import NotEstimable, Result, fingerprint


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
