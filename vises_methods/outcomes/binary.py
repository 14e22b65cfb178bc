"""Outcomes of yes and no: the risk difference first, then ratios."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import missing_row, quantile, share, stated_row
from vises_methods.outcomes.requirements import (
    Values,
    numbers,
    require_number,
    require_option,
    require_range,
    same_length,
)
from vises_methods.results import NotEstimable, Result, fingerprint

DifferenceInterval = Literal["newcomb", "wald", "agresti-caffo", "score"]
RatioInterval = Literal["log", "log-adjusted", "score"]
OddsInterval = Literal["logit", "logit-adjusted", "logit-smoothed", "score"]
DIFFERENCE_INTERVALS: tuple[str, ...] = ("newcomb", "wald", "agresti-caffo", "score")
RATIO_INTERVALS: tuple[str, ...] = ("log", "log-adjusted", "score")
ODDS_INTERVALS: tuple[str, ...] = ("logit", "logit-adjusted", "logit-smoothed", "score")
ShareInterval = Literal["wilson", "beta", "jeffreys", "agresti_coull", "normal"]
SHARE_INTERVALS: tuple[str, ...] = ("wilson", "beta", "jeffreys", "agresti_coull", "normal")


def proportion(yes: int, n: int, *, interval: ShareInterval = "wilson", level: float = 0.95) -> Result:
    """Give a share with its interval; Wilson's serves small samples and shares near nought.

    Parameters
    ----------
    yes, n : int
    interval : {"wilson", "beta", "jeffreys", "agresti_coull", "normal"}
        "beta" is Clopper and Pearson's exact one.
    level : float

    Returns
    -------
    Result
        One row, ``proportion``, 0 to 1.

    References
    ----------
    Brown, L. D., Cai, T. T. and DasGupta, A. (2001). Statistical Science 16:101-133.

    Examples
    --------
    >>> proportion(3, 20).estimates[["estimate", "low", "high"]].round(3).values.tolist()
    [[0.15, 0.052, 0.36]]
    """
    where = "proportion"
    require_option(interval, SHARE_INTERVALS, f"{where}(interval=)")
    _require_counts(yes, n, where)
    reason = "outcomes.reasons.few_people" if n == 0 else None
    if reason:
        row = missing_row("proportion", "people", reason, level=level)
    else:
        low, high = proportion_confint(yes, n, alpha=1 - level, method=interval)
        known: dict[str, Any] = {"n": n, "coverage": 1.0, "level": level}
        row = stated_row("proportion", "people", yes / n, low=float(low), high=float(high), **known)
    return _result("proportion", "Brown, Cai and DasGupta 2001", [row], {"interval": interval, "level": level}, reason)


def binary_comparison(
    served_yes: int,
    served: int,
    comparison_yes: int,
    comparison: int,
    *,
    difference_interval: DifferenceInterval = "newcomb",
    ratio_interval: RatioInterval = "log",
    odds_interval: OddsInterval = "logit",
    level: float = 0.95,
) -> Result:
    """Compare two shares: by how many in a hundred they differ, then how many times as high.

    Parameters
    ----------
    served_yes, served, comparison_yes, comparison : int
        Counts.
    difference_interval, ratio_interval, odds_interval : str
        Named as in statsmodels.
    level : float

    Returns
    -------
    Result
        ``risk_difference`` (-1 to 1; with the chi square ``statistic`` and ``p`` without correction), ``risk_ratio``
        and ``odds_ratio``; a ratio over nought has a reason.

    Raises
    ------
    InputError
        On more yes than people, or an unknown interval.

    References
    ----------
    Newcombe, R. G. (1998). Statistics in Medicine 17:873-890, method 10.

    Examples
    --------
    >>> binary_comparison(31, 52, 18, 47).estimates["estimate"].round(3).tolist()
    [0.213, 1.557, 2.378]
    """
    where = "binary_comparison"
    chosen = {"diff": difference_interval, "ratio": ratio_interval, "odds-ratio": odds_interval}
    allowed = {"diff": DIFFERENCE_INTERVALS, "ratio": RATIO_INTERVALS, "odds-ratio": ODDS_INTERVALS}
    for kind, name in chosen.items():
        require_option(name, allowed[kind], f"{where}({kind})")
    require_range(level, 0, 1, f"{where}(level=)")
    _require_counts(served_yes, served, where)
    _require_counts(comparison_yes, comparison, where)
    n = served + comparison
    known: dict[str, Any] = {"n": n, "coverage": share(n, n), "level": level}
    reason = "outcomes.reasons.few_people" if min(served, comparison) == 0 else None
    names = {"diff": "risk_difference", "ratio": "risk_ratio", "odds-ratio": "odds_ratio"}
    rows = []
    for kind, measure in names.items():
        lacking = reason or _undefined(kind, served_yes, served, comparison_yes, comparison)
        if lacking:
            rows.append(missing_row(measure, "served - comparison", lacking, **known))
            continue
        low, high = confint_proportions_2indep(
            served_yes, served, comparison_yes, comparison, method=chosen[kind], compare=kind, alpha=1 - level
        )
        value = _compared(kind, served_yes / served, comparison_yes / comparison)
        rows.append(stated_row(measure, "served - comparison", value, low=float(low), high=float(high), **known))
    if not reason and 0 < served_yes + comparison_yes < n:
        table = [[served_yes, served - served_yes], [comparison_yes, comparison - comparison_yes]]
        chi2, p, *_ = stats.chi2_contingency(table, correction=False)
        rows[0] |= {"statistic": float(chi2), "p": float(p)}
    options = {"difference_interval": difference_interval, "ratio_interval": ratio_interval,
               "odds_interval": odds_interval, "level": level}  # fmt: skip
    return _result("comparison of two shares", "Newcombe 1998, method 10", rows, options, reason)


def binary_change(before: Values, after: Values, /, *, level: float = 0.95) -> Result:
    """Say how the share of yes changed among the same people, and test it by those who changed their answer.

    Parameters
    ----------
    before, after : sequence of 0 and 1
        One value per person, in the same order.
    level : float

    Returns
    -------
    Result
        ``risk_difference`` with Bonett and Price's interval; ``p`` is McNemar's exact one;
        ``details["changes"]``: how many gained and lost, and the mid-p value.

    Raises
    ------
    InputError
        On values other than 0 and 1, or different lengths.

    References
    ----------
    Bonett, D. G. and Price, R. M. (2012). Journal of Educational and Behavioral Statistics 37:479-488; McNemar, Q.
    (1947). Psychometrika 12:153-157.

    Examples
    --------
    >>> result = binary_change([0, 0, 0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 0])
    >>> result.value, float(result.estimates["p"].iloc[0])
    (0.5, 0.21875)
    """
    where = "binary_change"
    require_range(level, 0, 1, f"{where}(level=)")
    first, last = numbers(before, where, "before"), numbers(after, where, "after")
    same_length(where, first, last)
    seen = ~(np.isnan(first) | np.isnan(last))
    x, y = first[seen], last[seen]
    if not np.isin(np.concatenate([x, y]), (0.0, 1.0)).all():
        raise InputError("unknown_option", where, value="≠ 0, 1", allowed=["0", "1"])
    n, gained, lost = len(x), int(((x == 0) & (y == 1)).sum()), int(((x == 1) & (y == 0)).sum())
    known: dict[str, Any] = {"n": n, "coverage": share(n, len(first)), "level": level}
    reason = "outcomes.reasons.few_people" if n < 2 else None
    details: dict[str, pd.DataFrame] = {}
    if reason:
        row = missing_row("risk_difference", "after - before", reason, **known)
    else:
        one, two = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
        reach = quantile(level, None) * float(np.sqrt((one + two - (one - two) ** 2) / (n + 2)))
        moved = gained + lost
        p = float(stats.binomtest(gained, moved).pvalue) if moved else 1.0
        mid = p - float(stats.binom.pmf(gained, moved, 0.5)) if moved else 1.0
        row = stated_row("risk_difference", "after - before", (gained - lost) / n, low=max(-1.0, one - two - reach),
                         high=min(1.0, one - two + reach), p=p, **known)  # fmt: skip
        details = {"changes": pd.DataFrame([{"gained": gained, "lost": lost, "p_mid": mid}])}
    return Result(
        method="change of a share",
        reference="Bonett and Price 2012; McNemar 1947",
        estimates=pd.DataFrame([row]),
        details=details,
        options={"level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"answers": fingerprint(pd.DataFrame({"before": first, "after": last}))},
    )


def _require_counts(yes: int, n: int, where: str) -> None:
    require_number(n, where, 0)
    if not 0 <= require_number(yes, where) <= n:
        raise InputError("out_of_range", where, value=yes, allowed=f"0 … {n}")


def _undefined(kind: str, a: int, n1: int, c: int, n2: int) -> str | None:
    nought = {"diff": False, "ratio": 0 in (a, c), "odds-ratio": 0 in (a, n1 - a, c, n2 - c)}[kind]
    return "outcomes.reasons.empty_cell" if nought else None


def _compared(kind: str, one: float, two: float) -> float:
    if kind == "diff":
        return one - two
    return one / two if kind == "ratio" else one * (1 - two) / (two * (1 - one))


def _result(
    method: str, reference: str, rows: list[dict[str, Any]], options: dict[str, Any], reason: str | None
) -> Result:
    absent = NotEstimable(reason) if reason else None
    return Result(method, reference, pd.DataFrame(rows), options=options, not_estimable=absent)
