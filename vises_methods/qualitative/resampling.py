"""Bootstrap of agreement over clusters of units, by counts of patterns.

Units of one interview resemble one another, so interviews are drawn, not units. The draws depend on the seed and the
clusters only: two coefficients, or two codes, on the same clusters share them, and their difference has an interval.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse, special

from vises_methods.errors import InputError
from vises_methods.qualitative.ratings import MISSING, RatingPatterns
from vises_methods.qualitative.tables import in_order_of, require_names
from vises_methods.qualitative.weights import Floats
from vises_methods.randomness import generator

BLOCK, CELLS_AT_ONCE = 100, 1_000_000


def cluster_codes(clusters: Any, index: pd.Index) -> tuple[np.ndarray, int]:
    """Return the cluster of each unit as a number, and how many there are.

    Parameters
    ----------
    clusters : str, Series or array
        The name of an index level, or one value per unit.
    index : Index
        The units.
    """
    if isinstance(clusters, str):
        if clusters not in index.names:
            levels = [str(name) for name in index.names]
            raise InputError("unknown_option", "agreement(clusters=)", value=clusters, allowed=levels)
        values: Any = index.get_level_values(clusters)
    else:
        values = in_order_of(index, clusters)
    if len(values) != len(index):
        raise InputError("lengths_differ", "agreement(clusters=)", found=[len(values), len(index)])
    named = pd.Series(list(values), dtype=object, name="clusters")
    require_names(named.to_frame(), ("clusters",), "agreement(clusters=)")
    codes, labels = pd.factorize(pd.Series(np.asarray(values)))
    return codes, len(labels)


def pattern_draws(ratings: RatingPatterns, codes: np.ndarray, clusters: int, resamples: int, seed: int) -> Floats:
    """Return how often each pattern occurs in each resample of the clusters: shape (resamples, patterns).

    Parameters
    ----------
    ratings : RatingPatterns
    codes : array (units,)
        The cluster of each unit.
    clusters, resamples, seed : int
    """
    rated = ratings.pattern_of_unit != MISSING
    cells = (codes[rated], ratings.pattern_of_unit[rated])
    shape = (clusters, len(ratings.counts))
    counted = np.ones(len(cells[0])) if ratings.lengths is None else ratings.lengths[rated]
    table = sparse.coo_array((counted, cells), shape=shape).tocsr()
    stream = generator(seed, "agreement", str(clusters))
    equal = np.full(clusters, 1 / clusters)
    block = max(BLOCK, CELLS_AT_ONCE // clusters)
    blocks = [min(block, resamples - done) for done in range(0, resamples, block)]
    return np.vstack([stream.multinomial(clusters, equal, size=size) @ table for size in blocks])


def unit_draws(ratings: RatingPatterns, resamples: int, seed: int) -> Floats:
    """Return how often each pattern occurs when the units themselves are drawn: shape (resamples, patterns)."""
    units = int(ratings.counts.sum())
    stream = generator(seed, "agreement", "units")
    return stream.multinomial(units, ratings.counts / units, size=resamples).astype(float)


def expanded_percentiles(replicates: Floats, clusters: int, ci: float) -> tuple[float, float]:
    """Return a bootstrap percentile interval widened for the number of clusters.

    Percentiles of a bootstrap over few clusters are too narrow, as a normal interval with the divisor n would be;
    taking the probabilities from Student's t mends both (Hesterberg 2015, The American Statistician 69(4), p. 379).
    """
    quantile = special.stdtrit(clusters - 1, 0.5 + ci / 2) * np.sqrt(clusters / (clusters - 1))
    tail = special.ndtr(-quantile)
    low, high = np.quantile(replicates, [tail, 1 - tail])
    return float(low), float(high)
