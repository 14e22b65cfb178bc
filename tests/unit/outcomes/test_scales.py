"""Scores from items, and Cronbach's alpha."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import cronbach_alpha, scale_score

ITEMS = ["a", "b", "c", "d"]


@pytest.fixture
def answers():
    return pd.DataFrame({"a": [1, 2, None, 4], "b": [2, 2, None, 5], "c": [3, None, 1, 5], "d": [2, 4, None, 4]})


def test_half_of_the_items_is_enough_by_default(answers):
    assert scale_score(answers, ITEMS).round(3).tolist()[:2] == [2.0, 2.667]
    assert scale_score(answers, ITEMS).isna().tolist() == [False, False, True, False]


def test_all_items_may_be_asked_for(answers):
    assert scale_score(answers, ITEMS, minimum_share=1).isna().tolist() == [False, True, True, False]


def test_a_sum_keeps_its_range_with_a_missing_item(answers):
    assert scale_score(answers, ITEMS, rule="sum").tolist()[:2] == pytest.approx([8.0, 4 * 8 / 3])


def test_single_takes_one_item(answers):
    assert scale_score(answers, ["d"], rule="single").tolist()[0] == 2
    with pytest.raises(InputError, match="4 items"):
        scale_score(answers, ITEMS, rule="single")


def test_reversed_items_need_the_ends_of_the_scale(answers):
    turned = scale_score(answers, ["a", "b"], reverse=["b"], lowest=1, highest=5)
    assert turned.tolist()[0] == (1 + 4) / 2
    with pytest.raises(InputError, match="turn round"):
        scale_score(answers, ["a", "b"], reverse=["b"])


def test_answers_outside_the_scale_are_named(answers):
    with pytest.raises(InputError, match="found 5"):
        scale_score(answers, ITEMS, lowest=1, highest=4)


def test_alpha_of_identical_items_is_one():
    values = [1.0, 2, 3, 5]
    assert cronbach_alpha(pd.DataFrame({"a": values, "b": values}), ["a", "b"]).value == pytest.approx(1)


def test_alpha_is_the_spearman_brown_value_for_standardised_items():
    random = np.random.default_rng(0)
    common = random.normal(size=400)
    frame = pd.DataFrame({name: common + random.normal(size=400) for name in ITEMS})
    frame = (frame - frame.mean()) / frame.std()
    middle = frame.corr().to_numpy()[np.triu_indices(4, 1)].mean()
    result = cronbach_alpha(frame, ITEMS)
    assert result.value == pytest.approx(4 * middle / (1 + 3 * middle))
    assert result.low < result.value < result.high
    assert result.estimates["measure"].tolist() == ["alpha"] + ["alpha_without"] * 4


@pytest.mark.parametrize(
    ("frame", "items", "reason"),
    [
        (pd.DataFrame({"a": [1, 2, 3]}), ["a"], "one_item"),
        (pd.DataFrame({"a": [1, 2], "b": [1, 2]}), ["a", "b"], "few_people"),
        (pd.DataFrame({"a": [1, 1, 1], "b": [2, 2, 2]}), ["a", "b"], "no_variation"),
    ],
)
def test_alpha_that_cannot_be_estimated_says_why(frame, items, reason):
    assert cronbach_alpha(frame, items).not_estimable.code == f"outcomes.reasons.{reason}"
