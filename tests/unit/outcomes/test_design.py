"""Designs detected from survey, series and plan."""

import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import detect_design
from vises_methods.outcomes.design import REACHABLE


def survey(arms=("participants",), waves=(0, 1), people=3):
    rows = [
        {"respondent": f"{arm}{person}", "wave": wave, "arm": arm, "trust": 3.0}
        for arm in arms
        for wave in waves
        for person in range(people)
    ]
    return pd.DataFrame(rows, columns=["respondent", "wave", "arm", "trust"])


def series(before=9, after=4, roles=("served",)):
    return pd.concat(
        pd.DataFrame({"indicator": "jobs", "period": range(before + after), "value": 1.0, "role": role,
                      "event": [0] * before + [1] * after})
        for role in roles
    )  # fmt: skip


BOTH = ("participants", "comparison")
CASES = {
    "outputs_only": (None, None, None),
    "one_wave": (survey(waves=(0,)), None, None),
    "after_only_comparison": (survey(BOTH, waves=(1,)), None, None),
    "before_after": (survey(), None, None),
    "before_after_trend": (survey(), series(before=3, roles=("control",)), None),
    "interrupted_series": (survey(), series(), None),
    "interrupted_series_control": (None, series(roles=("served", "control")), None),
    "comparison": (survey(BOTH), None, {"assignment": "self_selected"}),
    "waiting_list": (survey(BOTH, waves=(0, 1, 2)), None, {"assignment": "waiting_list"}),
    "threshold": (survey(BOTH), None, {"assignment": "threshold"}),
    "lottery": (survey(BOTH), None, {"assignment": "lottery"}),
    "random": (survey(BOTH), None, {"assignment": "random"}),
}


@pytest.mark.parametrize("kind", REACHABLE)
def test_every_design_is_told_from_its_data(kind):
    found = detect_design(*CASES[kind])
    assert (found.kind, found.grade) == (kind, REACHABLE[kind])


@pytest.mark.parametrize("kind", REACHABLE)
@pytest.mark.parametrize("lang", ["fr", "nl", "en"])
def test_every_reason_can_be_read(kind, lang):
    assert all(reason.sentence(lang) for reason in detect_design(*CASES[kind]).reasons)


def test_an_outcome_nobody_answered_at_the_end_is_not_measured_twice():
    frame = survey()
    frame.loc[frame["wave"] == 1, "trust"] = None
    assert detect_design(frame).grade == 0


def test_the_plan_says_which_outcomes_count():
    frame = survey().assign(jobs=[1.0] * 3 + [None] * 3)
    assert detect_design(frame, plan={"primary": "trust"}).grade == 1
    assert detect_design(frame, plan={"primary": ["jobs"]}).grade == 0


def test_a_waiting_list_without_earlier_surveys_is_a_comparison():
    assert detect_design(survey(BOTH), plan={"assignment": "waiting_list"}).kind == "comparison"


def test_an_event_marked_once_starts_the_later_periods():
    marked = series()
    marked["event"] = ["opening" if period == 9 else None for period in marked["period"]]
    points = detect_design(None, marked).details["series"].iloc[0]
    assert (points["before"], points["after"]) == (9, 4)


def test_the_plan_may_ask_for_more_points():
    assert detect_design(survey(), series(), {"minimum_points_before": 12}).kind == "before_after"


def test_a_survey_without_arm_is_of_served_people():
    assert detect_design(survey().drop(columns="arm")).kind == "before_after"


def test_wrong_input_is_an_error():
    with pytest.raises(InputError, match="dice"):
        detect_design(survey(), plan={"assignment": "dice"})
    with pytest.raises(InputError, match="wave"):
        detect_design(survey().drop(columns="wave"))
    with pytest.raises(InputError, match="event"):
        detect_design(None, series().drop(columns="event"))


DECISIONS = pd.DataFrame(
    {"decision": ["d1", "d2"], "date": ["2024-01-25", "2024-02-01"], "decided": ["lots were drawn", "?"],
     "decided_by": ["researcher;referent", "researcher"], "reason": ["more asked than there were places", None]}
)  # fmt: skip


def test_a_logged_decision_puts_another_design_in_the_place_of_the_detected_one():
    plan = {"design": {"kind": "lottery", "decision": "d1"}}
    found = detect_design(survey(BOTH), None, plan, decisions=DECISIONS)
    assert (found.kind, found.grade) == ("lottery", 5)
    assert found.details["design"]["detected"].iloc[0] == "comparison"
    for lang in ("fr", "nl", "en"):
        told = found.reasons[-1].sentence(lang)
        assert all(part in told for part in ("d1", "2024-01-25", "researcher;referent", "more asked than"))


@pytest.mark.parametrize("decision", ["d2", "d9", None])
@pytest.mark.parametrize("decisions", [None, DECISIONS])
def test_an_override_without_who_when_and_why_is_an_error_with_a_remedy(decision, decisions):
    plan = {"design": {"kind": "lottery", "decision": decision}}
    with pytest.raises(InputError) as refused:
        detect_design(survey(BOTH), None, plan, decisions=decisions)
    assert refused.value.problem.code == "outcomes.errors.override_not_logged"
    assert all("decisions.csv" in refused.value.problem.remedy(lang) for lang in ("fr", "nl", "en"))


def test_a_design_that_does_not_exist_cannot_be_decided():
    with pytest.raises(InputError, match="tarot"):
        detect_design(survey(BOTH), None, {"design": {"kind": "tarot", "decision": "d1"}}, decisions=DECISIONS)
