"""What no estimate may depend on: the order of rows, the names of sites, the unit of the outcome."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from vises_methods import outcomes

SEEDS = st.integers(0, 10_000)


def survey(seed):
    random = np.random.default_rng(seed)
    people = int(random.integers(16, 40))
    site = random.integers(0, 6, people)
    one = pd.DataFrame({"respondent": np.arange(people), "site": site,
                        "arm": np.where(np.arange(people) % 2, "participants", "comparison"),
                        "trust": random.normal(size=people)})  # fmt: skip
    two = one.assign(trust=one["trust"] + random.normal(size=people))
    return pd.concat([one.assign(wave=0), two.assign(wave=1)], ignore_index=True)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_order_of_rows_and_names_of_sites_do_not_matter(seed):
    frame = survey(seed)
    shuffled = frame.sample(frac=1, random_state=seed).assign(site=lambda rows: "site " + rows["site"].astype(str))
    one, two = (
        outcomes.difference_in_differences(data, "trust", clusters="site").estimates.iloc[0]
        for data in (frame, shuffled)
    )
    columns = ["estimate", "se", "df", "low", "high"]
    np.testing.assert_allclose(one[columns].astype(float), two[columns].astype(float), rtol=1e-8)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.floats(0.01, 100), st.floats(-100, 100))
def test_a_change_of_unit_changes_the_estimate_and_not_the_test(seed, scale, shift):
    frame = survey(seed)
    moved = frame.assign(trust=frame["trust"] * scale + shift)
    one, two = (outcomes.difference_in_differences(data, "trust").estimates.iloc[0] for data in (frame, moved))
    np.testing.assert_allclose(two["estimate"], one["estimate"] * scale, rtol=1e-6, atol=1e-9 * scale)
    np.testing.assert_allclose(two["p"], one["p"], rtol=1e-5)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_swapping_the_arms_turns_the_sign(seed):
    frame = survey(seed)
    swapped = frame.assign(arm=frame["arm"].map({"participants": "comparison", "comparison": "participants"}))
    one, two = (outcomes.difference_in_differences(data, "trust") for data in (frame, swapped))
    np.testing.assert_allclose([one.value, one.low], [-two.value, -two.high], rtol=1e-8)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_no_estimate_is_bare(seed):
    frame = survey(seed)
    some = frame.sample(n=int(np.random.default_rng(seed).integers(1, len(frame))), random_state=seed)
    table = outcomes.difference_in_differences(some, "trust", clusters="site").estimates
    assert (table["estimate"].notna() | table["reason"].notna()).all()
    assert table["coverage"].between(0, 1).all()


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_the_pooled_mean_lies_among_the_effects(seed):
    random = np.random.default_rng(seed)
    effects, variances = random.normal(size=7), random.uniform(0.01, 1, 7)
    for method in ("REML", "DL", "PM"):
        result = outcomes.pool(effects, variances, method)
        assert effects.min() <= result.value <= effects.max()
        assert result.tau2 >= 0
        assert 0 <= result.I2 <= 100
