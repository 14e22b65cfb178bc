"""Ordinal outcomes."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from vises_methods.outcomes import brunner_munzel, cliffs_delta, ordered_logit, rank_sum

RANDOM = np.random.default_rng(3)
ONE, TWO = RANDOM.integers(2, 6, 30).astype(float), RANDOM.integers(1, 5, 25).astype(float)


def test_brunner_munzel_equals_scipy():
    row = brunner_munzel(ONE, TWO).estimates.iloc[0]
    expected = stats.brunnermunzel(TWO, ONE)
    assert [row["statistic"], row["p"]] == pytest.approx([expected.statistic, expected.pvalue])


def test_the_relative_effect_and_cliffs_delta_are_one():
    assert brunner_munzel(ONE, TWO).value == pytest.approx((cliffs_delta(ONE, TWO).value + 1) / 2)


def test_groups_that_do_not_overlap_have_no_interval():
    assert brunner_munzel([4, 5, 6], [1, 2, 3]).not_estimable.code == "outcomes.reasons.no_overlap"


def test_only_the_order_counts():
    squared = brunner_munzel(ONE**2, TWO**2).estimates.iloc[0]
    assert squared["p"] == pytest.approx(brunner_munzel(ONE, TWO).estimates["p"].iloc[0])


def test_rank_sum_finds_the_shift():
    values = RANDOM.normal(size=20)
    result = rank_sum(values + 3, values)
    assert result.low < result.value < result.high
    assert result.value == pytest.approx(3, abs=0.5)
    assert rank_sum([1, 1], [1]).not_estimable.code == "outcomes.reasons.no_variation"


def people():
    served, site = np.arange(120) % 2, np.arange(120) % 12
    latent = 1.2 * served + RANDOM.logistic(size=120)
    return pd.DataFrame({"arm": served, "site": site, "y": np.digitize(latent, [-1, 0.5, 2])})


def test_with_two_answers_it_is_the_ordinary_logit():
    frame = people().assign(y=lambda rows: (rows["y"] > 1).astype(int))
    fitted = smf.logit("y ~ arm", frame).fit(disp=0)
    result = ordered_logit(frame, "y")
    assert [result.value, result.se] == pytest.approx([fitted.params["arm"], fitted.bse["arm"]], rel=1e-3)


def test_sites_change_the_error_and_not_the_estimate():
    frame = people()
    plain, clustered = ordered_logit(frame, "y"), ordered_logit(frame, "y", clusters="site")
    assert clustered.value == pytest.approx(plain.value)
    assert clustered.estimates["df"].iloc[0] == 11


def test_one_answer_or_one_arm_give_reasons():
    assert ordered_logit(people().assign(y=1), "y").not_estimable.code == "outcomes.reasons.no_variation"
    assert ordered_logit(people().assign(arm=1), "y").not_estimable.code == "outcomes.reasons.few_people"


def test_odds_that_differ_from_step_to_step_contradict_the_model_and_like_ones_do_not():
    random = np.random.default_rng(3)
    arm = np.repeat([0, 1], 300)
    like = np.digitize(random.logistic(size=600) + arm, [-1, 0, 1.5])
    unlike = np.digitize(random.logistic(size=600) * np.where(arm == 1, 0.3, 1.5), [-1, 0, 1.5])
    for answers, contradicted in ((like, False), (unlike, True)):
        tests = ordered_logit(pd.DataFrame({"arm": arm, "y": answers}), "y").details["proportional_odds"]
        assert tests[["term", "df"]].iloc[0].tolist() == ["arm", 2]
        assert (tests["p"].iloc[0] < 0.001) == contradicted


def test_two_answers_leave_no_step_to_compare():
    frame = pd.DataFrame({"arm": [0, 0, 0, 0, 1, 1, 1, 1], "y": [0, 0, 1, 0, 1, 0, 1, 1]})
    tests = ordered_logit(frame, "y").details["proportional_odds"]
    assert tests["df"].tolist() == [0]
    assert tests["p"].isna().all()
