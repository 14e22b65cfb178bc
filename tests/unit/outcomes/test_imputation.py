"""Rubin's rules."""

import numpy as np
import pytest

from vises_methods.outcomes import combine_imputations


def test_without_variation_between_imputations_it_is_the_complete_analysis():
    row = combine_imputations([2.0, 2.0, 2.0], [0.25] * 3, complete_df=40).estimates.iloc[0]
    assert row["se"] == pytest.approx(0.5)
    assert row["df"] == pytest.approx(41 / 43 * 40)


def test_variance_between_imputations_is_added():
    q, u = np.array([1.0, 2.0, 3.0, 2.0]), np.array([0.5, 0.4, 0.6, 0.5])
    row = combine_imputations(q, u).estimates.iloc[0]
    share = 1.25 * q.var(ddof=1) / (u.mean() + 1.25 * q.var(ddof=1))
    assert row["se"] == pytest.approx(np.sqrt(u.mean() + 1.25 * q.var(ddof=1)))
    assert row["df"] == pytest.approx(3 / share**2)


def test_degrees_of_freedom_stay_below_those_of_complete_data():
    assert combine_imputations([1.0, 1.2], [0.1, 0.1], complete_df=9).estimates["df"].iloc[0] < 9


def test_one_imputation_says_why():
    assert combine_imputations([1.0], [0.1]).not_estimable.code == "outcomes.reasons.one_imputation"
