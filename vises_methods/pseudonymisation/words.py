"""The words of the review file in French, Dutch and English: a sheet is read back in whatever language it is in."""

from __future__ import annotations

from functools import cache

from vises_methods.catalogue import LANGUAGES, entries, text
from vises_methods.qualitative.identifiers import folded

_ROOM = "pseudonymisation"


def word(group: str, identifier: str, lang: str) -> str:
    """Return the word for a column, a kind, a reason or a decision."""
    return text(f"{_ROOM}.{group}.{identifier}", lang)


def meant(group: str, written: str) -> str | None:
    """Return the identifier that a word stands for, in any of the languages; None where there is none.

    Examples
    --------
    >>> meant("decisions", "Vervangen"), meant("decisions", "peut-être")
    ('replace', None)
    """
    return _meanings(group).get(folded(written.strip()))


@cache
def _meanings(group: str) -> dict[str, str]:
    """Return what each word of a group stands for, in all languages."""
    prefix = f"{_ROOM}.{group}."
    known = {
        folded(words): key.removeprefix(prefix)
        for lang in LANGUAGES
        for key, words in entries(lang).items()
        if key.startswith(prefix)
    }
    return known | {identifier: identifier for identifier in known.values()}
