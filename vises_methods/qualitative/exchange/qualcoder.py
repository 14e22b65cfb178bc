"""Read QualCoder's project folder or its database ``data.qda``. Positions are code points."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from vises_methods.qualitative.exchange.assembling import RawCode, RawCoding, RawSource, assembled, coded_tree
from vises_methods.qualitative.exchange.positions import Basis
from vises_methods.qualitative.exchange.project import CodedProject, clean_name, distinct_names
from vises_methods.qualitative.exchange.safety import (
    database,
    require_few_codings,
    stored_number,
    stored_position,
    table_names,
)

TABLES = frozenset({"source", "code_name", "code_text"})
_KINDS = {"case": "case", "file": "document"}
_TYPES = {"numeric": "number", "character": "text", "date": "date"}
_NOT_TAKEN = {"annotation": "annotation", "journal": "journal", "code_image": "image_coding", "code_av": "media_coding"}


def read_qualcoder(path: Path, normalise: bool) -> CodedProject:
    """Read a QualCoder database.

    Parameters
    ----------
    path : Path
        The file ``data.qda``.
    normalise : bool
        See :func:`read_project`.
    """
    with database(path) as connection:
        tables = table_names(connection)
        ((count,),) = connection.execute("SELECT count(*) FROM code_text")
        require_few_codings(count, path.name)
        codes, paths = coded_tree(_codes(connection, tables))
        names = _named(connection.execute("SELECT id, name FROM source ORDER BY id"), "source.id")
        sources, orphans = _sources(connection, names, paths)
        losses = [("orphan_coding", orphans, ""), *_losses(connection, tables)]
        cases = _cases(connection, names) if {"cases", "case_text"} <= tables else []
        attributes = _attributes(connection, names) if {"attribute", "attribute_type", "cases"} <= tables else []
    return assembled(
        path.name, sources, codes, Basis(), losses, normalise=normalise, cases=cases, attributes=attributes
    )


def _codes(connection: sqlite3.Connection, tables: set[str]) -> list[RawCode]:
    """Return categories, which cannot be given to text, and codes, which may stand under either."""
    codes = []
    if "code_cat" in tables:
        for number, name, memo, above in connection.execute("SELECT catid, name, memo, supercatid FROM code_cat"):
            parent = None if above is None else f"category {above}"
            codes.append(RawCode(f"category {number}", parent, str(name), str(memo or ""), codable=False))
    columns = {row[1] for row in connection.execute("PRAGMA table_info(code_name)")}
    over = "supercid" if "supercid" in columns else "NULL"
    for number, name, memo, category, code in connection.execute(
        f"SELECT cid, name, memo, catid, {over} FROM code_name ORDER BY cid"
    ):
        above = f"code {code}" if code is not None else None if category is None else f"category {category}"
        codes.append(RawCode(f"code {number}", above, str(name), str(memo or "")))
    return codes


def _sources(
    connection: sqlite3.Connection, names: dict[int, str], paths: dict[str, str]
) -> tuple[list[RawSource], int]:
    by_source: dict[int, list[RawCoding]] = {number: [] for number in names}
    orphans = 0
    query = "SELECT fid, cid, pos0, pos1, owner, seltext, memo, date FROM code_text ORDER BY ctid"
    for source, code, start, end, owner, quote, memo, date in connection.execute(query):
        if source not in by_source or f"code {code}" not in paths:
            orphans += 1
            continue
        place = f"data.qda: {names[source]}, {owner}"
        span = stored_position(start, place, "pos0"), stored_position(end, place, "pos1")
        by_source[source].append(
            RawCoding(
                *span,
                paths[f"code {code}"],
                str(owner or ""),
                quote,
                str(memo or ""),
                str(date or ""),
            )
        )
    texts = connection.execute("SELECT id, fulltext FROM source WHERE fulltext IS NOT NULL ORDER BY id").fetchall()
    sources = [RawSource(names[number], str(text), tuple(by_source[number])) for number, text in texts]
    return sources, orphans


def _losses(connection: sqlite3.Connection, tables: set[str]) -> list[tuple[str, int, str]]:
    losses = []
    for table, what in _NOT_TAKEN.items():
        if table in tables:
            ((count,),) = connection.execute(f'SELECT count(*) FROM "{table}"')
            losses.append((what, int(count), ""))
    ((media,),) = connection.execute("SELECT count(*) FROM source WHERE fulltext IS NULL")
    columns = {row[1] for row in connection.execute("PRAGMA table_info(code_text)")}
    if "important" in columns:
        ((important,),) = connection.execute("SELECT count(*) FROM code_text WHERE important IS NOT NULL")
        losses.append(("important_flag", int(important), ""))
    return [*losses, ("source_without_text", int(media), "")]


def _cases(connection: sqlite3.Connection, names: dict[int, str]) -> list[tuple[str, str | None, str]]:
    cases = _named(connection.execute("SELECT caseid, name FROM cases"), "cases.caseid")
    query = (
        "SELECT DISTINCT c.caseid, c.memo, t.fid FROM cases c LEFT JOIN case_text t ON t.caseid = c.caseid "
        "ORDER BY c.caseid, t.fid"
    )
    return [(cases[case], names.get(source), str(memo or "")) for case, memo, source in connection.execute(query)]


def _attributes(connection: sqlite3.Connection, names: dict[int, str]) -> list[tuple[str, str, str, str | None, str]]:
    types = {
        str(name): _TYPES.get(str(kind), "text")
        for name, kind in connection.execute("SELECT name, valuetype FROM attribute_type")
    }
    cases = _named(connection.execute("SELECT caseid, name FROM cases"), "cases.caseid")
    rows = []
    for name, kind, value, number in connection.execute(
        "SELECT name, attr_type, value, id FROM attribute ORDER BY attrid"
    ):
        subject = (cases if kind == "case" else names).get(number)
        if kind in _KINDS and subject is not None:
            rows.append((_KINDS[kind], subject, str(name), str(value) if value else None, types.get(str(name), "text")))
    return rows


def _named(rows: Iterable[tuple[object, object]], column: str) -> dict[int, str]:
    found = list(rows)
    numbers = [stored_number(number, "data.qda", column) for number, _ in found]
    return dict(zip(numbers, distinct_names([clean_name(name) for _, name in found]), strict=True))
