"""What would overturn the comparison of an outcome: who left, something unseen, an earlier trend, a margin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.outcomes import (
    e_value,
    match,
    placebo,
    pre_trends,
    romano_wolf,
    rosenbaum_bounds,
    sensitivity_to_confounding,
)
from vises_methods.outcomes.inference import quantile
from vises_methods.outcomes.power import detectable
from vises_methods.results import NotEstimable, Result, fingerprint
from vises_methods.synthesis.outcome_frame import one_row_each, outcome_labels, plan_of, primary_outcomes

CHECKS = ("smallest_detectable", "equivalence", "attrition_bounds", "e_value", "robustness", "pairs",
          "earlier_trends", "placebo")  # fmt: skip
"""In the order in which they are told; those that do not apply to a design have no row."""
FEWEST_DF = 1.0
FEWEST_PAIRS = 10
_ALIKE = 0.25


def what_would_overturn(
    frame: pd.DataFrame, survey_items: Mapping[str, Any] | None, compared: Result, /, *, level: float = 0.95
) -> Result:
    """Ask of every outcome what would take its conclusion away.

    Parameters
    ----------
    frame : DataFrame
        From :func:`outcome_frame`.
    survey_items : mapping or None
        Its plan names margins, placebo outcomes and the first wave after the start.
    compared : Result
        From :func:`compare_outcomes`.
    level : float

    Returns
    -------
    Result
        Rows by outcome (``subject``) and check (``measure``), with a ``verdict`` where a check has one:
        ``smallest_detectable`` (with power of 80 %); ``equivalence`` (``margin`` from the plan; the interval that
        decides; within, beyond, too_weak); ``attrition_bounds`` (``low`` and ``high`` if all who left had been at one
        end of the scale or the other; holds where the sign stays); with a comparison group ``e_value`` (``low``: that
        of the limit nearer to nought), ``robustness`` (the share that something unseen must explain of both being
        served and the outcome); ``pairs`` (Rosenbaum's gamma: how much likelier something unseen may make it that one
        of a pair is served, over ``n`` pairs of people who began alike, each taken as independent; primary outcomes,
        from ten pairs);
        ``earlier_trends`` (contradicted, not_contradicted, too_weak) with two waves before
        the start; ``placebo`` for outcomes that nothing could have moved.

    References
    ----------
    Horowitz & Manski (2000), JASA 95, p. 77; VanderWeele & Ding (2017), table 2; Cinelli & Hazlett (2020), section 4;
    Rosenbaum (2002), Observational Studies, section 4.3.3; Schuirmann (1987), p. 657; Roth (2022), section II.
    """
    estimated = compared.estimates if compared.not_estimable is None else compared.estimates.iloc[:0]
    plan = plan_of(survey_items)
    ends, first = scale_ends(survey_items), primary_outcomes(survey_items)
    rows = [
        {"subject": row["subject"], "n": row["n"], "level": level, "unit": row["unit"], **found}
        for row in estimated.dropna(subset=["estimate"]).to_dict("records")
        for found in _checks(frame, row, plan, ends.get(row["subject"]), level, primary=row["subject"] in first)
    ]
    columns = ["measure", "subject", "estimate", "low", "high", "verdict", "margin", "unit"]
    return Result(
        method="What would overturn it",
        reference="VanderWeele & Ding (2017), Annals of Internal Medicine 167; Cinelli & Hazlett (2020), section 4",
        estimates=pd.DataFrame(rows, columns=None if rows else columns),
        options={"level": level},
        not_estimable=None if rows else NotEstimable("synthesis.reasons.nothing_to_overturn"),
        inputs={"frame": fingerprint(frame)},
    ).labelled(outcome_labels(survey_items))


def scale_ends(survey_items: Mapping[str, Any] | None, /) -> dict[str, tuple[float, float]]:
    """Return the lowest and highest possible value of each outcome whose items have ends; shares in per cent."""
    items = {item["id"]: item for item in (survey_items or {}).get("items", [])}
    found = {}
    for outcome in (survey_items or {}).get("outcomes", []):
        asked = [items[name] for name in outcome["items"]]
        lows, highs = [item["min"] for item in asked], [item["max"] for item in asked]
        if None in lows or None in highs:
            continue
        many = len(asked) if outcome["aggregate"] == "sum" else 1
        factor = 100 if outcome["kind"] == "binary" else many
        found[outcome["id"]] = (float(min(lows)) * factor, float(max(highs)) * factor)
    return found


def margins(plan: Mapping[str, Any], unit: str, outcome: str, /) -> float | None:
    """Return the margin that the plan names for an outcome, in the unit of its changes (shares in points)."""
    margin = (plan.get("margin") or {}).get(outcome)
    return None if margin is None else float(margin) * (100 if unit == "percentage_points" else 1)


def earlier_trends(
    frame: pd.DataFrame, outcome: str, plan: Mapping[str, Any], clusters: str | None, level: float, *, unit: str
) -> Result | None:
    """Judge whether the arms moved apart before the start; None with fewer than two waves before it.

    ``unit`` is that of the outcome's changes: the plan writes margins of shares as shares, the frame holds points.
    """
    start = plan.get("start", frame["wave"].max())
    if frame["arm"].nunique() < 2 or frame.loc[frame["wave"] < start, "wave"].nunique() < 2:
        return None
    margin = margins(plan, unit, outcome)
    return pre_trends(frame, outcome, clusters=clusters, start=start, margin=margin, level=level)


def unseen(wide: pd.DataFrame, outcome: str, level: float) -> Result:
    """Ask how much something unseen must explain, the start of the outcome being the benchmark."""
    complete = wide[["arm", "before", outcome]].dropna(subset=["before", outcome])
    return sensitivity_to_confounding(complete, outcome, "arm", ["before"], ["before"], level=level)


def adjusted_together(
    frame: pd.DataFrame, family: Sequence[str], clusters: str | None, seed: int
) -> dict[str, float] | None:
    """Return the step-down p values of the changes of a family; None without a comparison group."""
    if frame["arm"].nunique() < 2:
        return None
    changes = frame.loc[frame["wave"] == frame["wave"].min(), ["respondent", "arm", "site", "cohort"]].copy()
    for name in family:
        wide = one_row_each(frame, name)
        moved = wide[name] if frame["wave"].nunique() < 2 else wide[name] - wide["before"]
        changes[name] = moved.to_numpy()
    usable = clusters if clusters is not None and changes[clusters].nunique() >= 2 else None
    rows = romano_wolf(changes, list(family), clusters=usable, seed=seed).estimates
    return dict(zip(rows["subject"], rows["p_adjusted"] if "p_adjusted" in rows else rows["p"], strict=True))


def _checks(
    frame: pd.DataFrame,
    row: Mapping[Any, Any],
    plan: Mapping[str, Any],
    ends: tuple[float, float] | None,
    level: float,
    *,
    primary: bool,
) -> Iterator[dict[str, Any]]:
    name = str(row["subject"])
    if not pd.isna(row["se"]) and not pd.isna(row["df"]) and row["df"] >= FEWEST_DF:
        yield {"measure": "smallest_detectable", "estimate": detectable(row["se"], row["df"], level=level)}
        margin = margins(plan, row["unit"], name)
        if margin:
            yield _equivalence(row, margin, level)
    wide = one_row_each(frame, name)
    over_time = frame["wave"].nunique() >= 2
    if ends is not None and over_time and wide[name].isna().any():
        yield _left(wide, name, ends, row["estimate"])
    if frame["arm"].nunique() >= 2:
        yield from _hidden(wide, row, name, level, over_time)
        if primary and over_time:
            yield from _pairs(wide, name, row["estimate"], level)
        earlier = earlier_trends(frame, name, plan, None, level, unit=row["unit"])
        if earlier is not None and earlier.value is not None:
            yield {"measure": "earlier_trends", "estimate": earlier.value, "low": earlier.low, "high": earlier.high,
                   "verdict": earlier.details["verdict"]["verdict"].iloc[0]}  # fmt: skip
    if name in plan.get("placebo", ()):
        yield _placebo(row, margins(plan, row["unit"], name))


def _equivalence(row: Mapping[Any, Any], margin: float, level: float) -> dict[str, Any]:
    """Test the estimate itself, with its own standard error and degrees of freedom, against both margins."""
    reach = quantile(2 * level - 1, row["df"]) * row["se"]
    low, high = row["estimate"] - reach, row["estimate"] + reach
    within, beyond = -margin < low and high < margin, low > margin or high < -margin
    verdict = "within" if within else "beyond" if beyond else "too_weak"
    return {"measure": "equivalence", "estimate": row["estimate"], "low": low, "high": high, "margin": margin,
            "verdict": verdict}  # fmt: skip


def _left(wide: pd.DataFrame, name: str, ends: tuple[float, float], estimate: float) -> dict[str, Any]:
    """Put everyone who left at either end of the scale; the comparison group at the other."""
    low_end, high_end = ends
    begun = wide.loc[wide["before"].notna(), ["arm", "before", name]]

    def change(arm: str, end: float) -> float:
        people = (begun["arm"] == arm).to_numpy()
        return float((begun[name].fillna(end) - begun["before"])[people].mean())

    low, high = change("participants", low_end), change("participants", high_end)
    if (wide["arm"] == "comparison").any():
        low, high = low - change("comparison", high_end), high - change("comparison", low_end)
    return {"measure": "attrition_bounds", "estimate": estimate, "low": low, "high": high,
            "verdict": "holds" if low > 0 or high < 0 else "may_turn"}  # fmt: skip


def _hidden(
    wide: pd.DataFrame, row: Mapping[Any, Any], name: str, level: float, over_time: bool
) -> Iterator[dict[str, Any]]:
    scaled = row.get("standardised")
    if scaled is not None and not pd.isna(scaled) and not pd.isna(row["standardised_low"]):
        needed = e_value(scaled, row["standardised_low"], row["standardised_high"], measure="SMD").estimates["estimate"]
        yield {"measure": "e_value", "estimate": needed.iloc[0], "low": needed.iloc[1],
               "verdict": "closed" if needed.iloc[1] > 1 else "open"}  # fmt: skip
    if not over_time:
        return
    rows = unseen(wide, name, level).estimates.set_index("measure")["estimate"]
    if "robustness_value" in rows and np.isfinite(rows["robustness_value"]):
        least = rows.get("robustness_value_significance", 0.0)
        yield {"measure": "robustness", "estimate": rows["robustness_value"], "low": least,
               "verdict": "closed" if least > 0 else "open"}  # fmt: skip


def _pairs(wide: pd.DataFrame, name: str, estimate: float, level: float) -> Iterator[dict[str, Any]]:
    """Pair the served with the comparison people who began most alike, and ask how much hidden bias they bear."""
    complete = wide.dropna(subset=["before", name, "arm"]).sort_values("respondent", kind="stable")
    if complete["arm"].value_counts().min() < FEWEST_PAIRS or complete["before"].nunique() < 2:
        return
    found = match(complete, "arm", ["before"], link="linear", caliper=_ALIKE)
    paired = complete.assign(change=complete[name] - complete["before"], pair=found.groups).query("pair >= 0")
    sides = paired.pivot(index="pair", columns="arm", values="change").dropna()
    if len(sides) < FEWEST_PAIRS:
        return
    served, comparison = sides["participants"], sides["comparison"]
    first, second = (served, comparison) if estimate > 0 else (comparison, served)
    gamma = rosenbaum_bounds(first, second, level=level).value
    verdict = "open" if gamma is None else "closed"
    yield {"measure": "pairs", "estimate": 1.0 if gamma is None else gamma, "n": len(sides), "verdict": verdict}


def _placebo(row: Mapping[Any, Any], margin: float | None) -> dict[str, Any]:
    bare = {name: row.get(name) for name in ("estimate", "low", "high", "se", "df", "level", "n", "coverage")}
    judged = placebo(Result("placebo", "", pd.DataFrame([{"measure": "placebo", "subject": row["subject"], **bare}])),
                     margin=margin)  # fmt: skip
    return {"measure": "placebo", "estimate": row["estimate"], "low": row["low"], "high": row["high"],
            "verdict": judged.details["verdict"]["verdict"].iloc[0]}  # fmt: skip
