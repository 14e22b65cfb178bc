"""Does a code depend on who coded, or on the language? How far each one's use of it lies from the others'."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.codebook import Codebook
from vises_methods.qualitative.resampling import expanded_percentiles
from vises_methods.qualitative.tables import references, require_columns
from vises_methods.qualitative.unitization import UnitGrid, unit_grid
from vises_methods.qualitative.weights import Floats
from vises_methods.randomness import generator
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

CODER = "coder"


@checked_arguments
def prevalence_effects(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    of: str = CODER,
    by: str | pd.DataFrame = "sentence",
    share: float = 0.0,
    codebook: Codebook | None = None,
    level: int | None = None,
    ci: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Result:
    """Compare how often each coder, or each group of documents, is given a code with how often the others are.

    A coder who finds a code twice as often as the others has read the codebook differently; a code that is rare in one
    language may be badly translated. Coders are compared on the documents that at least two of them read.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``.
    documents : DataFrame
        Columns ``document, text``, ``coders`` where known, and ``of`` unless it is "coder".
    of : str
        ``"coder"``, or a column of the documents such as ``"language"``.
    by, share
        Units, as in :func:`units`.
    codebook, level
        As in :func:`agreement_by_code`; without ``level`` codes stay as they are.
    ci, resamples, seed
        Bootstrap over documents.

    Returns
    -------
    Result
        One row per code and coder (or group): ``estimate`` the share of units with the code less that of all others,
        with interval; ``code, group, prevalence, others, documents``. n is the number of readings of units by the
        coder or in the group, coverage their share of all readings. Nobody to compare with: a
        reason. ``details["evidence"]`` lists the segments, by reference and coder.

    Raises
    ------
    InputError
        For missing columns, spans outside their text, a code that is not in the codebook.

    References
    ----------
    Krippendorff, K. (2019). Content Analysis, 4th ed., section 12.5.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d", "e"], "text": ["One. Two.", "Three."], "coders": ["a;b", "a;b"]})
    >>> marks = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["X"], "start": [0], "end": [4]})
    >>> prevalence_effects(marks, texts).estimates["estimate"].round(3).tolist()
    [0.333, -0.333]
    """
    where = "prevalence_effects"
    if not 0 < ci < 1:
        raise InputError("out_of_range", f"{where}(ci=)", value=ci, allowed="0 < ci < 1")
    grid = unit_grid(codings, documents, by=by, share=share, where=where)
    groups = _groups(grid, documents, of, where)
    names = sorted(set(groups[groups != ""].ravel()))
    number, labels = pd.factorize(grid.units["document"].to_numpy())
    stream = generator(seed, "prevalence", str(len(labels)))
    equal = np.full(len(labels), 1 / len(labels)) if len(labels) else np.empty(0)
    draws = np.vstack([np.ones(len(labels)), stream.multinomial(len(labels), equal, size=resamples)])
    rows = [
        _row(code, name, _sums(given, groups, name, number, len(labels)), draws, ci)
        for code, given in _given(grid, codebook, level).items()
        for name in names
    ]
    estimates = pd.DataFrame(rows, columns=_COLUMNS)
    nothing = estimates["estimate"].isna().all()
    reason = None if not nothing else str(estimates["reason"].iloc[0]) if rows else "qualitative.reasons.no_codings"
    return Result(
        method="Effects on prevalence",
        reference="Krippendorff (2019), Content Analysis, 4th ed., section 12.5",
        estimates=estimates,
        details={"evidence": _evidence(grid)},
        options={
            "of": of,
            "by": by if isinstance(by, str) else "given",
            "share": share,
            "codebook": None if codebook is None else {"id": codebook.id, "version": codebook.version},
            "level": level,
            "ci": ci,
            "resamples": resamples,
            "seed": seed,
        },
        notices=() if "coders" in documents else (Notice("qualitative.notices.readers_unknown"),),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"codings": fingerprint(codings), "documents": fingerprint(documents)},
    )


_COLUMNS = [
    "measure",
    "subject",
    "estimate",
    "low",
    "high",
    "level",
    "n",
    "coverage",
    "reason",
    "se",
    "code",
    "group",
    "prevalence",
    "others",
    "documents",
]


def _groups(grid: UnitGrid, documents: pd.DataFrame, of: str, where: str) -> np.ndarray:
    """Return, per unit and coder, the name of the group that the reading belongs to; empty where it counts for none."""
    if of == CODER:
        names = np.broadcast_to(np.array(grid.coders, dtype=object), grid.read.shape)
        counted = grid.read & (grid.read.sum(axis=1, keepdims=True) >= 2)
    else:
        require_columns(documents, (of,), f"{where}(documents)")
        value = dict(zip(documents["document"].astype(str), documents[of], strict=True))
        of_unit = grid.units["document"].map(value)
        column = of_unit.fillna("").astype(str).to_numpy(dtype=object)[:, None]
        names, counted = np.broadcast_to(column, grid.read.shape), grid.read
    return np.where(counted, names, "")


def _given(grid: UnitGrid, codebook: Codebook | None, level: int | None) -> dict[str, np.ndarray]:
    used = sorted(set(grid.spans["code"]))
    if codebook is None:
        return {code: grid.coded({code}) for code in used}
    codebook.require(used, "prevalence_effects(codings)")
    families: dict[str, set[str]] = {}
    for code in used:
        families.setdefault(code if level is None else codebook.roll_up(code, level), set()).add(code)
    return {family: grid.coded(members) for family, members in families.items()}


def _sums(given: np.ndarray, groups: np.ndarray, name: str, number: np.ndarray, documents: int) -> Floats:
    """Return, per document: readings of the group, those with the code, readings of the others, those with the code."""
    own, others = groups == name, (groups != name) & (groups != "")
    parts = [own, own & given, others, others & given]
    return np.stack([np.bincount(number, weights=part.sum(axis=1), minlength=documents) for part in parts])


def _evidence(grid: UnitGrid) -> pd.DataFrame:
    spans = grid.spans.assign(reference=references(grid.spans)).sort_values(["code", "document", "start", "coder"])
    return spans[["code", "reference", "coder"]].reset_index(drop=True)


def _row(code: str, name: str, sums: Floats, draws: Floats, ci: float) -> dict[str, Any]:
    """Compare one group with the others; the first draw is the documents as they are."""
    table = draws @ sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        prevalence, others = table[:, 1] / table[:, 0], table[:, 3] / table[:, 2]
    difference = prevalence - others
    total = table[0, 0] + table[0, 2]
    row: dict[str, Any] = {"measure": "prevalence_difference", "subject": f"{code} × {name}", "code": code}
    row |= {"group": name, "level": ci, "n": int(table[0, 0]), "coverage": float(table[0, 0] / total) if total else 0.0}
    row["documents"] = int((sums[0] > 0).sum())
    if np.isnan(difference[0]):
        return row | {"estimate": None, "reason": "qualitative.reasons.nobody_to_compare"}
    row |= {"estimate": float(difference[0]), "prevalence": float(prevalence[0]), "others": float(others[0])}
    usable = difference[1:][~np.isnan(difference[1:])]
    if sums.shape[1] > 1 and len(usable) > 1:
        low, high = expanded_percentiles(usable, sums.shape[1], ci)
        row |= {"low": low, "high": high, "se": float(usable.std(ddof=1))}
    return row
