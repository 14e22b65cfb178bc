"""What something unseen would have to be."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from vises_methods.errors import InputError
from vises_methods.outcomes import e_value, rosenbaum_bounds, sensitivity_to_confounding


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


def frame():
    random = np.random.default_rng(6)
    age = random.normal(size=200)
    arm = (age + random.normal(size=200) > 0).astype(int)
    return pd.DataFrame({"age": age, "arm": arm, "y": 0.5 * arm + age + random.normal(size=200),
                         "noise": random.normal(size=200)})  # fmt: skip


def test_leaving_out_a_covariate_changes_the_estimate_by_its_bound():
    """The bound at strength one, computed without the benchmark, is what leaving it out does."""
    data = frame()
    full, short = (smf.ols(f, data).fit() for f in ("y ~ arm + age + noise", "y ~ arm + noise"))
    treat = smf.ols("arm ~ age + noise", data).fit()
    arm_share = treat.tvalues["age"] ** 2 / (treat.tvalues["age"] ** 2 + treat.df_resid)
    outcome_share = full.tvalues["age"] ** 2 / (full.tvalues["age"] ** 2 + full.df_resid)
    bias = short.bse["arm"] * np.sqrt(short.df_resid) * np.sqrt(outcome_share * arm_share / (1 - arm_share))
    assert short.params["arm"] - full.params["arm"] == pytest.approx(bias)


def test_a_strong_benchmark_overturns_a_weak_estimate():
    data = frame()
    strong = sensitivity_to_confounding(data, "y", "arm", ["age", "noise"], ["age"])
    weak = sensitivity_to_confounding(data, "y", "arm", ["age", "noise"], ["noise"])
    verdicts = [result.details["verdict"]["verdict"].iloc[0] for result in (strong, weak)]
    assert verdicts == ["contradicted", "not_contradicted"]


def test_without_a_benchmark_it_cannot_be_told():
    result = sensitivity_to_confounding(frame(), "y", "arm", ["age"])
    assert result.details["verdict"]["verdict"].iloc[0] == "too_weak"
    with pytest.raises(InputError, match="height"):
        sensitivity_to_confounding(frame(), "y", "arm", ["age"], ["height"])
