"""Codings carried from one writing of a text to another: tools take texts in with other blanks and line breaks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from vises_methods.qualitative.arguments import checked_arguments

Span = tuple[int, int]
SHOWN = 40


@checked_arguments
def carried_spans(spans: Sequence[Span], source: str, target: str, /) -> list[Span | None] | None:
    """Return where spans of a text stand in another writing of the same words.

    Two writings hold the same words where they differ in blanks and line breaks alone; a span then begins and ends at
    the same letters. Use it for texts that went through a coding tool, which puts paragraphs apart in its own way.

    Parameters
    ----------
    spans : sequence of (int, int)
        Positions in code points in ``source``, end exclusive.
    source, target : str

    Returns
    -------
    list, or None
        A span of ``target`` for each, None for a span that holds blanks only; None for all where the words differ.

    Examples
    --------
    >>> carried_spans([(4, 9)], "One\\ntwo 3", "One\\n\\ntwo  3")
    [(5, 11)]
    >>> carried_spans([(0, 3)], "One two", "One too") is None
    True
    """
    if source == target:
        return list(spans)
    letters, places = _letters(source), _letters(target)
    if [source[i] for i in letters] != [target[i] for i in places]:
        return None
    carried: list[Span | None] = []
    for start, end in spans:
        first, after = bisect_left(letters, start), bisect_left(letters, end)
        carried.append((places[first], places[after - 1] + 1) if first < after else None)
    return carried


def first_difference(source: str, target: str, /) -> tuple[str, str]:
    """Return the words from which two texts differ, as each has them, blanks aside.

    Examples
    --------
    >>> first_difference("One  two", "One too")
    ('wo', 'oo')
    """
    letters, places = _letters(source), _letters(target)
    shared = min(len(letters), len(places))
    pairs = zip(letters[:shared], places[:shared], strict=True)
    at = next((n for n, (i, j) in enumerate(pairs) if source[i] != target[j]), shared)
    return _from(source, letters, at), _from(target, places, at)


def _letters(text: str) -> list[int]:
    return [i for i, letter in enumerate(text) if not letter.isspace()]


def _from(text: str, letters: Sequence[int], at: int) -> str:
    return text[letters[at] : letters[at] + SHOWN].strip() if at < len(letters) else ""
