"""Reading a CSV file into a typed frame, and telling each cell that cannot be read as what its column holds."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.errors import Problem
from vises_methods.study.definitions import Column, Table
from vises_methods.study.text_files import BYTE_ORDER_MARK, read_text_file

_DELIMITERS = {";": ";", "\t": "tab", "|": "|"}
Cells = dict[str, list[str | None]]
_DTYPES = {"string": "str", "list": "str", "integer": "Int64", "number": "float64", "boolean": "boolean"}


@dataclass(frozen=True)
class TableFile:
    """A table as read.

    Attributes
    ----------
    frame : DataFrame
        Typed; the index is the row as a spreadsheet numbers it (the header is row 1).
    problems : tuple of Problem
    told : frozenset of (int, str)
        The cells (row, column) of which a fault is told already.
    whole : bool
        Whether all columns were there, so that rules between tables can be applied.
    sha256 : str
    """

    frame: pd.DataFrame
    problems: tuple[Problem, ...]
    told: frozenset[tuple[int, str]]
    whole: bool
    sha256: str


def empty_frame(definition: Table) -> pd.DataFrame:
    """Return a frame without rows, with the columns and types of a table."""
    return _typed(_no_cells(definition), pd.RangeIndex(0), definition, "")[0]


def read_table(path: Path, definition: Table, where: str) -> TableFile:
    """Read a CSV file by the definition of its table.

    Ranges, allowed values and keys are not looked at here: see :func:`vises_methods.study.schemas.validate`.
    """
    file = read_text_file(path, where)
    if file.text is None:
        return TableFile(empty_frame(definition), file.problems, frozenset(), False, file.sha256)
    cells, rows, problems, absent = _cells(file.text.removeprefix(BYTE_ORDER_MARK), definition, where)
    frame, cell_problems = _typed(cells, rows, definition, where)
    told = {(problem.row or 0, problem.column or "") for problem in cell_problems}
    told |= {(int(row), name) for row in frame.index for name in absent}
    return TableFile(frame, (*problems, *cell_problems), frozenset(told), not problems, file.sha256)


def _cells(text: str, definition: Table, where: str) -> tuple[Cells, pd.Index, list[Problem], list[str]]:
    """The cells by column, the row of the spreadsheet that each stands in, what is wrong, and the columns not there."""
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        torn = Problem("study.errors.csv_quotes", where, row=len(rows) + 1)
        return _no_cells(definition), pd.RangeIndex(0), [torn], []
    header = [name.strip() for name in rows[0]] if rows else []
    delimiter = _wrong_delimiter(header)
    if delimiter:
        problem = Problem("study.errors.wrong_delimiter", where, row=1, values={"delimiter": delimiter})
        return _no_cells(definition), pd.RangeIndex(0), [problem], []
    problems = _header_problems(header, definition, where)
    kept: dict[int, list[str]] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            values: dict[str, Any] = {"cells": len(row), "columns": len(header)}
            problems.append(Problem("study.errors.row_length", where, row=number, values=values))
            continue
        kept[number] = [cell.strip() for cell in row]
    positions = {name: i for i, name in reversed(list(enumerate(header)))}
    columns = [*definition.names, *([name for name in positions if name] if definition.open else [])]
    content = {
        name: [row[positions[name]] or None if name in positions else None for row in kept.values()]
        for name in dict.fromkeys(columns)
    }
    absent = [name for name in definition.names if name not in positions]
    return content, pd.Index(list(kept), dtype="int64"), problems, absent


def _no_cells(definition: Table) -> Cells:
    return {name: [] for name in definition.names}


def _wrong_delimiter(header: list[str]) -> str | None:
    if len(header) > 1 or not header:
        return None
    return next((word for sign, word in _DELIMITERS.items() if sign in header[0]), None)


def _header_problems(header: list[str], definition: Table, where: str) -> list[Problem]:
    expected, found = set(definition.names), set(header)
    missing = [name for name in definition.names if name not in found]
    surplus = [] if definition.open else [name for name in dict.fromkeys(header) if name not in expected]
    problems = [
        Problem("study.errors.doubled_column", where, row=1, column=name, values={"value": name, "count": count})
        for name, count in Counter(header).items()
        if count > 1 and name
    ]
    for name in surplus:
        meant = get_close_matches(name.lower(), missing, n=1, cutoff=0.6)
        if meant:
            missing.remove(meant[0])
            values: dict[str, Any] = {"value": name, "name": meant[0]}
            problems.append(Problem("study.errors.misspelt_column", where, row=1, column=name, values=values))
        else:
            values = {"value": name, "allowed": list(definition.names)}
            problems.append(Problem("study.errors.unexpected_column", where, row=1, column=name, values=values))
    problems += [
        Problem("study.errors.missing_column", where, row=1, column=name, values={"name": name}) for name in missing
    ]
    return problems


def _typed(cells: Cells, rows: pd.Index, definition: Table, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    problems: list[Problem] = []
    columns = {}
    for name, values in cells.items():
        column = next((item for item in definition.columns if item.name == name), Column(name, "string"))
        columns[name] = _typed_column(values, rows, column, where, problems)
    return pd.DataFrame(columns, index=rows), problems


def _typed_column(
    cells: list[str | None], rows: pd.Index, column: Column, where: str, problems: list[Problem]
) -> pd.Series:
    if column.type in ("string", "list"):
        return pd.Series(cells, index=rows, dtype="str")
    convert = _CONVERTERS[column.type]
    values: list[Any] = []
    for row, cell in zip(rows.tolist(), cells, strict=True):
        if cell is None:
            values.append(None)
            continue
        value, fault = convert(cell)
        values.append(value)
        if fault:
            details = {"value": cell, **fault[1]}
            problems.append(Problem(f"study.errors.{fault[0]}", where, row=row, column=column.name, values=details))
    if column.type == "date":
        return pd.to_datetime(pd.Series(values, index=rows, dtype="object"))
    return pd.Series(values, index=rows, dtype=_DTYPES[column.type])


Fault = tuple[str, dict[str, Any]]
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3}(?:[ .\u00a0\u202f]?\d{3})*,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:\.\d+)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_SERIAL = re.compile(r"[34]\d{4}")


def _number(cell: str) -> tuple[float | None, Fault | None]:
    if _NUMBER.fullmatch(cell):
        return float(cell), None
    if _DECIMAL_COMMA.fullmatch(cell):
        return None, ("decimal_comma", {"meant": re.sub(r"[ .\u00a0\u202f]", "", cell).replace(",", ".")})
    if _THOUSANDS.fullmatch(cell):
        return None, ("thousands_separator", {"meant": re.sub(r"[ \u00a0\u202f]", "", cell)})
    return None, ("not_a_number", {})


def _integer(cell: str) -> tuple[int | None, Fault | None]:
    value, fault = _number(cell)
    if value is None:
        return None, fault
    if value != int(value):
        return None, ("not_whole", {})
    return int(value), None


def _boolean(cell: str) -> tuple[bool | None, Fault | None]:
    word = cell.lower()
    return (word == "true", None) if word in ("true", "false") else (None, ("not_boolean", {}))


def _date(cell: str) -> tuple[date | None, Fault | None]:
    if not _ISO.fullmatch(cell):
        return None, ("date_serial" if _SERIAL.fullmatch(cell) else "date_format", {})
    try:
        return date.fromisoformat(cell), None
    except ValueError:
        return None, ("impossible_date", {})


_CONVERTERS: dict[str, Callable[[str], tuple[Any, Fault | None]]] = {
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
}
