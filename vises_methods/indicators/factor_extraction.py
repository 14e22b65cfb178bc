"""Common factors of correlations by maximum likelihood, as an alternative to principal components."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from vises_methods.indicators.arrays import Floats

LEAST_UNIQUENESS = 0.005
"""The part of an indicator that no factor shares is kept above this: a fit that wants less has no proper solution."""


def maximum_likelihood(correlations: Floats, factors: int) -> tuple[Floats, Floats]:
    """Loadings (indicators × factors) and uniquenesses (Jöreskog 1967, Psychometrika 32, 443-482)."""
    size = len(correlations)

    def discrepancy(unique: Floats) -> tuple[float, Floats]:
        loadings, values = _loadings(correlations, unique, factors)
        rest = values[factors:]
        gradient = ((loadings**2).sum(axis=1) + unique - np.diag(correlations)) / unique**2
        return float((rest - np.log(rest) - 1).sum()), gradient

    start = (1 - factors / (2 * size)) / np.diag(np.linalg.pinv(correlations))
    found = optimize.minimize(
        discrepancy,
        np.clip(start, LEAST_UNIQUENESS, 1.0),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_UNIQUENESS, 1.0)] * size,
    )
    return _loadings(correlations, found.x, factors)[0], found.x


def degrees_of_freedom(indicators: int, factors: int) -> int:
    """What correlations can tell beyond the parameters; below zero the factors are not determined."""
    return ((indicators - factors) ** 2 - indicators - factors) // 2


def _loadings(correlations: Floats, unique: Floats, factors: int) -> tuple[Floats, Floats]:
    spread = np.sqrt(unique)
    values, vectors = np.linalg.eigh(correlations / np.outer(spread, spread))
    values, vectors = np.maximum(values[::-1], np.finfo(float).tiny), vectors[:, ::-1]
    loadings = vectors[:, :factors] * np.sqrt(np.maximum(values[:factors] - 1, 0)) * spread[:, None]
    return loadings, values
