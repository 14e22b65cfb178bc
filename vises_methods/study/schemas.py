"""The pandera schema of a table, and its findings as problems: one per cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from vises_methods.errors import Problem
from vises_methods.study.definitions import LIST_SEPARATOR, Column, Table

if TYPE_CHECKING:  # where all rules hold, pandera is not needed, and importing it takes as long as pandas
    import pandera.pandas as pa

_RANK = ("required", "enum", "items", "pattern", "range", "key")


def schema(definition: Table) -> pa.DataFrameSchema:
    """Return the pandera schema of a table: required cells, ranges, allowed values, forms and the key."""
    import pandera.pandas as pa

    columns = {
        column.name: pa.Column(
            dtype=None, nullable=True, required=False, checks=[_check(name, column) for name in _rules(column)]
        )
        for column in definition.columns
    }
    return pa.DataFrameSchema(columns, checks=[_key_check(definition)], strict=False)


def validate(
    frame: pd.DataFrame, definition: Table, where: str, *, told: Collection[tuple[int, str]] = ()
) -> list[Problem]:
    """Hold a frame against the definition of its table.

    Parameters
    ----------
    frame : DataFrame
        As :func:`vises_methods.study.table_files.read_table` gives it: typed, its index the row of the spreadsheet.
    definition : Table
    where : str
        The file as problems name it.
    told : collection of (int, str)
        Cells whose fault is told already, which are passed over.

    Returns
    -------
    list of Problem
        One per cell (or per row, for a repeated key), in the order of the rows.
    """
    if _sound(frame, definition):
        return []
    from pandera.errors import SchemaErrors

    try:
        schema(definition).validate(frame, lazy=True)
    except SchemaErrors as errors:
        failures = errors.failure_cases
    else:
        return []
    found: dict[tuple[int, str], tuple[str, Any]] = {}
    for check, name, row in zip(failures["check"], failures["column"], failures["index"], strict=True):
        cell = (int(row), definition.key[0] if check == "key" else str(name))
        if cell in told or (check == "key" and any((cell[0], part) in told for part in definition.key)):
            continue
        if cell not in found or _RANK.index(check) < _RANK.index(found[cell][0]):
            found[cell] = (check, frame[cell[1]].loc[cell[0]])
    return [
        _problem(check, value, definition, name, row, where, frame)
        for (row, name), (check, value) in sorted(found.items())
    ]


def _sound(frame: pd.DataFrame, definition: Table) -> bool:
    """Say whether every rule holds: a hundred times as fast as pandera, which tells where one does not."""
    present = [column for column in definition.columns if column.name in frame]
    if not {column.name for column in present}.issuperset(definition.key):
        return False
    sound = all(_all_hold(frame[column.name], column) for column in present if any(_rules(column)))
    return sound and not bool(frame.duplicated(list(definition.key)).any())


def _all_hold(values: pd.Series, column: Column) -> bool:
    absent = values.isna().to_numpy()
    if column.required and absent.any():
        return False
    return all(_cell_holds(cell, column) for cell in set(values.to_numpy(dtype=object)[~absent]))


def _cell_holds(cell: Any, column: Column) -> bool:
    return (
        not (column.enum and cell not in column.enum)
        and not ((column.item_enum or column.item_pattern) and _bad_items(cell, column))
        and not (column.pattern and not re.fullmatch(column.pattern.strip("^$"), cell))
        and (column.minimum is None or cell >= column.minimum)
        and (column.maximum is None or cell <= column.maximum)
        and (column.above is None or cell > column.above)
    )


def _rules(column: Column) -> Iterator[str]:
    if column.required:
        yield "required"
    if column.enum:
        yield "enum"
    if column.item_enum or column.item_pattern:
        yield "items"
    if column.pattern:
        yield "pattern"
    if any(bound is not None for bound in (column.minimum, column.maximum, column.above)):
        yield "range"


def _check(rule: str, column: Column) -> pa.Check:
    import pandera.pandas as pa

    return pa.Check(lambda values: _holds(rule, values, column), name=rule, error=rule, ignore_na=False)


def _holds(rule: str, values: pd.Series, column: Column) -> pd.Series:
    if rule == "required":
        return values.notna()
    kept: pd.Series = values.isna() | _HOLDS[rule](values, column).astype("boolean").fillna(False).astype(bool)
    return kept


def _in_range(values: pd.Series, column: Column) -> pd.Series:
    numbers, (low, high, above) = values.astype("Float64"), _bounds(column)
    return numbers.between(low, high) & (numbers > above)


def _bounds(column: Column) -> tuple[float, float, float]:
    """Return the lowest and the highest value of a column, and what its values are above."""
    endless = float("inf")
    return (
        -endless if column.minimum is None else column.minimum,
        endless if column.maximum is None else column.maximum,
        -endless if column.above is None else column.above,
    )


def _items_hold(values: pd.Series, column: Column) -> pd.Series:
    return values.map(lambda cell: not _bad_items(cell, column), na_action="ignore")


def _bad_items(cell: str, column: Column) -> list[str]:
    items = [item.strip() for item in cell.split(LIST_SEPARATOR)]
    if column.item_enum:
        return [item for item in items if item not in column.item_enum]
    return [item for item in items if not re.fullmatch(str(column.item_pattern), item)]


_HOLDS = {
    "enum": lambda values, column: values.isin(list(column.enum)),
    "items": _items_hold,
    "pattern": lambda values, column: values.str.fullmatch(column.pattern.strip("^$")),
    "range": _in_range,
}


def _key_check(definition: Table) -> pa.Check:
    import pandera.pandas as pa

    key = list(definition.key)

    def unique(frame: pd.DataFrame) -> pd.Series:
        present = [name for name in key if name in frame]
        return ~frame.duplicated(present, keep="first")

    return pa.Check(unique, name="key", error="key", ignore_na=False)


def _problem(rule: str, value: Any, definition: Table, name: str, row: int, where: str, frame: pd.DataFrame) -> Problem:
    column = definition.column(name)
    values: dict[str, Any] = {"value": _shown(value)}
    if rule == "required":
        values = {"name": name}
    elif rule == "enum":
        values["allowed"] = list(column.enum)
    elif rule == "items":
        values = {"value": _bad_items(value, column), "allowed": list(column.item_enum) or column.example}
    elif rule == "pattern":
        values["example"] = column.example
    elif rule == "range":
        return _out_of_range(value, column, row, where)
    elif rule == "key":
        parts = frame[list(definition.key)].astype("str").fillna("")
        same = (parts == parts.loc[row]).all(axis=1)
        values = {
            "value": [_shown(part) for part in frame.loc[row, list(definition.key)].dropna()],
            "first": str(frame.index[same][0]),
            "key": list(definition.key),
        }
    return Problem(f"study.errors.cell_{rule}", where, row=row, column=name, values=values)


def _out_of_range(value: Any, column: Column, row: int, where: str) -> Problem:
    values = {"value": value, "low": column.minimum, "high": column.maximum, "above": column.above}
    if column.above is not None:
        code = "cell_above"
    elif column.maximum is None:
        code = "cell_minimum"
    else:
        code = "cell_maximum" if column.minimum is None else "cell_range"
    return Problem(f"study.errors.{code}", where, row=row, column=column.name, values=values)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
