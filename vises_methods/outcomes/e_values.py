"""The E-value: how strongly something unseen would have to go with arm and outcome to explain a ratio away."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import missing_row, stated_row
from vises_methods.outcomes.requirements import (
    require_number,
    require_option,
    require_range,
)
from vises_methods.results import Result

RatioMeasure = Literal["RR", "OR", "HR", "SMD"]
RATIO_MEASURES: tuple[str, ...] = ("RR", "OR", "HR", "SMD")
_LARGEST_SMD = 100.0


def e_value(
    estimate: float,
    low: float | None = None,
    high: float | None = None,
    *,
    measure: RatioMeasure = "RR",
    rare: bool = False,
    se: float | None = None,
) -> Result:
    """Say how strongly something unseen must go with both being served and the outcome to explain the estimate away.

    Parameters
    ----------
    estimate : float
        A risk ratio, odds ratio, hazard ratio, or standardised mean difference.
    low, high : float, optional
        Limits of its interval.
    measure : {"RR", "OR", "HR", "SMD"}
    rare : bool
        Whether the outcome is rarer than 15 % in all groups: odds and hazard ratios then stand for risk ratios, else
        the square root and VanderWeele's conversion are used.
    se : float, optional
        Of a standardised difference, from which its limits follow.

    Returns
    -------
    Result
        ``e_value`` of the estimate and ``e_value_limit`` of the limit nearer to no difference (1 where the interval
        holds it), both on the risk-ratio scale; ``details["converted"]``: the ratio and its limits.

    Raises
    ------
    InputError
        On an unknown measure, or a ratio that is not positive.

    References
    ----------
    VanderWeele, T. J. and Ding, P. (2017). Annals of Internal Medicine 167:268-274, table 2.

    Examples
    --------
    >>> e_value(3.9, 1.8, 8.7).estimates["estimate"].round(2).tolist()
    [7.26, 3.0]
    """
    where = "e_value"
    require_option(measure, RATIO_MEASURES, f"{where}(measure=)")
    for name, given_value in (("estimate", estimate), ("low", low), ("high", high), ("se", se)):
        if name == "estimate" or given_value is not None:
            require_number(given_value, f"{where}({name}=)", 0 if name == "se" else -np.inf)
    if measure == "SMD":
        require_range(estimate, -_LARGEST_SMD, _LARGEST_SMD, f"{where}(estimate=)")
    given = [estimate, low, high]
    if measure == "SMD" and se is not None:
        given[1:] = [np.log(_risk_ratio(estimate, measure, rare)) / 0.91 + side * 1.78 / 0.91 * se for side in (-1, 1)]
    if measure != "SMD" and any(value is not None and value <= 0 for value in given):
        raise InputError("out_of_range", f"{where}(estimate=)", value=estimate, allowed="> 0")
    ratios = [None if value is None else _risk_ratio(value, measure, rare) for value in given]
    ratio, lower, upper = float(ratios[0] or 0), ratios[1], ratios[2]
    nearer = lower if ratio >= 1 else upper
    rows = [stated_row("e_value", "estimate", _strength(ratio), n=1, coverage=1.0)]
    if nearer is None:
        rows.append(missing_row("e_value_limit", "limit", "outcomes.reasons.no_interval"))
    else:
        holds_one = (ratio >= 1) == (nearer <= 1) or nearer == 1
        rows.append(stated_row("e_value_limit", "limit", 1.0 if holds_one else _strength(nearer), n=1, coverage=1.0))
    converted = pd.DataFrame([{"ratio": ratio, "low": lower, "high": upper}])
    return Result(
        method="E-value",
        reference="VanderWeele and Ding 2017, table 2",
        estimates=pd.DataFrame(rows),
        details={"converted": converted},
        options={"estimate": estimate, "low": low, "high": high, "measure": measure, "rare": rare, "se": se},
    )


def _risk_ratio(value: float, measure: RatioMeasure, rare: bool) -> float:
    if measure == "SMD":
        return float(np.exp(0.91 * value))
    if measure == "RR" or rare:
        return float(value)
    if measure == "OR":
        return float(np.sqrt(value))
    return float((1 - 0.5 ** np.sqrt(value)) / (1 - 0.5 ** np.sqrt(1 / value)))


def _strength(ratio: float) -> float:
    above = max(ratio, 1 / ratio)
    return float(above + np.sqrt(above * (above - 1)))
