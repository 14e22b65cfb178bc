"""What a study of this size could have seen: smallest detectable difference, and power."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import missing_row, quantile, share, stated_row
from vises_methods.outcomes.requirements import require_number, require_range
from vises_methods.results import NotEstimable, Result


def smallest_detectable(
    served: int,
    comparison: int | None = None,
    *,
    sd: float = 1.0,
    clusters_served: int | None = None,
    clusters_comparison: int | None = None,
    icc: float = 0.0,
    power: float = 0.8,
    level: float = 0.95,
    unit: str | None = None,
) -> Result:
    """Say which difference a study of this size finds with the power asked for; smaller ones it may well miss.

    Use it before a survey, or beside a difference whose interval holds zero.

    Parameters
    ----------
    served : int
        People, or pairs of answers where there is no comparison group.
    comparison : int, optional
        People of the comparison; without it the test is that of a mean change.
    sd : float
        Standard deviation of what is compared: of the change for paired data and differences in differences, of the
        level for groups at one time. 1 gives the answer in standard deviations.
    clusters_served, clusters_comparison : int, optional
        Sites; degrees of freedom then count sites, not people.
    icc : float
        Intra-cluster correlation of what is compared, 0 to 1.
    power, level : float
    unit : str, optional

    Returns
    -------
    Result
        ``smallest_detectable``; ``se`` and ``df`` are those of the planned test (two-sided, non-central t).

    Raises
    ------
    InputError
        On a power, level or icc outside 0 to 1.

    References
    ----------
    Cohen, J. (1988). Statistical Power Analysis, 2nd ed., sections 2.3-2.4; Bloom, H. S. (2006). MDRC Working Paper
    (clusters).

    Examples
    --------
    >>> round(smallest_detectable(30, 30).value, 3)
    0.736
    """
    where = "smallest_detectable"
    require_range(power, 0, 1, f"{where}(power=)")
    require_range(level, 0, 1, f"{where}(level=)")
    require_range(icc, -1e-9, 1, f"{where}(icc=)")
    used = {"served": served, "comparison": comparison, "sd": sd, "clusters_served": clusters_served,
            "clusters_comparison": clusters_comparison, "icc": icc, "power": power, "level": level}  # fmt: skip
    se, df = _planned_error(served, comparison, sd, clusters_served, clusters_comparison, icc)
    n = served + (comparison or 0)
    known: dict[str, Any] = {"n": n, "coverage": share(n, n), "level": level, "unit": unit}
    reason = None if df >= 1 else "outcomes.reasons.few_people"
    if reason:
        row = missing_row("smallest_detectable", "plan", reason, **known)
    else:
        row = stated_row("smallest_detectable", "plan", detectable(se, df, power, level), **known, se=se, df=df)
    return Result(
        method="smallest detectable difference",
        reference="Cohen 1988, sections 2.3-2.4; Bloom 2006",
        estimates=pd.DataFrame([row]),
        options=used,
        not_estimable=NotEstimable(reason) if reason else None,
    )


def detection_power(
    difference: float,
    served: int,
    comparison: int | None = None,
    *,
    sd: float = 1.0,
    clusters_served: int | None = None,
    clusters_comparison: int | None = None,
    icc: float = 0.0,
    level: float = 0.95,
) -> float:
    """Return the power of a two-sided test to find ``difference``; parameters as in :func:`smallest_detectable`.

    Examples
    --------
    >>> round(detection_power(0.5, 15), 3)
    0.438
    """
    require_range(level, 0, 1, "detection_power(level=)")
    se, df = _planned_error(served, comparison, sd, clusters_served, clusters_comparison, icc)
    if df < 1:
        raise InputError("out_of_range", "detection_power(served=)", value=served, allowed="≥ 2")
    return _power(difference / se, df, level)


def proportions_power(
    served_share: float, comparison_share: float, served: int, comparison: int, *, level: float = 0.95
) -> float:
    """Return the power to tell two shares apart, by Cohen's arcsine difference (Cohen 1988, section 6.3).

    Examples
    --------
    >>> round(proportions_power(0.60, 0.38, 52, 47), 3)
    0.597
    """
    for value in (served_share, comparison_share, level):
        require_range(value, 0, 1, "proportions_power")
    for name, people in (("served", served), ("comparison", comparison)):
        require_number(people, f"proportions_power({name}=)", 1)
    distance = 2 * (np.arcsin(np.sqrt(served_share)) - np.arcsin(np.sqrt(comparison_share)))
    shift = abs(distance) / np.sqrt(1 / served + 1 / comparison)
    critical = stats.norm.ppf(0.5 + level / 2)
    return float(stats.norm.sf(critical - shift) + stats.norm.cdf(-critical - shift))


def detectable(se: float, df: float, power: float = 0.8, level: float = 0.95) -> float:
    """Return the smallest difference that a t test with this standard error and degrees of freedom finds."""
    high = 10.0
    while _power(high, df, level) < power:
        high *= 2
    return float(se * optimize.brentq(lambda shift: _power(shift, df, level) - power, 0.0, high, xtol=1e-12))


def _power(shift: float, df: float, level: float) -> float:
    if not np.isfinite(df):
        critical = stats.norm.ppf(0.5 + level / 2)
        return float(stats.norm.sf(critical - abs(shift)) + stats.norm.cdf(-critical - abs(shift)))
    critical = quantile(level, df)
    upper, lower = stats.nct.sf(critical, df, abs(shift)), special.nctdtr(df, abs(shift), -critical)
    return float(upper + (0.0 if np.isnan(lower) else lower))


def _planned_error(
    served: int,
    comparison: int | None,
    sd: float,
    clusters_served: int | None,
    clusters_comparison: int | None,
    icc: float,
) -> tuple[float, float]:
    for name, people in (("served", served), ("comparison", comparison)):
        if name == "served" or people is not None:
            require_number(people, f"smallest_detectable({name}=)", 1)
    for name, sites in (("clusters_served", clusters_served), ("clusters_comparison", clusters_comparison)):
        if sites is not None:
            require_number(sites, f"smallest_detectable({name}=)", 1)
    sides = [(served, clusters_served)] + ([] if comparison is None else [(comparison, clusters_comparison)])
    variance = sum(sd**2 * (1 / people if not sites else icc / sites + (1 - icc) / people) for people, sites in sides)
    df = sum(sites if sites else people for people, sites in sides) - len(sides)
    return float(np.sqrt(variance)), float(df)
