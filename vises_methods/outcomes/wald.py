"""Several coefficients tested together with few clusters: the approximate Hotelling's T squared test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes.clusters import Kind, clustered_fit, clustered_loadings
from vises_methods.outcomes.inference import MINIMUM_DF, withheld
from vises_methods.outcomes.requirements import Floats, Labels


def cluster_wald(
    fitted: Any,
    clusters: Labels,
    terms: Sequence[str],
    kind: Kind = "CR2",
    *,
    minimum_df: float = MINIMUM_DF,
) -> pd.DataFrame:
    """Test whether several coefficients are all nought, when people of one site answer alike and sites are few.

    Use it for a characteristic with several levels, or an interaction, after :func:`cluster_robust`. The usual Wald
    test rejects far too often with few clusters; this one (HTZ) keeps its size.

    Parameters
    ----------
    fitted : statsmodels OLS or WLS results
    clusters : sequence
        The cluster of each row of the fitted data, in the same order; none missing.
    terms : sequence of str
        The coefficients, by their names in the fit.
    kind : str
        As in :func:`cluster_robust`.
    minimum_df : float
        No p value is given under this many denominator degrees of freedom (4), nor with fewer than four clusters.

    Returns
    -------
    DataFrame
        One row: ``statistic`` (F), ``df`` (numerator), ``df_denominator``, ``p``, ``Q`` (the Wald statistic), ``n``,
        ``clusters``. With more terms than the clusters can tell apart there is no test: missing values.

    Raises
    ------
    InputError
        On no term or an unknown one, an unknown kind, clusters of another length, or one cluster.

    References
    ----------
    Tipton, E. and Pustejovsky, J. E. (2015). Journal of Educational and Behavioral Statistics 40:604-634; Pustejovsky
    and Tipton (2018), Journal of Business & Economic Statistics 36:672-683 (the test AHZ there).

    Examples
    --------
    >>> import statsmodels.formula.api as smf
    >>> random = np.random.default_rng(0)
    >>> frame = pd.DataFrame({"y": random.normal(size=60), "x": random.normal(size=60), "z": random.normal(size=60)})
    >>> test = cluster_wald(smf.ols("y ~ x + z", frame).fit(), np.arange(60) % 12, ["x", "z"])
    >>> test[["df", "df_denominator"]].round(1).to_numpy().tolist()
    [[2.0, 7.8]]
    """
    where = "cluster_wald"
    if not terms:
        allowed = [str(name) for name in fitted.model.exog_names]
        raise InputError("unknown_option", f"{where}(terms=)", value="[]", allowed=allowed)
    design, weights, codes, columns = clustered_fit(fitted, clusters, kind, terms, where)
    found = clustered_loadings(design, codes, kind=kind, columns=columns, weights=weights)
    estimates = np.asarray(fitted.params, dtype=float)
    residuals = np.asarray(fitted.model.endog, dtype=float) - design @ estimates
    sums = np.zeros((found.clusters, len(terms)))
    np.add.at(sums, codes, found.loadings * residuals[:, None])
    covariance, q = sums.T @ sums, len(terms)
    weight = np.ones(len(design)) if weights is None else weights
    eta = _degrees_of_freedom(design, weight, codes, found.loadings) if q <= found.clusters else np.nan
    tested, left = estimates[columns], eta - q + 1
    row: dict[str, Any] = dict.fromkeys(("statistic", "df_denominator", "p", "Q"), np.nan)
    if left > 0 and np.linalg.matrix_rank(covariance) == q:
        wald = float(tested @ np.linalg.solve(covariance, tested))
        statistic = left / (eta * q) * wald
        silent = minimum_df > 0 and withheld(left, found.clusters, minimum_df) is not None
        p = np.nan if silent else float(stats.f.sf(statistic, q, left))
        row = {"statistic": statistic, "df_denominator": left, "p": p, "Q": wald}
    return pd.DataFrame([{**row, "df": q, "n": len(design), "clusters": found.clusters}])[
        ["statistic", "df", "df_denominator", "p", "Q", "n", "clusters"]
    ]


def _degrees_of_freedom(design: Floats, weight: Floats, codes: Any, loadings: Floats) -> float:
    """Return eta, so that the covariance's total variance is that of a Wishart matrix with as many degrees of freedom.

    ``gram[s, j, t, k]`` is the covariance of cluster j's part of term s and cluster k's part of term t under
    independent equal errors, residuals taken: loadings less their projection.
    """
    clusters, q = int(codes.max()) + 1, loadings.shape[1]
    bread = np.linalg.pinv(design.T @ (design * weight[:, None]))
    gram = _gram(design, weight, codes, loadings, bread, clusters)
    expected = np.einsum("sjtj->st", gram)
    values, vectors = np.linalg.eigh(expected)
    if values.min() <= 1e-12 * values.max():
        return float("nan")
    root = (vectors / np.sqrt(values)) @ vectors.T
    turned = np.einsum("as,sjtk,bt->ajbk", root, gram, root, optimize=True)
    plain = np.einsum("sjsk,tjtk->", turned, turned, optimize=True)
    crossed = np.einsum("sjtk,tjsk->", turned, turned, optimize=True)
    return float(q * (q + 1) / (plain + crossed))


def _gram(design: Floats, weight: Floats, codes: Any, loadings: Floats, bread: Floats, clusters: int) -> Floats:
    q, p = loadings.shape[1], design.shape[1]
    plain, scored = np.zeros((q, clusters, p)), np.zeros((q, clusters, p))
    own = np.zeros((clusters, q, q))
    np.add.at(own, codes, loadings[:, :, None] * loadings[:, None, :])
    for term in range(q):
        np.add.at(plain[term], codes, design * loadings[:, term, None])
        np.add.at(scored[term], codes, design * (weight * loadings[:, term])[:, None])
    scores = design * weight[:, None]
    flat, flat_scored = plain.reshape(-1, p), scored.reshape(-1, p)
    crossed = flat @ bread @ flat_scored.T
    gram = flat @ (bread @ (scores.T @ scores) @ bread) @ flat.T - crossed - crossed.T
    gram = gram.reshape(q, clusters, q, clusters)
    for cluster in range(clusters):
        gram[:, cluster, :, cluster] += own[cluster]
    return np.asarray(gram)
