"""Adjusted p values."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import adjust_pvalues


@pytest.mark.parametrize("method", ["holm", "BH", "BY", "hochberg", "hommel", "bonferroni"])
def test_adjusting_never_lowers_and_keeps_the_order(method):
    p = np.random.default_rng(1).uniform(0, 0.2, 12)
    adjusted = adjust_pvalues(p, method).to_numpy()
    assert (adjusted >= p - 1e-12).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= -1e-12).all()


def test_a_withheld_p_value_stays_withheld_and_keeps_its_place():
    found = adjust_pvalues(pd.Series([0.01, None, 0.03], index=["a", "b", "c"]))
    assert found.index.tolist() == ["a", "b", "c"]
    assert found.round(2).tolist()[0::2] == [0.02, 0.03]
    assert np.isnan(found["b"])


def test_the_planned_family_counts_where_some_have_no_p_value():
    assert adjust_pvalues([0.01], planned=5).tolist() == [0.05]
    with pytest.raises(InputError):
        adjust_pvalues([0.1, 0.2], planned=1)


def test_nothing_in_nothing_out():
    assert adjust_pvalues([]).empty


@pytest.mark.parametrize(("p", "method"), [([1.2], "holm"), ([0.1], "sidak"), (["low"], "holm")])
def test_wrong_input_is_an_error(p, method):
    with pytest.raises(InputError):
        adjust_pvalues(p, method)
