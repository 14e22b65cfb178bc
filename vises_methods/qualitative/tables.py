"""The two tables of coded interviews: codings (who coded what, where) and documents (what was read, by whom).

Positions are Unicode code points over the text as stored, the end exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from vises_methods.errors import InputError

CODING_COLUMNS = ("document", "coder", "code", "start", "end")
DOCUMENT_COLUMNS = ("document", "text")
_READERS = re.compile(r"\s*[;|,]\s*")


def require_type(value: object, wanted: type, where: str) -> None:
    """Raise an error that names what was given in place of, say, a data frame."""
    if not isinstance(value, wanted):
        found = type(value).__name__
        raise InputError("wrong_type", where, value=found, type=found, allowed=wanted.__name__)


def require_columns(frame: pd.DataFrame, columns: Iterable[str], where: str) -> None:
    """Raise an error that names the columns a frame lacks, or what was given in place of a frame."""
    require_type(frame, pd.DataFrame, where)
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise InputError(
            "missing_columns",
            where,
            found=[str(column) for column in frame.columns],
            required=list(columns),
            missing=missing,
        )


def require_option(value: object, allowed: Sequence[str], where: str) -> None:
    """Raise an error that names the allowed values of an option."""
    if value not in allowed:
        raise InputError("unknown_option", where, value=str(value), allowed=list(allowed))


def checked_codings(codings: pd.DataFrame, documents: pd.DataFrame | None, where: str) -> pd.DataFrame:
    """Return the codings with whole positions and text identifiers, or say what is wrong with the first that is not.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``; further columns are kept.
    documents : DataFrame or None
        Columns ``document, text``; when given, a span must lie inside the text of its document.
    where : str
        The function, for the error.
    """
    require_columns(codings, CODING_COLUMNS, where)
    frame = codings.reset_index(drop=True).copy()
    for column in ("document", "coder", "code"):
        frame[column] = frame[column].astype(str)
    for column in ("start", "end"):
        positions = pd.to_numeric(frame[column], errors="coerce")
        bad = positions.isna() | (positions % 1 != 0)
        if bad.any():
            row = int(bad.to_numpy().argmax())
            raise InputError(
                "qualitative.errors.position", where, row=row + 2, column=column, value=str(frame[column].iloc[row])
            )
        frame[column] = positions.astype("int64")
    _require_spans(frame, documents, where)
    return frame


def _require_spans(frame: pd.DataFrame, documents: pd.DataFrame | None, where: str) -> None:
    length = pd.Series(float("inf"), index=frame.index)
    if documents is not None:
        known = documents.set_index(documents["document"].astype(str))["text"].astype(str).str.len()
        unknown = ~frame["document"].isin(known.index)
        if unknown.any():
            row = int(unknown.to_numpy().argmax())
            raise InputError(
                "qualitative.errors.unknown_document",
                where,
                row=row + 2,
                column="document",
                value=frame["document"].iloc[row],
            )
        length = frame["document"].map(known)
    wrong = (frame["start"] < 0) | (frame["end"] <= frame["start"]) | (frame["end"] > length)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise InputError(
            "qualitative.errors.span",
            where,
            row=row + 2,
            column="start, end",
            span=f"{frame['start'].iloc[row]}-{frame['end'].iloc[row]}",
            document=frame["document"].iloc[row],
        )


def checked_documents(documents: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return the documents with text identifiers, each once."""
    require_columns(documents, DOCUMENT_COLUMNS, where)
    frame = documents.reset_index(drop=True).copy()
    frame["document"] = frame["document"].astype(str)
    twice = frame["document"].duplicated()
    if twice.any():
        row = int(twice.to_numpy().argmax())
        raise InputError(
            "qualitative.errors.document_twice",
            where,
            row=row + 2,
            column="document",
            value=frame["document"].iloc[row],
        )
    frame["text"] = frame["text"].fillna("").astype(str)
    return frame


def readers(documents: pd.DataFrame, codings: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return who read each document.

    The column ``coders`` of the documents says it, as a list or as names with a semicolon, comma or bar between; so a
    document read and coded with nothing is known. Coders with a coding in the document have read it in any case.
    """
    coded = codings.groupby("document")["coder"].agg(frozenset).to_dict()
    listed = documents["coders"] if "coders" in documents else pd.Series(None, index=documents.index, dtype=object)
    return {
        document: _names(entry) | coded.get(document, frozenset())
        for document, entry in zip(documents["document"], listed, strict=True)
    }


def _names(entry: object) -> frozenset[str]:
    if isinstance(entry, str):
        return frozenset(name for name in _READERS.split(entry.strip()) if name)
    if isinstance(entry, Iterable):
        return frozenset(str(name) for name in entry)
    return frozenset()


def references(frame: pd.DataFrame) -> pd.Series:
    """Return ``document:start-end`` for each row: the address of a piece of text, never the text."""
    return pd.Series(
        [f"{d}:{s}-{e}" for d, s, e in zip(frame["document"], frame["start"], frame["end"], strict=True)],
        index=frame.index,
        dtype=object,
    )
