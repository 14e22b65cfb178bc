"""Units from spans: what each coder gave to each sentence, paragraph, turn… of each document, uncoded text kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.segmentation import CUTS, segments
from vises_methods.qualitative.spans import Positions, covered_length
from vises_methods.qualitative.tables import (
    checked_codings,
    checked_documents,
    readers,
    require_columns,
    require_option,
)

UNIT_LEVELS = ("document", "unit", "start", "end")
_NO_UNITS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class UnitGrid:
    """The units of all documents, who read them, and the spans that fall on them.

    Attributes
    ----------
    units : DataFrame
        Columns ``document, unit, start, end``; ``unit`` numbers the units of a document from 0.
    coders : tuple of str
    read : array (units, coders)
        Whether the coder read the document of the unit.
    spans : DataFrame
        The codings, checked.
    share : float
    """

    units: pd.DataFrame
    coders: tuple[str, ...]
    read: np.ndarray
    spans: pd.DataFrame
    share: float

    @property
    def index(self) -> pd.MultiIndex:
        """The units as an index with the levels ``document, unit, start, end``."""
        return pd.MultiIndex.from_frame(self.units)

    def coded(self, codes: set[str]) -> np.ndarray:
        """Return whether each coder gave one of the codes to each unit: shape (units, coders)."""
        given = np.zeros(self.read.shape, dtype=bool)
        column = {coder: i for i, coder in enumerate(self.coders)}
        starts, ends, named = self._marks
        wanted = np.array([code in codes for code in named], dtype=bool)
        for (document, coder), spans in self._spans_of.items():
            chosen = spans[wanted[spans]]
            if len(chosen):
                rows = self._units_of.get(document, _NO_UNITS)
                given[rows, column[coder]] = self._reached(starts[chosen], ends[chosen], rows)
        return given

    @cached_property
    def _marks(self) -> tuple[Positions, Positions, list[str]]:
        """Start, end and code of each span."""
        return self.spans["start"].to_numpy(), self.spans["end"].to_numpy(), self.spans["code"].tolist()

    @cached_property
    def _units_of(self) -> dict[str, Positions]:
        """The rows of the units of each document."""
        places = self.units.groupby("document", sort=False).indices
        return {str(name): np.asarray(rows, dtype=np.int64) for name, rows in places.items()}

    @cached_property
    def _spans_of(self) -> dict[tuple[str, str], Positions]:
        """The rows of the spans of each coder in each document."""
        owners = zip(self.spans["document"], self.spans["coder"], strict=True)
        places: dict[tuple[str, str], list[int]] = {}
        for row, (document, coder) in enumerate(owners):
            places.setdefault((str(document), str(coder)), []).append(row)
        return {owner: np.array(rows, dtype=np.int64) for owner, rows in places.items()}

    def _reached(self, begin: Positions, stop: Positions, rows: Positions) -> np.ndarray:
        starts, ends = self._edges[0][rows], self._edges[1][rows]
        length = covered_length(begin, stop, starts, ends)
        return np.asarray((length > 0) & (length >= self.share * (ends - starts)))

    @cached_property
    def _edges(self) -> tuple[Positions, Positions]:
        return self.units["start"].to_numpy(), self.units["end"].to_numpy()


@checked_arguments
def units(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    by: str | pd.DataFrame = "paragraph",
    codes: str | Sequence[str] | None = None,
    share: float = 0.0,
) -> pd.DataFrame:
    """Build the unit × coder frame that agreement is measured on.

    Units are cut from the text, never taken from the selections, so that two coders meet on the same unit however they
    set their marks, and text that nobody coded counts as read and left uncoded.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``; code points, the end exclusive.
    documents : DataFrame
        Columns ``document, text``; optional ``coders``, who read the document (a list, or names with ``;``, ``,`` or
        ``|`` between). Without it only coders with a coding in a document are known to have read it.
    by : {"character", "sentence", "paragraph", "turn", "document", "elementary"} or DataFrame
        How the text is cut; ``elementary`` cuts at every edge of a span, so that no mark crosses a unit; or segments
        given, with columns ``document, start, end``, that do not overlap.
    codes : str or sequence of str, optional
        One code as a text: cells are True or False. Several, or None for all: cells are the frozenset of the codes
        given, empty where the coder read the unit and gave none of them.
    share : float
        The least share (0-1) of a unit's characters that the spans of a code must cover; at 0, one character.

    Returns
    -------
    DataFrame
        One row per unit, one column per coder; index levels ``document, unit, start, end``, ``unit`` from 0 in each
        document. A cell is missing where the coder did not read the document.

    Raises
    ------
    InputError
        For missing columns, a span outside its text, a document listed twice, segments that overlap.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One.\\nTwo."], "coders": ["ana;ben"]})
    >>> marks = pd.DataFrame({"document": ["d"], "coder": ["ana"], "code": ["X"], "start": [0], "end": [4]})
    >>> units(marks, texts, by="paragraph", codes="X")["ana"].tolist()
    [True, False]
    """
    grid = unit_grid(codings, documents, by=by, share=share, where="units")
    if isinstance(codes, str):
        cells: np.ndarray = grid.coded({codes}).astype(object)
    else:
        cells = _code_sets(grid, sorted(set(grid.spans["code"]) if codes is None else set(codes)))
    cells[~grid.read] = None
    return pd.DataFrame(cells, index=grid.index, columns=list(grid.coders), dtype=object)


def unit_grid(
    codings: pd.DataFrame, documents: pd.DataFrame, /, *, by: str | pd.DataFrame, share: float, where: str
) -> UnitGrid:
    """Check both tables and cut the texts; see :func:`units` for the arguments."""
    if not 0 <= share <= 1:
        raise InputError("out_of_range", f"{where}(share=)", value=share, allowed="0-1")
    texts = checked_documents(documents, f"{where}(documents)")
    spans = checked_codings(codings, texts, f"{where}(codings)")
    if isinstance(by, str):
        require_option(by, (*CUTS, "elementary"), f"{where}(by=)")
        cut = _cut(texts, spans, by)
    else:
        cut = _given(by, texts, f"{where}(by=)")
    read_by = readers(texts, spans)
    coders = tuple(sorted(set().union(*read_by.values()))) if read_by else ()
    whole = {document: [coder in names for coder in coders] for document, names in read_by.items()}
    read = np.array([whole[document] for document in cut["document"]], dtype=bool).reshape(len(cut), len(coders))
    return UnitGrid(cut, coders, read, spans, share)


def _code_sets(grid: UnitGrid, codes: Sequence[str]) -> np.ndarray:
    """Return, per unit and coder, the set of codes given; equal sets share one object."""
    cells = np.empty(grid.read.shape, dtype=object)
    if not codes:
        cells[...] = frozenset()
        return cells
    marks = np.stack([grid.coded({code}) for code in codes], axis=2)
    distinct, which = np.unique(marks.reshape(-1, len(codes)), axis=0, return_inverse=True)
    sets = [frozenset(code for code, given in zip(codes, row, strict=True) if given) for row in distinct]
    flat = np.empty(len(sets), dtype=object)
    flat[:] = sets
    cells[...] = flat[which.reshape(-1)].reshape(cells.shape)
    return cells


def _cut(texts: pd.DataFrame, spans: pd.DataFrame, by: str) -> pd.DataFrame:
    marks = dict(iter(spans.groupby("document"))) if by == "elementary" else {}
    rows = []
    for document, text in zip(texts["document"], texts["text"], strict=True):
        pieces = _stretches(text, marks.get(document)) if by == "elementary" else iter(segments(text, by))
        rows += [(document, number, start, end) for number, (start, end) in enumerate(pieces)]
    return pd.DataFrame(rows, columns=list(UNIT_LEVELS)).astype({"unit": int, "start": int, "end": int})


def _stretches(text: str, marks: pd.DataFrame | None) -> Iterator[tuple[int, int]]:
    edges = {0, len(text)} if marks is None else {0, len(text), *marks["start"], *marks["end"]}
    ordered = sorted(int(edge) for edge in edges)
    return pairwise(ordered)


def _given(segments_given: pd.DataFrame, texts: pd.DataFrame, where: str) -> pd.DataFrame:
    require_columns(segments_given, ("document", "start", "end"), where)
    frame = checked_codings(segments_given.assign(coder="", code=""), texts, where)
    frame = frame.sort_values(["document", "start"], ignore_index=True)
    previous = frame.groupby("document")["end"].shift(1)
    overlapping = frame["start"] < previous
    if overlapping.any():
        row = frame[overlapping].iloc[0]
        raise InputError(
            "qualitative.errors.segments_overlap",
            where,
            span=f"{row['start']}-{row['end']}",
            document=row["document"],
        )
    frame["unit"] = frame.groupby("document").cumcount()
    return frame[list(UNIT_LEVELS)]
