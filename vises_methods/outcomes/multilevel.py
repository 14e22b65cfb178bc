"""Pooling dependent effects: several outcomes of an enterprise, enterprises in regions.

The working model is that of correlated and hierarchical effects (Pustejovsky and Tipton 2022, Prevention Science
23:425-438): effects of one cluster share a random part and, with ``rho``, correlated sampling errors. CR2 then guards
against a wrong working model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import estimate_row, missing_row, quantile, share, stated_row
from vises_methods.outcomes.requirements import (
    Floats,
    Labels,
    Values,
    cluster_codes,
    numbers,
    require_range,
    same_length,
)
from vises_methods.results import NotEstimable, Result, fingerprint

_TINY = 1e-12


class MultilevelPooled(Result):
    """A pooled mean over dependent effects."""

    @property
    def sigma2(self) -> tuple[float, ...]:
        """Variances between clusters and, where clusters have several effects, between effects within them."""
        row = self.details["variances"].iloc[0]
        return tuple(float(row[name]) for name in ("between", "within") if not pd.isna(row[name]))

    @property
    def log_likelihood(self) -> float:
        """The restricted log-likelihood."""
        return float(self.details["variances"]["log_likelihood"].iloc[0])

    @property
    def Q(self) -> float:  # noqa: N802
        """The generalised test of heterogeneity."""
        return float(self.details["variances"]["Q"].iloc[0])


def pool_multilevel(
    effects: Values,
    variances: Values,
    clusters: Labels,
    inner: Labels | None = None,
    rho: float = 0.0,
    level: float = 0.95,
    *,
    grades: Sequence[int] | None = None,
) -> MultilevelPooled:
    """Pool effects that are not independent: several outcomes per enterprise, or enterprises in regions.

    Use :func:`pool` for one outcome with one effect per enterprise. Use this where an enterprise gives several effects
    (``clusters`` the enterprise, ``rho`` about 0.6, to be varied), or where enterprises lie in regions (``clusters``
    the region).

    Parameters
    ----------
    effects, variances : sequence of float
        Rows with a missing value are left out and counted.
    clusters : sequence
        The outer group of each effect.
    inner : sequence, optional
        The inner unit within its cluster; each row its own by default. Where every cluster has one inner unit there is
        only one variance.
    rho : float
        Correlation of the sampling errors of effects in one cluster; 0 for effects on different people.
    level : float
    grades : sequence of int, optional
        Pooling over different grades is refused.

    Returns
    -------
    MultilevelPooled
        Rows ``mean`` (model-based, normal), ``mean_robust`` (CR2, Satterthwaite degrees of freedom) and
        ``prediction`` (a new effect in a new cluster). Attributes ``sigma2, log_likelihood, Q``.

    Raises
    ------
    InputError
        On lengths that differ, a variance that is not positive, rho outside -1 to 1, or mixed grades.

    References
    ----------
    Konstantopoulos, S. (2011). Research Synthesis Methods 2:61-76; Pustejovsky, J. E. and Tipton, E. (2022).
    Prevention Science 23:425-438, section "Working models".

    Examples
    --------
    >>> result = pool_multilevel([0.1, 0.3, 0.6, 0.8, 0.2], [0.02] * 5, ["a", "a", "b", "b", "c"], rho=0.6)
    >>> result.estimates["measure"].tolist(), len(result.sigma2)
    (['mean', 'mean_robust', 'prediction'], 2)
    """
    where = "pool_multilevel"
    require_range(rho, -1, 1, f"{where}(rho=)")
    require_range(level, 0, 1, f"{where}(level=)")
    y_all, v_all = numbers(effects, where, "effects"), numbers(variances, where, "variances")
    same_length(where, y_all, v_all, clusters)
    if (v_all[~np.isnan(v_all)] <= 0).any():
        raise InputError("out_of_range", f"{where}(variances=)", value=float(np.nanmin(v_all)), allowed="> 0")
    if grades is not None and len(set(grades)) > 1:
        raise InputError("outcomes.errors.mixed_grades", f"{where}(grades=)", grades=sorted(set(grades)))
    labels = pd.Series(clusters).reset_index(drop=True)
    units = pd.Series(np.arange(len(y_all))) if inner is None else pd.Series(inner).reset_index(drop=True)
    same_length(f"{where}(inner=)", y_all, units)
    keep = ~(np.isnan(y_all) | np.isnan(v_all)) & labels.notna().to_numpy() & units.notna().to_numpy()
    y, v = y_all[keep], v_all[keep]
    used = {"rho": rho, "level": level, "nested": inner is not None, "grades": None if grades is None else list(grades)}
    known: dict[str, Any] = {"n": len(y), "coverage": share(len(y), len(y_all)), "level": level}
    reason = "outcomes.reasons.few_enterprises" if len(y) < 3 or labels[keep].nunique() < 2 else None
    details: dict[str, pd.DataFrame] = {}
    if reason:
        names = ("mean", "mean_robust", "prediction")
        rows = [missing_row(name, "clusters", reason, **known) for name in names]
    else:
        codes = cluster_codes(labels[keep])
        rows, details = _fit(y, v, codes, _within(codes, units[keep]), rho, known)
    return MultilevelPooled(
        method="multilevel meta-analysis",
        reference='Konstantopoulos 2011; Pustejovsky and Tipton 2022, section "Working models"',
        estimates=pd.DataFrame(rows),
        details=details,
        options=used,
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"effects": fingerprint(pd.DataFrame({"yi": y_all, "vi": v_all, "cluster": labels.astype(str)}))},
    )


def _within(codes: NDArray[np.int64], units: pd.Series) -> NDArray[np.int64]:
    pairs = pd.MultiIndex.from_arrays([codes, units.astype(str)])
    return np.asarray(pd.factorize(pairs)[0], dtype=np.int64)


def _fit(
    y: Floats, v: Floats, codes: NDArray[np.int64], units: NDArray[np.int64], rho: float, known: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, pd.DataFrame]]:
    same = (codes[:, None] == codes[None, :]).astype(float)
    own = (units[:, None] == units[None, :]).astype(float)
    root = np.sqrt(v)
    sampling = np.where(np.eye(len(v)) > 0, np.outer(root, root), rho * np.outer(root, root)) * same
    layers = [same] if units.max() == codes.max() else [same, own]
    sigma = _restricted_maximum(y, sampling, layers)
    covariance = sampling + sum(s**2 * layer for s, layer in zip(sigma, layers, strict=True))
    weights = np.linalg.inv(covariance)
    total = float(weights.sum())
    mean = float(weights.sum(axis=0) @ y / total)
    se_robust, df = _cr2(y - mean, covariance, weights, codes)
    sigma2 = [float(s**2) if s**2 > _TINY else 0.0 for s in sigma]
    reach = quantile(known["level"], None) * float(np.sqrt(1 / total + sum(sigma2)))
    count = int(codes.max()) + 1
    rows = [
        estimate_row("mean", "clusters", mean, float(np.sqrt(1 / total)), None, **known),
        estimate_row("mean_robust", "clusters", mean, se_robust, df, clusters=count, **known),
        stated_row("prediction", "clusters", mean, low=mean - reach, high=mean + reach, **known),
    ]
    fixed = np.linalg.inv(sampling)
    centre = float(fixed.sum(axis=0) @ y / fixed.sum())
    line = {
        "between": sigma2[0],
        "within": sigma2[1] if len(sigma2) > 1 else np.nan,
        "log_likelihood": -_deviance(sigma, y, sampling, layers) / 2,
        "Q": float((y - centre) @ fixed @ (y - centre)),
        "clusters": count,
    }
    return rows, {"variances": pd.DataFrame([line])}


def _deviance(sigma: Floats, y: Floats, sampling: Floats, layers: Sequence[Floats]) -> float:
    """Return minus twice the restricted log-likelihood."""
    covariance = sampling + sum(s**2 * layer for s, layer in zip(sigma, layers, strict=True))
    factor = np.linalg.cholesky(covariance)
    ones, response = np.linalg.solve(factor, np.ones(len(y))), np.linalg.solve(factor, y)
    total = float(ones @ ones)
    residual = float(((response - ones * (ones @ response) / total) ** 2).sum())
    logs = 2 * np.log(np.diag(factor)).sum() + np.log(total) - np.log(len(y))
    return float((len(y) - 1) * np.log(2 * np.pi) + logs + residual)


def _restricted_maximum(y: Floats, sampling: Floats, layers: Sequence[Floats]) -> Floats:
    """Search standard deviations from several starts: the likelihood may have a ridge or an edge at nought."""
    spread = float(np.std(y)) + 1e-6
    best: Any = None
    for shares in ((0.7, 0.7), (0.9, 0.1), (0.1, 0.9)):
        start = np.array(shares[: len(layers)]) * spread
        found = optimize.minimize(
            _deviance, start, args=(y, sampling, layers), method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000},
        )  # fmt: skip
        best = found if best is None or found.fun < best.fun else best
    return np.asarray(np.abs(best.x), dtype=float)


def _cr2(residuals: Floats, covariance: Floats, weights: Floats, codes: NDArray[np.int64]) -> tuple[float, float]:
    """Return the CR2 error of the mean and its degrees of freedom, the working covariance as target."""
    n, total = len(residuals), float(weights.sum())
    pull = weights.sum(axis=1) / total
    maker = np.eye(n) - np.outer(np.ones(n), pull)
    squares, vectors = 0.0, []
    for cluster in range(int(codes.max()) + 1):
        rows = codes == cluster
        factor = np.linalg.cholesky(covariance[np.ix_(rows, rows)]).T
        target = factor @ (covariance[np.ix_(rows, rows)] - 1 / total) @ factor.T
        values, basis = np.linalg.eigh(target)
        free = values > _TINY
        power = (basis * np.where(free, np.where(free, values, 1.0) ** -0.5, 0.0)) @ basis.T
        loading = factor.T @ power @ factor @ (weights[np.ix_(rows, rows)].sum(axis=1) / total)
        squares += float(loading @ residuals[rows]) ** 2
        vectors.append(maker[rows].T @ loading)
    spread = np.array(vectors)
    crossed = spread @ covariance @ spread.T
    return float(np.sqrt(squares)), float(np.trace(crossed) ** 2 / (crossed**2).sum())
