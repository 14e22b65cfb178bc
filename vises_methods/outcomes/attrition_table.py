"""Who left between two surveys, by arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from vises_methods.outcomes.inference import missing_row, share, stated_row
from vises_methods.outcomes.requirements import numbers, require_columns, require_range, require_table, served_indicator
from vises_methods.results import NotEstimable, Result, fingerprint


def attrition(
    survey: pd.DataFrame,
    outcome: str,
    arm: str = "arm",
    wave: str = "wave",
    respondent: str | Sequence[str] = "respondent",
    *,
    before: float | None = None,
    after: float | None = None,
    level: float = 0.95,
) -> Result:
    """Set out who answered at first and not at last, in each arm, and where the leavers had started.

    Use it before any comparison over time. What Works Clearinghouse reads overall and differential drop-out together;
    a difference of more than ten points between arms limits what may be said.

    Parameters
    ----------
    survey : DataFrame
        One row per respondent and wave.
    outcome : str
        A person has answered where this is not missing.
    arm, wave : str
        Without a column ``arm`` all are taken as served.
    respondent : str or sequence of str
    before, after : number, optional
        First and last wave by default.
    level : float

    Returns
    -------
    Result
        ``dropout`` per arm and overall (Wilson intervals) and ``dropout_difference`` (Newcombe), as shares 0-1 of
        those who answered at first. ``details["leavers"]``: mean and deviation at the start of those who stayed and
        those who left, by arm.

    Raises
    ------
    InputError
        On missing columns.

    References
    ----------
    What Works Clearinghouse (2022). Procedures and Standards Handbook 5.0, chapter II.A; Newcombe, R. G. (1998).
    Statistics in Medicine 17:873-890, method 10.

    Examples
    --------
    >>> survey = pd.DataFrame({"respondent": [1, 1, 2, 3, 3, 4, 4], "wave": [0, 1, 0, 0, 1, 0, 1], "y": [1.0] * 7,
    ...                        "arm": ["participants"] * 3 + ["comparison"] * 4})
    >>> attrition(survey, "y").estimates.set_index("subject")["estimate"].to_dict()
    {'participants': 0.5, 'comparison': 0.0, 'all': 0.25, 'participants - comparison': 0.5}
    """
    where = "attrition"
    require_range(level, 0, 1, f"{where}(level=)")
    keys = [respondent] if isinstance(respondent, str) else list(respondent)
    require_table(survey, where)
    armed = arm in survey.columns
    require_columns(survey, [outcome, wave, *keys], where)
    frame = survey.assign(
        __served=served_indicator(survey[arm], f"{where}(arm=)") if armed else 1.0,
        __value=numbers(survey[outcome], where, outcome),
    )
    waves = sorted(frame[wave].dropna().unique())
    first, last = (waves[0] if before is None else before), (waves[-1] if after is None else after)
    used = {"outcome": outcome, "arm": arm if armed else None, "wave": wave, "respondent": keys,
            "before": first, "after": last, "level": level}  # fmt: skip
    if len(waves) < 2:
        reason = "outcomes.reasons.one_wave"
        rows, details = [missing_row("dropout", "all", reason, level=level)], {}
    else:
        reason = None
        people = _people(frame, wave, keys, first, last)
        rows, details = _rows(people, armed, level), {"leavers": _leavers(people)}
    return Result(
        method="attrition by arm",
        reference="What Works Clearinghouse 2022, chapter II.A; Newcombe 1998, method 10",
        estimates=pd.DataFrame(rows),
        details=details,
        options=used,
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"survey": fingerprint(survey[[*keys, wave, outcome, *([arm] if armed else [])]])},
    )


def _people(frame: pd.DataFrame, wave: str, keys: list[str], first: Any, last: Any) -> pd.DataFrame:
    """Return one row per person who answered at first: arm, start, and whether an answer came at last."""
    start = frame[(frame[wave] == first) & frame["__value"].notna()].drop_duplicates(keys).set_index(keys)
    end = frame[(frame[wave] == last) & frame["__value"].notna()].drop_duplicates(keys).set_index(keys)
    return pd.DataFrame({"served": start["__served"], "start": start["__value"], "stayed": start.index.isin(end.index)})


def _rows(people: pd.DataFrame, armed: bool, level: float) -> list[dict[str, Any]]:
    sides = {"participants": people[people["served"] == 1]}
    if armed:
        sides |= {"comparison": people[people["served"] == 0], "all": people}
    rows = [_dropout(part, word, level) for word, part in sides.items()]
    if armed and len(sides["participants"]) and len(sides["comparison"]):
        counts = [(int((~part["stayed"]).sum()), len(part)) for part in (sides["participants"], sides["comparison"])]
        (left_one, n_one), (left_two, n_two) = counts
        low, high = confint_proportions_2indep(
            left_one, n_one, left_two, n_two, method="newcomb", compare="diff", alpha=1 - level
        )
        known: dict[str, Any] = {"n": n_one + n_two, "coverage": share(n_one + n_two, len(people)), "level": level}
        difference = left_one / n_one - left_two / n_two
        subject = "participants - comparison"
        rows.append(stated_row("dropout_difference", subject, difference, **known, low=float(low), high=float(high)))
    return rows


def _dropout(part: pd.DataFrame, word: str, level: float) -> dict[str, Any]:
    if part.empty:
        return missing_row("dropout", word, "outcomes.reasons.few_people", level=level)
    left, n = int((~part["stayed"]).sum()), len(part)
    low, high = proportion_confint(left, n, alpha=1 - level, method="wilson")
    return stated_row("dropout", word, left / n, n=n, coverage=1.0, level=level, low=float(low), high=float(high))


def _leavers(people: pd.DataFrame) -> pd.DataFrame:
    arms = people["served"].map({1.0: "participants", 0.0: "comparison"})
    table = people.assign(arm=arms).groupby(["arm", "stayed"])["start"].agg(["mean", "std", "count"]).reset_index()
    return table.rename(columns={"std": "sd", "count": "n"}).astype({"n": np.int64})
