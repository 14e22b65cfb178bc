"""Weights drawn from the data, at their edges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import bod_scores, critic_weights, entropy_weights, pca_weights
from vises_methods.indicators.benefit_of_doubt import undominated
from vises_methods.indicators.data_weights import varimax
from vises_methods.results import Result

DATA = pd.DataFrame({"a": [1.0, 2, 3, 5], "b": [4.0, 1, 3, 2], "c": [2.0, 2, 9, 4]})
WEIGHTS = [entropy_weights, critic_weights, pca_weights]


@pytest.mark.parametrize("method", WEIGHTS)
def test_weights_add_up_and_none_is_negative(method: Callable[..., Result]) -> None:
    weights = method(DATA).estimates["estimate"]
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


@pytest.mark.parametrize("method", WEIGHTS)
def test_incomplete_units_are_left_out(method: Callable[..., Result]) -> None:
    gap = pd.concat([DATA, pd.DataFrame({"a": [np.nan], "b": [1.0], "c": [1.0]})], ignore_index=True)
    result = method(gap)
    np.testing.assert_allclose(result.estimates["estimate"], method(DATA).estimates["estimate"])
    assert result.estimates["coverage"].iloc[0] == 0.8
    assert result.notices


@pytest.mark.parametrize("method", WEIGHTS)
@pytest.mark.parametrize(
    ("frame", "reason"),
    [(DATA[["a"]], "one_indicator"), (DATA.iloc[:2], "few_units"), (DATA * 0 + 3, "no_variation")],
)
def test_where_there_are_no_weights_there_is_a_reason(
    method: Callable[..., Result], frame: pd.DataFrame, reason: str
) -> None:
    result = method(frame)
    assert result.estimates["reason"].unique().tolist() == [f"indicators.reasons.{reason}"]
    assert result.not_estimable is not None


def test_entropy_needs_numbers_from_zero() -> None:
    assert entropy_weights(DATA - 3).estimates["reason"].iloc[0] == "indicators.reasons.not_positive"


def test_what_does_not_vary_has_no_critic_weight() -> None:
    assert critic_weights(DATA.assign(d=1.0)).estimates["estimate"].iloc[3] == 0


def test_the_number_of_components_may_be_chosen() -> None:
    assert pca_weights(DATA, components=1, rotation="none").details["loadings"].shape == (3, 1)
    assert pca_weights(DATA, components="kaiser").details["loadings"].shape[1] >= 1
    with pytest.raises(InputError):
        pca_weights(DATA, components=9)


def test_rotation_keeps_what_the_components_explain() -> None:
    loadings = np.array([[0.8, 0.3], [0.7, 0.4], [0.2, -0.9]])
    turned = varimax(loadings)
    np.testing.assert_allclose((turned**2).sum(axis=1), (loadings**2).sum(axis=1))
    assert (turned**4).sum() > (loadings**4).sum()


def test_a_unit_without_data_is_no_rival() -> None:
    units = pd.DataFrame({"a": [1.0, 2.0, 9.0], "b": [1.0, 2.0, np.nan]}, index=list("uvw"))
    result = bod_scores(units)
    assert result.estimates["estimate"].tolist()[:2] == pytest.approx([0.5, 1])
    assert result.estimates["reason"].iloc[2] == "indicators.reasons.incomplete"


def test_limits_hold_the_shares() -> None:
    result = bod_scores(DATA, shares=(0.2, 0.5))
    shares = result.details["shares"].to_numpy()
    assert shares.min() >= 0.2 - 1e-9
    assert shares.max() <= 0.5 + 1e-9
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (result.estimates["estimate"] <= bod_scores(DATA).estimates["estimate"] + 1e-9).all()
    own = bod_scores(DATA, shares={"a": (0.9, 1.0)}).details["shares"]["a"]
    assert (own >= 0.9 - 1e-9).all()
    weights = bod_scores(DATA, shares=(0.3, 0.4), limits_on="weight").details["weights"]
    relative = weights.div(weights.sum(axis=1), axis=0).to_numpy()
    assert relative.min() >= 0.3 - 1e-9
    assert relative.max() <= 0.4 + 1e-9


def test_scores_do_not_change_with_units() -> None:
    there, back = bod_scores(DATA, shares=(0.1, 0.6)), bod_scores(DATA * [1, 1000, 0.01], shares=(0.1, 0.6))
    np.testing.assert_allclose(there.estimates["estimate"], back.estimates["estimate"])


def test_a_zero_under_limits_is_told() -> None:
    result = bod_scores(DATA.replace(1.0, 0.0), shares=(0.05, 0.9))
    assert "0, 1" in result.notices[0].sentence("en")


def test_dominated_rows_are_no_rivals() -> None:
    rows = np.array([[1.0, 1], [2, 0], [0, 2], [1, 1], [0.5, 0.5]])
    assert sorted(undominated(rows).tolist()) == [[0, 2], [1, 1], [2, 0]]


@pytest.mark.parametrize("options", [{"shares": (0.5, 0.9)}, {"shares": {"z": (0, 1)}}, {"limits_on": "luck"}])
def test_limits_that_cannot_be_met_are_refused(options: dict) -> None:
    with pytest.raises(InputError):
        bod_scores(DATA, **options)
    with pytest.raises(InputError):
        bod_scores(-DATA)
