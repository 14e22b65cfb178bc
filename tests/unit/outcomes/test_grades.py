"""The grade beside an estimate: what the design reaches and what lowers it."""

import numpy as np
import pandas as pd
import pytest

from vises_methods import outcomes
from vises_methods.errors import InputError
from vises_methods.results import Result

PLAN = {"primary": ["trust"], "model": "difference_in_differences", "attrition_bound": 0.2,
        "comparison_chosen": "before"}  # fmt: skip


def survey(people=48, sites=12, shift=0.0, gone=(), seed=1):
    random = np.random.default_rng(seed)
    person = np.arange(people)
    served = person % 2
    start = np.empty(people)
    start[served == 1] = np.linspace(40, 60, people // 2)
    start[served == 0] = np.linspace(40, 60, people // 2) + shift
    end = start + 3 * served + random.normal(0, 2, people)
    arm = np.where(served == 1, "participants", "comparison")
    one = pd.DataFrame({"respondent": person, "wave": 0, "arm": arm, "site": person % sites, "trust": start})
    two = one.assign(wave=1, trust=end)
    return pd.concat([one, two[~two["respondent"].isin(gone)]], ignore_index=True)


def graded(frame=None, plan=PLAN, assignment="unknown", clusters="site", **options):
    frame = survey() if frame is None else frame
    plan = {**(plan or {}), "assignment": assignment} if plan is not None else {"assignment": assignment}
    first = frame[frame["wave"] == 0]
    checks = {"balance": outcomes.balance(first, "arm", ["trust"]), "attrition": outcomes.attrition(frame, "trust")}
    return outcomes.grade(
        outcomes.difference_in_differences(frame, "trust", clusters=clusters),
        outcomes.detect_design(frame, plan=plan),
        plan=plan,
        **{**checks, **options},
    )


def test_alike_groups_with_a_plan_reach_three():
    found = graded()
    assert (found.grade, found.caps, found.exploratory) == (3, (), False)


@pytest.mark.parametrize(
    ("options", "code", "grade"),
    [
        ({"frame": survey(shift=3)}, "not_alike", 2),
        ({"balance": None}, "balance_not_shown", 2),
        ({"attrition": None}, "attrition_not_shown", 2),
        ({"frame": survey(gone=range(24))}, "attrition_over_bound", 2),
        ({"frame": survey(gone=range(0, 12, 2))}, "attrition_differs", 2),
        ({"frame": survey(sites=3)}, "few_clusters", 2),
        ({"frame": survey(people=16, sites=8)}, "few_people", 2),
        ({"plan": {**PLAN, "comparison_chosen": "after"}}, "comparison_chosen_after", 2),
        ({"plan": {**PLAN, "primary": ["jobs"]}}, "outcome_not_planned", 3),
        ({"plan": {**PLAN, "model": "ancova"}}, "model_not_planned", 3),
        ({"plan": None}, "outcome_not_planned", 3),
    ],
)
def test_conduct_caps_the_grade_with_its_reason(options, code, grade):
    found = graded(**options)
    assert code in found.caps
    assert found.grade <= grade
    assert any(reason.code.endswith(code) for reason in found.reasons)
    assert all(reason.sentence(lang) for reason in found.reasons for lang in ("fr", "nl", "en"))


def test_an_unplanned_outcome_is_exploratory_and_never_above_three():
    found = graded(plan={**PLAN, "primary": []}, assignment="random")
    assert (found.grade, found.reached, found.exploratory) == (3, 5, True)


@pytest.mark.parametrize(
    ("assignment", "grade"), [("random", 5), ("lottery", 5), ("threshold", 3), ("self_selected", 3)]
)
def test_the_assignment_sets_what_can_be_reached(assignment, grade):
    assert graded(assignment=assignment).grade == grade


def test_a_lottery_with_drop_out_is_good_evidence_and_no_more():
    found = graded(frame=survey(gone=(0, 1)), assignment="lottery")
    assert (found.grade, found.caps) == (4, ("lottery_with_dropout",))


def test_a_small_difference_at_the_start_must_be_adjusted_for():
    frame = survey()
    first = frame[frame["wave"] == 0].assign(age=lambda rows: 40 + rows["respondent"] % 2 + rows["respondent"] % 7)
    aged = frame.merge(first[["respondent", "age"]])
    plan = {**PLAN, "assignment": "unknown"}
    balance = outcomes.balance(first, "arm", ["trust", "age"])
    smd = balance.estimates.set_index(["measure", "subject"]).loc[("smd", "age"), "estimate"]
    assert abs(smd) > 0.05
    if abs(smd) > 0.25:
        balance = outcomes.balance(first.assign(age=first["age"] - 0.8 * (first["respondent"] % 2)), "arm", ["age"])
    design, left = outcomes.detect_design(aged, plan=plan), outcomes.attrition(aged, "trust")
    plain, adjusted = (
        outcomes.grade(outcomes.difference_in_differences(aged, "trust", clusters="site", covariates=names),
                       design, balance, left, plan)
        for names in ([], ["age"])
    )  # fmt: skip
    assert "not_adjusted" in plain.caps
    assert (plain.grade, adjusted.grade) == (2, 3)


def test_a_change_of_served_people_is_never_more_than_a_change():
    frame = survey()
    design = outcomes.detect_design(frame, plan={"assignment": "random"})
    assert design.grade == 5
    assert outcomes.grade(outcomes.paired_change([1, 2, 4], [2, 2, 5]), design).grade == 1


def test_what_has_no_estimate_has_grade_zero():
    frame = survey()
    empty = outcomes.difference_in_differences(frame[frame["arm"] == "participants"], "trust")
    assert outcomes.grade(empty, outcomes.detect_design(frame)).grade == 0


def test_where_all_started_alike_the_change_itself_is_graded_and_told():
    frame = pd.DataFrame({"respondent": [1, 2, 3, 4] * 2, "wave": [0] * 4 + [1] * 4, "arm": "participants"})
    frame["trust"] = [3.0, 3, 3, 3, 3, 4, 3, 5]
    changed = outcomes.paired_change(frame["trust"][:4], frame["trust"][4:], measure="SMCR", outcome="trust")
    assert changed.value is None
    assert changed.estimates["reason"][0] == "outcomes.reasons.no_variation"
    found = outcomes.grade(changed, outcomes.detect_design(frame))
    assert (found.grade, found.reached) == (1, 1)
    first, *_ = outcomes.wording(found, changed, outcome="Trust", unit="points")
    assert first.code == "outcomes.wording.grade_1"
    assert first.sentence("en").startswith("Trust changed by +0.75 points")


def test_a_foreign_result_is_refused():
    frame = survey()
    foreign = Result(
        method="Cohen's kappa", reference="", estimates=pd.DataFrame({"measure": ["k"], "estimate": [1.0]})
    )
    with pytest.raises(InputError, match="kappa"):
        outcomes.grade(foreign, outcomes.detect_design(frame))


def test_a_grade_survives_its_json():
    found = graded(frame=survey(shift=3))
    again = outcomes.Grade.from_json(found.to_json())
    assert (again.grade, again.caps, again.claim) == (found.grade, found.caps, found.claim)
