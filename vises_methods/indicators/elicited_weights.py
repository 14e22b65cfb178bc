"""Weights that people give: budgets of points, and pairwise judgements, person by person and group by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import numeric
from vises_methods.indicators.inputs import require_frame, require_kind
from vises_methods.results import Notice, Result, fingerprint

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
CONSISTENT = 0.10
EVERYONE = "all"
_TOLERANCE = 1e-6
_HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, pp. 96-99"


def budget_weights(frame: pd.DataFrame, /, *, groups: pd.Series | None = None, total: float | None = None) -> Result:
    """Weights from points that people share out over indicators or headings.

    Use it to ask stakeholders what matters. The answers are kept person by person and group by group; no average over
    groups is made, for that would already weigh the groups.

    Parameters
    ----------
    frame : DataFrame
        Person × item: the points given.
    groups : Series, optional
        The stakeholder group of each person; without, all are one group, ``all``.
    total : float, optional
        The points that everyone had. An empty cell is then a zero if the rest adds up to it; otherwise, as without
        ``total``, a person with an empty cell is left out and told.

    Returns
    -------
    Result
        One row ``weight`` per group and item: ``estimate`` the mean share, ``low`` and ``high`` the lowest and highest
        person, ``sd`` their dispersion, ``n`` the persons. Then ``agreement_within`` per group, and
        ``agreement_between`` groups: Kendall's W. ``details["persons"]``: person × item shares; ``["groups"]``: group ×
        item.

    Raises
    ------
    InputError
        Points below zero; a person without points; a person without group; points that do not add up to ``total``.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, pp. 96-97.

    Examples
    --------
    >>> import pandas as pd
    >>> points = pd.DataFrame({"work": [60, 20], "ties": [40, 80]}, index=["Ana", "Bo"])
    >>> groups = pd.Series({"Ana": "users", "Bo": "staff"})
    >>> budget_weights(points, groups=groups).details["groups"].loc["users"].tolist()
    [0.6, 0.4]
    """
    points = _points(frame, total)
    shares = points.div(points.sum(axis=1), axis=0)
    membership = _membership(groups, shares.index, "budget_weights(groups=)")
    left_out = len(frame) - len(shares)
    return Result(
        method="budget allocation",
        reference=_HANDBOOK,
        estimates=_group_rows(shares, membership, len(frame)),
        details={"persons": shares, "groups": shares.groupby(membership, sort=False).mean().rename_axis("group")},
        options={"total": total, "groups": None if groups is None else sorted(set(membership))},
        notices=(Notice("indicators.notices.persons_left_out", {"count": left_out}),) if left_out else (),
        inputs={"budgets": fingerprint(frame)},
    )


def ahp_weights(
    frame: pd.DataFrame | NDArray[np.floating[Any]] | Mapping[str, pd.DataFrame | NDArray[np.floating[Any]]],
    /,
    *,
    method: Literal["eigenvector", "geometric"] = "eigenvector",
    groups: pd.Series | None = None,
) -> Result:
    """Weights from pairwise judgements (analytic hierarchy process), with their consistency.

    Use it where people find it easier to compare two things than to share out points.

    Parameters
    ----------
    frame : DataFrame or array, or mapping of str to these
        Item × item: how many times the row matters as much as the column (1/9 to 9); or one such matrix per person.
        The items of an array are numbered from 1.
    method : {"eigenvector", "geometric"}
        The principal eigenvector (Saaty), or the geometric means of the rows.
    groups : Series, optional
        The stakeholder group of each person. A group's weights are the means of its members' weights.

    Returns
    -------
    Result
        Per person, rows ``weight`` by item and a row ``consistency_ratio``; above 0.10, judgements contradict one
        another and a notice says so. Two items cannot contradict: a reason stands in place of the ratio, which would
        be zero divided by zero. With several persons, ``details["persons"]`` and ``["groups"]`` as in
        :func:`budget_weights`, and rows ``group_weight``.

    Raises
    ------
    InputError
        A matrix is not square, not reciprocal, or holds numbers that are not above zero.

    References
    ----------
    Saaty (1980), The Analytic Hierarchy Process; OECD/JRC (2008), Handbook, pp. 97-99.

    Examples
    --------
    >>> import pandas as pd
    >>> matrix = pd.DataFrame([[1, 3], [1 / 3, 1]], index=["work", "ties"], columns=["work", "ties"])
    >>> [round(weight, 2) for weight in ahp_weights(matrix).estimates["estimate"].iloc[:2]]
    [0.75, 0.25]
    """
    matrices = dict(frame) if isinstance(frame, Mapping) else {EVERYONE: frame}
    if method not in ("eigenvector", "geometric"):
        allowed = ["eigenvector", "geometric"]
        raise InputError("unknown_option", "ahp_weights(method=)", value=method, allowed=allowed)
    if not matrices:
        raise InputError("empty_data", "ahp_weights(judgements)")
    judged = {person: _judgements(matrix, person) for person, matrix in matrices.items()}
    items = list(next(iter(judged.values())).index)
    for person, matrix in judged.items():
        if list(matrix.index) != items:
            raise InputError("indicators.errors.items_differ", f"ahp_weights(judgements)[{person}]", items=items)
    weights = {person: priorities(matrix.to_numpy(), method) for person, matrix in judged.items()}
    persons = pd.DataFrame(weights, index=next(iter(judged.values())).index).T.rename_axis("person")
    membership = _membership(groups, persons.index, "ahp_weights(groups=)")
    ratios = {person: consistency_ratio(judged[person].to_numpy(), weights[person]) for person in judged}
    wild = [person for person, ratio in ratios.items() if ratio is not None and ratio > CONSISTENT]
    rows = [row for person in judged for row in _person_rows(persons.T[person], person, ratios[person])]
    estimates = pd.DataFrame(rows)
    if len(judged) > 1:
        grouped = _group_rows(persons, membership, len(judged)).replace({"measure": {"weight": "group_weight"}})
        estimates = pd.concat([estimates, grouped], ignore_index=True)
    return Result(
        method="analytic hierarchy process",
        reference="Saaty (1980), The Analytic Hierarchy Process; OECD/JRC (2008), Handbook, pp. 97-99",
        estimates=estimates,
        details={"persons": persons, "groups": persons.groupby(membership, sort=False).mean().rename_axis("group")},
        options={"method": method, "groups": None if groups is None else sorted(set(membership))},
        notices=(Notice("indicators.notices.inconsistent", {"persons": wild}),) if wild else (),
        inputs={person: fingerprint(matrix) for person, matrix in judged.items()},
    )


def pairwise_matrices(table: pd.DataFrame, /) -> dict[str, pd.DataFrame]:
    """Read judgements written one per row into a matrix per person.

    Parameters
    ----------
    table : DataFrame
        Columns ``person, first, second, judgement``: how many times ``first`` matters as much as ``second``. Each pair
        once; the reverse is understood.

    Returns
    -------
    dict of str to DataFrame
        For :func:`ahp_weights`.

    Raises
    ------
    InputError
        A column, or a pair of a person, is missing or stands twice.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"person": ["Ana"], "first": ["work"], "second": ["ties"], "judgement": [4]})
    >>> pairwise_matrices(table)["Ana"].loc["ties", "work"].item()
    0.25
    """
    where, columns = "pairwise_matrices(table)", ["person", "first", "second", "judgement"]
    require_frame(table, where)
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError("missing_columns", where, found=list(table), required=columns, missing=missing)
    items = list(dict.fromkeys([*table["first"], *table["second"]]))
    judged = numeric(table[["judgement"]], where)
    table, matrices = table.assign(judgement=judged["judgement"]), {}
    for person, rows in table.groupby("person", sort=False):
        matrices[str(person)] = _filled(items, rows, str(person), where)
    return matrices


def priorities(matrix: Floats, method: str) -> Floats:
    """The weights that a matrix of judgements implies."""
    if method == "geometric":
        means = np.exp(np.log(matrix).mean(axis=1))
        return np.asarray(means / means.sum())
    values, vectors = np.linalg.eig(matrix)
    vector = np.abs(np.real(vectors[:, np.argmax(np.real(values))]))
    return np.asarray(vector / vector.sum())


def consistency_ratio(matrix: Floats, weights: Floats) -> float | None:
    """((λ − n) ÷ (n − 1)) ÷ random index, with λ the mean of (A w) ÷ w; None for two items, which cannot contradict."""
    n = len(matrix)
    if n <= 2:
        return None
    largest = float(np.mean(matrix @ weights / weights))
    index = RANDOM_INDEX[min(n, len(RANDOM_INDEX)) - 1]
    return max(0.0, (largest - n) / (n - 1)) / index


def kendall_w(shares: Floats) -> float | None:
    """Kendall's coefficient of concordance of raters (rows) over items, ties corrected; None where nothing varies."""
    raters, items = shares.shape
    if raters < 2 or items < 2:
        return None
    ranks = rankdata(shares, axis=1)
    ties = sum(float((counts**3 - counts).sum()) for counts in (np.unique(row, return_counts=True)[1] for row in ranks))
    spread = float(((ranks.sum(axis=0) - raters * (items + 1) / 2) ** 2).sum())
    bottom = raters**2 * (items**3 - items) - raters * ties
    return 12 * spread / bottom if bottom > 0 else None


def _points(frame: pd.DataFrame, total: float | None) -> pd.DataFrame:
    where = "budget_weights(budgets)"
    points = numeric(frame, where)
    if points.empty:
        raise InputError("empty_data", where)
    if points.index.has_duplicates:
        twice = str(points.index[points.index.duplicated()][0])
        raise InputError("indicators.errors.person_twice", where, person=twice)
    if (points < 0).to_numpy().any():
        raise InputError("out_of_range", where, value=float(points.min().min()), allowed="≥ 0")
    gaps = points.isna().any(axis=1)
    if total is not None:
        whole = (points.sum(axis=1) - total).abs() <= _TOLERANCE * total
        points = points.where(~(gaps & whole), points.fillna(0.0))
        wrong = points.index[~whole & ~gaps]
        if len(wrong):
            given = float(points.loc[wrong[0]].sum())
            raise InputError("indicators.errors.budget_total", where, person=str(wrong[0]), value=given, total=total)
    points = points.dropna()
    if points.empty:
        raise InputError("indicators.errors.budget_nobody", where)
    empty = points.index[points.sum(axis=1) <= 0]
    if len(empty):
        raise InputError("indicators.errors.budget_empty", where, person=str(empty[0]))
    return points


def _membership(groups: pd.Series | None, persons: pd.Index, where: str) -> np.ndarray[Any, np.dtype[np.object_]]:
    if groups is None:
        return np.full(len(persons), EVERYONE, dtype=object)
    require_kind(groups, pd.Series, where, "Series")
    if groups.index.has_duplicates:
        twice = str(groups.index[groups.index.duplicated()][0])
        raise InputError("indicators.errors.person_twice", where, person=twice)
    told = groups.reindex(persons)
    if told.isna().any():
        raise InputError("indicators.errors.group_missing", where, unit=str(persons[told.isna().to_numpy()][0]))
    return told.astype(str).to_numpy(dtype=object)


def _group_rows(shares: pd.DataFrame, membership: np.ndarray[Any, np.dtype[np.object_]], asked: int) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    numbers = shares.to_numpy(dtype=float)
    names = list(dict.fromkeys(membership))
    for name in names:
        own = numbers[membership == name]
        for i, item in enumerate(shares.columns):
            column = own[:, i]
            spread = float(column.std(ddof=1)) if len(column) > 1 else np.nan
            limits = {"low": column.min(), "high": column.max(), "sd": spread}
            rows.append(_row("weight", str(item), float(column.mean()), len(own), asked, name) | limits)
    for name in names:
        own = numbers[membership == name]
        rows.append(_row("agreement_within", name, kendall_w(own), len(own), asked, name))
    means = np.stack([numbers[membership == name].mean(axis=0) for name in names])
    if len(names) > 1:
        rows.append(_row("agreement_between", EVERYONE, kendall_w(means), len(names), len(names), EVERYONE))
    return pd.DataFrame(rows)


def _row(measure: str, subject: str, estimate: float | None, n: int, asked: int, group: str) -> dict[str, Any]:
    return {
        "measure": measure,
        "subject": subject,
        "estimate": np.nan if estimate is None else estimate,
        "n": n,
        "coverage": n / asked,
        "unit": "share" if measure == "weight" else "coefficient",
        "reason": "indicators.reasons.no_agreement" if estimate is None else None,
        "group": group,
    }


def _judgements(given: Any, person: str) -> pd.DataFrame:
    where = f"ahp_weights(judgements)[{person}]"
    unnamed = isinstance(given, (np.ndarray, Sequence)) and not isinstance(given, str)
    matrix = numeric(_numbered(given, where) if unnamed else given, where)
    if matrix.empty:
        raise InputError("empty_data", where)
    if matrix.shape[0] != matrix.shape[1] or list(map(str, matrix.index)) != list(map(str, matrix.columns)):
        raise InputError("indicators.errors.not_square", where, rows=matrix.shape[0], columns=matrix.shape[1])
    values = matrix.to_numpy()
    if np.isnan(values).any() or (values <= 0).any():
        raise InputError("out_of_range", where, value=float(np.nanmin(values)), allowed="> 0")
    apart = np.abs(values * values.T - 1)
    if apart.max() > 0.02:
        row, column = np.unravel_index(int(apart.argmax()), apart.shape)
        first, second = str(matrix.index[int(row)]), str(matrix.columns[int(column)])
        raise InputError("indicators.errors.not_reciprocal", where, first=first, second=second)
    return matrix


def _numbered(rows: Any, where: str) -> pd.DataFrame:
    """A matrix without names: its items are numbered from 1."""
    try:
        matrix = pd.DataFrame(np.asarray(rows, dtype=float))
    except ValueError:
        found = type(rows).__name__
        raise InputError("wrong_type", where, value=found, type=found, allowed="DataFrame") from None
    return matrix.set_axis([str(n + 1) for n in range(len(matrix))]).set_axis(
        [str(n + 1) for n in range(matrix.shape[1])], axis=1
    )


def _person_rows(weights: pd.Series, person: str, ratio: float | None) -> list[dict[str, Any]]:
    count = len(weights)
    rows = [
        {"measure": "weight", "subject": str(item), "estimate": float(weight), "unit": "share", "reason": None}
        for item, weight in weights.items()
    ]
    reason = "indicators.reasons.cannot_contradict" if ratio is None else None
    value = np.nan if ratio is None else ratio
    rows.append(
        {"measure": "consistency_ratio", "subject": person, "estimate": value, "unit": "ratio", "reason": reason}
    )
    return [{**row, "n": count, "coverage": 1.0, "person": person} for row in rows]


def _filled(items: list[Any], rows: pd.DataFrame, person: str, where: str) -> pd.DataFrame:
    values = np.full((len(items), len(items)), np.nan)
    np.fill_diagonal(values, 1.0)
    position = {item: i for i, item in enumerate(items)}
    for first, second, judgement in rows[["first", "second", "judgement"]].itertuples(index=False):
        i, j = position[first], position[second]
        if not np.isnan(values[i, j]):
            raise InputError("indicators.errors.pair_twice", where, person=person, first=str(first), second=str(second))
        if not float(judgement) > 0:
            raise InputError("out_of_range", where, value=float(judgement), allowed="> 0")
        values[i, j], values[j, i] = float(judgement), 1 / float(judgement)
    if np.isnan(values).any():
        i, j = np.argwhere(np.isnan(values))[0]
        names = (str(items[i]), str(items[j]))
        raise InputError("indicators.errors.pair_missing", where, person=person, first=names[0], second=names[1])
    return pd.DataFrame(values, index=items, columns=items)
