"""How strongly something unseen would have to go with arm and outcome."""

import numpy as np
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import e_value


@pytest.mark.parametrize("ratio", [1.3, 2.0, 7.5])
def test_an_e_value_is_the_same_upside_down(ratio):
    assert e_value(ratio).value == pytest.approx(e_value(1 / ratio).value)


def test_an_interval_that_holds_one_needs_nothing():
    assert e_value(1.4, 0.9, 2.2).estimates["estimate"].iloc[1] == 1
    assert e_value(1.0).value == 1
    assert e_value(2.0).estimates["reason"].iloc[1] == "outcomes.reasons.no_interval"


def test_odds_of_rare_outcomes_are_risk_ratios():
    assert e_value(2.5, measure="OR", rare=True).value == e_value(2.5).value
    assert e_value(2.5, measure="OR").value == e_value(np.sqrt(2.5)).value


def test_a_hazard_ratio_of_one_is_no_difference():
    assert e_value(1.0, measure="HR").value == pytest.approx(1)


@pytest.mark.parametrize("arguments", [(-1.0,), (2.0, -1.0)])
def test_a_ratio_is_positive(arguments):
    with pytest.raises(InputError):
        e_value(*arguments)
