"""The aggregations by name: how the children of a heading become its score, and how far that score could move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from vises_methods.indicators import penalties
from vises_methods.indicators.arrays import Bools, Floats
from vises_methods.indicators.choquet import Capacity, choquet
from vises_methods.indicators.means import by_parent, median, power_mean
from vises_methods.indicators.ordered import ordered_mean
from vises_methods.indicators.outranking import copeland, copeland_by_heading, copeland_limits

Aggregation = Literal[
    "arithmetic",
    "geometric",
    "harmonic",
    "power",
    "median",
    "mpi",
    "ampi",
    "mean_min",
    "owa",
    "copeland",
    "choquet",
]


@dataclass(frozen=True)
class AggregationOptions:
    """Every option of every aggregation, as used."""

    power: float = 0.5
    penalty: penalties.Penalty = "negative"
    standardise: bool = True
    alpha: float = 0.5
    beta: float = 1.0
    order_weights: tuple[float, ...] = ()
    indifference: float = 0.0
    veto: float | None = None
    capacities: Mapping[str, Capacity] = field(default_factory=dict)


@dataclass(frozen=True)
class Children:
    """The children of one level.

    Attributes
    ----------
    scores, low, high : array (…, units, children)
        With what was reported; with all that is missing at its floor, and at its ceiling.
    weights : array (…, children, parents)
    membership : array (children, parents)
    codes, parents : tuple of str
    """

    scores: Floats
    low: Floats
    high: Floats
    weights: Floats
    membership: Bools
    codes: tuple[str, ...]
    parents: tuple[str, ...]
    options: AggregationOptions

    def each(self, combine: Callable[[Floats, Floats], Floats], scores: Floats) -> Floats:
        """Combine the children of each heading: ``combine(scores, weights)`` gives a score per unit."""
        return by_parent(scores, self.weights, self.membership, combine)


@dataclass(frozen=True)
class Method:
    """How children become a heading (…, units, parents), and how far that score could move.

    Attributes
    ----------
    score : function
        From the children, and the scores to take for them, to the scores of the headings.
    limits : function or None
        From the children to the lowest and the highest possible scores; None where the score rises with every child,
        so that its limits lie where the children have theirs.
    across_units : bool
        Whether the score of a unit depends on the other units.
    """

    score: Callable[[Children, Floats], Floats]
    limits: Callable[[Children], tuple[Floats, Floats]] | None = None
    across_units: bool = False

    def bounds(self, children: Children) -> tuple[Floats, Floats]:
        """The worst and the best case."""
        if self.limits is not None:
            return self.limits(children)
        return self.score(children, children.low), self.score(children, children.high)


def _power(power: float | None) -> Method:
    def score(children: Children, scores: Floats) -> Floats:
        return power_mean(scores, children.weights, children.options.power if power is None else power)

    return Method(score)


def _median(children: Children, scores: Floats) -> Floats:
    return children.each(median, scores)


def _mean_min(children: Children, scores: Floats) -> Floats:
    options = children.options
    return children.each(lambda own, weights: penalties.mean_min(own, weights, options.alpha, options.beta), scores)


def _owa(children: Children, scores: Floats) -> Floats:
    return children.each(lambda own, weights: ordered_mean(own, weights, children.options.order_weights), scores)


def _choquet(children: Children, scores: Floats) -> Floats:
    """Headings without a capacity have the additive one of their weights: the arithmetic mean."""
    made = power_mean(scores, children.weights, 1.0)
    for i, parent in enumerate(children.parents):
        if parent in children.options.capacities:
            members = np.flatnonzero(children.membership[:, i])
            names = tuple(children.codes[member] for member in members)
            made[..., i] = choquet(scores[..., members], names, children.options.capacities[parent])
    return made


def _penalised(scale: Callable[[Floats, Floats], Floats]) -> Method:
    def scaled(children: Children, scores: Floats) -> Floats:
        return scale(scores, children.scores) if children.options.standardise else scores

    def score(children: Children, scores: Floats) -> Floats:
        penalty = children.options.penalty
        own_scale = scaled(children, scores)
        return children.each(lambda own, weights: penalties.penalised(own, weights, penalty), own_scale)

    def limits(children: Children) -> tuple[Floats, Floats]:
        low, high = scaled(children, children.low), scaled(children, children.high)
        pairs = [
            penalties.penalised_limits(
                low[..., members], high[..., members], children.weights[..., members, i], children.options.penalty
            )
            for i in range(len(children.parents))
            for members in [np.flatnonzero(children.membership[:, i])]
        ]
        return np.stack([pair[0] for pair in pairs], axis=-1), np.stack([pair[1] for pair in pairs], axis=-1)

    return Method(score, limits, across_units=True)


def _met(children: Children, own: Floats, others: Floats) -> Floats:
    """Copeland's balance of ``own`` scores against those that the others have."""
    options, columns = children.options, []
    if own is others and own.ndim == 2 and options.veto is None:
        met = copeland_by_heading(own, own, children.weights, children.membership, options.indifference)
        if met is not None:
            return met[0]
    for i in range(len(children.parents)):
        members = np.flatnonzero(children.membership[:, i])
        weights = children.weights[..., members, i]
        theirs = others[..., members]
        mine = theirs if own is others else own[..., members]
        columns.append(copeland(mine, theirs, weights, options.indifference, options.veto))
    return np.stack(columns, axis=-1)


def _copeland_limits(children: Children) -> tuple[Floats, Floats]:
    if np.array_equal(children.low, children.high, equal_nan=True):
        exact = _met(children, children.low, children.low)
        return exact, exact
    options, pairs = children.options, []
    if children.low.ndim == 2 and options.veto is None:
        weights, membership = children.weights, children.membership
        limits = copeland_by_heading(children.low, children.high, weights, membership, options.indifference)
        if limits is not None:
            return limits
    for i in range(len(children.parents)):
        members = np.flatnonzero(children.membership[:, i])
        low, high = (np.ascontiguousarray(array[..., members]) for array in (children.low, children.high))
        weights = children.weights[..., members, i]
        pairs.append(copeland_limits(low, high, weights, options.indifference, options.veto))
    return np.stack([pair[0] for pair in pairs], axis=-1), np.stack([pair[1] for pair in pairs], axis=-1)


METHODS: Mapping[str, Method] = {
    "arithmetic": _power(1.0),
    "geometric": _power(0.0),
    "harmonic": _power(-1.0),
    "power": _power(None),
    "median": Method(_median),
    "mpi": _penalised(penalties.standardised),
    "ampi": _penalised(penalties.rescaled),
    "mean_min": Method(_mean_min),
    "owa": Method(_owa),
    "copeland": Method(lambda children, scores: _met(children, scores, scores), _copeland_limits, across_units=True),
    "choquet": Method(_choquet),
}
