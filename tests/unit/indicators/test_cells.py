"""Cells with a state."""

from __future__ import annotations

import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import Cells, IndicatorTree, aggregate, normalise

LONG = pd.DataFrame(
    {
        "unit": ["u", "u", "v", "v"],
        "indicator": ["a", "b", "a", "c"],
        "year": [2024, 2024, 2024, 2024],
        "value": [1.0, None, 3.0, None],
        "missing": [None, "refused", None, None],
    }
)


def test_a_long_table_becomes_values_and_states() -> None:
    cells = Cells.from_long(LONG)
    assert cells.numbers.loc["v", "a"] == 3.0
    assert cells.states.to_dict("list") == {
        "a": ["reported", "reported"],
        "b": ["refused", "not_collected"],
        "c": ["not_collected", "not_collected"],
    }


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"missing": ["refused", None, None, None]}, "refused"),
        ({"indicator": ["a", "a", "a", "c"]}, "two rows for u, a"),
        ({"value": ["1,5", None, 3.0, None]}, "1,5"),
        ({"year": [2023, 2024, 2024, 2024]}, "2023"),
        ({"missing": [None, "forgot", None, None]}, "forgot"),
    ],
)
def test_a_long_table_that_contradicts_itself_is_refused(change: dict, found: str) -> None:
    with pytest.raises(InputError, match=found):
        Cells.from_long(LONG.assign(**change))


def test_a_year_is_chosen() -> None:
    table = pd.concat([LONG, LONG.assign(year=2023, value=[7.0, None, 8.0, None])])
    assert Cells.from_long(table, year=2023).numbers["a"].tolist() == [7.0, 8.0]
    with pytest.raises(InputError, match="no rows"):
        Cells.from_long(table, year=1999)
    with pytest.raises(InputError, match="missing"):
        Cells.from_long(table.drop(columns="missing"))


def test_a_state_must_fit_its_value(values: pd.DataFrame) -> None:
    states = pd.DataFrame("reported", index=values.index, columns=values.columns)
    with pytest.raises(InputError, match=r"reported.*cedar, events"):
        Cells.from_frame(values, states=states)
    with pytest.raises(InputError, match="different rows"):
        Cells.from_frame(values, states=states.iloc[:2])


def test_the_framework_says_what_does_not_apply(values: pd.DataFrame, groups: pd.Series, tree: IndicatorTree) -> None:
    ruled = aggregate(normalise(Cells.from_frame(values, groups=groups), tree, method="framework"), tree)
    plain = aggregate(normalise(values, tree, method="framework"), tree)
    assert ruled.details["coverage"].loc["dogwood", "work"] == 1.0
    assert plain.details["coverage"].loc["dogwood", "work"] == pytest.approx(2 / 3)
    assert ruled.details["worst"].loc["dogwood", "work"] == ruled.details["scores"].loc["dogwood", "work"]


def test_a_unit_alone_cannot_say_that_something_does_not_apply(values: pd.DataFrame, tree: IndicatorTree) -> None:
    told = Cells.from_frame(values).states.mask(values.isna(), "not_applicable")
    result = aggregate(normalise(Cells.from_frame(values, states=told), tree, method="framework"), tree)
    assert result.details["coverage"].loc["dogwood", "work"] == pytest.approx(2 / 3)
    assert "indicators.notices.not_applicable_without_rule" in [notice.code for notice in result.notices]


def test_a_value_where_nothing_applies_is_left_out(
    values: pd.DataFrame, groups: pd.Series, tree: IndicatorTree
) -> None:
    values.loc["dogwood", "jobs"] = 100.0
    result = normalise(Cells.from_frame(values, groups=groups), tree, method="framework")
    assert result.details["states"].loc["dogwood", "jobs"] == "not_applicable"
    assert pd.isna(result.details["scores"].loc["dogwood", "jobs"])
    assert "indicators.notices.value_not_applicable" in [notice.code for notice in result.notices]


def test_data_that_do_not_fit_the_tree_are_refused(
    values: pd.DataFrame, groups: pd.Series, tree: IndicatorTree
) -> None:
    with pytest.raises(InputError, match="alder twice"):
        normalise(pd.concat([values, values.loc[["alder"]]]), tree)
    with pytest.raises(InputError, match="two columns"):
        normalise(pd.concat([values, values[["jobs"]]], axis=1), tree)
    with pytest.raises(InputError, match="at least one indicator"):
        normalise(values[["fte"]].rename(columns={"fte": "size"}), tree)
    with pytest.raises(InputError, match="no group for dogwood"):
        normalise(Cells.from_frame(values, groups=groups.drop("dogwood")), tree)
    with pytest.raises(InputError, match="inf"):
        normalise(values.assign(jobs=float("inf")), tree)


def test_inputs_are_never_changed(values: pd.DataFrame, groups: pd.Series, tree: IndicatorTree) -> None:
    cells, before = Cells.from_frame(values, groups=groups), values.copy()
    aggregate(normalise(cells, tree), tree)
    pd.testing.assert_frame_equal(values, before)
    assert cells.states.loc["dogwood", "jobs"] == "not_collected"
