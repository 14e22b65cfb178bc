"""Removal, what if, change between years, two frameworks, order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import (
    Cells,
    IndicatorTree,
    compare_frameworks,
    compose,
    decompose_change,
    ranking,
    removal,
    what_if,
)
from vises_methods.indicators.change import SOURCES


def test_removal_is_composing_without(values: pd.DataFrame, tree: IndicatorTree, nodes: pd.DataFrame) -> None:
    result = removal(values, tree)
    without = IndicatorTree.from_frame(nodes[nodes["code"] != "trust"])
    expected = compose(values, without).scores["index"]
    np.testing.assert_allclose(result.details["scores"]["trust"], expected)
    assert result.details["scores"].columns.tolist() == ["none", "jobs", "turnover", "board", "events", "trust"]
    rows = result.estimates.set_index("subject")
    shift = (result.details["ranks"]["trust"] - result.details["ranks"]["none"]).abs()
    assert rows.loc["trust", "estimate"] == shift.mean()
    assert rows.loc["trust", "largest"] == shift.max()
    assert list(removal(values, tree, level=2).estimates["subject"]) == ["work", "ties"]
    assert list(removal(values, tree, node="ties").estimates["subject"]) == ["events", "trust"]
    with pytest.raises(InputError):
        removal(values, tree, level=3)


def test_what_if_moves_only_what_stands_above(values: pd.DataFrame, tree: IndicatorTree) -> None:
    result = what_if(values, tree, unit="alder", changes={"jobs": 90})
    rows = result.estimates.set_index("subject")
    assert list(rows.index) == ["index", "work"]
    assert rows.loc["work", "estimate"] == pytest.approx(10)
    assert rows.loc["index", "estimate"] == pytest.approx(5)
    price = result.details["price"].loc["jobs"]
    assert price["points"] == pytest.approx(5)
    assert price["value_per_point"] == pytest.approx(6)
    assert not result.notices


def test_what_if_tells_when_others_move_and_when_nothing_does(values: pd.DataFrame, tree: IndicatorTree) -> None:
    relative = what_if(values, tree, {"normalisation": "minmax"}, unit="birch", changes={"jobs": 200})
    assert "1 other unit moved" in relative.notices[0].sentence("en")
    beyond = what_if(values, tree, unit="birch", changes={"turnover": -5})
    assert beyond.value == 0
    assert pd.isna(beyond.details["price"].loc["turnover", "value_per_point"])


def test_what_if_fills_a_gap(values: pd.DataFrame, groups: pd.Series, tree: IndicatorTree) -> None:
    cells = Cells.from_frame(values, groups=groups)
    rows = what_if(cells, tree, unit="cedar", changes={"events": 20}).estimates.set_index("subject")
    assert rows.loc["ties", "coverage"] == 1
    assert cells.states.loc["cedar", "events"] == "not_collected"


@pytest.mark.parametrize(
    "options",
    [
        {"unit": "elm", "changes": {"jobs": 1}},
        {"unit": "alder", "changes": {}},
        {"unit": "alder", "changes": {"fte": 1}},
        {"unit": "alder", "changes": {"jobs": float("nan")}},
    ],
)
def test_what_if_refuses(values: pd.DataFrame, tree: IndicatorTree, options: dict) -> None:
    with pytest.raises(InputError):
        what_if(values, tree, **options)


def parts(result: object) -> pd.DataFrame:
    return result.estimates.pivot_table(index=["subject", "node"], columns="measure", values="estimate")  # type: ignore[attr-defined]


def test_the_parts_of_a_change_add_up(values: pd.DataFrame, tree: IndicatorTree) -> None:
    later = values.assign(jobs=[70.0, None, 40.0, 50.0], trust=[4.0, 3.0, 4.5, 4.2]).drop(index="birch")
    later.loc["elm"] = [100.0, 0.0, 50.0, 1.0, 20.0, 5.0]
    for recipe in ({}, {"normalisation": "minmax"}, {"aggregation": "geometric", "low": 1.0}):
        table = parts(decompose_change(values, later, tree, recipe, weights_after={"work": 3}))
        np.testing.assert_allclose(table[list(SOURCES)].sum(axis=1), table["total"], atol=1e-9)
        before, after = (
            compose(values, tree, recipe).scores,
            compose(later, tree, {**recipe, "weights": {"work": 3}}).scores,
        )
        assert table.loc[("alder", "index"), "total"] == pytest.approx(
            after.loc["alder", "index"] - before.loc["alder", "index"]
        )
        assert set(table.index.get_level_values(0)) == {"alder", "cedar", "dogwood"}


def test_each_source_of_change_stands_alone(values: pd.DataFrame, tree: IndicatorTree) -> None:
    higher = parts(decompose_change(values, values.assign(trust=values["trust"] + 0.5), tree))
    assert higher.loc[("alder", "index"), "values"] == pytest.approx(50 / 4 / 4)
    np.testing.assert_allclose(higher[["coverage", "weights", "membership"]], 0, atol=1e-12)
    silent = parts(decompose_change(values, values.assign(trust=np.nan), tree))
    np.testing.assert_allclose(silent.loc[("alder", "index"), ["values", "weights", "membership"]], 0, atol=1e-12)
    heavier = parts(decompose_change(values, values, tree, weights_after={"work": 5}))
    np.testing.assert_allclose(heavier[["values", "coverage", "membership"]], 0, atol=1e-12)
    fixed = parts(decompose_change(values, values.drop(index="birch"), tree))
    np.testing.assert_allclose(fixed["total"], 0, atol=1e-12)
    relative = parts(decompose_change(values, values.drop(index="birch"), tree, {"normalisation": "minmax"}))
    np.testing.assert_allclose(relative["membership"], relative["total"])
    assert (relative["total"].abs() > 0.1).any()


def test_a_change_needs_a_unit_in_both_years(values: pd.DataFrame, tree: IndicatorTree) -> None:
    with pytest.raises(InputError, match="both years"):
        decompose_change(values, values.set_axis(list("abcd")), tree)


def test_two_frameworks(values: pd.DataFrame, nodes: pd.DataFrame, tree: IndicatorTree) -> None:
    changed = nodes[nodes["code"] != "events"].copy()
    changed.loc[changed["code"] == "trust", "max"] = 9
    changed.loc[changed["code"] == "turnover", ["direction", "groups"]] = ["higher", "G1 G2"]
    result = compare_frameworks(values, tree, IndicatorTree.from_frame(changed))
    table = result.details["differences"].set_index(["node", "what"])
    assert table.loc[("events", "removed"), "first"] == "ties"
    assert table.loc[("trust", "scale"), "second"] == "method goalposts, minimum 1.0, maximum 9.0"
    assert table.loc[("turnover", "direction")].tolist() == ["lower", "higher"]
    assert table.loc[("turnover", "groups"), "second"] == "G1, G2"
    rows = result.estimates.set_index(["subject", "measure"])
    assert rows.loc[("cedar", "ties"), "estimate"] == pytest.approx(50 - 100)
    back = compare_frameworks(values, IndicatorTree.from_frame(changed), tree).details["differences"]
    assert "added" in set(back["what"])


def test_an_order_comes_with_the_places_that_are_possible(values: pd.DataFrame, tree: IndicatorTree) -> None:
    composite = compose(values, tree)
    result = ranking(composite, node="ties")
    rows = result.estimates.set_index("subject")
    assert rows.loc["cedar", ["estimate", "low", "high"]].tolist() == [2, 1, 2]
    assert rows.loc["dogwood", ["estimate", "low", "high"]].tolist() == [1, 1, 2]
    assert ((rows["low"] <= rows["estimate"]) & (rows["estimate"] <= rows["high"])).all()
    assert "equally" in result.notices[0].sentence("en")
    with pytest.raises(InputError):
        ranking(composite, node="absent")
    withheld = ranking(compose(values, tree, {"min_coverage": 0.9}), node="ties").estimates.set_index("subject")
    assert withheld.loc["cedar", "reason"] == "indicators.reasons.coverage_below_threshold"
