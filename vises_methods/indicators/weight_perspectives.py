"""The same data under the weights of each stakeholder group: what all agree on, and what hangs on whose weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.cells import Cells
from vises_methods.indicators.composite import Recipe, compose
from vises_methods.indicators.inputs import require_kind
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.results import Result, fingerprint


def weight_perspectives(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None,
    sets: Mapping[str, Mapping[str, float] | str | None],
    /,
    *,
    tolerance: float = 0.0,
) -> Result:
    """Score units under the weights of each group, side by side; no average over groups is made.

    Use it wherever weights were asked of people: it shows which conclusions hold under everybody's weights.

    Parameters
    ----------
    values, tree, recipe
        As in :func:`compose`; the weights of the recipe are replaced.
    sets : mapping of str to weights
        From group to weights, as in :func:`aggregate`; for instance the rows of ``details["groups"]`` of
        :func:`budget_weights`.
    tolerance : float
        Differences of score up to this are no difference.

    Returns
    -------
    Result
        One row per unit, heading and group (column ``group``): the score. Then ``spread`` per unit and heading: the
        highest minus the lowest over groups. ``details["orders"]``: per root and pair of units of which one is above
        under some weights, in how many groups it is, the coverage of both, and ``verdict``: ``all`` (above under
        everybody's weights) or ``depends``. ``details["scores:<group>"]``: unit × heading.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, pp. 31-33 and 96-101.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0], "max": [None, 10, 10]}
    >>> values = pd.DataFrame({"a": [2.0, 8.0], "b": [9.0, 1.0]}, index=["u", "v"])
    >>> sets = {"users": {"a": 3, "b": 1}, "staff": {"a": 1, "b": 3}}
    >>> tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    >>> weight_perspectives(values, tree, None, sets).details["orders"]["verdict"].tolist()
    ['depends']
    """
    require_kind(sets, Mapping, "weight_perspectives(sets)", "mapping")
    if len(sets) < 2:
        raise InputError("indicators.errors.two_sets", "weight_perspectives(sets)", count=len(sets))
    if tolerance < 0:
        raise InputError("out_of_range", "weight_perspectives(tolerance=)", value=tolerance, allowed="≥ 0")
    chosen = Recipe.of(recipe)
    composites = {name: compose(values, tree, replace(chosen, weights=given)) for name, given in sets.items()}
    first = next(iter(composites.values()))
    scored = [composite.estimates.assign(group=name) for name, composite in composites.items()]
    stack = np.stack([composite.scores.to_numpy(dtype=float) for composite in composites.values()])
    units, nodes = first.scores.index.astype(str), list(map(str, first.scores.columns))
    roots = [code for code in tree.roots if code in nodes]
    orders = [row for code in roots for row in _orders(stack[:, :, nodes.index(code)], list(units), code, tolerance)]
    columns = ["node", "unit", "other", "above_in", "below_in", "groups", "verdict"]
    table = pd.DataFrame(orders, columns=columns)
    covered = first.coverage.set_axis(units)
    for name in ("unit", "other"):
        known = zip(table[name], table["node"], strict=True)
        table[f"{name}_coverage"] = [float(covered.loc[unit, node]) for unit, node in known]
    return Result(
        method="scores by the weights of each group",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, pp. 31-33, 96-101",
        estimates=pd.concat([*scored, _spread(stack, units, nodes, first.coverage)], ignore_index=True),
        details={
            "orders": table,
            **{f"scores:{name}": composite.scores for name, composite in composites.items()},
        },
        options={"sets": {name: composite.options["weights_used"] for name, composite in composites.items()}},
        notices=first.notices,
        inputs={**first.inputs, "tree": fingerprint(tree.to_frame())},
    )


def _spread(
    stack: np.ndarray[Any, np.dtype[np.float64]], units: pd.Index, nodes: list[str], coverage: pd.DataFrame
) -> pd.DataFrame:
    spread = stack.max(axis=0) - stack.min(axis=0)
    missing = np.isnan(spread).reshape(-1)
    return pd.DataFrame(
        {
            "measure": "spread",
            "subject": np.repeat(units.to_numpy(), len(nodes)),
            "node": np.tile(nodes, len(units)),
            "estimate": spread.reshape(-1),
            "n": len(stack),
            "coverage": coverage.to_numpy().reshape(-1),
            "unit": "score",
            "reason": ["indicators.reasons.not_scored_in_both" if absent else None for absent in missing],
        }
    )


def _orders(
    scores: np.ndarray[Any, np.dtype[np.float64]], units: list[str], node: str, tolerance: float
) -> list[tuple[Any, ...]]:
    """Each pair once, the unit that is above in more groups first."""
    rows = []
    for i, j in combinations(range(len(units)), 2):
        apart = scores[:, i] - scores[:, j]
        above, below = int((apart > tolerance).sum()), int((apart < -tolerance).sum())
        one, two = (units[i], units[j]) if above >= below else (units[j], units[i])
        most, least = max(above, below), min(above, below)
        if most:
            verdict = "all" if most == len(scores) else "depends"
            rows.append((node, one, two, most, least, len(scores), verdict))
    return rows
