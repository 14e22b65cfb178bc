"""The balance table."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import balance


@pytest.fixture
def people():
    return pd.DataFrame({"arm": ["participants"] * 4 + ["comparison"] * 4, "age": [30, 40, 50, 60, 30, 35, 40, 45.0],
                         "town": [1, 1, 0, 1, 0, 0, 1, 0], "job": ["none", "part", "full", "none"] * 2})  # fmt: skip


def table(result):
    return result.estimates.set_index(["measure", "subject"])["estimate"]


def test_the_yardstick_is_that_of_the_served(people):
    found = table(balance(people, "arm", ["age", "town"]))
    assert found["smd", "age"] == pytest.approx((45 - 37.5) / np.std([30, 40, 50, 60], ddof=1))
    assert found["smd", "town"] == pytest.approx((0.75 - 0.25) / np.sqrt(0.75 * 0.25))
    assert ("variance_ratio", "town") not in found.index


@pytest.mark.parametrize("denominator", ["comparison", "pooled"])
def test_other_yardsticks_are_named(people, denominator):
    one, two = np.var([30, 40, 50, 60], ddof=1), np.var([30, 35, 40, 45], ddof=1)
    expected = 7.5 / np.sqrt(two if denominator == "comparison" else (one + two) / 2)
    assert balance(people, "arm", ["age"], denominator=denominator).value == pytest.approx(expected)


def test_every_level_of_a_word_is_shown(people):
    shown = balance(people, "arm", ["job"]).estimates.query("measure == 'smd'")["subject"].tolist()
    assert shown == ["job[full]", "job[none]", "job[part]"]


def test_weights_move_means_but_not_the_yardstick(people):
    plain, weighted = (balance(people, "arm", ["age"], weights) for weights in (None, [1, 1, 1, 1, 0, 0, 1, 3]))
    assert weighted.value == pytest.approx((45 - 43.75) / np.std([30, 40, 50, 60], ddof=1))
    assert plain.details["means"]["sd"].iloc[0] == weighted.details["means"]["sd"].iloc[0]
    assert table(weighted)["effective_sample_size", "comparison"] == pytest.approx(16 / 10)


def test_what_does_not_vary_or_is_not_answered_says_so(people):
    rows = balance(people.assign(same=1.0, gone=np.nan), "arm", ["same", "gone"]).estimates
    assert rows["reason"].tolist()[:2] == ["outcomes.reasons.no_variation", "outcomes.reasons.one_arm"]


def test_far_covariates_are_noticed(people):
    notice = balance(people, "arm", ["age", "job"]).notices[0]
    assert notice.sentence("en").endswith("on: age.")


def test_wrong_input_is_an_error(people):
    with pytest.raises(InputError, match="height"):
        balance(people, "arm", ["height"])
    with pytest.raises(InputError, match="both"):
        balance(people, "arm", ["age"], denominator="both")
