"""Equivalence: is a difference small enough not to matter, by a margin named before?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.outcomes.inference import missing_row, quantile, share, stated_row
from vises_methods.outcomes.requirements import Values, numbers, require_range, same_length
from vises_methods.results import NotEstimable, Result, fingerprint


def equivalence(first: Values, second: Values, margin: float, *, paired: bool = False, level: float = 0.95) -> Result:
    """Test whether two groups, or two times, differ by less than a margin (two one-sided tests).

    Use it to say that something did *not* change; a difference that is not significant says no such thing. The margin
    comes from the plan.

    Parameters
    ----------
    first, second : sequence of float
        Served and comparison, or after and before where ``paired``; the difference is first less second.
    margin : float
        In the outcome's unit, above nought.
    paired : bool
        Same people, same order: Student's t; else Welch's.
    level : float
        0.95 tests each side at 0.05.

    Returns
    -------
    Result
        ``difference`` with the interval that decides (90 % for a level of 0.95) and ``p`` the larger of the two;
        ``details["sides"]``: both p values; ``details["verdict"]``: ``within`` the margin, ``beyond`` it, or
        ``too_weak`` to tell.

    Raises
    ------
    InputError
        On a margin that is not positive or, where paired, different lengths.

    References
    ----------
    Schuirmann, D. J. (1987). Journal of Pharmacokinetics and Biopharmaceutics 15:657-680.

    Examples
    --------
    >>> result = equivalence([5.1, 4.9, 5.0, 5.2], [5.0, 5.1, 4.9, 5.0], 0.5)
    >>> result.details["verdict"]["verdict"].iloc[0]
    'within'
    """
    where = "equivalence"
    require_range(margin, 0, np.inf, f"{where}(margin=)")
    require_range(level, 0, 1, f"{where}(level=)")
    one, two = numbers(first, where, "first"), numbers(second, where, "second")
    if paired:
        same_length(where, one, two)
        change = (one - two)[~np.isnan(one - two)]
        n, asked = len(change), len(one)
    else:
        one_kept, two_kept = one[~np.isnan(one)], two[~np.isnan(two)]
        n, asked = len(one_kept) + len(two_kept), len(one) + len(two)
    known: dict[str, Any] = {"n": n, "coverage": share(n, asked), "level": level}
    if (paired and n < 2) or (not paired and min(len(one_kept), len(two_kept)) < 2):
        return _result(None, margin, paired, known, {}, "outcomes.reasons.few_people", (one, two))
    if paired:
        found = (float(change.mean()), float(change.std(ddof=1) / np.sqrt(n)), n - 1.0)
    else:
        parts = [part.var(ddof=1) / len(part) for part in (one_kept, two_kept)]
        spread = sum(p**2 / (len(g) - 1) for p, g in zip(parts, (one_kept, two_kept), strict=True))
        df = sum(parts) ** 2 / spread if spread > 0 else 0.0
        found = (float(one_kept.mean() - two_kept.mean()), float(np.sqrt(sum(parts))), float(df))
    reason = "outcomes.reasons.no_variation" if not found[1] > 0 else None
    return _result(found, margin, paired, known, {}, reason, (one, two))


def _result(
    found: tuple[float, float, float] | None,
    margin: float,
    paired: bool,
    known: dict[str, Any],
    details: dict[str, pd.DataFrame],
    reason: str | None,
    data: tuple[Any, Any],
) -> Result:
    if found is None or reason:
        row = missing_row("difference", "equivalence", str(reason), **known)
    else:
        estimate, se, df = found
        p_low = float(stats.t.sf((estimate + margin) / se, df))
        p_high = float(stats.t.cdf((estimate - margin) / se, df))
        reach = quantile(2 * known["level"] - 1, df) * se
        low, high = estimate - reach, estimate + reach
        row = stated_row("difference", "equivalence", estimate, low=low, high=high, se=se, df=df,
                         p=max(p_low, p_high), **known)  # fmt: skip
        sides = pd.DataFrame([{"p_lower": p_low, "p_upper": p_high, "margin": margin}])
        details = {"sides": sides, "verdict": pd.DataFrame([{"verdict": _verdict(low, high, margin)}])}
    return Result(
        method="equivalence test",
        reference="Schuirmann 1987",
        estimates=pd.DataFrame([row]),
        details=details,
        options={"margin": margin, "paired": paired, "level": known["level"]},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"first": fingerprint(pd.Series(data[0])), "second": fingerprint(pd.Series(data[1]))},
    )


def _verdict(low: float, high: float, margin: float) -> str:
    if -margin < low and high < margin:
        return "within"
    return "beyond" if low > margin or high < -margin else "too_weak"
