"""Every defensible way of comparing the first primary outcome, beside the one that was planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vises_methods.outcomes import specification_curve
from vises_methods.results import NotEstimable, Result
from vises_methods.synthesis.outcome_frame import outcome_labels, plan_of, primary_outcomes, unit_of

MODELS = ("difference_in_differences", "ancova")


def all_ways(
    frame: pd.DataFrame,
    survey_items: Mapping[str, Any] | None,
    /,
    *,
    permutations: int = 199,
    level: float = 0.95,
    seed: int = 0,
) -> Result:
    """Compare the first primary outcome in every defensible way; see :func:`outcomes.specification_curve`.

    Parameters
    ----------
    frame : DataFrame
        From :func:`outcome_frame`.
    survey_items : mapping or None
    permutations : int
        Of the arms, behind the joint test.
    level : float
    seed : int

    Returns
    -------
    Result
        Not estimable without a comparison group or without two waves.
    """
    if survey_items is None or frame.empty or frame["arm"].nunique() < 2 or frame["wave"].nunique() < 2:
        empty = pd.DataFrame({"measure": [], "subject": [], "estimate": []})
        return Result("Specification curve", "", empty, not_estimable=NotEstimable("synthesis.reasons.no_comparison"))
    plan, name = plan_of(survey_items), primary_outcomes(survey_items)[0]
    outcome = next(entry for entry in survey_items["outcomes"] if entry["id"] == name)
    clusters = plan.get("clusters")
    usable = clusters if clusters is not None and frame[clusters].nunique() >= 2 else None
    planned = {"model": plan.get("model", "ancova"), "covariates": "none", "sample": "everyone"}
    return specification_curve(
        frame,
        name,
        clusters=usable,
        covariates=[entry["id"] for entry in survey_items["covariates"]] or None,
        planned=planned if planned["model"] in MODELS else None,
        permutations=permutations,
        seed=seed,
        level=level,
        unit=unit_of(outcome),
    ).labelled(outcome_labels(survey_items))
