"""Indicators whose few extremes would decide everything: tested by skew and kurtosis, drawn in, or transformed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import Cells, Sheet, sheet
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.results import Notice, Result, fingerprint

Transform = Literal["log", "boxcox", "none"]
ByHand = Literal["none", "winsorise", "log", "boxcox"]
_ALIKE = 1e-12
_REFERENCE = "OECD/JRC (2008), Handbook, step 5, pp. 28, 84; Becker and others (2022), JOSS 7, 4567"


@dataclass(frozen=True)
class OutlierRule:
    """When a column is treated, and how.

    Attributes
    ----------
    skew, kurtosis : float
        A column is left alone if its absolute skewness is below the one *or* its excess kurtosis below the other.
    max_winsorised : int
        How many extremes may be drawn in, one at a time, before the whole column is transformed.
    then : {"log", "boxcox", "none"}
        The transformation, of the column as it was.
    power : float, optional
        Of the Box-Cox transformation; by default the most likely one.
    """

    skew: float = 2.0
    kurtosis: float = 3.5
    max_winsorised: int = 5
    then: Transform = "log"
    power: float | None = None


@dataclass(frozen=True)
class Treated:
    """A column as treated, and what was done to it."""

    numbers: Floats
    winsorised: int
    transformed: str
    before: tuple[float, float]
    after: tuple[float, float]
    accepted: bool


def treat_outliers(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    /,
    *,
    skew: float = 2.0,
    kurtosis: float = 3.5,
    max_winsorised: int = 5,
    then: Transform = "log",
    power: float | None = None,
    exceptions: Mapping[str, ByHand] | None = None,
) -> Result:
    """Draw in the extremes of skewed indicators, and transform those that stay skewed.

    Use it before comparisons between units (min-max, z-scores). Scales of the framework's own need none: their
    goalposts bound every value already.

    Parameters
    ----------
    values : DataFrame or Cells
    tree : IndicatorTree
    skew, kurtosis : float
        Left alone if \\|skewness\\| < ``skew`` or excess kurtosis < ``kurtosis`` (both adjusted for sample size).
    max_winsorised : int
        Extremes drawn in to the next value, one at a time, on the side of the skew; given up beyond this number.
    then : {"log", "boxcox", "none"}
        What is done then to the column as it was: log(x − min + 0.01 range), mirrored where the skew is negative;
        Box-Cox of x − min + 1; or nothing.
    power : float, optional
        Of the Box-Cox transformation; by default the most likely one.
    exceptions : mapping of str to str
        Per indicator: ``none`` (never), ``winsorise`` (never transform), ``log`` or ``boxcox`` (at once).

    Returns
    -------
    Result
        One row per indicator: ``estimate`` its skewness after, with ``skew_before, kurtosis_before, kurtosis_after,
        winsorised, transformed, accepted``. ``details["values"], ["states"]``, and ``["treated"]``: every changed
        cell, before and after.

    References
    ----------
    OECD/JRC (2008), Handbook, step 5, pp. 28 and 84; the rule is that of the JRC's audits (Becker and others 2022,
    Journal of Open Source Software 7, 4567).

    Examples
    --------
    >>> import pandas as pd
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", "a"], "parent": [None, "i"]}))
    >>> values = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6, 7, 90]}, index=list("stuvwxyz"))
    >>> treat_outliers(values, tree).details["treated"].to_dict("records")
    [{'unit': 'z', 'indicator': 'a', 'before': 90.0, 'after': 7.0}]
    """
    rule = OutlierRule(skew, kurtosis, max_winsorised, then, power)
    laid = sheet(values, tree, tree.scored_indicators, "treat_outliers(values)")
    own = exceptions or {}
    _check(rule, own, laid)
    columns = [
        treated_column(laid.numbers[:, i], rule, own.get(code, "rule")) for i, code in enumerate(laid.indicators)
    ]
    numbers = np.stack([column.numbers for column in columns], axis=1)
    stubborn = [code for code, column in zip(laid.indicators, columns, strict=True) if not column.accepted]
    notices = [Notice("indicators.notices.still_skewed", {"codes": stubborn})] if stubborn else []
    return Result(
        method="treatment of outliers",
        reference=_REFERENCE,
        estimates=_estimates(laid, columns),
        details={
            "values": pd.DataFrame(numbers, index=laid.units, columns=list(laid.indicators)),
            "states": laid.states_frame,
            "treated": _changed(laid, numbers),
        },
        options={**asdict(rule), "exceptions": dict(own)},
        notices=(*laid.notices, *notices),
        inputs={"values": fingerprint(laid.values_frame)},
    )


def treated_column(numbers: Floats, rule: OutlierRule, how: str = "rule") -> Treated:
    """Treat one column by a rule, or as an exception to it."""
    before = moments(numbers)
    if how == "none" or (how == "rule" and _passes(before, rule)):
        return Treated(numbers, 0, "none", before, before, _passes(before, rule))
    if how in ("log", "boxcox"):
        return _transformed(numbers, how, 0, before, rule)
    ordered = np.sort(numbers[~np.isnan(numbers)])
    for count in range(1, min(rule.max_winsorised, len(ordered) - 1) + 1):
        after = moments(_drawn_in(ordered, count, before[0] > 0))
        if _passes(after, rule):
            return Treated(winsorised(numbers, count, before[0] > 0), count, "none", before, after, True)
    if rule.then == "none" or how == "winsorise":
        kept = winsorised(numbers, rule.max_winsorised, before[0] > 0) if rule.max_winsorised else numbers
        return Treated(kept, rule.max_winsorised, "none", before, moments(kept), False)
    return _transformed(numbers, rule.then, 0, before, rule)


def moments(numbers: Floats) -> tuple[float, float]:
    """Skewness and excess kurtosis, adjusted for sample size; empty where there are too few units or no variation."""
    present = numbers[~np.isnan(numbers)]
    n = len(present)
    if n < 4 or present.max() == present.min():
        return float("nan"), float("nan")
    centred = present - present.sum() / n
    centred /= np.abs(centred).max()
    squares = centred * centred
    second, third, fourth = float(squares.sum()) / n, float(squares @ centred) / n, float(squares @ squares) / n
    skew = third / second**1.5 * sqrt(n * (n - 1)) / (n - 2)
    excess = fourth / second**2 - 3
    return float(skew), float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6))


def winsorised(numbers: Floats, count: int, from_above: bool) -> Floats:
    """Draw the ``count`` highest (or lowest) values in to the next one."""
    order = np.argsort(numbers[~np.isnan(numbers)], kind="stable")
    positions = np.flatnonzero(~np.isnan(numbers))[order]
    if count >= len(positions):
        return numbers
    drawn = numbers.copy()
    if from_above:
        drawn[positions[-count:]] = numbers[positions[-count - 1]]
    else:
        drawn[positions[:count]] = numbers[positions[count]]
    return drawn


def _drawn_in(ordered: Floats, count: int, from_above: bool) -> Floats:
    """The same of values in order, without gaps."""
    drawn = ordered.copy()
    if from_above:
        drawn[-count:] = ordered[-count - 1]
    else:
        drawn[:count] = ordered[count]
    return drawn


def log_shifted(numbers: Floats, skew: float) -> Floats:
    """log(x − min + 0.01 range); where the skew is negative, its mirror image."""
    if skew < 0:
        return -log_shifted(-numbers, -skew)
    low, span = np.nanmin(numbers), np.nanmax(numbers) - np.nanmin(numbers)
    return np.asarray(np.log(numbers - low + 0.01 * span))


def box_cox(numbers: Floats, power: float | None = None) -> Floats:
    """Box-Cox transformation of x − min + 1, of a given power (0: the logarithm) or by maximum likelihood."""
    present = ~np.isnan(numbers)
    answer = np.full_like(numbers, np.nan)
    shifted = numbers[present] - np.nanmin(numbers) + 1
    answer[present] = stats.boxcox(shifted)[0] if power is None else stats.boxcox(shifted, power)
    return answer


def _transformed(numbers: Floats, how: str, count: int, before: tuple[float, float], rule: OutlierRule) -> Treated:
    if np.isnan(before[0]) or (how == "boxcox" and not np.nanmax(numbers) - np.nanmin(numbers) > _ALIKE):
        return Treated(numbers, 0, "none", before, before, False)
    answer = log_shifted(numbers, before[0]) if how == "log" else box_cox(numbers, rule.power)
    after = moments(answer)
    return Treated(answer, count, how, before, after, _passes(after, rule))


def _passes(found: tuple[float, float], rule: OutlierRule) -> bool:
    skew, kurtosis = found
    return bool(np.isnan(skew) or abs(skew) < rule.skew or kurtosis < rule.kurtosis)


def _check(rule: OutlierRule, exceptions: Mapping[str, str], laid: Sheet) -> None:
    if rule.max_winsorised < 0:
        allowed = "≥ 0"
        raise InputError("out_of_range", "treat_outliers(max_winsorised=)", value=rule.max_winsorised, allowed=allowed)
    if rule.then not in ("log", "boxcox", "none"):
        allowed_words = ["log", "boxcox", "none"]
        raise InputError("unknown_option", "treat_outliers(then=)", value=rule.then, allowed=allowed_words)
    for code, how in exceptions.items():
        if code not in laid.indicators:
            raise InputError("indicators.errors.unknown_code", "treat_outliers(exceptions=)", value=code)
        if how not in ("none", "winsorise", "log", "boxcox"):
            choices = ["none", "winsorise", "log", "boxcox"]
            raise InputError("unknown_option", "treat_outliers(exceptions=)", value=how, allowed=choices)


def _estimates(laid: Sheet, columns: list[Treated]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for i, (code, column) in enumerate(zip(laid.indicators, columns, strict=True)):
        n = int((~np.isnan(laid.numbers[:, i])).sum())
        rows.append(
            {
                "measure": "skewness",
                "subject": code,
                "estimate": column.after[0],
                "n": n,
                "coverage": n / max(int(laid.applicable[:, i].sum()), 1),
                "unit": "skewness",
                "reason": "indicators.reasons.few_or_alike" if np.isnan(column.after[0]) else None,
                "skew_before": column.before[0],
                "kurtosis_before": column.before[1],
                "kurtosis_after": column.after[1],
                "winsorised": column.winsorised,
                "transformed": column.transformed,
                "accepted": column.accepted,
            }
        )
    return pd.DataFrame(rows)


def _changed(laid: Sheet, numbers: Floats) -> pd.DataFrame:
    rows, columns = np.nonzero((numbers != laid.numbers) & ~np.isnan(numbers))
    return pd.DataFrame(
        {
            "unit": laid.units.to_numpy()[rows].astype(str),
            "indicator": [laid.indicators[column] for column in columns],
            "before": laid.numbers[rows, columns],
            "after": numbers[rows, columns],
        }
    )
