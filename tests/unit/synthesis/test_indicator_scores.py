"""Scores of one enterprise, with numbers worked out by hand on a tree of two dimensions."""

import pandas as pd
import pytest

from vises_methods.indicators import Cells, IndicatorTree
from vises_methods.synthesis import (
    ScoringChoices,
    heading_scores,
    indicator_scores,
    latest_year,
    profile_on_scales,
    scores_over_years,
    whole_by_weights,
)

SCALE = {"method": "goalposts", "min": 0, "max": 10}


def leaf(name: str, parent: str) -> dict:
    return {
        "id": name,
        "parent": parent,
        "level": 2,
        "unit": "count",
        "direction": "higher",
        "scale": SCALE,
        "label": {"fr": f"Indicateur {name}"},
    }


TREE = IndicatorTree.from_content(
    {
        "units": [{"id": "count", "label": {"en": "number"}}],
        "nodes": [
            {"id": "A", "parent": None, "level": 1, "label": {"fr": "Pratiques 🌱"}},
            leaf("A1", "A"),
            leaf("A2", "A"),
            {"id": "B", "parent": None, "level": 1, "label": {"nl": "Resultaten"}},
            leaf("B1", "B"),
        ],
        "weights": {"sets": [{"id": "users", "values": {"A": 3, "B": 1}}]},
    },
    "test",
)
CHOICES = ScoringChoices(aggregation={2: "arithmetic", 3: "arithmetic"}, min_coverage=0.5)


def cells(a1: float | None, a2: float | None, b1: float | None) -> Cells:
    numbers = pd.DataFrame([[a1, a2, b1]], index=["e"], columns=["A1", "A2", "B1"], dtype=float)
    states = numbers.notna().replace({True: "reported", False: "not_collected"})
    return Cells(numbers, states, pd.Series({"e": "G1"}))


def headings(*values: float | None, min_coverage: float = 0.5):
    choices = ScoringChoices(aggregation=CHOICES.aggregation, min_coverage=min_coverage)
    return heading_scores(indicator_scores(cells(*values), TREE, choices), TREE, choices)


def row(result, measure: str) -> dict:
    return result.estimates.set_index("measure").loc[measure].to_dict()


def test_a_dimension_is_the_mean_of_its_indicators_on_their_own_scales():
    """A: 4 and 8 of 10 give 60; B: 5 of 10 gives 50; there is no row above them."""
    result = headings(4, 8, 5)
    assert row(result, "A")["estimate"] == pytest.approx(60)
    assert row(result, "B")["estimate"] == pytest.approx(50)
    assert set(result.estimates["measure"]) == {"A", "B"}


def test_silence_opens_the_bounds_and_lowers_the_coverage_and_is_no_zero():
    """Half of A is silent: 40 from what is known, between (40+0)/2 and (40+100)/2."""
    known = row(headings(4, None, 5), "A")
    assert (known["estimate"], known["low"], known["high"], known["coverage"]) == pytest.approx((40, 20, 70, 0.5))


def test_under_the_coverage_that_is_asked_for_there_is_a_reason_and_still_the_bounds():
    known = row(headings(4, None, 5, min_coverage=0.6), "A")
    assert pd.isna(known["estimate"])
    assert isinstance(known["reason"], str)
    assert (known["low"], known["high"]) == pytest.approx((20, 70))


def test_without_any_value_everything_is_a_reason():
    nothing = indicator_scores(None, TREE, CHOICES)
    assert nothing.not_estimable.code == "synthesis.reasons.no_indicators"
    assert heading_scores(nothing, TREE, CHOICES).not_estimable is not None
    assert whole_by_weights(nothing, TREE, {}).not_estimable is not None
    assert scores_over_years({}, TREE, CHOICES).not_estimable is not None
    assert profile_on_scales("e", {}, TREE, CHOICES, year=None).not_estimable is not None


def test_whole_shows_each_groups_weights_beside_equal_ones():
    """A 60, B 50: equal 55; users three to one 57.5; team wholly on B 50."""
    result = whole_by_weights(headings(4, 8, 5), TREE, {"users": {"A": 75, "B": 25}, "team": {"B": 10}})
    assert dict(zip(result.estimates["subject"], result.estimates["estimate"], strict=True)) == pytest.approx(
        {"equal": 55, "users": 57.5, "team": 50}
    )
    assert result.details["weights"]["users"].tolist() == pytest.approx([0.75, 0.25])
    assert result.details["weights"]["team"].tolist() == pytest.approx([0, 1])


def test_a_dimension_without_a_score_leaves_the_whole_and_stays_in_its_bounds():
    """B is silent: the whole is A's 60, between (60+0)/2 and (60+100)/2, half of the weight reported."""
    whole = whole_by_weights(headings(4, 8, None), TREE, {}, use="equal").estimates.to_dict("records")[0]
    assert (whole["estimate"], whole["low"], whole["high"], whole["coverage"]) == pytest.approx((60, 30, 80, 0.5))


def test_a_group_that_gave_all_its_weight_to_what_is_silent_gets_a_reason():
    rows = whole_by_weights(headings(4, 8, None), TREE, {"team": {"B": 10}}).estimates.set_index("subject")
    assert pd.isna(rows["estimate"]["team"])
    assert rows["reason"]["team"] == "synthesis.reasons.no_dimension"
    assert (rows["low"]["team"], rows["high"]["team"]) == (0, 100)


def test_one_named_set_stands_alone():
    result = whole_by_weights(headings(4, 8, 5), TREE, {}, use="users")
    assert result.estimates["subject"].tolist() == ["users"]
    assert result.value == pytest.approx(57.5)


def test_years_without_a_value_leave_a_gap_and_no_zero():
    years = {2022: cells(2, 2, 1), 2023: cells(None, None, None), 2024: cells(4, 8, 5)}
    rows = scores_over_years(years, TREE, CHOICES).estimates
    of_a = rows[rows["measure"] == "A"]
    assert of_a[["subject", "estimate"]].to_numpy().tolist() == [["2022", 20.0], ["2024", 60.0]]


@pytest.mark.parametrize(
    ("wanted", "expected"), [("latest", 2023), (2022, 2022), ("2022", 2022), (2024, None), (1999, None)]
)
def test_the_latest_year_is_one_with_a_value(wanted, expected):
    years = {2022: cells(1, 1, 1), 2023: cells(1, None, None), 2024: cells(None, None, None)}
    assert latest_year(years, wanted=wanted) == expected


def test_no_year_at_all():
    assert latest_year({}) is None


def test_the_profile_puts_value_start_and_target_on_the_same_scale():
    """A1: from 2 to 4 of 10, target 6. A2 was silent at first, so its first score is of the year after."""
    years = {2022: cells(2, None, None), 2023: cells(3, 7, None), 2024: cells(4, 8, None)}
    choices = ScoringChoices(targets=pd.Series({"A1": 6.0}))
    rows = profile_on_scales("e", years, TREE, choices, year=2024).estimates.set_index("subject")
    assert rows.loc["A1", ["score", "first_score", "target_score"]].tolist() == pytest.approx([40, 20, 60])
    assert rows.loc["A2", ["score", "first_score"]].tolist() == pytest.approx([80, 70])
    assert rows.loc["B1", ["score", "first_score", "target_score"]].isna().all()
    assert rows["scored"].all()


def test_names_in_one_language_are_shown_to_all():
    result = headings(4, 8, 5)
    assert [result.label("A", "nl"), result.label("B", "fr")] == ["Pratiques 🌱", "Resultaten"]
