"""Weights among siblings, and what they come to at the top of the tree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.inputs import require_kind
from vises_methods.indicators.tree import IndicatorTree, require_tree
from vises_methods.results import Result, fingerprint


def resolved_weights(
    tree: IndicatorTree, weights: Mapping[str, float] | str | None, where: str = "weights="
) -> dict[str, float]:
    """Return a weight for every code: those given, a named set, or ``"equal"``, laid over those of the tree."""
    own = {node.code: node.weight for node in tree.nodes}
    if weights is None:
        return own
    if isinstance(weights, str):
        if weights == "equal":
            return {node.code: float(node.scored) for node in tree.nodes} | dict(tree.weight_sets.get("equal", {}))
        if weights not in tree.weight_sets:
            raise InputError("unknown_option", where, value=weights, allowed=["equal", *tree.weight_sets])
        weights = tree.weight_sets[weights]
    require_kind(weights, (Mapping, pd.Series), where, "mapping, Series, str, None")
    for code, weight in weights.items():
        if code not in own:
            raise InputError("indicators.errors.unknown_code", where, value=str(code))
        require_kind(weight, Real, f"{where}[{code}]", "float")
        if not math.isfinite(weight) or weight < 0:
            raise InputError("out_of_range", where, value=weight, allowed="≥ 0")
        if weight > 0 and not tree.node(code).scored:
            raise InputError("indicators.errors.weight_on_neutral", where, node=str(code), value=weight)
    return own | {code: float(weight) for code, weight in weights.items()}


def effective_weights(tree: IndicatorTree, /, *, weights: Mapping[str, float] | str | None = None) -> Result:
    """Multiply weights down the tree: the share of each node in the score at its root.

    Use it to show people what their weights come to: equal weights among headings of unequal size are not equal
    weights among indicators.

    Parameters
    ----------
    tree : IndicatorTree
    weights : mapping of str to float, str, or None
        As in :func:`aggregate`.

    Returns
    -------
    Result
        One row per node: ``estimate`` its share of its root (0-1), ``low`` and ``high`` empty. Neutral nodes have the
        reason ``neutral``. ``details["weights"]``: code, parent, level, weight (share among siblings), effective.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, pp. 31-33.

    Examples
    --------
    >>> import pandas as pd
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({
    ...     "code": ["index", "A", "B", "a1", "a2", "b1"], "parent": [None, "index", "index", "A", "A", "B"]}))
    >>> effective_weights(tree).details["weights"]["effective"].tolist()
    [1.0, 0.5, 0.5, 0.25, 0.25, 0.5]
    """
    require_tree(tree, "effective_weights(tree)")
    given = resolved_weights(tree, weights, "effective_weights(weights=)")
    scored = {code for code in tree.codes if any(tree.node(leaf).scored for leaf in tree.descendants(code))}
    shares: dict[str, float] = {}
    effective: dict[str, float] = {}
    for node in sorted(tree.nodes, key=lambda node: -node.level):
        siblings = tree.roots if node.parent is None else tree.children(node.parent)
        total = sum(given[code] for code in siblings if code in scored)
        share = given[node.code] / total if node.code in scored and total > 0 else math.nan
        shares[node.code] = 1.0 if node.parent is None and node.code in scored else share
        above = 1.0 if node.parent is None else effective[node.parent]
        effective[node.code] = shares[node.code] * above
    return _weights_result(tree, given, shares, effective)


def _weights_result(
    tree: IndicatorTree, given: Mapping[str, float], shares: Mapping[str, float], effective: Mapping[str, float]
) -> Result:
    table = tree.to_frame()[["code", "parent", "level"]]
    table["weight"] = [shares[code] for code in tree.codes]
    table["effective"] = [effective[code] for code in tree.codes]
    reasons = []
    for node in tree.nodes:
        without = math.isnan(effective[node.code])
        reason = "neutral" if not node.scored else "weights_all_zero"
        reasons.append(f"indicators.reasons.{reason}" if without else None)
    return Result(
        method="effective weights",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, pp. 31-33",
        estimates=pd.DataFrame(
            {
                "measure": "effective_weight",
                "subject": list(tree.codes),
                "estimate": table["effective"],
                "n": [len(tree.descendants(code)) for code in tree.codes],
                "coverage": 1.0,
                "unit": "share",
                "reason": reasons,
            }
        ),
        details={"weights": table},
        options={"weights": dict(given)},
        inputs={"tree": fingerprint(tree.to_frame())},
    )
