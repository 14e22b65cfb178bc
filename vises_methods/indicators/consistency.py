"""Do the indicators under one heading measure one thing? Cronbach's alpha."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import numeric
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

_NEGLIGIBLE = 1e-12
_CANCEL = "indicators.reasons.items_cancel"


def cronbach_alpha(frame: pd.DataFrame, /, *, standardised: bool = True, level: float = 0.95) -> Result:
    """Cronbach's coefficient of internal consistency, and what it becomes without each indicator.

    Use it on indicators that are meant to reflect one thing. Indicators that make up a thing together (work and
    housing and health) need not correlate: a low alpha is no fault of theirs.

    Parameters
    ----------
    frame : DataFrame
        Unit × indicator, numbers turned so that more is better.
    standardised : bool
        From correlations, as indicators have different units; False: from covariances, for items on one scale.
    level : float
        Of the confidence interval (Feldt).

    Returns
    -------
    Result
        First row ``alpha``; then, per indicator, ``alpha_if_deleted``, with ``item_total``, its correlation with the
        sum of the others. Units with an empty cell are left out and told; ``coverage`` is the share that remains.

    References
    ----------
    Cronbach (1951), Psychometrika 16, 297-334; OECD/JRC (2008), Handbook, pp. 72-73; interval: Feldt, Woodruff and
    Salih (1987), Applied Psychological Measurement 11, 93-103.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4], "c": [2, 1, 4, 3]})
    >>> round(cronbach_alpha(items).value, 3)
    0.724
    """
    if not 0 < level < 1:
        raise InputError("out_of_range", "cronbach_alpha(level=)", value=level, allowed="0-1")
    numbers = numeric(frame, "cronbach_alpha(frame)")
    complete = numbers.dropna()
    dropped = len(numbers) - len(complete)
    items = complete.to_numpy(dtype=float)
    reason = _why_not(items)
    return Result(
        method="Cronbach's alpha",
        reference="Cronbach (1951), Psychometrika 16, 297-334; OECD/JRC (2008), Handbook, pp. 72-73",
        estimates=_rows(items, list(map(str, numbers.columns)), len(numbers), standardised, level, reason),
        options={"standardised": standardised, "level": level},
        notices=(Notice("indicators.notices.units_incomplete", {"count": dropped}),) if dropped else (),
        not_estimable=None if reason is None else NotEstimable(reason),
        inputs={"frame": fingerprint(numbers)},
    )


def _why_not(items: Floats) -> str | None:
    if items.shape[1] < 2:
        return "indicators.reasons.one_indicator"
    if items.shape[0] < 3:
        return "indicators.reasons.few_units"
    if (np.ptp(items, axis=0) == 0).any():
        return "indicators.reasons.no_variation"
    return None


def _rows(
    items: Floats, names: list[str], asked: int, standardised: bool, level: float, reason: str | None
) -> pd.DataFrame:
    n, k = items.shape
    common = {"n": n, "coverage": n / asked if asked else 0.0, "unit": "coefficient", "reason": reason}
    if reason is not None:
        return pd.DataFrame([{"measure": "alpha", "subject": "all", "estimate": np.nan, **common}])
    matrix = np.asarray(np.corrcoef(items, rowvar=False) if standardised else np.cov(items, rowvar=False))
    alpha = _alpha(matrix)
    low, high = _feldt(alpha, n, k, level)
    common["reason"] = _CANCEL if np.isnan(alpha) else None
    first = {"measure": "alpha", "subject": "all", "estimate": alpha, "low": low, "high": high, "level": level}
    rows = [{**first, **common, "item_total": np.nan}]
    for i, name in enumerate(names):
        rest = np.delete(np.arange(k), i)
        without = _alpha(matrix[np.ix_(rest, rest)]) if k > 2 else np.nan
        row = {"measure": "alpha_if_deleted", "subject": name, "estimate": without, **common}
        row["reason"] = "indicators.reasons.one_indicator" if k == 2 else _CANCEL if np.isnan(without) else None
        rows.append({**row, "item_total": _item_total(matrix, i, rest)})
    return pd.DataFrame(rows)


def _alpha(matrix: Floats) -> float:
    """Empty where the items cancel one another out: a sum that does not vary has no reliability."""
    k, total = len(matrix), matrix.sum()
    if total <= _NEGLIGIBLE * np.trace(matrix):
        return float("nan")
    return float(k / (k - 1) * (1 - np.trace(matrix) / total))


def _item_total(matrix: Floats, item: int, rest: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """Correlation of an item with the sum of the others, from the matrix alone."""
    rest_variance = matrix[np.ix_(rest, rest)].sum()
    if rest_variance <= _NEGLIGIBLE * matrix[item, item]:
        return float("nan")
    return float(matrix[item, rest].sum() / (np.sqrt(matrix[item, item]) * np.sqrt(rest_variance)))


def _feldt(alpha: float, n: int, k: int, level: float) -> tuple[float, float]:
    free = (n - 1, (n - 1) * (k - 1))
    tail = (1 - level) / 2
    return (
        float(1 - (1 - alpha) * stats.f.ppf(1 - tail, *free)),
        float(1 - (1 - alpha) * stats.f.ppf(tail, *free)),
    )
