"""A partner's own sheet of indicators, long or wide, read through a small mapping."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.errors import InputError, InvalidStudyError, Problem
from vises_methods.indicators.cells import REASONS
from vises_methods.indicators.inputs import require_frame, require_kind
from vises_methods.indicators.sheet_files import Percent, is_empty, rows_of_file
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.indicators.written_numbers import NumberError, decimal_marks, parse_number

LANGUAGES = (None, "fr", "nl", "en")
COLUMNS = ("unit", "indicator", "year", "value", "missing", "label", "field", "row")
_YEAR_WITH_A_MARK = re.compile(r"\W*(19|20|21)\d\d\W*")
MISSING_WORDS: Mapping[str, str] = {
    "n.d.": "not_collected",
    "nd": "not_collected",
    "n/a": "not_applicable",
    "s.o.": "not_applicable",
    "n.v.t.": "not_applicable",
    "nvt": "not_applicable",
    **{reason: reason for reason in REASONS},
}


@dataclass(frozen=True)
class SheetMapping:
    """How a sheet is laid out, and what its words stand for.

    Attributes
    ----------
    layout : {"long", "wide", "years"}
        One row per value; or one row per unit, with a column per indicator; or one row per indicator, with a column
        per year, headed by it.
    lang : {"fr", "nl", "en"} or None
        How numbers are written; None refuses what depends on it and what the rest of its column does not decide.
    columns : mapping of str to str
        From ``unit, indicator, year, value, measure, label, field`` to the headers of the sheet.
    unit, year : str, int or None
        Of the whole sheet, where no column tells.
    indicators : mapping of str to str
        From the sheet's identifiers (or headers) to codes of the framework.
    missing : mapping of str to str
        From words in cells to ``not_collected, not_applicable, suppressed, refused``.
    measures : mapping of str to str
        From the sheet's units of measure to units of the framework.
    keep_unknown : bool
        Keep identifiers without a code under their own name, instead of refusing them.
    """

    layout: str = "long"
    lang: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None
    year: int | None = None
    indicators: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    keep_unknown: bool = False

    @classmethod
    def of(cls, choices: SheetMapping | Mapping[str, Any]) -> SheetMapping:
        """Take a mapping as it is, or make one of what a small YAML file says."""
        mapping = choices if isinstance(choices, SheetMapping) else cls(**_known(cls, choices))
        for name, value, allowed in (("layout", mapping.layout, tuple(_LAYOUTS)), ("lang", mapping.lang, LANGUAGES)):
            if value not in allowed:
                raise InputError("unknown_option", f"read_sheet(mapping)[{name}]", value=value, allowed=allowed)
        for word, reason in mapping.missing.items():
            if reason not in REASONS:
                where = f"read_sheet(mapping)[missing][{word}]"
                raise InputError("unknown_option", where, value=reason, allowed=list(REASONS))
        return mapping


def mesis_mapping(
    *, unit: str, lang: str, indicators: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> SheetMapping:
    """Return the mapping of a partner's own MESIS sheet: identifier, field, label, unit, value, year.

    Use it with :func:`read_sheet`. The sheet is the partner's; nothing of MESIS itself stands in this package, and
    identifiers that are mapped to no code keep their own name.

    Parameters
    ----------
    unit : str
        The enterprise that the sheet is about.
    lang : {"fr", "nl", "en"}
        How its numbers are written.
    indicators : mapping of str to str, optional
        From its identifiers to codes of the framework.
    headers : mapping of str to str, optional
        From ``identifier, field, label, unit, value, year`` to the headers, where they differ.

    Examples
    --------
    >>> mesis_mapping(unit="alder", lang="fr").columns["indicator"]
    'identifier'
    """
    own = headers or {}
    names = {"indicator": "identifier", "measure": "unit"} | {n: n for n in ("field", "label", "value", "year")}
    columns = {name: own.get(header, header) for name, header in names.items()}
    return SheetMapping(lang=lang, columns=columns, unit=unit, indicators=dict(indicators or {}), keep_unknown=True)


def read_sheet(
    source: str | Path | pd.DataFrame,
    mapping: SheetMapping | Mapping[str, Any],
    /,
    *,
    tree: IndicatorTree | None = None,
) -> pd.DataFrame:
    """Read a sheet of indicators into the long table that :meth:`Cells.from_long` takes.

    Parameters
    ----------
    source : path of a CSV or XLSX file, or DataFrame
        A file's first sheet, with headers in its first row. CSV: UTF-8, separated by commas, semicolons or tabs.
    mapping : SheetMapping or mapping
    tree : IndicatorTree, optional
        Then codes and units of measure are checked against it.

    Returns
    -------
    DataFrame
        Columns ``unit, indicator, year, value, missing, label, field, row``; ``row`` is the line of the sheet. A value
        written with ``%`` counts in per cent. Empty cells are ``not_collected``.

    Raises
    ------
    ExchangeError
        The file cannot be read.
    InputError
        A column named in the mapping is missing.
    InvalidStudyError
        With one problem per cell that cannot be read, or can be read in two ways: row, column, what was found.

    Examples
    --------
    >>> import pandas as pd
    >>> sheet = pd.DataFrame({"Entreprise": ["alder"], "A1": ["45,5 %"]})
    >>> mapping = {"layout": "wide", "lang": "fr", "columns": {"unit": "Entreprise"}, "year": 2024}
    >>> read_sheet(sheet, mapping)[["indicator", "value"]].to_numpy().tolist()
    [['A1', 45.5]]
    """
    chosen = SheetMapping.of(mapping)
    where = "read_sheet(source)" if isinstance(source, pd.DataFrame) else Path(source).name
    frame = source if isinstance(source, pd.DataFrame) else rows_of_file(Path(source))
    require_frame(frame, where)
    entries = list(_LAYOUTS[chosen.layout](frame, chosen, where))
    if not entries:
        raise InputError("empty_data", where)
    problems: list[Problem] = []
    marks = _marks(entries)
    rows = [_row(entry, chosen, tree, where, problems, marks.get(entry.column)) for entry in entries]
    problems += _twice(rows, where)
    if problems:
        raise InvalidStudyError(where, problems)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"value": float, "missing": object})


@dataclass(frozen=True)
class _Entry:
    """One value of a sheet as it is written there."""

    row: int
    column: str
    unit: Any
    indicator: Any
    year: Any
    written: Any
    measure: Any = None
    label: Any = None
    field: Any = None


def _known(cls: type[SheetMapping], choices: Mapping[str, Any]) -> dict[str, Any]:
    require_kind(choices, Mapping, "read_sheet(mapping)", "SheetMapping, mapping")
    names = [choice.name for choice in fields(cls)]
    for name in choices:
        if name not in names:
            raise InputError("unknown_option", "read_sheet(mapping)", value=str(name), allowed=names)
    return dict(choices)


def _records(frame: pd.DataFrame) -> Iterator[tuple[int, dict[Hashable, Any]]]:
    """The rows with the number of their line; empty ones are only space."""
    for position, record in enumerate(frame.to_dict("records")):
        if not all(is_empty(cell) for cell in record.values()):
            yield position + 2, record


def _need(frame: pd.DataFrame, mapping: SheetMapping, names: tuple[str, ...], where: str) -> None:
    required = [mapping.columns.get(name, name) for name in names]
    missing = [name for name in required if name not in frame.columns]
    if missing:
        raise InputError("missing_columns", where, found=list(frame), required=required, missing=missing)


def _long(frame: pd.DataFrame, mapping: SheetMapping, where: str) -> Iterator[_Entry]:
    fixed = {"unit": mapping.unit, "year": mapping.year}
    needed = ("indicator", "value", *(name for name, value in fixed.items() if value is None))
    _need(frame, mapping, needed, where)
    header = {name: mapping.columns.get(name, name) for name in (*needed, "measure", "label", "field")}
    for line, record in _records(frame):
        yield _Entry(
            line,
            header["value"],
            mapping.unit if mapping.unit is not None else record[header["unit"]],
            record[header["indicator"]],
            mapping.year if mapping.year is not None else record[header["year"]],
            record[header["value"]],
            *(record.get(header[name]) for name in ("measure", "label", "field")),
        )


def _wide(frame: pd.DataFrame, mapping: SheetMapping, where: str) -> Iterator[_Entry]:
    needed = tuple(n for n, value in (("unit", mapping.unit), ("year", mapping.year)) if value is None)
    _need(frame, mapping, needed, where)
    header = {name: mapping.columns.get(name, name) for name in needed}
    columns = [name for name in frame.columns if name not in header.values()]
    if mapping.indicators and not mapping.keep_unknown:
        columns = [name for name in columns if str(name) in mapping.indicators]
    for line, record in _records(frame):
        for column in columns:
            unit = mapping.unit if mapping.unit is not None else record[header["unit"]]
            year = mapping.year if mapping.year is not None else record[header["year"]]
            yield _Entry(line, str(column), unit, column, year, record[column])


def _by_year(frame: pd.DataFrame, mapping: SheetMapping, where: str) -> Iterator[_Entry]:
    needed = ("indicator", *(("unit",) if mapping.unit is None else ()))
    _need(frame, mapping, needed, where)
    years = [name for name in frame.columns if _year(name) is not None]
    for name in frame.columns:
        if _YEAR_WITH_A_MARK.fullmatch(str(name)) and name not in years:
            raise InputError("indicators.errors.year_unread", where, row=1, column=str(name), value=str(name))
    if not years:
        raise InputError("indicators.errors.no_year_column", where, found=list(map(str, frame)))
    header = {name: mapping.columns.get(name, name) for name in (*needed, "measure", "label", "field")}
    for line, record in _records(frame):
        unit = mapping.unit if mapping.unit is not None else record[header["unit"]]
        told = [record.get(header[name]) for name in ("measure", "label", "field")]
        for year in years:
            yield _Entry(line, str(year), unit, record[header["indicator"]], year, record[year], *told)


_LAYOUTS = {"long": _long, "wide": _wide, "years": _by_year}


def _marks(entries: list[_Entry]) -> dict[str, str]:
    """The decimal mark of each column whose other numbers show one, and only one."""
    written: dict[str, list[str]] = {}
    for entry in entries:
        if isinstance(entry.written, str):
            written.setdefault(entry.column, []).append(entry.written.strip())
    found = {column: decimal_marks(texts) for column, texts in written.items()}
    return {column: marks.pop() for column, marks in found.items() if len(marks) == 1}


def _row(
    entry: _Entry,
    mapping: SheetMapping,
    tree: IndicatorTree | None,
    where: str,
    problems: list[Problem],
    decimal: str | None,
) -> dict[str, Any]:
    def tell(code: str, value: Any, **values: Any) -> None:
        known = {"value": str(value), **values}
        problems.append(Problem(f"indicators.errors.{code}", where, entry.row, entry.column, known))

    for name, cell in (("unit", entry.unit), ("indicator", entry.indicator)):
        if is_empty(cell):
            tell(f"cell_without_{name}", "")
    identifier = str(entry.indicator).strip()
    code = mapping.indicators.get(identifier, identifier)
    if mapping.indicators and identifier not in mapping.indicators and not mapping.keep_unknown:
        tell("identifier_unmapped", identifier)
    elif tree is not None and code not in tree.codes and not mapping.keep_unknown:
        tell("unknown_code", code)
    value, missing = None, None
    try:
        value, missing, percent = _value(entry.written, mapping, decimal)
        measure = "percent" if percent else mapping.measures.get(str(entry.measure).strip(), None)
        if tree is not None and code in tree.codes and measure and tree.node(code).unit not in (None, measure):
            tell("measure_differs", measure, unit=tree.node(code).unit)
    except NumberError as problem:
        tell(problem.code, entry.written)
    year = _year(entry.year)
    if year is None:
        tell("year_unread", entry.year)
    texts = {name: _text(getattr(entry, name)) for name in ("label", "field")}
    unit = str(entry.unit).strip()
    return {
        "unit": unit,
        "indicator": code,
        "year": year,
        "value": value,
        "missing": missing,
        **texts,
        "row": entry.row,
    }


def _value(written: Any, mapping: SheetMapping, decimal: str | None) -> tuple[float | None, str | None, bool]:
    """The number, the reason why there is none, and whether it is in per cent."""
    if isinstance(written, Percent):
        return float(written), None, True
    if isinstance(written, (int, float)) and not isinstance(written, bool) and not pd.isna(written):
        return float(written), None, False
    text = "" if written is None or pd.isna(written) else str(written).strip()
    if not text:
        return None, "not_collected", False
    for word in (text, text.lower()):
        if word in mapping.missing or word in MISSING_WORDS:
            return None, mapping.missing.get(word, MISSING_WORDS.get(word)), False
    return parse_number(text, mapping.lang, decimal=decimal), None, text.endswith("%")


def _year(written: Any) -> int | None:
    try:
        year = float(str(written).strip())
    except ValueError:
        return None
    return int(year) if year.is_integer() and 1900 <= year <= 2200 else None


def _text(written: Any) -> str | None:
    return None if written is None or pd.isna(written) else str(written).strip()


def _twice(rows: list[dict[str, Any]], where: str) -> Iterator[Problem]:
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        key = (row["unit"], row["indicator"], row["year"])
        if key in seen:
            values = {"unit": row["unit"], "indicator": row["indicator"]}
            yield Problem("indicators.errors.cell_twice", where, row["row"], None, values)
        seen.add(key)
