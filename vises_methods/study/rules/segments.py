"""Codings and adjudications: they point at the words that were read, with codes that exist, by coders who read them."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator
from typing import Any

from vises_methods.errors import Problem
from vises_methods.study.rules.code_versions import outdated
from vises_methods.study.rules.context import Context
from vises_methods.study.rules.texts import whole_texts
from vises_methods.study.withdrawal import items

HEX_DIGITS = 12
_LONGEST_QUOTE = 60


def quote_sha(text: str) -> str:
    """Return the first twelve hexadecimal digits of the SHA-256 of a segment's words.

    Examples
    --------
    >>> quote_sha("Je sais pourquoi je me lève.")
    '7ccebc104da2'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:HEX_DIGITS]


def problems(context: Context) -> Iterator[Problem]:
    """Check the codings and the adjudications."""
    texts = whole_texts(context)
    documents = context.values("documents", "document")
    for table in ("codings", "adjudications"):
        yield from context.unknown_cells(table, "document", documents, "documents.csv")
        yield from _codes(context, table)
        yield from _positions(context, table, texts)
    codes = context.reference.codes
    yield from context.unknown_cells("adjudications", "was_code", codes, context.reference.codebook_file)
    yield from _quotes(context, texts)
    yield from _coders(context)
    yield from _doubled(context)
    yield from context.implausible_days("adjudications", "date")
    yield from _recoded(context)
    yield from _settled(context)


def _codes(context: Context, table: str) -> Iterator[Problem]:
    codes = context.reference.codes
    old = outdated(context, table)
    yield from context.unknown_cells(table, "code", codes, context.reference.codebook_file, passed_over=old)
    for record in context.records(table, "code"):
        code = old.get(record["row"], record["code"])
        if codes is not None and codes.get(code) is False:
            children = [other for other in codes if other.startswith(f"{code}.") and codes[other]]
            yield context.cell("not_codable", table, record["row"], "code", value=code, allowed=children)


def _positions(context: Context, table: str, texts: dict[str, str]) -> Iterator[Problem]:
    for record in context.records(table, "document", "start", "end"):
        document, start, end = (record[name] for name in ("document", "start", "end"))
        if end <= start:
            yield context.cell("empty_segment", table, record["row"], "end", value=end, start=start)
        elif document in texts and end > len(texts[document]):
            values = {"value": end, "length": len(texts[document]), "document": document}
            yield context.cell("outside_text", table, record["row"], "end", **values)


def _quotes(context: Context, texts: dict[str, str]) -> Iterator[Problem]:
    differing: dict[Hashable, list[dict[str, Any]]] = {}
    for record in context.records("codings", "document", "start", "end", "quote_sha"):
        text, start, end = texts.get(record["document"], ""), record["start"], record["end"]
        if start < end <= len(text) and quote_sha(text[start:end]) != record["quote_sha"]:
            differing.setdefault(record["document"], []).append(record | {"quote": text[start:end]})
    for document, found in differing.items():
        values = {"value": _short(found[0]["quote"]), "document": document, "count": len(found)}
        yield context.cell("quote_differs", "codings", found[0]["row"], "quote_sha", **values)


def _short(quote: str) -> str:
    words = " ".join(quote.split())
    return words if len(words) <= _LONGEST_QUOTE else f"{words[: _LONGEST_QUOTE - 1]}…"


def _coders(context: Context) -> Iterator[Problem]:
    if not context.folder.table("documents").usable:
        return
    readers = {
        record["document"]: items(record["coders"]) for record in context.records("documents", "document", "coders")
    }
    found: dict[tuple[str, str], list[int]] = {}
    for record in context.records("codings", "document", "coder"):
        document, coder = record["document"], record["coder"]
        if document in readers and coder not in readers[document]:
            found.setdefault((document, coder), []).append(record["row"])
    for (document, coder), rows in found.items():
        values = {"value": coder, "document": document, "allowed": readers[document], "count": len(rows)}
        yield context.cell("coder_not_listed", "codings", rows[0], "coder", **values)


def _doubled(context: Context) -> Iterator[Problem]:
    same = ("document", "coder", "code", "start", "end")
    first: dict[tuple[Any, ...], int] = {}
    for record in context.records("codings", "coding", *same):
        segment = tuple(record[name] for name in same)
        if segment in first:
            values = {"value": record["coding"], "first": str(first[segment])}
            yield context.cell("doubled_coding", "codings", record["row"], "coding", **values)
        first.setdefault(segment, record["row"])


def _recoded(context: Context) -> Iterator[Problem]:
    for record in context.records("adjudications", "decision", "was_code"):
        recoded, before = record["decision"] == "recoded", record["was_code"] is not None
        if recoded != before:
            code = "was_code_missing" if recoded else "was_code_surplus"
            yield context.cell(code, "adjudications", record["row"], "was_code", value=record["decision"])


def _settled(context: Context) -> Iterator[Problem]:
    if not context.folder.table("documents").usable:
        return
    documents = {
        record["document"]: record for record in context.records("documents", "document", "adjudicated", "date")
    }
    unsettled: dict[str, list[int]] = {}
    for record in context.records("adjudications", "document", "date"):
        document = documents.get(record["document"])
        if document is None:
            continue
        if not document["adjudicated"]:
            unsettled.setdefault(document["document"], []).append(record["row"])
        elif record["date"] < document["date"] and not context.implausible(document["date"]):
            values = {"value": record["date"].isoformat(), "first": document["date"].isoformat()}
            yield context.cell("ends_before", "adjudications", record["row"], "date", **values)
    for name, rows in unsettled.items():
        yield context.cell("not_adjudicated", "adjudications", rows[0], "document", value=name, count=len(rows))
