"""Equivalence."""

import numpy as np
import pytest
from statsmodels.stats.weightstats import ttost_ind, ttost_paired

from vises_methods.errors import InputError
from vises_methods.outcomes import equivalence

RANDOM = np.random.default_rng(2)
ONE, TWO = RANDOM.normal(0.1, 1, 30), RANDOM.normal(0, 1.4, 30)


def test_it_equals_statsmodels():
    assert equivalence(ONE, TWO, 1).estimates["p"].iloc[0] == pytest.approx(
        ttost_ind(ONE, TWO, -1, 1, usevar="unequal")[0]
    )
    assert equivalence(ONE, TWO, 1, paired=True).estimates["p"].iloc[0] == pytest.approx(
        ttost_paired(ONE, TWO, -1, 1)[0]
    )


@pytest.mark.parametrize(("shift", "margin", "verdict"), [(0, 3, "within"), (10, 3, "beyond"), (0, 0.05, "too_weak")])
def test_the_verdict_has_three_states(shift, margin, verdict):
    assert equivalence(ONE + shift, TWO, margin).details["verdict"]["verdict"].iloc[0] == verdict


def test_the_verdict_agrees_with_the_p_value():
    for margin in np.linspace(0.1, 2, 12):
        result = equivalence(ONE, TWO, margin)
        within = result.details["verdict"]["verdict"].iloc[0] == "within"
        assert within == (result.estimates["p"].iloc[0] < 0.05)


def test_reasons_and_refusals():
    assert equivalence([1.0], [2.0, 3.0], 1).not_estimable.code == "outcomes.reasons.few_people"
    assert equivalence([1.0, 1.0], [1.0, 1.0], 1, paired=True).not_estimable.code == "outcomes.reasons.no_variation"
    with pytest.raises(InputError):
        equivalence(ONE, TWO, 0)
