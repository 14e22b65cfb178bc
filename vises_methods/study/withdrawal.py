"""A withdrawn consent: everything of that person is taken out, before anything is made of the data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from vises_methods.study.definitions import LIST_SEPARATOR

MASK = "█"
_PARAGRAPH = re.compile(r"[^\n]+")


def items(cell: object) -> list[str]:
    """Return the items of a list cell (``p01;p02``); none for an empty one.

    Examples
    --------
    >>> items("p01; p02")
    ['p01', 'p02']
    """
    return [item.strip() for item in cell.split(LIST_SEPARATOR) if item.strip()] if isinstance(cell, str) else []


def turns_of(label: str, text: str) -> list[tuple[int, int]]:
    """Return where the turns of a speaker stand: the paragraphs that begin with the label and a colon.

    Parameters
    ----------
    label : str
        As consent.csv names the speaker.
    text : str

    Returns
    -------
    list of (start, end)
        In code points, the end exclusive.

    Examples
    --------
    >>> turns_of("P3", "P3 : oui.\\n\\nEnq. : et vous ?\\n\\nP3 : non.")
    [(0, 9), (29, 38)]
    """
    opening = re.compile(rf"\s*{re.escape(label)}\s*:")
    return [match.span() for match in _PARAGRAPH.finditer(text) if opening.match(match.group())]


def masked(text: str, spans: list[tuple[int, int]]) -> str:
    """Blank parts of a text by signs of the same number, so that every position elsewhere still holds."""
    for start, end in spans:
        text = text[:start] + MASK * (end - start) + text[end:]
    return text


@dataclass(frozen=True)
class Withdrawal:
    """Who withdrew, and what of theirs stands in the texts.

    Attributes
    ----------
    labels : mapping of str to (str or None)
        Each person who withdrew, with the label that opens their turns.
    removed : mapping of str to str
        Each document that goes as a whole, with the person because of whom it goes.
    spans : mapping of str to list of (person, start, end)
        The turns that are blanked, by document.
    """

    labels: Mapping[str, str | None]
    removed: Mapping[str, str]
    spans: Mapping[str, list[tuple[str, int, int]]]


def withdrawal(consent: pd.DataFrame, documents: pd.DataFrame, texts: Mapping[str, str]) -> Withdrawal:
    """Find what must be taken out.

    A document goes as a whole when no one is left in it, or when a person who withdrew cannot be told apart from the
    others in its text (no label, or no turn that begins with it): what cannot be taken out is not shown.

    Parameters
    ----------
    consent : DataFrame
        Columns ``person, label, withdrawn_on``.
    documents : DataFrame
        Columns ``document, persons``.
    texts : mapping of str to str
        The text of each document.
    """
    gone = consent[consent["withdrawn_on"].notna()]
    labels = {p: (None if pd.isna(label) else label) for p, label in zip(gone["person"], gone["label"], strict=True)}
    removed: dict[str, str] = {}
    spans: dict[str, list[tuple[str, int, int]]] = {}
    for document, cell in zip(documents["document"], documents["persons"], strict=True):
        persons = items(cell)
        for person in (person for person in persons if person in labels):
            label = labels[person]
            turns = turns_of(label, texts.get(document, "")) if label else []
            if not turns or all(other in labels for other in persons):
                removed.setdefault(document, person)
            spans.setdefault(document, []).extend((person, start, end) for start, end in turns)
    return Withdrawal(labels, removed, spans)


def documents_left(documents: pd.DataFrame, who: Withdrawal) -> pd.DataFrame:
    """Take documents out, blank turns, and strike the persons from the list of those who speak."""
    left = documents[~documents["document"].isin(list(who.removed))].reset_index(drop=True)
    persons = [_others(cell, who) for cell in left["persons"]]
    texts = [
        masked(text, [(start, end) for _, start, end in who.spans.get(document, [])])
        for document, text in zip(left["document"], left["text"], strict=True)
    ]
    return left.assign(
        persons=pd.Series(persons, index=left.index, dtype="str"), text=pd.Series(texts, index=left.index, dtype="str")
    )


def segments_left(segments: pd.DataFrame, who: Withdrawal) -> tuple[pd.DataFrame, pd.Series]:
    """Take out codings (or adjudications) of removed documents and those that overlap a blanked turn.

    Returns
    -------
    left : DataFrame
    persons : Series
        Because of whom each row went that did.
    """
    causes = [
        who.removed.get(document) or _overlapped(start, end, who.spans.get(document, []))
        for document, start, end in zip(segments["document"], segments["start"], segments["end"], strict=True)
    ]
    cause = pd.Series(causes, index=segments.index, dtype="object")
    return segments[cause.isna()].reset_index(drop=True), cause.dropna()


def _overlapped(start: int, end: int, spans: list[tuple[str, int, int]]) -> str | None:
    return next((person for person, first, last in spans if start < last and first < end), None)


def _others(cell: object, who: Withdrawal) -> str | None:
    if not isinstance(cell, str):
        return None
    return LIST_SEPARATOR.join(person for person in items(cell) if person not in who.labels) or None
