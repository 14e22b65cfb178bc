"""The asymmetry of a funnel: what is told with few, what filling in changes, and what turning the scale round does."""

import numpy as np
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import pool, small_study_effects


def funnel(slope, k=20):
    random = np.random.default_rng(4)
    errors = np.linspace(0.05, 0.5, k)
    return 0.3 + slope * errors + 0.2 * errors * random.normal(size=k), errors**2


def row(result, measure):
    return result.estimates.set_index("measure").loc[measure]


def test_small_enterprises_that_show_more_are_found_and_the_limit_is_what_sure_ones_show():
    found = small_study_effects(*funnel(1.5))
    assert row(found, "egger_slope")["low"] > 0
    assert row(found, "limit")["low"] < 0.3 < row(found, "limit")["high"]
    assert row(found, "kendall_tau")["p"] < 0.01
    assert found.details["filled"].iloc[0].tolist()[1] == "left"
    assert row(found, "trim_and_fill")["estimate"] < pool(*funnel(1.5)).value


def test_turning_the_scale_round_turns_the_answers_round():
    y, v = funnel(1.5)
    one, other = small_study_effects(y, v), small_study_effects(-y, v)
    np.testing.assert_allclose(one.estimates["estimate"], -other.estimates["estimate"], rtol=1e-12)
    assert other.details["filled"]["side"].tolist() == ["right"]
    assert one.details["filled"]["count"].tolist() == other.details["filled"]["count"].tolist()


def test_where_nothing_is_missing_the_mean_stays():
    y = 0.3 + 0.05 * np.array([-5.1, 4, -3, 2.1, -1, 1.1, -2, 3.1, -4.1, 5])
    v = 0.01 + 0.001 * np.abs(y - 0.3)
    found = small_study_effects(y, v)
    assert found.details["filled"]["count"].tolist() == [0]
    assert row(found, "trim_and_fill")["estimate"] == pytest.approx(pool(y, v).value, abs=1e-9)


def test_few_enterprises_are_told_and_too_few_have_a_reason():
    assert [n.code for n in small_study_effects(*funnel(1, 6)).notices] == ["outcomes.notices.few_for_asymmetry"]
    assert small_study_effects(*funnel(1)).notices == ()
    assert small_study_effects([0.1, 0.2], [0.1, 0.2]).not_estimable.code == "outcomes.reasons.few_enterprises"
    assert small_study_effects([1, 2, 3], [1, 1, 1]).not_estimable.code == "outcomes.reasons.equal_variances"
    assert row(small_study_effects([1, 2, np.nan, 4, 5], [1, 2, 3, 4, np.nan]), "limit")["coverage"] == 0.6


def test_a_variance_that_is_not_positive_is_an_error():
    with pytest.raises(InputError):
        small_study_effects([1, 2, 3], [1, 0, 1])
