"""A partner's sheet taken into an enterprise's own table of indicators: seen first, then written, nothing lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators import IndicatorTree, SheetMapping, read_sheet
from vises_methods.study import Enterprise
from vises_methods.synthesis.own_framework import enterprise_tree
from vises_methods.synthesis.taking_in import mapping_file, standing_rows, table_text, write_checked

COLUMNS = ("indicator", "year", "breakdown", "value", "unit", "n", "missing", "source", "quality", "note")
TABLE = "indicators.csv"


@dataclass(frozen=True, eq=False)
class SheetImport:
    """What a sheet would do to a table.

    Attributes
    ----------
    rows : DataFrame
        One row per value of the sheet that concerns the enterprise: ``row`` (of the sheet), ``indicator, year, value,
        missing``, ``stands`` (what the table says now) and ``outcome``: ``new``, ``same``, ``conflict``.
    others : int
        Rows about other enterprises, left aside.
    empty : int
        Empty cells: they say nothing, and change nothing.
    """

    case: Enterprise
    tree: IndicatorTree
    rows: pd.DataFrame
    others: int
    empty: int

    def records(self) -> list[dict[str, Any]]:
        """Return the rows one by one; ``missing`` and ``stands`` are None where there is nothing to say."""
        return _records(self.rows)

    def count(self, outcome: str) -> int:
        """Return how many rows have an outcome."""
        return int((self.rows["outcome"] == outcome).sum())


def plan_sheet_import(source: str | Path, mapping: str | Path, case: Enterprise, /) -> SheetImport:
    """Read a sheet through a mapping file, and compare it with what stands in the enterprise's table.

    Use it first: it changes nothing.

    Parameters
    ----------
    source : path of a CSV or XLSX file
    mapping : path of a YAML file
        What :class:`indicators.SheetMapping` holds. Where neither a column nor the file names the enterprise, all
        rows are of ``case``.
    case : Enterprise

    Returns
    -------
    SheetImport

    Raises
    ------
    ExchangeError
        One of the files cannot be read.
    InvalidStudyError
        With one problem per cell that cannot be read, or can be read in two ways.
    """
    tree = enterprise_tree(case)
    chosen = SheetMapping.of(mapping_file(Path(mapping)))
    if chosen.unit is None and "unit" not in chosen.columns:
        chosen = replace(chosen, unit=case.id)
    table = read_sheet(source, chosen, tree=tree)
    known = table["indicator"].isin(tree.indicators)
    if not known.all():
        row = table[~known].iloc[0]
        raise InputError("indicators.errors.unknown_code", f"{Path(source).name}:{row['row']}", value=row["indicator"])
    own = table[table["unit"].isin([case.id, case.card.name])]
    said = own[own["missing"] != "not_collected"]
    standing = {(row["indicator"], row["year"], row["breakdown"]): row for row in standing_rows(case, TABLE)}
    rows = [_compared(row, standing) for row in _records(said)]
    columns = ["row", "indicator", "year", "value", "missing", "stands", "outcome"]
    return SheetImport(
        case, tree, pd.DataFrame(rows, columns=columns, dtype=object), len(table) - len(own), len(own) - len(said)
    )


def write_sheet_import(plan: SheetImport, /, *, overwrite: bool = False) -> Path:
    """Write the new rows into the table; where sheet and table differ, only with ``overwrite``.

    Every other row stays as it is. The table is checked as written; if it has problems that it had not before, it is
    put back as it was.

    Returns
    -------
    Path
        Of the table.

    Raises
    ------
    InvalidStudyError
        The table as written would have problems.
    """
    (path,) = write_checked(plan.case, {TABLE: _written(plan, overwrite)})
    return path


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    told = frame.astype(object).where(frame.notna(), None)
    return [{str(name): cell for name, cell in row.items()} for row in told.to_dict("records")]


def _compared(row: dict[str, Any], standing: dict[tuple[str, str, str], dict[str, str]]) -> dict[str, Any]:
    there = standing.get((row["indicator"], str(row["year"]), ""))
    told = {name: row[name] for name in ("row", "indicator", "year", "value", "missing")}
    if there is None:
        return told | {"stands": None, "outcome": "new"}
    stands = there["value"] or there["missing"]
    same = there["missing"] == row["missing"] if row["missing"] else _equal(there["value"], row["value"])
    return told | {"stands": stands, "outcome": "same" if same else "conflict"}


def _equal(written: str, value: float) -> bool:
    try:
        return abs(float(written) - value) <= 1e-9 * max(1.0, abs(value))
    except ValueError:
        return False


def _written(plan: SheetImport, overwrite: bool) -> bytes:
    rows = standing_rows(plan.case, TABLE)
    place = {(row["indicator"], row["year"], row["breakdown"]): i for i, row in enumerate(rows)}
    for told in plan.records():
        value = "" if told["value"] is None else f"{told['value']:.10g}"
        said = {"value": value, "missing": told["missing"] or ""}
        key = (told["indicator"], str(told["year"]), "")
        if told["outcome"] == "new":
            unit = plan.tree.node(told["indicator"]).unit or ""
            rows.append({"indicator": key[0], "year": key[1], "unit": unit, **said})
        elif told["outcome"] == "conflict" and overwrite:
            rows[place[key]] |= said
    return table_text(rows, COLUMNS)
