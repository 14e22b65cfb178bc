"""A list of names in a sentence, the first of them where there are many."""

from __future__ import annotations

from collections.abc import Sequence

from vises_methods.catalogue import text


def first_of(names: Sequence[str], lang: str, *, most: int) -> str:
    """Return the first names with separators, and how many more there are.

    Parameters
    ----------
    names : sequence of str
    lang : {"fr", "nl", "en"}
    most : int

    Examples
    --------
    >>> first_of(["a", "b", "c"], "en", most=2)
    'a; b; and 1 more'
    """
    shown = text("words.separator", lang).join(names[:most])
    more = len(names) - most
    return text("words.and_more", lang, shown=shown, more=more) if more > 0 else shown
