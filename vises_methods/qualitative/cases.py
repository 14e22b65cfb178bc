"""Codes by document, person or group: who speaks of what, who is silent, and what speaks against."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.codebook import Codebook
from vises_methods.qualitative.confidentiality import OPEN, SMALL_CELL, SMALL_GROUP, Confidentiality
from vises_methods.qualitative.tables import (
    checked_codings,
    checked_documents,
    references,
    require_cells,
    require_columns,
    require_type,
)
from vises_methods.results import NotEstimable, Result, fingerprint

_REFERENCE = "Miles, Huberman & Saldaña (2014), Qualitative Data Analysis, 3rd ed., chapters 4 and 5"
NO_GROUP = ""
_NEGATIVE = ("negative", "mixed")
Words = np.ndarray[Any, np.dtype[np.object_]]


@checked_arguments
def code_by_case(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    by: str = "document",
    case: str = "document",
    codebook: Codebook | None = None,
    level: int | None = None,
    confidentiality: Confidentiality = OPEN,
) -> Result:
    """Cross codes with documents, or with an attribute of the documents such as the stakeholder group.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``; combined over coders first (see :func:`combine_codings`), or
        segments count once per coder.
    documents : DataFrame
        Columns ``document, text`` and those named below.
    by : str
        The column of ``documents`` whose values are the columns of the table.
    case : str
        The column that says whose document it is, where a person has several; cases are what is counted.
    codebook : Codebook, optional
        Every code in use must be in it; its unused codes have rows too.
    level : int, optional
        Roll codes up to this level of the codebook first.
    confidentiality : Confidentiality, optional
        Which counts are of too few persons whose words may not be quoted. Their texts are left out, and a cell that
        would still tell too much is withheld; so is every cell of a group of which no text is left.

    Returns
    -------
    Result
        One row per code and group: ``measure`` "cases", ``estimate`` the number of cases with the code; ``code, group,
        segments, documents, share``. n is the number of cases in the group, coverage the share of the group's documents
        in which anything was coded. A withheld cell has a reason and no number. ``details["silence"]`` lists the codes
        that a group never mentions, ``details["evidence"]`` every segment counted, by reference; those of withheld
        cells, and of texts of too few persons, are left out.

    Raises
    ------
    InputError
        For missing columns, spans outside their text, a code that is not in the codebook.

    References
    ----------
    Miles, M. B., Huberman, A. M., & Saldaña, J. (2014). Qualitative Data Analysis, 3rd ed., chapters 4 and 5.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d", "e"], "text": ["One.", "Two."], "group": ["staff", "users"]})
    >>> marks = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["X"], "start": [0], "end": [3]})
    >>> code_by_case(marks, texts, by="group").estimates[["code", "group", "estimate"]].values.tolist()
    [['X', 'staff', 1.0], ['X', 'users', 0.0]]
    """
    where = "code_by_case"
    texts, spans, codes = _entered(codings, documents, codebook, level, confidentiality, where, (by, case))
    texts = texts.assign(_group=texts[by].fillna(NO_GROUP).astype(str), _case=texts[case].astype(str))
    hidden = confidentiality.set_aside | confidentiality.too_few(
        dict(zip(texts["document"], texts["_group"], strict=True))
    )
    placed = spans.merge(texts[["document", "_group", "_case"]], on="document")
    placed = placed[~placed["document"].isin(list(hidden))]
    codes = codes if codebook is not None else sorted(set(placed["code"]))
    found = placed.groupby(["code", "_group"]).indices
    groups = _groups(texts, placed, hidden)
    heard, cases = (placed[name].to_numpy(dtype=object) for name in ("document", "_case"))
    rows = []
    for code in codes:
        for group, own in groups:
            segments = found.get((code, group), np.array([], dtype=int))
            rows.append(_cell(code, group, heard[segments], cases[segments], own, confidentiality))
    estimates = pd.DataFrame(rows, columns=_COLUMNS)
    shown = estimates.loc[estimates["estimate"].notna(), ["code", "group"]]
    silence = estimates.loc[estimates["estimate"] == 0, ["code", "group", "n"]].reset_index(drop=True)
    return Result(
        method="Code by case",
        reference=_REFERENCE,
        estimates=estimates,
        details={"silence": silence, "evidence": confidentiality.cited(_evidence(placed, shown))},
        options={
            "by": by,
            "case": case,
            "codebook": None if codebook is None else {"id": codebook.id, "version": codebook.version},
            "level": level,
            "minimum": confidentiality.minimum,
        },
        notices=confidentiality.notices(withheld=bool(estimates["estimate"].isna().any())),
        not_estimable=NotEstimable("qualitative.reasons.no_codings") if estimates.empty else None,
        inputs={"codings": fingerprint(codings), "documents": fingerprint(documents)},
    )


_COLUMNS = [
    "measure",
    "subject",
    "estimate",
    "n",
    "coverage",
    "reason",
    "code",
    "group",
    "segments",
    "documents",
    "share",
]


def _entered(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    codebook: Codebook | None,
    level: int | None,
    confidentiality: Confidentiality,
    where: str,
    columns: tuple[str, ...],
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Check both tables, roll codes up, and return them with the codes to report; texts set aside bring no code."""
    require_type(confidentiality, Confidentiality, f"{where}(confidentiality=)")
    texts = checked_documents(documents, f"{where}(documents)")
    require_columns(texts, columns, f"{where}(documents)")
    require_cells(texts, columns[1:], f"{where}(documents)")
    spans = confidentiality.counted(checked_codings(codings, texts, f"{where}(codings)"))
    if codebook is None:
        return texts, spans, sorted(set(spans["code"]))
    codebook.require(spans["code"], f"{where}(codings)")
    depth = level if level is not None else max(codebook.level(code.id) for code in codebook)
    rolled = codebook.rolled_up(spans, depth)
    used = set(rolled["code"])
    listed = dict.fromkeys(codebook.roll_up(c.id, depth) for c in codebook if c.codable or c.id in used)
    return texts, rolled, list(listed)


def _groups(texts: pd.DataFrame, placed: pd.DataFrame, hidden: frozenset[str]) -> list[tuple[str, dict[str, Any]]]:
    coded = set(placed["document"])
    groups = []
    for group, every in texts.groupby("_group", sort=True):
        own = every[~every["document"].isin(list(hidden))]
        covered = float(own["document"].isin(coded).mean()) if len(own) else None
        cases = (own if len(own) else every)["_case"].nunique()
        groups.append((str(group), {"cases": cases, "coverage": covered, "hidden": own.empty}))
    return groups


def _cell(
    code: str,
    group: str,
    documents: Words,
    cases: Words,
    own: dict[str, Any],
    confidentiality: Confidentiality,
) -> dict[str, Any]:
    """One row, of the document and the case of each of its segments."""
    heard, persons = set(documents), len(set(cases))
    row = {"measure": "cases", "subject": f"{code} × {group}", "n": own["cases"], "coverage": own["coverage"]}
    row |= {"code": code, "group": group}
    if own["hidden"]:
        return row | {"reason": SMALL_GROUP}
    if confidentiality.small(heard):
        return row | {"reason": SMALL_CELL}
    counts = {"segments": len(documents), "documents": len(heard)}
    return row | counts | {"estimate": float(persons), "share": persons / own["cases"]}


def _evidence(placed: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    named = placed.rename(columns={"_group": "group"})
    kept = named.merge(shown.astype({"code": named["code"].dtype, "group": named["group"].dtype}), on=["code", "group"])
    kept = kept.assign(reference=references(kept)).sort_values(["code", "group", "document", "start", "coder"])
    return kept[["code", "group", "reference", "coder"]].reset_index(drop=True)


@checked_arguments
def negative_evidence(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    codebook: Codebook | None = None,
    level: int | None = None,
    confidentiality: Confidentiality = OPEN,
) -> Result:
    """List what speaks against: the segments whose valence is negative or mixed, per code.

    Every code is listed, those without any negative segment too, so that nothing looks unanimous by omission.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end, valence``.
    documents : DataFrame
        Columns ``document, text``.
    codebook, level, confidentiality
        As in :func:`code_by_case`; only passages of cells that it shows are counted.

    Returns
    -------
    Result
        One row per code: ``estimate`` the number of negative or mixed segments, n the segments whose valence is known,
        coverage their share of all segments of the code; ``documents`` that hold one. A code whose valence was never
        set has a reason. ``details["evidence"]``: ``code, reference, coder, valence``.

    Raises
    ------
    InputError
        For missing columns, spans outside their text, a code that is not in the codebook.

    References
    ----------
    Miles, M. B., Huberman, A. M., & Saldaña, J. (2014). Qualitative Data Analysis, 3rd ed., chapter 11 (looking for
    negative evidence).

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["Good. Bad."]})
    >>> marks = pd.DataFrame(
    ...     [("d", "a", "X", 0, 5, "positive"), ("d", "a", "X", 6, 10, "negative")],
    ...     columns=["document", "coder", "code", "start", "end", "valence"],
    ... )
    >>> negative_evidence(marks, texts).details["evidence"]["reference"].tolist()
    ['d:6-10']
    """
    where = "negative_evidence"
    require_columns(codings, ("valence",), f"{where}(codings)")
    _, every, codes = _entered(codings, documents, codebook, level, confidentiality, where, ())
    spans = confidentiality.shown(every)
    against = spans[spans["valence"].isin(_NEGATIVE)]
    places = spans.groupby("code").indices
    valences, heard = (spans[name].to_numpy(dtype=object) for name in ("valence", "document"))
    rows = []
    for code in codes:
        own = places.get(code, np.array([], dtype=int))
        rows.append(_against(code, valences[own], heard[own], confidentiality))
    withheld = {row["subject"] for row in rows if row.get("reason") == SMALL_CELL}
    against = against[~against["code"].isin(withheld)]
    evidence = against.assign(reference=references(against)).sort_values(["code", "document", "start", "coder"])
    return Result(
        method="Negative evidence",
        reference="Miles, Huberman & Saldaña (2014), Qualitative Data Analysis, 3rd ed., chapter 11",
        estimates=pd.DataFrame(
            rows, columns=["measure", "subject", "estimate", "n", "coverage", "reason", "documents"]
        ),
        details={"evidence": confidentiality.cited(evidence[["code", "reference", "coder", "valence"]])},
        options={
            "codebook": None if codebook is None else {"id": codebook.id, "version": codebook.version},
            "level": level,
            "minimum": confidentiality.minimum,
        },
        notices=confidentiality.notices(withheld=bool(withheld)),
        not_estimable=None if rows else NotEstimable("qualitative.reasons.no_codings"),
        inputs={"codings": fingerprint(codings), "documents": fingerprint(documents)},
    )


def _against(code: str, valences: Words, documents: Words, confidentiality: Confidentiality) -> dict[str, Any]:
    known = int(pd.notna(valences).sum())
    row = {"measure": "negative_segments", "subject": code, "n": known}
    if not known:
        reason = "qualitative.reasons.valence_unknown" if len(valences) else "qualitative.reasons.code_not_used"
        return row | {"coverage": 0.0, "reason": reason}
    against = [document for valence, document in zip(valences, documents, strict=True) if valence in _NEGATIVE]
    if confidentiality.small(set(against)):
        return row | {"coverage": known / len(valences), "reason": SMALL_CELL}
    counts = {"estimate": float(len(against)), "documents": len(set(against))}
    return row | counts | {"coverage": known / len(valences)}
