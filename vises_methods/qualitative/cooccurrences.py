"""Codes that stand together: overlapping, one inside the other, or near."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.confidentiality import OPEN, SMALL_CELL, Confidentiality
from vises_methods.qualitative.spans import Positions, covered_length, merged
from vises_methods.qualitative.tables import checked_codings, references, require_option
from vises_methods.results import NotEstimable, Result, fingerprint

Relation = Literal["overlap", "inside", "near"]
_EVIDENCE = ["first", "second", "document", "coder_first", "coder_second", "reference_first", "reference_second"]


@checked_arguments
def cooccurrence(
    codings: pd.DataFrame,
    /,
    *,
    relation: Relation = "overlap",
    distance: int = 0,
    same_coder: bool = True,
    confidentiality: Confidentiality = OPEN,
) -> Result:
    """Count how often two codes stand together in the same document.

    Spans that only touch (one ends where the other begins) share no character: they are near, at distance 0, and do not
    overlap.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``. Combine several coders' codings first (see
        :func:`combine_codings`), or a passage that two coders marked counts twice.
    relation : {"overlap", "inside", "near"}
        ``overlap``: at least one character in common. ``inside``: the first lies within the second (equal spans lie
        within each other). ``near``: at most ``distance`` characters between them; overlapping spans are near.
    distance : int
        Characters, for ``near``.
    same_coder : bool
        Count pairs by one coder only; False also pairs spans by different coders.
    confidentiality : Confidentiality, optional
        As in :func:`code_by_case`; a pair that too few persons brought together is withheld.

    Returns
    -------
    Result
        One row per pair of codes that both occur: ``estimate`` the number of pairs of segments; ``first, second``;
        ``documents`` in which they stand together; ``share_first`` and ``share_second``, the share of the segments of
        one that have a partner; ``jaccard``, characters under both codes over characters under either, whatever the
        relation. n is the number of documents that hold either code. For ``inside`` the order of the pair matters.
        ``details["evidence"]`` gives the places of every pair.

    Raises
    ------
    InputError
        For missing columns, wrong positions or a negative distance.

    References
    ----------
    Miles, M. B., Huberman, A. M., & Saldaña, J. (2014). Qualitative Data Analysis, 3rd ed., chapter 4.

    Examples
    --------
    >>> marks = pd.DataFrame(
    ...     [("d", "a", "X", 0, 5), ("d", "a", "Y", 5, 9), ("d", "a", "Z", 4, 6)],
    ...     columns=["document", "coder", "code", "start", "end"],
    ... )
    >>> cooccurrence(marks).estimates[["first", "second", "estimate"]].values.tolist()
    [['X', 'Y', 0.0], ['X', 'Z', 1.0], ['Y', 'Z', 1.0]]
    """
    require_option(relation, get_args(Relation), "cooccurrence(relation=)")
    if distance < 0:
        raise InputError("out_of_range", "cooccurrence(distance=)", value=distance, allowed="≥ 0")
    every = checked_codings(codings, None, "cooccurrence(codings)").drop_duplicates(
        ["document", "coder", "code", "start", "end"], ignore_index=True
    )
    spans = confidentiality.shown(every)
    found = np.array(list(_pairs(spans, relation, distance, same_coder)), dtype=np.int64).reshape(-1, 2)
    evidence = _evidence(spans, found)
    pairs = _withheld(
        pd.DataFrame(_rows(spans, found, evidence, relation), columns=_COLUMNS), evidence, confidentiality
    )
    estimates, evidence = pairs
    return Result(
        method="Code co-occurrence",
        reference="Miles, Huberman & Saldaña (2014), Qualitative Data Analysis, 3rd ed., chapter 4",
        estimates=estimates,
        details={"evidence": evidence},
        options={
            "relation": relation,
            "distance": distance,
            "same_coder": same_coder,
            "minimum": confidentiality.minimum,
        },
        notices=confidentiality.notices(withheld=bool(estimates["reason"].notna().any())),
        not_estimable=NotEstimable("qualitative.reasons.fewer_than_two_codes") if estimates.empty else None,
        inputs={"codings": fingerprint(codings)},
    )


_COLUMNS = [
    "measure",
    "subject",
    "estimate",
    "n",
    "coverage",
    "reason",
    "first",
    "second",
    "documents",
    "share_first",
    "share_second",
    "jaccard",
]


_COUNTED = ["estimate", "documents", "share_first", "share_second", "jaccard"]


def _withheld(
    estimates: pd.DataFrame, evidence: pd.DataFrame, confidentiality: Confidentiality
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the numbers and the places of pairs that too few persons brought together."""
    heard = evidence.groupby(["first", "second"])["document"].agg(set)
    few = {pair for pair, documents in heard.items() if confidentiality.small(documents)}
    small = [pair in few for pair in zip(estimates["first"], estimates["second"], strict=True)]
    hidden = pd.Series(small, index=estimates.index, dtype=bool)
    kept = [pair not in few for pair in zip(evidence["first"], evidence["second"], strict=True)]
    counted = estimates[_COUNTED].astype("Float64").mask(hidden).astype(float)
    table = estimates.assign(**counted, reason=pd.Series(SMALL_CELL, index=estimates.index).where(hidden, None))
    return table, confidentiality.cited(evidence[kept])


def _pairs(spans: pd.DataFrame, relation: str, distance: int, same_coder: bool) -> Iterator[tuple[int, int]]:
    """Yield the rows of each pair; the first is the one whose code comes first, or the one that lies inside."""
    keys = ["document", "coder"] if same_coder else ["document"]
    codes = spans["code"].to_numpy()
    for group in spans.groupby(keys, sort=True).indices.values():
        rows = np.asarray(group, dtype=np.int64)
        starts, ends = spans["start"].to_numpy()[rows], spans["end"].to_numpy()[rows]
        order = np.lexsort((ends, starts))
        rows, starts, ends = rows[order], starts[order], ends[order]
        reach = ends + (distance + 1 if relation == "near" else 0)
        last = np.searchsorted(starts, reach, side="left")
        for i, row in enumerate(rows):
            for j in range(i + 1, last[i]):
                other = rows[j]
                if codes[row] == codes[other]:
                    continue
                if relation != "inside":
                    yield (row, other) if codes[row] < codes[other] else (other, row)
                    continue
                if ends[j] <= ends[i]:
                    yield other, row
                if starts[i] == starts[j] and ends[i] <= ends[j]:
                    yield row, other


def _evidence(spans: pd.DataFrame, found: np.ndarray) -> pd.DataFrame:
    first, second = (spans.iloc[found[:, side]].reset_index(drop=True) for side in (0, 1))
    frame = pd.DataFrame(
        {
            "first": first["code"],
            "second": second["code"],
            "document": first["document"],
            "coder_first": first["coder"],
            "coder_second": second["coder"],
            "reference_first": references(first),
            "reference_second": references(second),
        }
    )
    return frame.sort_values(_EVIDENCE, ignore_index=True)


def _rows(spans: pd.DataFrame, found: np.ndarray, evidence: pd.DataFrame, relation: str) -> Iterator[dict[str, Any]]:
    names = sorted(set(spans["code"]))
    total = spans["code"].value_counts().to_dict()
    where = spans.groupby("code")["document"].agg(set).to_dict()
    together = evidence.groupby(["first", "second"])
    counts, documents = together.size().to_dict(), together["document"].nunique().to_dict()
    codes = spans["code"].to_numpy()
    partners = pd.DataFrame(
        {"row": found.T.ravel(), "own": codes[found.T.ravel()], "other": codes[found[:, ::-1].T.ravel()]}
    )
    partners["side"] = np.repeat(["first", "second"], len(found))
    jaccard = _jaccard(_extents(spans))
    with_partner = partners.drop_duplicates().groupby(["side", "own", "other"]).size().to_dict()
    for first in names:
        for second in names:
            if first == second or (relation != "inside" and first > second):
                continue
            yield {
                "measure": relation,
                "subject": f"{first} × {second}",
                "estimate": float(counts.get((first, second), 0)),
                "n": len(where[first] | where[second]),
                "coverage": 1.0,
                "first": first,
                "second": second,
                "documents": int(documents.get((first, second), 0)),
                "share_first": with_partner.get(("first", first, second), 0) / total[first],
                "share_second": with_partner.get(("second", second, first), 0) / total[second],
                "jaccard": jaccard[first, second],
            }


def _extents(spans: pd.DataFrame) -> dict[str, tuple[Positions, Positions]]:
    """Return what each code covers, as spans in order over the documents laid end to end."""
    lengths = spans.groupby("document")["end"].max()
    begins = spans["document"].map((lengths + 1).cumsum() - lengths).to_numpy(dtype=np.int64)
    starts, ends = spans["start"].to_numpy() + begins, spans["end"].to_numpy() + begins
    places = spans.groupby("code").indices
    return {str(code): merged(starts[rows], ends[rows]) for code, rows in places.items()}


def _jaccard(extents: Mapping[str, tuple[Positions, Positions]]) -> dict[tuple[str, str], float]:
    """Return, for each two codes, the share of what either covers that both cover."""
    if not extents:
        return {}
    starts, ends = (np.concatenate(edges) for edges in zip(*extents.values(), strict=True))
    begins = np.cumsum([0, *(len(own) for own, _ in extents.values())])[:-1]
    lengths = np.add.reduceat(ends - starts, begins)
    found = {}
    for place, first in enumerate(extents):
        both = np.add.reduceat(covered_length(*extents[first], starts, ends), begins)
        shares = (both / (lengths[place] + lengths - both)).tolist()
        found.update({(first, second): share for second, share in zip(extents, shares, strict=True)})
    return found
