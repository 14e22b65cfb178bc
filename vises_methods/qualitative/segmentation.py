"""Cut a text into characters, sentences, paragraphs or turns, by their positions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, get_args

Cut = Literal["character", "sentence", "paragraph", "turn", "document"]
CUTS: tuple[str, ...] = get_args(Cut)
Span = tuple[int, int]

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_STOP = re.compile(r"[.!?…]+(?:[\"'»”’)\]]|\s»)*(?=\s)")
_SPEAKER = re.compile(r"^\s*(?:\[?[\d:.,]{4,}\]?\s*)?(?:[^\W\d_]|\[[A-Z]\d{1,5}\])[^\n:?!.]{0,39}\s?:(?:\s|$)")
_ABBREVIATIONS = frozenset(
    re.split(
        r"\s+",
        "m mm mme mmes mlle dr pr st ste cf p pp art al etc ex n° no nr vol éd env max min tél av bd hab "
        "dhr mevr mej ir ing drs bv bijv enz ca blz o.a m.a.w d.w.z n.a.v i.p.v t.o.v m.b.t a.u.b resp evt incl excl "
        "mr mrs ms prof sr jr vs e.g i.e inc ltd co fig approx tel p.ex c.-à-d",
    )
)


def segments(text: str, by: str) -> list[Span]:
    """Return the positions of the segments of a text, in order, blank ones left out.

    A paragraph is a line that is not blank; a sentence ends at ``. ! ? …`` before white space and something that can
    begin a sentence, and at the paragraph's end, but not after an abbreviation (French, Dutch, English) or an initial;
    a turn begins at a line that starts with a speaker's name and a colon, and holds the lines that follow. White space
    around a segment is not part of it.

    Parameters
    ----------
    text : str
    by : {"character", "sentence", "paragraph", "turn", "document"}

    Examples
    --------
    >>> segments("Bonjour. M. Dupont arrive.\\n\\nEt alors ?", "sentence")
    [(0, 8), (9, 26), (28, 38)]
    """
    return list(_CUTTERS[by](text))


def _characters(text: str) -> Iterator[Span]:
    return ((i, i + 1) for i in range(len(text)))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the span without the white space around it, or nothing where nothing is left."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        yield start + left, start + right


def _document(text: str) -> Iterator[Span]:
    yield from _trimmed(text, 0, len(text))


def _paragraphs(text: str) -> Iterator[Span]:
    for line in _LINE.finditer(text):
        yield from _trimmed(text, line.start(), line.end())


def _sentences(text: str) -> Iterator[Span]:
    for start, end in _paragraphs(text):
        begin = start
        for stop in _STOP.finditer(text, start, end):
            if _ends_sentence(text, begin, stop, end):
                yield from _trimmed(text, begin, stop.end())
                begin = stop.end()
        yield from _trimmed(text, begin, end)


def _ends_sentence(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    following = text[stop.end() : end].lstrip()[:1]
    if not following or following.islower():
        return False
    if stop.group() != ".":
        return True
    words = text[begin : stop.start()].split()
    word = words[-1].lstrip("(«“\"'[").lower() if words else ""
    return not (word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()))


def _turns(text: str) -> Iterator[Span]:
    begin, last = None, 0
    for start, end in _paragraphs(text):
        if begin is not None and _SPEAKER.match(text[start:end]):
            yield begin, last
            begin = start
        begin = start if begin is None else begin
        last = end
    if begin is not None:
        yield begin, last


_CUTTERS: dict[str, Callable[[str], Iterator[Span]]] = {
    "character": _characters,
    "sentence": _sentences,
    "paragraph": _paragraphs,
    "turn": _turns,
    "document": _document,
}
