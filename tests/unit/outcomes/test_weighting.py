"""Weighting, and the errors of what follows from it."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import weight
from vises_methods.outcomes.weighting import ESTIMANDS, METHODS


@pytest.fixture
def people():
    random = np.random.default_rng(5)
    age, town = random.normal(40, 10, 120), random.integers(0, 2, 120)
    served = (random.uniform(size=120) < 1 / (1 + np.exp(1 - 0.03 * (age - 40) - 0.5 * town))).astype(int)
    y = 2 * served + 0.1 * age + town + random.normal(size=120)
    return pd.DataFrame({"arm": served, "age": age, "town": town, "y": y, "site": np.arange(120) % 12})


CASES = [(method, estimand) for method in METHODS for estimand in ESTIMANDS if (method, estimand) != ("entropy", "ATE")]


@pytest.mark.parametrize(("method", "estimand"), CASES)
def test_the_planted_difference_is_found_and_named_as_asked(people, method, estimand):
    row = weight(people, "arm", ["age", "town"], method, estimand, "y").estimates.iloc[0]
    assert row["measure"] == estimand
    assert row["estimate"] == pytest.approx(2, abs=0.6)


@pytest.mark.parametrize(("method", "estimand"), CASES)
def test_errors_equal_those_of_a_weighted_bootstrap(people, method, estimand):
    """Twins of everyone halve the variance: the error of 4 copies of the data is half that of the data."""
    one = weight(people, "arm", ["age", "town"], method, estimand, "y")
    four = weight(pd.concat([people] * 4, ignore_index=True), "arm", ["age", "town"], method, estimand, "y")
    assert four.value == pytest.approx(one.value)
    assert four.se == pytest.approx(one.se / 2)


@pytest.mark.parametrize(("method", "estimand"), CASES)
def test_errors_equal_the_jackknife_nearly(people, method, estimand):
    whole = weight(people, "arm", ["age", "town"], method, estimand, "y")
    left = [weight(people.drop(index=i), "arm", ["age", "town"], method, estimand, "y").value for i in range(120)]
    jackknife = np.sqrt(((np.array(left) - np.mean(left)) ** 2).sum() * 119 / 120)
    assert whole.se == pytest.approx(jackknife, rel=0.08)


def test_entropy_balances_means_exactly(people):
    after = weight(people, "arm", ["age", "town"], "entropy").details["after"]
    assert after.query("measure == 'smd'")["estimate"].abs().max() < 1e-9


def test_weights_of_each_arm_sum_to_one(people):
    for method in ("ipw", "entropy"):
        weights = weight(people, "arm", ["age"], method).weights
        assert weights.groupby(people["arm"]).sum().tolist() == pytest.approx([1, 1])


def test_sites_are_counted_as_clusters(people):
    row = weight(people, "arm", ["age"], outcome="y", clusters="site").estimates.iloc[0]
    assert (row["clusters"], row["df"]) == (12, 11)


def test_groups_that_part_wholly_are_noticed(people):
    parted = people.assign(age=people["arm"] * 100 + people["age"] / 100)
    assert weight(parted, "arm", ["age"]).notices[0].code == "outcomes.notices.score_not_settled"


def test_one_arm_gives_a_reason(people):
    assert weight(people[people["arm"] == 1], "arm", ["age"]).not_estimable.code == "outcomes.reasons.one_arm"


@pytest.mark.parametrize(
    "options",
    [
        {"method": "kernel"},
        {"estimand": "ATC"},
        {"method": "entropy", "estimand": "ATE"},
        {"method": "regression"},
        {"covariates": ["height"]},
    ],
)
def test_what_is_not_allowed_is_refused(people, options):
    with pytest.raises(InputError):
        weight(people, "arm", **{"covariates": ["age"], **options})
