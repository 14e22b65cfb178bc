"""Starts at different times: group-time differences of Callaway and Sant'Anna, and their averages.

With staggered starts the usual two-way regression compares late starters with early ones, who are already served; the
differences here compare each cohort only with those never, or not yet, served.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import estimate_row, missing_row, share, stated_row
from vises_methods.outcomes.requirements import (
    Floats,
    cluster_codes,
    numbers,
    require_columns,
    require_option,
    require_range,
)
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

Control = Literal["never", "not_yet"]
CONTROLS: tuple[str, ...] = ("never", "not_yet")
Average = Literal["simple", "event", "cohort", "period"]
AVERAGES: tuple[str, ...] = ("simple", "event", "cohort", "period")
Base = Literal["varying", "universal"]
BASES: tuple[str, ...] = ("varying", "universal")


def staggered_differences(
    frame: pd.DataFrame,
    outcome: str,
    unit: str = "respondent",
    period: str = "wave",
    first_served: str = "first_served",
    *,
    control: Control = "never",
    average: Average = "simple",
    base: Base = "varying",
    clusters: str | None = None,
    level: float = 0.95,
) -> Result:
    """Estimate what cohorts that start at different times gained, against those never or not yet served.

    Parameters
    ----------
    frame : DataFrame
        One row per unit and period; units observed in every period are used, the others counted out.
    outcome, unit, period : str
    first_served : str
        The first period of being served; 0 or missing for never.
    control : {"never", "not_yet"}
    average : {"simple", "event", "cohort", "period"}
        Over all cohort-periods, by periods since the start (dynamic), by cohort, or by calendar period.
    base : {"varying", "universal"}
        With what periods before the start are compared: the one before each ("varying": a jump shows where it is), or
        the last before the start ("universal": a drift adds up, as in the usual event study, whose reference period
        is a row of nought without an interval). Periods after the start are compared with the last before it always.
    clusters : str, optional
        Groups of units; the units themselves by default.
    level : float

    Returns
    -------
    Result
        First row ``overall``; then a row per event time, cohort or period. ``details["cells"]``: every cohort-period
        with its difference and number of units. Cohorts of one unit are noticed: their standard error leaves out the
        unit's own noise, so they get none.

    Raises
    ------
    InputError
        On missing columns or unknown options.

    References
    ----------
    Callaway, B. and Sant'Anna, P. H. C. (2021). Journal of Econometrics 225:200-230, equations 2.7 and 3.1 to 3.8.

    Examples
    --------
    >>> rows = [(u, t, 3 if u < 4 else 0, u + t + (2 if u < 4 and t >= 3 else 0) + (u * t) % 2)
    ...         for u in range(8) for t in range(1, 5)]
    >>> frame = pd.DataFrame(rows, columns=["respondent", "wave", "first_served", "y"])
    >>> staggered_differences(frame, "y").value
    2.0
    """
    where = "staggered_differences"
    require_option(control, CONTROLS, f"{where}(control=)")
    require_option(average, AVERAGES, f"{where}(average=)")
    require_option(base, BASES, f"{where}(base=)")
    require_range(level, 0, 1, f"{where}(level=)")
    require_columns(frame, [outcome, unit, period, first_served, *([clusters] if clusters else [])], where)
    panel = _panel(frame, outcome, unit, period, first_served, clusters, where)
    used = {"outcome": outcome, "unit": unit, "period": period, "first_served": first_served, "control": control,
            "average": average, "base": base, "clusters": clusters, "level": level}  # fmt: skip
    known: dict[str, Any] = {"n": len(panel.start), "coverage": share(len(panel.start), frame[unit].nunique()),
                             "level": level}  # fmt: skip
    cells = panel.cells(control, base)
    reason = None if len(cells) and (cells["since"] >= 0).any() else "outcomes.reasons.one_arm"
    notices = []
    if reason:
        rows = [missing_row("overall", outcome, reason, **known)]
    else:
        rows = _averaged(panel, cells, average, outcome, known)
        alone = sorted({float(g) for g in cells.loc[cells["units"] == 1, "cohort"]})
        notices = [Notice("outcomes.notices.cohort_of_one", {"cohorts": alone})] if alone else []
    return Result(
        method="staggered difference in differences",
        reference="Callaway and Sant'Anna 2021, equations 2.7, 3.1-3.8",
        estimates=pd.DataFrame(rows),
        details={"cells": cells.drop(columns="influence")},
        options=used,
        notices=tuple(notices),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[unit, period, first_served, outcome]])},
    )


class _Panel:
    """Units by periods: outcomes, starts (infinite for never) and clusters."""

    def __init__(self, values: Floats, periods: Floats, start: Floats, codes: Any) -> None:
        self.values, self.periods, self.start, self.codes = values, periods, start, codes

    def cells(self, control: Control, base: Base) -> pd.DataFrame:
        """Return one row per cohort and period, with the influence of every unit on its difference."""
        rows = []
        for cohort in sorted({float(s) for s in self.start if np.isfinite(s)}):
            if not (self.periods < cohort).any():
                continue
            last = int(np.flatnonzero(self.periods < cohort)[-1])
            for place, now in enumerate(self.periods):
                beside = place - 1 if base == "varying" and now < cohort else last
                if beside >= 0:
                    rows.append(self._cell(cohort, place, beside, control))
        columns = ["cohort", "period", "since", "estimate", "units", "reference", "influence"]
        return pd.DataFrame([row for row in rows if row], columns=columns)

    def _cell(self, cohort: float, place: int, base: int, control: Control) -> dict[str, Any] | None:
        later = max(self.periods[place], self.periods[base])
        ours = self.start == cohort
        theirs = ~np.isfinite(self.start)
        if control == "not_yet":
            theirs = theirs | ((self.start > later) & ~ours)
        if not ours.any() or not theirs.any():
            return None
        change = self.values[:, place] - self.values[:, base]
        n, one, two = len(change), change[ours].mean(), change[theirs].mean()
        influence = n * (ours * (change - one) / ours.sum() - theirs * (change - two) / theirs.sum())
        return {"cohort": cohort, "period": float(self.periods[place]), "since": float(self.periods[place]) - cohort,
                "estimate": float(one - two), "units": int(ours.sum()), "reference": place == base,
                "influence": influence}  # fmt: skip

    def error(self, influence: Floats) -> tuple[float, int | None]:
        """Return the standard error of a mean of influences, summed by cluster where there are clusters."""
        n = len(influence)
        if self.codes is None:
            return float(np.sqrt((influence**2).mean() / n)), None
        sums = np.bincount(self.codes, weights=influence)
        return float(np.sqrt((sums**2).sum()) / n), len(sums)


def _panel(
    frame: pd.DataFrame, outcome: str, unit: str, period: str, first_served: str, clusters: str | None, where: str
) -> _Panel:
    rows = frame.assign(__y=numbers(frame[outcome], where, outcome), __t=numbers(frame[period], where, period))
    if rows.duplicated([unit, "__t"]).any():
        twice = str(rows.loc[rows.duplicated([unit, "__t"]), unit].iloc[0])
        raise InputError("outcomes.errors.duplicated", f"{where}(unit=)", respondent=twice)
    wide = rows.pivot(index=unit, columns="__t", values="__y").sort_index(axis=1).dropna()
    start = rows.groupby(unit)[first_served].first().reindex(wide.index)
    starts = pd.to_numeric(start, errors="coerce").fillna(0).to_numpy(dtype=float)
    periods = wide.columns.to_numpy(dtype=float)
    codes = None
    if clusters is not None:
        codes = cluster_codes(rows.groupby(unit)[clusters].first().reindex(wide.index))
    starts = np.where((starts == 0) | (starts > periods.max()), np.inf, starts) if len(periods) else starts
    kept = (starts > periods.min()) if len(periods) else np.zeros(len(starts), dtype=bool)
    return _Panel(wide.to_numpy(dtype=float)[kept], periods, starts[kept], None if codes is None else codes[kept])


def _averaged(
    panel: _Panel, cells: pd.DataFrame, average: Average, outcome: str, known: dict[str, Any]
) -> list[dict[str, Any]]:
    shares = {cohort: float((panel.start == cohort).mean()) for cohort in cells["cohort"].unique()}
    after = cells[cells["since"] >= 0]
    if average == "simple":
        return [_row(panel, *_weighted(panel, after, shares), "overall", outcome, known, after)]
    key = {"event": "since", "cohort": "cohort", "period": "period"}[average]
    pool = cells if average == "event" else after
    parts = [(value, part) for value, part in pool.groupby(key, sort=True)]
    found = []
    for _, part in parts:
        weigh = dict.fromkeys(shares, 1.0) if average == "cohort" else shares
        found.append(_weighted(panel, part, weigh, fixed=average == "cohort"))
    inner = [place for place, (value, _) in enumerate(parts) if average != "event" or float(str(value)) >= 0]
    if average == "cohort":
        cohorts = pd.DataFrame({"cohort": [value for value, _ in parts], "estimate": [f[0] for f in found],
                                "influence": [f[1] for f in found]})  # fmt: skip
        overall = _weighted(panel, cohorts, shares)
    else:
        overall = (float(np.mean([found[i][0] for i in inner])), np.mean([found[i][1] for i in inner], axis=0))
    rows = [_row(panel, *overall, "overall", outcome, known, after)]
    measure = {"event": "periods_since_start", "cohort": "cohort", "period": "period"}[average]
    for (value, part), (estimate, influence) in zip(parts, found, strict=True):
        rows.append(_row(panel, estimate, influence, measure, f"{float(str(value)):g}", known, part))
    return rows


def _weighted(
    panel: _Panel, part: pd.DataFrame, shares: dict[float, float], fixed: bool = False
) -> tuple[float, Floats]:
    """Return the average of cells by cohort share; estimated shares have an influence of their own."""
    raw = np.array([shares[cohort] for cohort in part["cohort"]])
    weights, total = raw / raw.sum(), raw.sum()
    estimates = part["estimate"].to_numpy(dtype=float)
    estimate = float(weights @ estimates)
    influence = np.sum([w * one for w, one in zip(weights, part["influence"], strict=True)], axis=0)
    if not fixed:
        for cohort, value in zip(part["cohort"], estimates, strict=True):
            influence = influence + (value - estimate) * ((panel.start == cohort) - shares[cohort]) / total
    return estimate, np.asarray(influence, dtype=float)


def _row(
    panel: _Panel,
    estimate: float,
    influence: Floats,
    measure: str,
    subject: str,
    known: dict[str, Any],
    part: pd.DataFrame,
) -> dict[str, Any]:
    counts = {"cells": len(part), "units": int(part["units"].sum())}
    if measure != "overall" and part["reference"].all():
        reference = stated_row(measure, subject, estimate, **known)
        return reference | counts | {"p_reason": "outcomes.reasons.reference_period"}
    if measure != "overall" and (part["units"] == 1).all():
        # with one unit, the influence of that unit on its own mean is nought: the formula would leave out its noise
        alone = stated_row(measure, subject, estimate, **known)
        return alone | counts | {"p_reason": "outcomes.reasons.cohort_of_one"}
    se, groups = panel.error(influence)
    return estimate_row(measure, subject, estimate, se, None, clusters=groups, **known) | counts
