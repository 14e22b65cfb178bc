"""From survey items to outcomes: one frame that every comparison starts from, and what the plan says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vises_methods.outcomes import attrition, balance, scale_score
from vises_methods.results import NotEstimable, Result

_KEYS = ["respondent", "wave", "arm", "site", "cohort"]


def outcome_frame(
    survey: pd.DataFrame, survey_items: Mapping[str, Any] | None, /, *, min_items: float = 0.5
) -> pd.DataFrame:
    """Make the outcomes of a survey from its items.

    Parameters
    ----------
    survey : DataFrame
        One row per respondent and wave: ``respondent, wave, arm, site, cohort``, covariates and items.
    survey_items : mapping or None
        ``items, outcomes, covariates, plan``, as in ``survey_items.yml``.
    min_items : float
        The share of a scale's items that a person must have answered; under it the outcome is missing.

    Returns
    -------
    DataFrame
        The keys, the covariates, and one column per outcome, named by its identifier; a binary outcome is in per cent,
        so that its changes are percentage points.
    """
    if survey_items is None:
        return pd.DataFrame(columns=_KEYS)
    items = {item["id"]: item for item in survey_items["items"]}
    covariates = [covariate["id"] for covariate in survey_items["covariates"]]
    frame = survey[[*_KEYS, *covariates]].copy()
    for outcome in survey_items["outcomes"]:
        asked = [items[name] for name in outcome["items"]]
        lows, highs = [item["min"] for item in asked], [item["max"] for item in asked]
        frame[outcome["id"]] = scale_score(
            survey,
            outcome["items"],
            rule=outcome["aggregate"],
            reverse=[item["id"] for item in asked if item["reverse"]],
            lowest=None if None in lows else min(lows),
            highest=None if None in highs else max(highs),
            minimum_share=min_items,
        )
        if outcome["kind"] == "binary":
            frame[outcome["id"]] = frame[outcome["id"]] * 100
    return frame


def one_row_each(frame: pd.DataFrame, outcome: str, /) -> pd.DataFrame:
    """Return one row per respondent: who they are, the outcome before (``before``) and after (its own name).

    Where people were asked once only, ``before`` is missing.
    """
    first, last = frame["wave"].min(), frame["wave"].max()
    start = frame[frame["wave"] == first].drop(columns="wave")
    if first == last:
        return pd.DataFrame(start.assign(before=float("nan")))
    after = frame.loc[frame["wave"] == last, ["respondent", outcome]]
    return pd.DataFrame(start.rename(columns={outcome: "before"}).merge(after, on="respondent", how="left"))


def plan_of(survey_items: Mapping[str, Any] | None, /) -> dict[str, Any]:
    """Return what was fixed before the data were seen: the plan without its empty entries."""
    plan = (survey_items or {}).get("plan") or {}
    return {name: value for name, value in plan.items() if value not in (None, [], {})}


def outcome_labels(survey_items: Mapping[str, Any] | None, /) -> dict[str, Mapping[str, str]]:
    """Return what outcomes and covariates are called, by language; a category as ``age_band[under 30]``."""
    covariates = (survey_items or {}).get("covariates", [])
    categories = {
        f"{covariate['id']}[{category}]": label
        for covariate in covariates
        for category, label in (covariate.get("category_labels") or {}).items()
    }
    return {
        entry["id"]: entry["label"] for entry in [*(survey_items or {}).get("outcomes", []), *covariates]
    } | categories


def wanted_directions(survey_items: Mapping[str, Any] | None, /) -> dict[str, str]:
    """Return per outcome which direction is wanted: ``higher`` or ``lower``."""
    return {outcome["id"]: outcome["direction"] for outcome in (survey_items or {}).get("outcomes", [])}


def primary_outcomes(survey_items: Mapping[str, Any] | None, /) -> tuple[str, ...]:
    """Return the outcomes named as primary in the plan, else those marked so, else the first."""
    outcomes = (survey_items or {}).get("outcomes", [])
    marked = [outcome["id"] for outcome in outcomes if outcome["primary"]]
    return tuple(plan_of(survey_items).get("primary") or marked or [outcome["id"] for outcome in outcomes[:1]])


def unit_of(outcome: Mapping[str, Any], /) -> str:
    """Return the unit of a change in an outcome."""
    return "percentage_points" if outcome["kind"] == "binary" else outcome["unit"] or ""


def who_left(frame: pd.DataFrame, survey_items: Mapping[str, Any] | None, /, *, level: float = 0.95) -> Result:
    """Tell who answered first and not again, on the first primary outcome; see :func:`outcomes.attrition`."""
    if frame.empty or frame["wave"].nunique() < 2:
        return _nothing("Attrition", "synthesis.reasons.one_wave")
    return attrition(frame, primary_outcomes(survey_items)[0], level=level)


def likeness(frame: pd.DataFrame, survey_items: Mapping[str, Any] | None, /) -> Result:
    """Compare the two arms at the first wave on covariates and outcomes; see :func:`outcomes.balance`."""
    if frame.empty or frame["arm"].nunique() < 2:
        return _nothing("Balance", "synthesis.reasons.no_comparison")
    known = [name for name in outcome_labels(survey_items) if name in frame]
    first = frame[frame["wave"] == frame["wave"].min()]
    varying = [name for name in known if len(set(first[name].dropna())) > 1]
    return balance(first, "arm", varying)


def _nothing(method: str, reason: str) -> Result:
    empty = pd.DataFrame({"measure": [], "subject": [], "estimate": []})
    return Result(method=method, reference="", estimates=empty, not_estimable=NotEstimable(reason))
