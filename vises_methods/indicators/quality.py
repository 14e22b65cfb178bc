"""Does the tree hold together? Correlations within and upwards, consistency, and the importance actually exerted."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.composite import Composite, require_composite
from vises_methods.indicators.consistency import cronbach_alpha
from vises_methods.indicators.data_weights import components_of
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.results import NotEstimable, Result, fingerprint

Correlation = Literal["pearson", "spearman", "kendall"]
_HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 4, pp. 25-27 and 63-75"
_LEAST = 3
_NOTHING = "indicators.reasons.nothing_to_check"


def tree_quality(
    composite: Composite,
    tree: IndicatorTree,
    /,
    *,
    method: Correlation = "pearson",
    high: float = 0.75,
    low: float = -0.5,
    weak: float = 0.3,
) -> Result:
    """Correlate what stands under one heading, and each node with the headings above it.

    Use it to see whether headings summarise what is under them, which indicators repeat one another, and which pull
    the other way. With few units read it as a picture, not as a test.

    Parameters
    ----------
    composite : Composite
    tree : IndicatorTree
    method : {"pearson", "spearman", "kendall"}
    high, low, weak : float
        Flags: siblings at ``high`` or above, or at ``low`` or below; a node with its parent below ``weak``.

    Returns
    -------
    Result
        Rows ``siblings`` (subject ``a~b``), ``with_parent`` and ``with_root`` per node, with ``p``, ``heading`` and
        ``flag`` (``high, low, weak`` or none); then ``alpha`` and ``first_component`` (share of variance) per heading
        of at least two scored children. ``n`` counts the units that have both.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 4, pp. 25-27 and 63-75.

    Examples
    --------
    >>> import pandas as pd
    >>> from vises_methods.indicators import compose
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", "a", "b"], "parent": [None, "i", "i"]}))
    >>> data = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 4, 6, 8]}, index=list("uvwx"))
    >>> rows = tree_quality(compose(data, tree, {"normalisation": "minmax"}), tree).estimates
    >>> rows.loc[0, ["subject", "flag"]].tolist()
    ['a~b', 'high']
    """
    require_composite(composite, "tree_quality(composite)")
    if method not in ("pearson", "spearman", "kendall"):
        allowed = ["pearson", "spearman", "kendall"]
        raise InputError("unknown_option", "tree_quality(method=)", value=method, allowed=allowed)
    numbers = composite.normalised.join(composite.scores).dropna(axis=1, how="all")
    rows: list[dict[str, Any]] = []
    for heading in (code for code in composite.scores if code in numbers):
        children = [code for code in tree.children(str(heading)) if code in numbers]
        for one, two in combinations(children, 2):
            row = _pair(numbers, one, two, method) | {"measure": "siblings", "heading": heading}
            rows.append(row | {"subject": f"{one}~{two}", "flag": _flag(row["estimate"], high, low)})
    rows += _upwards(numbers, tree, method, weak)
    for heading in (code for code in composite.scores if code in numbers):
        rows += _group(numbers, tree, str(heading))
    return Result(
        method="quality of the tree",
        reference=_HANDBOOK,
        estimates=pd.DataFrame(rows, columns=None if rows else ["measure", "subject", "estimate", "heading", "flag"]),
        options={"method": method, "high": high, "low": low, "weak": weak},
        notices=composite.notices,
        not_estimable=None if rows else NotEstimable(_NOTHING),
        inputs={"scores": fingerprint(numbers)},
    )


def importance(composite: Composite, tree: IndicatorTree, /) -> Result:
    """Set the weight that was meant for each node beside the importance that it exerts on its heading.

    Use it before defending weights: what varies little, or is out of step with the rest, counts for less than its
    weight says.

    Parameters
    ----------
    composite : Composite
    tree : IndicatorTree

    Returns
    -------
    Result
        Per node under a heading: ``correlation_ratio``, the share of the heading's variance that goes with the node
        (from a cubic regression, so that bends count), and ``variance_share``, its Shapley share of that variance
        (for arithmetic means; these add up to 1). Both with ``intended``, its share of weight.

    References
    ----------
    Paruolo, Saisana and Saltelli (2013), Journal of the Royal Statistical Society A 176, 609-634; Becker, Saisana,
    Paruolo and Vandecasteele (2017), Ecological Indicators 80, 12-22.

    Examples
    --------
    >>> import pandas as pd
    >>> from vises_methods.indicators import compose
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", "a", "b"], "parent": [None, "i", "i"]}))
    >>> data = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6], "b": [3.0, 1, 2, 6, 4, 5]}, index=list("uvwxyz"))
    >>> rows = importance(compose(data, tree, {"normalisation": "minmax"}), tree).estimates
    >>> rows.query("measure == 'variance_share'")["estimate"].round(3).tolist()
    [0.5, 0.5]
    """
    require_composite(composite, "importance(composite)")
    numbers = composite.normalised.join(composite.scores).dropna(axis=1, how="all")
    given = composite.options["weights_used"]
    rows: list[dict[str, Any]] = []
    for heading in (code for code in composite.scores if code in numbers):
        children = [code for code in tree.children(str(heading)) if code in numbers]
        complete = numbers[[*children, heading]].dropna().to_numpy(dtype=float)
        weights = np.array([given[code] for code in children])
        intended = weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), np.nan)
        reason = _too_little(complete)
        parts = {"correlation_ratio": _ratios(complete), "variance_share": _shares(complete, intended)}
        for measure, values in parts.items():
            for i, code in enumerate(children):
                absent = reason or (None if np.isfinite(values[i]) else "indicators.reasons.no_variation")
                rows.append(
                    {
                        "measure": measure,
                        "subject": code,
                        "heading": heading,
                        "estimate": np.nan if absent else values[i],
                        "n": len(complete),
                        "coverage": len(complete) / len(numbers),
                        "unit": "share",
                        "reason": absent,
                        "intended": intended[i],
                    }
                )
    return Result(
        method="importance of nodes",
        reference="Paruolo, Saisana and Saltelli (2013), Journal of the Royal Statistical Society A 176, 609-634",
        estimates=pd.DataFrame(
            rows, columns=None if rows else ["measure", "subject", "estimate", "heading", "intended"]
        ),
        options={"weights": dict(given)},
        notices=composite.notices,
        not_estimable=None if rows else NotEstimable(_NOTHING),
        inputs={"scores": fingerprint(numbers)},
    )


def _too_little(complete: Floats) -> str | None:
    """A cubic needs more units than it has terms."""
    return "indicators.reasons.few_for_importance" if len(complete) < 6 else None


def _pair(numbers: pd.DataFrame, one: str, two: str, method: str) -> dict[str, Any]:
    """Ranks are taken of scores to nine decimals: what differs beyond that is arithmetic, not data."""
    both = numbers[[one, two]].dropna().to_numpy(dtype=float)
    if method != "pearson":
        both = both.round(9)
    row = {"n": len(both), "coverage": len(both) / len(numbers), "unit": "correlation"}
    if len(both) < _LEAST:
        return row | {"estimate": np.nan, "p": np.nan, "reason": "indicators.reasons.few_units"}
    if (np.ptp(both, axis=0) == 0).any():
        return row | {"estimate": np.nan, "p": np.nan, "reason": "indicators.reasons.no_variation"}
    tests = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}
    found = tests[method](both[:, 0], both[:, 1])
    return row | {"estimate": float(found.statistic), "p": float(found.pvalue), "reason": None}


def _flag(correlation: float, high: float, low: float) -> str | None:
    if np.isnan(correlation):
        return None
    return "high" if correlation >= high else "low" if correlation <= low else None


def _upwards(numbers: pd.DataFrame, tree: IndicatorTree, method: str, weak: float) -> list[dict[str, Any]]:
    rows = []
    for code in map(str, numbers.columns):
        parent = tree.node(code).parent
        root = code
        while (above := tree.node(root).parent) is not None:
            root = above
        for measure, heading in (("with_parent", parent), ("with_root", root)):
            if heading is None or heading == code or heading not in numbers:
                continue
            row = _pair(numbers, code, heading, method)
            flagged = measure == "with_parent" and row["estimate"] < weak
            rows.append(
                row | {"measure": measure, "subject": code, "heading": heading, "flag": "weak" if flagged else None}
            )
    return rows


def _group(numbers: pd.DataFrame, tree: IndicatorTree, heading: str) -> list[dict[str, Any]]:
    children = [code for code in tree.children(heading) if code in numbers]
    if len(children) < 2:
        return []
    alpha = cronbach_alpha(numbers[children]).estimates.iloc[0]
    shared = {"subject": heading, "heading": heading, "n": alpha["n"], "coverage": alpha["coverage"]}
    complete = numbers[children].dropna().to_numpy(dtype=float)
    share = np.nan
    if pd.isna(alpha["reason"]):
        values, _ = components_of(complete)
        share = float(values[0] / values.sum())
    return [
        shared | {"measure": "alpha", "estimate": alpha["estimate"], "unit": "coefficient", "reason": alpha["reason"]},
        shared | {"measure": "first_component", "estimate": share, "unit": "share", "reason": alpha["reason"]},
    ]


def _ratios(complete: Floats) -> Floats:
    """R² of the heading on a cubic of each child, adjusted for its terms, never below zero."""
    children, heading = complete[:, :-1], complete[:, -1]
    found = np.full(children.shape[1], np.nan)
    if len(complete) < 6 or np.ptp(heading) == 0:
        return found
    for i, child in enumerate(children.T):
        if np.ptp(child) == 0:
            continue
        scaled = (child - child.mean()) / child.std()
        design = np.vander(scaled, 1 + min(3, len(np.unique(child)) - 1))
        residual = heading - design @ np.linalg.lstsq(design, heading, rcond=None)[0]
        free = (len(heading) - 1) / (len(heading) - design.shape[1])
        found[i] = max(0.0, 1 - residual.var() / heading.var() * free)
    return found


def _shares(complete: Floats, intended: Floats) -> Floats:
    """The Shapley value of the variance of a weighted sum: cov(w x, Σ w x) ÷ var(Σ w x)."""
    parts = complete[:, :-1] * intended
    total = parts.sum(axis=1)
    if len(complete) < 2 or not np.isfinite(total).all() or np.ptp(total) == 0:
        return np.full(parts.shape[1], np.nan)
    centred = total - total.mean()
    return np.asarray((parts - parts.mean(axis=0)).T @ centred / (centred @ centred))
