"""How far stakeholder groups agree on what matters, and which conclusions depend on whose weights are used."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from vises_methods.indicators import IndicatorTree
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

EVEN, FEW = 1.0, 3
CONCORDANCE = "Kendall and Babington Smith (1939), Annals of Mathematical Statistics 10(3), 275-287"
WEIGHTING = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, pp. 31-33"


def weights_agreement(weights: Mapping[str, Mapping[str, float]], tree: IndicatorTree, /) -> Result:
    """Tell how far stakeholder groups agree on what matters.

    Parameters
    ----------
    weights : mapping of str to mapping of str to float
        Per group, points per dimension: from :func:`group_weights`.
    tree : IndicatorTree

    Returns
    -------
    Result
        First ``concordance``: Kendall's W over the groups' orders of the dimensions (0 none, 1 the same order); two
        groups alone reach a high one by chance, and a notice says so. Then
        ``apart`` per pair of groups: the share of the points that would have to move for the two to agree (half the sum
        of the differences). Then ``spread`` per dimension: the highest minus the lowest share. ``details["weights"]``:
        dimension × group, in shares. Not estimable for fewer than two groups.

    References
    ----------
    Kendall and Babington Smith (1939), Annals of Mathematical Statistics 10(3), 275-287.
    """
    shares = pd.DataFrame(dict(weights)).reindex(list(tree.roots)).fillna(0.0).astype(float)
    shares = (shares / shares.sum()).rename_axis("dimension")
    names = [str(name) for name in shares.columns]
    if len(names) < 2:
        empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
        return Result("agreement on weights", CONCORDANCE, empty, not_estimable=_ONE_GROUP)
    apart = [
        {"measure": "apart", "subject": f"{one} × {two}", "estimate": _apart(shares[one], shares[two]), "n": 2}
        for one, two in combinations(names, 2)
    ]
    spread = shares.max(axis=1) - shares.min(axis=1)
    rows = [
        _concordance(shares),
        *apart,
        *(
            {"measure": "spread", "subject": str(code), "estimate": float(value), "n": len(names)}
            for code, value in spread.items()
        ),
    ]
    few = (Notice("synthesis.notices.few_groups", {"count": len(names)}),) if len(names) < FEW else ()
    return Result(
        method="agreement on weights",
        reference=CONCORDANCE,
        estimates=pd.DataFrame(rows).assign(coverage=1.0, unit="share"),
        details={"weights": shares},
        notices=few,
        inputs={"weights": fingerprint(shares)},
    ).labelled(tree.labels())


def weight_conclusions(
    now: Result,
    history: Result,
    tree: IndicatorTree,
    weights: Mapping[str, Mapping[str, float]],
    /,
    *,
    points: float = EVEN,
) -> Result:
    """Tell which conclusions hold under everybody's weights, and which depend on whose are used.

    Three conclusions are tried for every group: which dimension carries most of the whole (``carries``), where one
    could gain most (``gain``: weight times what is missing to 100), and whether the whole rose or fell since the first
    year (``moved``; over the dimensions scored in both).

    Parameters
    ----------
    now : Result
        From :func:`heading_scores`.
    history : Result
        From :func:`scores_over_years`; its first year with a score is compared with ``now``.
    tree : IndicatorTree
    weights : mapping
        From :func:`group_weights`; equal weights are put beside them.
    points : float
        A whole that moves by no more than this did not move.

    Returns
    -------
    Result
        One row per conclusion and set of weights (``subject``): ``estimate`` the number behind, ``answer`` the
        dimension, or ``rose``, ``fell``, ``same``; ``n`` the dimensions that entered. ``details["verdicts"]``:
        conclusion, ``all`` or ``depends``, and the groups by answer.
    """
    if now.not_estimable is not None:
        return _no_conclusion(now.not_estimable)
    scores = _dimension_scores(now, tree)
    known = scores.dropna()
    if known.empty:
        return _no_conclusion(NotEstimable("synthesis.reasons.no_dimension"))
    then = _first_scores(history, tree)
    both = known.index.intersection(then.index)
    sets: dict[str, Mapping[str, float]] = {"equal": dict.fromkeys(tree.roots, 1.0), **weights}
    rows = []
    for name, given in sets.items():
        share = pd.Series(given, dtype=float).reindex(known.index).fillna(0.0)
        if share.sum() > 0:
            rows += _conclusions(name, share / share.sum(), known)
        moving = share.reindex(both)
        if moving.sum() > 0:
            rows.append(_moved(name, moving / moving.sum(), known[both] - then[both], points))
    frame = pd.DataFrame(rows).assign(coverage=len(known) / len(tree.roots), reason=None)
    return Result(
        method="conclusions by weights",
        reference=WEIGHTING,
        estimates=frame,
        details={"verdicts": _verdicts(frame)},
        options={"points": points},
        inputs={**now.inputs, "weights": fingerprint(pd.DataFrame(sets))},
    ).labelled(tree.labels())


_ONE_GROUP = NotEstimable("synthesis.reasons.one_group_of_weights")


def _no_conclusion(reason: NotEstimable) -> Result:
    empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
    return Result("conclusions by weights", WEIGHTING, empty, not_estimable=reason)


def _dimension_scores(headings: Result, tree: IndicatorTree) -> pd.Series[float]:
    rows = headings.estimates[headings.estimates["measure"].isin(tree.roots)]
    return rows.set_index("measure")["estimate"].astype(float).reindex(list(tree.roots))


def _first_scores(history: Result, tree: IndicatorTree) -> pd.Series[float]:
    """The scores of the first year that has any; none where that is the only year."""
    rows = history.estimates.dropna(subset="estimate")
    years = sorted(set(rows["subject"]))
    first = rows[(rows["subject"] == years[0]) & rows["measure"].isin(tree.roots)] if len(years) > 1 else rows.head(0)
    return first.set_index("measure")["estimate"].astype(float)


def _conclusions(name: str, share: pd.Series[float], scores: pd.Series[float]) -> list[dict[str, object]]:
    carried, gained = share * scores, share * (100 - scores)
    return [
        _conclusion("carries", name, float(carried.max()), str(carried.idxmax()), len(scores)),
        _conclusion("gain", name, float(gained.max()), str(gained.idxmax()), len(scores)),
    ]


def _moved(name: str, share: pd.Series[float], change: pd.Series[float], points: float) -> dict[str, object]:
    moved = float((share * change).sum())
    answer = "same" if abs(moved) <= points else "rose" if moved > 0 else "fell"
    return _conclusion("moved", name, moved, answer, len(change))


def _conclusion(measure: str, name: str, estimate: float, answer: str, n: int) -> dict[str, object]:
    return {"measure": measure, "subject": name, "estimate": estimate, "answer": answer, "n": n, "unit": "score"}


def _verdicts(rows: pd.DataFrame) -> pd.DataFrame:
    found = []
    for measure, own in rows.groupby("measure", sort=False):
        verdict = "all" if len(set(own["answer"])) == 1 else "depends"
        for answer, sets in own.groupby("answer", sort=False)["subject"]:
            found.append({"conclusion": measure, "verdict": verdict, "answer": answer, "sets": ";".join(sets)})
    return pd.DataFrame(found, columns=["conclusion", "verdict", "answer", "sets"])


def _concordance(shares: pd.DataFrame) -> dict[str, object]:
    """Kendall's W, ties corrected."""
    ranks = shares.rank().to_numpy()
    items, raters = ranks.shape
    ties = sum(float((counts**3 - counts).sum()) for counts in (np.unique(r, return_counts=True)[1] for r in ranks.T))
    spread = float(((ranks.sum(axis=1) - raters * (items + 1) / 2) ** 2).sum())
    bottom = raters**2 * (items**3 - items) - raters * ties
    row: dict[str, object] = {"measure": "concordance", "subject": "all", "n": raters}
    if items < 2 or bottom <= 0:
        return {**row, "estimate": None, "reason": "indicators.reasons.no_agreement"}
    return {**row, "estimate": 12 * spread / bottom}


def _apart(one: pd.Series[float], two: pd.Series[float]) -> float:
    return float((one - two).abs().sum() / 2)
