"""Served people beside a comparison group: difference in differences, and analysis of covariance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes.clusters import levels_within
from vises_methods.outcomes.inference import estimate_row, missing_row, share
from vises_methods.outcomes.regression import (
    CLUSTERED_ERRORS,
    STANDARD_ERRORS,
    StandardError,
    centred,
    coefficient,
    covariate_columns,
)
from vises_methods.outcomes.requirements import (
    Floats,
    as_names,
    cluster_codes,
    numbers,
    require_columns,
    require_option,
    require_range,
    require_table,
    served_indicator,
)
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

Adjustment = Literal["additive", "lin"]
ADJUSTMENTS: tuple[str, ...] = ("additive", "lin")
_FEW_PEOPLE = 2


def difference_in_differences(
    frame: pd.DataFrame,
    outcome: str | Sequence[str],
    arm: str = "arm",
    wave: str = "wave",
    clusters: str | None = None,
    se: StandardError = "CR2",
    covariates: Sequence[str] | None = None,
    *,
    respondent: str | Sequence[str] | None = "respondent",
    fixed_effects: str | None = None,
    weights: str | None = None,
    before: float | None = None,
    after: float | None = None,
    level: float = 0.95,
) -> Result:
    """Say how much more served people changed than the comparison group did.

    Use it with a comparison group surveyed before and after. It holds if both groups would otherwise have changed
    alike, which a balance table and, with earlier waves, :func:`pre_trends` can make doubtful but never prove.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent and wave. With the column ``respondent`` the changes of people seen twice are compared
        (a panel); without it, the four means (repeated cross-sections).
    outcome : str or sequence of str
        One or several outcome columns; several on the same people share the heavy part of the computation.
    arm : str
        Column with ``participants`` and ``comparison``, or 1 and 0.
    wave : str
        Column of waves, numbers.
    clusters : str, optional
        Column of sites or groups within which people answer alike. Without it people count as independent.
    se : str
        "CR2" (default; Satterthwaite degrees of freedom), CR0, CR1, CR1S, stata, CR3, jackknife, CRV1 or CRV3, as in
        :func:`cluster_robust`; without clusters also HC0 to HC3 and classical.
    covariates : sequence of str, optional
        Columns as at the first wave, to adjust for; words become indicators.
    respondent : str, sequence of str, or None
        Who is who over the waves; several columns where numbers start anew in each enterprise.
    fixed_effects : str, optional
        A column whose levels get an intercept each.
    weights : str, optional
        A column of weights, for instance of drop-out; in a panel the weight of the later wave counts.
    before, after : number, optional
        The two waves; the first and the last by default.
    level : float

    Returns
    -------
    Result
        One row per outcome, ``measure`` "difference_in_differences"; ``details["cells"]`` the means, deviations and
        numbers by arm and wave. n counts people (panel) or answers (cross-sections); coverage is their share of
        those asked. People with a missing outcome or covariate are left out and counted in the coverage.

    Raises
    ------
    InputError
        On missing columns, an unknown option, or an arm with other values.

    References
    ----------
    Card, D. and Krueger, A. B. (1994). American Economic Review 84:772-793, table 3; standard errors: Pustejovsky and
    Tipton (2018), Journal of Business & Economic Statistics 36:672-683.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"respondent": [1, 1, 2, 2, 3, 3, 4, 4], "wave": [0, 1] * 4,
    ...                       "arm": ["participants"] * 4 + ["comparison"] * 4, "y": [1, 4, 2, 4, 1, 2, 3, 3.]})
    >>> round(difference_in_differences(frame, "y").value, 6)
    2.0
    """
    where = "difference_in_differences"
    outcomes = [outcome] if isinstance(outcome, str) else list(outcome)
    names = as_names(respondent)
    require_table(frame, where)
    panel = bool(names) and set(names) <= set(frame.columns)
    extra = [*(covariates or []), *as_names(clusters), *as_names(fixed_effects), *as_names(weights)]
    require_columns(frame, [*outcomes, arm, wave, *extra], where)
    _require_options(se, clusters, level, where)
    first, last, served, reason = waves_and_arms(frame, arm, wave, before, after, where)
    used = {
        "outcome": outcomes, "arm": arm, "wave": wave, "clusters": clusters, "se": se,
        "covariates": list(covariates or []), "respondent": names if panel else None, "fixed_effects": fixed_effects,
        "weights": weights, "before": first, "after": last, "level": level,
    }  # fmt: skip
    rows, notices = [], []
    for name in outcomes:
        if reason:
            rows.append(missing_row("difference_in_differences", name, reason, level=level))
            continue
        both = frame[wave].isin([first, last]).to_numpy()
        part = frame[both].assign(__served=served[both])
        prepare = _changes if panel else _answers
        rows.append(_estimated("difference_in_differences", name, *prepare(part, name, used, where), used))
    if not panel:
        notices.append(Notice("outcomes.notices.repeated_cross_sections", {}))
    return Result(
        method="difference in differences",
        reference="Card and Krueger 1994, table 3; Pustejovsky and Tipton 2018, section 4.1",
        estimates=pd.DataFrame(rows),
        details={"cells": _cells(frame.assign(__served=served), outcomes, wave)},
        options=used,
        notices=(*notices, *_shared_notices(rows, clusters)),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys([*outcomes, arm, wave, *extra])]])},
    )


def ancova(
    frame: pd.DataFrame,
    outcome: str | Sequence[str],
    arm: str = "arm",
    baseline: str | Sequence[str] | None = None,
    clusters: str | None = None,
    se: StandardError = "CR2",
    covariates: Sequence[str] | None = None,
    *,
    adjustment: Adjustment = "additive",
    fixed_effects: str | None = None,
    weights: str | None = None,
    level: float = 0.95,
) -> Result:
    """Compare what served people and the comparison group reach, given where they started.

    Use it where groups were formed by lot or start alike: it is then more precise than a difference in differences.
    Where the groups start apart, the two answer different questions (Lord's paradox); report both.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    outcome : str or sequence of str
        Column or columns after the programme.
    arm : str
        Column with ``participants`` and ``comparison``, or 1 and 0.
    baseline : str or sequence of str, optional
        The same outcome before, one column for all outcomes or one for each. Without it the groups are compared at the
        end only.
    clusters, se, covariates, fixed_effects, weights, level
        As in :func:`difference_in_differences`.
    adjustment : {"additive", "lin"}
        "lin" lets baseline and covariates matter differently in the two groups, all centred (Lin 2013).

    Returns
    -------
    Result
        One row per outcome, ``measure`` "adjusted_difference" (or "difference" without a baseline and covariates).

    Raises
    ------
    InputError
        On missing columns, an unknown option, or an arm with other values.

    References
    ----------
    Van Breukelen, G. J. P. (2006). Journal of Clinical Epidemiology 59:920-925; Lin, W. (2013). Annals of Applied
    Statistics 7:295-318, section 4.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"arm": [1, 1, 1, 0, 0, 0], "before": [1, 2, 3, 1, 2, 3.], "after": [3, 5, 6, 2, 2, 4.]})
    >>> round(ancova(frame, "after", "arm", "before").value, 2)
    2.0
    """
    where = "ancova"
    outcomes = [outcome] if isinstance(outcome, str) else list(outcome)
    starts = as_names(baseline) * (len(outcomes) if isinstance(baseline, str) else 1)
    extra = [*starts, *(covariates or []), *as_names(clusters), *as_names(fixed_effects), *as_names(weights)]
    require_columns(frame, [*outcomes, arm, *extra], where)
    _require_options(se, clusters, level, where)
    require_option(adjustment, ADJUSTMENTS, f"{where}(adjustment=)")
    served = served_indicator(frame[arm], f"{where}(arm=)")
    used = {
        "outcome": outcomes, "arm": arm, "baseline": starts, "clusters": clusters, "se": se,
        "covariates": list(covariates or []), "adjustment": adjustment, "fixed_effects": fixed_effects,
        "weights": weights, "level": level,
    }  # fmt: skip
    measure = "adjusted_difference" if starts or covariates else "difference"
    reason = _no_comparison(np.array([0.0, 1.0]), served)
    part = frame.assign(__served=served).reset_index(drop=True)
    rows = []
    for position, name in enumerate(outcomes):
        if reason:
            rows.append(missing_row(measure, name, reason, level=level))
            continue
        adjusted = [*starts[position : position + 1], *(covariates or [])]
        rows.append(_estimated(measure, name, *_levels(part, name, adjusted, used, where), used))
    return Result(
        method="analysis of covariance" if measure == "adjusted_difference" else "difference of means",
        reference="Van Breukelen 2006; Lin 2013, section 4; Pustejovsky and Tipton 2018, section 4.1",
        estimates=pd.DataFrame(rows),
        options=used,
        notices=_shared_notices(rows, clusters),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys([*outcomes, arm, *extra])]])},
    )


def _require_options(se: str, clusters: str | None, level: float, where: str) -> None:
    allowed = STANDARD_ERRORS if clusters is None else CLUSTERED_ERRORS
    require_option(se, allowed, f"{where}(se=)")
    require_range(level, 0, 1, f"{where}(level=)")


def waves_and_arms(
    frame: pd.DataFrame, arm: str, wave: str, before: float | None, after: float | None, where: str
) -> tuple[float | None, float | None, Floats, str | None]:
    """Return the first and last wave, who is served, and why no two waves of two arms can be compared, if so."""
    waves = np.sort(pd.Series(numbers(frame[wave], where, wave)).dropna().unique())
    served = served_indicator(frame[arm], f"{where}(arm=)")
    ends = (before, after) if len(waves) == 0 else (
        float(waves[0]) if before is None else before, float(waves[-1]) if after is None else after)  # fmt: skip
    return *ends, served, _no_comparison(waves, served)


def _no_comparison(waves: Floats, served: Floats) -> str | None:
    if len(waves) < 2:
        return "outcomes.reasons.one_wave"
    if not {0.0, 1.0} <= set(served[~np.isnan(served)]):
        return "outcomes.reasons.one_arm"
    return None


def _changes(
    part: pd.DataFrame, outcome: str, used: dict[str, Any], where: str
) -> tuple[Floats, pd.DataFrame, pd.DataFrame, int]:
    """Return the change, the design and the rows of people seen at both waves, and how many were asked at first."""
    keys = used["respondent"]
    early = part[part[used["wave"]] == used["before"]].set_index(keys)
    late = part[part[used["wave"]] == used["after"]].set_index(keys)
    for side in (early, late):
        if side.index.has_duplicates:
            twice = str(side.index[side.index.duplicated()][0])
            raise InputError("outcomes.errors.duplicated", f"{where}(respondent=)", respondent=twice)
    both = early.index.intersection(late.index)
    start, end = early.loc[both], late.loc[both]
    change = numbers(end[outcome], where, outcome) - numbers(start[outcome], where, outcome)
    people = start.reset_index()
    if used["weights"]:
        people[used["weights"]] = end[used["weights"]].to_numpy()
    adjust = covariate_columns(people, used["covariates"], where)
    design = people["__served"].to_frame("served").join(adjust)
    return change, design, people, len(early.index.union(late.index))


def _answers(
    part: pd.DataFrame, outcome: str, used: dict[str, Any], where: str
) -> tuple[Floats, pd.DataFrame, pd.DataFrame, int]:
    """Return answers and the design with arm, wave and their product, for repeated cross-sections."""
    rows = part.reset_index(drop=True)
    later = (rows[used["wave"]] == used["after"]).astype(float)
    adjust = covariate_columns(rows, used["covariates"], where)
    arms = pd.DataFrame({"served": rows["__served"] * later, "arm": rows["__served"], "later": later})
    return numbers(rows[outcome], where, outcome), arms.join(adjust), rows, len(rows)


def _levels(
    part: pd.DataFrame, outcome: str, adjusted: Sequence[str], used: dict[str, Any], where: str
) -> tuple[Floats, pd.DataFrame, pd.DataFrame, int]:
    """Return answers at the end and the design of an analysis of covariance."""
    response = numbers(part[outcome], where, outcome)
    adjust = covariate_columns(part, adjusted, where)
    design = part["__served"].to_frame("served")
    if adjusted:
        design = design.join(adjust)
    if used["adjustment"] == "lin" and not adjust.empty:
        complete = design.notna().all(axis=1) & ~np.isnan(response)
        middle = centred(adjust[complete]).reindex(adjust.index)
        crossed = middle.mul(design["served"], axis=0).add_prefix("served × ")
        design = pd.concat([design[["served"]], middle, crossed], axis=1)
    return response, design, part, len(part)


def _estimated(
    measure: str,
    subject: str,
    response: Floats,
    design: pd.DataFrame,
    rows: pd.DataFrame,
    asked: int,
    used: dict[str, Any],
) -> dict[str, Any]:
    keep = design.notna().all(axis=1).to_numpy() & ~np.isnan(response)
    for name in ("clusters", "fixed_effects", "weights"):
        if used[name]:
            keep &= rows[used[name]].notna().to_numpy()
    design, rows, response = design[keep], rows[keep], response[keep]
    known = {"n": len(response), "coverage": share(len(response), asked), "level": used["level"]}
    codes = cluster_codes(rows[used["clusters"]]) if used["clusters"] else None
    groups = None if codes is None or not len(codes) else int(codes.max()) + 1
    in_arms = _people_by_arm(rows, used)
    people = np.unique(design["served"].to_numpy(), return_counts=True)[1]
    if len(people) < 2 or people.min() < _FEW_PEOPLE:
        return missing_row(measure, subject, "outcomes.reasons.few_people", clusters=groups, **known)
    if groups == 1:
        return missing_row(measure, subject, "outcomes.reasons.one_cluster", clusters=groups, **known)
    matrix = _with_intercepts(design, rows, used["fixed_effects"])
    weights = rows[used["weights"]].to_numpy(dtype=float) if used["weights"] else None
    if len(matrix) <= matrix.shape[1]:
        return missing_row(measure, subject, "outcomes.reasons.few_people", clusters=groups, **known)
    within = levels_within(rows[used["fixed_effects"]], codes) if used["fixed_effects"] and codes is not None else 0
    found = coefficient(matrix, response, 0, codes=codes, se=used["se"], weights=weights, within=within)
    if found.se <= 1e-12 * max(1.0, float(np.abs(response).max())):
        return missing_row(measure, subject, "outcomes.reasons.no_variation", clusters=groups, **known)
    row = estimate_row(measure, subject, found.estimate, found.se, found.df, clusters=found.clusters, **known)
    return row | in_arms


def _people_by_arm(rows: pd.DataFrame, used: dict[str, Any]) -> dict[str, int]:
    """Return the people of each arm; in repeated cross-sections, those of the smaller wave."""
    wave = used.get("wave") if used.get("respondent") is None else None
    served = rows["__served"].to_numpy()
    counted = [served[rows[wave].to_numpy() == each] for each in rows[wave].unique()] if wave else [served]
    words = {"n_served": 1.0, "n_comparison": 0.0}
    return {word: min((int((part == side).sum()) for part in counted), default=0) for word, side in words.items()}


def _with_intercepts(design: pd.DataFrame, rows: pd.DataFrame, fixed_effects: str | None) -> Floats:
    if fixed_effects is None:
        intercepts = pd.DataFrame({"intercept": 1.0}, index=design.index)
    else:
        intercepts = pd.get_dummies(rows[fixed_effects], dtype=float)
    return np.hstack([design.to_numpy(dtype=float), intercepts.to_numpy(dtype=float)])


def _cells(frame: pd.DataFrame, outcomes: Sequence[str], wave: str) -> pd.DataFrame:
    """Return mean, standard deviation and number of answers by outcome, arm and wave."""
    parts = []
    for name in outcomes:
        values = frame.assign(__value=numbers(frame[name], "cells", name))
        cells = values.groupby(["__served", wave])["__value"].agg(["mean", "std", "count"]).reset_index()
        parts.append(cells.assign(outcome=name, arm=cells["__served"].map({1.0: "participants", 0.0: "comparison"})))
    table = pd.concat(parts, ignore_index=True).rename(columns={wave: "wave", "std": "sd", "count": "n"})
    return table[["outcome", "arm", "wave", "mean", "sd", "n"]]


def _shared_notices(rows: Sequence[dict[str, Any]], clusters: str | None) -> tuple[Notice, ...]:
    notices = []
    if clusters is None:
        notices.append(Notice("outcomes.notices.independent_people", {}))
    silent = sum(1 for row in rows if row.get("p_reason") and not row.get("reason"))
    if silent:
        notices.append(Notice("outcomes.notices.p_withheld", {"count": silent}))
    return tuple(notices)
