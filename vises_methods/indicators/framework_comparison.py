"""Two versions of a framework side by side: what differs, and what that does to the scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.indicators.cells import Cells, reason_where
from vises_methods.indicators.composite import Recipe, compose, told
from vises_methods.indicators.tree import IndicatorTree, Node
from vises_methods.results import Result, fingerprint

_COMPARED = ("parent", "direction", "weight", "unit", "scale", "target", "groups", "denominator")


def compare_frameworks(
    values: pd.DataFrame | Cells,
    first: IndicatorTree,
    second: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None = None,
    /,
) -> Result:
    """Score the same data by two frameworks, and list what differs between them.

    Use it when a framework is revised: it separates what changed in the units from what changed in the yardstick.

    Parameters
    ----------
    values : DataFrame or Cells
        With the columns that either framework asks for.
    first, second : IndicatorTree
    recipe : Recipe, mapping or None

    Returns
    -------
    Result
        One row per unit and heading of both frameworks: ``estimate`` the score by the second minus that by the
        first, with ``first`` and ``second``. ``details["differences"]``: node, what differs, in the first, in the
        second.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7, pp. 34-35.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0],
    ...     "max": [None, 10, 10], "weight": [1, 1, 1]})
    >>> old, new = (IndicatorTree.from_frame(nodes.assign(weight=weight)) for weight in ([1, 1, 1], [1, 3, 1]))
    >>> compare_frameworks(pd.DataFrame({"a": [8.0], "b": [4.0]}, index=["u"]), old, new).value
    10.0
    """
    composites = [compose(values, tree, recipe) for tree in (first, second)]
    nodes = [str(code) for code in composites[0].scores if code in composites[1].scores]
    units = composites[0].scores.index
    scores = [composite.scores[nodes].to_numpy(dtype=float) for composite in composites]
    difference = scores[1] - scores[0]
    counts = composites[1].estimates.pivot_table(index="subject", columns="measure", values="n", sort=False)
    rows = pd.DataFrame(
        {
            "measure": np.tile(nodes, len(units)),
            "subject": np.repeat(units.astype(str).to_numpy(), len(nodes)),
            "estimate": difference.reshape(-1),
            "n": counts.loc[units.astype(str), nodes].to_numpy().reshape(-1),
            "coverage": composites[1].coverage[nodes].to_numpy().reshape(-1),
            "unit": "score",
            "first": scores[0].reshape(-1),
            "second": scores[1].reshape(-1),
        }
    )
    return Result(
        method="comparison of frameworks",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7, pp. 34-35",
        estimates=rows.assign(reason=reason_where(rows["estimate"].isna(), "not_scored_in_both")),
        details={"differences": pd.DataFrame(_differences(first, second), columns=["node", "what", "first", "second"])},
        options={"recipe": told(Recipe.of(recipe))},
        notices=composites[1].notices,
        inputs={
            **composites[0].inputs,
            "first": fingerprint(first.to_frame()),
            "second": fingerprint(second.to_frame()),
        },
    )


def _differences(first: IndicatorTree, second: IndicatorTree) -> list[tuple[str, str, str | None, str | None]]:
    found: list[tuple[str, str, str | None, str | None]] = []
    for code in dict.fromkeys([*first.codes, *second.codes]):
        if code not in second.codes:
            found.append((code, "removed", first.node(code).parent, None))
        elif code not in first.codes:
            found.append((code, "added", None, second.node(code).parent))
        else:
            old, new = first.node(code), second.node(code)
            found += [
                (code, name, _shown(old, name), _shown(new, name))
                for name in _COMPARED
                if getattr(old, name) != getattr(new, name)
            ]
    return found


def _shown(node: Node, name: str) -> str | None:
    value = getattr(node, name)
    if value is None:
        return None
    if name == "groups":
        return ", ".join(sorted(value))
    if name == "scale":
        return ", ".join(f"{part} {number}" for part, number in asdict(value).items() if number is not None)
    return str(value)
