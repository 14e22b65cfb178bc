"""Quotes: the words a finding rests on, with the place where they stand, and only where consent allows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from hashlib import sha256
from html import escape
from typing import Any

import pandas as pd

from vises_methods.catalogue import text
from vises_methods.language.display import show_html
from vises_methods.results import Result
from vises_methods.study.withdrawal import MASK

LONGEST = 420
AROUND = 400
_BLANKED = re.compile(rf"{MASK}+")


def show_quotes(
    result: Result, documents: pd.DataFrame, /, *, lang: str, allowed: Collection[str], most: int = 6
) -> None:
    """Show the words behind a result, code by code; the reference of each opens the text at its place.

    The text opens within the page, so that it works offline, in a published page as in a notebook, and leads to no
    file. It reaches no further than some lines around the passage, of documents that may be quoted only.

    Parameters
    ----------
    result : Result
        ``details["evidence"]`` has columns ``code, reference``; a reference is ``document:start-end``.
    documents : DataFrame
        Columns ``document, text, language, title``.
    lang : {"fr", "nl", "en"}
    allowed : collection of str
        The documents that may be quoted; of the others only the count is shown.
    most : int
        The number of quotes, spread over codes and documents.
    """
    show_html(quotes_html(result, documents, lang=lang, allowed=allowed, most=most))


def quotes_html(
    result: Result, documents: pd.DataFrame, /, *, lang: str, allowed: Collection[str], most: int = 6
) -> str:
    """Return the quotes that :func:`show_quotes` shows."""
    evidence = _placed(result.details["evidence"])
    shown = _spread(evidence[evidence["document"].isin(list(allowed))], most)
    texts = {source["document"]: source for source in documents.to_dict("records")}
    parts = [_quote(row, texts, result, lang) for row in shown.to_dict("records")]
    withheld = int((~evidence["document"].isin(list(allowed))).sum())
    if withheld:
        parts.append(f"<p class='muted'>{escape(text('language.quotes.withheld', lang, count=withheld))}</p>")
    if not parts:
        parts.append(f"<p class='muted'>{escape(text('language.quotes.none', lang))}</p>")
    return "".join(parts)


def _placed(evidence: pd.DataFrame) -> pd.DataFrame:
    places = evidence["reference"].astype("str").str.extract(r"^(?P<document>.*):(?P<start>\d+)-(?P<end>\d+)$")
    placed = evidence.drop(columns=["document", "start", "end"], errors="ignore").join(places)
    return placed.astype({"start": int, "end": int}).drop_duplicates(["code", "reference"]).reset_index(drop=True)


def _spread(evidence: pd.DataFrame, most: int) -> pd.DataFrame:
    """Take the longest quote of each code and document first, so that one voice does not fill the page."""
    length = (evidence["end"] - evidence["start"]).clip(upper=LONGEST)
    ordered = evidence.assign(length=length).sort_values(["length", "reference"], ascending=[False, True])
    turn = ordered.groupby("code").cumcount() + ordered.groupby("document").cumcount()
    return ordered.assign(turn=turn).sort_values("turn", kind="stable").drop_duplicates("reference").head(most)


def _quote(row: Mapping[Any, Any], texts: Mapping[str, Mapping[Any, Any]], result: Result, lang: str) -> str:
    source = texts[row["document"]]
    words = source["text"][row["start"] : row["end"]]
    shown = words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " […]"
    spoken = escape(source["language"].split("+")[0])
    about = text(
        "language.quotes.source",
        lang,
        code=escape(result.label(row["code"], lang)),
        title=escape(source["title"]),
        reference=f"<span class='reference'>{escape(row['reference'])}</span>",
    )
    return (
        f"<blockquote lang='{spoken}'><p>{escape(shown)}</p></blockquote>"
        f"<details class='place' id='{_anchor(row, result)}'><summary>{about}</summary>"
        f"<p lang='{spoken}'>{_at_its_place(source['text'], row['start'], row['end'])}</p></details>"
    )


def _anchor(row: Mapping[Any, Any], result: Result) -> str:
    """Return the anchor of a passage, its own for each result that quotes it, the same on every run."""
    return "place-" + sha256(f"{result.method} {row['code']} {row['reference']}".encode()).hexdigest()[:12]


def _at_its_place(whole: str, start: int, end: int) -> str:
    """Return a passage, marked, with what stands before and after it, cut between words.

    A turn that was blanked is an omission like any other: how long it was says something of who withdrew.
    """
    first, last = max(start - AROUND, 0), min(end + AROUND, len(whole))
    before, after = whole[first:start], whole[end:last]
    if first > 0 and " " in before:
        before = "… " + before.partition(" ")[2]
    if last < len(whole) and " " in after:
        after = after.rpartition(" ")[0] + " …"
    lines = f"{escape(before)}<mark>{escape(whole[start:end])}</mark>{escape(after)}"
    return _BLANKED.sub("[…]", lines).replace("\n", "<br>")
