"""Whose weights, why a score moved, and how far it hangs on choices: small cases worked out by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from tests.unit.synthesis.test_indicator_scores import CHOICES, TREE, cells
from vises_methods.indicators import Cells
from vises_methods.language import words
from vises_methods.methodology import IndicatorChoices, UncertaintyChoices
from vises_methods.study import open_enterprise
from vises_methods.synthesis import (
    enterprise_tree,
    framework_audit,
    framework_structure,
    group_weights,
    heading_scores,
    indicator_scores,
    score_change,
    score_uncertainty,
    scores_over_years,
    weight_conclusions,
    weights_agreement,
    weights_of_persons,
    whose_weights,
)

QUIET = UncertaintyChoices(draws=200, means=["arithmetic"], weight_noise=0, leave_out=False)


def with_tables(case, **tables):
    """What is read of an enterprise here, with other tables of weights."""
    names = ("study", "weight_budgets", "weight_judgements", "framework", "codebook", "framework_nodes")
    return SimpleNamespace(**{name: getattr(case, name) for name in names} | tables)


def headings(*values: float | None):
    return heading_scores(indicator_scores(cells(*values), TREE, CHOICES), TREE, CHOICES)


def of(result, dimension: str) -> dict:
    return result.estimates.set_index("measure").loc[dimension].to_dict()


def test_errors_alone_move_a_score_as_far_as_they_are_large():
    """One indicator of 0 to 10 at 5 with a standard error of 1 is 50 ± 10: nine draws in ten within 16.4."""
    result = score_uncertainty(cells(4, 8, 5), TREE, CHOICES, QUIET, errors=pd.Series({"B1": 1.0}), seed=1)
    row = of(result, "B")
    assert row["estimate"] == pytest.approx(50)
    assert (row["low"], row["high"]) == pytest.approx((50 - 16.4, 50 + 16.4), abs=4)
    assert of(result, "A")["low"] == of(result, "A")["high"] == pytest.approx(60)
    assert [notice.code for notice in result.notices] == ["synthesis.notices.no_quality_mark"]


def test_the_score_itself_is_that_of_the_page_and_without_alternatives_there_is_a_reason():
    plan = UncertaintyChoices(draws=100)
    result = score_uncertainty(cells(4, None, 5), TREE, CHOICES, plan, seed=3)
    assert of(result, "A")["estimate"] == of(headings(4, None, 5), "A")["estimate"]
    assert set(result.details["drivers"]["factor"]) == {
        "aggregation",
        "weight_noise",
        "removal",
        "multiple_imputation",
    }
    nothing = score_uncertainty(cells(4, 8, 5), TREE, CHOICES, QUIET, seed=1)
    assert nothing.not_estimable.code == "synthesis.reasons.no_alternatives"


def test_a_weak_indicator_that_falls_silent_is_told_apart_from_a_better_value():
    """A: 2 and 8 give 50; then 2 is silent and 8 became 9: 90, of which 5 to 10 by the value."""
    years = {2020: cells(2, 8, 5), 2021: cells(None, 9, 5)}
    rows = score_change(years, TREE, CHOICES, year=2021).estimates.query("node == 'A'").set_index("measure")["estimate"]
    assert rows["total"] == pytest.approx(40)
    assert rows["values"] == pytest.approx(7.5)
    assert rows["coverage"] == pytest.approx(32.5)
    assert score_change({2021: cells(1, 1, 1)}, TREE, CHOICES, year=2021).not_estimable.code.endswith("one_year")


def test_groups_that_give_the_same_are_nothing_apart_and_opposite_ones_all():
    result = weights_agreement({"u": {"A": 100, "B": 0}, "v": {"A": 0, "B": 100}, "w": {"A": 100, "B": 0}}, TREE)
    apart = result.estimates.query("measure == 'apart'").set_index("subject")["estimate"]
    assert apart.to_dict() == {"u × v": 1.0, "u × w": 0.0, "v × w": 1.0}
    assert of(result, "concordance")["estimate"] == pytest.approx(1 / 9)
    assert weights_agreement({"u": {"A": 1}}, TREE).not_estimable is not None


def test_a_conclusion_holds_for_all_or_depends_on_whose_weights():
    """A 60 and B 50: with all weight on A it rose by 20, with all on B it fell by 10."""
    history = scores_over_years({2020: cells(2, 6, 6), 2021: cells(4, 8, 5)}, TREE, CHOICES)
    sets = {"u": {"A": 100, "B": 0}, "v": {"A": 0, "B": 100}}
    found = weight_conclusions(headings(4, 8, 5), history, TREE, sets)
    moved = found.estimates.query("measure == 'moved'").set_index("subject")
    assert moved["estimate"].to_dict() == pytest.approx({"equal": 5, "u": 20, "v": -10})
    assert moved["answer"].to_dict() == {"equal": "rose", "u": "rose", "v": "fell"}
    assert set(found.details["verdicts"].query("conclusion == 'moved'")["verdict"]) == {"depends"}


def test_persons_are_kept_one_by_one_and_a_contradiction_names_its_pair():
    """The invented answers of Vire-Lune: the means of the groups are what framework.yml notes of them."""
    case = open_enterprise("demo", "vire-lune")
    tree = enterprise_tree(case)
    persons = weights_of_persons(case, tree)
    assert len(persons.details["persons"]) == 46
    assert persons.details["reconsider"][["person", "first", "second"]].to_numpy().tolist() == [["j03", "A", "C"]]
    weights = group_weights(case, persons)
    assert weights["w-permanents"] == pytest.approx({"A": 40, "B": 10, "C": 30, "D": 5, "E": 5, "F": 10})
    assert list(weights) == ["w-salaries", "w-permanents", "w-financeurs", "w-clients"]


def test_the_answers_of_a_group_of_two_are_withheld_and_the_enterprise_note_of_it_stands():
    """Of the three funders who judged pairs, one is taken away: nothing of the other two is told."""
    case = open_enterprise("demo", "vire-lune")
    judged = case.weight_judgements
    two = with_tables(case, weight_judgements=judged[judged["respondent"] != judged["respondent"].iloc[0]])
    tree = enterprise_tree(case)
    persons = weights_of_persons(two, tree)
    assert [notice.code for notice in persons.notices] == ["synthesis.notices.weights_withheld"]
    assert "funders" not in {*persons.details["persons"]["group"], *persons.estimates["group"]}
    assert persons.details["reconsider"].empty
    assert "consistency_ratio" not in set(persons.estimates["measure"])
    assert list(group_weights(two, persons)) == ["w-salaries", "w-permanents", "w-financeurs", "w-clients"]
    alone = with_tables(two, weight_budgets=case.weight_budgets.iloc[:0])
    nobody = weights_of_persons(alone, tree)
    assert nobody.not_estimable.code == "synthesis.reasons.few_persons_weights"


def test_what_moves_the_whole_is_shared_out_over_whose_weights_and_the_rest():
    """A and B lie far apart and each group puts all on one of them: then hardly anything else counts."""
    plan = UncertaintyChoices(draws=512, means=["arithmetic"], weight_noise=0.1, leave_out=False)
    sets = {"u": {"A": 100, "B": 0}, "v": {"A": 0, "B": 100}}
    result = whose_weights(cells(10, 10, 0), TREE, CHOICES, plan, sets, seed=2)
    rows = result.estimates.set_index(["measure", "subject"])["estimate"]
    assert rows["first", "weights"] > 0.95
    assert rows["total", "weight_noise"] < 0.05
    alike = whose_weights(cells(6, 6, 6), TREE, CHOICES, plan, sets, seed=2)
    assert alike.not_estimable.code == "indicators.reasons.nothing_moves"
    alone = whose_weights(cells(10, 10, 0), TREE, CHOICES, plan, {}, seed=2)
    assert alone.not_estimable.code == "synthesis.reasons.one_group_of_weights"
    quiet = whose_weights(cells(10, 10, 0), TREE, CHOICES, QUIET, sets, seed=2)
    assert quiet.not_estimable.code == "synthesis.reasons.no_alternatives"
    assert whose_weights(None, TREE, CHOICES, plan, sets).not_estimable is not None
    for lang in ("fr", "nl", "en"):
        assert "%" in words.whose_weights(result, lang)[0]


def test_few_enterprises_give_no_verdict_but_on_what_is_reported():
    numbers = pd.DataFrame({"A1": [10.0, 50, 90, 30], "A2": [20.0, 60, 70, 40], "B1": 50.0}, index=list("wxyz"))
    states = numbers.notna().replace({True: "reported"})
    several = Cells(numbers, states, pd.Series("G1", index=numbers.index))
    result = framework_audit(several, TREE, IndicatorChoices(uncertainty=UncertaintyChoices(draws=100)))
    verdicts = result.estimates.set_index("measure")["verdict"]
    assert verdicts["reporting"] == "holds"
    assert set(verdicts.drop("reporting")) == {"weak"}
    assert result.notices[0].code == "synthesis.notices.few_units"
    assert framework_structure(several, TREE).estimates["estimate"].tolist() == [1.0, 1.0]
    assert framework_audit(None, TREE, IndicatorChoices()).not_estimable is not None
