"""Correspondence analysis of a table of counts, and multiple correspondence analysis of categories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.tables import as_counts, require_columns
from vises_methods.qualitative.weights import Floats
from vises_methods.results import NotEstimable, Result, fingerprint

_GREENACRE = "Greenacre (2017), Correspondence Analysis in Practice, 3rd ed."
SMALLEST_EIGENVALUE = 1e-12
AT_THE_CENTRE = 1e-24
"""A squared distance below this is rounding: the point shows nothing, and its quality is 0."""


@dataclass(frozen=True)
class Solution:
    """Eigenvalues, and principal coordinates and masses of rows and columns."""

    eigenvalues: Floats
    rows: Floats
    columns: Floats
    row_masses: Floats
    column_masses: Floats


def decomposed(counts: Floats) -> Solution:
    """Decompose the standardised residuals of a table; each dimension's largest column coordinate is positive.

    Parameters
    ----------
    counts : array
        Not negative; no row and no column empty.
    """
    shares = counts / counts.sum()
    row_masses, column_masses = shares.sum(axis=1), shares.sum(axis=0)
    expected = np.outer(row_masses, column_masses)
    left, singular, right = np.linalg.svd((shares - expected) / np.sqrt(expected), full_matrices=False)
    kept = singular**2 > SMALLEST_EIGENVALUE
    singular = singular[kept]
    rows = left[:, kept] * singular / np.sqrt(row_masses)[:, None]
    columns = right[kept].T * singular / np.sqrt(column_masses)[:, None]
    signs = np.sign(columns[np.abs(columns).argmax(axis=0), np.arange(columns.shape[1])])
    return Solution(singular**2, rows * signs, columns * signs, row_masses, column_masses)


@checked_arguments
def correspondence_analysis(table: pd.DataFrame, /, *, dimensions: int | None = None) -> Result:
    """Show which rows and columns of a table of counts go together, such as codes and groups.

    Parameters
    ----------
    table : DataFrame
        Counts, not negative. Empty rows and columns are left out; coverage is the share that enters.
    dimensions : int, optional
        How many to report; all when not given.

    Returns
    -------
    Result
        One row per dimension: ``estimate`` its eigenvalue, ``share`` of the inertia and ``cumulative``; n is the
        table's total. ``details["points"]``: ``kind`` ("row" or "column"), ``point, dimension, coordinate``,
        ``contribution`` (share of the dimension), ``quality`` (squared cosine), ``mass``. The sign of a dimension
        has no meaning; the largest column coordinate is made positive.
        A table of fewer than two rows or columns, or without association: a reason.

    Raises
    ------
    InputError
        For values that are negative or no numbers, or an empty table.

    References
    ----------
    Greenacre, M. (2017). Correspondence Analysis in Practice, 3rd ed., chapters 8 and 11.

    Examples
    --------
    >>> table = pd.DataFrame([[10, 0], [0, 10]], index=["staff", "users"], columns=["A", "B"])
    >>> round(correspondence_analysis(table).value, 6)
    1.0
    """
    counts = as_counts(table, "correspondence_analysis(table)")
    entering = counts.loc[counts.sum(axis=1) > 0, counts.sum(axis=0) > 0]
    coverage = entering.size / counts.size
    options = {"dimensions": dimensions}
    return _analysed(entering, "Correspondence analysis", f"{_GREENACRE}, chapter 8", table, coverage, options)


@checked_arguments
def multiple_correspondence_analysis(cases: pd.DataFrame, /, *, dimensions: int | None = None) -> Result:
    """Show which categories of several variables go together over cases.

    Parameters
    ----------
    cases : DataFrame
        One row per case, one column per variable, categories as cells. Cases that lack a value are left out.
    dimensions : int, optional
        How many to report; all when not given.

    Returns
    -------
    Result
        As :func:`correspondence_analysis`, of the indicator matrix; columns are ``variable=category``. Eigenvalues are
        not adjusted: their shares look small. ``details["variables"]``: ``variable, dimension, ratio`` (the share of
        the dimension's variance between the variable's categories). ``details["categories"]``: ``variable, category,
        dimension, test`` (beyond ±2, the category stands off the middle by more than chance).

    Raises
    ------
    InputError
        For an empty table.

    References
    ----------
    Greenacre, M. (2017). Correspondence Analysis in Practice, 3rd ed., chapter 18.

    Examples
    --------
    >>> cases = pd.DataFrame({"language": ["fr", "nl", "fr"], "size": ["s", "l", "s"]})
    >>> round(multiple_correspondence_analysis(cases).value, 6)
    1.0
    """
    require_columns(cases, cases.columns, "multiple_correspondence_analysis(cases)")
    complete = cases.dropna()
    if complete.empty:
        raise InputError("empty_data", "multiple_correspondence_analysis(cases)")
    indicator = pd.get_dummies(complete.astype(str), prefix_sep="=").astype(float)
    coverage = len(complete) / len(cases)
    method, reference = "Multiple correspondence analysis", f"{_GREENACRE}, chapter 18"
    result = _analysed(indicator, method, reference, cases, coverage, {"dimensions": dimensions})
    if result.not_estimable:
        return result
    categories = _categories(result.details["points"], complete)
    details = {"variables": _variables(result, complete.shape[1]), "categories": categories}
    return replace(result, details={**result.details, **details})


def _categories(points: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Return the test value of each category: normal where it is spread by chance over the dimension."""
    rows = points[points["kind"] == "column"]
    pairs = [(str(variable), value) for variable in cases for value in sorted(set(cases[variable].astype(str)))]
    names = pd.DataFrame(pairs, columns=["variable", "category"], index=[f"{name}={value}" for name, value in pairs])
    made = names.loc[rows["point"]].reset_index(drop=True)
    test = np.sign(rows["coordinate"]) * np.sqrt(rows["quality"] * (len(cases) - 1))
    return made.assign(dimension=rows["dimension"].to_numpy(), test=test.to_numpy())


def _variables(result: Result, variables: int) -> pd.DataFrame:
    """Return the correlation ratio of each variable with each dimension, from what its categories contribute."""
    points = result.details["points"]
    columns = points[points["kind"] == "column"]
    owner = columns["point"].str.partition("=")[0].rename("variable")
    shares = columns.groupby([owner, columns["dimension"]], sort=False)["contribution"].sum().reset_index()
    eigenvalues = result.estimates["estimate"].astype(float).to_numpy()
    ratio = variables * shares["contribution"] * eigenvalues[shares["dimension"] - 1]
    return shares.assign(ratio=ratio)[["variable", "dimension", "ratio"]]


def _analysed(
    counts: pd.DataFrame,
    method: str,
    reference: str,
    given: pd.DataFrame,
    coverage: float,
    options: dict[str, Any],
) -> Result:
    details: dict[str, pd.DataFrame] = {}
    reason = "table_too_small" if min(counts.shape) < 2 else None
    rows: list[dict[str, Any]] = []
    if reason is None:
        solution = decomposed(counts.to_numpy())
        inertia = solution.eigenvalues.sum()
        kept = len(solution.eigenvalues) if options["dimensions"] is None else options["dimensions"]
        shares = solution.eigenvalues / inertia if len(solution.eigenvalues) else np.empty(0)
        rows = [
            {"subject": str(i + 1), "estimate": float(value), "share": float(shares[i]), "reason": None}
            | {"cumulative": float(shares[: i + 1].sum())}
            for i, value in enumerate(solution.eigenvalues[:kept])
        ]
        details["points"] = _points(counts, solution, kept)
        reason = None if rows else "no_association"
    if not rows:
        rows = [{"subject": "1", "estimate": None, "reason": f"qualitative.reasons.{reason}"}]
    estimates = pd.DataFrame(rows).assign(measure="dimension", n=int(counts.to_numpy().sum()), coverage=coverage)
    return Result(
        method=method,
        reference=reference,
        estimates=estimates,
        details=details,
        options=options,
        not_estimable=NotEstimable(f"qualitative.reasons.{reason}") if reason else None,
        inputs={"table": fingerprint(given)},
    )


def _points(counts: pd.DataFrame, solution: Solution, dimensions: int) -> pd.DataFrame:
    frames = []
    sides = (
        ("row", counts.index, solution.rows, solution.row_masses),
        ("column", counts.columns, solution.columns, solution.column_masses),
    )
    for kind, names, coordinates, masses in sides:
        squares = coordinates**2
        distance = squares.sum(axis=1, keepdims=True)
        quality = np.divide(squares, distance, out=np.zeros_like(squares), where=distance > AT_THE_CENTRE)
        contribution = masses[:, None] * squares / solution.eigenvalues
        for dimension in range(min(dimensions, coordinates.shape[1])):
            frame = pd.DataFrame({"kind": kind, "point": [str(name) for name in names], "dimension": dimension + 1})
            frame["coordinate"] = coordinates[:, dimension]
            frame["contribution"] = contribution[:, dimension]
            frame["quality"] = quality[:, dimension]
            frames.append(frame.assign(mass=masses))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
