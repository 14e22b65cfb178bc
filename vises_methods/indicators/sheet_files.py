"""The first sheet of a file, as it stands: CSV by its own separator, or a workbook of a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.errors import ExchangeError, InputError


def rows_of_file(path: Path) -> pd.DataFrame:
    """Read the first sheet of a CSV or XLSX file: its cells as they stand, under the headers of the first row."""
    if not path.is_file():
        raise ExchangeError("file_not_found", path.name, path=path.name)
    try:
        if path.suffix.lower() == ".xlsx":
            return _workbook(path)
        written = path.read_text(encoding="utf-8-sig")
        mark = next((mark for mark in ";\t," if mark in written.partition("\n")[0]), ",")
        rows: list[list[Any]] = [list(row) for row in csv.reader(io.StringIO(written, newline=""), delimiter=mark)]
    except (ValueError, KeyError, OSError, csv.Error) as error:
        raise ExchangeError("indicators.errors.sheet_unread", path.name) from error
    return _headed(rows, path.name)


def _headed(rows: list[list[Any]], where: str) -> pd.DataFrame:
    """The rows under their headers: two of one name, or a column with values and no name, would be taken on a guess."""
    if not rows:
        raise ExchangeError("indicators.errors.sheet_unread", where)
    width = max(map(len, rows))
    rows = [row + [None] * (width - len(row)) for row in rows]
    names = ["" if name is None or pd.isna(name) else str(name).strip() for name in rows[0]]
    frame = pd.DataFrame(rows[1:], columns=range(len(names)), dtype=object)
    named = [place for place, name in enumerate(names) if name]
    for place in (place for place in range(width) if place not in named):
        filled = ~frame[place].map(is_empty)
        if filled.any():
            raise InputError("indicators.errors.column_unnamed", where, row=int(filled.argmax()) + 2, number=place + 1)
    return frame[named].set_axis([names[place] for place in named], axis=1)


def is_empty(cell: Any) -> bool:
    """Say whether a cell holds nothing, or only space."""
    return cell is None or bool(pd.isna(cell)) or not str(cell).strip()


def _workbook(path: Path) -> pd.DataFrame:
    """A cell shown in per cent holds a fraction: what is shown is what was meant."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    except BadZipFile as error:
        raise ExchangeError("indicators.errors.sheet_unread", path.name) from error
    return _headed([[_shown(cell) for cell in row] for row in sheet.iter_rows()], path.name)


def _shown(cell: Any) -> Any:
    percent = str(getattr(cell, "number_format", "") or "").endswith("%")
    if percent and isinstance(cell.value, (int, float)):
        return Percent(round(cell.value * 100, 10))
    return cell.value


class Percent(float):
    """A number that its sheet shows with a per cent sign."""
