"""The normalisations by name: each takes a block of columns and returns scores, with their floor and ceiling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vises_methods.indicators import scaling
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.tree import Node

Normalisation = Literal[
    "framework",
    "goalposts",
    "band",
    "minmax",
    "zscore",
    "rank",
    "percentile",
    "borda",
    "target",
    "reference",
    "frontier",
    "fraction_of_best",
    "change",
    "categorical",
]
Form = Literal["ratio", "difference", "distance"]


@dataclass(frozen=True)
class Options:
    """Every option of every normalisation, as used."""

    low: float | None
    high: float | None
    mean: float = 0.0
    sd: float = 1.0
    population: bool = False
    truncate: bool | None = None
    reference: str = "mean"
    form: Form = "ratio"
    steps: tuple[tuple[float, float], ...] = scaling.PERCENTILE_CLASSES

    def limits(self, low: float, high: float) -> tuple[float, float]:
        """The output range asked for, or the one the method is known by."""
        return (low if self.low is None else self.low, high if self.high is None else self.high)


@dataclass(frozen=True)
class Block:
    """Columns that share a method: numbers, as oriented, targets and baselines (units × columns); their nodes."""

    numbers: Floats
    oriented: Floats
    targets: Floats
    baseline: Floats
    nodes: tuple[Node, ...]
    units: tuple[str, ...]
    options: Options
    fixed: scaling.Line | None


@dataclass(frozen=True)
class Scored:
    """Scores (units × columns); floor, ceiling, origin and span of each column; why a column has no score."""

    scores: Floats
    floor: Floats
    ceiling: Floats
    origin: Floats
    span: Floats
    reasons: tuple[str | None, ...]


def _minmax(block: Block) -> Scored:
    low, high = block.options.limits(0, 100)
    line = block.fixed or scaling.minimum_maximum(block.oriented)
    return _stretched(block, line, low, high, truncate=bool(block.options.truncate))


def _frontier(block: Block) -> Scored:
    low, high = block.options.limits(0, 1)
    line = block.fixed or scaling.minimum_maximum(block.oriented)
    return _stretched(block, line, low, high, truncate=bool(block.options.truncate))


def _zscore(block: Block) -> Scored:
    line = block.fixed or scaling.mean_deviation(block.oriented, ddof=0 if block.options.population else 1)
    scores = block.options.mean + block.options.sd * (block.oriented - line.origin) / line.span
    return _open_ended(scores, line)


def _goalposts(block: Block) -> Scored:
    low, high = block.options.limits(0, 100)
    pairs = [_goals(node) for node in block.nodes]
    origin = np.array([pair[0] for pair in pairs])
    span = np.array([pair[1] - pair[0] for pair in pairs])
    reasons = tuple("no_goalposts" if np.isnan(width) else None for width in span)
    truncate = block.options.truncate is not False
    return _stretched(block, scaling.Line(origin, span, reasons), low, high, truncate=truncate)


def _band(block: Block) -> Scored:
    low, high = block.options.limits(0, 100)
    columns = [scaling.band(block.numbers[:, i], node) for i, node in enumerate(block.nodes)]
    reasons = tuple("no_band" if node.scale is None or node.scale.low is None else None for node in block.nodes)
    return _bounded(low + (high - low) * np.stack(columns, axis=1), low, high, reasons)


def _rank(block: Block) -> Scored:
    counts = (~np.isnan(block.numbers)).sum(axis=0).astype(float)
    return _ordinal(scaling.ranks(block.oriented), np.ones_like(counts), counts)


def _borda(block: Block) -> Scored:
    counts = (~np.isnan(block.numbers)).sum(axis=0).astype(float)
    return _ordinal(scaling.ranks(block.oriented) - 1, np.zeros_like(counts), counts - 1)


def _percentile(block: Block) -> Scored:
    low, high = block.options.limits(0, 1)
    counts = (~np.isnan(block.numbers)).sum(axis=0)
    reasons = tuple("nothing_reported" if n == 0 else "one_unit" if n == 1 else None for n in counts)
    return _bounded(low + (high - low) * scaling.percentiles(block.oriented), low, high, reasons)


def _categorical(block: Block) -> Scored:
    scores = [score for _, score in block.options.steps]
    empty = np.asarray(np.isnan(block.numbers).all(axis=0))
    reasons = tuple("nothing_reported" if none else None for none in empty)
    return _bounded(scaling.classes(block.oriented, block.options.steps), min(scores), max(scores), reasons)


def _target(block: Block) -> Scored:
    low, high = block.options.limits(0, 1)
    aims = _oriented_aims(block)
    own_start = ~np.isnan(block.baseline)
    starts = np.where(own_start, _oriented_like(block, block.baseline), scaling.lowest(block.oriented))
    shares = scaling.progress(block.oriented, starts, aims)
    if block.options.truncate:
        shares = np.clip(shares, 0.0, 1.0)
    reasons = tuple("aim_missing" if none else None for none in np.asarray(np.isnan(aims).all(axis=0)))
    return _bounded(low + (high - low) * shares, low, high, reasons)


def _reference(block: Block) -> Scored:
    if block.options.form == "distance":
        low, high = block.options.limits(0, 1)
        line = block.fixed or scaling.up_to(block.oriented, _reference_values(block, block.oriented))
        return _stretched(block, line, low, high, truncate=bool(block.options.truncate))
    aims = _reference_values(block, block.numbers)
    if block.options.form == "ratio":
        return _ratios(block, aims)
    signs = np.array([-1.0 if node.direction == "lower" else 1.0 for node in block.nodes])
    line = block.fixed or scaling.ratio_to(block.numbers, np.abs(aims))
    return _open_ended(signs * (block.numbers - aims) / line.span, line)


def _fraction_of_best(block: Block) -> Scored:
    return _ratios(block, _reference_values(block, block.numbers, "best"))


def _change(block: Block) -> Scored:
    """The change in per cent of the baseline; between goalposts where the framework has them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = 100.0 * (block.numbers - block.baseline) / np.abs(block.baseline)
    change = np.where(np.isfinite(change), change, np.nan)
    signs = np.array([-1.0 if node.direction == "lower" else 1.0 for node in block.nodes])
    pairs = [
        _goals(node) if node.scale is not None and node.scale.method == "change" else _NO_GOALS for node in block.nodes
    ]
    low, high = block.options.limits(0, 100)
    origin, top = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    shares = np.clip((signs * change - origin) / (top - origin), 0.0, 1.0)
    scaled = ~np.isnan(origin)
    scores = np.where(scaled, low + (high - low) * shares, signs * change)
    reasons = tuple("baseline_missing" if none else None for none in np.asarray(np.isnan(change).all(axis=0)))
    line = scaling.Line(origin, top - origin, reasons)
    open_ended = _open_ended(scores, line)
    floor, ceiling = np.where(scaled, low, open_ended.floor), np.where(scaled, high, open_ended.ceiling)
    return Scored(scores, floor, ceiling, line.origin, line.span, reasons)


METHODS: Mapping[str, Callable[[Block], Scored]] = {
    "goalposts": _goalposts,
    "band": _band,
    "minmax": _minmax,
    "zscore": _zscore,
    "rank": _rank,
    "percentile": _percentile,
    "borda": _borda,
    "target": _target,
    "reference": _reference,
    "frontier": _frontier,
    "fraction_of_best": _fraction_of_best,
    "change": _change,
    "categorical": _categorical,
}
_NO_GOALS = (float("nan"), float("nan"))


def _goals(node: Node) -> tuple[float, float]:
    """The goalposts of a node, turned with its direction."""
    scale = node.scale
    if scale is None or scale.minimum is None or scale.maximum is None or node.direction in ("target", "range"):
        return _NO_GOALS
    if node.direction == "lower":
        return -float(scale.maximum), -float(scale.minimum)
    return float(scale.minimum), float(scale.maximum)


def _oriented_like(block: Block, values: Floats) -> Floats:
    return np.stack([scaling.orient(values[:, i], node) for i, node in enumerate(block.nodes)], axis=1)


def _oriented_aims(block: Block) -> Floats:
    """Being in the band, or on the target, is the aim itself where the direction says so."""
    aims = np.empty_like(block.numbers)
    for i, node in enumerate(block.nodes):
        there = node.direction in ("target", "range")
        aims[:, i] = 0.0 if there else -block.targets[:, i] if node.direction == "lower" else block.targets[:, i]
    return aims


def _reference_values(block: Block, values: Floats, which: str | None = None) -> Floats:
    """One value per column: a statistic of the units, or the value of a named unit."""
    which = which or block.options.reference
    if which in block.units:
        return np.asarray(values[block.units.index(which)])
    if values is block.numbers and which in ("best", "worst"):
        lower = np.array([node.direction == "lower" for node in block.nodes])
        lowest, highest = scaling.observed_limits(values)
        return np.asarray(np.where(lower == (which == "best"), lowest, highest), dtype=float)
    if which in ("best", "worst"):
        return np.asarray(scaling.observed_limits(values)[1 if which == "best" else 0])
    return scaling.centre(values, which == "median")


def _ratios(block: Block, aims: Floats) -> Scored:
    low, high = block.options.limits(0, 1)
    lower = np.array([node.direction == "lower" for node in block.nodes])
    plain = np.array([node.direction == "higher" for node in block.nodes])
    line = scaling.ratio_to(block.numbers, aims)
    costs, cost_reasons = scaling.cost_ratio(block.numbers, aims)
    shares = np.where(lower, costs, np.where(plain, block.numbers / line.span, np.nan))
    reasons = tuple(
        cost_reasons[i] if lower[i] else line.reasons[i] if plain[i] else "no_ratio" for i in range(len(block.nodes))
    )
    return _bounded(low + (high - low) * shares, low, high, reasons)


def _stretched(block: Block, line: scaling.Line, low: float, high: float, *, truncate: bool) -> Scored:
    shares = (block.oriented - line.origin) / line.span
    if truncate:
        shares = np.clip(shares, 0.0, 1.0)
    scored = _bounded(low + (high - low) * shares, low, high, line.reasons)
    return Scored(scored.scores, scored.floor, scored.ceiling, line.origin, line.span, line.reasons)


def _bounded(scores: Floats, low: float, high: float, reasons: tuple[str | None, ...]) -> Scored:
    """Floor and ceiling of the scale, stretched to what was observed where scores may pass them."""
    observed = scaling.observed_limits(scores)
    unknown = np.full(scores.shape[1], np.nan)
    return Scored(scores, np.fmin(observed[0], low), np.fmax(observed[1], high), unknown, unknown, reasons)


def _open_ended(scores: Floats, line: scaling.Line) -> Scored:
    """A scale without ends: the lowest and the highest score observed stand for its floor and ceiling."""
    floor, ceiling = scaling.observed_limits(scores)
    return Scored(scores, floor, ceiling, line.origin, line.span, line.reasons)


def _ordinal(scores: Floats, floor: Floats, ceiling: Floats) -> Scored:
    unknown = np.full(scores.shape[1], np.nan)
    reasons = tuple("nothing_reported" if none else None for none in np.asarray(np.isnan(scores).all(axis=0)))
    return Scored(scores, floor, ceiling, unknown, unknown, reasons)
