"""One value changed: what moves above it, and what one more point would take."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.cells import Cells, cells_in, reason_where
from vises_methods.indicators.composite import Composite, Recipe, compose
from vises_methods.indicators.inputs import require_kind, require_units
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.results import Notice, Result, fingerprint


def what_if(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None = None,
    /,
    *,
    unit: str,
    changes: Mapping[str, float],
) -> Result:
    """Change values of one unit, and see every heading above them move.

    Use it to explain a score to those it is about. It is arithmetic, not a forecast: nothing says that the change can
    be had, nor that it would be good.

    Parameters
    ----------
    values, tree, recipe
        As in :func:`compose`.
    unit : str
    changes : mapping of str to float
        From indicator to its new value, in its own unit.

    Returns
    -------
    Result
        One row per heading above a changed indicator: ``estimate`` the change of its score, with ``before`` and
        ``after``. ``details["price"]``: per changed indicator, the points that its root moves with this change
        alone, and the change of value that one point takes (empty where the root does not move: the value lies
        beyond its goalposts, for instance).

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 8, pp. 36-38.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0], "max": [None, 10, 10]}
    >>> values = pd.DataFrame({"a": [2.0], "b": [9.0]}, index=["u"])
    >>> result = what_if(values, IndicatorTree.from_frame(pd.DataFrame(nodes)), unit="u", changes={"a": 4})
    >>> result.value, result.details["price"].loc["a", "value_per_point"].item()
    (10.0, 0.2)
    """
    cells, unit = _named(cells_in(values, tree, "what_if(values)")), str(unit)
    _check(cells, tree, unit, changes)
    before = compose(cells, tree, recipe)
    after = compose(_changed(cells, unit, changes), tree, recipe)
    concerned = [code for code in reversed(tree.aggregates) if set(tree.descendants(code)).intersection(changes)]
    others = before.scores.index != unit
    moved = int((np.abs(after.scores - before.scores)[others] > 1e-9).any(axis=1).sum())
    return Result(
        method="what if",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 8, pp. 36-38",
        estimates=_rows(before, after, unit, [code for code in concerned if code in before.scores]),
        details={"price": _prices(cells, tree, recipe, unit, changes, before)},
        options={"unit": unit, "changes": dict(changes), "recipe": dict(before.options)},
        notices=(Notice("indicators.notices.others_moved", {"count": moved}),) if moved else (),
        inputs={**before.inputs, "tree": fingerprint(tree.to_frame())},
    )


def _named(cells: Cells) -> Cells:
    """Units under their names as written, whatever kind of thing names them."""
    names = cells.numbers.index.astype(str)
    groups = None if cells.groups is None else cells.groups.reindex(cells.numbers.index).set_axis(names)
    return Cells(cells.numbers.set_axis(names), cells.states.set_axis(names), groups)


def _check(cells: Cells, tree: IndicatorTree, unit: str, changes: Mapping[str, float]) -> None:
    index = cells.numbers.index
    if unit not in index:
        raise InputError("unknown_option", "what_if(unit=)", value=unit, allowed=list(index))
    require_units(index, "what_if(values)")
    if not changes:
        raise InputError("empty_data", "what_if(changes=)")
    for code, value in changes.items():
        if code not in tree.scored_indicators:
            raise InputError("indicators.errors.unknown_code", "what_if(changes=)", value=code)
        require_kind(value, Real, f"what_if(changes=)[{code}]", "float")
        if not np.isfinite(value):
            raise InputError("indicators.errors.not_numeric", "what_if(changes=)", value=str(value), indicator=code)


def _changed(cells: Cells, unit: str, changes: Mapping[str, float]) -> Cells:
    numbers, states = cells.numbers.copy(), cells.states.copy()
    for code, value in changes.items():
        numbers.loc[unit, code] = float(value)
        states.loc[unit, code] = "reported"
    return Cells(numbers, states.where(states.notna(), "not_collected"), cells.groups)


def _rows(before: Composite, after: Composite, unit: str, headings: list[str]) -> pd.DataFrame:
    then, now = (composite.of_unit(unit).to_dict("index") for composite in (before, after))
    rows = [
        {
            "measure": "change",
            "subject": code,
            "estimate": now[code]["estimate"] - then[code]["estimate"],
            "n": now[code]["n"],
            "coverage": now[code]["coverage"],
            "unit": "score",
            "before": then[code]["estimate"],
            "after": now[code]["estimate"],
        }
        for code in headings
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(reason=reason_where(frame["estimate"].isna(), "not_scored_in_both"))


def _prices(
    cells: Cells,
    tree: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None,
    unit: str,
    changes: Mapping[str, float],
    before: Composite,
) -> pd.DataFrame:
    numbers = cells.numbers.reindex(columns=list(changes))
    rows = {}
    for code, value in changes.items():
        root = code
        while (parent := tree.node(root).parent) is not None:
            root = parent
        alone = compose(_changed(cells, unit, {code: value}), tree, recipe)
        points = float(alone.scores[root][unit]) - float(before.scores[root][unit])
        step = float(value) - float(numbers[code][unit])
        rows[code] = {"root": root, "points": points, "value_per_point": step / points if points else np.nan}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")
