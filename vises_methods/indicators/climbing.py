"""Up the tree: scores, coverage and limits of every heading, level by level, for all units at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vises_methods.indicators.aggregation_methods import METHODS, AggregationOptions, Children
from vises_methods.indicators.arrays import Bools, Floats, Integers
from vises_methods.indicators.structure import Step, Structure

REASONS = (
    None,
    "not_applicable",
    "weights_all_zero",
    "nothing_reported",
    "coverage_below_threshold",
    "not_defined",
)
_TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Climb:
    """Everything by unit and node (indicators first), in the order of the structure's codes.

    Attributes
    ----------
    scores, worst, best : array
        The score over what entered; with all that is missing at the floor, and at the ceiling, of its scale.
    coverage : array
        The share of applicable weight that was reported and entered the score, multiplied down the tree.
    n : array
        Indicators that were reported and entered.
    reasons : array of int
        Positions in ``REASONS``.
    """

    scores: Floats
    worst: Floats
    best: Floats
    coverage: Floats
    n: Integers
    reasons: Integers


@dataclass(frozen=True, eq=False)
class Leaves:
    """Indicator scores (units × indicators), where they apply and were reported, floor and ceiling of each scale."""

    scores: Floats
    applicable: Bools
    reported: Bools
    floor: Floats
    ceiling: Floats


def climb(
    leaves: Leaves,
    weights: Floats,
    structure: Structure,
    methods: Mapping[int, str],
    options: AggregationOptions,
    min_coverage: float,
) -> Climb:
    """Aggregate level by level; ``methods`` says how each level is made.

    Several runs climb at once as (runs, units, indicators), with one vector of weights each.
    """
    state = _start(leaves, structure)
    none_yet = np.zeros((*leaves.applicable.shape[:-1], len(structure.nodes)), dtype=bool)
    applicable = np.concatenate([leaves.applicable, none_yet], axis=-1)
    for step in structure.steps:
        own = step.weights(weights)
        below = applicable[..., step.children].astype(float)
        applicable[..., step.parents] = below @ step.membership.astype(float) > 0
        _cover(state, step, own, below)
        _score(state, step, own, methods[step.level], options)
        _reason(state, step, applicable[..., step.parents], below @ own, min_coverage)
    return state


def _start(leaves: Leaves, structure: Structure) -> Climb:
    shape = (*leaves.scores.shape[:-1], len(structure.codes))
    count = len(structure.leaves)
    scores, worst, best = np.full((3, *shape), np.nan)
    n, reasons = np.zeros((2, *shape), dtype=np.int64)
    state = Climb(scores, worst, best, np.zeros(shape), n, reasons)
    present = leaves.applicable & ~np.isnan(leaves.scores)
    known = present & leaves.reported
    missing = leaves.applicable & ~known
    state.scores[..., :count] = np.where(present, leaves.scores, np.nan)
    state.worst[..., :count] = np.where(missing, leaves.floor, state.scores[..., :count])
    state.best[..., :count] = np.where(missing, leaves.ceiling, state.scores[..., :count])
    state.coverage[..., :count] = known
    state.n[..., :count] = known
    return state


def _cover(state: Climb, step: Step, own: Floats, below: Floats) -> None:
    entered = ~np.isnan(state.scores[..., step.children])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = ((state.coverage[..., step.children] * entered) @ own) / (below @ own)
    state.coverage[..., step.parents] = np.where(np.isfinite(share), share, 0.0)
    weighted = (own > 0).astype(np.int64)
    state.n[..., step.parents] = (state.n[..., step.children] * entered) @ weighted


def _score(state: Climb, step: Step, own: Floats, method: str, options: AggregationOptions) -> None:
    scores, low, high = (array[..., step.children] for array in (state.scores, state.worst, state.best))
    children = Children(scores, low, high, own, step.membership, step.child_codes, step.parent_codes, options)
    state.scores[..., step.parents] = METHODS[method].score(children, scores)
    state.worst[..., step.parents], state.best[..., step.parents] = METHODS[method].bounds(children)


def _reason(state: Climb, step: Step, applicable: Bools, weight: Floats, min_coverage: float) -> None:
    """Say why there is no score; bring score and limits into line.

    A heading below the threshold does not enter the one above it. Left alone, dropping a weak and half silent heading
    could lift the score above anything its full data could give: it is kept within the limits. Without a threshold
    only limits that were observed (of scales without ends) can be narrower than a score: then they give way.
    """
    scores, coverage = state.scores[..., step.parents], state.coverage[..., step.parents]
    conditions = [
        ~applicable,
        weight <= 0,
        coverage <= 0,
        coverage < min_coverage - _TOLERANCE,
        np.isnan(scores),
    ]
    reasons = np.select(conditions, range(1, len(REASONS)), default=0)
    worst, best = state.worst[..., step.parents], state.best[..., step.parents]
    if min_coverage > 0:
        scores = np.fmin(np.fmax(scores, worst), best)
    state.worst[..., step.parents] = np.where(np.isnan(worst), worst, np.fmin(worst, scores))
    state.best[..., step.parents] = np.where(np.isnan(best), best, np.fmax(best, scores))
    state.scores[..., step.parents] = np.where(reasons > 0, np.nan, scores)
    state.reasons[..., step.parents] = reasons


def climb_many(
    leaves: Leaves,
    weights: Floats,
    structure: Structure,
    methods: Mapping[int, str],
    options: AggregationOptions,
    min_coverage: float,
) -> Floats:
    """Scores of all headings under many sets of weights: (sets, units, headings).

    Indicator scores that are shared by all sets make the largest step one product of matrices; there may also be one
    table of them per set (sets, units, indicators). With a threshold of coverage there is more to know than scores.
    """
    foot = np.where(leaves.applicable, leaves.scores, np.nan)
    reported = ~np.isnan(leaves.scores) & leaves.reported & leaves.applicable
    if min_coverage > 0 and not (reported == leaves.applicable).all():
        return _climbed(leaves, weights, structure, methods, options, min_coverage)
    first = len(structure.leaves)
    scores = np.full((len(weights), foot.shape[-2], len(structure.nodes)), np.nan)
    known = np.zeros((*foot.shape[:-1], len(structure.codes)), dtype=bool)
    known[..., :first] = reported
    for step in structure.steps:
        own, method = step.weights(weights), methods[step.level]
        known[..., step.parents] = known[..., step.children].astype(float) @ step.membership.astype(float) > 0
        below = foot if step.level == 2 else scores
        children = below[..., step.children if step.level == 2 else step.children - first]
        if method not in _SHARED_FOOT:
            children = np.broadcast_to(children, (len(weights), *children.shape[-2:]))
        codes = (step.child_codes, step.parent_codes)
        family = Children(children, children, children, own, step.membership, *codes, options)
        made = METHODS[method].score(family, children)
        scores[..., step.parents - first] = np.where(known[..., step.parents], made, np.nan)
    return scores


def _climbed(
    leaves: Leaves,
    weights: Floats,
    structure: Structure,
    methods: Mapping[int, str],
    options: AggregationOptions,
    min_coverage: float,
) -> Floats:
    """Coverage and limits decide too: as many runs at once as keep the arrays of all nodes small."""
    first, units = len(structure.leaves), leaves.scores.shape[-2]
    block = max(1, _NODES_AT_ONCE // (units * len(structure.codes)))
    made = []
    for start in range(0, len(weights), block):
        own = weights[start : start + block]
        shape = (len(own), units, first)
        rows = slice(start, start + block) if leaves.scores.ndim == 3 else slice(None)
        part = Leaves(
            np.broadcast_to(leaves.scores[rows], shape),
            np.broadcast_to(leaves.applicable[rows], shape),
            np.broadcast_to(leaves.reported[rows], shape),
            leaves.floor,
            leaves.ceiling,
        )
        made.append(climb(part, own, structure, methods, options, min_coverage).scores[..., first:])
    return np.concatenate(made)


_SHARED_FOOT = frozenset({"arithmetic", "geometric", "harmonic", "power"})
_NODES_AT_ONCE = 500_000
