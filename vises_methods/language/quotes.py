"""Quotes: the words a finding rests on, with the place where they stand, and only where consent allows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from html import escape
from operator import itemgetter
from typing import Any, NamedTuple

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
    open_ones = [passage for passage in evidence if passage.document in allowed]
    texts = {source["document"]: source for source in documents.to_dict("records")}
    parts = [_quote(passage, texts[passage.document], result, lang) for passage in _spread(open_ones, most)]
    withheld = len(evidence) - len(open_ones)
    if withheld:
        parts.append(f"<p class='muted'>{escape(text('language.quotes.withheld', lang, count=withheld))}</p>")
    if not parts:
        parts.append(f"<p class='muted'>{escape(text('language.quotes.none', lang))}</p>")
    return "".join(parts)


class _Passage(NamedTuple):
    code: str
    reference: str
    document: str
    start: int
    end: int


def _placed(evidence: pd.DataFrame) -> list[_Passage]:
    """Return the passages behind a result, each once for a code."""
    found = []
    for code, reference in dict.fromkeys(zip(evidence["code"], evidence["reference"], strict=True)):
        document, place = reference.rsplit(":", 1)
        start, end = place.split("-")
        found.append(_Passage(code, reference, document, int(start), int(end)))
    return found


def _spread(passages: Sequence[_Passage], most: int) -> list[_Passage]:
    """Take the longest quote of each code and document first, so that one voice does not fill the page."""
    heard: Counter[str] = Counter()
    spoken: Counter[str] = Counter()
    turns = []
    for passage in sorted(passages, key=lambda one: (-min(one.end - one.start, LONGEST), one.reference)):
        turns.append((heard[passage.document] + spoken[passage.code], passage))
        heard[passage.document] += 1
        spoken[passage.code] += 1
    shown: dict[str, _Passage] = {}
    for _, passage in sorted(turns, key=itemgetter(0)):
        shown.setdefault(passage.reference, passage)
    return list(shown.values())[:most]


def _quote(passage: _Passage, source: Mapping[Any, Any], result: Result, lang: str) -> str:
    words = source["text"][passage.start : passage.end]
    shown = words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " […]"
    spoken = escape(source["language"].split("+")[0])
    about = text(
        "language.quotes.source",
        lang,
        code=escape(result.label(passage.code, lang)),
        title=escape(source["title"]),
        reference=f"<span class='reference'>{escape(passage.reference)}</span>",
    )
    return (
        f"<blockquote lang='{spoken}'><p>{escape(shown)}</p></blockquote>"
        f"<details class='place' id='{_anchor(passage, result)}'><summary>{about}</summary>"
        f"<p lang='{spoken}'>{_at_its_place(source['text'], passage.start, passage.end)}</p></details>"
    )


def _anchor(passage: _Passage, result: Result) -> str:
    """Return the anchor of a passage, its own for each result that quotes it, the same on every run."""
    return "place-" + sha256(f"{result.method} {passage.code} {passage.reference}".encode()).hexdigest()[:12]


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
