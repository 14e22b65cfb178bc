"""Codes by document, person or group: who speaks of what, who is silent, and what speaks against."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.codebook import Codebook
from vises_methods.qualitative.tables import checked_codings, checked_documents, references, require_columns
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

_REFERENCE = "Miles, Huberman & Saldaña (2014), Qualitative Data Analysis, 3rd ed., chapters 4 and 5"
NO_GROUP = ""


def code_by_case(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    by: str = "document",
    case: str = "document",
    codebook: Codebook | None = None,
    level: int | None = None,
    minimum: int = 0,
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
    minimum : int
        Cells with fewer cases than this (but more than none), and every cell of a group with fewer cases, are withheld.

    Returns
    -------
    Result
        One row per code and group: ``measure`` "cases", ``estimate`` the number of cases with the code; ``code, group,
        segments, documents, share``. n is the number of cases in the group, coverage the share of the group's documents
        in which anything was coded. ``details["silence"]`` lists the codes that a group never mentions,
        ``details["evidence"]`` every segment counted, by reference; segments of withheld cells are left out.

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
    texts, spans, codes = _entered(codings, documents, codebook, level, where, (by, case))
    if minimum < 0:
        raise InputError("out_of_range", f"{where}(minimum=)", value=minimum, allowed="≥ 0")
    texts = texts.assign(_group=texts[by].fillna(NO_GROUP).astype(str), _case=texts[case].astype(str))
    placed = spans.merge(texts[["document", "_group", "_case"]], on="document")
    estimates = pd.DataFrame(
        [
            _cell(code, group, placed[(placed["code"] == code) & (placed["_group"] == group)], own, minimum)
            for code in codes
            for group, own in _groups(texts, placed)
        ],
        columns=_COLUMNS,
    )
    shown = estimates.loc[estimates["estimate"].notna(), ["code", "group"]]
    silence = estimates.loc[estimates["estimate"] == 0, ["code", "group", "n"]].reset_index(drop=True)
    return Result(
        method="Code by case",
        reference=_REFERENCE,
        estimates=estimates,
        details={"silence": silence, "evidence": _evidence(placed, shown)},
        options={
            "by": by,
            "case": case,
            "codebook": None if codebook is None else {"id": codebook.id, "version": codebook.version},
            "level": level,
            "minimum": minimum,
        },
        notices=(Notice("qualitative.notices.cells_withheld", {"minimum": minimum}),)
        if estimates["estimate"].isna().any()
        else (),
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
    where: str,
    columns: tuple[str, ...],
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Check both tables, roll codes up, and return them with the codes to report."""
    texts = checked_documents(documents, f"{where}(documents)")
    require_columns(texts, columns, f"{where}(documents)")
    spans = checked_codings(codings, texts, f"{where}(codings)")
    if codebook is None:
        return texts, spans, sorted(set(spans["code"]))
    codebook.require(spans["code"], f"{where}(codings)")
    depth = level if level is not None else max(codebook.level(code.id) for code in codebook)
    rolled = codebook.rolled_up(spans, depth)
    used = set(rolled["code"])
    listed = dict.fromkeys(codebook.roll_up(c.id, depth) for c in codebook if c.codable or c.id in used)
    return texts, rolled, list(listed)


def _groups(texts: pd.DataFrame, placed: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    coded = set(placed["document"])
    return [
        (str(group), {"cases": own["_case"].nunique(), "coverage": float(own["document"].isin(coded).mean())})
        for group, own in texts.groupby("_group", sort=True)
    ]


def _cell(code: str, group: str, found: pd.DataFrame, own: dict[str, Any], minimum: int) -> dict[str, Any]:
    cases = found["_case"].nunique()
    row = {"measure": "cases", "subject": f"{code} × {group}", "n": own["cases"], "coverage": own["coverage"]}
    row |= {"code": code, "group": group}
    if own["cases"] < minimum or 0 < cases < minimum:
        return row | {"reason": "qualitative.reasons.small_cell"}
    counts = {"segments": len(found), "documents": found["document"].nunique()}
    return row | counts | {"estimate": float(cases), "share": cases / own["cases"]}


def _evidence(placed: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    named = placed.rename(columns={"_group": "group"})
    kept = named.merge(shown.astype({"code": named["code"].dtype, "group": named["group"].dtype}), on=["code", "group"])
    kept = kept.assign(reference=references(kept)).sort_values(["code", "group", "document", "start", "coder"])
    return kept[["code", "group", "reference", "coder"]].reset_index(drop=True)


def negative_evidence(
    codings: pd.DataFrame, documents: pd.DataFrame, /, *, codebook: Codebook | None = None, level: int | None = None
) -> Result:
    """List what speaks against: the segments whose valence is negative or mixed, per code.

    Every code is listed, those without any negative segment too, so that nothing looks unanimous by omission.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end, valence``.
    documents : DataFrame
        Columns ``document, text``.
    codebook, level
        As in :func:`code_by_case`.

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
    _, spans, codes = _entered(codings, documents, codebook, level, where, ())
    against = spans[spans["valence"].isin(["negative", "mixed"])]
    rows = [_against(code, spans[spans["code"] == code], against[against["code"] == code]) for code in codes]
    evidence = against.assign(reference=references(against)).sort_values(["code", "document", "start", "coder"])
    return Result(
        method="Negative evidence",
        reference="Miles, Huberman & Saldaña (2014), Qualitative Data Analysis, 3rd ed., chapter 11",
        estimates=pd.DataFrame(
            rows, columns=["measure", "subject", "estimate", "n", "coverage", "reason", "documents"]
        ),
        details={"evidence": evidence[["code", "reference", "coder", "valence"]].reset_index(drop=True)},
        options={
            "codebook": None if codebook is None else {"id": codebook.id, "version": codebook.version},
            "level": level,
        },
        not_estimable=None if rows else NotEstimable("qualitative.reasons.no_codings"),
        inputs={"codings": fingerprint(codings), "documents": fingerprint(documents)},
    )


def _against(code: str, spans: pd.DataFrame, against: pd.DataFrame) -> dict[str, Any]:
    known = int(spans["valence"].notna().sum())
    row = {"measure": "negative_segments", "subject": code, "n": known}
    if not known:
        reason = "qualitative.reasons.valence_unknown" if len(spans) else "qualitative.reasons.code_not_used"
        return row | {"coverage": 0.0, "reason": reason}
    counts = {"estimate": float(len(against)), "documents": against["document"].nunique()}
    return row | counts | {"coverage": known / len(spans)}
