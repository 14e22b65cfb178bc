"""Which coding counts where several coders read the same text: any, majority, all, or what they settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.spans import Positions, merged
from vises_methods.qualitative.tables import (
    checked_codings,
    checked_documents,
    readers,
    require_columns,
    require_option,
)

Rule = Literal["any", "majority", "all", "adjudicated"]
STRENGTHS = ("mentioned", "described", "illustrated_with_fact")
_SAID = ("coder", "valence", "strength")
_COLUMNS = ["document", "coder", "code", "start", "end", "coders", "valence", "strength"]


@checked_arguments
def combine_codings(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    rule: Rule = "majority",
    adjudications: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Make one coding of several coders' codings, by a stated rule.

    Use it before any count of passages, so that a passage which two coders marked is not counted twice.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``, optional ``valence, strength``.
    documents : DataFrame
        Columns ``document, text``, optional ``coders``: the coders who read a document are those who vote on it.
    rule : {"any", "majority", "all", "adjudicated"}
        A character carries a code when any, more than half, or all of its document's readers gave it. ``adjudicated``
        takes the document's settled coding; a document that one coder read needs none.
    adjudications : DataFrame, optional
        Columns ``document, code, start, end``, for ``adjudicated``: the settled coding. A row whose code is missing
        says that the document was settled with nothing.

    Returns
    -------
    DataFrame
        ``document, coder, code, start, end, coders, valence, strength``, one row per stretch, in order; ``coder`` is
        the rule, ``coders`` who contributed (with ``|`` between). ``valence`` is what the contributing codings say,
        ``mixed`` where they differ; ``strength`` is the weakest claimed. Spans of one code that overlap or touch are
        joined.

    Raises
    ------
    InputError
        For a span outside its text, a document several coders read that was not settled, or a settled coding given
        with a rule that does not use it.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One two three."]})
    >>> marks = pd.DataFrame(
    ...     [("d", "ana", "X", 0, 7), ("d", "ben", "X", 4, 13)], columns=["document", "coder", "code", "start", "end"]
    ... )
    >>> combine_codings(marks, texts, rule="all")[["start", "end"]].values.tolist()
    [[4, 7]]
    """
    where = "combine_codings"
    require_option(rule, get_args(Rule), f"{where}(rule=)")
    if adjudications is not None and rule != "adjudicated":
        raise InputError("qualitative.errors.adjudications_unused", f"{where}(adjudications=)", rule=rule)
    texts = checked_documents(documents, f"{where}(documents)")
    spans = checked_codings(codings, texts, f"{where}(codings)")
    read_by = readers(texts, spans)
    if rule == "adjudicated":
        return _adjudicated(spans, texts, read_by, adjudications)
    return _combined(spans, rule, read_by)


def _adjudicated(
    spans: pd.DataFrame,
    texts: pd.DataFrame,
    read_by: Mapping[str, frozenset[str]],
    adjudications: pd.DataFrame | None,
) -> pd.DataFrame:
    where = "combine_codings(adjudications=)"
    if adjudications is None:
        raise InputError("empty_data", where)
    require_columns(adjudications, ("document", "code", "start", "end"), where)
    settled = set(adjudications["document"].astype(str))
    several = {document for document, names in read_by.items() if len(names) > 1}
    if several - settled:
        raise InputError("qualitative.errors.not_adjudicated", where, documents=sorted(several - settled))
    taken = checked_codings(adjudications[adjudications["code"].notna()].assign(coder="adjudicated"), texts, where)
    alone = spans[~spans["document"].isin(settled)]
    both = pd.concat([taken, alone], ignore_index=True)
    return _combined(both, "any", read_by).assign(coder="adjudicated")


def _combined(spans: pd.DataFrame, rule: str, read_by: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    rows = []
    every = {name: spans[name].to_numpy(dtype=object) for name in _SAID if name in spans}
    starts, ends = spans["start"].to_numpy(), spans["end"].to_numpy()
    groups: Mapping[Any, Any] = spans.groupby(["document", "code"], sort=True).indices
    for (document, code), places in groups.items():
        voters = len(read_by[str(document)])
        needed = {"any": 1, "majority": voters // 2 + 1, "all": voters}[rule]
        own = {name: cells[places] for name, cells in every.items()}
        begin, stop = starts[places], ends[places]
        for start, end in zip(*_shared(begin, stop, own["coder"], needed), strict=True):
            said = {name: _said(cells[(begin < end) & (stop > start)]) for name, cells in own.items()}
            coders = "|".join(sorted(said["coder"]))
            rows.append((document, rule, code, start, end, coders, _valence(said), _strength(said)))
    frame = pd.DataFrame(rows, columns=_COLUMNS).astype({"start": "int64", "end": "int64"})
    return frame.sort_values(["document", "start", "end", "code"], ignore_index=True)


def _shared(
    starts: Positions, ends: Positions, coders: NDArray[np.object_], needed: int
) -> tuple[Positions, Positions]:
    """Return the stretches that at least ``needed`` coders marked."""
    unions = [merged(starts[coders == coder], ends[coders == coder]) for coder in set(coders)]
    opens = np.concatenate([union[0] for union in unions])
    closes = np.concatenate([union[1] for union in unions])
    edges = np.unique(np.concatenate([opens, closes]))
    level = np.searchsorted(np.sort(opens), edges, side="right") - np.searchsorted(np.sort(closes), edges, side="right")
    inside = np.flatnonzero(level[:-1] >= needed)
    return merged(edges[inside], edges[inside + 1])


def _said(cells: NDArray[np.object_]) -> set[str]:
    return {str(cell) for cell in cells if not pd.isna(cell)}


def _valence(said: Mapping[str, set[str]]) -> str | None:
    valences = said.get("valence", set())
    return min(valences, default=None) if len(valences) < 2 else "mixed"


def _strength(said: Mapping[str, set[str]]) -> str | None:
    strengths = said.get("strength", set())
    known = [strength for strength in STRENGTHS if strength in strengths]
    return known[0] if known else min(strengths, default=None)
