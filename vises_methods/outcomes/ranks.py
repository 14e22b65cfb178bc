"""Tests that use ranks or signs alone: for ordinal items, skewed amounts and very few people."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import missing_row, quantile, share, stated_row
from vises_methods.outcomes.requirements import (
    Floats,
    Labels,
    Values,
    cluster_codes,
    numbers,
    require_option,
    require_range,
    same_length,
)
from vises_methods.outcomes.walsh import how_many, ordered_averages
from vises_methods.randomness import generator
from vises_methods.results import NotEstimable, Result, fingerprint

Zeros = Literal["wilcoxon", "pratt"]
ZEROS: tuple[str, ...] = ("wilcoxon", "pratt")
_COUNTED_RANKS = 400
_CELLS = 10_000_000
_ENUMERATED_CLUSTERS = 16
_ENUMERATED_ASSIGNMENTS = 200_000


def signed_rank(
    before: Values, after: Values, /, *, zeros: Zeros = "wilcoxon",
    level: float = 0.95,
) -> Result:  # fmt: skip
    """Test whether changes lean to one side, by their ranks, exactly.

    Use it with few people or an ordinal outcome. It tests that the changes are symmetric about zero.

    Parameters
    ----------
    before, after : sequence of float
        One value per person, in the same order; pairs with a missing value are left out.
    zeros : {"wilcoxon", "pratt"}
        Leave unchanged people out before ranking, or rank them and leave their ranks out. Say which.
    level : float
        Of the interval of the pseudomedian, which uses the normal approximation with continuity correction.

    Returns
    -------
    Result
        ``pseudomedian`` (Hodges-Lehmann: the median of all averages of two changes) with its interval; ``statistic``
        the sum of positive ranks, ``p`` exact, ``z`` the standardised sum without correction; ``details["test"]`` adds
        ``p_normal``, with continuity correction.

    References
    ----------
    Pratt, J. W. (1959). Journal of the American Statistical Association 54:655-667; Hollander, Wolfe and Chicken
    (2014), Nonparametric Statistical Methods, 3rd ed., sections 3.1-3.3.

    Examples
    --------
    >>> signed_rank([1, 2, 3, 4, 5, 6], [2, 4, 6, 8, 10, 12]).estimates["p"].round(4).tolist()
    [0.0312]
    """
    where = "signed_rank"
    require_option(zeros, ZEROS, f"{where}(zeros=)")
    require_range(level, 0, 1, f"{where}(level=)")
    change, asked = paired_differences(before, after, where)
    used = {"zeros": zeros, "level": level}
    inputs = {"change": fingerprint(pd.Series(change))}
    moved = change[change != 0]
    known: dict[str, Any] = {"n": len(change), "coverage": share(len(change), asked), "level": level}
    if len(moved) == 0:
        reason = "outcomes.reasons.no_variation"
        rows = [missing_row("pseudomedian", "change", reason, **known)]
        return _rank_result("Wilcoxon signed-rank test", rows, used, inputs, NotEstimable(reason), None)
    ranks = _ranks_of_changes(change, zeros)
    positive = float(ranks[change[change != 0] > 0].sum())
    middle, spread = ranks.sum() / 2, float(np.sqrt((ranks**2).sum()) / 2)
    count = how_many(len(moved))
    below, above = ordered_averages(moved, [(count - 1) // 2, count // 2])
    low, high = _pseudomedian_limits(moved, level)
    row = stated_row(
        "pseudomedian", "change", (below + above) / 2, **known, low=low, high=high, statistic=positive,
        p=_signed_rank_p(ranks, positive), z=float((positive - middle) / spread),
    )  # fmt: skip
    corrected = max(abs(positive - middle) - 0.5, 0.0) / spread
    test = pd.DataFrame(
        [{"moved": len(moved), "unchanged": len(change) - len(moved), "p_normal": 2 * stats.norm.sf(corrected)}]
    )
    return _rank_result("Wilcoxon signed-rank test", [row], used, inputs, None, {"test": test})


def sign_flip(
    before: Values,
    after: Values,
    /,
    *,
    clusters: Labels | None = None,
    draws: int = 9999,
    seed: int = 0,
) -> Result:
    """Test the mean change by flipping its sign, cluster by cluster: all ways where they can be counted.

    Parameters
    ----------
    before, after : sequence of float
        One value per person, in the same order.
    clusters : sequence, optional
        Sites; the people of a site flip together. Up to 16 units all ways are counted, else ``draws`` are taken.
    draws : int
    seed : int

    Returns
    -------
    Result
        ``mean_change`` with ``p``; ``details["test"]`` says how many ways and whether all were counted.

    References
    ----------
    Canay, I. A., Romano, J. P. and Shaikh, A. M. (2017). Econometrica 85:1013-1030, section 2.

    Examples
    --------
    >>> sign_flip([0, 0, 0, 0], [1, 2, 3, 4]).estimates["p"].tolist()
    [0.125]
    """
    where = "sign_flip"
    first, last = numbers(before, where, "before"), numbers(after, where, "after")
    same_length(where, first, last)
    seen = ~(np.isnan(first) | np.isnan(last))
    change = (last - first)[seen]
    if clusters is not None:
        same_length(f"{where}(clusters=)", first, clusters)
        units = cluster_codes(pd.Series(clusters).reset_index(drop=True)[seen])
    else:
        units = np.arange(len(change))
    sums = np.asarray(np.bincount(units, weights=change) if len(change) else np.zeros(0), dtype=float)
    used = {"clustered": clusters is not None, "draws": draws, "seed": seed}
    inputs = {"change": fingerprint(pd.Series(change))}
    known: dict[str, Any] = {"n": len(change), "coverage": share(len(change), len(first))}
    if not np.any(sums):
        reason = "outcomes.reasons.no_variation"
        rows = [missing_row("mean_change", "change", reason, **known)]
        return _rank_result("sign-flip test", rows, used, inputs, NotEstimable(reason), None)
    flipped, counted = _flipped_sums(sums, draws, seed)
    extreme = np.abs(flipped) >= abs(sums.sum()) - 1e-10 * np.abs(sums).sum()
    p = extreme.mean() if counted else (extreme.sum() + 1) / (len(flipped) + 1)
    row = stated_row("mean_change", "change", float(change.mean()), **known, clusters=len(sums), p=float(p))
    test = pd.DataFrame([{"ways": len(flipped), "all_counted": counted, "units": len(sums)}])
    return _rank_result("sign-flip test", [row], used, inputs, None, {"test": test})


def cluster_permutation(
    values: Values,
    served: Values,
    clusters: Labels,
    /,
    *,
    draws: int = 9999,
    seed: int = 0,
) -> Result:
    """Test a difference between served and comparison clusters by assigning the clusters anew.

    Use it when whole sites were served: the sites, not the people, are what could have been assigned otherwise.

    Parameters
    ----------
    values : sequence of float
        One value (a change or a level) per person.
    served : sequence of 0 and 1
        The same within a cluster.
    clusters : sequence
    draws, seed : int
        Used when there are more than 200,000 assignments; else all are counted.

    Returns
    -------
    Result
        ``difference`` of the unweighted means of cluster means, with ``p`` (two-sided).

    References
    ----------
    Gail, M. H. et al. (1996). Statistics in Medicine 15:1069-1092, section 2.

    Examples
    --------
    >>> result = cluster_permutation([5, 6, 7, 1, 2, 3], [1, 1, 1, 0, 0, 0], list("abcdef"))
    >>> result.value, result.estimates["p"].tolist()
    (4.0, [0.1])
    """
    where = "cluster_permutation"
    value, arm = numbers(values, where, "values"), numbers(served, where, "served")
    same_length(where, value, arm, clusters)
    frame = pd.DataFrame({"value": value, "arm": arm, "cluster": np.asarray(clusters)}).dropna()
    means = frame.groupby("cluster", sort=True).agg(value=("value", "mean"), arm=("arm", "mean"))
    if not means["arm"].isin([0, 1]).all():
        mixed = str(means.index[~means["arm"].isin([0, 1])][0])
        raise InputError("outcomes.errors.mixed_cluster", f"{where}(served=)", cluster=mixed)
    used = {"draws": draws, "seed": seed}
    inputs = {"values": fingerprint(frame)}
    taken, k = int(means["arm"].sum()), len(means)
    known: dict[str, Any] = {"n": len(frame), "coverage": share(len(frame), len(value)), "clusters": k}
    if taken in (0, k):
        reason = "outcomes.reasons.one_arm"
        rows = [missing_row("difference", "values", reason, **known)]
        return _rank_result("permutation test of clusters", rows, used, inputs, NotEstimable(reason), None)
    chosen, counted = _assignments(k, taken, draws, seed)
    scores = means["value"].to_numpy(dtype=float)
    differences = chosen @ scores / taken - (1 - chosen) @ scores / (k - taken)
    observed = float(scores[means["arm"] == 1].mean() - scores[means["arm"] == 0].mean())
    extreme = np.abs(differences) >= abs(observed) - 1e-10 * max(1.0, np.abs(scores).max())
    p = extreme.mean() if counted else (extreme.sum() + 1) / (len(chosen) + 1)
    row = stated_row("difference", "values", observed, **known, p=float(p))
    test = pd.DataFrame([{"ways": len(chosen), "all_counted": counted, "units": k}])
    return _rank_result("permutation test of clusters", [row], used, inputs, None, {"test": test})


def paired_differences(before: Any, after: Any, where: str) -> tuple[Floats, int]:
    """Return the changes of people seen twice, and how many people there are."""
    first, last = numbers(before, where, "before"), numbers(after, where, "after")
    same_length(where, first, last)
    change = last - first
    return change[~np.isnan(change)], len(change)


def _ranks_of_changes(change: Floats, zeros: Zeros) -> Floats:
    if zeros == "wilcoxon":
        return np.asarray(stats.rankdata(np.abs(change[change != 0])), dtype=float)
    return np.asarray(stats.rankdata(np.abs(change))[change != 0], dtype=float)


def _signed_rank_p(ranks: Floats, positive: float) -> float:
    """Return the exact p value, or with hundreds of people the normal one, which then agrees to four digits."""
    if len(ranks) <= _COUNTED_RANKS:
        return _exact_signed_rank_p(ranks, positive)
    distance = max(abs(positive - ranks.sum() / 2) - 0.5, 0.0)
    return float(2 * stats.norm.sf(distance / (np.sqrt((ranks**2).sum()) / 2)))


def _exact_signed_rank_p(ranks: Floats, positive: float) -> float:
    """Count, by convolution over doubled ranks (whole numbers even with ties), the sums as far from the middle."""
    doubled = np.rint(2 * ranks).astype(int)
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1.0
    for rank in doubled:
        shifted = np.zeros_like(ways)
        shifted[rank:] = ways[: len(ways) - rank]
        ways = (ways + shifted) / 2
    distance = np.abs(2 * np.arange(len(ways)) - doubled.sum())
    return float(min(1.0, ways[distance >= abs(4 * positive - doubled.sum()) - 1e-9].sum()))


def _pseudomedian_limits(change: Floats, level: float) -> tuple[float | None, float | None]:
    """Return the shifts at which the corrected normal test just rejects, by the ordered averages of two changes."""
    n = len(change)
    if n < 3:
        return None, None
    count = how_many(n)
    ranks = stats.rankdata(np.abs(change))
    spread = np.sqrt((ranks**2).sum()) / 2
    reach = count / 2 - quantile(level, None) * spread - 0.5
    position = int(np.clip(np.floor(reach), 0, count - 1))
    low, high = ordered_averages(change, [position, count - 1 - position])
    return low, high


def _flipped_sums(sums: Floats, draws: int, seed: int) -> tuple[Floats, bool]:
    """Return the sum under every flip of signs, and whether all were counted; many people are drawn in blocks."""
    units = len(sums)
    if units <= _ENUMERATED_CLUSTERS:
        bits = (np.arange(2**units)[:, None] >> np.arange(units)) & 1
        return (1.0 - 2.0 * bits) @ sums, True
    random = generator(seed, "sign_flip")
    rows = max(1, _CELLS // units)
    blocks = [min(rows, draws - start) for start in range(0, draws, rows)]
    return np.concatenate([random.choice([-1.0, 1.0], size=(block, units)) @ sums for block in blocks]), False


def _assignments(k: int, taken: int, draws: int, seed: int) -> tuple[Floats, bool]:
    if comb(k, taken) <= _ENUMERATED_ASSIGNMENTS:
        chosen = np.zeros((comb(k, taken), k))
        for row, members in enumerate(combinations(range(k), taken)):
            chosen[row, list(members)] = 1.0
        return chosen, True
    order: NDArray[np.int64] = generator(seed, "cluster_permutation").random((draws, k)).argsort(axis=1)
    return (order < taken).astype(float), False


def _rank_result(
    method: str,
    rows: list[dict[str, Any]],
    options: dict[str, Any],
    inputs: dict[str, str],
    absent: NotEstimable | None,
    details: dict[str, pd.DataFrame] | None,
) -> Result:
    references = {
        "Wilcoxon signed-rank test": "Hollander, Wolfe and Chicken 2014, sections 3.1-3.3; Pratt 1959",
        "sign-flip test": "Canay, Romano and Shaikh 2017, section 2",
        "permutation test of clusters": "Gail et al. 1996, section 2",
    }
    return Result(
        method=method,
        reference=references[method],
        estimates=pd.DataFrame(rows),
        details=details or {},
        options=options,
        not_estimable=absent,
        inputs=inputs,
    )
