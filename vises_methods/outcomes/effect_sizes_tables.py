"""Effect sizes of counts: two by two tables, proportions and rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from vises_methods.outcomes.effect_sizes_correlations import tetrachoric
from vises_methods.outcomes.requirements import Floats, require_option

Pair = tuple[Floats, Floats]
_TO = ("only0", "all", "if0all", "none")
_TABLE = ("ai", "bi", "ci", "di", "n1i", "n2i", "add", "to", "drop00")


def _cells(
    ai: Floats,
    ci: Floats,
    bi: Floats | None = None,
    di: Floats | None = None,
    n1i: Floats | None = None,
    n2i: Floats | None = None,
    *,
    add: float,
    to: str,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the four cells, a half added where a table has an empty cell, as ``add`` and ``to`` say."""
    if bi is None and n1i is not None:
        bi = n1i - ai
    if di is None and n2i is not None:
        di = n2i - ci
    if bi is None or di is None:
        raise TypeError("bi and di, or n1i and n2i")
    extra = _addition(np.min([ai, bi, ci, di], axis=0) == 0, add, to)
    return ai + extra, bi + extra, ci + extra, di + extra


def _addition(empty: Any, add: float, to: str) -> Floats:
    require_option(to, _TO, "effect_size(to=)")
    where = {"only0": empty, "all": np.ones_like(empty), "if0all": np.full_like(empty, empty.any()),
             "none": np.zeros_like(empty)}[to]  # fmt: skip
    return np.where(where, add, 0.0)


def _table(formula: Callable[..., Pair], add: float = 0.5) -> Callable[..., Pair]:
    default = add

    def measured(
        *, add: Any = None, to: str = "only0", drop00: bool = False, vtype: str | None = None, **columns: Floats
    ) -> Pair:
        half = default if add is None else float(np.ravel(add)[0])
        yi, vi = formula(*_cells(**columns, add=half, to=to), **({} if vtype is None else {"vtype": vtype}))
        if not drop00:
            return yi, vi
        a, b, c, d = _cells(**columns, add=0.0, to="none")
        silent = ((a == 0) & (c == 0)) | ((b == 0) & (d == 0))
        return np.where(silent, np.nan, yi), np.where(silent, np.nan, vi)

    return measured


def _risk_difference(a: Floats, b: Floats, c: Floats, d: Floats, vtype: str = "LS") -> Pair:
    require_option(vtype, ("LS", "UB", "AV"), "effect_size(vtype=)")
    n1, n2 = a + b, c + d
    yi, less = a / n1 - c / n2, 1 if vtype == "UB" else 0
    one, two = (_average(a / n1, n1), _average(c / n2, n2)) if vtype == "AV" else (a / n1, c / n2)
    return yi, one * (1 - one) / (n1 - less) + two * (1 - two) / (n2 - less)


def _average(shares: Floats, sizes: Floats) -> Floats:
    return np.full(len(shares), np.nansum(shares * sizes) / np.nansum(sizes))


def _log_risk_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    return np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def _log_odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def _arcsine_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    one, two = np.arcsin(np.sqrt(a / (a + b))), np.arcsin(np.sqrt(c / (c + d)))
    return one - two, 1 / (4 * (a + b)) + 1 / (4 * (c + d))


def _peto(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    total = a + b + c + d
    expected = (a + b) * (a + c) / total
    spread = (a + b) * (c + d) * (a + c) * (b + d) / (total**2 * (total - 1))
    return (a - expected) / spread, 1 / spread


def _phi(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """The variance for a sample of people, groups not fixed (Yule 1912, J. Royal Statistical Society 75, p. 603)."""
    total = a + b + c + d
    one, two, three, four = (a + b) / total, (c + d) / total, (a + c) / total, (b + d) / total
    product = one * two * three * four
    yi = (a * d - b * c) / (total**2 * np.sqrt(product))
    tilt = (one - two) * (three - four) / np.sqrt(product)
    skew = (one - two) ** 2 / (one * two) + (three - four) ** 2 / (three * four)
    return yi, (1 - yi**2 + yi * (1 + yi**2 / 2) * tilt - 0.75 * yi**2 * skew) / total


def _yule_q(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    ratio = a * d / (b * c)
    yi = (ratio - 1) / (ratio + 1)
    return yi, (1 - yi**2) ** 2 / 4 * (1 / a + 1 / b + 1 / c + 1 / d)


def _yule_y(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    root = np.sqrt(a * d / (b * c))
    yi = (root - 1) / (root + 1)
    return yi, (1 - yi**2) ** 2 / 16 * (1 / a + 1 / b + 1 / c + 1 / d)


def _paired_risk_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    total = a + b + c + d
    gained, lost = b / total, c / total
    return gained - lost, (gained * (1 - gained) + lost * (1 - lost) + 2 * gained * lost) / total


def _paired_risk_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    total = a + b + c + d
    one, two = (a + b) / total, (a + c) / total
    return np.log(one) - np.log(two), (b + c) / total / (total * one * two)


def _paired_odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    total = a + b + c + d
    one, two, gained, lost = (a + b) / total, (a + c) / total, b / total, c / total
    spread = gained * (1 - gained) + lost * (1 - lost) + 2 * gained * lost
    yi = np.log(one / (1 - one)) - np.log(two / (1 - two))
    return yi, spread / (total * one * (1 - one) * two * (1 - two))


def _paired_peto(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    del a, d
    return 2 * (b - c) / (b + c), 4 / (b + c)


def _conditional_odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    del a, d
    return np.log(b) - np.log(c), 1 / b + 1 / c


def _odds_as_d(scale: float) -> Callable[[Floats, Floats, Floats, Floats], Pair]:
    def transformed(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
        yi, vi = _log_odds_ratio(a, b, c, d)
        return yi * scale, vi * scale**2

    return transformed


def _probit_d(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    one, two = stats.norm.ppf(a / (a + b)), stats.norm.ppf(c / (c + d))
    spread_one = 2 * np.pi * a * b / (a + b) ** 3 * np.exp(one**2)
    spread_two = 2 * np.pi * c * d / (c + d) ** 3 * np.exp(two**2)
    return one - two, spread_one + spread_two


def _proportion(formula: Callable[..., Pair], add: float = 0.5) -> Callable[..., Pair]:
    default = add

    def measured(*, xi: Floats, ni: Floats, add: Any = None, to: str = "only0", vtype: str | None = None) -> Pair:
        half = default if add is None else float(np.ravel(add)[0])
        extra = _addition((xi == 0) | (xi == ni), half, to)
        return formula(xi + extra, ni + 2 * extra, **({} if vtype is None else {"vtype": vtype}))

    return measured


def _raw_proportion(x: Floats, n: Floats, vtype: str = "LS") -> Pair:
    require_option(vtype, ("LS", "UB", "AV"), "effect_size(vtype=)")
    share = _average(x / n, n) if vtype == "AV" else x / n
    return x / n, share * (1 - share) / (n - (1 if vtype == "UB" else 0))


def _log_proportion(x: Floats, n: Floats, vtype: str = "LS") -> Pair:
    require_option(vtype, ("LS", "AV"), "effect_size(vtype=)")
    share = _average(x / n, n) if vtype == "AV" else x / n
    return np.log(x / n), 1 / (n * share) - 1 / n


def _logit_proportion(x: Floats, n: Floats, vtype: str = "LS") -> Pair:
    require_option(vtype, ("LS", "AV"), "effect_size(vtype=)")
    share = _average(x / n, n) if vtype == "AV" else x / n
    return np.log(x / (n - x)), 1 / (n * share) + 1 / (n * (1 - share))


def _arcsine_proportion(x: Floats, n: Floats) -> Pair:
    return np.arcsin(np.sqrt(x / n)), 1 / (4 * n)


def _freeman_tukey(x: Floats, n: Floats) -> Pair:
    return (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2, 1 / (4 * n + 2)


def _rates(formula: Callable[[Floats, Floats, Floats, Floats], Pair], add: float = 0.5) -> Callable[..., Pair]:
    default = add

    def measured(*, x1i: Floats, t1i: Floats, x2i: Floats, t2i: Floats, add: Any = None, to: str = "only0") -> Pair:
        half = default if add is None else float(np.ravel(add)[0])
        extra = _addition((x1i == 0) | (x2i == 0), half, to)
        return formula(x1i + extra, t1i, x2i + extra, t2i)

    return measured


def _log_rate_ratio(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> Pair:
    return np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2


def _rate_difference(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> Pair:
    return x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2


def _root_rate_difference(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> Pair:
    return np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 1 / (4 * t1) + 1 / (4 * t2)


def _rate(formula: Callable[[Floats, Floats], Pair], add: float = 0.5) -> Callable[..., Pair]:
    default = add

    def measured(*, xi: Floats, ti: Floats, add: Any = None, to: str = "only0") -> Pair:
        half = default if add is None else float(np.ravel(add)[0])
        return formula(xi + _addition(xi == 0, half, to), ti)

    return measured


_TWO_RATES = ("x1i", "t1i", "x2i", "t2i", "add", "to")
_ONE = ("xi", "ni", "add", "to")
_ONE_RATE = ("xi", "ti", "add", "to")

FORMULAS: dict[str, tuple[Callable[..., Pair], tuple[str, ...]]] = {
    "RD": (_table(_risk_difference), (*_TABLE, "vtype")),
    "RR": (_table(_log_risk_ratio), _TABLE),
    "OR": (_table(_log_odds_ratio), _TABLE),
    "AS": (_table(_arcsine_difference, add=0.0), _TABLE),
    "PETO": (_table(_peto), _TABLE),
    "PHI": (_table(_phi, add=0.0), _TABLE),
    "YUQ": (_table(_yule_q), _TABLE),
    "YUY": (_table(_yule_y), _TABLE),
    "RTET": (_table(tetrachoric, add=0.0), _TABLE),
    "PBIT": (_table(_probit_d), _TABLE),
    "OR2D": (_table(_odds_as_d(np.sqrt(3) / np.pi)), _TABLE),
    "OR2DL": (_table(_odds_as_d(np.sqrt(3) / np.pi)), _TABLE),
    "OR2DN": (_table(_odds_as_d(1 / 1.65)), _TABLE),
    "MPRD": (_table(_paired_risk_difference), _TABLE),
    "MPRR": (_table(_paired_risk_ratio), _TABLE),
    "MPOR": (_table(_paired_odds_ratio), _TABLE),
    "MPPETO": (_table(_paired_peto), _TABLE),
    "MPORC": (_table(_conditional_odds_ratio), _TABLE),
    "PR": (_proportion(_raw_proportion), (*_ONE, "vtype")),
    "PLN": (_proportion(_log_proportion), (*_ONE, "vtype")),
    "PLO": (_proportion(_logit_proportion), (*_ONE, "vtype")),
    "PAS": (_proportion(_arcsine_proportion, add=0.0), _ONE),
    "PFT": (_proportion(_freeman_tukey, add=0.0), _ONE),
    "IRR": (_rates(_log_rate_ratio), _TWO_RATES),
    "IRD": (_rates(_rate_difference), _TWO_RATES),
    "IRSD": (_rates(_root_rate_difference, add=0.0), _TWO_RATES),
    "IR": (_rate(lambda x, t: (x / t, x / t**2)), _ONE_RATE),
    "IRLN": (_rate(lambda x, t: (np.log(x / t), 1 / x)), _ONE_RATE),
    "IRFT": (_rate(lambda x, t: ((np.sqrt(x / t) + np.sqrt((x + 1) / t)) / 2, 1 / (4 * t)), add=0.0), _ONE_RATE),
    "IRS": (_rate(lambda x, t: (np.sqrt(x / t), 1 / (4 * t)), add=0.0), _ONE_RATE),
}
