"""The one coding that counts: what the coders settled, and a stated rule where nothing was settled."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from vises_methods.qualitative import combine_codings

_NOTHING = pd.DataFrame(
    {
        **{name: pd.Series(dtype="str") for name in ("document", "coder", "code")},
        **{name: pd.Series(dtype="int64") for name in ("start", "end")},
        **{name: pd.Series(dtype="str") for name in ("coders", "valence", "strength")},
    }
)
_SPAN = ["document", "code", "start", "end", "valence", "strength"]


def final_coding(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    adjudications: pd.DataFrame,
    /,
    *,
    rule: Literal["any", "majority", "all"] = "majority",
    adjudicated_first: bool = True,
) -> pd.DataFrame:
    """Return the coding on which analysis rests, never silently the first coder's.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end, valence, strength``.
    documents : DataFrame
        Columns ``document, text, coders, adjudicated``.
    adjudications : DataFrame
        Columns ``document, code, start, end, decision, valence, strength``; rows that were dropped do not count.
    rule : {"any", "majority", "all"}
        Which coding counts in the documents that were not settled.
    adjudicated_first : bool
        Whether a settled coding, where there is one, stands before the rule.

    Returns
    -------
    DataFrame
        ``document, coder, code, start, end, coders, valence, strength``; ``coder`` tells the rule.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One two."], "coders": ["ana;ben"], "adjudicated": [True]})
    >>> marks = pd.DataFrame([("d", "ana", "X", 0, 3, None, None)], columns=[
    ...     "document", "coder", "code", "start", "end", "valence", "strength"])
    >>> settled = marks.drop(columns="coder").assign(decision="kept")
    >>> final_coding(marks, texts, settled)["coder"].tolist()
    ['adjudicated']
    """
    if documents.empty:
        return _NOTHING.copy()
    settled = documents["adjudicated"] if adjudicated_first else documents["adjudicated"] & False
    parts = []
    if (~settled).any():
        rest = documents[~settled]
        parts.append(combine_codings(codings[codings["document"].isin(rest["document"])], rest, rule=rule))
    if settled.any():
        agreed = documents[settled]
        parts.append(_settled(codings, agreed, adjudications))
    return pd.concat(parts, ignore_index=True)


def _settled(codings: pd.DataFrame, documents: pd.DataFrame, adjudications: pd.DataFrame) -> pd.DataFrame:
    chosen = documents["document"]
    kept = adjudications[adjudications["document"].isin(chosen) & adjudications["decision"].ne("dropped")][_SPAN]
    nothing = chosen[~chosen.isin(kept["document"])]
    with_nothing = pd.DataFrame({"document": nothing, "code": None, "start": 0, "end": 0})
    rows = pd.concat([kept, with_nothing], ignore_index=True) if len(nothing) else kept
    coded = codings[codings["document"].isin(chosen)]
    return combine_codings(coded, documents, rule="adjudicated", adjudications=rows)
