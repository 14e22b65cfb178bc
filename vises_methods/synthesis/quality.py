"""What there is and what is missing: completeness, and missing values with their reasons."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from vises_methods.results import NotEstimable, Notice, Result, fingerprint

REASONS = ("not_applicable", "not_collected", "suppressed", "refused")
STATES = ("reported", *REASONS)


def completeness(tables: Mapping[str, pd.DataFrame], /, *, left_out: pd.DataFrame | None = None) -> Result:
    """Count what an enterprise has collected so far, table by table.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables of the enterprise by name; an empty frame is a table that it has not got yet.
    left_out : DataFrame, optional
        What withdrawn consents took out, column ``count``, as ``Enterprise.left_out`` gives it.

    Returns
    -------
    Result
        One row per table, measure ``rows``; coverage is 1 where there is anything and 0 where there is nothing.

    Examples
    --------
    >>> completeness({"survey": pd.DataFrame(), "documents": pd.DataFrame({"document": ["d1"]})}).estimates[
    ...     ["subject", "estimate"]].values.tolist()
    [['survey', 0.0], ['documents', 1.0]]
    """
    rows = [
        {
            "measure": "rows",
            "subject": name,
            "estimate": float(len(table)),
            "n": len(table),
            "coverage": float(len(table) > 0),
            "unit": "rows",
        }
        for name, table in tables.items()
    ]
    taken = 0 if left_out is None else int(left_out["count"].sum())
    return Result(
        method="Completeness of the data",
        reference="Wang & Strong (1996), Journal of Management Information Systems 12(4), p. 20",
        estimates=pd.DataFrame(rows),
        notices=(Notice("synthesis.notices.left_out", {"count": taken}),) if taken else (),
        inputs={name: fingerprint(table) for name, table in tables.items()},
    )


def missing_values(indicators: pd.DataFrame, /) -> Result:
    """Tell, per indicator and year, whether there is a value and otherwise why not.

    Missing is never zero: what does not apply leaves the picture; what was not collected lowers coverage; what was
    refused or suppressed is told as such.

    Parameters
    ----------
    indicators : DataFrame
        Columns ``indicator, year, breakdown, value, missing``; rows of a breakdown are left aside.

    Returns
    -------
    Result
        One row per year, measure ``coverage`` (share of the applicable indicators that have a value), n the applicable
        ones; ``details["states"]``: indicator × year with the state of each cell, empty where there is no row;
        ``details["reasons"]``: the count of each reason per year.

    Examples
    --------
    >>> table = pd.DataFrame({"indicator": ["A1.1", "A1.2"], "year": [2024, 2024], "breakdown": [None, None],
    ...                       "value": [40.0, None], "missing": [None, "refused"]})
    >>> missing_values(table).value
    0.5
    """
    whole = indicators[indicators["breakdown"].isna()]
    state = whole["missing"].where(whole["value"].isna(), "reported")
    long = pd.DataFrame({"indicator": whole["indicator"], "year": whole["year"].astype(int), "state": state})
    states = long.pivot(index="indicator", columns="year", values="state") if len(long) else pd.DataFrame()
    counts = long.groupby("year")["state"].value_counts().unstack(fill_value=0).reindex(columns=STATES, fill_value=0)
    applicable = counts.sum(axis=1) - counts["not_applicable"]
    rows = [
        {
            "measure": "coverage",
            "subject": str(year),
            "estimate": counts.loc[year, "reported"] / applicable[year] if applicable[year] else None,
            "n": int(applicable[year]),
            "coverage": counts.loc[year, "reported"] / applicable[year] if applicable[year] else 0.0,
            "unit": "share",
            "reason": None if applicable[year] else "synthesis.reasons.nothing_applies",
        }
        for year in counts.index
    ]
    states.columns = [str(year) for year in states.columns]
    return Result(
        method="Missing values and their reasons",
        reference="Rubin (1976), Biometrika 63(3), p. 581",
        estimates=pd.DataFrame(rows, columns=["measure", "subject", "estimate", "n", "coverage", "unit", "reason"]),
        details={"states": states, "reasons": counts.rename(index=str).rename_axis("year")},
        not_estimable=None if len(long) else NotEstimable("synthesis.reasons.no_indicators"),
        inputs={"indicators": fingerprint(indicators)},
    )
