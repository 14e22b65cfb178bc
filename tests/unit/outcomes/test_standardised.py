"""Standardised differences of two groups."""

import numpy as np
import pytest
from scipy import stats

from vises_methods.outcomes import cliffs_delta, standardised_difference
from vises_methods.outcomes.standardised import GROUP_MEASURES, noncentral_limits


@pytest.fixture
def groups():
    random = np.random.default_rng(6)
    return random.normal(1, 1, 15), random.normal(0, 2, 20)


@pytest.mark.parametrize("measure", GROUP_MEASURES)
def test_swapping_the_groups_turns_the_sign_or_the_yardstick(groups, measure):
    one, two = groups
    found, swapped = (standardised_difference(*pair, measure=measure) for pair in ((one, two), (two, one)))
    assert found.low < found.value < found.high
    expected = 1 - found.value if measure == "p_superiority" else -found.value
    if measure == "glass_delta":
        expected = -found.value * two.std(ddof=1) / one.std(ddof=1)
    assert swapped.value == pytest.approx(expected)


@pytest.mark.parametrize("statistic", [-4.0, -0.3, 0.0, 2.5, 11.0])
def test_limits_put_the_statistic_at_the_tails(statistic):
    low, high = noncentral_limits(statistic, 12.0, 0.95)
    assert stats.nct.sf(statistic, 12, low) == pytest.approx(0.025, abs=1e-6)
    assert stats.nct.cdf(statistic, 12, high) == pytest.approx(0.025, abs=1e-6)


def test_cliffs_delta_counts_pairs(groups):
    one, two = groups
    expected = np.sign(one[:, None] - two[None, :]).mean()
    assert cliffs_delta(one, two).value == pytest.approx(expected)


def test_groups_that_do_not_overlap_have_delta_one_without_width():
    result = cliffs_delta([4, 5, 6], [1, 2, 3])
    assert (result.value, result.low, result.high) == (1, 1, 1)


def test_too_few_or_no_spread_give_reasons():
    assert standardised_difference([1.0], [2, 3]).not_estimable.code == "outcomes.reasons.few_people"
    assert standardised_difference([1, 1], [1, 1]).not_estimable.code == "outcomes.reasons.no_variation"
    assert cliffs_delta([], [1]).not_estimable.code == "outcomes.reasons.few_people"
