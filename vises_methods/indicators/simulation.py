"""Many runs of a recipe at once: what does not differ between runs is computed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.aggregation import capacities_of, check_options, method_by_level
from vises_methods.indicators.aggregation_methods import METHODS
from vises_methods.indicators.alternatives import Alternatives, Factor, factors_of, recipe_with
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

    def key(self, row: Sequence[int], *, data: bool) -> tuple[int, ...]:
        """The choices of a run that touch the data, or the aggregation."""
        return tuple(
            int(index) if (factor.touches_data if data else factor.touches_method) else 0
            for factor, index in zip(self.factors, row, strict=True)
        )


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
    factors = factors_of(alternatives, tree, structure, laid.units, draws, seed) if alternatives else ()
    own = structure.vector(resolved_weights(tree, recipe.weights, "uncertainty(recipe)[weights]"))
    study = Study(laid, tree, structure, recipe, factors, {}, {}, own)
    sizes = [len(factor.choices) for factor in factors]
    recipes = {key: _recipe(study, key) for key in _keys(study, sizes, data=False)}
    leaves = {key: _leaves(study, key) for key in _keys(study, sizes, data=True)}
    _check_combinations(study, leaves, recipes)
    return Study(laid, tree, structure, recipe, factors, leaves, recipes, own)


def simulate(study: Study, design: Integers) -> Iterator[tuple[slice, Floats]]:
    """Run a design (runs × factors, positions of choices): yields a slice of units and (runs, units, headings)."""
    data_keys = np.array([study.key(row, data=True) for row in design]).reshape(len(design), -1)
    method_keys = np.array([study.key(row, data=False) for row in design]).reshape(len(design), -1)
    _, group = np.unique(np.hstack([data_keys, method_keys]), axis=0, return_inverse=True)
    weights = _weights(study, design)
    units = len(study.units)
    width = units if _across_units(study) else max(1, _CELLS_AT_ONCE // max(len(design) * len(study.structure.nodes), 1))
    for start in range(0, units, width):
        part = slice(start, min(start + width, units))
        scores = np.full((len(design), part.stop - start, len(study.structure.nodes)), np.nan)
        for number in range(int(group.max()) + 1):
            runs = np.flatnonzero(group.reshape(-1) == number)
            recipe = study.recipes[tuple(method_keys[runs[0]].tolist())]
            foot = _cut(study.leaves[tuple(data_keys[runs[0]].tolist())], part)
            methods = method_by_level(recipe.aggregation, study.structure)
            options, least = options_of(recipe), recipe.min_coverage
            scores[runs] = climb_many(foot, weights[runs], study.structure, methods, options, least)
        yield part, scores


def _keys(study: Study, sizes: Sequence[int], *, data: bool) -> list[tuple[int, ...]]:
    touched = [factor.touches_data if data else factor.touches_method for factor in study.factors]
    spans = [range(size if touch else 1) for size, touch in zip(sizes, touched, strict=True)]
    return [tuple(int(i) for i in row) for row in np.stack(np.meshgrid(*spans, indexing="ij"), -1).reshape(-1, len(spans))]


def _chosen(study: Study, key: tuple[int, ...]) -> list:
    return [factor.choices[index] for factor, index in zip(study.factors, key, strict=True)]


def _recipe(study: Study, key: tuple[int, ...]) -> Recipe:
    touching = [factor.choices[index] for factor, index in zip(study.factors, key, strict=True) if factor.touches_method]
    recipe = recipe_with(study.recipe, touching)
    methods = method_by_level(recipe.aggregation, study.structure)
    check_options(options_of(recipe), {level: name for level, name in methods.items()})
    capacities_of(study.tree, recipe.capacities, study.structure.leaves)
    return recipe


def _leaves(study: Study, key: tuple[int, ...]) -> Leaves:
    touching = [factor.choices[index] for factor, index in zip(study.factors, key, strict=True) if factor.touches_data]
    shifts = [choice.shift for choice in touching if choice.shift is not None]
    recipe = recipe_with(study.recipe, touching)
    ready = prepared(study.laid, study.tree, recipe, sum(shifts) if shifts else None)
    return leaves_of(ready, study.tree, recipe)
