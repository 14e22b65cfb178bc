"""Weights drawn from the data: never a default, for what varies most is not therefore what matters most."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import numeric
from vises_methods.indicators.factor_extraction import LEAST_UNIQUENESS, degrees_of_freedom, maximum_likelihood
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

_HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, pp. 63-68 and 89-91"


def entropy_weights(frame: pd.DataFrame, /) -> Result:
    """Weights by the information that each indicator carries: the more uneven, the heavier.

    Use it only to see what a purely statistical weighting would do; it says nothing of importance.

    Parameters
    ----------
    frame : DataFrame
        Unit × indicator, above or equal to zero, more always better.

    Returns
    -------
    Result
        One row per indicator, ``weight``; they add up to 1. Units with an empty cell are left out and told.

    References
    ----------
    Shannon (1948); Zeleny (1982), Multiple Criteria Decision Making, pp. 189-195.

    Examples
    --------
    >>> import pandas as pd
    >>> entropy_weights(pd.DataFrame({"a": [1, 1, 1], "b": [1, 2, 3]})).estimates["estimate"].tolist()
    [0.0, 1.0]
    """
    numbers, complete = _complete(frame, "entropy_weights(frame)")
    reason = _too_little(complete)
    weights = np.full(complete.shape[1], np.nan)
    if reason is None and ((complete < 0).any() or (complete.sum(axis=0) <= 0).any()):
        reason = "not_positive"
    if reason is None:
        shares = complete / complete.sum(axis=0)
        terms = np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1.0)), 0.0)
        spread = np.maximum(1 + terms.sum(axis=0) / np.log(len(complete)), 0.0)
        spread[np.ptp(complete, axis=0) == 0] = 0.0
        weights, reason = _shares(spread)
    return _result(
        "entropy weights", "Zeleny (1982), Multiple Criteria Decision Making", weights, numbers, complete, reason
    )


def critic_weights(frame: pd.DataFrame, /) -> Result:
    """CRITIC weights: the more an indicator varies and the less it repeats the others, the heavier.

    Use it only to see what a purely statistical weighting would do; it says nothing of importance.

    Parameters
    ----------
    frame : DataFrame
        Unit × indicator, more always better.

    Returns
    -------
    Result
        One row per indicator, ``weight``; they add up to 1. An indicator without variation has weight 0. Units with an
        empty cell are left out and told.

    References
    ----------
    Diakoulaki, Mavrotas and Papayannakis (1995), Computers and Operations Research 22, 763-770.

    Examples
    --------
    >>> import pandas as pd
    >>> critic_weights(pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]})).estimates["estimate"].tolist()
    [0.5, 0.5]
    """
    numbers, complete = _complete(frame, "critic_weights(frame)")
    reason = _too_little(complete)
    weights = np.full(complete.shape[1], np.nan)
    if reason is None:
        varied = np.ptp(complete, axis=0) > 0
        scaled = (complete[:, varied] - complete[:, varied].min(axis=0)) / np.ptp(complete[:, varied], axis=0)
        conflict = (1 - _correlations(scaled)).sum(axis=0)
        information = np.zeros(len(varied))
        information[varied] = scaled.std(axis=0, ddof=1) * conflict
        weights, reason = _shares(information)
    reference = "Diakoulaki, Mavrotas and Papayannakis (1995), Computers and Operations Research 22, 763-770"
    return _result("CRITIC weights", reference, weights, numbers, complete, reason)


def pca_weights(
    frame: pd.DataFrame,
    /,
    *,
    components: int | Literal["share", "kaiser"] = "share",
    extraction: Literal["principal_components", "maximum_likelihood"] = "principal_components",
    rotation: Literal["varimax", "none"] = "varimax",
) -> Result:
    """Weights from principal components or factors: an indicator's highest squared loading, by its component's share.

    Use it to correct for indicators that overlap; it says nothing of importance, and needs many more units than
    indicators.

    Parameters
    ----------
    frame : DataFrame
        Unit × indicator, in any units: the components are those of the correlations.
    components : int, "share" or "kaiser"
        How many are kept; or those that explain 10 % or more each; or those with an eigenvalue above 1.
    extraction : {"principal_components", "maximum_likelihood"}
        Components of all variance; or common factors, fitted to what the indicators share. Where the fit of the factors
        has no proper solution (an indicator left with nothing of its own) a notice says so.
    rotation : {"varimax", "none"}

    Returns
    -------
    Result
        One row per indicator, ``weight``; they add up to 1. ``details["eigenvalues"]`` and ``["loadings"]`` (of the
        kept components, after rotation). Units with an empty cell are left out and told.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, pp. 63-68 and 89-91 (table 18).

    Examples
    --------
    >>> import pandas as pd
    >>> alike = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 4, 6, 8]})
    >>> [round(weight, 3) for weight in pca_weights(alike).estimates["estimate"]]
    [0.5, 0.5]
    """
    if extraction not in ("principal_components", "maximum_likelihood"):
        ways = ["principal_components", "maximum_likelihood"]
        raise InputError("unknown_option", "pca_weights(extraction=)", value=extraction, allowed=ways)
    if rotation not in ("varimax", "none"):
        raise InputError("unknown_option", "pca_weights(rotation=)", value=rotation, allowed=["varimax", "none"])
    numbers, complete = _complete(frame, "pca_weights(frame)")
    reason, improper = _too_little(complete), False
    if reason is None and (np.ptp(complete, axis=0) == 0).any():
        reason = "no_variation"
    details: dict[str, pd.DataFrame] = {}
    weights = np.full(complete.shape[1], np.nan)
    if reason is None:
        eigenvalues, vectors = components_of(complete)
        kept = _kept(eigenvalues, components)
        loadings = vectors[:, :kept] * np.sqrt(eigenvalues[:kept])
        if extraction == "maximum_likelihood":
            if degrees_of_freedom(len(eigenvalues), kept) < 0:
                reason = "too_many_factors"
            else:
                loadings, unique = maximum_likelihood(_correlations(complete), kept)
                improper = bool((unique <= LEAST_UNIQUENESS * (1 + 1e-6)).any())
        if reason is None and rotation == "varimax" and kept > 1:
            loadings = varimax(loadings)
        if reason is None:
            weights, reason = _shares((loadings**2).max(axis=1))
        details = _pca_details(eigenvalues, loadings, list(map(str, numbers.columns)))
    result = _result("principal component weights", _HANDBOOK, weights, numbers, complete, reason)
    options = {"components": components, "extraction": extraction, "rotation": rotation}
    heywood = (Notice("indicators.notices.improper_factors"),) if improper else ()
    return Result(
        result.method,
        result.reference,
        result.estimates,
        details,
        options,
        (*result.notices, *heywood),
        result.not_estimable,
        result.inputs,
    )


def components_of(numbers: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues, largest first, and eigenvectors of the correlations; signs so that the largest part is positive."""
    values, vectors = np.linalg.eigh(_correlations(numbers))
    values, vectors = np.clip(values[::-1], 0.0, None), vectors[:, ::-1]
    largest = np.abs(vectors).argmax(axis=0)
    return values, vectors * np.sign(vectors[largest, np.arange(len(values))])


def varimax(loadings: Floats, tolerance: float = 1e-10, steps: int = 1000) -> Floats:
    """Rotate loadings so that each indicator loads on as few components as may be (Kaiser 1958, rows scaled)."""
    lengths = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    scaled = loadings / np.where(lengths > 0, lengths, 1.0)
    rows, columns = scaled.shape
    rotation, reached = np.eye(columns), 0.0
    for _ in range(steps):
        turned = scaled @ rotation
        gradient = scaled.T @ (turned**3 - turned * (turned**2).sum(axis=0) / rows)
        left, singular, right = np.linalg.svd(gradient)
        rotation = left @ right
        if singular.sum() <= reached * (1 + tolerance):
            break
        reached = singular.sum()
    return np.asarray(scaled @ rotation * lengths)


def _complete(frame: pd.DataFrame, where: str) -> tuple[pd.DataFrame, Floats]:
    numbers = numeric(frame, where)
    return numbers, numbers.dropna().to_numpy(dtype=float)


def _too_little(complete: Floats) -> str | None:
    if complete.shape[1] < 2:
        return "one_indicator"
    return "few_units" if len(complete) < 3 else None


def _correlations(numbers: Floats) -> Floats:
    return np.atleast_2d(np.corrcoef(numbers, rowvar=False))


def _shares(parts: Floats) -> tuple[Floats, str | None]:
    total = parts.sum()
    if not total > 0:
        return np.full_like(parts, np.nan), "no_variation"
    return parts / total, None


def _kept(eigenvalues: Floats, components: int | str) -> int:
    if components == "share":
        return max(1, int((eigenvalues / eigenvalues.sum() >= 0.10).sum()))
    if components == "kaiser":
        return max(1, int((eigenvalues > 1).sum()))
    if isinstance(components, bool) or not isinstance(components, int) or not 1 <= components <= len(eigenvalues):
        allowed = ["share", "kaiser", f"1-{len(eigenvalues)}"]
        raise InputError("unknown_option", "pca_weights(components=)", value=components, allowed=allowed)
    return components


def _pca_details(eigenvalues: Floats, loadings: Floats, names: list[str]) -> dict[str, pd.DataFrame]:
    share = eigenvalues / eigenvalues.sum()
    table = pd.DataFrame({"eigenvalue": eigenvalues, "share": share, "cumulative": share.cumsum()})
    columns = [f"component_{i + 1}" for i in range(loadings.shape[1])]
    return {
        "eigenvalues": table.rename_axis("component"),
        "loadings": pd.DataFrame(loadings, index=pd.Index(names, name="indicator"), columns=columns),
    }


def _result(
    method: str, reference: str, weights: Floats, numbers: pd.DataFrame, complete: Floats, reason: str | None
) -> Result:
    dropped = len(numbers) - len(complete)
    code = None if reason is None else f"indicators.reasons.{reason}"
    rows = {
        "measure": "weight",
        "subject": list(map(str, numbers.columns)),
        "estimate": weights,
        "n": len(complete),
        "coverage": len(complete) / len(numbers) if len(numbers) else 0.0,
        "unit": "share",
        "reason": code,
    }
    return Result(
        method=method,
        reference=reference,
        estimates=pd.DataFrame(rows),
        notices=(Notice("indicators.notices.units_incomplete", {"count": dropped}),) if dropped else (),
        not_estimable=None if code is None else NotEstimable(code),
        inputs={"frame": fingerprint(numbers)},
    )
