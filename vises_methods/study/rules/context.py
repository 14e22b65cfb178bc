"""What every rule needs: the files of the enterprise, what it may refer to, and a way to tell a problem."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

import pandas as pd

from vises_methods.errors import Problem
from vises_methods.study.folder import Folder
from vises_methods.study.reference import INDICATOR_LEVEL, Reference
from vises_methods.study.withdrawal import items
from vises_methods.study.yaml_files import key_path

EARLIEST_YEAR = 1990


@dataclass(frozen=True)
class Context:
    """An enterprise under check.

    Attributes
    ----------
    folder : Folder
    reference : Reference
    roles : frozenset of str
        The roles of the study.
    languages : tuple of str
        Those of the study.
    horizon : date or None
        The last day the study's data may bear.
    """

    folder: Folder
    reference: Reference
    roles: frozenset[str]
    languages: tuple[str, ...]
    horizon: date | None
    _cells: dict[tuple[str, str], list[Any]] = field(default_factory=dict, repr=False)

    def cell(self, code: str, table: str, row: int, column: str, **values: Any) -> Problem:
        """Tell a problem of a cell."""
        return Problem(f"study.errors.{code}", f"{self.folder.where}/{table}.csv", row, column, values)

    def key(self, code: str, file: str, path: tuple[str | int, ...], **values: Any) -> Problem:
        """Tell a problem of a key in a YAML file."""
        row = self.folder.yaml(file).row(*path)
        return Problem(f"study.errors.{code}", f"{self.folder.where}/{file}.yml", row, key_path(path), values)

    def records(self, table: str, *columns: str) -> list[dict[str, Any]]:
        """Return these columns of the rows of which none of these cells has a fault that is told already.

        The ``row`` is as a spreadsheet numbers it; an empty cell is None, a day a ``date``.
        """
        checked = self.folder.table(table)
        told = {row for row, column in checked.told if column in columns}
        names, rows = ("row", *columns), checked.frame.index.tolist()
        cells = [self._plain_cells(table, name) for name in columns]
        return [
            dict(zip(names, record, strict=True)) for record in zip(rows, *cells, strict=True) if record[0] not in told
        ]

    def _plain_cells(self, table: str, column: str) -> list[Any]:
        if (table, column) not in self._cells:
            self._cells[table, column] = [_plain(cell) for cell in self.folder.table(table).frame[column].tolist()]
        return self._cells[table, column]

    def values(self, table: str, column: str) -> frozenset[str] | None:
        """Return what stands in a column; None where the table cannot be relied on."""
        checked = self.folder.table(table)
        return frozenset(checked.frame[column].dropna()) if checked.usable else None

    def stakeholders(self) -> frozenset[str] | None:
        """Return the stakeholder groups of the map; None where the map cannot be relied on."""
        return self.values("stakeholders", "stakeholder")

    def deciders(self) -> frozenset[str] | None:
        """Return who may decide: the stakeholder groups of the map and the roles of the study."""
        groups = self.stakeholders()
        return None if groups is None else groups | self.roles

    def listed(self, file: str, part: str) -> frozenset[str] | None:
        """Return the identifiers in a list of a YAML file; None where the file cannot be relied on."""
        checked = self.folder.yaml(file)
        if not checked.usable:
            return None
        return frozenset(entry["id"] for entry in checked.content[part]) if checked.content else frozenset()

    def indicators(self) -> frozenset[str] | None:
        """Return the indicators that may be named: the framework's and the enterprise's own."""
        own = self.listed("framework", "own")
        if own is None or self.reference.nodes is None:
            return None
        return own | self.reference.nodes_of_level(INDICATOR_LEVEL).keys()

    def unknown_cells(
        self,
        table: str,
        column: str,
        known: Collection[str] | None,
        target: str,
        *,
        several: bool = False,
        passed_over: Collection[int] = (),
    ) -> Iterator[Problem]:
        """Tell what a column names that does not exist: each name once, at the first row that bears it."""
        if known is None:
            return
        found: dict[str, list[int]] = {}
        for record in (record for record in self.records(table, column) if record["row"] not in passed_over):
            cell = record[column]
            for name in items(cell) if several else [cell]:
                if name is not None and name not in known:
                    found.setdefault(name, []).append(record["row"])
        for name, rows in found.items():
            yield self.cell(*_unknown(name, known), table, rows[0], column, **_details(name, known, target, len(rows)))

    def unknown_keys(
        self, file: str, path: tuple[str | int, ...], names: Iterable[str], known: Collection[str] | None, target: str
    ) -> Iterator[Problem]:
        """Tell what a list in a YAML file names that does not exist."""
        if known is None:
            return
        for i, name in enumerate(names):
            if name not in known:
                yield self.key(*_unknown(name, known), file, (*path, i), **_details(name, known, target, 1))

    def unknown_key(
        self, file: str, path: tuple[str | int, ...], name: str | None, known: Collection[str] | None, target: str
    ) -> Iterator[Problem]:
        """Tell what one key of a YAML file names that does not exist."""
        if known is not None and name is not None and name not in known:
            yield self.key(*_unknown(name, known), file, path, **_details(name, known, target, 1))

    def implausible(self, day: date) -> bool:
        """Say whether a day lies before any evaluation, or after the study's horizon."""
        return day.year < EARLIEST_YEAR or (self.horizon is not None and day > self.horizon)

    def implausible_days(self, table: str, *columns: str) -> Iterator[Problem]:
        """Tell the days of a table that cannot be."""
        for column in columns:
            for record in self.records(table, column):
                day = record[column]
                if day is not None and self.implausible(day):
                    yield self.cell("implausible_date", table, record["row"], column, **self.limits(day))

    def limits(self, day: date) -> dict[str, Any]:
        """Return what the text on an implausible day needs."""
        last = self.horizon.isoformat() if self.horizon else "–"
        return {"value": day.isoformat(), "first": f"{EARLIEST_YEAR}-01-01", "last": last}

    def doubled(self, file: str, part: str) -> Iterator[Problem]:
        """Tell the identifiers that stand twice in a list of a YAML file."""
        content = self.folder.yaml(file).content
        seen: set[str] = set()
        for i, entry in enumerate(content[part] if content else []):
            if entry["id"] in seen:
                yield self.key("doubled_id", file, (part, i, "id"), value=entry["id"])
            seen.add(entry["id"])


def _plain(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell
    if pd.isna(cell):
        return None
    return cell.date() if isinstance(cell, pd.Timestamp) else cell


def nearest(name: str, known: Collection[str]) -> str | None:
    """Return the known name that is written most like this one."""
    near = get_close_matches(name, known, n=1, cutoff=0.75)
    return near[0] if near else None


def _unknown(name: str, known: Collection[str]) -> tuple[str]:
    return ("misspelt_reference" if nearest(name, known) else "unknown_reference",)


def _details(name: str, known: Collection[str], target: str, count: int) -> dict[str, Any]:
    return {"value": name, "near": nearest(name, known), "target": target, "count": count}
