"""Texts and their codings: passages are left out, names are replaced, and every coded segment moves with its words."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vises_methods.study.rules.segments import quote_sha
from vises_methods.study.simulation.sources import Row, Source
from vises_methods.study.withdrawal import turns_of

LEFT_OUT = 0.15
"""The chance of a passage to be left out."""
FORGOTTEN, RECODED = 0.05, 0.04
"""The chances of a coding to be left out, and to bear another code that its document's coders used."""

_PARAGRAPH = re.compile(r"[^\n]+\n*")
Span = tuple[int, int]


@dataclass(frozen=True)
class Edited:
    """A text after its edits, and where each position of the old text now stands.

    Attributes
    ----------
    text : str
    edits : tuple of (int, int, str)
        What was replaced by what, in order, without overlap.
    """

    text: str
    edits: tuple[tuple[int, int, str], ...]
    _starts: tuple[int, ...]
    _moved: tuple[int, ...]

    def segment(self, start: int, end: int) -> Span | None:
        """Return where a segment of the old text stands now; None where an edit took it or cuts through its edge."""
        moved = self._position(start), self._position(end)
        return None if moved[0] is None or moved[1] is None or moved[0] >= moved[1] else (moved[0], moved[1])

    def _position(self, old: int) -> int | None:
        at = bisect_right(self._starts, old) - 1
        if at < 0:
            return old
        start, end, new = self.edits[at]
        if old == start:
            return old + self._moved[at] - len(new) + (end - start)
        return old + self._moved[at] if old >= end else None


def edited(text: str, edits: Sequence[tuple[int, int, str]]) -> Edited:
    """Carry out edits of a text.

    Parameters
    ----------
    text : str
    edits : sequence of (start, end, replacement)
        In order, without overlap, none of them empty.

    Examples
    --------
    >>> new = edited("Chez Vire-Lune, oui.", [(5, 14, "Brelune")])
    >>> new.text, new.segment(0, 19), new.segment(16, 19), new.segment(8, 19)
    ('Chez Brelune, oui.', (0, 17), (14, 17), None)
    """
    parts, last, shift, moved = [], 0, 0, []
    for start, end, new in edits:
        parts += [text[last:start], new]
        shift += len(new) - (end - start)
        moved.append(shift)
        last = end
    written = "".join([*parts, text[last:]])
    return Edited(written, tuple(edits), tuple(start for start, _, _ in edits), tuple(moved))


def passages(text: str, segments: Sequence[Span]) -> list[Span]:
    """Return the paragraphs of a text, those that a segment spans taken together.

    Examples
    --------
    >>> passages("ab\\n\\ncd\\n\\nef", [(5, 9)])
    [(0, 4), (4, 10)]
    """
    found: list[Span] = []
    spans = iter(sorted(segments))
    ahead = next(spans, None)
    reach = 0
    for match in _PARAGRAPH.finditer(text):
        start, end = match.span()
        if found and start < reach:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
        while ahead is not None and ahead[0] < end:
            reach, ahead = max(reach, ahead[1]), next(spans, None)
    return found


def resampled_texts(
    source: Source, word: str, rename: Callable[[str], str], rng: np.random.Generator
) -> tuple[dict[str, str], dict[str, list[Row]]]:
    """Return the texts of a simulated enterprise by document, and its documents, codings and adjudications.

    Parameters
    ----------
    source : Source
    word : str
        What stands for the enterprise's name.
    rename : callable
        Puts it into the cells of the tables.
    rng : Generator
    """
    versions = {name: _thinned(source, name, text, word, rng) for name, text in source.texts.items()}
    documents = [dict(row) for row in source.tables.get("documents", [])]
    for row in documents:
        row["title"] = rename(row["title"])
        if row["document"] in versions:
            row["sha256"] = hashlib.sha256(versions[row["document"]].text.encode("utf-8")).hexdigest()
    codings = [row for row in _moved(source, "codings", versions) if rng.random() >= FORGOTTEN]
    recode(codings, rng)
    for row in codings:
        row["quote_sha"] = quote_sha(versions[row["document"]].text[int(row["start"]) : int(row["end"])])
    tables = {"documents": documents, "codings": codings, "adjudications": _moved(source, "adjudications", versions)}
    return {name: version.text for name, version in versions.items()}, tables


def _thinned(source: Source, document: str, text: str, word: str, rng: np.random.Generator) -> Edited:
    """Leave out passages, never the first (it says that all is invented) nor the words of those who withdrew."""
    spans = source.segments.get(document, [])
    kept_back = [span for label in source.withdrawn for span in turns_of(label, text)]
    out = [
        (start, end)
        for start, end in passages(text, spans)[1:]
        if rng.random() < LEFT_OUT and not any(start < stop and begin < end for begin, stop in kept_back)
    ]
    edges = {edge for span in spans for edge in span}
    names = [
        match.span()
        for match in source.mentions.finditer(text)
        if not any(start <= match.start() < end for start, end in out)
        and not any(edge in edges for edge in range(match.start() + 1, match.end()))
    ]
    return edited(text, sorted([(*span, "") for span in out] + [(*span, word) for span in names]))


def _moved(source: Source, table: str, versions: dict[str, Edited]) -> list[Row]:
    moved = []
    for row in source.tables.get(table, []):
        span = versions[row["document"]].segment(int(row["start"]), int(row["end"])) if _placed(row, versions) else None
        if span is not None:
            moved.append({**row, "start": str(span[0]), "end": str(span[1])})
    return moved


def _placed(row: Row, versions: dict[str, Edited]) -> bool:
    return row["document"] in versions


def recode(codings: list[Row], rng: np.random.Generator) -> None:
    """Give some another code of their document, from the same version of the codebook."""
    used: dict[tuple[str, str], list[str]] = {}
    for row in codings:
        used.setdefault(_version(row), []).append(row["code"])
    place = ("document", "coder", "start", "end")
    taken = {tuple(row[name] for name in (*place, "code")) for row in codings}
    for row in codings:
        chance, codes = rng.random(), used[_version(row)]
        other = codes[rng.integers(len(codes))]
        there = tuple(row[name] for name in place)
        if chance < RECODED and (*there, other) not in taken:
            taken.add((*there, other))
            row["code"] = other


def _version(row: Row) -> tuple[str, str]:
    return row["document"], row["codebook_version"]
