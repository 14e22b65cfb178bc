"""The two tables of coded interviews: codings (who coded what, where) and documents (what was read, by whom).

Positions are Unicode code points over the text as stored, the end exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
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
    twice = [] if frame.columns.is_unique else [name for name in columns if (frame.columns == name).sum() > 1]
    if twice:
        raise InputError("qualitative.errors.column_twice", where, name=twice[0])


def require_cells(frame: pd.DataFrame, columns: Iterable[str], where: str) -> None:
    """Raise an error that names the first empty cell of columns that hold a name in every row."""
    for column in columns:
        empty = frame[column].isna().to_numpy()
        if empty.any():
            row = int(empty.argmax()) + 2
            raise InputError("qualitative.errors.cell_empty", where, row=row, column=column)


def require_names(frame: pd.DataFrame, columns: Iterable[str], where: str) -> None:
    """Raise an error where a name is missing, is a collection, or holds half a character."""
    require_cells(frame, columns, where)
    for column in columns:
        values = frame[column]
        if values.dtype != object and not isinstance(values.dtype, pd.StringDtype):
            continue
        _require_each(values, lambda value: np.isscalar(value) or isinstance(value, (date, Decimal)), where, "str")
        require_unicode(values, where)


def require_texts(values: pd.Series, where: str) -> None:
    """Raise an error where a text is no text, or holds half a character; a missing one is allowed."""
    _require_each(values, lambda value: isinstance(value, str), where, "str")
    require_unicode(values, where)


def _require_each(values: pd.Series, fits: Callable[[Any], bool], where: str, allowed: str) -> None:
    if isinstance(values.dtype, pd.StringDtype) or pd.api.types.infer_dtype(values, skipna=True) == "string":
        return
    for row, value in enumerate(values):
        if (np.ndim(value) or not pd.isna(value)) and not fits(value):
            column, shown, kind = str(values.name), str(value)[:40], type(value).__name__
            raise InputError("wrong_type", where, row=row + 2, column=column, value=shown, type=kind, allowed=allowed)


def require_unicode(values: pd.Series, where: str) -> None:
    """Raise an error that names the first row whose text is not Unicode: half a character, a lone surrogate."""
    if _unicode_fault("".join(str(value) for value in values.unique())) is None:
        return
    for row, value in enumerate(values):
        position = _unicode_fault(str(value))
        if position is not None:
            column = str(values.name)
            raise InputError("qualitative.errors.not_unicode", where, row=row + 2, column=column, position=position)


def _unicode_fault(text: str) -> int | None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        return error.start
    return None


def as_numbers(values: pd.Series, where: str) -> pd.Series:
    """Return a column as numbers, missing ones as NaN; raise an error that names the first cell that is no number."""
    given = values.astype(object) if isinstance(values.dtype, pd.CategoricalDtype) else values
    plain = given.dtype.kind in "fiubO" or pd.api.types.is_string_dtype(given.dtype)
    numbers = pd.to_numeric(given, errors="coerce").astype(float) if plain else pd.Series(np.nan, index=given.index)
    wrong = (numbers.isna() & given.notna()).to_numpy()
    if wrong.any():
        row = int(wrong.argmax())
        column = None if values.name is None else str(values.name)
        raise InputError("not_numeric", where, row=row + 2, column=column, value=str(given.iloc[row])[:40])
    return numbers


def as_counts(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return a table of amounts as numbers; raise an error for a cell that is empty, no number or below 0."""
    require_type(table, pd.DataFrame, where)
    if table.empty:
        raise InputError("empty_data", where)
    columns = [as_numbers(table.iloc[:, i], where).to_numpy() for i in range(table.shape[1])]
    counts = pd.DataFrame(np.column_stack(columns), index=table.index, columns=table.columns)
    wrong = ~((counts >= 0) & np.isfinite(counts)).to_numpy()
    if wrong.any():
        row, column = (int(place) for place in np.argwhere(wrong)[0])
        name, value = str(table.columns[column]), float(counts.to_numpy()[row, column])
        if np.isnan(value):
            raise InputError("qualitative.errors.cell_empty", where, row=row + 2, column=name)
        raise InputError("out_of_range", where, row=row + 2, column=name, value=value, allowed="0 ≤ x < ∞")
    return counts


def in_order_of(index: pd.Index, values: Any) -> Any:
    """Return values given per unit in the order of the units, where they are a Series that names the same units."""
    if not isinstance(values, pd.Series) or values.index.equals(index):
        return values
    named_alike = index.is_unique and values.index.is_unique and set(values.index) == set(index)
    return values.reindex(index) if named_alike else values


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
    require_names(codings, ("document", "coder", "code"), where)
    frame = codings.reset_index(drop=True).copy()
    for column in ("document", "coder", "code"):
        if frame[column].dtype != "str":
            frame[column] = frame[column].astype(str)
    for column in ("start", "end"):
        positions = pd.to_numeric(frame[column], errors="coerce")
        numbers = positions.to_numpy(dtype=float, na_value=np.nan)
        with np.errstate(invalid="ignore"):
            bad = ~((numbers % 1 == 0) & (np.abs(numbers) <= np.iinfo(np.int32).max))
        if bad.any():
            row = int(bad.argmax())
            raise InputError(
                "qualitative.errors.position", where, row=row + 2, column=column, value=str(frame[column].iloc[row])
            )
        if frame[column].dtype != np.int64:
            frame[column] = positions.astype("int64")
    _require_spans(frame, documents, where)
    return frame


def _require_spans(frame: pd.DataFrame, documents: pd.DataFrame | None, where: str) -> None:
    starts, ends, length = frame["start"].to_numpy(), frame["end"].to_numpy(), np.full(len(frame), np.inf)
    if documents is not None:
        texts = zip(documents["document"].astype(str), documents["text"].astype(str), strict=True)
        known = {document: len(text) if isinstance(text, str) else np.inf for document, text in texts}
        length = np.array([known.get(document, np.nan) for document in frame["document"]], dtype=float)
        unknown = np.isnan(length)
        if unknown.any():
            row = int(unknown.argmax())
            raise InputError(
                "qualitative.errors.unknown_document",
                where,
                row=row + 2,
                column="document",
                value=frame["document"].iloc[row],
            )
    wrong = (starts < 0) | (ends <= starts) | (ends > length)
    if wrong.any():
        row = int(wrong.argmax())
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
    require_names(documents, ("document",), where)
    require_texts(documents["text"], where)
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
