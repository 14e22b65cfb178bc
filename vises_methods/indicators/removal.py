"""What the scores become without one element of the tree at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import Cells
from vises_methods.indicators.composite import Recipe, compose
from vises_methods.indicators.simulation import ranks_of, simulate, study_of
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.results import Result, fingerprint


def removal(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None = None,
    /,
    *,
    level: int = 1,
    node: str | None = None,
) -> Result:
    """Leave out each element of one level in turn, and see what a heading's scores become.

    Use it to find elements that carry the result alone, and elements that could go without loss.

    Parameters
    ----------
    values, tree, recipe
        As in :func:`compose`.
    level : int
        Whose elements are left out, 1 the indicators.
    node : str, optional
        The heading that is followed; by default the first root. Only elements under it are left out.

    Returns
    -------
    Result
        One row per element: ``estimate`` the mean absolute change of rank over units, with ``largest`` and
        ``mean_change`` of score. ``details["scores"]`` and ``["ranks"]``: unit × element, first ``none``;
        ``["coverage"]``: of the heading, with every element. An element whose removal leaves a unit without score
        leaves that unit out of its row (``n``).

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7, pp. 117-124; table 41.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0], "max": [None, 10, 10]}
    >>> values = pd.DataFrame({"a": [2.0, 8.0], "b": [9.0, 1.0]}, index=["u", "v"])
    >>> removal(values, IndicatorTree.from_frame(pd.DataFrame(nodes))).details["scores"].loc["u"].tolist()
    [55.0, 90.0, 20.0]
    """
    heading = node or tree.roots[0]
    if not 1 <= level < tree.node(heading).level:
        raise InputError("out_of_range", "removal(level=)", value=level, allowed=f"1-{tree.node(heading).level - 1}")
    scored = set(tree.scored_indicators)
    elements = [code for code in _under(tree, heading, level) if scored.intersection(tree.descendants(code))]
    chosen = Recipe.of(recipe)
    study = study_of(values, tree, chosen, {"removal": [None, *elements]}, 1, 0)
    position = study.structure.nodes.index(heading)
    design = np.arange(len(elements) + 1)[:, None]
    scores = np.concatenate([part[:, :, position] for _, part in simulate(study, design)], axis=1)
    ranks = ranks_of(scores)
    columns = ["none", *elements]
    return Result(
        method="removal of elements",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7, pp. 117-124",
        estimates=_rows(elements, scores, ranks),
        details={
            "scores": pd.DataFrame(scores.T, index=study.units, columns=columns),
            "ranks": pd.DataFrame(ranks.T, index=study.units, columns=columns),
            "coverage": compose(values, tree, chosen).coverage[[heading]],
        },
        options={"level": level, "node": heading, "min_coverage": chosen.min_coverage},
        notices=study.laid.notices,
        inputs={"values": fingerprint(study.laid.values_frame), "tree": fingerprint(tree.to_frame())},
    )


def _under(tree: IndicatorTree, heading: str, level: int) -> list[str]:
    found = [heading]
    while tree.node(found[0]).level > level:
        found = [child for code in found for child in tree.children(code)]
    return found


def _rows(elements: list[str], scores: Floats, ranks: Floats) -> pd.DataFrame:
    rows = []
    for i, code in enumerate(elements, start=1):
        shift, moved = np.abs(ranks[i] - ranks[0]), scores[i] - scores[0]
        both = ~np.isnan(shift)
        rows.append(
            {
                "measure": "mean_rank_shift",
                "subject": code,
                "estimate": shift[both].mean() if both.any() else np.nan,
                "n": int(both.sum()),
                "coverage": float(both.mean()),
                "unit": "ranks",
                "reason": None if both.any() else "indicators.reasons.nothing_reported",
                "largest": shift[both].max() if both.any() else np.nan,
                "mean_change": moved[both].mean() if both.any() else np.nan,
            }
        )
    return pd.DataFrame(rows)
