"""Matching."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import match


@pytest.fixture
def people():
    random = np.random.default_rng(3)
    served = np.repeat([1, 0], [25, 60])
    age = random.normal(40, 8, 85) + 4 * served
    return pd.DataFrame({"arm": served, "age": age.round(), "town": random.integers(0, 2, 85),
                         "job": random.choice(["none", "part", "full"], 85)})  # fmt: skip


def test_matching_brings_the_groups_together(people):
    result = match(people, "arm", ["age", "town"])
    smd = {
        name: result.details[name].query("measure == 'smd' and subject == 'age'")["estimate"].abs().iloc[0]
        for name in ("before", "after")
    }
    assert smd["after"] < smd["before"]
    assert result.weights.groupby(people["arm"]).sum().tolist() == [25, 25]


def test_nobody_serves_twice_unless_allowed(people):
    assert set(match(people, "arm", ["age"]).weights) == {0.0, 1.0}
    again = match(people, "arm", ["age"], replace=True)
    assert again.weights[people["arm"] == 0].gt(0).sum() < 25


def test_two_partners_each(people):
    result = match(people, "arm", ["age"], ratio=2)
    assert result.groups[result.groups >= 0].value_counts().unique().tolist() == [3]


def test_a_caliper_leaves_people_out_and_counts_them(people):
    far = people.assign(age=np.where(people.index == 0, 75, people["age"]))
    result = match(far, "arm", ["age"], caliper=0.2)
    row = result.estimates.iloc[0]
    assert row["estimate"] < 25
    assert row["coverage"] == row["estimate"] / 25


def test_exact_columns_agree_within_pairs(people):
    result = match(people, "arm", ["age"], exact=["town", "job"])
    kept = people.assign(group=result.groups)[result.groups >= 0]
    assert (kept.groupby("group")[["town", "job"]].agg(lambda values: len(set(values))) == 1).all(axis=None)


@pytest.mark.parametrize("method", ["exact", "coarsened"])
def test_cells_are_balanced_exactly(people, method):
    result = match(people, "arm", ["town", "job"], method)
    shares = result.details["after"].query("measure == 'smd'")["estimate"]
    assert np.abs(shares).max() < 1e-12


def test_cut_points_may_be_given(people):
    result = match(people, "arm", ["age"], "coarsened", cuts={"age": [40]})
    assert set(result.groups) <= {-1, 0, 1}


def test_row_order_decides_among_equals(people):
    same = people.assign(age=40.0 + people["arm"])
    assert match(same, "arm", ["age"]).weights.to_numpy()[25:50].tolist() == [1.0] * 25


def test_no_outcome_is_needed_and_input_is_left_alone(people):
    copy = people.copy(deep=True)
    match(people, "arm", ["age", "job"])
    pd.testing.assert_frame_equal(people, copy)


def test_nobody_alike_gives_a_reason(people):
    apart = people.assign(town=people["arm"])
    assert match(apart, "arm", ["town"], "exact").not_estimable.code == "outcomes.reasons.nobody_matched"


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ({}, {"method": "genetic"}),
        ({}, {"covariates": ["height"]}),
        ({}, {"ratio": 0}),
        ({"age": np.nan}, {}),
        ({"arm": np.nan}, {}),
    ],
)
def test_what_is_not_allowed_is_refused(people, change, options):
    with pytest.raises(InputError):
        match(people.assign(**change), "arm", **{"covariates": ["age"], **options})
