"""Weights that people give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import ahp_weights, budget_weights, pairwise_matrices
from vises_methods.indicators.elicited_weights import kendall_w

POINTS = pd.DataFrame(
    {"work": [60, 40, 10, 20], "ties": [30, 40, 20, 20], "voice": [10, 20, 70, 60]},
    index=["Ana", "Bo", "Cis", "Dia"],
)
GROUPS = pd.Series({"Ana": "users", "Bo": "users", "Cis": "staff", "Dia": "staff"})


def test_groups_stand_side_by_side_and_are_never_averaged() -> None:
    result = budget_weights(POINTS, groups=GROUPS)
    weights = result.estimates.query("measure == 'weight'").set_index(["group", "subject"])
    assert weights.loc[("users", "work"), ["estimate", "low", "high", "n"]].tolist() == [0.5, 0.4, 0.6, 2]
    assert weights.loc[("staff", "voice"), "estimate"] == pytest.approx(0.65)
    assert set(weights.index.get_level_values(0)) == {"users", "staff"}
    between = result.estimates.query("measure == 'agreement_between'").iloc[0]
    assert between["estimate"] == pytest.approx(0.0)
    assert result.details["groups"].sum(axis=1).tolist() == pytest.approx([1, 1])


def test_without_groups_there_is_one() -> None:
    result = budget_weights(POINTS)
    assert result.estimates["group"].unique().tolist() == ["all"]
    assert result.value == pytest.approx(0.325)


def test_an_empty_cell_is_a_zero_only_if_the_rest_makes_the_total() -> None:
    gaps = POINTS.astype(float)
    gaps.loc["Ana"] = [70, 30, np.nan]
    gaps.loc["Bo"] = [40, np.nan, 20]
    result = budget_weights(gaps, total=100)
    assert result.details["persons"].loc["Ana"].tolist() == [0.7, 0.3, 0]
    assert "Bo" not in result.details["persons"].index
    assert result.estimates["coverage"].iloc[0] == 0.75
    assert "1 person " in result.notices[0].sentence("en")
    assert list(budget_weights(gaps).details["persons"].index) == ["Cis", "Dia"]


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ({"work": [-1, 40, 10, 20]}, {}),
        ({"work": [0] * 4, "ties": [0] * 4, "voice": [0] * 4}, {}),
        ({"work": [61, 40, 10, 20]}, {"total": 100}),
        ({}, {"groups": GROUPS.drop("Ana")}),
        ({"work": ["many", 1, 1, 1]}, {}),
    ],
)
def test_budgets_that_cannot_be_read_are_refused(change: dict, options: dict) -> None:
    with pytest.raises(InputError) as error:
        budget_weights(POINTS.assign(**change), **options)
    assert error.value.message("nl")


def test_agreement_has_a_reason_where_there_is_none() -> None:
    alone = budget_weights(POINTS.iloc[:1]).estimates.query("measure == 'agreement_within'").iloc[0]
    assert alone["reason"] == "indicators.reasons.no_agreement"
    assert kendall_w(np.array([[1.0, 2, 3], [2, 4, 6]])) == pytest.approx(1)
    assert kendall_w(np.array([[1.0, 2, 3], [3, 2, 1]])) == pytest.approx(0)
    assert kendall_w(np.ones((3, 3))) is None


def matrix(*upper: float) -> pd.DataFrame:
    names = ["work", "ties", "voice"]
    values = np.eye(3)
    for (i, j), judgement in zip([(0, 1), (0, 2), (1, 2)], upper, strict=True):
        values[i, j], values[j, i] = judgement, 1 / judgement
    return pd.DataFrame(values, index=names, columns=names)


def test_consistent_judgements_give_their_ratio() -> None:
    for method in ("eigenvector", "geometric"):
        rows = ahp_weights(matrix(2, 4, 2), method=method).estimates
        assert rows["estimate"].tolist()[:3] == pytest.approx([4 / 7, 2 / 7, 1 / 7])
        assert rows["estimate"].iloc[3] == pytest.approx(0, abs=1e-9)


def test_judgements_that_contradict_are_told() -> None:
    result = ahp_weights({"Ana": matrix(2, 4, 2), "Bo": matrix(9, 1 / 9, 9)}, groups=GROUPS)
    assert "Bo" in result.notices[0].sentence("en")
    grouped = result.estimates.query("measure == 'group_weight'")
    assert grouped["estimate"].sum() == pytest.approx(1)
    assert list(result.details["persons"].index) == ["Ana", "Bo"]


def test_two_items_cannot_contradict() -> None:
    two = matrix(3, 1, 1).iloc[:2, :2]
    row = ahp_weights(two).estimates.iloc[-1]
    assert np.isnan(row["estimate"])
    assert row["reason"] == "indicators.reasons.cannot_contradict"


def test_matrices_that_are_none_are_refused() -> None:
    for wrong in (matrix(2, 4, 2).iloc[:2], matrix(2, 4, 2) * 2, matrix(2, 4, 2).replace(4.0, np.nan)):
        with pytest.raises(InputError):
            ahp_weights(wrong)
    with pytest.raises(InputError):
        ahp_weights(matrix(1, 1, 1), method="magic")
    with pytest.raises(InputError):
        ahp_weights({})


LONG = pd.DataFrame(
    {
        "person": ["Ana"] * 3,
        "first": ["work", "work", "ties"],
        "second": ["ties", "voice", "voice"],
        "judgement": [2.0, 4.0, 2.0],
    }
)


def test_judgements_one_per_row_become_matrices() -> None:
    pd.testing.assert_frame_equal(pairwise_matrices(LONG)["Ana"], matrix(2, 4, 2))
    for wrong in (
        LONG.iloc[:2],
        pd.concat([LONG, LONG.iloc[:1]]),
        LONG.assign(judgement=0),
        LONG.drop(columns="first"),
    ):
        with pytest.raises(InputError) as error:
            pairwise_matrices(wrong)
        assert error.value.message("fr")
