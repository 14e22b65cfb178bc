"""Least squares with the standard errors of this room: the number work behind the comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.outcomes.clusters import KINDS, ClusteredLoadings, Kind, clustered_loadings
from vises_methods.outcomes.requirements import Floats, numbers

StandardError = Literal[
    "CR2", "CR0", "CR1", "CR1S", "stata", "CR3", "jackknife", "CRV1", "CRV3", "HC0", "HC1", "HC2", "HC3", "classical"
]
CLUSTERED_ERRORS = KINDS
STANDARD_ERRORS: tuple[str, ...] = (*CLUSTERED_ERRORS, "HC0", "HC1", "HC2", "HC3", "classical")
_SMALL = 50_000


@dataclass(frozen=True)
class Coefficient:
    """One coefficient: ``estimate``, ``se``, ``df`` and the number of clusters behind the standard error, if any."""

    estimate: float
    se: float
    df: float
    clusters: int | None


def covariate_columns(frame: pd.DataFrame, covariates: Sequence[str], where: str) -> pd.DataFrame:
    """Return covariates as numbers: words and categories become indicators, their first level left out.

    A missing value stays missing in every column that the covariate becomes.
    """
    parts: dict[str, Floats] = {}
    for name in covariates:
        column = frame[name].infer_objects()
        if isinstance(column.dtype, pd.CategoricalDtype) or not pd.api.types.is_numeric_dtype(column):
            codes, found = pd.factorize(column)
            for place in sorted(range(len(found)), key=lambda code: str(found[code]))[1:]:
                parts[f"{name}[{found[place]}]"] = np.where(codes < 0, np.nan, codes == place)
        else:
            parts[name] = numbers(column, where, name)
    return pd.DataFrame(parts, index=frame.index)


def centred(columns: pd.DataFrame) -> pd.DataFrame:
    """Return columns less their means."""
    return columns - columns.mean()


def least_squares(design: Floats, response: Floats, weights: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the coefficients and residuals of (weighted) least squares; ``response`` may have several columns."""
    if weights is None:
        coefficients = np.linalg.lstsq(design, response, rcond=None)[0]
    else:
        root = np.sqrt(weights)
        scaled = response * (root if response.ndim == 1 else root[:, None])
        coefficients = np.linalg.lstsq(design * root[:, None], scaled, rcond=None)[0]
    return coefficients, response - design @ coefficients


def coefficient(
    design: Floats,
    response: Floats,
    column: int,
    *,
    codes: NDArray[np.int64] | None,
    se: StandardError,
    weights: Floats | None = None,
    within: int = 0,
) -> Coefficient:
    """Return one coefficient with the standard error asked for.

    ``codes`` are the clusters. Without clusters, CR2 takes each row as its own cluster, which is HC2 with the degrees
    of freedom of Bell and McCaffrey (for two groups, Welch's standard error). CR2 is tested with
    Satterthwaite degrees of freedom; CR0, CR1 and CR1S, as usual, with one less than the clusters. ``within`` counts
    the coefficients that CRV1 and CRV3 leave out.
    """
    coefficients, residuals = least_squares(design, response, weights)
    if se not in KINDS:
        found, df = _unclustered(design, residuals, column, se, weights)
        return Coefficient(float(coefficients[column]), found, df, None)
    kind: Kind = se  # type: ignore[assignment]
    groups = np.arange(len(design)) if codes is None else codes
    loaded = _loaded(design, groups, kind, column, weights, within)
    satterthwaite = kind in ("CR2", "CR3")
    df = float(loaded.degrees_of_freedom[0]) if satterthwaite else float(loaded.clusters - 1)
    error = float(loaded.standard_errors(residuals)[0])
    return Coefficient(float(coefficients[column]), error, df, None if codes is None else loaded.clusters)


def _loaded(
    design: Floats, groups: NDArray[np.int64], kind: Kind, column: int, weights: Floats | None, within: int
) -> ClusteredLoadings:
    """Return the loadings of a design; those of a small one are kept: other outcomes of the same people need them."""
    if design.size > _SMALL:
        return clustered_loadings(design, groups, kind=kind, columns=[column], weights=weights, within=within)
    weighed = None if weights is None else np.asarray(weights, dtype=float).tobytes()
    return _kept(
        np.asarray(design, dtype=float).tobytes(), groups.astype(np.int64).tobytes(), kind, column, weighed, within
    )


@lru_cache(maxsize=32)
def _kept(
    design: bytes, groups: bytes, kind: Kind, column: int, weights: bytes | None, within: int
) -> ClusteredLoadings:
    codes = np.frombuffer(groups, dtype=np.int64)
    matrix = np.frombuffer(design, dtype=float).reshape(len(codes), -1)
    weight = None if weights is None else np.frombuffer(weights, dtype=float)
    return clustered_loadings(matrix, codes, kind=kind, columns=[column], weights=weight, within=within)


def _unclustered(
    design: Floats, residuals: Floats, column: int, se: StandardError, weights: Floats | None
) -> tuple[float, float]:
    weight = np.ones(len(design)) if weights is None else weights
    bread = np.linalg.pinv(design.T @ (design * weight[:, None]))
    df = len(design) - int(np.linalg.matrix_rank(design))
    if se == "classical":
        scale = (weight * residuals**2).sum() / df
        return float(np.sqrt(scale * bread[column, column])), float(df)
    loading = (design * weight[:, None]) @ bread[:, column]
    leverage = np.einsum("ij,jk,ik->i", design, bread, design) * weight
    factor = {"HC0": 1.0, "HC1": len(design) / df, "HC2": 1 / (1 - leverage), "HC3": 1 / (1 - leverage) ** 2}[se]
    return float(np.sqrt((factor * (loading * residuals) ** 2).sum())), float(df)
