"""Normalisation: directions, ranges and reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import IndicatorTree, normalise
from vises_methods.indicators.normalisation_methods import METHODS


def column(direction: str, numbers: list[float | None], /, **node: object) -> tuple[pd.DataFrame, IndicatorTree]:
    frame = pd.DataFrame({"code": ["index", "a"], "parent": [None, "index"], "direction": [None, direction]})
    for name, value in node.items():
        frame[name] = [None, value]
    units = [f"u{i}" for i in range(len(numbers))]
    return pd.DataFrame({"a": numbers}, index=units, dtype=float), IndicatorTree.from_frame(frame)


def scores(direction: str, numbers: list[float | None], node: dict | None = None, **options: object) -> list[float]:
    values, tree = column(direction, numbers, **(node or {}))
    return normalise(values, tree, **options).details["scores"]["a"].tolist()


def test_goalposts_turn_with_the_direction_and_cut_what_lies_beyond() -> None:
    goals = {"min": 0, "max": 10}
    assert scores("higher", [-1, 1, 5, 11], goals, method="goalposts") == [0, 10, 50, 100]
    assert scores("lower", [-1, 1, 5, 11], goals, method="goalposts", high=1) == [1, 0.9, 0.5, 0]
    open_ends = scores("higher", [-1, 1, 5, 11], goals, method="goalposts", high=1, truncate=False)
    np.testing.assert_allclose(open_ends, [-0.1, 0.1, 0.5, 1.1])


def test_a_band_is_best_in_the_middle() -> None:
    band = {"min": 0, "low": 40, "high": 60, "max": 100}
    assert scores("range", [0, 20, 40, 50, 60, 80, 100, 120], band, method="band") == [0, 50, 100, 100, 100, 50, 0, 0]
    closed = {"min": 0, "low": 0, "high": 60, "max": 100}
    assert scores("range", [-1, 0, 80], closed, method="band") == [0, 100, 50]


@pytest.mark.parametrize(
    ("direction", "node", "expected"),
    [
        ("higher", {}, [0, 50, 100]),
        ("lower", {}, [100, 50, 0]),
        ("target", {"target": 2}, [50, 100, 0]),
        ("range", {"min": 0, "low": 1, "high": 2, "max": 9}, [100, 100, 0]),
    ],
)
def test_more_is_better_in_every_score(direction: str, node: dict, expected: list[float]) -> None:
    numbers = [1.0, 2.0, 3.0] if direction != "target" else [1.0, 2.0, 4.0]
    assert scores(direction, numbers, node) == expected


def test_targets_may_be_shared_or_own() -> None:
    assert scores("higher", [0, 5, 20], {"target": 10}, method="target") == [0, 0.5, 2]
    assert scores("higher", [0, 5, 20], {"target": 10}, method="target", truncate=True) == [0, 0.5, 1]
    assert scores("lower", [0, 5, 20], {"target": 5}, method="target") == pytest.approx([20 / 15, 1, 0])
    values, tree = column("higher", [4.0, 4.0, 9.0], target=8)
    own = pd.DataFrame({"a": [4.0, None, 20.0]}, index=values.index)
    start = pd.DataFrame({"a": [2.0, 6.0, 8.0]}, index=values.index)
    result = normalise(values, tree, method="target", targets=own, baseline=start).details["scores"]["a"]
    assert result.tolist() == pytest.approx([1.0, -1.0, 1 / 12])


def test_a_target_that_was_met_from_the_start_is_held_or_lost() -> None:
    values, tree = column("higher", [9.0, 7.0], target=8)
    start = pd.DataFrame({"a": [10.0, 10.0]}, index=values.index)
    assert normalise(values, tree, method="target", baseline=start).details["scores"]["a"].tolist() == [1.0, 0.0]


def test_change_since_the_own_baseline() -> None:
    values, tree = column("lower", [90.0, 110.0, 50.0, 3.0], scale="change", min=-20, max=20)
    start = pd.DataFrame({"a": [100.0, 100.0, 100.0, 0.0]}, index=values.index)
    result = normalise(values, tree, method="framework", baseline=start)
    assert result.details["scores"]["a"].tolist()[:3] == [75.0, 25.0, 100.0]
    assert np.isnan(result.details["scores"]["a"].iloc[3])
    assert result.estimates["coverage"].iloc[0] == 0.75
    assert "indicators.notices.cells_not_scored" in [notice.code for notice in result.notices]
    assert scores("higher", [3.0], {}, method="change", baseline=pd.Series({"a": 2.0})) == [50.0]


def test_reference_units_and_distances() -> None:
    assert scores("higher", [2, 4, 8], method="reference", reference="u1") == [0.5, 1, 2]
    assert scores("lower", [2, 4, 8], method="reference", reference="u1") == [2, 1, 0.5]
    assert scores("higher", [2, 4, 8], method="reference", reference="best", form="distance") == [0, 1 / 3, 1]
    assert scores("lower", [2, 4, 8], method="reference", reference="median", form="difference") == [0.5, 0, -1]


def test_fraction_of_the_best_where_less_is_better() -> None:
    assert scores("lower", [0, 2], method="fraction_of_best") == [1, 0]
    assert scores("lower", [1, 2, 4], method="fraction_of_best") == [1, 0.5, 0.25]


@pytest.mark.parametrize(
    ("numbers", "node", "options", "reason"),
    [
        ([3, 3], {}, {"method": "minmax"}, "no_variation"),
        ([0.1, 0.1, 0.1], {}, {"method": "zscore"}, "no_variation"),
        ([3], {}, {"method": "zscore"}, "no_variation"),
        ([3, None], {}, {"method": "percentile"}, "one_unit"),
        ([-3, -1], {}, {"method": "fraction_of_best"}, "not_positive"),
        ([1, 2], {}, {"method": "target"}, "aim_missing"),
        ([1, 2], {}, {"method": "goalposts"}, "no_goalposts"),
        ([1, 2], {}, {"method": "band"}, "no_band"),
        ([1, 2], {}, {"method": "change"}, "baseline_missing"),
        ([1, 2], {}, {"method": "reference", "reference": "worst", "form": "distance"}, "aim_not_above"),
        ([None, None], {}, {"method": "minmax"}, "nothing_reported"),
    ],
)
def test_a_column_that_cannot_be_scored_has_a_reason(
    numbers: list[float], node: dict, options: dict, reason: str
) -> None:
    values, tree = column("higher", numbers, **node)
    result = normalise(values, tree, **options)
    assert result.details["scores"]["a"].isna().all()
    assert result.estimates["reason"].tolist() == [f"indicators.reasons.{reason}"]


def test_a_fixed_scale_is_kept_over_years() -> None:
    values, tree = column("higher", [0, 5, 10])
    first = normalise(values, tree)
    later = normalise(values + 5, tree, scaling_from=first).details["scores"]["a"].tolist()
    assert later == [50, 100, 150]


def test_neutral_indicators_are_never_scored(values: pd.DataFrame, tree: IndicatorTree) -> None:
    for method in METHODS:
        assert "fte" not in normalise(values, tree, method=method).details["scores"]


def test_a_method_per_indicator(values: pd.DataFrame, tree: IndicatorTree) -> None:
    result = normalise(values, tree, method={"board": "band", "trust": "rank"})
    assert result.details["scaling"]["method"].to_dict() == {
        "jobs": "minmax",
        "turnover": "minmax",
        "board": "band",
        "events": "minmax",
        "trust": "rank",
    }
    assert result.details["scores"]["trust"].tolist() == [2, 3, 4, 1]


@pytest.mark.parametrize(
    "options",
    [
        {"method": "magic"},
        {"method": {"absent": "rank"}},
        {"low": 1, "high": 1},
        {"method": "zscore", "sd": 0},
        {"method": "reference", "reference": "elm"},
    ],
)
def test_options_that_do_not_exist_are_refused(values: pd.DataFrame, tree: IndicatorTree, options: dict) -> None:
    with pytest.raises(InputError):
        normalise(values, tree, **options)
