"""The administrative series of an enterprise, before and since an event, graded and worded like any other outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from vises_methods.outcomes import detect_design, grade, interrupted_series, wording
from vises_methods.outcomes.design import started
from vises_methods.results import NotEstimable, Result, fingerprint, plain

SeriesErrors = Literal["AR1", "HAC"]


def compare_series(
    series: pd.DataFrame,
    plan: Mapping[str, Any],
    /,
    *,
    errors: SeriesErrors = "AR1",
    level: float = 0.95,
) -> Result:
    """Ask of every series that has an event whether it left its earlier course then.

    Parameters
    ----------
    series : DataFrame
        ``indicator, label, period, value, event, role``, as in ``series.csv``.
    plan : mapping
        From :func:`plan_of`; a series that it does not name is exploratory.
    errors : {"AR1", "HAC"}
        How neighbouring periods hang together; see :func:`outcomes.interrupted_series`.
    level : float

    Returns
    -------
    Result
        Rows ``level_change`` and ``slope_change`` by indicator, with ``grade``; ``details["wording"]`` the coded
        sentences, ``details["course"]`` value, fitted and expected course per period, and whether it is ``later``.
        Not estimable without a series that has an event.
    """
    known = series[series["value"].notna()] if len(series) else series
    rows, said, courses, notices = [], [], [], []
    for name, part in known.groupby("indicator", sort=True) if len(known) else ():
        if not started(part).any():
            continue
        found = interrupted_series(part, str(name), errors=errors, level=level)
        graded = grade(found, detect_design(None, part, plan), plan=plan)
        table = found.estimates[found.estimates["measure"].isin(["level_change", "slope_change"])]
        rows.append(table.assign(grade=graded.grade, exploratory=graded.exploratory))
        for remark in wording(graded, found, outcome=str(name)):
            said.append({"outcome": name, "code": remark.code,
                         "values": json.dumps(plain(remark.values), sort_keys=True)})  # fmt: skip
        courses.append(_course(part, found))
        notices += [notice for notice in (*found.notices, *graded.notices) if notice not in notices]
    estimates = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["measure", "subject", "estimate"])
    return Result(
        method="Interrupted time series",
        reference="Wagner et al. (2002), Journal of Clinical Pharmacy and Therapeutics 27, p. 299",
        estimates=estimates,
        details={
            "wording": pd.DataFrame(said, columns=["outcome", "code", "values"]),
            "course": pd.concat(courses, ignore_index=True) if courses else pd.DataFrame(),
        },
        options={"errors": errors, "level": level},
        notices=tuple(notices),
        not_estimable=None if rows else NotEstimable("synthesis.reasons.no_series"),
        inputs={"series": fingerprint(series)},
    ).labelled(_labels(known))


def _course(part: pd.DataFrame, found: Result) -> pd.DataFrame:
    served = part[part["role"].fillna("served") == "served"] if "role" in part else part
    shown = served.assign(later=started(served))[["indicator", "period", "value", "later"]].sort_values("period")
    if "counterfactual" in found.details:
        shown = shown.merge(found.details["counterfactual"], on="period", how="left")
    return pd.DataFrame(shown.reset_index(drop=True))


def _labels(series: pd.DataFrame) -> dict[str, dict[str, str]]:
    if not len(series) or "label" not in series:
        return {}
    named = series.dropna(subset=["label"]).drop_duplicates("indicator").set_index("indicator")["label"]
    return {str(name): dict.fromkeys(("fr", "nl", "en"), str(label)) for name, label in named.items()}
