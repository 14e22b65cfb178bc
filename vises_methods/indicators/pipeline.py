"""The steps of a recipe on arrays alone: what :func:`compose` does, for thousands of runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from vises_methods.indicators.aggregation_methods import AggregationOptions
from vises_methods.indicators.cells import Sheet
from vises_methods.indicators.climbing import Leaves
from vises_methods.indicators.composite import Recipe
from vises_methods.indicators.imputation import filling
from vises_methods.indicators.normalisation import methods_by_indicator, normalised
from vises_methods.indicators.normalisation_methods import Options
from vises_methods.indicators.outliers import treated_column
from vises_methods.indicators.tree import IndicatorTree


def prepared(laid: Sheet, tree: IndicatorTree, recipe: Recipe) -> Sheet:
    """Impute and treat a sheet."""
    numbers, states = laid.numbers, laid.states
    if recipe.imputation is not None:
        filled = filling(laid, tree, recipe.imputation, laid.groups, None, None)
        done = np.isnan(numbers) & laid.applicable & ~np.isnan(filled)
        numbers, states = np.where(done, filled, numbers), np.where(done, "imputed", states)
    if recipe.treatment is not None:
        rule = recipe.treatment
        columns = [treated_column(numbers[:, i], rule).numbers for i in range(numbers.shape[1])]
        numbers = np.stack(columns, axis=1)
    return replace(laid, numbers=numbers, states=states)


def each_alone(recipe: Recipe, tree: IndicatorTree, indicators: tuple[str, ...]) -> bool:
    """Whether the scores of a unit's indicators depend on nothing but its own values and what holds for all units."""
    per_unit = isinstance(recipe.targets, pd.DataFrame) or isinstance(recipe.baseline, pd.DataFrame)
    if recipe.imputation is not None or recipe.treatment is not None or per_unit:
        return False
    names = methods_by_indicator(recipe.normalisation, tree, indicators)
    scales = [tree.node(code).scale for code in indicators]
    return all(
        name in ("goalposts", "band") or (name == "change" and scale is not None and scale.method == "change")
        for name, scale in zip(names, scales, strict=True)
    )


def leaves_of(laid: Sheet, tree: IndicatorTree, recipe: Recipe) -> Leaves:
    """Normalise a prepared sheet. Columns that cannot be scored for anyone apply to nobody."""
    options = Options(recipe.low, recipe.high, recipe.mean, recipe.sd)
    _, scored = normalised(laid, tree, recipe.normalisation, options, recipe.targets, recipe.baseline, None)
    lost = np.array([reason not in (None, "nothing_reported") for reason in scored.reasons])
    return Leaves(
        scored.scores,
        laid.applicable & ~lost,
        laid.states == "reported",
        scored.floor,
        scored.ceiling,
    )


def options_of(recipe: Recipe) -> AggregationOptions:
    """The options of the aggregation that a recipe asks for."""
    return AggregationOptions(
        recipe.power,
        recipe.penalty,
        recipe.standardise,
        recipe.alpha,
        recipe.beta,
        tuple(recipe.order_weights),
        recipe.indifference,
        recipe.veto,
        dict(recipe.capacities or {}),
    )
