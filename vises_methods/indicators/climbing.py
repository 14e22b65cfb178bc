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
    """Aggregate level by level; ``methods`` says how each level is made."""
    state = _start(leaves, structure)
    applicable = np.concatenate(
        [leaves.applicable, np.zeros((len(leaves.scores), len(structure.nodes)), dtype=bool)], axis=1
    )
    for step in structure.steps:
        own = step.weights(weights)
        below = applicable[:, step.children].astype(float)
        applicable[:, step.parents] = below @ step.membership.astype(float) > 0
        _cover(state, step, own, below)
        _score(state, step, own, methods[step.level], options)
        _reason(state, step, applicable[:, step.parents], below @ own, min_coverage)
    return state


def _start(leaves: Leaves, structure: Structure) -> Climb:
    shape = (len(leaves.scores), len(structure.codes))
    count = len(structure.leaves)
    scores, worst, best = np.full((3, *shape), np.nan)
    n, reasons = np.zeros((2, *shape), dtype=np.int64)
    state = Climb(scores, worst, best, np.zeros(shape), n, reasons)
    present = leaves.applicable & ~np.isnan(leaves.scores)
    known = present & leaves.reported
    missing = leaves.applicable & ~known
    state.scores[:, :count] = np.where(present, leaves.scores, np.nan)
    state.worst[:, :count] = np.where(missing, leaves.floor, state.scores[:, :count])
    state.best[:, :count] = np.where(missing, leaves.ceiling, state.scores[:, :count])
    state.coverage[:, :count] = known
    state.n[:, :count] = known
    return state


def _cover(state: Climb, step: Step, own: Floats, below: Floats) -> None:
    entered = ~np.isnan(state.scores[:, step.children])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = ((state.coverage[:, step.children] * entered) @ own) / (below @ own)
    state.coverage[:, step.parents] = np.where(np.isfinite(share), share, 0.0)
    weighted = (own > 0).astype(np.int64)
    state.n[:, step.parents] = (state.n[:, step.children] * entered) @ weighted


def _score(state: Climb, step: Step, own: Floats, method: str, options: AggregationOptions) -> None:
    scores, low, high = (array[:, step.children] for array in (state.scores, state.worst, state.best))
    children = Children(scores, low, high, own, step.membership, step.child_codes, step.parent_codes, options)
    state.scores[:, step.parents] = METHODS[method].score(children, scores)
    state.worst[:, step.parents], state.best[:, step.parents] = METHODS[method].bounds(children)


def _reason(state: Climb, step: Step, applicable: Bools, weight: Floats, min_coverage: float) -> None:
    """Say why there is no score; keep a score within what is still possible for the unit.

    A heading below the threshold does not enter the one above it. Without the limits, dropping a weak and half silent
    heading could lift the score above anything its full data could give.
    """
    scores, coverage = state.scores[:, step.parents], state.coverage[:, step.parents]
    conditions = [
        ~applicable,
        weight <= 0,
        coverage <= 0,
        coverage < min_coverage - _TOLERANCE,
        np.isnan(scores),
    ]
    reasons = np.select(conditions, range(1, len(REASONS)), default=0)
    within = np.fmin(np.fmax(scores, state.worst[:, step.parents]), state.best[:, step.parents])
    state.scores[:, step.parents] = np.where(reasons > 0, np.nan, within)
    state.reasons[:, step.parents] = reasons


def climb_many(
    leaves: Leaves,
    weights: Floats,
    structure: Structure,
    methods: Mapping[int, str],
    options: AggregationOptions,
    min_coverage: float,
) -> Floats:
    """Scores of all headings under many sets of weights: (sets, units, headings). Limits are not computed.

    The indicator scores are shared by all sets, so that the largest step is one product of matrices.
    """
    first = len(structure.leaves)
    present = leaves.applicable & ~np.isnan(leaves.scores)
    foot = np.where(present, leaves.scores, np.nan)
    shape = (len(weights), len(foot), len(structure.nodes))
    scores, coverage = np.full(shape, np.nan), np.zeros(shape if min_coverage > 0 else (0, 0, 0))
    applicable = leaves.applicable
    for step in structure.steps:
        own = step.weights(weights)
        below = foot if step.level == 2 else scores
        positions = step.children if step.level == 2 else step.children - first
        children = below[..., positions]
        if methods[step.level] not in _MEANS:
            children = np.broadcast_to(children, (len(weights), *children.shape[-2:]))
        codes = (step.child_codes, step.parent_codes)
        made = METHODS[methods[step.level]].score(
            Children(children, children, children, own, step.membership, *codes, options), children
        )
        if min_coverage > 0:
            applies = applicable[:, positions].astype(float)
            entered = present & leaves.reported if step.level == 2 else coverage
            share = _share(entered[..., positions] * ~np.isnan(children), own, applies)
            coverage[..., step.parents - first] = share
            made = np.where((share > 0) & (share >= min_coverage - _TOLERANCE), made, np.nan)
            applicable = _lifted(applies, step, first, structure)
        scores[..., step.parents - first] = made
    return scores


_MEANS = frozenset({"arithmetic", "geometric", "harmonic", "power"})


def _share(entered: Floats, own: Floats, applies: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (entered.astype(float) @ own) / (applies @ own)
    return np.where(np.isfinite(share), share, 0.0)


def _lifted(applies: Floats, step: Step, first: int, structure: Structure) -> Bools:
    above = np.zeros((len(applies), len(structure.nodes)), dtype=bool)
    above[:, step.parents - first] = applies @ step.membership.astype(float) > 0
    return above
