"""Chance-corrected agreement from pattern counts: observed agreement, chance agreement, and their influence.

Notation follows Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., chapters 2 to 6. Every function that takes
``counts`` takes a matrix (resamples, patterns), so that a bootstrap is a matrix product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from vises_methods.qualitative.ratings import MISSING, RatingPatterns
from vises_methods.qualitative.weights import Floats, metric

Coefficient = Literal[
    "percent",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "conger_kappa",
    "brennan_prediger",
    "gwet_ac1",
    "gwet_ac2",
    "krippendorff_alpha",
]
COEFFICIENTS: tuple[str, ...] = get_args(Coefficient)
TWO_CODERS = frozenset({"cohen_kappa", "scott_pi"})
ROUNDING = 1e-12


@dataclass(frozen=True)
class Agreement:
    """Value, observed agreement and chance agreement, each of shape (resamples,); NaN where undefined."""

    value: Floats
    observed: Floats
    expected: Floats


@dataclass(frozen=True)
class PatternTable:
    """What every coefficient needs of each distinct pattern.

    Attributes
    ----------
    ratings : RatingPatterns
    weights : array (categories, categories)
        Agreement weights.
    """

    ratings: RatingPatterns
    weights: Floats

    @cached_property
    def size(self) -> Floats:
        """Ratings per pattern, r_i."""
        return self.ratings.ratings_per_pattern.astype(float)

    @cached_property
    def paired(self) -> NDArray[np.bool_]:
        """Patterns with at least two ratings."""
        return self.size >= 2

    @cached_property
    def tally(self) -> sparse.csr_array:
        """Ratings per pattern and category, r_ik."""
        rows, coders = np.nonzero(self.ratings.patterns != MISSING)
        columns = self.ratings.patterns[rows, coders]
        shape = (len(self.size), len(self.ratings.categories))
        return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)

    @cached_property
    def coder_tallies(self) -> list[sparse.csr_array]:
        """Ratings per pattern and category, coder by coder."""
        patterns, q = self.ratings.patterns, len(self.ratings.categories)
        return [_one_hot(patterns[:, g], q) for g in range(patterns.shape[1])]

    @cached_property
    def agreeing_pairs(self) -> Floats:
        """Weighted ordered pairs of coders that agree, per pattern."""
        total = np.zeros(len(self.size))
        coded = [np.ascontiguousarray(codes) for codes in self.ratings.patterns.T]
        given = [codes != MISSING for codes in coded]
        nominal = np.count_nonzero(self.weights) == np.count_nonzero(np.diag(self.weights) == 1) == len(self.weights)
        for first in range(len(coded)):
            for second in range(first + 1, len(coded)):
                x, y, both = coded[first], coded[second], given[first] & given[second]
                if nominal:
                    total += 2 * ((x == y) & both)
                else:
                    total[both] += self.weights[x[both], y[both]] + self.weights[y[both], x[both]]
        return total

    @cached_property
    def pair_agreement(self) -> Floats:
        """Share of agreeing pairs per pattern, p_a|i; 0 where no pair exists."""
        pairs = self.size * (self.size - 1)
        return np.asarray(self.agreeing_pairs / np.where(self.paired, pairs, 1))

    @cached_property
    def own_shares(self) -> sparse.csr_array:
        """Share of each category in each pattern, r_ik / r_i."""
        return sparse.csr_array(sparse.diags_array(1 / self.size) @ self.tally)

    def shares(self, counts: Floats) -> Floats:
        """Mean share of each category over the units, pi_k: shape (resamples, categories)."""
        return _over(counts @ self.own_shares, counts.sum(axis=1)[:, None])

    def coder_shares(self, counts: Floats) -> tuple[Floats, Floats]:
        """Shares of each coder, p_gk (resamples, coders, categories), and units each rated, n_g."""
        used = np.stack([np.asarray(counts @ own) for own in self.coder_tallies], axis=1)
        rated = used.sum(axis=2)
        return _over(used, rated[:, :, None]), rated


def _one_hot(codes: NDArray[np.int64], categories: int) -> sparse.csr_array:
    rows = np.flatnonzero(codes != MISSING)
    return sparse.csr_array((np.ones(len(rows)), (rows, codes[rows])), shape=(len(codes), categories))


def _over(numerator: Floats, denominator: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(numerator / denominator)


def _corrected(observed: Floats, expected: Floats) -> Agreement:
    room = np.where(1 - expected > ROUNDING, 1 - expected, np.nan)
    value = np.asarray((observed - expected) / room)
    return Agreement(np.where(np.abs(value) < ROUNDING, 0.0, value), observed, expected)


def observed_agreement(table: PatternTable, counts: Floats) -> Floats:
    """Mean share of agreeing pairs over the units with at least two ratings, p_a."""
    paired = counts * table.paired
    return _over(paired @ table.pair_agreement, paired.sum(axis=1))


def _quadratic_form(left: Floats, weights: Floats, right: Floats) -> Floats:
    return np.asarray(((left @ weights) * right).sum(axis=-1))


def _no_chance(table: PatternTable, counts: Floats) -> Floats:  # noqa: ARG001 one signature for all chance models
    return np.zeros(len(counts))


def _uniform_chance(table: PatternTable, counts: Floats) -> Floats:
    return np.full(len(counts), table.weights.mean())


def _gwet_chance(table: PatternTable, counts: Floats) -> Floats:
    q = len(table.ratings.categories)
    shares = table.shares(counts)
    return np.asarray(table.weights.sum() / (q * (q - 1)) * (shares * (1 - shares)).sum(axis=1))


def _fleiss_chance(table: PatternTable, counts: Floats) -> Floats:
    shares = table.shares(counts)
    return _quadratic_form(shares, table.weights, shares)


def _conger_chance(table: PatternTable, counts: Floats) -> Floats:
    """Mean over the pairs of coders of the chance that their own shares make (Conger 1980, p. 325)."""
    shares, _ = table.coder_shares(counts)
    coders = shares.shape[1]
    total = shares.sum(axis=1)
    own = _quadratic_form(shares, table.weights, shares).sum(axis=1)
    return np.asarray((_quadratic_form(total, table.weights, total) - own) / (coders * (coders - 1)))


_CHANCE: dict[str, Callable[[PatternTable, Floats], Floats]] = {
    "percent": _no_chance,
    "brennan_prediger": _uniform_chance,
    "gwet_ac1": _gwet_chance,
    "gwet_ac2": _gwet_chance,
    "fleiss_kappa": _fleiss_chance,
    "scott_pi": _fleiss_chance,
    "conger_kappa": _conger_chance,
    "cohen_kappa": _conger_chance,
}


def coefficient_values(table: PatternTable, counts: Floats, coefficient: str, level: str) -> Agreement:
    """Return a coefficient for every row of counts.

    Parameters
    ----------
    table : PatternTable
    counts : array (resamples, patterns)
        How often each pattern occurs.
    coefficient : str
        One of ``COEFFICIENTS``.
    level : str
        Krippendorff's metric; only ``"ordinal"`` matters here, whose metric depends on the counts.
    """
    if coefficient == "krippendorff_alpha":
        return _alpha(table, counts, level)
    if coefficient in TWO_CODERS:
        counts = counts * table.paired
    return _corrected(observed_agreement(table, counts), _CHANCE[coefficient](table, counts))


def pairable_frequencies(table: PatternTable, counts: Floats) -> Floats:
    """Values per category in units with at least two ratings, n_c: shape (resamples, categories)."""
    return np.asarray((counts * table.paired) @ table.tally)


def _alpha(table: PatternTable, counts: Floats, level: str) -> Agreement:
    """Krippendorff's alpha, written with agreement weights as in Gwet (2014), section 3.5."""
    paired = counts * table.paired
    values = paired @ table.size
    frequencies = pairable_frequencies(table, counts)
    if level == "ordinal":
        return _ordinal_alpha(table, paired, frequencies, values)
    shares = _over(frequencies, values[:, None])
    per_pattern = table.agreeing_pairs / np.where(table.paired, table.size - 1, 1)
    observed = _small_sample(_over(paired @ per_pattern, values), values)
    return _corrected(observed, _quadratic_form(shares, table.weights, shares))


def _small_sample(observed: Floats, values: Floats) -> Floats:
    return observed + _over(1 - observed, values)


def _ordinal_alpha(table: PatternTable, paired: Floats, frequencies: Floats, values: Floats) -> Agreement:
    """Alpha where the metric itself follows from the frequencies of each resample."""
    observed, expected = np.empty(len(paired)), np.empty(len(paired))
    within = 1 / np.where(table.paired, table.size - 1, 1)
    for i, (counts, frequency) in enumerate(zip(paired, frequencies, strict=True)):
        weights = 1 - metric("ordinal", table.ratings.categories, frequency)
        scaled = sparse.diags_array(counts * within) @ table.tally
        coincidences = np.asarray((table.tally.T @ scaled).todense()) - np.diag(within * counts @ table.tally)
        share = frequency / values[i]
        observed[i] = (coincidences * weights).sum() / values[i]
        expected[i] = share @ weights @ share
    return _corrected(_small_sample(observed, values), expected)
