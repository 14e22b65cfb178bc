"""Why a score changed between two years: other values, other coverage, other weights, other members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from math import factorial
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import PRESENT, Cells, cells_in, reason_where
from vises_methods.indicators.composite import Composite, Recipe, compose
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.indicators.weights import resolved_weights
from vises_methods.results import Result, fingerprint

SOURCES = ("values", "coverage", "weights", "membership")
Weights = Mapping[str, float] | str | None


def decompose_change(
    before: pd.DataFrame | Cells,
    after: pd.DataFrame | Cells,
    tree: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None = None,
    /,
    *,
    weights_after: Weights = None,
) -> Result:
    """Share the change of every score between two years out over what changed.

    Use it before saying that a unit improved: a score also moves when other indicators are reported, when weights are
    changed, and, on scales that compare units, when others join or leave.

    Parameters
    ----------
    before, after : DataFrame or Cells
        Unit × indicator, of each year.
    tree : IndicatorTree
    recipe : Recipe, mapping or None
        Of both years; its weights are those of the first.
    weights_after : mapping, str or None
        The weights of the second year; by default those of the first.

    Returns
    -------
    Result
        Per unit of both years and heading (column ``node``): a row ``total``, and rows ``values`` (of cells reported in
        both years), ``coverage`` (cells reported in one of them), ``weights``, ``membership`` (units of one year only),
        which add up to it. Each is the mean of what the source changes in every order in which the four can be changed
        (Shapley), so that none is favoured by coming first.

    References
    ----------
    Shorrocks (2013), Journal of Economic Inequality 11, 99-126.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0], "max": [None, 10, 10]}
    >>> tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    >>> then = pd.DataFrame({"a": [2.0], "b": [None]}, index=["u"])
    >>> now = pd.DataFrame({"a": [4.0], "b": [8.0]}, index=["u"])
    >>> rows = decompose_change(then, now, tree).estimates.set_index("measure")["estimate"]
    >>> {name: round(float(rows[name]), 1) for name in ("total", "values", "coverage")}
    {'total': 40.0, 'values': 15.0, 'coverage': 25.0}
    """
    years = (
        cells_in(before, tree, "decompose_change(before)"),
        cells_in(after, tree, "decompose_change(after)"),
    )
    both = years[0].numbers.index.intersection(years[1].numbers.index)
    if both.empty:
        raise InputError("indicators.errors.no_unit_in_both", "decompose_change(after)")
    chosen = Recipe.of(recipe)
    first = resolved_weights(tree, chosen.weights, "decompose_change(recipe)")
    weights = (first, first if weights_after is None else resolved_weights(tree, weights_after, "decompose_change()"))
    moving = (1, 1, int(weights[0] != weights[1]), int(not _same_members(*years)))
    worlds: dict[tuple[int, ...], Composite] = {}
    shared = {}
    for key in product((0, 1), repeat=len(SOURCES)):
        world = tuple(map(min, key, moving))
        if world not in worlds:
            cells = _world(years, world[0], world[1], world[3], both)
            worlds[world] = _composite(cells, tree, chosen, weights[world[2]])
        shared[key] = worlds[world].scores.loc[both].to_numpy(dtype=float)
    last = worlds[moving]
    return Result(
        method="decomposition of change",
        reference="Shorrocks (2013), Journal of Economic Inequality 11, 99-126",
        estimates=_rows(shared, both, last),
        options={"recipe": dict(last.options), "weights_before": weights[0], "weights_after": weights[1]},
        notices=last.notices,
        inputs={"before": fingerprint(years[0].numbers), "after": fingerprint(years[1].numbers)},
    )


def _same_members(before: Cells, after: Cells) -> bool:
    """Whether nothing can come from membership: the same units, of the same groups."""
    if not before.numbers.index.equals(after.numbers.index):
        return False
    if before.groups is None or after.groups is None:
        return before.groups is after.groups
    return bool(before.groups.equals(after.groups))


def _world(years: tuple[Cells, Cells], values: int, coverage: int, membership: int, both: pd.Index) -> Cells:
    """The data as they would be with the values of one year, the coverage of one, and the members of one.

    A value filled in for one that is missing is no report: its change is one of coverage.
    """
    units = years[membership].numbers.index
    columns = years[0].numbers.columns.union(years[1].numbers.columns, sort=False)
    laid = [_laid(year, units, columns) for year in years]
    shared = units.isin(both)[:, None]
    states = np.where(shared, laid[coverage][1], laid[membership][1])
    filled = np.where(shared, laid[coverage][0], laid[membership][0])
    numbers = np.where((laid[0][1] == "reported") & (laid[1][1] == "reported"), laid[values][0], filled)
    numbers = np.where(np.isin(states.astype(str), PRESENT), numbers, np.nan)
    groups = years[membership].groups
    frame = pd.DataFrame(numbers, index=units, columns=columns)
    return Cells(frame, pd.DataFrame(states, index=units, columns=columns, dtype=object), groups)


def _laid(year: Cells, units: pd.Index, columns: pd.Index) -> tuple[Floats, np.ndarray[Any, np.dtype[np.object_]]]:
    numbers = year.numbers.reindex(index=units, columns=columns).to_numpy(dtype=float)
    states = year.states.reindex(index=units, columns=columns).astype(object)
    return numbers, states.where(states.notna(), "not_collected").to_numpy(dtype=object)


def _composite(cells: Cells, tree: IndicatorTree, recipe: Recipe, weights: Mapping[str, float]) -> Composite:
    return compose(cells, tree, replace(recipe, weights=weights))


def _rows(shared: Mapping[tuple[int, ...], Floats], units: pd.Index, last: Composite) -> pd.DataFrame:
    size = len(SOURCES)
    parts = {"total": shared[(1,) * size] - shared[(0,) * size]}
    for position, source in enumerate(SOURCES):
        part = np.zeros_like(parts["total"])
        for key in product((0, 1), repeat=size):
            if key[position] == 0:
                others = sum(key)
                with_it = (*key[:position], 1, *key[position + 1 :])
                share = factorial(others) * factorial(size - others - 1) / factorial(size)
                part += share * (shared[with_it] - shared[key])
        parts[source] = part
    nodes = list(last.scores.columns)
    coverage = last.coverage.loc[units].to_numpy()
    counts = last.estimates.pivot_table(index="subject", columns="measure", values="n", sort=False)
    n = counts.loc[units.astype(str), nodes].to_numpy()
    frames = [
        pd.DataFrame(
            {
                "measure": name,
                "subject": np.repeat(units.astype(str).to_numpy(), len(nodes)),
                "node": np.tile(nodes, len(units)),
                "estimate": part.reshape(-1),
                "n": n.reshape(-1),
                "coverage": coverage.reshape(-1),
                "unit": "score",
            }
        )
        for name, part in parts.items()
    ]
    rows = pd.concat(frames, ignore_index=True)
    return rows.assign(reason=reason_where(rows["estimate"].isna(), "not_scored_in_both"))
