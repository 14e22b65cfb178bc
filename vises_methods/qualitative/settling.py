"""After the coders have settled: how far was each from what they agreed on?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.coefficients import Coefficient
from vises_methods.qualitative.ratings import MISSING, patterns_from_codes
from vises_methods.qualitative.reliability import METHODS, AgreementOptions, Clusters, agreement_rows
from vises_methods.qualitative.tables import (
    checked_codings,
    checked_documents,
    readers,
    references,
    require_cells,
    require_columns,
)
from vises_methods.qualitative.unitization import UnitGrid, unit_grid
from vises_methods.results import NotEstimable, Result, fingerprint

SETTLED = "settled"


@checked_arguments
def next_to_settle(result: Result, /, *, most: int = 12) -> pd.DataFrame:
    """Choose the disagreements to settle first: codes in turn, those on which coders agree least before the others.

    Parameters
    ----------
    result : Result
        Of :func:`agreement_by_code`.
    most : int
        How many to choose.

    Returns
    -------
    DataFrame
        Rows of ``details["evidence"]``: the first of every code, then the second of every code, and so on. A code whose
        agreement could not be measured comes after those whose could.

    Raises
    ------
    InputError
        Where ``most`` is below 1, or the result lists no disagreements.

    Examples
    --------
    >>> from vises_methods.qualitative import agreement_by_code
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One. Two. Three."], "coders": ["ana;ben"]})
    >>> marks = pd.DataFrame(
    ...     [("d", "ana", "X", 0, 4), ("d", "ana", "X", 5, 9), ("d", "ben", "Y", 0, 4)],
    ...     columns=["document", "coder", "code", "start", "end"],
    ... )
    >>> next_to_settle(agreement_by_code(marks, texts), most=2)["code"].tolist()
    ['X', 'Y']
    """
    if most < 1:
        raise InputError("out_of_range", "next_to_settle(most=)", value=most, allowed="≥ 1")
    evidence = result.details.get("evidence", pd.DataFrame())
    require_columns(evidence, ("code", "reference"), "next_to_settle(result)")
    need = result.estimates.groupby("subject")["estimate"].min().astype(float)
    order = evidence.assign(_turn=evidence.groupby("code").cumcount(), _need=evidence["code"].map(need).astype(float))
    order = order.sort_values(["_turn", "_need", "code"], kind="stable", na_position="last")
    return order.drop(columns=["_turn", "_need"]).head(most).reset_index(drop=True)


_COLUMNS = ["measure", "subject", "estimate", "low", "high", "level", "n", "coverage", "reason", "se", "code", "coder"]


@checked_arguments
def agreement_with_settled(
    codings: pd.DataFrame,
    adjudications: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    by: str | pd.DataFrame = "sentence",
    share: float = 0.0,
    coefficient: Coefficient = "krippendorff_alpha",
    ci: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Result:
    """Measure each coder against the coding that the coders settled on, code by code.

    Read it beside :func:`agreement_by_code`: two coders may differ, and the settled coding shows whose reading
    was kept.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``.
    adjudications : DataFrame
        Columns ``document, code, start, end``; a row whose code is missing says that the document was settled with
        nothing. Only documents that occur here enter.
    documents : DataFrame
        Columns ``document, text``, and ``coders`` where known.
    by, share
        Units, as in :func:`units`.
    coefficient, ci, resamples, seed
        As in :func:`agreement_by_code`; the bootstrap draws documents.

    Returns
    -------
    Result
        One row per code and coder: ``estimate`` the agreement of the coder with the settled coding, ``code, coder``. n
        is the number of units of settled documents that the coder read, coverage their share of the units of settled
        documents. ``details["evidence"]``: ``code, coder, reference, given`` (whether the coder gave the code) where
        the two differ.

    Raises
    ------
    InputError
        For missing columns, spans outside their text, or no adjudications.

    References
    ----------
    Krippendorff, K. (2019). Content Analysis, 4th ed., section 12.2.2.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One. Two. Three."], "coders": ["a;b"]})
    >>> marks = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["X"], "start": [0], "end": [4]})
    >>> result = agreement_with_settled(marks, marks.drop(columns="coder"), texts)
    >>> float(result.estimates.set_index("coder").loc["a", "estimate"])
    1.0
    """
    where = "agreement_with_settled"
    options = AgreementOptions((coefficient,), interval="bootstrap", ci=ci, resamples=resamples, seed=seed)
    grid = _grid(codings, adjudications, documents, by, share, where)
    settled = grid.coders.index(SETTLED)
    names = [coder for coder in grid.coders if coder != SETTLED]
    codes, count = pd.factorize(grid.units["document"].to_numpy())
    rows, evidence = [], []
    for code in sorted(set(grid.spans["code"])):
        given = grid.coded({code})
        for coder in names:
            pair = [grid.coders.index(coder), settled]
            coded = np.where(grid.read[:, pair], given[:, pair].astype(np.int64), MISSING)
            patterns = patterns_from_codes(coded, coders=[coder, SETTLED], categories=(False, True))
            (row,), _ = agreement_rows(patterns, Clusters(codes, len(count)), options)
            rows.append(row | {"subject": f"{code} × {coder}", "code": code, "coder": coder})
            evidence.append(_differences(grid, coded, code, coder))
    estimates = pd.DataFrame(rows, columns=_COLUMNS)
    known = [reason for reason in estimates["reason"] if isinstance(reason, str)]
    reason = "qualitative.reasons.no_codings" if estimates.empty else known[0] if len(known) == len(rows) else None
    return Result(
        method=f"{METHODS[coefficient][0]} with the settled coding",
        reference=METHODS[coefficient][1],
        estimates=estimates,
        details={"evidence": pd.concat(evidence, ignore_index=True) if evidence else pd.DataFrame()},
        options={
            "by": by if isinstance(by, str) else "given",
            "share": share,
            "coefficient": coefficient,
            "ci": ci,
            "resamples": resamples,
            "seed": seed,
        },
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={
            "codings": fingerprint(codings),
            "adjudications": fingerprint(adjudications),
            "documents": fingerprint(documents),
        },
    )


def _grid(
    codings: pd.DataFrame,
    adjudications: pd.DataFrame,
    documents: pd.DataFrame,
    by: str | pd.DataFrame,
    share: float,
    where: str,
) -> UnitGrid:
    """Return the units of the settled documents, the settled coding as one more coder."""
    require_columns(adjudications, ("document", "code", "start", "end"), f"{where}(adjudications)")
    texts = checked_documents(documents, f"{where}(documents)")
    spans = checked_codings(codings, texts, f"{where}(codings)")
    if adjudications.empty:
        raise InputError("empty_data", f"{where}(adjudications)")
    settled = set(adjudications["document"].astype(str))
    read_by = readers(texts, spans)
    kept = texts[texts["document"].isin(settled)]
    names = [[*read_by[document], SETTLED] for document in kept["document"]]
    kept = kept.assign(coders=pd.Series(names, index=kept.index, dtype=object))
    require_cells(adjudications, ("document",), f"{where}(adjudications)")
    made = adjudications[adjudications["code"].notna()].assign(coder=SETTLED)
    both = pd.concat([spans[spans["document"].isin(settled)], made], ignore_index=True)
    return unit_grid(both, kept, by=by, share=share, where=where)


def _differences(grid: UnitGrid, coded: np.ndarray, code: str, coder: str) -> pd.DataFrame:
    differ = np.flatnonzero((coded[:, 0] != coded[:, 1]) & (coded != MISSING).all(axis=1))
    rows: dict[str, Any] = {"code": code, "coder": coder, "reference": references(grid.units.iloc[differ]).to_numpy()}
    return pd.DataFrame(rows | {"given": coded[differ, 0] == 1})
