"""Many runs of a recipe at once: what does not differ between runs is computed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.aggregation import capacities_of, check_options, method_by_level
from vises_methods.indicators.aggregation_methods import METHODS
from vises_methods.indicators.alternatives import Alternatives, Choice, Factor, factors_of, recipe_with
from vises_methods.indicators.arrays import Floats, Integers
from vises_methods.indicators.cells import Cells, Sheet, cells_of, sheet
from vises_methods.indicators.climbing import Leaves, climb_many
from vises_methods.indicators.composite import Recipe
from vises_methods.indicators.pipeline import leaves_of, options_of, prepared
from vises_methods.indicators.preparation import denominate
from vises_methods.indicators.structure import Structure, structure_of
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.indicators.weights import resolved_weights

_CELLS_AT_ONCE = 8_000_000
_SHOWN = 5
_NEEDS_POSITIVE = frozenset({"geometric", "harmonic", "power"})


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that the runs share: data, tree, recipe and factors, checked."""

    laid: Sheet
    tree: IndicatorTree
    structure: Structure
    recipe: Recipe
    factors: tuple[Factor, ...]
    leaves: Mapping[tuple[int, ...], Leaves]
    recipes: Mapping[tuple[int, ...], Recipe]
    weights: Floats

    @property
    def units(self) -> pd.Index:
        """The units."""
        return self.laid.units


def study_of(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    recipe: Recipe,
    alternatives: Alternatives,
    draws: int,
    seed: int,
) -> Study:
    """Read the data, and try every combination of data and aggregation before the first run."""
    groups = values.groups if isinstance(values, Cells) else None
    source = cells_of(denominate(values, tree), groups) if recipe.denominate else values
    laid = sheet(source, tree, tree.scored_indicators, "uncertainty(values)")
    structure = structure_of(tree, laid.indicators)
    factors = factors_of(alternatives, tree, structure, laid.units, draws, seed)
    own = structure.vector(resolved_weights(tree, recipe.weights, "uncertainty(recipe)[weights]"))
    study = Study(laid, tree, structure, recipe, factors, {}, {}, own)
    recipes = {key: _recipe(study, key) for key in _keys(factors, data=False)}
    leaves = {key: _leaves(study, key) for key in _keys(factors, data=True)}
    _check_combinations(study, leaves, recipes)
    return Study(laid, tree, structure, recipe, factors, leaves, recipes, own)


def simulate(study: Study, design: Integers) -> Iterator[tuple[slice, Floats]]:
    """Run a design (runs × factors, positions of choices): yields a slice of units and (runs, units, headings)."""
    data_keys = np.where([factor.touches_data for factor in study.factors], design, 0)
    method_keys = np.where([factor.touches_method for factor in study.factors], design, 0)
    groups = np.unique(np.hstack([data_keys, method_keys]), axis=0, return_inverse=True)[1].reshape(-1)
    runs_of = [np.flatnonzero(groups == number) for number in range(int(groups.max()) + 1)]
    weights, headings = _weights(study, design), len(study.structure.nodes)
    units = len(study.units)
    width = units if _across_units(study) else max(1, _CELLS_AT_ONCE // (len(design) * headings))
    for start in range(0, units, width):
        part = slice(start, min(start + width, units))
        scores = np.full((len(design), part.stop - start, headings), np.nan)
        for runs in runs_of:
            recipe = study.recipes[tuple(method_keys[runs[0]].tolist())]
            foot = _cut(study.leaves[tuple(data_keys[runs[0]].tolist())], part)
            methods = method_by_level(recipe.aggregation, study.structure)
            options, least = options_of(recipe), recipe.min_coverage
            scores[runs] = climb_many(foot, weights[runs], study.structure, methods, options, least)
        yield part, scores


def ranks_of(scores: Floats) -> Floats:
    """Ranks of units within each run (runs × units): 1 the highest, equals share the lowest number of their places."""
    missing = np.isnan(scores)
    lowered = np.where(missing, np.inf, -scores)
    order = np.argsort(lowered, axis=1, kind="stable")
    ordered = np.take_along_axis(lowered, order, axis=1)
    fresh = np.ones(ordered.shape, dtype=bool)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    places = np.maximum.accumulate(np.where(fresh, np.arange(1, scores.shape[1] + 1), 0), axis=1)
    ranks = np.empty(scores.shape)
    np.put_along_axis(ranks, order, places.astype(float), axis=1)
    return np.where(missing, np.nan, ranks)


def _keys(factors: Sequence[Factor], *, data: bool) -> list[tuple[int, ...]]:
    spans = [
        range(len(factor.choices) if (factor.touches_data if data else factor.touches_method) else 1)
        for factor in factors
    ]
    return list(product(*spans))


def _touching(factors: Sequence[Factor], key: tuple[int, ...], *, data: bool) -> list[Choice]:
    return [
        factor.choices[index]
        for factor, index in zip(factors, key, strict=True)
        if (factor.touches_data if data else factor.touches_method)
    ]


def _recipe(study: Study, key: tuple[int, ...]) -> Recipe:
    recipe = recipe_with(study.recipe, _touching(study.factors, key, data=False))
    check_options(options_of(recipe), method_by_level(recipe.aggregation, study.structure))
    return replace(recipe, capacities=capacities_of(study.tree, recipe.capacities, study.structure.leaves))


def _leaves(study: Study, key: tuple[int, ...]) -> Leaves:
    touching = _touching(study.factors, key, data=True)
    shifts = [choice.shift for choice in touching if choice.shift is not None]
    recipe = recipe_with(study.recipe, touching)
    ready = prepared(study.laid, study.tree, recipe, np.sum(shifts, axis=0) if shifts else None)
    return leaves_of(ready, study.tree, recipe)


def _check_combinations(
    study: Study, leaves: Mapping[tuple[int, ...], Leaves], recipes: Mapping[tuple[int, ...], Recipe]
) -> None:
    """A mean that needs positive scores, on scores that are not: known before the run, not after it."""
    illegal = []
    for (data_key, foot), (method_key, recipe) in product(leaves.items(), recipes.items()):
        lowest = np.nanmin(foot.scores) if (~np.isnan(foot.scores)).any() else np.nan
        method = method_by_level(recipe.aggregation, study.structure)[2]
        straight = method == "power" and recipe.power == 1
        if np.isnan(lowest) or (lowest < 0 and method in _NEEDS_POSITIVE and not straight):
            choices = [
                *_touching(study.factors, data_key, data=True),
                *_touching(study.factors, method_key, data=False),
            ]
            illegal.append(" + ".join(choice.label for choice in choices) or method)
    if illegal:
        shown = list(dict.fromkeys(illegal))[:_SHOWN]
        raise InputError(
            "indicators.errors.illegal_combination", "uncertainty(alternatives)", count=len(illegal), shown=shown
        )


def _weights(study: Study, design: Integers) -> Floats:
    """One vector of weights per run: sets of weights replace, noise and removal multiply."""
    weights = np.repeat(study.weights[None, :], len(design), axis=0)
    for column, factor in enumerate(study.factors):
        if any(choice.weights is not None for choice in factor.choices):
            sets = [study.weights if choice.weights is None else choice.weights for choice in factor.choices]
            weights = np.stack(sets)[design[:, column]]
    for column, factor in enumerate(study.factors):
        if any(choice.factors is not None for choice in factor.choices):
            stretches = [np.ones(weights.shape[1]) if c.factors is None else c.factors for c in factor.choices]
            weights = weights * np.stack(stretches)[design[:, column]]
    return weights


def _across_units(study: Study) -> bool:
    used = {
        name
        for recipe in study.recipes.values()
        for name in method_by_level(recipe.aggregation, study.structure).values()
    }
    return any(METHODS[name].across_units for name in used)


def _cut(leaves: Leaves, part: slice) -> Leaves:
    return Leaves(leaves.scores[part], leaves.applicable[part], leaves.reported[part], leaves.floor, leaves.ceiling)
