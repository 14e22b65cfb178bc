"""Analytic standard errors of agreement coefficients, by linearisation.

Each unit's influence on a coefficient is written down; the standard error is that of the influences' mean. The formulas
are those of Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., chapters 5 and 6, and of Fleiss, Cohen and
Everitt (1969), Psychological Bulletin 72, p. 325, for Cohen's kappa.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from vises_methods.qualitative.coefficients import TWO_CODERS, PatternTable, coefficient_values
from vises_methods.qualitative.ratings import MISSING
from vises_methods.qualitative.weights import Floats


def standard_error(table: PatternTable, coefficient: str, level: str) -> tuple[float, float]:
    """Return the standard error of a coefficient and the quantile factor's degrees of freedom.

    Parameters
    ----------
    table : PatternTable
        With the agreement weights that the coefficient was computed with (for alpha: 1 minus the scaled metric).
    coefficient : str
    level : str
        Krippendorff's metric.

    Returns
    -------
    (standard error, degrees of freedom); the degrees of freedom are infinite where the published interval is normal.
    """
    counts = table.ratings.counts.astype(float)
    if coefficient in TWO_CODERS or coefficient == "krippendorff_alpha":
        counts = counts * table.paired
    units = counts.sum()
    if units < 2:
        return float("nan"), float("nan")
    if coefficient == "krippendorff_alpha":
        value, influence = _alpha_influence(table, counts)
    else:
        value, influence = _influence(table, counts, coefficient, level)
    squares = counts @ (influence - value) ** 2
    if coefficient == "cohen_kappa":
        return float(np.sqrt(squares) / units), float("inf")
    return float(np.sqrt(squares / (units * (units - 1)))), float(units - 1)


def interval(value: float, se: float, freedom: float, ci: float) -> tuple[float, float]:
    """Return the limits value ± quantile × se, the upper one cut at 1."""
    upper = 0.5 + ci / 2
    half = float(special.stdtrit(freedom, upper) if np.isfinite(freedom) else special.ndtri(upper)) * se
    return value - half, min(value + half, 1.0)


def _influence(table: PatternTable, counts: Floats, coefficient: str, level: str) -> tuple[float, Floats]:
    result = coefficient_values(table, counts[None, :], coefficient, level)
    value, expected = float(result.value[0]), float(result.expected[0])
    by_pattern = _CHANCE_BY_PATTERN[coefficient](table, counts, expected)
    share = counts.sum() / (counts @ table.paired)
    observed = share * (table.pair_agreement - expected * table.paired) / (1 - expected)
    return value, observed - 2 * (1 - value) * (by_pattern - expected) / (1 - expected)


def _constant(table: PatternTable, counts: Floats, expected: float) -> Floats:  # noqa: ARG001 one signature for all
    return np.full(len(counts), expected)


def _gwet(table: PatternTable, counts: Floats, expected: float) -> Floats:  # noqa: ARG001 one signature for all
    q = len(table.ratings.categories)
    absent = 1 - table.shares(counts[None, :])[0]
    return np.asarray(table.weights.sum() / (q * (q - 1)) * (table.tally @ absent) / table.size)


def _fleiss(table: PatternTable, counts: Floats, expected: float) -> Floats:  # noqa: ARG001 one signature for all
    shares = table.shares(counts[None, :])[0]
    neighbours = (table.weights @ shares + shares @ table.weights) / 2
    return np.asarray(table.tally @ neighbours / table.size)


def _conger(table: PatternTable, counts: Floats, expected: float) -> Floats:  # noqa: ARG001 one signature for all
    """Each rating moves the share of its own coder only, against the shares of the other coders."""
    shares, rated = (part[0] for part in table.coder_shares(counts[None, :]))
    coders, units = len(rated), counts.sum()
    others = shares.sum(axis=0) - shares
    weights = (table.weights + table.weights.T) / 2
    gain = others @ weights
    total = np.zeros(len(counts))
    for g in range(coders):
        codes = table.ratings.patterns[:, g]
        given = codes != MISSING
        mean = float(gain[g] @ shares[g])
        moved = np.where(given, gain[g][codes], 0.0) - (given - rated[g] / units) * mean
        total += moved * units / rated[g]
    return np.asarray(total / (coders * (coders - 1)))


def _alpha_influence(table: PatternTable, counts: Floats) -> tuple[float, Floats]:
    """Return alpha without its small-sample correction, whose error is that of alpha, and the influences on it."""
    units = counts.sum()
    mean_size = float(counts @ table.size / units)
    shares = counts @ table.tally / (units * mean_size)
    expected = float(shares @ table.weights @ shares)
    excess = (table.size - mean_size) / mean_size
    raw = table.agreeing_pairs / np.where(table.paired, mean_size * (table.size - 1), 1)
    mean_raw = float(counts @ raw / units)
    small = 1 / (units * mean_size)
    corrected = (1 - small) * mean_raw + small
    value = (mean_raw - expected) / (1 - expected)
    neighbours = (table.weights @ shares + shares @ table.weights) / 2
    by_pattern = np.asarray(table.tally @ neighbours) / mean_size - expected * excess
    observed = (raw - corrected * excess - expected) / (1 - expected)
    return value, observed - 2 * (1 - value) * (by_pattern - expected) / (1 - expected)


_CHANCE_BY_PATTERN: dict[str, Callable[[PatternTable, Floats, float], Any]] = {
    "percent": _constant,
    "brennan_prediger": _constant,
    "gwet_ac1": _gwet,
    "gwet_ac2": _gwet,
    "fleiss_kappa": _fleiss,
    "scott_pi": _fleiss,
    "conger_kappa": _conger,
    "cohen_kappa": _conger,
}
