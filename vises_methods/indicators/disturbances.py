"""Data as they might have been: errors of measurement, and what missing values could have said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from math import prod
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Bools, Floats, Integers
from vises_methods.indicators.cells import Sheet, numeric
from vises_methods.indicators.tree import IndicatorTree, Node
from vises_methods.randomness import generator

Donors = Literal["scale", "hot_deck", "group_hot_deck"]
_LEAST_DONORS = 2
_FEW_CELLS = 200


@dataclass(frozen=True, eq=False)
class Runs:
    """The data of several runs, each as a sheet lays them out: (runs, units, indicators)."""

    numbers: Floats
    states: np.ndarray[Any, np.dtype[np.object_]]


Disturbance = Callable[[Runs, Integers], Runs]
"""Disturbs the data of runs, of which the number of each one's draw is given."""


def measurement_errors(spread: pd.DataFrame, laid: Sheet, seed: int, where: str) -> Disturbance:
    """Add normal errors with known standard errors (unit × indicator) to what was reported."""
    known = numeric(spread, where)
    deviations = known.reindex(index=laid.units, columns=list(laid.indicators)).fillna(0.0).to_numpy()
    if (deviations < 0).any():
        raise InputError("out_of_range", where, value=float(deviations.min()), allowed="≥ 0")

    def disturb(data: Runs, draws: Integers) -> Runs:
        normal = _drawn_in_runs("data_error", seed, draws, deviations.shape)
        return Runs(data.numbers + normal * deviations, data.states)

    return disturb


def multiple_imputation(donors: Donors, laid: Sheet, tree: IndicatorTree, seed: int, where: str) -> Disturbance:
    """Fill every gap of an indicator that applies with a value drawn anew in each run.

    ``scale``: anywhere between the ends of the indicator's scale. ``hot_deck``: the value of another unit; the donors
    are themselves resampled in each run, so that their small number shows (approximate Bayesian bootstrap, Rubin and
    Schenker 1986). ``group_hot_deck``: of a unit of the same group. Without two donors a gap stays.
    """
    if donors not in get_args(Donors):
        raise InputError("unknown_option", where, value=str(donors), allowed=list(get_args(Donors)))
    words = np.full(len(laid.units), "", dtype=object)
    if donors == "group_hot_deck":
        if laid.groups is None:
            raise InputError("indicators.errors.groups_needed", where, value=donors)
        words = np.array([_word(laid.groups[unit]) for unit in laid.units], dtype=object)
    ends = [_ends(tree.node(code), laid.numbers[:, i]) for i, code in enumerate(laid.indicators)]

    def disturb(data: Runs, draws: Integers) -> Runs:
        gaps = np.isnan(data.numbers) & np.asarray(data.states != "not_applicable", dtype=bool)
        if donors == "scale":
            low, high = np.array(ends).T
            filled = low + (high - low) * _drawn_in_runs("multiple_imputation", seed, draws, gaps.shape[1:])
        else:
            streams = [generator(seed, "multiple_imputation", str(draw)) for draw in draws.tolist()]
            filled = np.stack(list(map(partial(_donated, words=words), data.numbers, gaps, streams)))
        done = gaps & ~np.isnan(filled)
        return Runs(np.where(done, filled, data.numbers), np.where(done, "imputed", data.states))

    return disturb


def _drawn_in_runs(name: str, seed: int, draws: Integers, shape: tuple[int, ...]) -> Floats:
    """The draws of several runs, some of which may share theirs."""
    different, which = np.unique(draws, return_inverse=True)
    drawn: Floats = np.stack([_drawn(name, seed, draw, shape) for draw in different.tolist()])[which]
    return drawn


def _drawn(name: str, seed: int, draw: int, shape: tuple[int, ...]) -> Floats:
    """The draws of one run; of few cells they are kept: the shares of variance ask for those of the intervals again."""
    return _kept(name, seed, draw, shape) if prod(shape) <= _FEW_CELLS else _made(name, seed, draw, shape)


def _made(name: str, seed: int, draw: int, shape: tuple[int, ...]) -> Floats:
    stream = generator(seed, name, str(draw))
    return stream.standard_normal(shape) if name == "data_error" else stream.random(shape)


@lru_cache(maxsize=4096)
def _kept(name: str, seed: int, draw: int, shape: tuple[int, ...]) -> Floats:
    drawn = _made(name, seed, draw, shape)
    drawn.setflags(write=False)
    return drawn


def _donated(numbers: Floats, gaps: Bools, stream: np.random.Generator, *, words: np.ndarray[Any, Any]) -> Floats:
    filled = np.full(numbers.shape, np.nan)
    for word in dict.fromkeys(words):
        rows = np.flatnonzero(words == word)
        for column in np.flatnonzero(gaps[rows].any(axis=0)):
            own = numbers[rows, column]
            donors = own[~np.isnan(own)]
            if len(donors) >= _LEAST_DONORS:
                resampled = stream.choice(donors, size=len(donors))
                filled[rows, column] = stream.choice(resampled, size=len(rows))
    return filled


def _ends(node: Node, numbers: Floats) -> tuple[float, float]:
    """The ends of the framework's scale, in the unit of the indicator; without one, the lowest and highest reported."""
    scale = node.scale
    if scale is not None and scale.method in ("goalposts", "band"):
        return float(scale.minimum or 0.0), float(scale.maximum or 0.0)
    present = numbers[~np.isnan(numbers)]
    if scale is not None or len(present) < _LEAST_DONORS:
        return float("nan"), float("nan")
    return float(present.min()), float(present.max())


def _word(group: Any) -> str:
    return group if isinstance(group, str) else " ".join(sorted(map(str, group)))
