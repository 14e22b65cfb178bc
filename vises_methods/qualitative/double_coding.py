"""How much to double-code for an interval of a wanted width: before any coding, or from a pilot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.coefficients import Coefficient
from vises_methods.qualitative.reliability import METHODS, agreement
from vises_methods.results import NotEstimable, Result, fingerprint

MOST_CLUSTERS = 100_000


@checked_arguments
def double_coding_size(
    *,
    expected_agreement: float,
    prevalence: float | Sequence[float],
    half_width: float = 0.1,
    ci: float = 0.95,
    design_effect: float = 1.0,
) -> Result:
    """Say how many units two coders must both code, before any coding is done.

    Parameters
    ----------
    expected_agreement : float
        The kappa (or alpha) that is expected, 0 to below 1. A lower one needs more units: take a cautious value.
    prevalence : float or sequence of float
        Share of units that carry the code, above 0 and below 1; several give a row each.
    half_width : float
        Wanted half width of the interval.
    ci : float
    design_effect : float
        By how much units of one interview resemble one another widens the variance; 1 for none. A pilot tells it: see
        :func:`double_coding_from_pilot`.

    Returns
    -------
    Result
        One row per prevalence: ``estimate`` the units needed, n the same, coverage 1.

    Raises
    ------
    InputError
        For values outside their range.

    References
    ----------
    Bloch, D. A., & Kraemer, H. C. (1989). 2 × 2 kappa coefficients. Biometrics 45(1), p. 269. Donner, A., & Eliasziw,
    M. (1992). Statistics in Medicine 11(11), p. 1511.

    Examples
    --------
    >>> int(double_coding_size(expected_agreement=0.7, prevalence=[0.5, 0.05]).estimates["estimate"].iloc[0])
    196
    """
    where = "double_coding_size"
    shares = [prevalence] if isinstance(prevalence, (int, float)) else list(prevalence)
    _require(0 <= expected_agreement < 1, f"{where}(expected_agreement=)", expected_agreement, "0 ≤ … < 1")
    _require(half_width > 0, f"{where}(half_width=)", half_width, "> 0")
    _require(0 < ci < 1, f"{where}(ci=)", ci, "0 < ci < 1")
    _require(design_effect >= 1, f"{where}(design_effect=)", design_effect, "≥ 1")
    for share in shares:
        _require(0 < share < 1, f"{where}(prevalence=)", share, "0 < … < 1")
    if not shares:
        raise InputError("empty_data", f"{where}(prevalence=)")
    quantile = float(stats.norm.ppf(0.5 + ci / 2))
    rows = []
    for share in shares:
        per_unit = design_effect * _kappa_variance(expected_agreement, share)
        units = int(np.ceil(per_unit * (quantile / half_width) ** 2 - 1e-9))
        rows.append(
            {"measure": "units", "subject": f"{share:g}", "estimate": float(units), "n": units, "coverage": 1.0}
        )
    return Result(
        method="Size of a double-coding study",
        reference="Bloch & Kraemer (1989), Biometrics 45(1), p. 273",
        estimates=pd.DataFrame(rows),
        options={
            "expected_agreement": expected_agreement,
            "prevalence": shares,
            "half_width": half_width,
            "ci": ci,
            "design_effect": design_effect,
        },
    )


def _kappa_variance(kappa: float, prevalence: float) -> float:
    """Return the variance of kappa per unit for two coders with one prevalence (Bloch & Kraemer 1989, p. 273)."""
    skew = kappa * (2 - kappa) / (2 * prevalence * (1 - prevalence))
    return (1 - kappa) * ((1 - kappa) * (1 - 2 * kappa) + skew)


@checked_arguments
def double_coding_from_pilot(
    ratings: pd.DataFrame,
    /,
    *,
    clusters: str | Sequence[Any] | pd.Series,
    half_width: float = 0.1,
    coefficient: Coefficient = "krippendorff_alpha",
    ci: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Result:
    """Say how many interviews to double-code, from a pilot of some.

    The variance over interviews of the pilot is taken to fall with their number; few interviews also widen Student's t.

    Parameters
    ----------
    ratings : DataFrame
        The pilot: unit × coder, as :func:`units` gives it.
    clusters : str, sequence or Series
        The interview of each unit, as in :func:`agreement`.
    half_width : float
        Wanted half width of the interval.
    coefficient, ci, resamples, seed
        As in :func:`agreement`.

    Returns
    -------
    Result
        ``interviews`` needed in all, then the ``design_effect``: the variance over interviews against that of as many
        independent units. n is the number of units in the pilot. A pilot without an interval: a reason.

    Raises
    ------
    InputError
        As :func:`agreement`, and for a half width that is not positive.

    References
    ----------
    Donner, A., & Eliasziw, M. (1992). Statistics in Medicine 11(11), p. 1511. Kish, L. (1965). Survey Sampling, p. 258.

    Examples
    --------
    >>> pilot = pd.DataFrame({"ana": [1, 0, 1, 0, 1, 0], "ben": [1, 0, 0, 0, 1, 1]})
    >>> plan = double_coding_from_pilot(pilot, clusters=list("aabbcc"), half_width=0.2)
    >>> plan.value > 3
    True
    """
    _require(half_width > 0, "double_coding_from_pilot(half_width=)", half_width, "> 0")
    asked: dict[str, Any] = {"coefficient": coefficient, "ci": ci, "resamples": resamples, "seed": seed}
    pilot = agreement(ratings, clusters=clusters, **asked)
    names = ratings.index.get_level_values(clusters) if isinstance(clusters, str) else clusters
    interviews = len(set(names))
    n, coverage = int(pilot.estimates["n"].iloc[0]), float(pilot.estimates["coverage"].iloc[0])
    base = {"n": n, "coverage": coverage, "reason": None}
    rows: list[dict[str, Any]]
    if not pilot.se:
        reason = pilot.not_estimable.code if pilot.not_estimable else "qualitative.reasons.no_interval"
        rows = [{"measure": "interviews", "subject": coefficient, "estimate": None, **base, "reason": reason}]
    else:
        alone = agreement(ratings, interval="bootstrap", **asked)
        needed = _interviews(pilot.se * np.sqrt(interviews), half_width, ci)
        effect = (pilot.se / alone.se) ** 2 if alone.se else None
        rows = [
            {"measure": "interviews", "subject": coefficient, "estimate": float(needed), **base},
            {"measure": "design_effect", "subject": coefficient, "estimate": effect, **base},
        ]
        if effect is None:
            rows.pop()
    return Result(
        method=f"Size of a double-coding study from a pilot, {METHODS[coefficient][0]}",
        reference="Donner & Eliasziw (1992), Statistics in Medicine 11(11), p. 1511",
        estimates=pd.DataFrame(rows),
        options={**asked, "half_width": half_width, "clusters": clusters if isinstance(clusters, str) else True},
        notices=pilot.notices,
        not_estimable=NotEstimable(rows[0]["reason"]) if rows[0]["reason"] else None,
        inputs={"ratings": fingerprint(ratings.map(str))},
    )


def _interviews(deviation: float, half_width: float, ci: float) -> int:
    """Return the least number of interviews whose Student interval is narrow enough."""
    for count in range(2, MOST_CLUSTERS):
        if stats.t.ppf(0.5 + ci / 2, count - 1) * deviation / np.sqrt(count) <= half_width:
            return count
    return MOST_CLUSTERS


def _require(holds: bool, where: str, value: float, allowed: str) -> None:
    if not holds:
        raise InputError("out_of_range", where, value=value, allowed=allowed)
