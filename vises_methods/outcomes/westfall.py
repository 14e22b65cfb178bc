"""Several outcomes tested together by assigning the arm anew: the step-down permutation of Westfall and Young."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.outcomes.inference import missing_row, share, stated_row
from vises_methods.outcomes.requirements import (
    Floats,
    cluster_codes,
    require_range,
)
from vises_methods.outcomes.specifications_joint import Specified, assignments, estimates_under
from vises_methods.outcomes.stepdown import complete_people
from vises_methods.results import NotEstimable, Result, fingerprint


def westfall_young(
    frame: pd.DataFrame,
    outcomes: Sequence[str],
    arm: str = "arm",
    clusters: str | None = None,
    covariates: Sequence[str] = (),
    *,
    draws: int = 999,
    seed: int = 0,
) -> Result:
    """Adjust the p values of several outcomes for one another, by assigning the clusters to the arms anew.

    Use it where chance decided who was served: nothing is then assumed of how outcomes are spread or hang together.
    Elsewhere :func:`romano_wolf` asks for less.

    Parameters
    ----------
    frame : DataFrame
        One row per person; people with a missing outcome are left out of all.
    outcomes : sequence of str
        Levels or changes, compared by arm.
    arm : str
    clusters : str, optional
        Whole clusters are assigned; people within clusters where a cluster has both arms; people without clusters.
    covariates : sequence of str
    draws, seed : int
        Where there are no more ways to assign the clusters than ``draws``, all are counted.

    Returns
    -------
    Result
        A row per outcome: difference, ``statistic`` (the z value of its CR1S error), ``p`` of its own permutation and
        ``p_adjusted`` (step-down, by the smallest p value). ``details["draws"]``: how many, and whether all.

    Raises
    ------
    InputError
        On missing columns.

    References
    ----------
    Westfall, P. H. and Young, S. S. (1993). Resampling-Based Multiple Testing, algorithm 2.8.

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": [1, 0] * 4, "y": [3, 1, 4, 2, 5, 1, 4, 2.5], "z": [1, 2, 2, 1, 3, 2, 1, 3]})
    >>> westfall_young(frame, ["y", "z"]).estimates["p_adjusted"].round(2).tolist()
    [0.03, 1.0]
    """
    where = "westfall_young"
    require_range(draws, 0, 1e6, f"{where}(draws=)")
    y, served, others, kept = complete_people(frame, outcomes, arm, clusters, covariates, where)
    groups = (frame[clusters][kept] if clusters else pd.Series(np.flatnonzero(kept))).reset_index(drop=True)
    codes, rows_kept = cluster_codes(groups), np.arange(len(y))
    ways = [Specified(response, served, others, codes, None, rows_kept) for response in y.T]
    known: dict[str, Any] = {"n": len(y), "coverage": share(len(y), len(frame))}
    details: dict[str, pd.DataFrame] = {}
    reason = None if all(way.usable for way in ways) else "outcomes.reasons.few_people"
    if reason:
        rows = [missing_row("difference", name, reason, **known) for name in outcomes]
    else:
        arms, counted = assignments(served, groups, draws, seed)
        found = [estimates_under(way, arms) for way in ways]
        p, adjusted = _stepped(np.abs(np.array([z for _, z in found])), counted)
        rows = [
            stated_row("difference", name, float(estimate[0]), statistic=float(z[0]), p=float(own),
                       p_adjusted=float(to), clusters=int(codes.max()) + 1 if clusters else None, **known)
            for name, (estimate, z), own, to in zip(outcomes, found, p, adjusted, strict=True)
        ]  # fmt: skip
        details = {"draws": pd.DataFrame([{"draws": arms.shape[1] - 1, "all_counted": counted}])}
    return Result(
        method="Westfall-Young step-down",
        reference="Westfall and Young 1993, algorithm 2.8",
        estimates=pd.DataFrame(rows),
        details=details,
        options={"outcomes": list(outcomes), "arm": arm, "clusters": clusters, "covariates": list(covariates),
                 "draws": draws, "seed": seed},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys([*outcomes, arm, *covariates])]])},
    )  # fmt: skip


def _stepped(sizes: Floats, counted: bool) -> tuple[Floats, Floats]:
    """Return own and adjusted p values; ``sizes`` (outcomes, 1 + draws) holds absolute statistics, observed first.

    Each draw's statistics become p values by their rank among all draws, so that no outcome weighs more for its scale.
    """
    used = sizes[:, 1:] if counted else sizes
    rounded = np.round(used, 10)
    p = (used.shape[1] + 1 - stats.rankdata(rounded, method="min", axis=1)) / used.shape[1]
    observed = (rounded >= np.round(sizes[:, :1], 10)).mean(axis=1)
    order = np.argsort(observed, kind="stable")
    adjusted, last = np.zeros(len(observed)), 0.0
    for place, outcome in enumerate(order):
        smallest = p[order[place:]].min(axis=0)
        last = max(last, float((smallest <= observed[outcome] + 1e-12).mean()))
        adjusted[outcome] = last
    return observed, adjusted
