"""Agreement per code over the codings of a study, with prevalence and bias beside every coefficient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.codebook import Codebook
from vises_methods.qualitative.coefficients import Coefficient
from vises_methods.qualitative.confidentiality import OPEN, Confidentiality
from vises_methods.qualitative.ratings import MISSING, RatingPatterns, patterns_from_codes
from vises_methods.qualitative.reliability import (
    FEW_CLUSTERS,
    METHODS,
    AgreementOptions,
    Clusters,
    agreement_rows,
)
from vises_methods.qualitative.tables import checked_codings, checked_documents, references, require_columns
from vises_methods.qualitative.unitization import UnitGrid, unit_grid
from vises_methods.results import NotEstimable, Notice, Result, fingerprint


@checked_arguments
def agreement_by_code(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    codebook: Codebook | None = None,
    level: int | None = None,
    by: str | pd.DataFrame = "sentence",
    share: float = 0.0,
    group: str | None = None,
    confidentiality: Confidentiality = OPEN,
    coefficient: Coefficient = "krippendorff_alpha",
    ci: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Result:
    """Measure agreement on each code: did the coders give it to the same units?

    Each code is a yes-or-no rating of every unit that at least two coders read. A high share of agreement on a rare
    code says little: read the coefficient with ``prevalence`` and ``positive_agreement``.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``.
    documents : DataFrame
        Columns ``document, text``; ``coders`` says who read each document.
    codebook : Codebook, optional
        Every code in use must be in it; a code that nobody used then has a row with its reason.
    level : int, optional
        Roll codes up to this level of the codebook first.
    by, share
        How the text is cut and how much of a unit must be covered; see :func:`units`.
    group : str, optional
        A column of the documents, such as ``"language"``: one row per code and group, in addition to all documents.
    confidentiality : Confidentiality, optional
        Texts that it sets aside are left out, and the list of disagreements names no text of too few persons.
    coefficient : str
    ci, resamples, seed
        The interval is a bootstrap over documents; all codes share its draws.

    Returns
    -------
    Result
        One row per code (and group): ``subject`` the code; further columns ``group`` ("" for all), ``se, observed,
        expected``; ``prevalence``, the mean share of units that coders gave the code; ``bias``, the largest less the
        smallest share among coders; ``positive_agreement``, of pairs in which one coder gave the code, the share in
        which the other did too; ``documents``. n is the number of units at least two coders read; coverage their share
        of all units. ``details["evidence"]`` lists the units on which coders differ; ``details["tree"]`` the codes with
        the families above them, ``code, depth``, in the order of the codebook.

    Raises
    ------
    InputError
        For missing columns, spans outside their text, a code that is not in the codebook.

    References
    ----------
    Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed., chapters 2-6. Cicchetti, D. V., & Feinstein, A. R.
    (1990). High agreement but low kappa: II. Journal of Clinical Epidemiology 43(6), p. 551.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One. Two."], "coders": ["ana;ben"]})
    >>> marks = pd.DataFrame(
    ...     [("d", "ana", "X", 0, 4), ("d", "ben", "X", 0, 4)], columns=["document", "coder", "code", "start", "end"]
    ... )
    >>> agreement_by_code(marks, texts).estimates[["subject", "estimate"]].values.tolist()
    [['X', 1.0]]
    """
    where = "agreement_by_code"
    options = AgreementOptions((coefficient,), interval="bootstrap", ci=ci, resamples=resamples, seed=seed)
    texts, spans = (confidentiality.counted(frame) for frame in _identified(codings, documents, where))
    grid = unit_grid(spans, texts, by=by, share=share, where=where)
    if group is not None:
        require_columns(documents, (group,), f"{where}(documents)")
    families = _families(grid, codebook, level)
    subsets = list(_subsets(grid, documents, group))
    addresses = references(grid.units).to_numpy()
    rows: list[dict[str, Any]] = []
    evidence: list[tuple[str, ...]] = []
    for code, members in families.items():
        given = grid.coded(members)
        evidence += _disagreements(grid, given, code, addresses)
        rows += [
            _row(grid, given, units, clusters, options) | {"subject": code, "group": name}
            for name, units, clusters in subsets
        ]
    estimates = pd.DataFrame(rows, columns=_COLUMNS)
    compared = grid.units.loc[grid.read.sum(axis=1) >= 2, "document"].nunique()
    return Result(
        method=f"{METHODS[coefficient][0]} per code",
        reference=METHODS[coefficient][1],
        estimates=estimates,
        details={
            "evidence": confidentiality.cited(pd.DataFrame(evidence, columns=_EVIDENCE, dtype=object)),
            "tree": _tree(list(families), codebook),
        },
        options={
            "codebook": None if codebook is None else {"id": codebook.id, "version": codebook.version},
            "level": level,
            "by": by if isinstance(by, str) else "given",
            "share": share,
            "group": group,
            "minimum": confidentiality.minimum,
            "coefficient": coefficient,
            "ci": ci,
            "resamples": resamples,
            "seed": seed,
        },
        notices=(*_notices(documents, compared), *confidentiality.notices(withheld=False)),
        not_estimable=_overall(estimates),
        inputs={"codings": fingerprint(codings), "documents": fingerprint(documents)},
    )


_COLUMNS = [
    "measure",
    "subject",
    "group",
    "estimate",
    "low",
    "high",
    "level",
    "n",
    "coverage",
    "reason",
    "se",
    "observed",
    "expected",
    "prevalence",
    "bias",
    "positive_agreement",
    "documents",
]
_EVIDENCE = ["code", "reference", "given_by", "not_given_by"]


def _identified(codings: pd.DataFrame, documents: pd.DataFrame, where: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the documents and the codings, checked while all of them are there."""
    texts = checked_documents(documents, f"{where}(documents)")
    return texts, checked_codings(codings, texts, f"{where}(codings)")


def _families(grid: UnitGrid, codebook: Codebook | None, level: int | None) -> dict[str, set[str]]:
    """Return the codes to report, each with the codes that count for it."""
    used = sorted(set(grid.spans["code"]))
    if codebook is None:
        return {code: {code} for code in used}
    codebook.require(used, "agreement_by_code(codings)")
    families: dict[str, set[str]] = {}
    for code in codebook:
        target = code.id if level is None else codebook.roll_up(code.id, level)
        if code.codable or code.id in used:
            families.setdefault(target, set()).add(code.id)
    return families


def _tree(codes: Sequence[str], codebook: Codebook | None) -> pd.DataFrame:
    """Return the codes and the families above them, each with its depth, as the codebook orders them."""
    if codebook is None:
        return pd.DataFrame({"code": codes, "depth": 1})
    shown = set(codes).union(*(codebook.ancestors(code) for code in codes))
    ordered = list(_in_tree_order(codebook, None, shown))
    return pd.DataFrame({"code": ordered, "depth": [codebook.level(code) for code in ordered]})


def _in_tree_order(codebook: Codebook, above: str | None, shown: set[str]) -> Iterator[str]:
    for code in codebook.children(above):
        if code in shown:
            yield code
            yield from _in_tree_order(codebook, code, shown)


def _subsets(grid: UnitGrid, documents: pd.DataFrame, group: str | None) -> Iterator[tuple[str, np.ndarray, Clusters]]:
    """Yield the units of all documents and of each group, with the document of each as its cluster."""
    named = grid.units["document"].to_numpy()
    for name, units in _groups(grid, documents, group):
        codes, clusters = pd.factorize(named[units])
        yield name, units, Clusters(codes, len(clusters))


def _groups(grid: UnitGrid, documents: pd.DataFrame, group: str | None) -> Iterator[tuple[str, np.ndarray]]:
    yield "", np.arange(len(grid.units))
    if group is not None:
        of_document = dict(zip(documents["document"].astype(str), documents[group], strict=True))
        of_unit = grid.units["document"].map(of_document)
        for value in sorted(of_unit.dropna().unique(), key=str):
            yield str(value), np.flatnonzero(of_unit == value)


def _row(
    grid: UnitGrid, given: np.ndarray, units: np.ndarray, clusters: Clusters, options: AgreementOptions
) -> dict[str, Any]:
    coded = np.where(grid.read[units], given[units].astype(np.int64), MISSING)
    patterns = patterns_from_codes(coded, coders=grid.coders, categories=(False, True))
    if not len(units):
        return {"measure": options.coefficients[0], "reason": "qualitative.reasons.no_pairs", "n": 0, "documents": 0}
    (row,), _ = agreement_rows(patterns, clusters, options)
    if not given[units].any() and row["reason"] == "qualitative.reasons.no_variation":
        row["reason"] = "qualitative.reasons.code_not_used"
    return row | _beside(patterns) | {"documents": clusters.count}


def _beside(patterns: RatingPatterns) -> dict[str, float | None]:
    """Return prevalence, bias and positive agreement over the units with at least two ratings."""
    paired = patterns.ratings_per_pattern >= 2
    rows, counts = patterns.patterns[paired], patterns.counts[paired]
    if not len(rows):
        return {"prevalence": None, "bias": None, "positive_agreement": None}
    rated = counts @ (rows != MISSING)
    positive = counts @ (rows == 1)
    shares = positive[rated > 0] / rated[rated > 0]
    yes, others = (rows == 1).sum(axis=1), (rows != MISSING).sum(axis=1) - 1
    pairs = float(counts @ (yes * others))
    return {
        "prevalence": float(shares.mean()),
        "bias": float(shares.max() - shares.min()),
        "positive_agreement": float(counts @ (yes * (yes - 1))) / pairs if pairs else None,
    }


def _disagreements(grid: UnitGrid, given: np.ndarray, code: str, addresses: np.ndarray) -> list[tuple[str, ...]]:
    """Return the code, the address, who gave it and who did not, of each unit on which coders differ."""
    said_yes = given & grid.read
    said_no = ~given & grid.read
    units = np.flatnonzero(said_yes.any(axis=1) & said_no.any(axis=1))
    coders = np.array(grid.coders, dtype=object)
    return [(code, addresses[unit], _names(coders, said_yes[unit]), _names(coders, said_no[unit])) for unit in units]


def _names(coders: np.ndarray, chosen: np.ndarray) -> str:
    return "|".join(coders[chosen])


def _notices(documents: pd.DataFrame, texts: int) -> tuple[Notice, ...]:
    notices = []
    if "coders" not in documents:
        notices.append(Notice("qualitative.notices.readers_unknown"))
    if texts < FEW_CLUSTERS:
        notices.append(Notice("qualitative.notices.few_clusters", {"count": texts}))
    return tuple(notices)


def _overall(estimates: pd.DataFrame) -> NotEstimable | None:
    reasons: Sequence[Any] = estimates["reason"].tolist()
    if not reasons:
        return NotEstimable("qualitative.reasons.no_codings")
    return NotEstimable(reasons[0]) if all(isinstance(reason, str) for reason in reasons) else None
