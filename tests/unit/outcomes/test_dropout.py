"""Weights for those who stayed, and bounds for those who left."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import attrition_bounds, dropout_weights


@pytest.fixture
def people():
    random = np.random.default_rng(1)
    before = random.normal(size=400)
    after = before + random.normal(size=400)
    after[random.uniform(size=400) < 1 / (1 + np.exp(1 - before))] = np.nan
    return pd.DataFrame({"before": before, "after": after, "arm": np.arange(400) % 2})


def test_weights_bring_the_start_of_those_who_stayed_back_to_that_of_all(people):
    weights = dropout_weights(people, "after", ["before"])
    stayed = weights.notna()
    plain = people.loc[stayed, "before"].mean()
    weighted = np.average(people.loc[stayed, "before"], weights=weights[stayed])
    assert abs(weighted - people["before"].mean()) < abs(plain - people["before"].mean()) / 4


def test_nobody_left_means_weights_of_one(people):
    assert set(dropout_weights(people.assign(after=1.0), "after", ["before"])) == {1.0}


def test_heavy_weights_may_be_cut(people):
    whole, cut = (dropout_weights(people, "after", ["before"], largest=size) for size in (None, 1.5))
    assert cut.max() < whole.max()


def test_everybody_left_is_an_error(people):
    with pytest.raises(InputError):
        dropout_weights(people.assign(after=np.nan), "after", ["before"])


def test_bounds_hold_the_difference_and_close_without_drop_out(people):
    rows = attrition_bounds(people, "after", "arm", lowest=-6, highest=6).estimates.set_index("measure")
    assert rows.loc["worst_best", "low"] <= rows.loc["lee", "low"] <= rows.loc["lee", "high"]
    assert rows.loc["worst_best", "low"] < rows.loc["difference", "estimate"] < rows.loc["worst_best", "high"]
    full = attrition_bounds(people.assign(after=people["before"]), "after", "arm").estimates
    assert full["low"].iloc[1] == full["high"].iloc[1] == pytest.approx(full["estimate"].iloc[0])
    assert full["low"].iloc[2] == pytest.approx(full["high"].iloc[2])


def test_lee_trims_the_arm_that_kept_more():
    frame = pd.DataFrame({"arm": [1] * 4 + [0] * 4, "y": [1, 2, 3, 4, 2, 3, None, None]})
    lee = attrition_bounds(frame, "y").estimates.iloc[2]
    assert [lee["low"], lee["high"]] == [1.5 - 2.5, 3.5 - 2.5]


def test_answers_outside_the_ends_are_refused(people):
    with pytest.raises(InputError):
        attrition_bounds(people, "after", "arm", lowest=0, highest=1)
