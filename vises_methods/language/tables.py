"""Tables for readers: named columns, numbers as the language writes them, a caption, and no more than fits."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from vises_methods.catalogue import NO_VALUE, has_text, number, text
from vises_methods.results import Result

MOST_ROWS = 60


def table(
    frame: pd.DataFrame,
    /,
    *,
    lang: str,
    caption: str,
    columns: Mapping[str, str] | None = None,
    result: Result | None = None,
    formats: Mapping[str, str] | None = None,
) -> None:
    """Show a table in a notebook.

    Parameters
    ----------
    frame : DataFrame
    lang : {"fr", "nl", "en"}
    caption : str
        A key of the catalogue under ``language.captions``.
    columns : mapping of str to str, optional
        The columns to show and their heads: a key under ``language.columns``, or the words themselves; all by default.
        One that the frame has not got is passed over.
    result : Result, optional
        Whose labels name the codes found in cells.
    formats : mapping of str to str, optional
        How numbers of a column are written, as in ``{"share": ".0%"}``, the shortest otherwise; ``"code"`` leaves what
        it holds as it is written in a file.
    """
    from IPython.display import HTML, display

    markup = table_html(frame, lang=lang, caption=caption, columns=columns, result=result, formats=formats)
    display(HTML(markup))


def table_html(
    frame: pd.DataFrame,
    /,
    *,
    lang: str,
    caption: str,
    columns: Mapping[str, str] | None = None,
    result: Result | None = None,
    formats: Mapping[str, str] | None = None,
) -> str:
    """Return the table that :func:`table` shows."""
    if frame.empty:
        return f"<p class='muted'>{escape(text('language.no_rows', lang))}</p>"
    named = columns if columns is not None else {str(name): str(name) for name in frame.columns}
    shown = {name: words for name, words in named.items() if name in frame.columns}
    numeric = {name for name in shown if _is_numeric(frame[name])}
    written = {"formats": dict(formats or {}), "result": result, "lang": lang, "numeric": numeric}
    head = "".join(
        f"<th scope='col'{_number_class(name in numeric)}>{escape(_head(words, lang))}</th>"
        for name, words in shown.items()
    )
    body = "".join(
        "<tr>" + "".join(_cell(row[name], name, first, written) for first, name in _first_then_rest(shown)) + "</tr>"
        for row in frame[list(shown)].head(MOST_ROWS).to_dict("records")
    )
    more = len(frame) - MOST_ROWS
    note = f"<p class='muted'>{escape(text('language.more_rows', lang, count=more))}</p>" if more > 0 else ""
    words = escape(text(f"language.captions.{caption}", lang))
    return f"<table><caption>{words}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def in_words(value: Any, lang: str, result: Result | None = None) -> str:
    """Return the words of a code: a label of the result, a text or a value of the catalogue, or the code itself."""
    if isinstance(value, bool):
        return text(f"language.values.{'yes' if value else 'no'}", lang)
    labelled = result.label(value, lang) if result is not None else str(value)
    if labelled != str(value):
        return labelled
    if has_text(str(value), lang):
        return text(str(value), lang)
    for family in ("values", "short_units", "units"):
        if has_text(f"language.{family}.{value}", lang):
            return text(f"language.{family}.{value}", lang)
    return str(value).replace("|", ", ").replace("_", " ")


def _first_then_rest(shown: Mapping[str, str]) -> list[tuple[bool, str]]:
    return [(position == 0, name) for position, name in enumerate(shown)]


def _head(words: str, lang: str) -> str:
    key = f"language.columns.{words}"
    return text(key, lang) if has_text(key, lang) else words


def _is_numeric(column: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _number_class(numeric: bool) -> str:
    return " class='number'" if numeric else ""


def _cell(value: Any, name: str, first: bool, written: Mapping[str, Any]) -> str:
    lang = written["lang"]
    if not isinstance(value, (list, tuple, dict)) and pd.isna(value):
        shown, numeric = NO_VALUE, name in written["numeric"]
    elif written["formats"].get(name) == "code":
        shown, numeric = str(value), False
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        shown, numeric = number(value, lang, written["formats"].get(name, "")), True
    else:
        shown, numeric = in_words(value, lang, written["result"]), False
    words = f"<code>{escape(shown)}</code>" if written["formats"].get(name) == "code" else escape(shown)
    return f"<th scope='row'>{words}</th>" if first else f"<td{_number_class(numeric)}>{words}</td>"
