"""Denomination, imputation and outliers at their edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import (
    Cells,
    IndicatorTree,
    OutlierRule,
    compose,
    denominate,
    impute,
    normalise,
    treat_outliers,
)
from vises_methods.indicators.outliers import log_shifted, winsorised

NODES = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "denominator": [None, "fte", None]}


@pytest.fixture
def sized() -> IndicatorTree:
    return IndicatorTree.from_frame(pd.DataFrame(NODES))


def frame(**columns: list[float | None]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=[f"u{i}" for i in range(count)], dtype=float)


def test_a_value_without_denominator_is_not_collected(sized: IndicatorTree) -> None:
    values = frame(a=[10, 20, 30, 8], b=[1, 2, 3, 4], fte=[5, 0, None, 2])
    result = denominate(values, sized)
    np.testing.assert_allclose(result.details["values"]["a"], [2, np.nan, np.nan, 4])
    assert result.details["values"]["b"].tolist() == [1, 2, 3, 4]
    assert result.details["states"]["a"].tolist() == ["reported", "not_collected", "not_collected", "reported"]
    assert "2 values" in result.notices[-1].sentence("en")


def test_denomination_is_checked_by_correlation(sized: IndicatorTree) -> None:
    values = frame(a=[10, 22, 29, 41], b=[1, 2, 3, 4])
    result = denominate(values, sized, denominators=frame(fte=[10, 20, 30, 40]))
    rows = result.estimates.set_index("measure")["estimate"]
    assert rows["correlation_before"] > 0.99
    assert abs(rows["correlation_after"]) < 0.5
    few = denominate(values.iloc[:2], sized, denominators=frame(fte=[10, 20]))
    assert set(few.estimates["reason"]) == {"indicators.reasons.no_variation"}


def test_a_missing_or_negative_denominator_column_is_refused(sized: IndicatorTree) -> None:
    with pytest.raises(InputError, match="fte"):
        denominate(frame(a=[1.0], b=[1.0]), sized)
    with pytest.raises(InputError, match="-1"):
        denominate(frame(a=[1.0], b=[1.0], fte=[-1.0]), sized)


@pytest.mark.parametrize(
    ("method", "expected"), [("mean", 4.0), ("median", 3.0), ("group_mean", 2.0), ("group_median", 2.0)]
)
def test_filling_from_others(sized: IndicatorTree, method: str, expected: float) -> None:
    values = frame(a=[None, 1, 3, 8], b=[1, 2, 3, 4])
    groups = pd.Series(["x", "x", "x", "y"], index=values.index)
    result = impute(values, sized, method=method, groups=groups)
    assert result.details["values"].loc["u0", "a"] == expected
    assert result.details["states"].loc["u0", "a"] == "imputed"
    assert result.estimates["estimate"].tolist() == [1, 0]


def test_filling_from_siblings_follows_directions() -> None:
    nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "direction": [None, "higher", "lower"]}
    tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    values = frame(a=[10, 20, 30], b=[3, 2, None])
    filled = impute(values, tree, method="siblings").details["values"].loc["u2", "b"]
    assert filled == pytest.approx(2.5 - np.sqrt(0.5))


def test_filling_over_years(sized: IndicatorTree) -> None:
    now = frame(a=[None, None, 5], b=[None, None, 1])
    past = {2020: frame(a=[1, None, 9], b=[4, 4, 4]), 2021: frame(a=[3, None, 9], b=[None, 8, 8])}
    last = impute(now, sized, method="last", past=past).details["values"]
    np.testing.assert_allclose(last["a"], [3, np.nan, 5])
    np.testing.assert_allclose(last["b"], [4, 8, 1])
    around = {**past, 2024: frame(a=[6, 6, 6], b=[None, 2, 2])}
    line = impute(now, sized, method="linear", past=around, year=2022).details["values"]
    np.testing.assert_allclose(line["a"], [4, np.nan, 5])
    np.testing.assert_allclose(line["b"], [4, 6, 1])


def test_an_own_function_may_fill(sized: IndicatorTree) -> None:
    result = impute(frame(a=[None, 2], b=[1, 1]), sized, method=lambda values: values.fillna(7.0))
    assert result.details["values"].loc["u0", "a"] == 7


def test_what_cannot_be_filled_stays_missing_and_is_told(sized: IndicatorTree) -> None:
    result = impute(frame(a=[None, None], b=[1, 2]), sized, method="mean")
    assert result.details["states"]["a"].tolist() == ["not_collected"] * 2
    assert "2 missing" in result.notices[-1].sentence("en")
    with pytest.raises(InputError, match="group_mean"):
        impute(frame(a=[1.0], b=[1.0]), sized, method="group_mean")
    with pytest.raises(InputError, match="years"):
        impute(frame(a=[1.0], b=[1.0]), sized, method="last")
    with pytest.raises(InputError, match="magic"):
        impute(frame(a=[1.0], b=[1.0]), sized, method="magic")


def test_what_does_not_apply_is_never_filled() -> None:
    nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "groups": [None, "G1", None]}
    tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    values = frame(a=[1, None], b=[1, 2])
    cells = Cells.from_frame(values, groups=pd.Series(["G1", "G2"], index=values.index))
    assert impute(cells, tree, method="mean").details["states"].loc["u1", "a"] == "not_applicable"


def test_an_imputed_cell_scores_but_does_not_count_as_reported(sized: IndicatorTree) -> None:
    values = frame(a=[None, 1, 3], b=[1, 2, 3])
    recipe = {"imputation": "mean", "normalisation": "minmax"}
    composite = compose(values, sized, recipe)
    assert composite.scores.loc["u0", "i"] == 25
    assert composite.coverage.loc["u0", "i"] == 0.5
    assert (composite.worst.loc["u0", "i"], composite.best.loc["u0", "i"]) == (0, 50)
    assert compose(values, sized, {**recipe, "min_coverage": 0.6}).scores.loc["u0"].isna().all()


def test_outliers_are_drawn_in_on_the_side_of_the_skew() -> None:
    column = np.array([5.0, 1, np.nan, 90, 4, 80])
    np.testing.assert_allclose(winsorised(column, 2, True), [5, 1, np.nan, 5, 4, 5])
    np.testing.assert_allclose(winsorised(column, 1, False), [5, 4, np.nan, 90, 4, 80])
    np.testing.assert_allclose(winsorised(column, 9, True), column)


def test_a_log_keeps_the_order_on_either_side() -> None:
    column = np.array([1.0, 2, 3, 50])
    assert (np.diff(log_shifted(column, 1.0)) > 0).all()
    assert (np.diff(log_shifted(-column[::-1], -1.0)) > 0).all()


SKEWED = frame(a=[1, 2, 3, 4, 5, 6, 7, 900], b=[1, 2, 3, 4, 5, 6, 700, 900])


def test_exceptions_to_the_rule(sized: IndicatorTree) -> None:
    plain = treat_outliers(SKEWED, sized).estimates.set_index("subject")
    assert plain["winsorised"].to_dict()["a"] == 1
    exceptions = {"a": "none", "b": "log"}
    own = treat_outliers(SKEWED, sized, exceptions=exceptions).estimates.set_index("subject")
    assert own["transformed"].to_dict() == {"a": "none", "b": "log"}
    assert own["winsorised"].tolist() == [0, 0]
    boxed = treat_outliers(SKEWED, sized, exceptions={"a": "boxcox"}).details["values"]["a"]
    assert boxed.is_monotonic_increasing


def test_what_stays_skewed_is_told(sized: IndicatorTree) -> None:
    result = treat_outliers(SKEWED, sized, max_winsorised=0, then="none")
    assert result.details["treated"].empty
    assert "a" in result.notices[-1].sentence("en")
    log = treat_outliers(SKEWED, sized, max_winsorised=0, then="log").estimates.set_index("subject")
    assert log.loc["a", "transformed"] == "log"


def test_a_constant_or_short_column_is_left_alone(sized: IndicatorTree) -> None:
    result = treat_outliers(frame(a=[3, 3, 3, 3, 3], b=[1, None, None, 2, 3]), sized)
    assert set(result.estimates["reason"]) == {"indicators.reasons.few_or_alike"}
    assert result.details["treated"].empty


@pytest.mark.parametrize(
    "options",
    [{"then": "square"}, {"max_winsorised": -1}, {"exceptions": {"a": "square"}}, {"exceptions": {"absent": "log"}}],
)
def test_rules_that_do_not_exist_are_refused(sized: IndicatorTree, options: dict) -> None:
    with pytest.raises(InputError):
        treat_outliers(SKEWED, sized, **options)


def test_a_recipe_takes_a_rule_or_its_choices(sized: IndicatorTree) -> None:
    there = compose(SKEWED, sized, {"treatment": {"max_winsorised": 2}, "normalisation": "minmax"})
    same = compose(SKEWED, sized, {"treatment": OutlierRule(max_winsorised=2), "normalisation": "minmax"})
    pd.testing.assert_frame_equal(there.scores, same.scores)
    assert there.details["treated"]["indicator"].tolist().count("a") == 1
    untreated = normalise(SKEWED, sized).details["scores"]
    assert there.normalised.loc["u6", "a"] > untreated.loc["u6", "a"]
    with pytest.raises(InputError, match="limit"):
        compose(SKEWED, sized, {"treatment": {"limit": 2}})
