"""Cluster-robust variances for few clusters: CR0 to CR3 with Satterthwaite degrees of freedom.

The adjustment matrices are those of Bell and McCaffrey (2002, Survey Methodology 28:169-181) as generalised by
Pustejovsky and Tipton (2018, Journal of Business & Economic Statistics 36:672-683, sections 3 and 4.1). Everything is
expressed through *loadings*: vectors ``a`` such that the variance of a coefficient is the sum over clusters of
``(a_i'e_i)^2``. They depend on the design alone, so several outcomes on one design share them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import MINIMUM_DF, quantile, two_sided_p, withheld
from vises_methods.outcomes.requirements import (
    Floats,
    Labels,
    cluster_codes,
    require_option,
    require_range,
    same_length,
)

Kind = Literal["CR0", "CR1", "CR1S", "stata", "CR2", "CR3", "jackknife", "CRV1", "CRV3"]
KINDS: tuple[str, ...] = ("CR0", "CR1", "CR1S", "stata", "CR2", "CR3", "jackknife", "CRV1", "CRV3")
_BY_CLUSTERS = ("stata", "jackknife", "CRV1", "CRV3")
_LEFT_OUT = ("CR3", "jackknife", "CRV3")
_SINGULAR = 1e-9


@dataclass(frozen=True)
class ClusteredLoadings:
    """What the variances of coefficients need of a design: no outcome enters.

    Attributes
    ----------
    loadings : array (n, terms)
        One vector per term, stacked over clusters.
    degrees_of_freedom : array (terms,)
    codes : array (n,)
        The cluster of each row, 0 to ``clusters - 1``.
    clusters : int
    """

    loadings: Floats
    degrees_of_freedom: Floats
    codes: NDArray[np.int64]
    clusters: int

    def standard_errors(self, residuals: Floats) -> Floats:
        """Return standard errors, shape (terms,) for one vector of residuals, (terms, outcomes) for a matrix."""
        matrix = residuals.reshape(len(self.codes), -1)
        totals = np.stack([self._cluster_sums(matrix * column[:, None]) for column in self.loadings.T])
        errors = np.sqrt((totals**2).sum(axis=1))
        return np.asarray(errors[:, 0] if residuals.ndim == 1 else errors, dtype=float)

    def _cluster_sums(self, values: Floats) -> Floats:
        sums = np.zeros((self.clusters, values.shape[1]))
        np.add.at(sums, self.codes, values)
        return sums


def cluster_robust(
    fitted: Any,
    clusters: Labels,
    kind: Kind = "CR2",
    *,
    terms: Sequence[str] | None = None,
    level: float = 0.95,
    minimum_df: float = MINIMUM_DF,
) -> pd.DataFrame:
    """Give a fitted regression standard errors that hold when people of one site answer alike.

    Use it whenever people are sampled or served in sites, classes or enterprises. With fewer than about 40 clusters
    the default, CR2 with Satterthwaite degrees of freedom, keeps the size of a test where CR0 and CR1 do not.

    Parameters
    ----------
    fitted : statsmodels OLS or WLS results
    clusters : sequence
        The cluster of each row of the fitted data, in the same order; none missing.
    kind : {"CR2", "CR0", "CR1", "CR1S", "stata", "CR3", "jackknife", "CRV1", "CRV3"}
        CR1 multiplies CR0 by J/(J-1), CR1S by J(n-1)/((J-1)(n-p)), "stata" the same. CR3 sums the squared moves of a
        coefficient when each cluster is left out; "jackknife" multiplies it by (J-1)/J, as a jackknife does. "CRV1"
        and "CRV3" are those of fixest and pyfixest, to compare with them: CR1S where p leaves out the levels of a
        category that lie within clusters (all but one), and CR3 times the factor of CRV1, which is wider than the
        jackknife that it stands for. "stata", "jackknife", "CRV1" and "CRV3" are tested with J - 1 degrees of freedom,
        all others with Satterthwaite's.
    terms : sequence of str, optional
        The coefficients wanted; all by default. With many fixed effects, naming the few that matter saves time.
    level : float
        Of the interval, 0.95.
    minimum_df : float
        No p value is given under this many degrees of freedom (4), nor with fewer than four clusters; 0 gives all.

    Returns
    -------
    DataFrame
        One row per term: ``estimate, se, df, statistic, p, low, high, n, clusters``.

    Raises
    ------
    InputError
        On an unknown kind, on a term that the fit does not have, on clusters of another length, or on one cluster.

    References
    ----------
    Pustejovsky, J. E. and Tipton, E. (2018). Journal of Business & Economic Statistics 36:672-683, section 4.1;
    jackknife: MacKinnon, J. G., Nielsen, M. Ø. and Webb, M. D. (2023). Journal of Econometrics 232:272-299.

    Examples
    --------
    >>> import pandas as pd, statsmodels.formula.api as smf
    >>> frame = pd.DataFrame({"y": [1., 2, 4, 3, 6, 5, 7, 9, 8, 9], "x": [0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
    ...                       "site": list("aabbccddee")})
    >>> cluster_robust(smf.ols("y ~ x", frame).fit(), frame["site"]).loc["x", ["estimate", "df"]].round(2).tolist()
    [4.4, 3.36]
    """
    where = "cluster_robust"
    require_range(level, 0, 1, f"{where}(level=)")
    names = [str(name) for name in fitted.model.exog_names]
    wanted = names if terms is None else list(terms)
    design, weights, codes, columns = clustered_fit(fitted, clusters, kind, wanted, where)
    within = sum(levels_within(levels, codes) for levels in _categories(fitted)) if kind in ("CRV1", "CRV3") else 0
    found = clustered_loadings(design, codes, kind=kind, columns=columns, weights=weights, within=within)
    residuals = np.asarray(fitted.model.endog, dtype=float) - design @ np.asarray(fitted.params, dtype=float)
    return _table(wanted, np.asarray(fitted.params, dtype=float)[columns], found, residuals, level, minimum_df)


def clustered_loadings(
    design: Floats,
    codes: NDArray[np.int64],
    *,
    kind: Kind = "CR2",
    columns: Sequence[int] | None = None,
    weights: Floats | None = None,
    within: int = 0,
) -> ClusteredLoadings:
    """Return the loadings and degrees of freedom of some coefficients of a design, whatever the outcome.

    Parameters
    ----------
    design : array (n, p)
    codes : array (n,)
        Clusters as 0 to J - 1.
    kind : see :func:`cluster_robust`
    columns : sequence of int, optional
        The columns of ``design`` whose coefficients are wanted; all by default.
    weights : array (n,), optional
        The weights of weighted least squares.
    within : int
        Coefficients that CRV1 and CRV3 do not count, see :func:`levels_within`.
    """
    chosen = list(range(design.shape[1])) if columns is None else list(columns)
    weight = np.ones(len(design)) if weights is None else weights
    bread = np.linalg.pinv(design.T @ (design * weight[:, None]))
    clusters = int(codes.max()) + 1
    adjusted = _adjusted(design, weight, codes, bread, kind, weights is not None)
    loadings = adjusted @ bread[:, chosen]
    if kind in _BY_CLUSTERS:
        df = np.full(len(chosen), clusters - 1.0)
    else:
        df = np.array([_satterthwaite(design, weight, codes, clusters, bread, column) for column in loadings.T])
    factor = _small_sample_factor(kind, clusters, design, within)
    return ClusteredLoadings(loadings * np.sqrt(factor), df, codes, clusters)


def clustered_fit(
    fitted: Any, clusters: Labels, kind: Kind, terms: Sequence[str], where: str
) -> tuple[Floats, Floats | None, NDArray[np.int64], list[int]]:
    """Return design, weights, clusters as codes and the columns of terms; raise where one of them does not fit."""
    require_option(kind, KINDS, f"{where}(kind=)")
    names = [str(name) for name in fitted.model.exog_names]
    for name in terms:
        require_option(name, names, f"{where}(terms=)")
    design, weights = design_of(fitted)
    same_length(f"{where}(clusters=)", design, clusters)
    codes = cluster_codes(clusters)
    if codes.max() == 0 or codes.min() < 0:
        raise InputError("outcomes.errors.clusters", f"{where}(clusters=)", count=int(codes.max()) + 1)
    return design, weights, codes, [names.index(name) for name in terms]


def design_of(fitted: Any) -> tuple[Floats, Floats | None]:
    """Return the design of a statsmodels fit, and its weights where they are not all one."""
    weights = getattr(fitted.model, "weights", 1.0)
    design = np.asarray(fitted.model.exog, dtype=float)
    if np.ndim(weights) == 0 or np.allclose(weights, 1.0):
        return design, None
    return design, np.asarray(weights, dtype=float)


def levels_within(levels: Labels, codes: NDArray[np.int64]) -> int:
    """Return how many coefficients of a category fixest leaves uncounted: all but one, if each level is in a cluster.

    A level of one cluster's own takes no degree of freedom from what differs between clusters. The rule is that of
    ``ssc(fixef.K = "nested")``.
    """
    level, names = pd.factorize(pd.Series(levels).reset_index(drop=True))
    nested = len(np.unique(np.column_stack([level, codes]), axis=0)) == len(names)
    return len(names) - 1 if nested else 0


def _categories(fitted: Any) -> list[NDArray[np.int64]]:
    """Return the level of every row, for each categorical term of a fit by formula."""
    described = getattr(fitted.model.data, "model_spec", None)
    if described is None or not hasattr(described, "factor_infos"):
        return []
    design, found = np.asarray(fitted.model.exog, dtype=float), []
    for term in described.terms:
        kinds = {described.factor_infos[factor].type for factor in term.factors}
        if kinds == {"categorical"}:
            columns = design[:, described.term_name_slices[term.name()]]
            found.append(np.unique(columns, axis=0, return_inverse=True)[1].ravel())
    return found


def _small_sample_factor(kind: Kind, clusters: int, design: Floats, within: int) -> float:
    if kind == "jackknife":
        return (clusters - 1) / clusters
    if kind == "CR1":
        return clusters / (clusters - 1)
    if kind in ("CR1S", "stata", "CRV1", "CRV3"):
        n, p = len(design), int(np.linalg.matrix_rank(design)) - within
        return clusters * (n - 1) / ((clusters - 1) * (n - p))
    return 1.0


def _adjusted(
    design: Floats, weight: Floats, codes: NDArray[np.int64], bread: Floats, kind: Kind, weighted: bool
) -> Floats:
    """Return the rows ``A_i W_i X_i`` of all clusters, stacked in the order of the data."""
    scores = design * weight[:, None]
    if kind != "CR2" and kind not in _LEFT_OUT:
        return scores
    power = -0.5 if kind == "CR2" else -1.0
    meat = bread @ (scores.T @ scores) @ bread
    root = _square_root(bread)
    adjusted = np.empty_like(scores)
    for rows in _rows_by_cluster(codes):
        block = design[rows]
        if weighted:
            adjusted[rows] = _weighted_adjustment(block, weight[rows], bread, meat, power) @ scores[rows]
        else:
            adjusted[rows] = _low_rank_adjustment(block, root, power)
    return adjusted


def _low_rank_adjustment(block: Floats, root: Floats, power: float) -> Floats:
    """Return ``(I - H_ii)^power X_i`` through the singular vectors of ``X_i``, which are few.

    A direction that a cluster alone determines has leverage one; the generalised inverse gives it no weight.
    """
    left, singular, _ = np.linalg.svd(block @ root, full_matrices=False)
    remaining = 1 - singular**2
    free = remaining > _SINGULAR
    gain = np.where(free, np.where(free, remaining, 1.0) ** power, 0.0) - 1.0
    return np.asarray(block + left @ (gain[:, None] * (left.T @ block)))


def _weighted_adjustment(block: Floats, weight: Floats, bread: Floats, meat: Floats, power: float) -> Floats:
    projection = block @ bread @ (block * weight[:, None]).T
    if power == -1.0:
        return np.asarray(np.linalg.pinv(np.eye(len(block)) - projection, rcond=_SINGULAR).T)
    target = np.eye(len(block)) - projection - projection.T + block @ meat @ block.T
    values, vectors = np.linalg.eigh(target)
    free = values > _SINGULAR
    gain = np.where(free, np.where(free, values, 1.0) ** power, 0.0)
    return np.asarray((vectors * gain) @ vectors.T)


def _satterthwaite(
    design: Floats, weight: Floats, codes: NDArray[np.int64], clusters: int, bread: Floats, loading: Floats
) -> float:
    """Return ``(tr P)^2 / tr(P^2)`` with ``P_ij = a_i' [(I - H)(I - H)']_ij a_j`` under independent equal errors.

    P is a diagonal plus a product of thin matrices, so its traces cost nothing of the order of clusters squared.
    """
    plain = np.zeros((clusters, design.shape[1]))
    np.add.at(plain, codes, design * loading[:, None])
    scored = np.zeros_like(plain)
    np.add.at(scored, codes, design * (weight * loading)[:, None])
    diagonal = np.bincount(codes, weights=loading**2, minlength=clusters)
    scores = design * weight[:, None]
    left = np.hstack([-plain @ bread, -scored @ bread, plain @ (bread @ (scores.T @ scores) @ bread)])
    right = np.hstack([scored, plain, plain])
    inner = right.T @ left
    trace = diagonal.sum() + np.trace(inner)
    square = (diagonal**2).sum() + 2 * (diagonal * (left * right).sum(axis=1)).sum() + (inner * inner.T).sum()
    return float(trace**2 / square)


def _rows_by_cluster(codes: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def _square_root(bread: Floats) -> Floats:
    values, vectors = np.linalg.eigh(bread)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0, None)))


def _table(
    names: Sequence[str],
    estimates: Floats,
    found: ClusteredLoadings,
    residuals: Floats,
    level: float,
    minimum_df: float,
) -> pd.DataFrame:
    errors = found.standard_errors(residuals)
    rows = []
    for estimate, se, df in zip(estimates, errors, found.degrees_of_freedom, strict=True):
        silent = minimum_df > 0 and withheld(df, found.clusters, minimum_df) is not None
        margin = quantile(level, df) * se
        p = np.nan if silent else two_sided_p(estimate / se, df)
        rows.append((estimate, se, df, estimate / se, p, estimate - margin, estimate + margin))
    table = pd.DataFrame(rows, columns=["estimate", "se", "df", "statistic", "p", "low", "high"], index=list(names))
    return table.rename_axis("term").assign(n=len(residuals), clusters=found.clusters)
