"""Outcomes from the items of a questionnaire: one score per person, and how well the items hold together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import missing_row, share, stated_row
from vises_methods.outcomes.requirements import numbers, require_columns, require_option, require_range
from vises_methods.results import NotEstimable, Result, fingerprint

Rule = Literal["mean", "sum", "single"]
RULES: tuple[str, ...] = ("mean", "sum", "single")


def scale_score(
    frame: pd.DataFrame,
    items: Sequence[str],
    /,
    *,
    rule: Rule = "mean",
    reverse: Sequence[str] = (),
    lowest: float | None = None,
    highest: float | None = None,
    minimum_share: float = 0.5,
) -> pd.Series:
    """Make one outcome of several item columns.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent and wave; items are numbers.
    items : sequence of str
        The item columns; exactly one for the rule "single".
    rule : {"mean", "sum", "single"}
        A sum is prorated: the mean of the answered items times the number of items, so that it keeps its range.
    reverse : sequence of str
        Items where a high answer means little; they are turned round between ``lowest`` and ``highest``.
    lowest, highest : float, optional
        Ends of the answer scale; needed for ``reverse``, and answers outside them are an error.
    minimum_share : float
        A person who answered a smaller share of the items gets no score (0.5: the half rule). 1 asks for all items.

    Returns
    -------
    Series
        The score, missing where too few items were answered, with the index of ``frame``.

    Raises
    ------
    InputError
        On missing columns, an unknown rule, answers outside the scale, or a reversal without its ends.

    References
    ----------
    Fayers, P. M. and Machin, D. (2016). Quality of Life, 3rd ed., section 15.4 (the half rule).

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 5, None], "b": [2, 4, None], "c": [5, None, 3]})
    >>> scale_score(frame, ["a", "b", "c"], reverse=["c"], lowest=1, highest=5).tolist()
    [1.3333333333333333, 4.5, nan]
    """
    where = "scale_score"
    require_option(rule, RULES, f"{where}(rule=)")
    if not 0 <= minimum_share <= 1:
        raise InputError("out_of_range", f"{where}(minimum_share=)", value=minimum_share, allowed="0 … 1")
    if rule == "single" and len(items) != 1:
        raise InputError("outcomes.errors.single_item", f"{where}(items=)", count=len(items))
    answers = _answers(frame, items, reverse, lowest, highest, where)
    answered = answers.notna().sum(axis=1)
    score = answers.mean(axis=1) * (len(items) if rule == "sum" else 1)
    return score.where((answered > 0) & (answered >= minimum_share * len(items))).rename(None)


def cronbach_alpha(
    frame: pd.DataFrame,
    items: Sequence[str],
    /,
    *,
    reverse: Sequence[str] = (),
    lowest: float | None = None,
    highest: float | None = None,
    level: float = 0.95,
) -> Result:
    """Say how closely the items of a scale go together: Cronbach's alpha, and alpha without each item.

    Parameters
    ----------
    frame, items, reverse, lowest, highest
        As in :func:`scale_score`; people with a missing item are left out and counted in the coverage.
    level : float

    Returns
    -------
    Result
        ``alpha`` with Feldt's interval, then ``alpha_without`` per item. Not estimable with one item, fewer than three
        people, or no variation.

    References
    ----------
    Cronbach, L. J. (1951). Psychometrika 16:297-334, equation 2; Feldt, L. S. (1965). Psychometrika 30:357-370.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 2, 3, 5, 5], "c": [1, 3, 3, 4, 4]})
    >>> round(cronbach_alpha(frame, ["a", "b", "c"]).value, 3)
    0.954
    """
    where = "cronbach_alpha"
    require_range(level, 0, 1, f"{where}(level=)")
    answers = _answers(frame, items, reverse, lowest, highest, where)
    complete = answers.dropna()
    n, k = complete.shape
    known: dict[str, Any] = {"n": n, "coverage": share(n, len(answers)), "level": level}
    reason = "outcomes.reasons.one_item" if k < 2 else "outcomes.reasons.few_people" if n < 3 else None
    if reason is None and complete.sum(axis=1).var() <= 0:
        reason = "outcomes.reasons.no_variation"
    rows = [missing_row("alpha", "scale", reason, **known)] if reason else _alpha_rows(complete, known)
    return Result(
        method="Cronbach's alpha",
        reference="Cronbach 1951, equation 2; Feldt 1965",
        estimates=pd.DataFrame(rows),
        options={"items": list(items), "reverse": list(reverse), "lowest": lowest, "highest": highest, "level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[list(items)])},
    )


def _alpha_rows(complete: pd.DataFrame, known: dict[str, Any]) -> list[dict[str, Any]]:
    n, k = complete.shape
    alpha = _alpha(complete)
    tail = (1 - known["level"]) / 2
    low, high = (1 - (1 - alpha) * stats.f.ppf([1 - tail, tail], n - 1, (n - 1) * (k - 1))).tolist()
    rows = [stated_row("alpha", "scale", alpha, **known, low=low, high=high)]
    for item in complete.columns:
        rest = complete.drop(columns=item)
        if rest.shape[1] < 2 or rest.sum(axis=1).var() <= 0:
            rows.append(missing_row("alpha_without", str(item), "outcomes.reasons.one_item", **known))
        else:
            rows.append(stated_row("alpha_without", str(item), _alpha(rest), **known))
    return rows


def _alpha(complete: pd.DataFrame) -> float:
    k = complete.shape[1]
    return float(k / (k - 1) * (1 - complete.var(ddof=1).sum() / complete.sum(axis=1).var(ddof=1)))


def _answers(
    frame: pd.DataFrame,
    items: Sequence[str],
    reverse: Sequence[str],
    lowest: float | None,
    highest: float | None,
    where: str,
) -> pd.DataFrame:
    require_columns(frame, [*items, *reverse], where)
    answers = pd.DataFrame({item: numbers(frame[item], where, item) for item in items}, index=frame.index)
    for item in answers:
        column = answers[item].to_numpy()
        outside = column[
            (column < (-np.inf if lowest is None else lowest)) | (column > (np.inf if highest is None else highest))
        ]
        if len(outside):
            raise InputError(
                "out_of_range", where, column=str(item), value=float(outside[0]), allowed=f"{lowest} … {highest}"
            )
    if reverse:
        if lowest is None or highest is None:
            raise InputError("outcomes.errors.reversal", f"{where}(reverse=)", items=list(reverse))
        for item in reverse:
            require_option(item, list(items), f"{where}(reverse=)")
            answers[item] = lowest + highest - answers[item]
    return answers
