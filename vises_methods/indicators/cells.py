"""Cells with a state: a value, or the reason why there is none.

The state decides the arithmetic, everywhere alike: ``reported`` and ``imputed`` cells have a value;
``not_collected``, ``suppressed`` and ``refused`` lower the coverage; ``not_applicable`` leaves the denominator, but
only where the framework has a rule for it. Nothing missing is ever a zero.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Bools, Floats
from vises_methods.indicators.inputs import require_frame, require_units
from vises_methods.indicators.tree import IndicatorTree, require_tree
from vises_methods.results import Notice, Result

State = Literal["reported", "imputed", "not_collected", "suppressed", "refused", "not_applicable"]
STATES: tuple[str, ...] = get_args(State)
PRESENT = ("reported", "imputed")
REASONS = STATES[2:]
_LARGEST = 1e60
_LONG = ("unit", "indicator", "year", "value", "missing")


@dataclass(frozen=True, eq=False)
class Cells:
    """Values of units on indicators, each with its state.

    Use it wherever a plain frame would leave open *why* a cell is empty. All functions of this part take either.

    Attributes
    ----------
    numbers : DataFrame
        Unit × indicator; empty where there is no value.
    states : DataFrame
        Of the same shape: ``reported, imputed, not_collected, suppressed, refused, not_applicable``.
    groups : Series or None
        The group of each unit (a word, or a collection of words: group, scheme, size), by which the framework's rules
        of applicability are read.

    Raises
    ------
    InputError
        Shapes differ, a state is unknown, or a state contradicts its value.

    Examples
    --------
    >>> import pandas as pd
    >>> Cells.from_frame(pd.DataFrame({"A1": [1.0, None]}, index=["u", "v"])).states["A1"].tolist()
    ['reported', 'not_collected']
    """

    numbers: pd.DataFrame
    states: pd.DataFrame
    groups: pd.Series | None = None

    def __post_init__(self) -> None:
        if not (self.numbers.index.equals(self.states.index) and self.numbers.columns.equals(self.states.columns)):
            raise InputError("indicators.errors.shapes_differ", "Cells(states=)")
        states = self.states.to_numpy(dtype=object)
        unknown = sorted({str(state) for state in pd.unique(states.ravel())} - set(STATES))
        if unknown:
            raise InputError("unknown_option", "Cells(states=)", value=unknown[0], allowed=list(STATES))
        has_value = self.numbers.notna().to_numpy()
        stated = np.isin(states, PRESENT)
        if (has_value != stated).any():
            row, column = np.argwhere(has_value != stated)[0]
            raise InputError(
                "indicators.errors.state_contradicts",
                "Cells(states=)",
                unit=str(self.numbers.index[row]),
                indicator=str(self.numbers.columns[column]),
                state=str(self.states.iloc[row, column]),
            )

    @classmethod
    def from_frame(
        cls, values: pd.DataFrame, /, *, states: pd.DataFrame | None = None, groups: pd.Series | None = None
    ) -> Self:
        """Take a unit × indicator frame; an empty cell without a state is ``not_collected``."""
        numbers = numeric(values, "Cells.from_frame(values)")
        if states is None:
            told = np.where(numbers.notna(), "reported", "not_collected")
            states = pd.DataFrame(told, index=numbers.index, columns=numbers.columns, dtype=object)
        return cls(numbers, states, groups)

    @classmethod
    def from_long(cls, table: pd.DataFrame, /, *, year: int | None = None, groups: pd.Series | None = None) -> Self:
        """Take a long table with one row per unit and indicator.

        Parameters
        ----------
        table : DataFrame
            Columns ``unit, indicator, year, value, missing``; ``missing`` holds the reason where ``value`` is empty.
            A pair without a row is ``not_collected``.
        year : int, optional
            Which year; needed where the table holds several.
        groups : Series, optional
            The group of each unit.

        Raises
        ------
        InputError
            Two rows for one cell; a value together with a reason; an unknown reason; several years and none named.
        """
        where = "Cells.from_long(table)"
        require_frame(table, where)
        missing = [name for name in _LONG if name not in table.columns]
        if missing:
            raise InputError("missing_columns", where, found=list(table), required=list(_LONG), missing=missing)
        rows = _of_year(table, year)
        double = rows.duplicated(["unit", "indicator"])
        if double.any():
            first = rows[double].iloc[0]
            raise InputError(
                "indicators.errors.cell_twice", where, unit=str(first["unit"]), indicator=str(first["indicator"])
            )
        values = numeric(rows[["value"]], where)["value"].to_numpy()
        reasons = rows["missing"].to_numpy(dtype=object)
        absent, unsaid = np.isnan(values), pd.isna(reasons)
        both = ~absent & ~unsaid
        if both.any():
            first = rows[both].iloc[0]
            raise InputError(
                "indicators.errors.state_contradicts",
                where,
                unit=str(first["unit"]),
                indicator=str(first["indicator"]),
                state=str(first["missing"]),
            )
        told = np.where(absent, np.where(unsaid, "not_collected", reasons), "reported")
        cells = pd.MultiIndex.from_arrays([rows["unit"], rows["indicator"]], names=["unit", "indicator"])
        numbers = pd.Series(values, index=cells).unstack("indicator")
        states = pd.Series(told, index=cells, dtype=object).unstack("indicator", fill_value="not_collected")
        return cls(numbers, states, groups)


def numeric(frame: Any, where: str) -> pd.DataFrame:
    """Return a frame as floats; what is no frame, or a cell that is no number or not finite, is an error."""
    require_frame(frame, where)
    if _plain_dtypes(frame):
        block = frame.to_numpy(dtype=float)
        if not (np.abs(block) > _LARGEST).any():
            return pd.DataFrame(block, index=frame.index, columns=frame.columns)
    columns = {name: _as_numbers(frame[name], where) for name in frame.columns}
    return pd.DataFrame(columns, index=frame.index, columns=frame.columns)


def _as_numbers(column: pd.Series, where: str) -> pd.Series:
    moments = pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_timedelta64_dtype(column)
    read = pd.Series(np.nan, index=column.index) if moments else pd.to_numeric(column, errors="coerce")
    numbers = read.astype(float)
    wrong = ((numbers.isna() & column.notna()) | np.isinf(numbers)).to_numpy(dtype=bool)
    large = (numbers.abs() > _LARGEST).to_numpy(dtype=bool)
    for fault, found in (("not_numeric", wrong), ("too_large", large)):
        if found.any():
            value, name = str(column[found].iloc[0]), str(column.name)
            raise InputError(f"indicators.errors.{fault}", where, value=value, indicator=name)
    return numbers


def _plain_dtypes(frame: pd.DataFrame) -> bool:
    return all(isinstance(dtype, np.dtype) and dtype.kind in "fiu" for dtype in frame.dtypes)


def cells_in(data: pd.DataFrame | Cells, tree: IndicatorTree, where: str) -> Cells:
    """The cells of what a tree knows; a plain frame may carry other columns, such as names."""
    if isinstance(data, Cells):
        return data
    require_frame(data, where)
    known = {*tree.indicators, *(node.denominator for node in tree.nodes)}
    return Cells.from_frame(numeric(data[[name for name in data.columns if name in known]], where))


def reason_where(absent: pd.Series, reason: str) -> pd.Series:
    """The key of a reason in the rows without an estimate, nothing in the others."""
    words = [f"indicators.reasons.{reason}" if missing else None for missing in absent]
    return pd.Series(words, index=absent.index, dtype=object)


def cells_of(result: Result, groups: pd.Series | None = None) -> Cells:
    """Take up the values and states that a step of preparation returned."""
    return Cells(result.details["values"], result.details["states"], groups)


@dataclass(frozen=True, eq=False)
class Sheet:
    """Cells laid out as a tree asks for them: its indicators, in its order, its rules of applicability applied."""

    units: pd.Index
    indicators: tuple[str, ...]
    numbers: Floats
    states: np.ndarray[Any, np.dtype[np.object_]]
    notices: tuple[Notice, ...]
    groups: pd.Series | None = None

    @property
    def applicable(self) -> Bools:
        """Where an indicator counts for a unit."""
        return np.asarray(self.states != "not_applicable", dtype=bool)

    @property
    def values_frame(self) -> pd.DataFrame:
        """The values, by unit and indicator."""
        return pd.DataFrame(self.numbers, index=self.units, columns=list(self.indicators))

    def with_states(self, where: Bools, state: State) -> pd.DataFrame:
        """The states, with another one where told."""
        return pd.DataFrame(np.where(where, state, self.states), index=self.units, columns=list(self.indicators))

    @property
    def states_frame(self) -> pd.DataFrame:
        """The states, by unit and indicator."""
        return pd.DataFrame(self.states, index=self.units, columns=list(self.indicators), dtype=object)


def sheet(data: pd.DataFrame | Cells, tree: IndicatorTree, indicators: tuple[str, ...], where: str) -> Sheet:
    """Lay out data by the tree: what it lacks is not collected, what the tree does not know is left aside and told."""
    require_tree(tree, where.split("(")[0] + "(tree)")
    cells = data if isinstance(data, Cells) else _plain_cells(data, indicators, where)
    require_units(cells.numbers.index, where)
    there = set(cells.numbers.columns.tolist())
    absent = [code for code in indicators if code not in there]
    given = data.numbers if isinstance(data, Cells) else data
    known = {*tree.codes, *(node.denominator for node in tree.nodes)}
    unknown = [str(name) for name in given.columns if name not in known]
    values = columns_of(cells.numbers, indicators, np.full((len(cells.numbers), len(indicators)), np.nan))
    states = columns_of(cells.states, indicators, np.full(values.shape, "not_collected", dtype=object))
    notices = [Notice("indicators.notices.indicators_absent", {"codes": absent})] if absent else []
    if unknown:
        notices.append(Notice("indicators.notices.columns_unknown", {"codes": unknown}))
    notices += _apply_rules(values, states, cells, tree, indicators, where)
    return Sheet(cells.numbers.index, indicators, values, states, tuple(notices), cells.groups)


def columns_of(frame: pd.DataFrame, wanted: tuple[str, ...], blank: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Lay the columns of a frame that are wanted, in their order, over a blank; of one it lacks, the blank stays."""
    found = {code: place for place, code in enumerate(frame.columns.tolist())}
    here = [column for column, code in enumerate(wanted) if code in found]
    blank[:, here] = frame.take([found[wanted[column]] for column in here], axis=1).to_numpy(dtype=blank.dtype)
    return blank


def _plain_cells(frame: Any, indicators: tuple[str, ...], where: str) -> Cells:
    """A plain frame may carry columns that are no business of the tree, such as names."""
    if not isinstance(frame, pd.DataFrame):
        found = type(frame).__name__
        raise InputError("wrong_type", where, value=found, type=found, allowed="DataFrame, Cells")
    require_frame(frame, where)
    known = [code for code in indicators if code in frame.columns]
    if not known:
        raise InputError("indicators.errors.no_indicator", where, found=[str(name) for name in frame.columns])
    return Cells.from_frame(numeric(frame[known], where))


def _apply_rules(
    values: Floats,
    states: np.ndarray[Any, np.dtype[np.object_]],
    cells: Cells,
    tree: IndicatorTree,
    indicators: tuple[str, ...],
    where: str,
) -> list[Notice]:
    """Let the framework, never the unit alone, say what does not apply; the arrays are changed in place."""
    ruled = np.zeros(values.shape, dtype=bool)
    if cells.groups is not None:
        words = [_words(cells.groups.get(unit), unit, where) for unit in cells.numbers.index]
        for column, code in enumerate(indicators):
            groups = tree.node(code).groups
            if groups is not None:
                ruled[:, column] = [not groups.intersection(own) for own in words]
    admitted = np.array([tree.node(code).not_applicable_when is not None for code in indicators], dtype=bool)
    claimed = (states == "not_applicable") & ~ruled & ~admitted[None, :]
    overruled = int((~np.isnan(values) & ruled).sum())
    values[ruled] = np.nan
    states[ruled] = "not_applicable"
    states[claimed] = "not_collected"
    notices = []
    if claimed.any():
        notices.append(Notice("indicators.notices.not_applicable_without_rule", {"count": int(claimed.sum())}))
    if overruled:
        notices.append(Notice("indicators.notices.value_not_applicable", {"count": overruled}))
    return notices


def _words(group: Any, unit: Any, where: str) -> frozenset[str]:
    if isinstance(group, str):
        return frozenset([group])
    if isinstance(group, Collection):
        return frozenset(map(str, group))
    raise InputError("indicators.errors.group_missing", where, unit=str(unit))


def _of_year(table: pd.DataFrame, year: int | None) -> pd.DataFrame:
    if year is not None:
        rows = table[table["year"] == year]
    elif len(table["year"].unique()) > 1:
        raise InputError(
            "indicators.errors.several_years", "Cells.from_long(year=)", found=sorted(map(str, table["year"].unique()))
        )
    else:
        rows = table
    if rows.empty:
        raise InputError("empty_data", "Cells.from_long(table)")
    return rows
