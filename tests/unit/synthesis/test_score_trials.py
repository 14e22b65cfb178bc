"""What the scores would be if: a value changed, targets met, an indicator gone; on scales from 0 to 10."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.errors import InputError
from vises_methods.indicators import Cells, IndicatorTree
from vises_methods.language import words
from vises_methods.synthesis import ScoringChoices, heading_scores, indicator_scores, price_of_points, what_if_changed

TREE = IndicatorTree.from_frame(
    pd.DataFrame(
        {
            "code": ["A", "A1", "a", "b", "B", "B1", "c"],
            "parent": [None, "A", "A1", "A1", None, "B", "B1"],
            "level": [3, 2, 1, 1, 3, 2, 1],
            "direction": [None, None, "higher", "lower", None, None, "higher"],
            "min": [None, None, 0, 0, None, None, 0],
            "max": [None, None, 10, 10, None, None, 10],
        }
    )
)
CHOICES = ScoringChoices(targets=pd.Series({"a": 8.0, "b": 9.0}))


def cells(a: float | None, b: float | None, c: float | None) -> Cells:
    numbers = pd.DataFrame({"a": [a], "b": [b], "c": [c]}, index=["u"], dtype=float)
    return Cells(numbers, numbers.notna().replace({True: "reported", False: "not_collected"}), pd.Series({"u": "G1"}))


def test_targets_not_met_are_met_and_every_score_above_moves() -> None:
    """a from 6 to 8 lifts A1 and A by 10; b, better low, is below its target of 9 already and stays."""
    found = what_if_changed(cells(6, 4, 5), TREE, CHOICES)
    rows = found.estimates.set_index("subject")
    assert found.options["changes"] == {"a": 8.0}
    assert rows["estimate"].to_dict() == pytest.approx({"A": 10, "A1": 10})
    assert found.details["price"].loc["a", "value_per_point"] == pytest.approx(0.2)


def test_one_value_is_tried() -> None:
    found = what_if_changed(cells(6, 4, 5), TREE, CHOICES, indicator="c", value=7)
    assert found.estimates.set_index("subject")["after"].to_dict() == pytest.approx({"B": 70, "B1": 70})
    with pytest.raises(InputError):
        what_if_changed(cells(6, 4, 5), TREE, CHOICES, indicator="z", value=7)


def test_a_point_has_its_price_and_a_dimension_its_score_without() -> None:
    """A is the mean of 60 and 60: one point of it takes 0.2 of a, and 0.2 less of b; B is c alone."""
    rows = price_of_points(cells(6, 4, 10), TREE, CHOICES).estimates.set_index("subject")
    assert rows["estimate"].dropna().to_dict() == pytest.approx({"a": 0.2, "b": -0.2})
    assert rows.loc["a", ["score", "without", "shift"]].tolist() == pytest.approx([60, 60, 0])
    assert rows.loc["c", "reason"] == "synthesis.reasons.at_end"
    assert np.isnan(rows.loc["c", "without"]), "without its only indicator a dimension has no score"


def test_a_trial_is_what_the_scores_themselves_would_be() -> None:
    """The same arithmetic as the scores of the page: one step of a, and a gone."""
    now, more = (
        heading_scores(indicator_scores(cells(value, 4, 5), TREE, CHOICES), TREE, CHOICES)
        .details["scores"]
        .loc["u", "A"]
        for value in (6.0, 6.1)
    )
    row = price_of_points(cells(6, 4, 5), TREE, CHOICES).estimates.set_index("subject").loc["a"]
    assert row["estimate"] == pytest.approx(0.1 / (more - now))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_they_are_told_in_words(lang: str) -> None:
    said = words.trial(what_if_changed(cells(6, 4, 5), TREE, CHOICES), lang)
    assert "60" in said[1]
    assert "70" in said[1]
    assert len(words.prices(price_of_points(cells(6, 4, 10), TREE, CHOICES), lang)) == 1
    assert " c." in words.prices(price_of_points(cells(6, 4, 10), TREE, CHOICES), lang)[0].replace("\u00a0", " ")


def test_what_cannot_be_tried_has_a_reason() -> None:
    assert what_if_changed(None, TREE, CHOICES).not_estimable is not None
    assert price_of_points(None, TREE, CHOICES).not_estimable is not None
    reason = what_if_changed(cells(9, 4, 5), TREE, CHOICES).not_estimable
    assert reason is not None
    assert reason.code == "synthesis.reasons.no_target_missed"
