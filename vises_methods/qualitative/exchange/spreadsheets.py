"""Codings in a spreadsheet: read them with their positions checked, or found from the quotes; write them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import openpyxl
import pandas as pd

from vises_methods.errors import ExchangeError, InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.exchange.positions import Basis, SelectedText, Selection, clean_text, read_positions
from vises_methods.qualitative.exchange.safety import (
    MOST_CODINGS,
    Archive,
    decoded,
    first_bytes,
    require_few_codings,
)
from vises_methods.qualitative.tables import checked_codings, checked_documents, references, require_columns

_COLUMNS = ("document", "coder", "code")
_PLACE = ("start", "end")


@checked_arguments
def read_codings(path: str | Path, documents: pd.DataFrame, /) -> pd.DataFrame:
    """Read codings from a CSV or XLSX file and place them on the texts.

    Positions are converted from whatever they count (see :func:`read_project`), and checked against the column
    ``quote`` where there is one. A file without positions will do where its quotes occur once in their documents.

    Parameters
    ----------
    path : path
        Columns ``document, coder, code`` and either ``start, end`` or ``quote``, or all of them; further columns are
        kept. CSV in UTF-8 with commas, semicolons or tabs; of XLSX the first sheet.
    documents : DataFrame
        Columns ``document, text``.

    Returns
    -------
    DataFrame
        The codings with ``start, end`` in code points and ``quote`` cut from the text.

    Raises
    ------
    InputError
        For missing columns or documents that are not in the table.
    ExchangeError
        For a file that cannot be read, positions that fit no basis, or a quote that occurs never or more than once.

    Examples
    --------
    >>> import tempfile
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One two."]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "codings.csv"
    ...     _ = file.write_text("document;coder;code;quote\\nd;ana;X;two\\n")
    ...     read_codings(file, texts)[["start", "end"]].to_numpy().tolist()
    [[4, 7]]
    """
    file = Path(path)
    where = file.name
    texts = checked_documents(documents, "read_codings(documents)")
    frame = _table(file)
    require_columns(frame, _COLUMNS, where)
    placed = set(_PLACE) <= set(frame.columns)
    if not placed and "quote" not in frame:
        require_columns(frame, (*_COLUMNS, *_PLACE), where)
    require_few_codings(len(frame), where)
    known = dict(zip(texts["document"], texts["text"], strict=True))
    unknown = sorted(set(frame["document"]) - set(known))
    if unknown:
        raise InputError("qualitative.errors.unknown_document", where, column="document", value=", ".join(unknown))
    parts = [(str(document), own) for document, own in frame.groupby("document", sort=False)]
    spans = _placed(parts, known, where) if placed else _quoted(parts, known, where)
    positioned = [
        _positioned(own, known[document], own_spans) for (document, own), own_spans in zip(parts, spans, strict=True)
    ]
    whole = pd.concat(positioned).sort_index() if parts else frame.assign(start=0, end=0, quote="")
    return checked_codings(whole, texts, where)


def _placed(
    parts: Sequence[tuple[str, pd.DataFrame]], known: dict[str, str], where: str
) -> list[list[tuple[int, int]]]:
    """Return the spans of each document from the positions of its rows."""
    texts = []
    for document, own in parts:
        quotes = own["quote"] if "quote" in own else pd.Series("", index=own.index)
        selections = [
            Selection(_number(start, row, "start", where), _number(end, row, "end", where), quote or None, str(coder))
            for row, start, end, quote, coder in zip(
                own.index, own["start"], own["end"], quotes, own["coder"], strict=True
            )
        ]
        texts.append(SelectedText(known[document], selections, f"{where}: {document}"))
    return [reading.spans for reading in read_positions(texts, Basis(), normalise=False, own=True)]


def _quoted(
    parts: Sequence[tuple[str, pd.DataFrame]], known: dict[str, str], where: str
) -> list[list[tuple[int, int]]]:
    """Return the spans of each document from the quotes of its rows."""
    return [
        [
            _found(str(quote), known[document], f"{where}: {document}", int(row))
            for row, quote in zip(own.index, own["quote"], strict=True)
        ]
        for document, own in parts
    ]


def _positioned(own: pd.DataFrame, text: str, spans: Sequence[tuple[int, int]]) -> pd.DataFrame:
    cut = [text[start:end] for start, end in spans]
    return own.assign(start=[start for start, _ in spans], end=[end for _, end in spans], quote=cut)


def _number(value: object, row: int, column: str, where: str) -> int:
    written = str(value).strip().removesuffix(".0")
    if not (written.isascii() and written.isdigit() and len(written) < 16):
        raise InputError("qualitative.errors.position", where, row=row + 2, column=column, value=str(value))
    return int(written)


def _found(quote: str, text: str, where: str, row: int) -> tuple[int, int]:
    wanted = quote if quote in text else clean_text(quote).strip()
    count = text.count(wanted) if wanted else 0
    if count != 1:
        raise ExchangeError(
            "qualitative.errors.quote_place", where, row=row + 2, column="quote", quote=quote, count=count
        )
    start = text.index(wanted)
    return start, start + len(wanted)


def _table(file: Path) -> pd.DataFrame:
    """Return the cells as texts."""
    head = first_bytes(file)
    rows = _sheet(file) if head.startswith(b"PK") else _lines(decoded(file.read_bytes(), file.name))
    if not rows:
        raise ExchangeError("empty_data", file.name)
    header, *body = rows
    full = [[*row, *[""] * (len(header) - len(row))][: len(header)] for row in body if any(row)]
    return pd.DataFrame(full, columns=[name.strip() for name in header], dtype=object)


def _lines(content: str) -> list[list[str]]:
    text = content.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text), delimiter=separator))


def _sheet(file: Path) -> list[list[str]]:
    archive = Archive(file)
    archive.require_no_document_types()
    archive.close()
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        cells = islice(book.worksheets[0].iter_rows(values_only=True), MOST_CODINGS + 2)
        rows = [["" if cell is None else str(cell) for cell in row] for row in cells]
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        raise ExchangeError("qualitative.errors.not_sheet", file.name, detail=str(error)) from None
    return rows


@checked_arguments
def write_codings(codings: pd.DataFrame, path: str | Path, /) -> Path:
    """Write codings to a CSV or XLSX file, with a column ``reference`` (``document:start-end``).

    No cell of an XLSX file is a formula, whatever it begins with.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``; further columns are kept.
    path : path
        Ending in ``.csv`` or ``.xlsx``; an existing file is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        For missing columns or another ending.

    Examples
    --------
    >>> import tempfile
    >>> marks = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["X"], "start": [0], "end": [2]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_codings(marks, Path(folder) / "codings.csv").read_text().splitlines()[1]
    'd,a,X,0,2,d:0-2'
    """
    file = Path(path)
    frame = checked_codings(codings, None, "write_codings(codings)")
    frame = frame.assign(reference=references(frame))
    if file.suffix.lower() == ".csv":
        frame.to_csv(file, index=False, lineterminator="\n")
    elif file.suffix.lower() == ".xlsx":
        _write_sheet(frame, file)
    else:
        raise InputError("unknown_option", "write_codings(path)", value=file.suffix, allowed=[".csv", ".xlsx"])
    return file


def _write_sheet(frame: pd.DataFrame, file: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    content = [list(frame.columns), *frame.astype(object).where(frame.notna(), None).to_numpy().tolist()]
    for i, row in enumerate(content, start=1):
        for j, value in enumerate(row, start=1):
            cell = sheet.cell(i, j, value)
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(file)
