"""What was changed in the codebook since the first reading, and what must be coded again because of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from vises_methods.catalogue import localised, text
from vises_methods.language.display import show_html
from vises_methods.language.tables import in_words, table_html
from vises_methods.results import Result

CHANGES = {"version": "version", "change": "change", "before": "before", "after": "after", "reason": "reason"}
DIFFERENCE = {"code": "code", "change": "change", "before": "before", "after": "after"}
TO_RECODE = {"place": "place", "coder": "coder", "code": "code", "to_review": "choose_from"}


def show_codebook_changes(
    changes: Mapping[str, Any] | None, to_recode: pd.DataFrame, /, *, lang: str, result: Result
) -> None:
    """Show the operations between two versions of the codebook, and the passages that they leave to code again.

    Parameters
    ----------
    changes : mapping or None
        The content of ``codebook_changes.yml``; None where the codebook stayed as it was.
    to_recode : DataFrame
        Columns ``document, coder, code, start, end, to_review``, as ``Enterprise.to_recode``.
    lang : {"fr", "nl", "en"}
    result : Result
        Whose labels name the codes.
    """
    show_html(codebook_changes_html(changes, to_recode, lang=lang, result=result))


def codebook_changes_html(
    changes: Mapping[str, Any] | None, to_recode: pd.DataFrame, /, *, lang: str, result: Result
) -> str:
    """Return what :func:`show_codebook_changes` shows."""
    if not changes:
        return f"<p class='muted'>{escape(text('language.codebook.unchanged', lang))}</p>"
    rows = [
        {
            "version": f"{step['from']} → {step['to']}",
            "change": text(f"language.codebook.{operation['kind']}", lang),
            "before": _names(operation["before"], lang, result),
            "after": _names(operation["after"], lang, result),
            "reason": localised(operation.get("reason") or "", lang),
        }
        for step in changes["versions"]
        for operation in step["operations"]
    ]
    shown = table_html(pd.DataFrame(rows), lang=lang, caption="codebook_changes", columns=CHANGES)
    if to_recode.empty:
        return f"{shown}<p class='muted'>{escape(text('language.codebook.nothing_to_recode', lang))}</p>"
    places = [f"{row.document}:{row.start}-{row.end}" for row in to_recode.itertuples()]
    choices = [_choices(str(cell), lang, result) for cell in to_recode["to_review"]]
    coders = to_recode["coder"].fillna(text("language.codebook.settled_together", lang))
    open_rows = to_recode.assign(place=places, to_review=choices, coder=coders)
    return shown + table_html(open_rows, lang=lang, caption="to_recode", columns=TO_RECODE, result=result)


def show_codebook_difference(difference: Result, /, *, lang: str) -> None:
    """Show what differs between an earlier codebook and the one of today; nothing where no earlier one was kept.

    Parameters
    ----------
    difference : Result
        Of :func:`vises_methods.synthesis.codebook_difference`.
    lang : {"fr", "nl", "en"}
    """
    show_html(codebook_difference_html(difference, lang=lang))


def codebook_difference_html(difference: Result, /, *, lang: str) -> str:
    """Return what :func:`show_codebook_difference` shows."""
    if difference.not_estimable is not None:
        return ""
    counts = difference.estimates.set_index("measure")["estimate"].astype(int)
    said = [
        text("language.codebook.counted", lang, count=count, change=text(f"language.codebook.differs.{change}", lang))
        for change, count in counts.items()
        if count and change != "unchanged"
    ]
    versions = {"old": difference.options["old"], "new": difference.options["new"], "unchanged": counts["unchanged"]}
    opening = text("language.codebook.difference", lang, changes=said, **versions)
    rows = [
        {
            "code": _names([row["code"]], lang, difference),
            "change": text(f"language.codebook.differs.{row['change']}", lang),
            "before": _told(row["before"], lang, difference),
            "after": _told(row["after"], lang, difference),
        }
        for row in difference.details["changes"].to_dict("records")
    ]
    shown = table_html(pd.DataFrame(rows), lang=lang, caption="codebook_difference", columns=DIFFERENCE)
    return f"<p>{escape(opening)}</p>{shown}"


def _told(cell: str, lang: str, result: Result) -> str:
    """Return a cell in words: a text in several languages in the reader's, or the names of codes."""
    if cell.startswith("{"):
        return localised(json.loads(cell), lang) or "–"
    return _names([code for code in cell.split("|") if code], lang, result)


def _names(codes: list[str], lang: str, result: Result) -> str:
    return " ; ".join(in_words(code, lang, result) for code in codes) or "–"


def _choices(cell: str, lang: str, result: Result) -> str:
    """Return the codes to choose from in words; a code that was removed leaves every code open."""
    if cell == "removed":
        return text("language.codebook.removed", lang)
    return _names(cell.split(";"), lang, result)
