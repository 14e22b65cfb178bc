"""Answers on a scale of few steps, compared by their order alone: who moved up more often, not by how many steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vises_methods.outcomes import brunner_munzel, signed_rank
from vises_methods.results import NotEstimable, Result, fingerprint
from vises_methods.synthesis.outcome_frame import one_row_each, outcome_labels

ROWS = {"relative_effect": "relative_effect", "pseudomedian": "pseudomedian"}


def rank_effects(frame: pd.DataFrame, survey_items: Mapping[str, Any] | None, /, *, level: float = 0.95) -> Result:
    """Compare every ordinal outcome by ranks, which take no step of the scale to be as wide as another.

    Parameters
    ----------
    frame : DataFrame
        From :func:`outcome_frame`.
    survey_items : mapping or None
    level : float

    Returns
    -------
    Result
        With a comparison group ``relative_effect``: the probability that a served person moved up more than one of the
        comparison (after only: answered higher), ties counted half, 0.5 where neither is more likely (Brunner-Munzel).
        Else ``pseudomedian`` of the changes (Hodges-Lehmann, with the exact signed-rank test). ``up`` and ``down``:
        shares of the served who moved. People count as independent of one another. Not estimable without an ordinal
        outcome asked of two waves or two groups.

    References
    ----------
    Brunner & Munzel (2000), Biometrical Journal 42, p. 17; Hodges & Lehmann (1963), Annals of Mathematical Statistics
    34, p. 598.
    """
    ordinal = [outcome["id"] for outcome in (survey_items or {}).get("outcomes", []) if outcome["kind"] == "ordinal"]
    asked = not frame.empty and max(frame["wave"].nunique(), frame["arm"].nunique()) > 1
    rows = [_row(frame, name, level) for name in ordinal] if asked else []
    known = [row for row in rows if row is not None]
    return Result(
        method="Rank effects",
        reference="Brunner & Munzel (2000), Biometrical Journal 42, p. 17; Hodges & Lehmann (1963), p. 598",
        estimates=pd.DataFrame(known, columns=None if known else ["measure", "subject", "estimate"]),
        options={"level": level},
        not_estimable=None if known else NotEstimable("synthesis.reasons.nothing_ordinal"),
        inputs={"frame": fingerprint(frame)},
    ).labelled(outcome_labels(survey_items))


def _row(frame: pd.DataFrame, name: str, level: float) -> dict[Any, Any] | None:
    wide = one_row_each(frame, name)
    moved = wide[name] if frame["wave"].nunique() < 2 else wide[name] - wide["before"]
    served = moved[wide["arm"] == "participants"].dropna()
    if frame["arm"].nunique() >= 2:
        found = brunner_munzel(served, moved[wide["arm"] == "comparison"].dropna(), level=level)
    else:
        pairs = wide.dropna(subset=["before", name])
        found = signed_rank(pairs["before"], pairs[name], level=level)
    row: dict[Any, Any] = found.estimates.to_dict("records")[0]
    if frame["wave"].nunique() >= 2 and len(served):
        row |= {"up": float((served > 0).mean()), "down": float((served < 0).mean())}
    return {**row, "subject": name}
