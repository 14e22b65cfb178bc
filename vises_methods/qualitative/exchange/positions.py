"""What a tool's positions count: found from the selections themselves, for each source.

Tools count code points, UTF-16 units or UTF-8 bytes; a line break as one or two; a byte order mark or not. What a file
says it counts is not always what it counts. Each basis is scored by the share of selections that begin and end on word
edges and by the share that match the quoted text; the edges weigh more, for a tool that read its own positions wrongly
quotes wrongly too. Where a source's own selections are too few to tell, the other sources of the project do: one
program made them all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vises_methods.errors import ExchangeError

Unit = Literal["code points", "UTF-16 units", "UTF-8 bytes"]
BOM = "\ufeff"
EDGE_WEIGHT = 0.7
LOWEST_SCORE = 0.5
MOST_SCORED = 2000
FEW_SELECTIONS = 10
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
    """A selection as a file has it: positions in an unknown basis; its quoted text and its coder where it has them."""

    start: int
    end: int
    quote: str | None = None
    coder: str = ""


@dataclass(frozen=True)
class SelectedText:
    """A text as a file has it, its selections, and what to call it in an error."""

    raw: str
    selections: Sequence[Selection]
    where: str


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
    by_project : bool
        Whether the selections of this source alone could not tell, and those of the project's other sources did.
    """

    text: str
    spans: list[tuple[int, int]]
    basis: Basis
    score: float
    on_word_edges: float
    quotes_match: float | None
    by_project: bool = False


def read_positions(
    sources: Sequence[SelectedText], expected: Basis, *, normalise: bool = True, own: bool = False
) -> list[Reading]:
    """Find the basis that fits the selections of each source best and convert them to code points.

    Parameters
    ----------
    sources : sequence of SelectedText
        All sources of one project, made with one program.
    expected : Basis
        What the format says it counts; taken where nothing fits better.
    normalise : bool
        Bring the texts to NFC.
    own : bool
        The file was written by this workbook or by hand, not by a tool that may have cut its own quotes at a wrong
        place: where all quotes match as expected, passages need not begin or end on a word; and few selections without
        a quote are read as expected or not at all.

    Raises
    ------
    ExchangeError
        Where a selection ends before it begins, no basis puts all selections of a source inside its text, or the best
        one fits too few of them.
    """
    for source in sources:
        _require_forward(source)
    fitting = [_fitting(source, expected, normalise) for source in sources]
    if own and sum(len(source.selections) for source in sources) < FEW_SELECTIONS:
        fitting = [_as_expected_without_quotes(found, expected) for found in fitting]
    pooled = _pooled(sources, fitting)
    return [
        found[expected] if own and _all_quotes_match(found.get(expected)) else _best(source, found, pooled)
        for source, found in zip(sources, fitting, strict=True)
    ]


def _all_quotes_match(reading: Reading | None) -> bool:
    return reading is not None and reading.quotes_match == 1


def _as_expected_without_quotes(found: dict[Basis, Reading], expected: Basis) -> dict[Basis, Reading]:
    """Leave of the readings the expected one where no quote tells of another: a word's edge may be met by chance."""
    reading = found.get(expected)
    return found if reading is None or reading.quotes_match is not None else {expected: reading}


def _require_forward(source: SelectedText) -> None:
    reversed_ones = [selection for selection in source.selections if selection.end < selection.start]
    if reversed_ones:
        raise ExchangeError(
            "qualitative.errors.positions_reversed", source.where, **_first(reversed_ones), length=len(source.raw)
        )


def _first(selections: Sequence[Selection]) -> dict[str, Any]:
    """Say how many selections cannot be read, and which is the first."""
    first = selections[0]
    return {"count": len(selections), "coder": first.coder or "?", "start": first.start, "end": first.end}


def _fitting(source: SelectedText, expected: Basis, normalise: bool) -> dict[Basis, Reading]:
    """Return the reading in each basis that puts all selections inside the text, the expected basis first."""
    plain = _without_mark(source.raw)
    text = unicodedata.normalize("NFC", plain) if normalise else plain
    places = None if plain == text else _composed(plain)
    found: dict[Basis, Reading] = {}
    scored: dict[bytes, Reading] = {}
    for basis in _bases(expected):
        spans = _converted(plain, source.selections, basis)
        if spans is not None:
            spans = spans if places is None else places[spans]
            key = spans.tobytes()
            if key not in scored:
                scored[key] = _scored(text, [(int(a), int(b)) for a, b in spans], source.selections, basis)
            found[basis] = replace(scored[key], basis=basis)
    if not found:
        outside = _outside(plain, source.selections, expected)
        raise ExchangeError("qualitative.errors.positions_outside", source.where, **_first(outside), length=len(text))
    return found


def _outside(plain: str, selections: Sequence[Selection], expected: Basis) -> list[Selection]:
    """Return the selections that the expected basis puts outside the text; where it puts none, those furthest on."""
    last = int(boundaries(plain, expected)[-1])
    outside = [selection for selection in selections if selection.end > last]
    return outside or sorted(selections, key=lambda selection: -selection.end)[:1]


def _pooled(sources: Sequence[SelectedText], fitting: Sequence[dict[Basis, Reading]]) -> dict[Basis, tuple[float, int]]:
    """Return the score of each basis over all selections of the project, and how many these are."""
    total = sum(len(source.selections) for source in sources)
    sums = dict.fromkeys((basis for found in fitting for basis in found), 0.0)
    for source, found in zip(sources, fitting, strict=True):
        for basis, reading in found.items():
            sums[basis] += reading.score * len(source.selections)
    return {basis: (value / max(total, 1), total) for basis, value in sums.items()}


def _best(source: SelectedText, found: dict[Basis, Reading], pooled: dict[Basis, tuple[float, int]]) -> Reading:
    """Return the reading that fits best; among equals, or where few selections fit badly, what the project tells."""
    highest = max(reading.score for reading in found.values())
    equal = [reading for reading in found.values() if reading.score > highest - 1e-9]
    unclear = bool(source.selections) and highest < LOWEST_SCORE
    candidates = list(found.values()) if unclear else equal
    best = max(candidates, key=lambda reading: round(pooled[reading.basis][0], 9))
    score, selections = pooled[best.basis]
    told = score >= LOWEST_SCORE and selections >= FEW_SELECTIONS > len(source.selections)
    if unclear and not told:
        raise ExchangeError(
            "qualitative.errors.positions_unclear", source.where, score=highest, count=len(source.selections)
        )
    others = [pooled[reading.basis][0] for reading in equal if reading.spans != best.spans]
    return replace(best, by_project=unclear or (bool(others) and max(others) < score - 1e-9))


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


def _converted(plain: str, selections: Sequence[Selection], basis: Basis) -> NDArray[np.int64] | None:
    """Return the spans in code points, or None where one lies outside the text or inside a character."""
    marks = boundaries(plain, basis)
    asked = np.array([(s.start, s.end) for s in selections], dtype=np.int64).reshape(-1, 2)
    found = np.searchsorted(marks, asked)
    if (found >= len(marks)).any() or (marks[np.minimum(found, len(marks) - 1)] != asked).any():
        return None
    return found


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
