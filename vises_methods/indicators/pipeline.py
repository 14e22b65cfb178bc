"""The steps of a recipe on arrays alone: what :func:`compose` does, for thousands of runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vises_methods.indicators.aggregation_methods import AggregationOptions
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import Sheet
from vises_methods.indicators.climbing import Leaves
from vises_methods.indicators.composite import Recipe
from vises_methods.indicators.imputation import filling
from vises_methods.indicators.normalisation import check_ranges, methods_by_indicator, score_sheet
from vises_methods.indicators.normalisation_methods import Options
from vises_methods.indicators.outliers import treated_column
from vises_methods.indicators.scaling import PERCENTILE_CLASSES
from vises_methods.indicators.tree import IndicatorTree


def prepared(laid: Sheet, tree: IndicatorTree, recipe: Recipe, shift: Floats | None = None) -> Sheet:
    """Impute and treat a sheet; ``shift`` is added to what was reported (errors of measurement)."""
    numbers = laid.numbers if shift is None else laid.numbers + shift
    states = laid.states
    if recipe.imputation is not None:
        filled = filling(replace(laid, numbers=numbers), tree, recipe.imputation, laid.groups, None, None)
        done = np.isnan(numbers) & laid.applicable & ~np.isnan(filled)
        numbers, states = np.where(done, filled, numbers), np.where(done, "imputed", states)
    if recipe.treatment is not None:
        rule = recipe.treatment
        columns = [treated_column(numbers[:, i], rule).numbers for i in range(numbers.shape[1])]
        numbers = np.stack(columns, axis=1)
    return replace(laid, numbers=numbers, states=states)


def leaves_of(laid: Sheet, tree: IndicatorTree, recipe: Recipe) -> Leaves:
    """Normalise a prepared sheet. Columns that cannot be scored for anyone apply to nobody."""
    options = Options(recipe.low, recipe.high, recipe.mean, recipe.sd, False, None, "mean", "ratio", PERCENTILE_CLASSES)
    names = methods_by_indicator(recipe.normalisation, tree, laid.indicators)
    check_ranges(options, laid, names)
    aims = np.broadcast_to(
        np.array([np.nan if (aim := tree.node(code).target) is None else aim for code in laid.indicators], dtype=float),
        laid.numbers.shape,
    )
    scored = score_sheet(laid, tree, names, options, aims, np.full(laid.numbers.shape, np.nan), None)
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
