"""Quality of the tree, importance exerted, and weights of groups side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import (
    IndicatorTree,
    budget_weights,
    compose,
    importance,
    tree_quality,
    weight_perspectives,
)


@pytest.fixture
def many() -> pd.DataFrame:
    draws = np.random.default_rng(3).uniform(0, 10, size=(40, 3))
    frame = pd.DataFrame(draws, columns=["a", "b", "c"], index=[f"u{i}" for i in range(40)])
    return frame.assign(b=frame["a"] + 0.1 * frame["b"], c=10 - frame["a"])


@pytest.fixture
def flat() -> IndicatorTree:
    nodes = {"code": ["i", "a", "b", "c"], "parent": [None, "i", "i", "i"], "weight": [1, 2, 1, 1]}
    return IndicatorTree.from_frame(pd.DataFrame(nodes))


def test_flags_name_what_repeats_opposes_and_does_not_follow(many: pd.DataFrame, flat: IndicatorTree) -> None:
    rows = tree_quality(compose(many, flat, {"normalisation": "minmax"}), flat).estimates
    flags = rows.set_index(["measure", "subject"])["flag"]
    assert flags["siblings", "a~b"] == "high"
    assert flags["siblings", "a~c"] == "low"
    assert flags["with_parent", "c"] == "weak"
    assert pd.isna(flags["with_parent", "a"])
    assert rows.query("measure == 'first_component'")["estimate"].iloc[0] > 0.9
    with pytest.raises(InputError):
        tree_quality(compose(many, flat, {"normalisation": "minmax"}), flat, method="magic")


def test_what_cannot_be_correlated_has_a_reason(many: pd.DataFrame, flat: IndicatorTree) -> None:
    composite = compose(many.iloc[:2], flat, {"normalisation": "minmax"})
    assert set(tree_quality(composite, flat).estimates["reason"]) == {"indicators.reasons.few_units"}
    assert set(importance(composite, flat).estimates["reason"]) == {"indicators.reasons.few_for_importance"}


def test_importance_beside_the_weight_that_was_meant(many: pd.DataFrame, flat: IndicatorTree) -> None:
    rows = importance(compose(many, flat, {"normalisation": "minmax"}), flat).estimates
    shares = rows.query("measure == 'variance_share'").set_index("subject")
    assert shares["estimate"].sum() == pytest.approx(1)
    assert shares["intended"].tolist() == [0.5, 0.25, 0.25]
    assert shares.loc["c", "estimate"] < 0
    ratios = rows.query("measure == 'correlation_ratio'").set_index("subject")["estimate"]
    assert ratios.between(0, 1).all()
    assert ratios["a"] > 0.9


def test_bends_count_in_the_correlation_ratio(flat: IndicatorTree) -> None:
    x = np.linspace(-1, 1, 41)
    frame = pd.DataFrame({"a": x, "b": x**2, "c": np.zeros(41)}, index=[f"u{i}" for i in range(41)])
    composite = compose(frame, flat, {"normalisation": {"c": "minmax"}, "weights": {"a": 0}})
    ratio = importance(composite, flat).estimates.query("measure == 'correlation_ratio'").set_index("subject")
    assert ratio.loc["a", "estimate"] == pytest.approx(1, abs=0.01)


def test_conclusions_that_hang_on_whose_weights() -> None:
    nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0], "max": [None, 10, 10]}
    tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    values = pd.DataFrame({"a": [2.0, 8.0, 9.0], "b": [9.0, 1.0, 9.5]}, index=["u", "v", "w"])
    points = pd.DataFrame({"a": [75, 25], "b": [25, 75]}, index=["Ana", "Bo"])
    groups = budget_weights(points, groups=pd.Series({"Ana": "users", "Bo": "staff"})).details["groups"]
    result = weight_perspectives(values, tree, None, groups.to_dict("index"))
    orders = result.details["orders"].set_index(["unit", "other"])["verdict"].to_dict()
    assert orders == {("u", "v"): "depends", ("w", "u"): "all", ("w", "v"): "all"}
    rows = result.estimates
    assert set(rows["group"].dropna()) == {"users", "staff"}
    spread = rows.query("measure == 'spread'").set_index("subject")["estimate"]
    assert spread["u"] == pytest.approx(0.5 * 70)
    assert result.details["scores:users"].loc["u", "i"] == pytest.approx(0.75 * 20 + 0.25 * 90)
    close = weight_perspectives(values, tree, None, groups.to_dict("index"), tolerance=50).details["orders"]
    assert "depends" in set(close["verdict"])
    with pytest.raises(InputError):
        weight_perspectives(values, tree, None, {"users": {"a": 1}})
    with pytest.raises(InputError):
        weight_perspectives(values, tree, None, groups.to_dict("index"), tolerance=-1)
