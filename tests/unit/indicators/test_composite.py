"""Composites: one recipe, every step kept."""

from __future__ import annotations

import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import Cells, Composite, IndicatorTree, Recipe, aggregate, compose, normalise


def test_a_composite_is_its_steps(values: pd.DataFrame, tree: IndicatorTree) -> None:
    recipe = Recipe(normalisation="minmax", aggregation="geometric", low=1, min_coverage=0.5)
    composite = compose(values, tree, recipe)
    normalised = normalise(values, tree, method="minmax", low=1, high=100)
    scored = aggregate(normalised, tree, method="geometric", min_coverage=0.5)
    pd.testing.assert_frame_equal(composite.scores, scored.details["scores"])
    pd.testing.assert_frame_equal(composite.normalised, normalised.details["scores"])
    assert composite.options["aggregation"] == "geometric"
    assert composite.options["min_coverage"] == 0.5


def test_a_recipe_may_be_plain(values: pd.DataFrame, tree: IndicatorTree) -> None:
    plain = compose(values, tree, {"normalisation": "minmax", "weights": {"work": 3}})
    assert plain.options["weights_used"]["work"] == 3
    with pytest.raises(InputError, match="normalization"):
        compose(values, tree, {"normalization": "minmax"})


def test_by_default_the_framework_decides(values: pd.DataFrame, groups: pd.Series, tree: IndicatorTree) -> None:
    composite = compose(Cells.from_frame(values, groups=groups), tree)
    assert composite.scores.loc["alder", "work"] == pytest.approx((60 + 75 + 100) / 3)
    assert composite.scores.loc["dogwood", "work"] == pytest.approx((50 + 100) / 2)
    assert composite.of_unit("cedar").loc["ties", "high"] == 100
    with pytest.raises(InputError, match="elm"):
        composite.of_unit("elm")


def test_a_composite_comes_back_from_its_json(values: pd.DataFrame, tree: IndicatorTree) -> None:
    composite = compose(values, tree)
    back = Composite.from_json(composite.to_json())
    assert back.to_json() == composite.to_json()
    assert back.coverage.loc["cedar", "ties"] == 0.5
    assert back.states.loc["cedar", "events"] == "not_collected"
    assert (back.worst.to_numpy() <= back.best.to_numpy()).all()
