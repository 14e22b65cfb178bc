"""Figures: indicators, targets, series and weights, moved within what their unit allows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from vises_methods.study.rules.numbers import BOUNDS
from vises_methods.study.simulation.sources import Row

LEVEL, NOISE = 0.35, 0.08
"""Standard deviations on the log scale (the logit, between two bounds): of an indicator, and of one of its years."""
UNCOLLECTED = 0.02
"""The chance of a value not to have been collected."""
_WITH_SIZE = ("count", "persons", "fte", "hours", "days", "eur", "tonne", "tco2e")
_POINTS = 100


def moved_indicators(rows: list[Row], size: float, rng: np.random.Generator) -> tuple[list[Row], dict[str, float]]:
    """Return indicator rows of an enterprise ``size`` times as large, and by how much each indicator was moved.

    A breakdown moves with its total: an indicator has one level, and one noise a year. Zero and the bounds of a unit
    stay what they are; a value keeps as many decimals as its indicator has.
    """
    levels: dict[str, float] = {}
    noises: dict[tuple[str, str], float] = {}
    decimals: dict[str, int] = {}
    for row in rows:
        name = row["indicator"]
        decimals[name] = max(decimals.get(name, 0), _decimals(row["value"]))
        if name not in levels:
            levels[name] = float(rng.normal(0, LEVEL))
        if (name, row["year"]) not in noises:
            noises[name, row["year"]] = float(rng.normal(0, NOISE))
    moved = []
    for row in rows:
        name, lost = row["indicator"], rng.random() < UNCOLLECTED
        new = dict(row)
        if row["n"]:
            new["n"] = str(max(1, round(float(row["n"]) * size)))
        if row["value"] and lost:
            new |= {"value": "", "missing": "not_collected"}
        elif row["value"]:
            shift = levels[name] + noises[name, row["year"]]
            new["value"] = _written(moved_value(float(row["value"]), row["unit"], shift, size), decimals[name])
        moved.append(new)
    return moved, levels


def moved_value(value: float, unit: str, shift: float, size: float) -> float:
    """Move a value by ``shift`` on the scale that its unit calls for.

    Examples
    --------
    >>> moved_value(0, "percent", 0.5, 1), moved_value(100, "percent", 0.5, 1), moved_value(50, "percent", 0, 2)
    (0.0, 100.0, 50.0)
    >>> moved_value(10, "persons", 0, 2)
    20.0
    """
    low, high = BOUNDS.get(unit, (None, None))
    if low is not None and high is not None:
        share = (value - low) / (high - low)
        if 0 < share < 1:
            share = 1 / (1 + math.exp(-(math.log(share / (1 - share)) + shift)))
        return low + share * (high - low)
    return value * math.exp(shift) * (size if unit in _WITH_SIZE else 1.0)


def moved_part(
    part: Mapping[str, Any],
    units: Mapping[str, str],
    levels: Mapping[str, float],
    size: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return an enterprise's part of the framework: targets moved with their indicators, weights given anew."""
    new = dict(part)
    new["targets"] = [
        {**target, "value": _moved_target(target, units, levels, size)} for target in part.get("targets") or []
    ]
    new["weights"] = [_other_weights(weights, rng) for weights in part.get("weights") or []]
    return new


def moved_series(rows: list[Row], rng: np.random.Generator) -> list[Row]:
    """Return series at another level: whole numbers that are not negative as Poisson counts, others with noise."""
    whole: dict[str, bool] = {}
    levels: dict[str, float] = {}
    for row in rows:
        key = row["indicator"]
        counted = not row["value"] or (_decimals(row["value"]) == 0 and float(row["value"]) >= 0)
        whole[key] = whole.get(key, True) and counted
        if key not in levels:
            levels[key] = math.exp(rng.normal(0, LEVEL))
    moved = []
    for row in rows:
        new = dict(row)
        if row["value"]:
            expected, key = float(row["value"]) * levels[row["indicator"]], row["indicator"]
            if whole[key]:
                new["value"] = str(int(rng.poisson(expected)))
            else:
                new["value"] = _written(expected * math.exp(rng.normal(0, NOISE)), _decimals(row["value"]))
        moved.append(new)
    return moved


def points(weights: Mapping[str, float]) -> dict[str, int]:
    """Share 100 points in proportion to weights: whole points, the largest remainders rounded up.

    Examples
    --------
    >>> points({"A": 1, "B": 1, "C": 1, "D": 0})
    {'A': 34, 'B': 33, 'C': 33, 'D': 0}
    """
    total = sum(weights.values())
    exact = {name: _POINTS * value / total for name, value in weights.items()}
    whole = {name: math.floor(value) for name, value in exact.items()}
    short = _POINTS - sum(whole.values())
    for name in sorted(exact, key=lambda name: (whole[name] - exact[name], name))[:short]:
        whole[name] += 1
    return whole


def _other_weights(weights: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    drawn = {name: value * math.exp(rng.normal(0, LEVEL)) for name, value in weights["values"].items()}
    return {**weights, "values": points(drawn)}


def _moved_target(
    target: Mapping[str, Any], units: Mapping[str, str], levels: Mapping[str, float], size: float
) -> float | int:
    name, value = target["indicator"], target["value"]
    if name not in units:
        return float(value)
    digits = _decimals(str(value))
    moved = round(moved_value(float(value), units[name], levels.get(name, 0.0), size), digits)
    return int(moved) if digits == 0 else moved


def _decimals(written: str) -> int:
    return len(written.partition(".")[2])


def _written(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}" if decimals else str(round(value))
