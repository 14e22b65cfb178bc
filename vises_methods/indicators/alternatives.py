"""Declared alternatives: for every choice of a recipe, what else could have been chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import Sheet
from vises_methods.indicators.composite import Recipe
from vises_methods.indicators.disturbances import Disturbance, measurement_errors, multiple_imputation
from vises_methods.indicators.structure import Structure
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.indicators.weights import resolved_weights
from vises_methods.randomness import generator

Alternatives = Mapping[str, Any]
RANDOM_FACTORS = ("weight_noise", "data_error", "multiple_imputation")
DATA_FIELDS = frozenset(
    {"imputation", "treatment", "normalisation", "low", "high", "mean", "sd", "targets", "baseline"}
)
_FIELDS = tuple(choice.name for choice in fields(Recipe))
_WHERE = "uncertainty(alternatives)[{}]"


@dataclass(frozen=True, eq=False)
class Choice:
    """One alternative: fields of the recipe that it sets, and what it does to weights and to data."""

    label: str
    sets: Mapping[str, Any] = field(default_factory=dict)
    weights: Floats | None = None
    factors: Floats | None = None


@dataclass(frozen=True, eq=False)
class Factor:
    """One choice of the recipe that varies, with its alternatives.

    ``disturb`` makes the data of a run from those of the study and the position of the choice: such a factor has as
    many choices as there are draws, and none of them is made before it is needed.
    """

    name: str
    choices: tuple[Choice, ...]
    disturb: Disturbance | None = None

    @property
    def touches_data(self) -> bool:
        """Whether it changes the indicator scores."""
        return self.disturb is not None or any(DATA_FIELDS.intersection(choice.sets) for choice in self.choices)

    @property
    def touches_weights(self) -> bool:
        """Whether it changes weights."""
        return any(choice.weights is not None or choice.factors is not None for choice in self.choices)

    @property
    def touches_method(self) -> bool:
        """Whether it changes the aggregation."""
        return any(set(choice.sets) - DATA_FIELDS for choice in self.choices)


def factors_of(
    alternatives: Alternatives,
    tree: IndicatorTree,
    structure: Structure,
    laid: Sheet,
    draws: int,
    seed: int,
) -> tuple[Factor, ...]:
    """Read alternatives, and check them before anything is run."""
    if not alternatives:
        raise InputError("indicators.errors.no_alternatives", "uncertainty(alternatives)")
    factors: list[Factor] = []
    choices: Sequence[Choice] = ()
    for name, given in alternatives.items():
        if name in ("data_error", "multiple_imputation"):
            factors.append(_disturbing(name, given, tree, laid, draws, seed))
            continue
        if name == "weight_noise":
            choices = _noise(given, structure, draws, seed)
        elif name == "removal":
            choices = _removals(given, structure)
        elif name == "weights":
            choices = _weight_sets(given, tree, structure)
        else:
            choices = _recipe_choices(name, given)
        factors.append(Factor(name, tuple(choices)))
    return tuple(factors)


def recipe_with(recipe: Recipe, choices: Sequence[Choice]) -> Recipe:
    """The recipe as the choices set it."""
    sets = {name: value for choice in choices for name, value in choice.sets.items()}
    return Recipe.of({**{name: getattr(recipe, name) for name in _FIELDS}, **sets}) if sets else replace(recipe)


def _listed(name: str, given: Any) -> Sequence[Any]:
    if isinstance(given, (str, Mapping)) or not isinstance(given, Sequence) or not given:
        raise InputError("indicators.errors.choices_needed", _WHERE.format(name), value=str(given))
    return given


def _recipe_choices(name: str, given: Any) -> list[Choice]:
    choices: list[Choice] = []
    for value in _listed(name, given):
        several = isinstance(value, Mapping) and bool(value) and set(value) <= set(_FIELDS)
        if not several and name not in _FIELDS:
            allowed = [*_FIELDS, "removal", *RANDOM_FACTORS]
            raise InputError("unknown_option", "uncertainty(alternatives)", value=name, allowed=allowed)
        if {"denominate", "weights"} & set(value if several else (name,)):
            allowed = [own for own in _FIELDS if own not in ("denominate", "weights")]
            raise InputError("unknown_option", _WHERE.format(name), value=str(value), allowed=allowed)
        label = f"{name} {len(choices) + 1}" if isinstance(value, (pd.DataFrame, pd.Series)) else str(value)
        choices.append(Choice(label, dict(value) if several else {name: value}))
    return choices


def _weight_sets(given: Any, tree: IndicatorTree, structure: Structure) -> list[Choice]:
    where = _WHERE.format("weights")
    return [
        Choice(
            value if isinstance(value, str) else f"set {i + 1}",
            weights=structure.vector(resolved_weights(tree, value, where)),
        )
        for i, value in enumerate(_listed("weights", given))
    ]


def _removals(given: Any, structure: Structure) -> list[Choice]:
    choices = []
    for code in _listed("removal", given):
        kept = np.ones(len(structure.codes))
        if code is not None:
            if code not in structure.codes:
                raise InputError("indicators.errors.unknown_code", _WHERE.format("removal"), value=str(code))
            kept[structure.codes.index(code)] = 0.0
        choices.append(Choice(str(code), factors=kept))
    return choices


def _noise(given: Any, structure: Structure, draws: int, seed: int) -> list[Choice]:
    if not isinstance(given, (int, float)) or not 0 < given <= 1:
        raise InputError("out_of_range", _WHERE.format("weight_noise"), value=str(given), allowed="0-1")
    stretch = generator(seed, "weight_noise").uniform(1 - given, 1 + given, size=(draws, len(structure.codes)))
    return [Choice(f"noise {i + 1}", factors=row) for i, row in enumerate(stretch)]


def _disturbing(name: str, given: Any, tree: IndicatorTree, laid: Sheet, draws: int, seed: int) -> Factor:
    where = _WHERE.format(name)
    if name == "multiple_imputation":
        disturb = multiple_imputation(given, laid, tree, seed, where)
    elif isinstance(given, pd.DataFrame):
        disturb = measurement_errors(given, laid, seed, where)
    else:
        raise InputError("wrong_type", where, value=str(given), type=type(given).__name__, allowed="DataFrame")
    return Factor(name, tuple(Choice(f"{name} {i + 1}") for i in range(draws)), disturb)
