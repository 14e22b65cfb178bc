"""Every outcome of an enterprise compared, graded and worded: the claim never says more than its design allows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from vises_methods.outcomes import (
    Design,
    adjust_pvalues,
    ancova,
    difference_in_differences,
    grade,
    paired_change,
    wording,
)
from vises_methods.results import NotEstimable, Notice, Remark, Result, fingerprint, plain
from vises_methods.synthesis.outcome_checks import adjusted_together, earlier_trends, unseen
from vises_methods.synthesis.outcome_frame import one_row_each, outcome_labels, plan_of, primary_outcomes, unit_of

Estimator = Literal["plan", "ancova", "difference_in_differences"]
_CORRECTIONS: dict[str, Literal["holm", "BH", "BY"]] = {"holm": "holm", "bh": "BH", "by": "BY"}


@dataclass(frozen=True)
class ComparisonChoices:
    """How the outcomes are compared: the choices of a methodology, and the seed."""

    measure: Literal["SMCR", "SMCC"] = "SMCR"
    estimator: Estimator = "plan"
    standard_errors: Literal["CR2", "CR1", "CR0", "CR3"] = "CR2"
    interval: Literal["skew", "t"] = "skew"
    correction: Literal["holm", "bh", "by", "romano_wolf", "none"] = "holm"
    level: float = 0.95
    seed: int = 0


@dataclass(frozen=True)
class Compared:
    """One outcome: its row, its sentences, its notices, its means."""

    row: dict[Any, Any]
    remarks: tuple[Remark, ...]
    notices: tuple[Notice, ...]
    means: pd.DataFrame
    changes: pd.DataFrame


def compare_outcomes(
    frame: pd.DataFrame,
    survey_items: Mapping[str, Any] | None,
    design: Design,
    /,
    *,
    balance: Result,
    attrition: Result,
    choices: ComparisonChoices | None = None,
) -> Result:
    """Compare every outcome before and after, with the comparison arm where there is one.

    Parameters
    ----------
    frame : DataFrame
        From :func:`outcome_frame`.
    survey_items : mapping or None
        As in ``survey_items.yml``; its plan names family, model and clusters.
    design : Design
        From :func:`outcomes.detect_design`.
    balance, attrition : Result
        From :func:`likeness` and :func:`who_left`; they cap the grade.
    choices : ComparisonChoices, optional

    Returns
    -------
    Result
        One row per outcome, in the unit of the outcome: ``estimate, se, df, statistic, p, low, high, n``;
        ``p_adjusted`` over the family; ``standardised, standardised_low, standardised_high`` on ``yardstick``;
        ``grade``, ``reached`` and ``exploratory``; ``primary``. ``details["wording"]`` holds the coded sentences,
        ``details["means"]`` the means by arm and wave, ``details["changes"]`` how many people moved by how much. Not
        estimable without two waves or two groups.
    """
    used = choices or ComparisonChoices()
    if survey_items is None or frame.empty or max(frame["wave"].nunique(), frame["arm"].nunique()) < 2:
        return _result([], used, frame, NotEstimable("synthesis.reasons.one_wave"))
    plan = plan_of(survey_items)
    outcomes = survey_items["outcomes"]
    compared = [_compare(frame, outcome, design, balance, attrition, plan, used) for outcome in outcomes]
    result = _result(compared, used, frame, None)
    adjusted = _adjusted(result.estimates, plan, used, frame)
    rows = result.estimates.assign(
        p_adjusted=adjusted, primary=result.estimates["subject"].isin(primary_outcomes(survey_items))
    )
    return Result(**{**vars(result), "estimates": rows}).labelled(outcome_labels(survey_items))


def remarks_of(result: Result, outcome: str) -> list[Remark]:
    """Return the coded sentences on an outcome, to be written in a language."""
    rows = result.details["wording"]
    chosen = rows[rows["outcome"] == outcome].to_dict("records")
    return [Remark(row["code"], json.loads(row["values"])) for row in chosen]


def _compare(
    frame: pd.DataFrame,
    outcome: Mapping[str, Any],
    design: Design,
    balance: Result,
    attrition: Result,
    plan: Mapping[str, Any],
    choices: ComparisonChoices,
) -> Compared:
    name = outcome["id"]
    wide = one_row_each(frame, name)
    clusters = _usable(wide, plan.get("clusters"))
    between = _estimated(frame, wide, name, plan, clusters, choices)
    compared = between or _served_change(wide, name, clusters, outcome, choices)
    known: dict[str, Result | None] = {"balance": _if_estimable(balance), "attrition": _if_estimable(attrition)}
    if between is not None and frame["wave"].nunique() >= 2:
        known |= {"pre_trends": earlier_trends(frame, name, plan, clusters, choices.level, unit=unit_of(outcome)),
                  "sensitivity": unseen(wide, name, choices.level)}  # fmt: skip
    graded = grade(compared, design, plan=plan, **known)
    first = compared.estimates[compared.estimates["measure"].isin(MEASURES)].to_dict("records")[0]
    row: dict[Any, Any] = {
        **first,
        "subject": name,
        "unit": unit_of(outcome),
        "direction": outcome.get("direction"),
        **_standardised(first, _yardstick(wide, name, clusters, choices.measure)),
    }
    summary = graded.details["grade"].to_dict("records")[0]
    row |= {"grade": int(summary["grade"]), "reached": int(summary["reached"]), "exploratory": summary["exploratory"]}
    remarks = wording(graded, compared, outcome=name, unit=unit_of(outcome))
    return Compared(row, tuple(remarks), (*compared.notices, *graded.notices), _means(frame, name),
                    _moved(wide, name))  # fmt: skip


MEASURES = ("change", "adjusted_difference", "difference_in_differences", "difference")


def _estimated(
    frame: pd.DataFrame,
    wide: pd.DataFrame,
    name: str,
    plan: Mapping[str, Any],
    clusters: str | None,
    choices: ComparisonChoices,
) -> Result | None:
    """Estimate the comparison as the methodology or the plan says; None where there is no comparison arm."""
    if frame["arm"].nunique() < 2:
        return None
    model = plan.get("model", "ancova") if choices.estimator == "plan" else choices.estimator
    shared: dict[str, Any] = {"clusters": clusters, "se": choices.standard_errors, "level": choices.level}
    if frame["wave"].nunique() < 2:
        return ancova(wide, name, "arm", None, **shared)
    if model == "difference_in_differences":
        return difference_in_differences(frame, name, **shared)
    if model == "ancova":
        return ancova(wide, name, "arm", "before", **shared)
    return None


def _served_change(
    wide: pd.DataFrame, name: str, clusters: str | None, outcome: Mapping[str, Any], choices: ComparisonChoices
) -> Result:
    served = wide[wide["arm"] == "participants"]
    return paired_change(
        served["before"],
        served[name],
        clusters=served[clusters] if clusters else None,
        measure=choices.measure,
        outcome=name,
        unit=unit_of(outcome),
        interval=choices.interval,
        level=choices.level,
        seed=choices.seed,
    )


def _yardstick(wide: pd.DataFrame, name: str, clusters: str | None, measure: str) -> float | None:
    """Return the served people's own spread: at the start (SMCR), or of their changes (SMCC); None without one."""
    seen = ["before", name, *([clusters] if clusters else [])]
    served = wide.loc[wide["arm"] == "participants", seen].dropna()
    change = served[name] - served["before"]
    if len(served) < 2 or min(change.nunique(), served["before"].nunique()) < 2:
        return None
    if clusters and served[clusters].nunique() < 2:
        return None
    return float((served["before"] if measure == "SMCR" else change).std())


def _standardised(first: Mapping[Any, Any], yardstick: float | None) -> dict[str, float | None]:
    if not yardstick:
        return dict.fromkeys(("yardstick", "standardised", "standardised_low", "standardised_high"))
    ends = {"standardised": "estimate", "standardised_low": "low", "standardised_high": "high"}
    scaled = {name: None if pd.isna(first[of]) else first[of] / yardstick for name, of in ends.items()}
    return {"yardstick": yardstick, **scaled}


def _adjusted(
    rows: pd.DataFrame, plan: Mapping[str, Any], choices: ComparisonChoices, frame: pd.DataFrame
) -> pd.Series[float]:
    """Correct the p values over the family that the plan names, the primary outcomes included."""
    if choices.correction == "none":
        return rows["p"].astype(float)
    family = {*plan.get("family", []), *plan.get("primary", [])} or set(rows["subject"])
    planned = rows["subject"].isin(sorted(family))
    p = rows["p"].astype(float).where(planned)
    if choices.correction == "romano_wolf":
        together = adjusted_together(frame, sorted(family), plan.get("clusters"), choices.seed)
        if together is not None:
            return rows["subject"].map(together).astype(float).where(p.notna())
        return adjust_pvalues(p, "holm", planned=len(family)).astype(float)
    return adjust_pvalues(p, _CORRECTIONS[choices.correction], planned=len(family)).astype(float)


def _means(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    grouped = frame.groupby(["arm", "wave"], sort=True)[name]
    cells = pd.DataFrame({"mean": grouped.mean(), "sd": grouped.std(), "n": grouped.count()})
    return pd.DataFrame(cells.reset_index().assign(outcome=name))


def _moved(wide: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return how many people of each arm went from which answer to which: counts, no person."""
    pairs = wide[["arm", "before", name]].dropna().rename(columns={name: "after"})
    counted = pairs.groupby(["arm", "before", "after"], sort=True).size().rename("people").reset_index()
    return pd.DataFrame(counted.assign(outcome=name))


def _usable(wide: pd.DataFrame, clusters: str | None) -> str | None:
    """Return the clusters, unless everyone is in one: people are then taken as independent, and a notice says so."""
    return clusters if clusters is not None and len(set(wide[clusters].dropna())) > 1 else None


def _if_estimable(result: Result) -> Result | None:
    return result if result.not_estimable is None else None


def _result(
    compared: Sequence[Compared], choices: ComparisonChoices, frame: pd.DataFrame, reason: NotEstimable | None
) -> Result:
    sentences = [
        {
            "outcome": each.row["subject"],
            "code": remark.code,
            "values": json.dumps(plain(remark.values), sort_keys=True),
        }
        for each in compared
        for remark in each.remarks
    ]
    means, changes = [each.means for each in compared], [each.changes for each in compared]
    notices = {notice.code: notice for each in reversed(compared) for notice in reversed(each.notices)}
    return Result(
        method="Outcome comparison",
        reference="Bland & Altman (1994), BMJ 308, p. 1499; Vickers & Altman (2001), BMJ 323, p. 1123",
        estimates=pd.DataFrame([each.row for each in compared], columns=None if compared else ["subject", "estimate"]),
        details={
            "wording": pd.DataFrame(sentences, columns=["outcome", "code", "values"]),
            "means": pd.concat(means, ignore_index=True) if means else pd.DataFrame(),
            "changes": pd.concat(changes, ignore_index=True) if changes else pd.DataFrame(),
        },
        options=vars(choices),
        notices=tuple(reversed(notices.values())),
        not_estimable=reason,
        inputs={"frame": fingerprint(frame)},
    )
