"""What a tool's positions count: found from the selections themselves, for each source.

Tools count code points, UTF-16 units or UTF-8 bytes; a line break as one or two; a byte order mark or not. What a file
says it counts is not always what it counts. Each basis is scored by the share of selections that begin and end on word
edges and by the share that match the quoted text; the edges weigh more, for a tool that read its own positions wrongly
quotes wrongly too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vises_methods.errors import ExchangeError

Unit = Literal["code points", "UTF-16 units", "UTF-8 bytes"]
BOM = "\ufeff"
EDGE_WEIGHT = 0.7
LOWEST_SCORE = 0.5
MOST_SCORED = 2000
_MARK_WIDTH = {"code points": 1, "UTF-16 units": 1, "UTF-8 bytes": 3}


@dataclass(frozen=True)
class Basis:
    """What positions count.

    Attributes
    ----------
    unit : {"code points", "UTF-16 units", "UTF-8 bytes"}
    break_width : int
        Characters a line break counts for, 1 or 2.
    mark_counted : bool
        Whether a byte order mark before the text counts.
    """

    unit: Unit = "code points"
    break_width: int = 1
    mark_counted: bool = False

    def __str__(self) -> str:
        return (
            f"{self.unit}, line break {self.break_width}, byte order mark {'' if self.mark_counted else 'not '}counted"
        )


@dataclass(frozen=True)
class Selection:
    """A selection as a file has it: positions in an unknown basis, and the quoted text if the file has it."""

    start: int
    end: int
    quote: str | None = None


@dataclass(frozen=True)
class Reading:
    """Selections read in the best basis.

    Attributes
    ----------
    text : str
        The text with LF, without a byte order mark.
    spans : list of (int, int)
        Code points in ``text``, in the order of the selections.
    basis : Basis
    score, on_word_edges : float
    quotes_match : float or None
        None where no selection has a quote.
    """

    text: str
    spans: list[tuple[int, int]]
    basis: Basis
    score: float
    on_word_edges: float
    quotes_match: float | None


def read_positions(
    raw: str, selections: Sequence[Selection], expected: Basis, where: str, *, normalise: bool = True
) -> Reading:
    """Find the basis that fits the selections best and convert them to code points.

    Parameters
    ----------
    raw : str
        The text as the file has it.
    selections : sequence of Selection
    expected : Basis
        What the format says it counts; taken where nothing fits better.
    where : str
        The source, for the error.
    normalise : bool
        Bring the text to NFC.

    Raises
    ------
    ExchangeError
        Where no basis puts all selections inside the text, or the best one fits too few of them.
    """
    plain = _without_mark(raw)
    text = unicodedata.normalize("NFC", plain) if normalise else plain
    best: Reading | None = None
    for basis in _bases(expected):
        spans = _converted(plain, text, selections, basis)
        if spans is None:
            continue
        reading = _scored(text, spans, selections, basis)
        if best is None or reading.score > best.score + 1e-9:
            best = reading
        if best.score == 1:
            break
    if best is None:
        last = max(selection.end for selection in selections)
        raise ExchangeError("qualitative.errors.positions_outside", where, position=last, length=len(text))
    if selections and best.score < LOWEST_SCORE:
        raise ExchangeError("qualitative.errors.positions_unclear", where, score=best.score, count=len(selections))
    return best


def clean_text(raw: str) -> str:
    """Return a text as the workbook stores it: NFC, LF, no byte order mark."""
    return unicodedata.normalize("NFC", _without_mark(raw))


def _without_mark(raw: str) -> str:
    return raw.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")


def _bases(expected: Basis) -> Iterator[Basis]:
    yield expected
    units: tuple[Unit, ...] = ("code points", "UTF-16 units", "UTF-8 bytes")
    for unit in units:
        for break_width in (1, 2):
            for mark_counted in (False, True):
                basis = Basis(unit, break_width, mark_counted)
                if basis != expected:
                    yield basis


def boundaries(plain: str, basis: Basis) -> NDArray[np.int64]:
    """Return the position, in a basis, of each code point of a text and of its end."""
    points = np.frombuffer(plain.encode("utf-32-le"), dtype=np.uint32)
    if basis.unit == "UTF-8 bytes":
        widths = 1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF)
    else:
        widths = 1 + ((points > 0xFFFF) & (basis.unit == "UTF-16 units")).astype(np.int64)
    widths = np.where(points == 10, basis.break_width, widths)
    first = _MARK_WIDTH[basis.unit] if basis.mark_counted else 0
    return first + np.append(0, np.cumsum(widths))


def _converted(plain: str, text: str, selections: Sequence[Selection], basis: Basis) -> list[tuple[int, int]] | None:
    """Return the spans in code points of the clean text, or None where one lies outside it or inside a character."""
    marks = boundaries(plain, basis)
    asked = np.array([(s.start, s.end) for s in selections], dtype=np.int64).reshape(-1, 2)
    found = np.searchsorted(marks, asked)
    if (found >= len(marks)).any() or (marks[np.minimum(found, len(marks) - 1)] != asked).any():
        return None
    if plain != text:
        found = _composed(plain)[found]
    return [(int(start), int(end)) for start, end in found]


def _composed(plain: str) -> NDArray[np.int64]:
    """Return, per position in a text, the position in its NFC form; inside a composed character, where that begins."""
    new = np.zeros(len(plain) + 1, dtype=np.int64)
    begin = done = 0
    for i in range(1, len(plain) + 1):
        if i < len(plain) and (unicodedata.combining(plain[i]) or 0x1160 <= ord(plain[i]) <= 0x11FF):
            new[i] = done
            continue
        done += len(unicodedata.normalize("NFC", plain[begin:i]))
        new[i] = done
        begin = i
    return new


def _scored(text: str, spans: list[tuple[int, int]], selections: Sequence[Selection], basis: Basis) -> Reading:
    if not spans:
        return Reading(text, spans, basis, 1.0, 1.0, None)
    step = 1 + len(spans) // MOST_SCORED
    edges = sum(_on_edges(text, start, end) for start, end in spans[::step]) / len(spans[::step])
    quoted = [
        _same(text[start:end], selection.quote)
        for (start, end), selection in zip(spans[::step], selections[::step], strict=True)
        if selection.quote
    ]
    if not quoted:
        return Reading(text, spans, basis, edges, edges, None)
    match = sum(quoted) / len(quoted)
    return Reading(text, spans, basis, EDGE_WEIGHT * edges + (1 - EDGE_WEIGHT) * match, edges, match)


def _on_edges(text: str, start: int, end: int) -> bool:
    piece = text[start:end]
    if not piece or piece[0].isspace() or piece[-1].isspace():
        return False
    cuts_left = start > 0 and text[start - 1].isalnum() and piece[0].isalnum()
    cuts_right = end < len(text) and text[end].isalnum() and piece[-1].isalnum()
    return not (cuts_left or cuts_right)


def _same(piece: str, quote: str) -> bool:
    """Say whether a quote is the piece, white space aside; tools shorten long quotes with an ellipsis."""
    found, quoted = ("".join(clean_text(text).split()) for text in (piece, quote))
    shortened = quoted.rstrip(".…")
    return found == quoted or (shortened != quoted and len(shortened) > 7 and found.startswith(shortened))
