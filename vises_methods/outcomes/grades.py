"""How strong the evidence behind an estimate is: the design sets the highest grade, the conduct may lower it.

The order of levels follows the Maryland scale (Sherman et al. 1997); the idea that conduct lowers a grade, each time
with a reason, is GRADE's (Guyatt et al. 2008, BMJ 336:924-926); the limits 0.05 and 0.25 for baseline differences are
those of the What Works Clearinghouse (Standards Handbook 5.0). Ten points, ten people and eight periods are
proposals that the plan may replace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes.design import Design
from vises_methods.outcomes.inference import MINIMUM_CLUSTERS, MINIMUM_DF, stated_row
from vises_methods.outcomes.requirements import require_option
from vises_methods.results import Notice, Result

CLAIMS: dict[str, str] = {
    "paired change": "change",
    "regression to the mean": "change",
    "change beyond an outside trend": "change_and_trend",
    "Wilcoxon signed-rank test": "change",
    "sign-flip test": "change",
    "standardised mean difference": "levels",
    "Cliff's delta": "levels",
    "difference of means": "levels",
    "Mann-Whitney test": "levels",
    "Brunner-Munzel test": "levels",
    "comparison of two shares": "levels",
    "change of a share": "change",
    "ordered logit": "levels",
    "permutation test of clusters": "comparison",
    "difference in differences": "comparison",
    "analysis of covariance": "comparison",
    "weighting of comparison": "comparison",
    "staggered difference in differences": "comparison",
    "interrupted time series": "series",
    "interrupted time series with control series": "controlled_series",
}
CEILINGS: dict[str, int] = {
    "change": 1,
    "change_and_trend": 2,
    "levels": 1,
    "series": 2,
    "controlled_series": 4,
    "comparison": 5,
}
FUNCTIONS: dict[str, str] = {"paired change": "paired_change", "analysis of covariance": "ancova"}
NATURAL_MEASURES = ("change", "difference_in_differences", "adjusted_difference", "difference", "level_change", "mean")
RANDOM = ("random", "lottery")
ALIKE, FAR = 0.05, 0.25
DIFFERENTIAL_ATTRITION = 0.10
MINIMUM_PEOPLE = 10


class Grade(Result):
    """The grade of one estimate; ``details["caps"]`` says what lowered it, ``notices`` why, in three languages."""

    @property
    def grade(self) -> int:
        """The grade, 0 (no measured change) to 5 (strong evidence)."""
        return int(self.details["grade"]["grade"].iloc[0])

    @property
    def reached(self) -> int:
        """The grade that design and method reach before conduct is looked at."""
        return int(self.details["grade"]["reached"].iloc[0])

    @property
    def design_kind(self) -> str:
        """The design that the grade started from."""
        return str(self.details["grade"]["design"].iloc[0])

    @property
    def claim(self) -> str:
        """What the method compares: change, levels, series, controlled_series or comparison."""
        return str(self.details["grade"]["claim"].iloc[0])

    @property
    def exploratory(self) -> bool:
        """Whether the outcome or the model was not named in a plan."""
        return bool(self.details["grade"]["exploratory"].iloc[0])

    @property
    def caps(self) -> tuple[str, ...]:
        """The codes of what lowers the grade, or would lower a higher one."""
        return tuple(self.details["caps"]["code"])

    @property
    def reasons(self) -> tuple[Notice, ...]:
        """Why it is this grade: coded remarks."""
        return self.notices


def grade(
    result: Result,
    design: Design,
    balance: Result | None = None,
    attrition: Result | None = None,
    plan: Mapping[str, Any] | None = None,
    *,
    pre_trends: Result | None = None,
    sensitivity: Result | None = None,
) -> Grade:
    """Grade an estimate: what the design allows, lowered by how the study went.

    Parameters
    ----------
    result : Result
        Of this room. Graded is the estimate in the outcome's own unit where there is one, else the first: where all
        started alike, no standardised change can be estimated, but the change itself can.
    design : Design
        From :func:`detect_design`.
    balance : Result, optional
        From :func:`balance` at the first wave, after matching or weighting if these were used. Without it a comparison
        group counts as not shown to be alike.
    attrition : Result, optional
        From :func:`attrition`. Without it a comparison over time counts as not shown to be complete.
    plan : mapping, optional
        ``primary`` and ``family`` (outcomes), ``model``, ``attrition_bound`` (share), ``assignment``,
        ``comparison_chosen`` (before or after the results), and limits that replace the proposals:
        ``attrition_difference`` (0.10), ``minimum_people`` (10).
    pre_trends : Result, optional
        From :func:`pre_trends`; needed for grade 4 with a staggered start, and strong enough to tell: a test that is
        too weak has tested nothing.
    sensitivity : Result, optional
        From :func:`sensitivity_to_confounding`; needed for grade 4 with a staggered start.

    Returns
    -------
    Grade
        ``grade`` 0 to 5, ``reached`` before the caps, ``caps``, ``reasons`` and ``exploratory``.

    Raises
    ------
    InputError
        When the result is not of a method that makes a claim of this kind, or the plan has an unknown value.

    References
    ----------
    Guyatt, G. H. et al. (2008). BMJ 336:924-926; Sherman, L. W. et al. (1997), chapter 2; What Works Clearinghouse
    (2022), Procedures and Standards Handbook 5.0.

    Examples
    --------
    >>> from vises_methods.outcomes.change import paired_change
    >>> from vises_methods.outcomes.design import detect_design
    >>> survey = pd.DataFrame({"respondent": [1, 2, 3] * 2, "wave": [0, 0, 0, 1, 1, 1], "arm": ["participants"] * 6,
    ...                        "y": [1, 2, 3, 2, 4, 4.0]})
    >>> grade(paired_change([1, 2, 3], [2, 4, 4]), detect_design(survey)).grade
    1
    """
    known_plan = dict(plan or {})
    require_option(result.method, list(CLAIMS), "grade(result=)")
    chosen = known_plan.get("comparison_chosen", "before")
    require_option(chosen, ("before", "after"), "grade(plan=)")
    claim = CLAIMS[result.method]
    reached, start = _reached(result, design, claim, pre_trends, sensitivity)
    caps = [
        *_balance_caps(result, design, claim, balance),
        *_attrition_caps(design, claim, attrition, known_plan),
        *_size_caps(result, claim, known_plan),
        *_plan_caps(result, known_plan),
        *_check_caps(pre_trends, sensitivity),
    ]
    if claim in ("comparison", "levels") and chosen == "after":
        caps.append((2, Notice("outcomes.grades.reasons.comparison_chosen_after", {})))
    value = min([reached, *(cap for cap, _ in caps)])
    exploratory = any(notice.code.endswith(("outcome_not_planned", "model_not_planned")) for _, notice in caps)
    first = result.estimates.iloc[0]
    row = stated_row("grade", str(first["subject"]), value, n=int(first["n"]), coverage=float(first["coverage"]))
    table = pd.DataFrame([(_code(notice), cap) for cap, notice in caps], columns=["code", "cap"])
    summary = {"grade": value, "reached": reached, "design": design.kind, "claim": claim, "exploratory": exploratory}
    return Grade(
        method="grade of evidence",
        reference="Guyatt et al. 2008; Sherman et al. 1997, chapter 2; What Works Clearinghouse 2022",
        estimates=pd.DataFrame([row]),
        details={"grade": pd.DataFrame([summary]), "caps": table},
        options={"method": result.method, "design": design.kind, "plan": known_plan},
        notices=(*start, *(notice for _, notice in caps)),
        inputs={},
    )


def natural_row(result: Result) -> pd.Series:
    """Return the row of a result in the outcome's own unit, else the first."""
    table = result.estimates
    for measure in NATURAL_MEASURES:
        found = table[table["measure"] == measure]
        if len(found):
            return found.iloc[0]
    return table.iloc[0]


Cap = tuple[int, Notice]


def _code(notice: Notice) -> str:
    return notice.code.rsplit(".", 1)[1]


def _reached(
    result: Result, design: Design, claim: str, pre_trends: Result | None, sensitivity: Result | None
) -> tuple[int, list[Notice]]:
    if pd.isna(natural_row(result)["estimate"]):
        return 0, [Notice("outcomes.grades.reasons.no_estimate", {})]
    kind = design.kind
    ceiling = CEILINGS[claim]
    if claim == "levels" and kind in RANDOM:
        ceiling = 5
    if claim == "comparison" and kind in ("interrupted_series", "interrupted_series_control", "before_after_trend"):
        raise InputError("outcomes.errors.design_mismatch", "grade(design=)", design=kind, method=result.method)
    reasons = [Notice(f"outcomes.designs.found.{kind}", {"points": 8})]
    if claim == "comparison" and kind == "threshold":
        ceiling = 3
        reasons.append(Notice("outcomes.grades.reasons.threshold_not_used", {}))
    if claim == "comparison" and kind == "waiting_list":
        if pre_trends is None or sensitivity is None:
            ceiling = 3
            reasons.append(Notice("outcomes.grades.reasons.staggered_not_tested", {}))
        elif _verdict(pre_trends) == "too_weak":
            ceiling = 3
            reasons.append(Notice("outcomes.grades.reasons.staggered_too_weak", {}))
    if ceiling < design.grade:
        reasons.append(Notice("outcomes.grades.reasons.method_below_design", {"reachable": design.grade}))
    return min(design.grade, ceiling), reasons


def _balance_caps(result: Result, design: Design, claim: str, balance: Result | None) -> list[Cap]:
    if claim not in ("comparison", "levels"):
        return []
    smd = None if balance is None else balance.estimates.query("measure == 'smd'").dropna(subset=["estimate"])
    if smd is None or smd.empty:
        return [] if design.kind in RANDOM else [(2, Notice("outcomes.grades.reasons.balance_not_shown", {}))]
    far = smd[smd["estimate"].abs() > FAR]
    if len(far):
        return [(2, Notice("outcomes.grades.reasons.not_alike", {"covariates": list(far["subject"])}))]
    apart = smd.loc[smd["estimate"].abs() > ALIKE, "subject"]
    open_ones = [name for name in apart if str(name).split("[")[0] not in _adjusted(result)]
    if open_ones and design.kind not in RANDOM:
        return [(2, Notice("outcomes.grades.reasons.not_adjusted", {"covariates": open_ones}))]
    return []


def _adjusted(result: Result) -> set[str]:
    """Return what the method adjusted for: its covariates, the baseline, and in differences the outcome itself."""
    names: set[str] = set()
    for option in ("covariates", "baseline", "outcome", "fixed_effects"):
        value = result.options.get(option)
        names |= {value} if isinstance(value, str) else set(value or ())
    return names


def _attrition_caps(design: Design, claim: str, attrition: Result | None, plan: Mapping[str, Any]) -> list[Cap]:
    if claim != "comparison":
        return []
    if attrition is None or attrition.value is None:
        return [(2, Notice("outcomes.grades.reasons.attrition_not_shown", {}))]
    table = attrition.estimates
    overall = table.loc[table["measure"].eq("dropout") & table["subject"].isin(["all", "participants", "comparison"])]
    highest = float(overall["estimate"].max())
    caps: list[Cap] = []
    bound = plan.get("attrition_bound")
    if bound is not None and highest > float(bound):
        values = {"dropout": highest, "bound": float(bound)}
        caps.append((2, Notice("outcomes.grades.reasons.attrition_over_bound", values)))
    difference = table.loc[table["measure"] == "dropout_difference", "estimate"]
    limit = float(plan.get("attrition_difference", DIFFERENTIAL_ATTRITION))
    if len(difference) and abs(float(difference.iloc[0])) > limit:
        values = {"difference": abs(float(difference.iloc[0])), "limit": limit}
        caps.append((2, Notice("outcomes.grades.reasons.attrition_differs", values)))
    if design.kind == "lottery" and highest > 0:
        caps.append((4, Notice("outcomes.grades.reasons.lottery_with_dropout", {"dropout": highest})))
    if design.kind == "random" and bound is None and highest > 0:
        caps.append((4, Notice("outcomes.grades.reasons.no_attrition_bound", {"dropout": highest})))
    return caps


def _size_caps(result: Result, claim: str, plan: Mapping[str, Any]) -> list[Cap]:
    first = result.estimates.iloc[0]
    caps: list[Cap] = []
    clusters, df = first.get("clusters"), first.get("df")
    if clusters is not None and not pd.isna(clusters) and clusters < MINIMUM_CLUSTERS:
        caps.append((2, Notice("outcomes.grades.reasons.few_clusters", {"clusters": int(clusters)})))
    if df is not None and not pd.isna(df) and df < MINIMUM_DF:
        caps.append((3, Notice("outcomes.grades.reasons.few_degrees_of_freedom", {"df": float(df)})))
    least = int(plan.get("minimum_people", MINIMUM_PEOPLE))
    smallest = min((int(first[name]) for name in ("n_served", "n_comparison") if _present(first, name)), default=None)
    if claim in ("comparison", "levels") and smallest is not None and smallest < least:
        caps.append((2, Notice("outcomes.grades.reasons.few_people", {"people": smallest, "least": least})))
    return caps


def _present(row: pd.Series, name: str) -> bool:
    return name in row and not pd.isna(row[name])


def _plan_caps(result: Result, plan: Mapping[str, Any]) -> list[Cap]:
    caps: list[Cap] = []
    subject = str(result.estimates["subject"].iloc[0])
    named = [name for key in ("primary", "family") for name in _listed(plan.get(key))]
    if subject not in named:
        caps.append((3, Notice("outcomes.grades.reasons.outcome_not_planned", {"outcome": subject})))
    model = plan.get("model")
    if model is None or _plain(str(model)) not in {_plain(result.method), _plain(FUNCTIONS.get(result.method, ""))}:
        caps.append((3, Notice("outcomes.grades.reasons.model_not_planned", {})))
    return caps


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip().lower()


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(item) for item in value]


def _check_caps(pre_trends: Result | None, sensitivity: Result | None) -> list[Cap]:
    caps: list[Cap] = []
    if pre_trends is not None and _verdict(pre_trends) == "contradicted":
        caps.append((3, Notice("outcomes.grades.reasons.pre_trend_contradicted", {})))
    if sensitivity is not None and _verdict(sensitivity) == "contradicted":
        caps.append((4, Notice("outcomes.grades.reasons.sensitivity_bound_low", {})))
    return caps


def _verdict(check: Result) -> str:
    return str(check.details["verdict"]["verdict"].iloc[0]) if "verdict" in check.details else "too_weak"
