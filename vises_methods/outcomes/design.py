"""Which design the data are, and the strongest claim that it can carry.

After the Maryland scientific methods scale (Sherman et al. 1997, chapter 2, levels 1 to 5) and Nesta's standards of
evidence (Puttick and Ludlow 2013): the design is read off the data and the plan, never typed in; a logged decision of
named people may put another in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import stated_row
from vises_methods.outcomes.requirements import (
    numbers,
    require_columns,
    require_option,
    require_table,
    served_indicator,
)
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

MINIMUM_POINTS_BEFORE = 8
ASSIGNMENTS = ("self_selected", "waiting_list", "threshold", "lottery", "random", "unknown")
PLAN_KEYS = ("primary", "family", "margin", "model", "clusters", "attrition_bound", "assignment", "comparison_chosen",
             "registered_on", "minimum_points_before", "attrition_difference", "minimum_people", "design")  # fmt: skip
REACHABLE = {
    "outputs_only": 0,
    "one_wave": 0,
    "after_only_comparison": 1,
    "before_after": 1,
    "before_after_trend": 2,
    "interrupted_series": 2,
    "interrupted_series_control": 4,
    "comparison": 3,
    "waiting_list": 4,
    "threshold": 4,
    "lottery": 5,
    "random": 5,
}
_SURVEY_COLUMNS = frozenset({"respondent", "wave", "arm", "site", "cohort", "date", "enterprise"})


class Design(Result):
    """The design of a survey and its series; ``details`` hold the counts and the reasons."""

    @property
    def kind(self) -> str:
        """The design's name: a key of the catalogue under ``outcomes.designs``."""
        return str(self.details["design"]["kind"].iloc[0])

    @property
    def grade(self) -> int:
        """The highest grade that this design can reach, 0 to 5; conduct may lower it."""
        return int(self.details["design"]["grade"].iloc[0])

    @property
    def reasons(self) -> tuple[Notice, ...]:
        """Why it is this design: coded remarks."""
        return self.notices


def detect_design(
    survey: pd.DataFrame | None,
    series: pd.DataFrame | None = None,
    plan: Mapping[str, Any] | None = None,
    *,
    decisions: pd.DataFrame | None = None,
) -> Design:
    """Read the design off the data and the plan, with the highest grade that it can reach.

    Parameters
    ----------
    survey : DataFrame or None
        One row per respondent and wave: ``respondent, wave``, ``arm`` (participants, comparison) where there is a
        comparison, and outcome columns. None or no rows where nobody was asked.
    series : DataFrame, optional
        ``indicator, period, value, event`` and optionally ``role`` (served, control). ``event`` is 1 (or any word)
        from the start of the programme on.
    plan : mapping, optional
        ``assignment`` (how people came to be served: self_selected, waiting_list, threshold, lottery, random,
        unknown), ``primary`` and others; see :func:`grade`. ``design`` overrides what is detected: a mapping of
        ``kind`` and ``decision``, the identifier of the decision that says so.
    decisions : DataFrame, optional
        ``decision, date, decided, decided_by, reason``: an override stands only on a row of it that says who, when and
        why.

    Returns
    -------
    Design
        ``kind``, ``grade`` (reachable) and ``reasons``. ``details["counts"]``: people by arm and wave;
        ``details["series"]``: points before and after by indicator and role.

    Raises
    ------
    InputError
        On missing columns, an unknown arm, an unknown assignment, or an override without its logged decision.

    References
    ----------
    Sherman, L. W. et al. (1997). Preventing Crime: What Works, chapter 2; Puttick, R. and Ludlow, J. (2013).
    Standards of Evidence, Nesta.

    Examples
    --------
    >>> survey = pd.DataFrame({"respondent": [1, 1, 2, 2], "wave": [0, 1, 0, 1], "arm": ["participants"] * 4,
    ...                        "wellbeing": [4, 5, 3, 5]})
    >>> design = detect_design(survey)
    >>> design.kind, design.grade
    ('before_after', 1)
    """
    where = "detect_design"
    assignment = str((plan or {}).get("assignment", "unknown"))
    require_option(assignment, ASSIGNMENTS, f"{where}(plan=)")
    counts = _survey_counts(survey, plan, where)
    points = _series_points(series, where)
    detected, reasons = _kind(counts, points, assignment, plan or {})
    kind, decided = _decided(detected, (plan or {}).get("design"), decisions, where)
    reasons += decided
    highest = REACHABLE[kind]
    people = int(counts["people"].max()) if len(counts) else 0
    given = {"survey": survey, "series": series}
    row = stated_row("grade_reachable", kind, highest, n=people, coverage=1.0 if people else 0.0)
    return Design(
        method="design detected from the data",
        reference="Sherman et al. 1997, chapter 2; Puttick and Ludlow 2013",
        estimates=pd.DataFrame([row]),
        details={"design": pd.DataFrame([{"kind": kind, "grade": highest, "assignment": assignment,
                                          "detected": detected}]),
                 "counts": counts, "series": points},
        options={"plan": dict(plan or {})},
        notices=tuple(reasons),
        not_estimable=NotEstimable("outcomes.reasons.nothing_measured_twice") if highest == 0 else None,
        inputs={name: fingerprint(frame) for name, frame in given.items() if frame is not None},
    )  # fmt: skip


def _decided(
    detected: str, override: Mapping[str, Any] | None, decisions: pd.DataFrame | None, where: str
) -> tuple[str, list[Notice]]:
    """Return the design that counts, and who decided so where it is not the one detected."""
    if not override:
        return detected, []
    kind, decision = str(override.get("kind")), str(override.get("decision"))
    require_option(kind, list(REACHABLE), f"{where}(plan=)")
    logged = None if decisions is None else decisions[decisions["decision"].astype(str) == decision]
    row = {} if logged is None or logged.empty else logged.iloc[0].to_dict()
    missing = [name for name in ("date", "decided_by", "reason") if _blank(row.get(name))]
    if missing:
        raise InputError("outcomes.errors.override_not_logged", f"{where}(decisions=)", kind=kind,
                         decision=override.get("decision") or "–", missing=missing)  # fmt: skip
    values = {"date": str(row["date"])[:10], "by": str(row["decided_by"]), "why": str(row["reason"])}
    return kind, [Notice("outcomes.designs.found.overridden", {"decision": decision, **values})]


def _blank(cell: Any) -> bool:
    return cell is None or cell is pd.NaT or str(cell).strip() in ("", "nan", "<NA>", "[]")


def _outcomes(survey: pd.DataFrame, plan: Mapping[str, Any] | None) -> list[str]:
    """Return the planned outcomes, or every column of numbers that is not part of the survey's frame."""
    planned = _listed((plan or {}).get("primary")) + _listed((plan or {}).get("family"))
    named = [name for name in dict.fromkeys(planned) if name in survey.columns]
    if named:
        return named
    return [
        str(name)
        for name in survey.columns
        if name not in _SURVEY_COLUMNS and pd.api.types.is_numeric_dtype(survey[name])
    ]


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, Sequence) else []


def _survey_counts(survey: pd.DataFrame | None, plan: Mapping[str, Any] | None, where: str) -> pd.DataFrame:
    """Return people with any outcome answered, by arm and wave."""
    columns = ["arm", "wave", "people"]
    if survey is None:
        return pd.DataFrame(columns=columns)
    require_table(survey, where)
    if survey.empty:
        return pd.DataFrame(columns=columns)
    require_columns(survey, ["respondent", "wave"], where)
    outcomes = _outcomes(survey, plan)
    served = served_indicator(survey["arm"], f"{where}(survey=)") if "arm" in survey.columns else 1.0
    frame = survey.assign(arm=pd.Series(served, index=survey.index).map({1.0: "participants", 0.0: "comparison"}))
    answered = frame[frame[outcomes].notna().any(axis=1)] if outcomes else frame.iloc[:0]
    table = answered.groupby(["arm", "wave"])["respondent"].nunique().rename("people").reset_index()
    return table[columns]


def _series_points(series: pd.DataFrame | None, where: str) -> pd.DataFrame:
    columns = ["indicator", "role", "before", "after"]
    if series is None:
        return pd.DataFrame(columns=columns)
    require_table(series, where)
    if series.empty:
        return pd.DataFrame(columns=columns)
    require_columns(series, ["indicator", "period", "value", "event"], where)
    role = series["role"].fillna("served") if "role" in series.columns else "served"
    known = series.assign(role=role, later=started(series), value=numbers(series["value"], where, "value"))
    table = known[known["value"].notna()].groupby(["indicator", "role"])["later"].agg(["size", "sum"]).reset_index()
    table["after"] = table["sum"].astype(int)
    table["before"] = table["size"].astype(int) - table["after"]
    return table[columns]


def started(series: pd.DataFrame) -> pd.Series:
    """Say for each period whether the programme had begun: from the first period with an event on.

    The event may be marked at its first period only, or at every period since.
    """
    event = series["event"]
    flagged = event.notna() & ~event.astype(str).isin(["0", "0.0", "False", "", "nan"])
    if not flagged.any():
        return pd.Series(False, index=series.index)
    first = series.loc[flagged, "period"].min()
    return pd.Series(series["period"] >= first, index=series.index)


def _kind(
    counts: pd.DataFrame, points: pd.DataFrame, assignment: str, plan: Mapping[str, Any]
) -> tuple[str, list[Notice]]:
    waves = {arm: part["wave"].nunique() for arm, part in counts.groupby("arm")} if len(counts) else {}
    served, compared = waves.get("participants", 0), waves.get("comparison", 0)
    reasons = [Notice("outcomes.designs.found.waves", {"served": served, "comparison": compared})]
    enough = int(plan.get("minimum_points_before", MINIMUM_POINTS_BEFORE))
    best = _from_survey(served, compared, assignment)
    reasons.append(Notice(f"outcomes.designs.found.{best}", {}))
    along = _from_series(points, enough)
    if along:
        reasons.append(Notice(f"outcomes.designs.found.{along}", {"points": enough}))
        if REACHABLE[along] > REACHABLE[best]:
            best = along
    if best == "before_after" and _outside_trend(points):
        best = "before_after_trend"
        reasons.append(Notice("outcomes.designs.found.before_after_trend", {}))
    return best, reasons


def _from_survey(served: int, compared: int, assignment: str) -> str:
    if served == 0 and compared == 0:
        return "outputs_only"
    if served >= 1 and compared >= 1 and assignment in ("random", "lottery"):
        return assignment
    if served >= 2 and compared >= 2:
        if assignment == "threshold" or (assignment == "waiting_list" and min(served, compared) >= 3):
            return assignment
        return "comparison"
    if served >= 2:
        return "before_after"
    return "after_only_comparison" if served and compared else "one_wave"


def _from_series(points: pd.DataFrame, enough: int) -> str | None:
    fit = points[(points["before"] >= enough) & (points["after"] >= 1)] if len(points) else points
    if not len(fit) or not (fit["role"] == "served").any():
        return None
    return "interrupted_series_control" if (fit["role"] == "control").any() else "interrupted_series"


def _outside_trend(points: pd.DataFrame) -> bool:
    if not len(points):
        return False
    control = points[points["role"] == "control"]
    return bool(((control["before"] >= 1) & (control["after"] >= 1)).any())
