"""How much more likely to be served one of two alike people would have to have been."""

import numpy as np
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import rosenbaum_bounds


def test_bounds_widen_with_gamma_and_meet_the_verdict():
    random = np.random.default_rng(1)
    first, second = random.normal(1, 1, 40), random.normal(0, 1, 40)
    result = rosenbaum_bounds(first, second, [1, 2, 4])
    table = result.details["bounds"]
    assert table["p_upper"].is_monotonic_increasing
    assert table["p_lower"].is_monotonic_decreasing
    at_limit = rosenbaum_bounds(first, second, [result.value]).details["bounds"]["p_upper"].iloc[0]
    assert at_limit == pytest.approx(0.05, abs=1e-6)


def test_bounds_without_a_verdict_say_so():
    result = rosenbaum_bounds([1, 2, 3], [3, 2.5, 1])
    assert result.estimates["reason"].iloc[0] == "outcomes.reasons.no_verdict_at_chance"
    assert rosenbaum_bounds([1, 2], [1, 2]).not_estimable.code == "outcomes.reasons.no_variation"
    with pytest.raises(InputError):
        rosenbaum_bounds([1, 2], [2, 2], [0.5])
