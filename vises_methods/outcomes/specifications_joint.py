"""All ways of one comparison tested together, by assigning whole clusters to the arms at random.

The ways share their data, so their p values cannot be read side by side: what they show together is compared with what
they would show together if the arm meant nothing (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour
4:1208-1214).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from vises_methods.outcomes.requirements import Floats
from vises_methods.randomness import generator

_TINY = 1e-12
_FEW_PEOPLE = 2


@dataclass(frozen=True)
class Specified:
    """One way: response, arm, the other columns of the design, clusters (0, 1, …), weights, and which people (rows)."""

    response: Floats
    served: Floats
    others: Floats
    codes: NDArray[np.int64]
    weights: Floats | None
    rows: NDArray[np.int64]

    @property
    def usable(self) -> bool:
        """Whether there are two people in each arm, two clusters, and more people than columns."""
        if len(self.response) <= self.others.shape[1] + 1 or self.codes.max() == 0:
            return False
        return bool(min((self.served == 1).sum(), (self.served == 0).sum()) >= _FEW_PEOPLE)


def joint_test(
    ways: Sequence[Specified], served: Floats, clusters: pd.Series, permutations: int, seed: int, level: float
) -> pd.DataFrame | None:
    """Return the median estimate, the share significant on its side and Stouffer's z, with their p values.

    ``served`` and ``clusters`` are those of all people. Arms are assigned anew to whole clusters, or, where some
    cluster has people of both arms, to people within clusters. The z values are those of CR1S errors with one degree of
    freedom less than the clusters, observed and permuted alike: the permutation gives the test its size.
    """
    if not ways:
        return None
    arms, counted = assignments(served, clusters, permutations, seed)
    parts = [estimates_under(way, arms[way.rows]) for way in ways]
    estimates, z = (np.array(part) for part in zip(*parts, strict=True))
    critical = stats.norm.ppf(0.5 + level / 2)
    median = np.median(estimates, axis=0)
    side = np.sign(median)
    found = {
        "median": (median, np.abs(median)),
        "share_significant": (significant := (z * side >= critical).mean(axis=0), significant),
        "stouffer_z": (together := z.sum(axis=0) / np.sqrt(len(ways)), np.abs(together)),
    }
    rows = []
    for measure, (value, size) in found.items():
        extreme = int((size[1:] >= size[0] - 1e-10 * max(1.0, abs(size[0]))).sum())
        p = extreme / (len(size) - 1) if counted else (extreme + 1) / len(size)
        rows.append({"measure": measure, "estimate": float(value[0]), "p": float(p), "specifications": len(ways),
                     "permutations": len(size) - 1, "all_counted": counted})  # fmt: skip
    return pd.DataFrame(rows)


def assignments(served: Floats, clusters: pd.Series, permutations: int, seed: int) -> tuple[Floats, bool]:
    """Return the arm of everyone, the observed one first, one column per assignment."""
    random = generator(seed, "specification_curve")
    known = clusters.notna().to_numpy() & ~np.isnan(served)
    arms = pd.Series(served[known]).groupby(clusters[known].to_numpy()).mean()
    columns = np.tile(served[:, None], (1, permutations + 1))
    if not arms.isin([0.0, 1.0]).all():
        for _, rows in pd.Series(np.flatnonzero(known)).groupby(clusters[known].to_numpy()):
            order = random.random((len(rows), permutations)).argsort(axis=0)
            columns[rows, 1:] = served[rows.to_numpy()][order]
        return columns, False
    k, taken = len(arms), int(arms.sum())
    counted = comb(k, taken) <= permutations
    if counted:
        drawn = np.zeros((k, comb(k, taken)))
        for column, members in enumerate(combinations(range(k), taken)):
            drawn[list(members), column] = 1.0
    else:
        drawn = (random.random((k, permutations)).argsort(axis=0) < taken).astype(float)
    columns = np.full((len(served), drawn.shape[1] + 1), np.nan)
    columns[known] = np.column_stack([arms, drawn])[arms.index.get_indexer(pd.Index(clusters[known]))]
    return columns, counted


def estimates_under(way: Specified, assigned: Floats) -> tuple[Floats, Floats]:
    """Return the estimate and its z value under every assignment, the observed one first."""
    root = np.ones(len(way.response)) if way.weights is None else np.sqrt(way.weights)
    basis, _ = np.linalg.qr(way.others * root[:, None])
    arms, response = assigned * root[:, None], way.response * root
    arms -= basis @ (basis.T @ arms)
    response = response - basis @ (basis.T @ response)
    spread = (arms**2).sum(axis=0)
    usable = spread > _TINY * len(response)
    estimate = np.divide(arms.T @ response, spread, out=np.zeros_like(spread), where=usable)
    clusters, n, p = int(way.codes.max()) + 1, len(response), way.others.shape[1] + 1
    sums = np.zeros((clusters, arms.shape[1]))
    np.add.at(sums, way.codes, arms * (response[:, None] - arms * estimate))
    factor = clusters * (n - 1) / ((clusters - 1) * (n - p))
    error = np.sqrt(factor * (sums**2).sum(axis=0)) / np.where(usable, spread, 1.0)
    t = np.divide(estimate, error, out=np.zeros_like(estimate), where=error > _TINY)
    z = np.sign(t) * stats.norm.isf(np.clip(stats.t.sf(np.abs(t), clusters - 1), 1e-300, 0.5))
    return estimate, np.asarray(z)
