"""From items to outcomes to what may be said: edge cases first."""

import pandas as pd
import pytest

from vises_methods import plots
from vises_methods.catalogue import LANGUAGES
from vises_methods.language import words
from vises_methods.outcomes import detect_design
from vises_methods.results import Result
from vises_methods.synthesis import (
    ComparisonChoices,
    compare_outcomes,
    likeness,
    outcome_frame,
    plan_of,
    primary_outcomes,
    remarks_of,
    who_left,
)


def item(name: str, low: int = 1, high: int = 5, *, reverse: bool = False) -> dict:
    return {"id": name, "min": low, "max": high, "reverse": reverse}


def outcome(name: str, *items: str, kind: str = "ordinal", primary: bool = False, aggregate: str = "mean") -> dict:
    label = {"fr": f"Résultat {name} 🙂"}
    return {
        "id": name,
        "items": list(items),
        "kind": kind,
        "primary": primary,
        "aggregate": aggregate,
        "unit": "likert_1_5",
        "label": label,
    }


def about(*outcomes: dict, items: tuple = (), plan: dict | None = None) -> dict:
    return {"items": list(items), "outcomes": list(outcomes), "covariates": [], "plan": plan}


def survey(*rows: tuple, columns: tuple = ("a",)) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["respondent", "wave", "arm", *columns])
    return frame.assign(site="s", cohort="c")


ONE = about(outcome("o", "a", primary=True), items=(item("a"),))


def compared(frame: pd.DataFrame, items: dict, **choices) -> Result:
    design = detect_design(frame, None, plan_of(items))
    used = {"balance": likeness(frame, items), "attrition": who_left(frame, items)}
    return compare_outcomes(frame, items, design, **used, choices=ComparisonChoices(**choices))


def test_a_scale_turns_its_reversed_items_round_and_asks_for_enough_answers():
    """Items 4 and 2 reversed (6 - 2 = 4): mean 4. With one of three answered and half asked for: missing."""
    items = (item("a"), item("b", reverse=True), item("c"))
    frame = survey(
        ("r1", 0, "participants", 4, 2, 4),
        ("r2", 0, "participants", 5, None, None),
        ("r3", 0, "participants", None, 1, 3),
        columns=("a", "b", "c"),
    )
    made = outcome_frame(frame, about(outcome("o", "a", "b", "c"), items=items))
    assert made["o"].tolist()[0] == 4.0
    assert pd.isna(made["o"].tolist()[1])
    assert made["o"].tolist()[2] == 4.0
    assert list(made.columns) == ["respondent", "wave", "arm", "site", "cohort", "o"]


def test_a_binary_outcome_is_in_per_cent():
    made = outcome_frame(
        survey(("r1", 0, "participants", 1), ("r2", 0, "participants", 0)),
        about(outcome("o", "a", kind="binary"), items=(item("a", 0, 1),)),
    )
    assert made["o"].tolist() == [100, 0]


def test_without_survey_items_there_is_no_row_and_every_later_step_says_why():
    frame = outcome_frame(survey(), None)
    assert len(frame) == 0
    assert who_left(frame, None).not_estimable.code == "synthesis.reasons.one_wave"
    assert likeness(frame, None).not_estimable.code == "synthesis.reasons.no_comparison"
    design = detect_design(None, None, {})
    result = compare_outcomes(frame, None, design, balance=likeness(frame, None), attrition=who_left(frame, None))
    assert result.not_estimable.code == "synthesis.reasons.one_wave"
    assert remarks_of(result, "o") == []


def test_the_plan_forgets_its_empty_entries():
    plan = {"family": [], "primary": ["o"], "model": None, "clusters": "site"}
    assert plan_of({"plan": plan}) == {"primary": ["o"], "clusters": "site"}
    assert plan_of(None) == plan_of({"plan": None}) == {}


@pytest.mark.parametrize(
    ("plan", "marked", "expected"),
    [({"primary": ["p"]}, True, ("p",)), (None, True, ("o2",)), (None, False, ("o1",))],
)
def test_the_primary_outcomes_are_those_of_the_plan_else_the_marked_else_the_first(plan, marked, expected):
    items = about(outcome("o1", "a"), outcome("o2", "a", primary=marked), plan=plan)
    assert primary_outcomes(items) == expected


def pairs(before: list, after: list, arm: str = "participants", start: int = 0) -> list[tuple]:
    found = []
    for number, (first, last) in enumerate(zip(before, after, strict=True), start):
        found += [(f"r{number}", 0, arm, first), (f"r{number}", 1, arm, last)]
    return found


def test_a_change_of_ten_people_is_the_mean_of_their_changes():
    """Changes 1, 1, 0, 2, 1, 1, 0, 2, 1, 1: mean 1; spread at the start 1.0541 (1..4 as laid out)."""
    before = [1, 2, 3, 2, 1, 2, 3, 2, 4, 3]
    change = [1, 1, 0, 2, 1, 1, 0, 2, 1, 1]
    after = [first + moved for first, moved in zip(before, change, strict=True)]
    result = compared(outcome_frame(survey(*pairs(before, after)), ONE), ONE)
    row = result.estimates.to_dict("records")[0]
    assert row["measure"] == "change"
    assert row["estimate"] == pytest.approx(1.0)
    assert row["n"] == 10
    assert row["standardised"] == pytest.approx(1 / pd.Series(before).std())
    assert bool(row["primary"]) is True
    means = result.details["means"].set_index("wave")["mean"]
    assert means.tolist() == pytest.approx([2.3, 3.3])


def test_an_outcome_that_nobody_answered_is_a_reason_in_figures_and_words():
    frame = outcome_frame(survey(*pairs([None] * 4, [None] * 4)), ONE)
    result, left = compared(frame, ONE), who_left(frame, ONE)
    assert result.estimates["estimate"].isna().tolist() == [True]
    assert result.estimates["reason"].notna().all()
    assert words.attrition(left, "en") == []
    for lang in LANGUAGES:
        told = [module.alt_text(shown, lang) for module, shown in ((plots.attrition, left), (plots.outcomes, result))]
        assert all(len(sentence) > 20 for sentence in told)
        assert plots.attrition.plot(left, lang=lang).texts[0].get_text()


def test_two_arms_that_differ_in_nothing_are_told_and_drawn_as_such():
    frame = outcome_frame(survey(*pairs([3, 3], [3, 4]), *pairs([3, 3], [3, 3], "comparison", 2)), ONE)
    alike = likeness(frame, ONE)
    assert len(words.balance(alike, "nl")) == 1
    assert plots.balance.alt_text(alike, "nl") == words.balance(alike, "nl")[0]
    assert plots.balance.plot(alike, lang="nl").texts[0].get_text()


def test_everyone_on_one_site_counts_as_people_and_not_as_one_cluster():
    items = about(outcome("o", "a"), items=(item("a"),), plan={"clusters": "site"})
    result = compared(outcome_frame(survey(*pairs([1, 2, 3, 2, 1, 4], [2, 2, 4, 3, 1, 5])), items), items)
    assert result.value == pytest.approx(4 / 6)
    assert pd.notna(result.estimates["se"].iloc[0])


def test_p_values_are_corrected_over_the_family_of_the_plan_and_no_other():
    """Two of three outcomes are planned: their p values are doubled for the smaller one (Holm), the third has none."""
    items = about(
        *(outcome(name, column) for name, column in (("o1", "a"), ("o2", "b"), ("o3", "c"))),
        items=(item("a"), item("b"), item("c")),
        plan={"family": ["o1", "o2"]},
    )
    rows = [
        (f"r{n}", wave, "participants", *(min(5, 1 + n % 4 + wave * (1 + (n + shift) % 3)) for shift in range(3)))
        for n in range(12)
        for wave in (0, 1)
    ]
    frame = outcome_frame(survey(*rows, columns=("a", "b", "c")), items)
    estimates = compared(frame, items).estimates.set_index("subject")
    p = estimates["p"].astype(float)
    smaller, larger = sorted(["o1", "o2"], key=lambda name: p[name])
    assert estimates["p_adjusted"][smaller] == pytest.approx(min(1, 2 * p[smaller]))
    assert estimates["p_adjusted"][larger] == pytest.approx(max(p[larger], min(1, 2 * p[smaller])))
    assert pd.isna(estimates["p_adjusted"]["o3"])
    uncorrected = compared(frame, items, correction="none").estimates
    assert uncorrected["p_adjusted"].tolist() == pytest.approx(uncorrected["p"].tolist())
    discovered = compared(frame, items, correction="bh").estimates.set_index("subject")["p_adjusted"]
    assert discovered[larger] == pytest.approx(p[larger])
    dependent = compared(frame, items, correction="by").estimates.set_index("subject")["p_adjusted"]
    assert dependent[larger] == pytest.approx(min(1, 1.5 * p[larger]))
