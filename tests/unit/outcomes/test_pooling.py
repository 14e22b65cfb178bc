"""Pooling over enterprises: identities, edges and refusals; values of metafor stand in tests/references."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import Pooled, pool
from vises_methods.outcomes.heterogeneity import METHODS, between_variance
from vises_methods.outcomes.subsets import subset_means

RANDOM = np.random.default_rng(8)
V = RANDOM.uniform(0.02, 0.2, 12)
Y = RANDOM.normal(0.3, 0.4, 12) + RANDOM.normal(0, np.sqrt(V))


@pytest.mark.parametrize("method", METHODS)
def test_leaving_out_equals_pooling_without(method):
    table = pool(Y, V, method, "knha").details["leave_one_out"]
    for left_out in (0, 7):
        keep = np.arange(12) != left_out
        alone = pool(Y[keep], V[keep], method, "knha")
        row = table.iloc[left_out]
        found = [row["estimate"], row["se"], row["tau2"], row["Q"], row["I2"]]
        assert found == pytest.approx([alone.value, alone.se, alone.tau2, alone.Q, alone.I2], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_all_subsets_together_equal_one_by_one(method):
    keep = np.ones((1, 12))
    together = subset_means(Y, V, keep, method)
    alone = between_variance(Y, V, np.ones((12, 1)), method)
    assert together.tau2[0] == pytest.approx(alone.tau2, rel=1e-7, abs=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_shifting_and_scaling_effects_shifts_and_scales_the_mean(method):
    plain, moved = pool(Y, V, method), pool(3 * Y + 1, 9 * V, method)
    assert moved.value == pytest.approx(3 * plain.value + 1)
    assert moved.tau2 == pytest.approx(9 * plain.tau2, rel=1e-6, abs=1e-9)
    assert pytest.approx(plain.I2, rel=1e-6, abs=1e-9) == moved.I2


def test_estimates_that_agree_have_no_variance_between_them():
    result = pool([0.5, 0.5, 0.5], [0.1, 0.2, 0.3])
    assert (result.tau2, result.I2) == (0, 0)
    shrunken = result.details["shrunken"]
    assert shrunken["estimate"].tolist() == pytest.approx([0.5] * 3)


def test_knapp_hartung_can_be_narrower_and_adhoc_forbids_it():
    y, v = [0.50, 0.51, 0.49, 0.50], [0.1] * 4
    errors = {test: pool(y, v, test=test).se for test in ("z", "knha", "adhoc")}
    assert errors["knha"] < errors["z"] == pytest.approx(errors["adhoc"])


def test_the_prediction_interval_is_wider_than_that_of_the_mean_and_names_its_rule():
    rows = pool(Y, V).estimates.set_index("measure")
    assert rows.loc["prediction", "low"] < rows.loc["mean", "low"]
    wide, narrow = (pool(Y, V, prediction=rule).estimates["high"].iloc[1] for rule in ("k-2", "test"))
    assert wide > narrow
    codes = [pool(Y, V, test=test).notices[-1].code.rsplit(".", 1)[1] for test in ("z", "knha")]
    assert codes == ["normal", "k_minus_1"]


def test_a_missing_estimate_is_set_aside_and_counted():
    result = pool([*Y, np.nan], [*V, 0.1], names=[*"abcdefghijkl", "missing"])
    assert result.value == pytest.approx(pool(Y, V).value)
    assert (result.k, result.estimates["coverage"].iloc[0]) == (12, 12 / 13)
    assert "missing" not in result.details["shrunken"]["enterprise"].tolist()


def test_a_moderator_that_explains_all_leaves_nothing_between():
    group = np.repeat(["a", "b"], 6)
    y = np.where(group == "a", 0.1, 0.9) + np.tile([-0.02, 0.02], 6)
    result = pool(y, np.full(12, 0.01), test="knha", moderators=pd.DataFrame({"group": group}))
    assert result.estimates["subject"].tolist() == ["intercept", "group[b]"]
    assert result.estimates["estimate"].tolist() == pytest.approx([0.1, 0.8])
    assert (result.tau2, result.R2) == (0, 100)


def test_a_perfect_fit_has_no_test():
    result = pool([0.1, 0.1, 0.9, 0.9], [0.01] * 4, test="knha", moderators=pd.Series(list("aabb"), name="group"))
    assert (result.QM, result.estimates["p_reason"].iloc[0]) == (None, "outcomes.reasons.no_variation")


def test_influence_finds_the_odd_one():
    y = np.array([0.1, 0.12, 0.09, 0.11, 2.0])
    table = pool(y, np.full(5, 0.02)).details["influence"]
    assert table["cook"].idxmax() == table["rstudent"].abs().idxmax() == 4


def test_one_or_two_enterprises():
    one = pool([0.4], [0.04])
    assert one.value == pytest.approx(0.4)
    assert one.estimates["reason"].tolist()[1] == "outcomes.reasons.few_enterprises"
    assert pool([0.4, 0.6], [0.04, 0.04]).estimates["reason"].isna().all()
    assert pool([np.nan], [0.1]).not_estimable.code == "outcomes.reasons.few_enterprises"


def test_grades_are_not_mixed():
    with pytest.raises(InputError, match="1, 3"):
        pool(Y[:2], V[:2], grades=[1, 3])
    assert pool(Y[:2], V[:2], grades=[3, 3]).value is not None


@pytest.mark.parametrize(
    "arguments",
    [
        {"method": "FE"},
        {"test": "t"},
        {"level": 95},
        {"prediction": "k"},
        {"names": ["a"]},
        {"moderators": pd.DataFrame({"x": [1]})},
    ],
)
def test_what_is_not_known_is_refused(arguments):
    with pytest.raises(InputError):
        pool(Y, V, **arguments)


def test_a_variance_of_nought_is_refused():
    with pytest.raises(InputError, match="> 0"):
        pool([0.1, 0.2], [0.1, 0.0])


def test_it_survives_its_json():
    result = pool(Y, V, "REML", "knha")
    again = Pooled.from_json(result.to_json())
    assert again.tau2 == pytest.approx(result.tau2)
    assert again.to_json() == result.to_json()


def test_without_the_only_one_of_its_group_there_is_no_fit_and_the_others_stand():
    groups = pd.Series(["a", "a", "a", "b", "b", "c"], name="group")
    fitted = pool([0.1, 0.3, 0.2, 0.5, 0.4, 0.9], [0.02] * 6, "REML", "knha", groups)
    left_out = fitted.details["leave_one_out"].set_index("without")
    assert fitted.QM_p is not None
    assert left_out["estimate"].isna().tolist() == [False] * 5 + [True]
    assert fitted.details["influence"]["cook"].isna().tolist() == [False] * 5 + [True]
