"""Qualitative comparative analysis: calibration, necessity, truth table and minimisation, for crisp and fuzzy sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.configurations import Term, minimal_covers, prime_implicants
from vises_methods.qualitative.tables import as_numbers, require_columns, require_option
from vises_methods.qualitative.weights import Floats
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

Solution = Literal["conservative", "parsimonious"]
MOST_CONDITIONS = 12
_REFERENCE = "Ragin (2008), Redesigning Social Inquiry, chapters 3, 7 and 8"


@checked_arguments
def calibrate(
    values: pd.Series, /, *, exclusion: float | None = None, crossover: float, inclusion: float | None = None
) -> pd.Series:
    """Turn measurements into set membership.

    Parameters
    ----------
    values : Series
        Numbers; missing ones stay missing.
    exclusion, crossover, inclusion : float
        Where membership is 0.05, 0.5 and 0.95. With ``crossover`` alone the set is crisp: 1 from it on. An exclusion
        above the inclusion calibrates a set of low values.

    Returns
    -------
    Series
        Membership, 0 to 1.

    Raises
    ------
    InputError
        Where the three anchors are not in order, or only one of exclusion and inclusion is given.

    References
    ----------
    Ragin, C. C. (2008). Redesigning Social Inquiry, chapter 5 (direct method).

    Examples
    --------
    >>> calibrate(pd.Series([20, 50, 80]), exclusion=20, crossover=50, inclusion=80).round(2).tolist()
    [0.05, 0.5, 0.95]
    """
    values = as_numbers(values, "calibrate(values)")
    if exclusion is None and inclusion is None:
        return (values >= crossover).astype(float).where(values.notna())
    anchors = [exclusion, crossover, inclusion]
    if (
        exclusion is None
        or inclusion is None
        or not (exclusion < crossover < inclusion or exclusion > crossover > inclusion)
    ):
        raise InputError("qualitative.errors.anchors", "calibrate", anchors=anchors)
    toward_inclusion = (values - crossover) * np.sign(inclusion - crossover) >= 0
    scale = np.where(toward_inclusion, inclusion - crossover, crossover - exclusion)
    log_odds = (values - crossover) / scale * np.log(0.95 / 0.05)
    return pd.Series(1 / (1 + np.exp(-log_odds)), index=values.index)


@checked_arguments
def necessity(data: pd.DataFrame, /, *, outcome: str, conditions: Sequence[str]) -> Result:
    """Measure how far each condition, and its absence, is necessary for the outcome.

    Parameters
    ----------
    data : DataFrame
        One row per case, membership (0-1) in every set.
    outcome : str
        A column, or ``~`` and a column for its absence.
    conditions : sequence of str

    Returns
    -------
    Result
        One row per condition and per absence (``~``): ``estimate`` the consistency of necessity; ``relevance`` (of
        necessity, RoN) and ``covered`` (coverage of necessity). A condition that is everywhere has a high consistency
        and a low relevance. n is the number of cases.

    Raises
    ------
    InputError
        For missing columns or membership outside 0-1.

    References
    ----------
    Schneider, C. Q., & Wagemann, C. (2012). Set-Theoretic Methods for the Social Sciences, chapter 9.

    Examples
    --------
    >>> cases = pd.DataFrame({"A": [1, 1, 0], "Y": [1, 0, 0]})
    >>> necessity(cases, outcome="Y", conditions=["A"]).value
    1.0
    """
    sets = _sets(data, outcome, conditions, "necessity")
    y = sets[outcome].to_numpy()
    rows = []
    for name in [*conditions, *(f"~{condition}" for condition in conditions)]:
        x = sets[name.removeprefix("~")].to_numpy()
        x = 1 - x if name.startswith("~") else x
        both = np.minimum(x, y)
        row = {"measure": "necessity", "subject": name, **_coverage(sets, data), "reason": None, "estimate": None}
        if y.sum() == 0:
            row["reason"] = "qualitative.reasons.no_outcome"
        else:
            row["estimate"] = float(both.sum() / y.sum())
            row["relevance"] = _share((1 - x).sum(), (1 - both).sum())
            row["covered"] = _share(both.sum(), x.sum())
        rows.append(row)
    return _result("Necessity of conditions", data, rows, {"outcome": outcome, "conditions": list(conditions)}, {})


@checked_arguments
def truth_table(
    data: pd.DataFrame,
    /,
    *,
    outcome: str,
    conditions: Sequence[str],
    consistency: float = 0.8,
    pri: float = 0.0,
    frequency: int = 1,
) -> Result:
    """List every configuration of conditions, its cases, and whether it goes with the outcome.

    Parameters
    ----------
    data : DataFrame
        One row per case, membership (0-1) in every set; the index names the cases.
    outcome : str
        A column, or ``~`` and a column for its absence, which is analysed on its own.
    conditions : sequence of str
        At most twelve.
    consistency, pri : float
        Least consistency of sufficiency, and least proportional reduction in inconsistency, to go with the outcome.
    frequency : int
        Least number of cases; a configuration with fewer is a logical remainder.

    Returns
    -------
    Result
        One row per configuration: ``subject`` as ``A*~B``, ``estimate`` the consistency, ``pri, n, out`` ("1", "0", or
        "?" for a remainder). ``details["evidence"]``: ``configuration, case``. A case at exactly 0.5 in a condition
        belongs to no configuration; a notice counts them.

    Raises
    ------
    InputError
        For missing columns, membership outside 0-1 or too many conditions.

    References
    ----------
    Ragin, C. C. (2008). Redesigning Social Inquiry, chapter 7.

    Examples
    --------
    >>> cases = pd.DataFrame({"A": [1, 1, 0], "Y": [1, 1, 0]})
    >>> truth_table(cases, outcome="Y", conditions=["A"]).estimates[["subject", "out"]].to_numpy().tolist()
    [['~A', '0'], ['A', '1']]
    """
    options = {"outcome": outcome, "conditions": list(conditions), "consistency": consistency, "pri": pri}
    sets = _sets(data, outcome, conditions, "truth_table")
    if len(conditions) > MOST_CONDITIONS:
        raise InputError(
            "out_of_range", "truth_table(conditions=)", value=len(conditions), allowed=f"≤ {MOST_CONDITIONS}"
        )
    y, whole = sets[outcome].to_numpy(), (1 << len(conditions)) - 1
    rows, evidence = [], []
    for configuration in range(whole + 1):
        term = Term(whole, configuration)
        x = membership(sets, term, conditions)
        cases = sets.index[x > 0.5]
        row: dict[str, Any] = {"measure": "configuration", "subject": term.written(conditions), "n": len(cases)}
        row |= {"coverage": len(cases) / len(data), "configuration": configuration, "estimate": None, "reason": None}
        if len(cases) < max(frequency, 1):
            row |= {"out": "?", "reason": "qualitative.reasons.remainder"}
        else:
            value, reduction = sufficiency(x, y)
            met = value is not None and value >= consistency - 1e-12 and (reduction or 0) >= pri
            row |= {"estimate": value, "pri": reduction, "out": "1" if met else "0"}
        rows.append(row)
        evidence += [{"configuration": row["subject"], "case": str(case)} for case in cases]
    unplaced = int((sets[list(conditions)] == 0.5).any(axis=1).sum())
    notices = (Notice("qualitative.notices.cases_at_half", {"count": unplaced}),) if unplaced else ()
    details = {"evidence": pd.DataFrame(evidence, columns=["configuration", "case"])}
    return _result("Truth table", data, rows, options | {"frequency": frequency}, details, notices)


@checked_arguments
def minimise(
    data: pd.DataFrame,
    /,
    *,
    outcome: str,
    conditions: Sequence[str],
    solution: Solution = "conservative",
    consistency: float = 0.8,
    pri: float = 0.0,
    frequency: int = 1,
) -> Result:
    """Find the simplest combinations of conditions that suffice for the outcome.

    Parameters
    ----------
    data, outcome, conditions, consistency, pri, frequency
        As in :func:`truth_table`.
    solution : {"conservative", "parsimonious"}
        Without logical remainders, or with those that make the result simpler.

    Returns
    -------
    Result
        For each model (there may be several equally simple ones): a row ``solution`` over all its terms, then a row
        ``term`` for each; ``model, estimate`` (consistency), ``pri, covered`` (raw coverage), ``unique`` (unique
        coverage). n is the number of cases with more than half membership. ``details["evidence"]``: ``model, term,
        case``. No configuration with the outcome: a reason.

    Raises
    ------
    InputError
        As :func:`truth_table`.

    References
    ----------
    Ragin, C. C. (2008). Redesigning Social Inquiry, chapters 7-9. Duşa, A. (2019). QCA with R, chapter 8.

    Examples
    --------
    >>> cases = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 0, 0]})
    >>> minimise(cases, outcome="Y", conditions=["A", "B"]).estimates["subject"].tolist()
    ['A', 'A']
    """
    require_option(solution, get_args(Solution), "minimise(solution=)")
    table = truth_table(
        data, outcome=outcome, conditions=conditions, consistency=consistency, pri=pri, frequency=frequency
    )
    sets = _sets(data, outcome, conditions, "minimise")
    out = table.estimates.set_index("configuration")["out"]
    positive = out.index[out == "1"].tolist()
    allowed = out.index[out != "0"].tolist() if solution == "parsimonious" else positive
    models = minimal_covers(prime_implicants(allowed, len(conditions)), positive) if positive else []
    rows, evidence = [], []
    for number, model in enumerate(models, start=1):
        terms = sorted(model, key=lambda term: term.written(conditions))
        made, cases = _model(sets, outcome, conditions, terms, number)
        rows += made
        evidence += cases
    if not rows:
        empty = {"measure": "solution", "subject": outcome, "estimate": None, "n": 0, "coverage": 0.0}
        rows = [empty | {"reason": "qualitative.reasons.no_configuration"}]
    details = {
        "truth_table": table.estimates,
        "evidence": pd.DataFrame(evidence, columns=["model", "term", "case"]),
    }
    return _result("QCA minimisation", data, rows, {**table.options, "solution": solution}, details, table.notices)


def membership(sets: pd.DataFrame, term: Term, conditions: Sequence[str]) -> Floats:
    """Return each case's membership in a term: the least over its conditions."""
    parts = []
    for i, name in enumerate(conditions):
        bit = 1 << (len(conditions) - 1 - i)
        if term.mask & bit:
            values = sets[name].to_numpy()
            parts.append(values if term.value & bit else 1 - values)
    return np.asarray(np.min(parts, axis=0)) if parts else np.ones(len(sets))


def sufficiency(x: Floats, y: Floats) -> tuple[float | None, float | None]:
    """Return the consistency of sufficiency and the proportional reduction in inconsistency (PRI)."""
    both, and_not = np.minimum(x, y).sum(), np.minimum(np.minimum(x, y), 1 - y).sum()
    return _share(both, x.sum()), _share(both - and_not, x.sum() - and_not)


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None


def _coverage(sets: pd.DataFrame, data: pd.DataFrame) -> dict[str, Any]:
    return {"n": len(sets), "coverage": len(sets) / len(data) if len(data) else 0.0}


def _sets(data: pd.DataFrame, outcome: str, conditions: Sequence[str], where: str) -> pd.DataFrame:
    """Return the sets as numbers, without cases that lack one; of an outcome with a tilde its absence."""
    absent = outcome.startswith("~") and outcome not in data.columns
    column_of = dict(zip(conditions, conditions, strict=True)) | {
        outcome: outcome.removeprefix("~") if absent else outcome
    }
    require_columns(data, column_of.values(), f"{where}(data)")
    if not len(conditions):
        raise InputError("empty_data", f"{where}(conditions=)")
    chosen = [*conditions, column_of[outcome]]
    if len(set(chosen)) < len(chosen):
        twice = next(name for name in chosen if chosen.count(name) > 1)
        raise InputError("qualitative.errors.column_twice", f"{where}(conditions=)", name=twice)
    sets = pd.DataFrame({name: as_numbers(data[column], f"{where}(data)") for name, column in column_of.items()})
    sets = (sets.assign(**{outcome: 1 - sets[outcome]}) if absent else sets).dropna()
    if sets.empty:
        raise InputError("empty_data", f"{where}(data)")
    outside = (sets < 0) | (sets > 1)
    if outside.to_numpy().any():
        column = str(outside.any().idxmax())
        value = float(sets.loc[outside[column], column].iloc[0])
        raise InputError("out_of_range", f"{where}(data)", column=column, value=value, allowed="0-1")
    return sets


def _model(
    sets: pd.DataFrame, outcome: str, conditions: Sequence[str], terms: Sequence[Term], number: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    y = sets[outcome].to_numpy()
    each = [membership(sets, term, conditions) for term in terms]
    whole = np.max(each, axis=0)
    names = [term.written(conditions) for term in terms]
    rows = [_term_row("solution", " + ".join(names), number, whole, y)]
    for i, name in enumerate(names):
        others = [x for j, x in enumerate(each) if j != i]
        rest = np.minimum(np.max(others, axis=0), y).sum() if others else 0.0
        unique = _share(np.minimum(whole, y).sum() - rest, y.sum())
        rows.append(_term_row("term", name, number, each[i], y) | {"unique": unique})
    evidence = [
        {"model": number, "term": name, "case": str(case)}
        for name, x in zip(names, each, strict=True)
        for case in sets.index[x > 0.5]
    ]
    return rows, evidence


def _term_row(measure: str, name: str, number: int, x: Floats, y: Floats) -> dict[str, Any]:
    value, reduction = sufficiency(x, y)
    row = {"measure": measure, "subject": name, "model": number, "estimate": value, "pri": reduction, "reason": None}
    return row | {"covered": _share(np.minimum(x, y).sum(), y.sum()), "n": int((x > 0.5).sum()), "coverage": 1.0}


def _result(
    method: str,
    data: pd.DataFrame,
    rows: list[dict[str, Any]],
    options: dict[str, Any],
    details: dict[str, pd.DataFrame],
    notices: tuple[Notice, ...] = (),
) -> Result:
    estimates = pd.DataFrame(rows)
    missing = estimates["reason"].notna().all()
    return Result(
        method=method,
        reference=_REFERENCE,
        estimates=estimates,
        details=details,
        options=options,
        notices=notices,
        not_estimable=NotEstimable(str(estimates["reason"].iloc[0])) if missing else None,
        inputs={"data": fingerprint(data)},
    )
