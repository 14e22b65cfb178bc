"""Many runs of a recipe at once: what does not differ between runs is computed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.aggregation import capacities_of, check_options, method_by_level
from vises_methods.indicators.aggregation_methods import METHODS
from vises_methods.indicators.alternatives import Alternatives, Choice, Factor, factors_of, recipe_with
from vises_methods.indicators.arrays import Floats, Integers
from vises_methods.indicators.cells import Cells, Sheet, cells_of, sheet
from vises_methods.indicators.climbing import Leaves, climb_many
from vises_methods.indicators.composite import Composite, Recipe
from vises_methods.indicators.disturbances import Runs
from vises_methods.indicators.pipeline import each_alone, leaves_of, options_of, prepared
from vises_methods.indicators.preparation import denominate
from vises_methods.indicators.structure import Structure, structure_of
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.indicators.weights import resolved_weights

_CELLS_AT_ONCE = 8_000_000
_CELLS_TOGETHER = 500_000
_SHOWN = 5
_NEEDS_POSITIVE = frozenset({"geometric", "harmonic", "power"})


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that the runs share: data, tree, recipe and factors, checked.

    ``leaves`` holds the scores of the indicators by choices of data; those of disturbed data only for the first draw.
    """

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

    @property
    def disturbed(self) -> bool:
        """Whether runs differ in their data beyond what was laid out beforehand."""
        return any(factor.disturb is not None for factor in self.factors)


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
    factors = factors_of(alternatives, tree, structure, laid, draws, seed)
    own = structure.vector(resolved_weights(tree, recipe.weights, "uncertainty(recipe)[weights]"))
    study = Study(laid, tree, structure, recipe, factors, {}, {}, own)
    recipes = {key: _recipe(study, key) for key in _keys(factors, data=False)}
    leaves = _leaves(study, _keys(factors, data=True))
    _check_combinations(study, leaves, recipes)
    return Study(laid, tree, structure, recipe, factors, leaves, recipes, own)


def simulate(study: Study, design: Integers) -> Iterator[tuple[slice, Floats]]:
    """Run a design (runs × factors, positions of choices): yields a slice of units and (runs, units, headings).

    Units are taken in slices, so that memory does not grow with them, where neither the aggregation nor the data of a
    run needs all of them at once.
    """
    data_keys = np.where([factor.touches_data for factor in study.factors], design, 0)
    method_keys = np.where([factor.touches_method for factor in study.factors], design, 0)
    units, headings = len(study.units), len(study.structure.nodes)
    width = max(1, _CELLS_AT_ONCE // (len(design) * headings))
    if study.disturbed:
        made = _disturbed(study, design, data_keys, method_keys)
        yield from ((part, made[:, part]) for part in _slices(units, width))
        return
    groups = list(_alike(np.hstack([data_keys, method_keys])))
    weights = _weights(study, design)
    for part in _slices(units, units if _across_units(study) else width):
        scores = np.full((len(design), len(study.units[part]), headings), np.nan)
        for runs in groups:
            foot = _cut(study.leaves[tuple(data_keys[runs[0]].tolist())], part)
            scores[runs] = _climb(study, foot, weights[runs], tuple(method_keys[runs[0]].tolist()))
        yield part, scores


def _disturbed(study: Study, design: Integers, data_keys: Integers, method_keys: Integers) -> Floats:
    """Every run has data of its own: as many at once as can be normalised together."""
    scores = np.full((len(design), len(study.units), len(study.structure.nodes)), np.nan)
    weights = _weights(study, design)
    fixed = [factor.disturb is None for factor in study.factors]
    block = max(1, _CELLS_TOGETHER // study.laid.numbers.size)
    for alike in _alike(np.hstack([np.where(fixed, data_keys, 0), method_keys])):
        for start in range(0, len(alike), block):
            runs = alike[start : start + block]
            foot = _leaves_of_runs(study, data_keys[runs])
            scores[runs] = _climb(study, foot, weights[runs], tuple(method_keys[runs[0]].tolist()))
    return scores


def _climb(study: Study, foot: Leaves, weights: Floats, method_key: tuple[int, ...]) -> Floats:
    recipe = study.recipes[method_key]
    methods = method_by_level(recipe.aggregation, study.structure)
    return climb_many(foot, weights, study.structure, methods, options_of(recipe), recipe.min_coverage)


def _slices(units: int, width: int) -> Iterator[slice]:
    for start in range(0, units, width):
        yield slice(start, min(start + width, units))


def _alike(keys: Integers) -> Iterator[Integers]:
    """The runs that share a row of ``keys``."""
    groups = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
    for number in range(int(groups.max()) + 1):
        yield np.flatnonzero(groups == number)


def without_scoreless(scores: Floats, study: Study, nominal: Composite, part: slice = slice(None)) -> Floats:
    """Empty the runs (runs × units × headings) of headings that have no score in the recipe itself.

    What is drawn for a missing value must not give a score to who has none: then silence would pay.
    """
    if not any(factor.name == "multiple_imputation" for factor in study.factors):
        return scores
    own = nominal.scores.reindex(columns=list(study.structure.nodes)).to_numpy()[part]
    return np.where(np.isnan(own), np.nan, scores)


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
    """Every combination of choices of data, or of method; of disturbed data the first draw stands for all."""
    spans = []
    for factor in factors:
        counts = factor.touches_data and factor.disturb is None if data else factor.touches_method
        spans.append(range(len(factor.choices) if counts else 1))
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


def _leaves(study: Study, keys: Sequence[tuple[int, ...]]) -> dict[tuple[int, ...], Leaves]:
    """Scores of the indicators by choices of data; what is imputed and treated alike is so once."""
    made: dict[tuple[Any, Any], Sheet] = {}
    leaves = {}
    for key in keys:
        recipe = recipe_with(study.recipe, _touching(study.factors, key, data=True))
        step = (recipe.imputation, recipe.treatment)
        if step not in made:
            made[step] = prepared(study.laid, study.tree, recipe)
        leaves[key] = leaves_of(made[step], study.tree, recipe)
    return leaves


def _leaves_of_runs(study: Study, keys: Integers) -> Leaves:
    """Scores of the indicators in runs that differ in disturbance alone: (runs, units, indicators).

    On scales that a unit does not share with others, the tables of all runs are normalised as one long table.
    """
    recipe = recipe_with(study.recipe, _touching(study.factors, tuple(keys[0].tolist()), data=True))
    laid, made = study.laid, _disturbed_data(study, keys)
    if each_alone(recipe, study.tree, laid.indicators):
        parts = [leaves_of(_stacked(laid, made), study.tree, recipe)]
    else:
        sheets = [replace(laid, numbers=own, states=told) for own, told in zip(made.numbers, made.states, strict=True)]
        parts = [leaves_of(prepared(each, study.tree, recipe), study.tree, recipe) for each in sheets]
    shape = (len(keys), *laid.numbers.shape)
    scores, applicable, reported = (
        np.concatenate([getattr(part, name) for part in parts]).reshape(shape)
        for name in ("scores", "applicable", "reported")
    )
    drawn = (laid.states != "imputed") & (made.states == "imputed")
    floor, ceiling = (np.stack([getattr(part, name) for part in parts]) for name in ("floor", "ceiling"))
    return Leaves(scores, applicable, reported | drawn, floor.min(axis=0), ceiling.max(axis=0))


def _disturbed_data(study: Study, keys: Integers) -> Runs:
    """Errors of measurement first, then what is missing: donors give what they would have reported."""
    laid, shape = study.laid, (len(keys), *study.laid.numbers.shape)
    data = Runs(np.broadcast_to(laid.numbers, shape), np.broadcast_to(laid.states, shape))
    for column, factor in sorted(enumerate(study.factors), key=lambda pair: pair[1].name):
        data = data if factor.disturb is None else factor.disturb(data, keys[:, column])
    return data


def _stacked(laid: Sheet, made: Runs) -> Sheet:
    units = pd.Index(np.tile(laid.units.astype(str), len(made.numbers)))
    shape = (len(units), len(laid.indicators))
    return replace(
        laid, units=units, numbers=made.numbers.reshape(shape), states=made.states.reshape(shape), groups=None
    )


def _check_combinations(
    study: Study, leaves: Mapping[tuple[int, ...], Leaves], recipes: Mapping[tuple[int, ...], Recipe]
) -> None:
    """A mean that needs positive scores, on scores that are not: known before the run, not after it.

    Data that no choice can score are no fault of the choices: every score then has its reason.
    """
    if all(np.isnan(foot.scores).all() for foot in leaves.values()):
        return
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
