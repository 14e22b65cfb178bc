"""How much something unseen would have to explain."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from vises_methods.errors import InputError
from vises_methods.outcomes import sensitivity_to_confounding


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
