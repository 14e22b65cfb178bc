"""Filling what is missing, never in secret: an imputed cell keeps its mark, and does not count as reported."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Bools, Floats
from vises_methods.indicators.cells import Cells, Sheet, numeric, sheet
from vises_methods.indicators.inputs import require_kind
from vises_methods.indicators.scaling import orient
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.results import Notice, Result, fingerprint

Imputation = Literal["mean", "median", "group_mean", "group_median", "siblings", "last", "linear"]
IMPUTATIONS = ("mean", "median", "group_mean", "group_median", "siblings", "last", "linear")
Own = Callable[[pd.DataFrame], pd.DataFrame]
_REFERENCE = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3, pp. 24-25 and 55-62"


def impute(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    /,
    *,
    method: Imputation | Own = "median",
    groups: pd.Series | None = None,
    past: Mapping[int, pd.DataFrame | Cells] | None = None,
    year: int | None = None,
) -> Result:
    """Fill the missing values of the indicators that apply.

    Use it where a method cannot do with gaps, and to see how much conclusions hang on them. A filled cell is
    ``imputed``: it enters scores, but lowers the coverage as before, and the worst and the best case still take it as
    missing. So nobody gains by silence.

    Parameters
    ----------
    values : DataFrame or Cells
    tree : IndicatorTree
    method : str or function
        ``mean, median`` of the units; ``group_mean, group_median`` of the unit's group; ``siblings``: as far from the
        mean as the unit's other indicators under the same heading are, in standard deviations; ``last`` known value
        of the unit; ``linear`` between its years; or a function from a frame with gaps to a frame without.
    groups : Series, optional
        The group of each unit, for the group methods; by default that of the cells.
    past : mapping of int to DataFrame or Cells, optional
        Other years, for ``last`` and ``linear``.
    year : int, optional
        The year of ``values``, for ``linear``; by default the one after the last of ``past``.

    Returns
    -------
    Result
        One row per indicator: ``estimate`` the number of filled cells. ``details["values"], ["states"]``. What could
        not be filled stays missing, and is told.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3, pp. 24-25 and 55-62.

    Examples
    --------
    >>> import pandas as pd
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", "a"], "parent": [None, "i"]}))
    >>> result = impute(pd.DataFrame({"a": [1.0, None, 4.0]}, index=list("uvw")), tree, method="mean")
    >>> result.details["values"]["a"].tolist(), result.details["states"]["a"].tolist()
    ([1.0, 2.5, 4.0], ['reported', 'imputed', 'reported'])
    """
    laid = sheet(values, tree, tree.indicators, "impute(values)")
    own_groups = groups if groups is not None else values.groups if isinstance(values, Cells) else None
    filled = filling(laid, tree, method, own_groups, past, year)
    gaps = np.isnan(laid.numbers) & laid.applicable
    done = gaps & ~np.isnan(filled)
    numbers = np.where(done, filled, laid.numbers)
    left = int((gaps & ~done).sum())
    return Result(
        method="imputation",
        reference=_REFERENCE,
        estimates=pd.DataFrame(
            {
                "measure": "filled",
                "subject": list(laid.indicators),
                "estimate": done.sum(axis=0).astype(float),
                "n": laid.applicable.sum(axis=0),
                "coverage": 1 - gaps.sum(axis=0) / np.maximum(laid.applicable.sum(axis=0), 1),
                "unit": "cells",
            }
        ),
        details={
            "values": pd.DataFrame(numbers, index=laid.units, columns=list(laid.indicators)),
            "states": laid.with_states(done, "imputed"),
        },
        options={"method": method if isinstance(method, str) else method.__name__, "year": year},
        notices=(*laid.notices, *([Notice("indicators.notices.not_imputed", {"count": left})] if left else [])),
        inputs={"values": fingerprint(laid.values_frame)},
    )


def filling(
    laid: Sheet,
    tree: IndicatorTree,
    method: Imputation | Own,
    groups: pd.Series | None,
    past: Mapping[int, pd.DataFrame | Cells] | None,
    year: int | None,
) -> Floats:
    """What the method would put in each cell; empty where it has nothing to put."""
    if callable(method):
        answer = numeric(method(laid.values_frame), "impute(method=)")
        return answer.reindex(index=laid.units, columns=list(laid.indicators)).to_numpy(dtype=float)
    if method not in IMPUTATIONS:
        raise InputError("unknown_option", "impute(method=)", value=method, allowed=list(IMPUTATIONS))
    if method == "siblings":
        return _siblings(laid, tree)
    if method in ("last", "linear"):
        return _over_years(laid, tree, past, year, method)
    statistic = _mean if method.endswith("mean") else _median
    if not method.startswith("group"):
        return np.broadcast_to(statistic(laid.numbers), laid.numbers.shape)
    if groups is None:
        raise InputError("indicators.errors.groups_needed", "impute(groups=)", value=method)
    words = groups.reindex(laid.units).astype(str).to_numpy()
    filled = np.full(laid.numbers.shape, np.nan)
    for word in dict.fromkeys(words):
        rows = words == word
        filled[rows] = statistic(laid.numbers[rows])
    return filled


def _mean(numbers: Floats) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(numbers, axis=0))


def _median(numbers: Floats) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmedian(numbers, axis=0))


def _siblings(laid: Sheet, tree: IndicatorTree) -> Floats:
    """The distance from the mean is read with the direction of each indicator, and given back with it."""
    nodes = [tree.node(code) for code in laid.indicators]
    oriented = np.stack([orient(laid.numbers[:, i], node) for i, node in enumerate(nodes)], axis=1)
    mean = _mean(oriented)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        deviation = np.nanstd(oriented, axis=0, ddof=1)
    distance = (oriented - mean) / np.where(deviation > 0, deviation, np.nan)
    filled = np.full_like(oriented, np.nan)
    for i, node in enumerate(nodes):
        others = [j for j, other in enumerate(nodes) if j != i and other.parent == node.parent and other.scored]
        if others and node.direction in ("higher", "lower"):
            sign = -1.0 if node.direction == "lower" else 1.0
            filled[:, i] = sign * (mean[i] + deviation[i] * _mean(distance[:, others].T))
    return filled


def _over_years(
    laid: Sheet,
    tree: IndicatorTree,
    past: Mapping[int, pd.DataFrame | Cells] | None,
    year: int | None,
    method: str,
) -> Floats:
    require_kind({} if past is None else past, Mapping, "impute(past=)", "mapping")
    if not past:
        raise InputError("indicators.errors.years_needed", "impute(past=)", value=method)
    years = sorted(past)
    now = max(years) + 1 if year is None else year
    sheets = [sheet(past[one], tree, laid.indicators, f"impute(past={one})").values_frame for one in years]
    stack = np.stack([frame.reindex(index=laid.units).to_numpy(dtype=float) for frame in sheets])
    before = np.array([one < now for one in years])
    earlier, year_before = _nearest(stack[before][::-1], [one for one in years if one < now][::-1])
    if method == "last":
        return earlier
    later, year_after = _nearest(stack[~before], [one for one in years if one >= now])
    with np.errstate(invalid="ignore"):
        between = earlier + (later - earlier) * (now - year_before) / (year_after - year_before)
    return np.where(np.isnan(later), earlier, between)


def _nearest(stack: Floats, years: list[int]) -> tuple[Floats, Floats]:
    """The first known value of each cell along the years, and its year."""
    if not years:
        empty = np.full(stack.shape[1:], np.nan)
        return empty, empty
    known: Bools = ~np.isnan(stack)
    first = known.argmax(axis=0)
    values = np.take_along_axis(stack, first[None], axis=0)[0]
    return values, np.asarray(years, dtype=float)[first]
