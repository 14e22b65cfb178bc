"""Cronbach's alpha at its edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import cronbach_alpha

ITEMS = pd.DataFrame({"a": [1.0, 2, 3, 4, 5], "b": [2.0, 1, 4, 3, 5], "c": [1.0, 3, 2, 5, 4]})


def test_covariances_and_correlations_differ_by_spread() -> None:
    stretched = ITEMS.assign(c=ITEMS["c"] * 100)
    assert cronbach_alpha(stretched).value == pytest.approx(cronbach_alpha(ITEMS).value)
    covariance = stretched.cov().to_numpy()
    by_hand = 3 / 2 * (1 - np.trace(covariance) / covariance.sum())
    assert cronbach_alpha(stretched, standardised=False).value == pytest.approx(by_hand)


def test_the_interval_holds_the_estimate() -> None:
    result = cronbach_alpha(ITEMS)
    assert result.low < result.value < result.high < 1
    assert cronbach_alpha(ITEMS, level=0.5).low > result.low


def test_incomplete_units_are_left_out_and_told() -> None:
    gap = pd.concat([ITEMS, pd.DataFrame({"a": [1.0], "b": [None], "c": [2.0]})], ignore_index=True)
    result = cronbach_alpha(gap)
    assert result.value == pytest.approx(cronbach_alpha(ITEMS).value)
    assert result.estimates["coverage"].iloc[0] == pytest.approx(5 / 6)
    assert result.notices[0].sentence("en").startswith("1 unit with")


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (ITEMS[["a"]], "one_indicator"),
        (ITEMS.iloc[:2], "few_units"),
        (ITEMS.assign(a=1.0), "no_variation"),
    ],
)
def test_where_there_is_no_alpha_there_is_a_reason(frame: pd.DataFrame, reason: str) -> None:
    result = cronbach_alpha(frame)
    assert result.value is None
    assert result.not_estimable is not None
    assert result.not_estimable.code == f"indicators.reasons.{reason}"


def test_two_indicators_have_no_alpha_without_one_of_them() -> None:
    rows = cronbach_alpha(ITEMS[["a", "b"]]).estimates
    assert rows["reason"].tolist()[1:] == ["indicators.reasons.one_indicator"] * 2


def test_a_level_beyond_one_is_refused() -> None:
    with pytest.raises(InputError):
        cronbach_alpha(ITEMS, level=95)


def test_items_that_cancel_one_another_have_no_alpha() -> None:
    mirrored = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [4.0, 3, 2, 1]})
    row = cronbach_alpha(mirrored).estimates.iloc[0]
    assert np.isnan(row["estimate"])
    assert row["reason"] == "indicators.reasons.items_cancel"
