"""Checks that can contradict a comparison but never prove it: earlier trends, placebo outcomes and groups.

A verdict has three states: ``contradicted``, ``not_contradicted`` (the interval lies within the margin) and
``too_weak`` to tell (Roth 2022, American Economic Review: Insights 4:305-322: a test that passes may only be weak).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from vises_methods.outcomes.comparison import difference_in_differences
from vises_methods.outcomes.grades import natural_row
from vises_methods.outcomes.inference import missing_row
from vises_methods.outcomes.power import detectable
from vises_methods.outcomes.regression import StandardError
from vises_methods.outcomes.requirements import numbers, require_columns, require_range
from vises_methods.results import NotEstimable, Notice, Result

REFERENCE = "Roth 2022"


def pre_trends(
    frame: pd.DataFrame,
    outcome: str,
    arm: str = "arm",
    wave: str = "wave",
    clusters: str | None = None,
    *,
    start: float,
    margin: float | None = None,
    respondent: str | Sequence[str] | None = "respondent",
    se: StandardError = "CR2",
    level: float = 0.95,
) -> Result:
    """Ask whether the groups already moved apart before the start.

    Use it with two or more waves before the start. Without a margin from the plan it can contradict but not reassure.

    Parameters
    ----------
    frame, outcome, arm, wave, clusters, respondent, se, level
        As in :func:`difference_in_differences`.
    start : number
        The first wave after the start.
    margin : float, optional
        The largest earlier difference that would not matter, in the outcome's unit.

    Returns
    -------
    Result
        ``difference_in_differences`` between the first and the last wave before the start;
        ``details["verdict"]``: ``verdict`` and ``detectable``, the smallest earlier difference that this test could
        have seen.

    Raises
    ------
    InputError
        As in :func:`difference_in_differences`.

    References
    ----------
    Roth, J. (2022). American Economic Review: Insights 4:305-322, section II.

    Examples
    --------
    >>> rows = [{"respondent": i, "wave": w, "arm": ("comparison", "participants")[i % 2], "y": i + w + (i * w) % 3}
    ...         for i in range(8) for w in range(3)]
    >>> pre_trends(pd.DataFrame(rows), "y", start=2).details["verdict"]["verdict"].iloc[0]
    'too_weak'
    """
    where = "pre_trends"
    require_columns(frame, [wave], where)
    earlier = frame[numbers(frame[wave], where, wave) < start]
    if earlier[wave].nunique() < 2:
        reason = "outcomes.reasons.one_wave_before"
        row = missing_row("difference_in_differences", outcome, reason, level=level)
        verdict = pd.DataFrame([{"verdict": "too_weak", "detectable": None, "margin": margin}])
        return Result("earlier trends", REFERENCE, pd.DataFrame([row]), details={"verdict": verdict},
                      options={"outcome": outcome, "start": start, "margin": margin, "level": level},
                      not_estimable=NotEstimable(reason))  # fmt: skip
    found = difference_in_differences(earlier, outcome, arm, wave, clusters, se, respondent=respondent, level=level)
    return _judged(found, "earlier trends", margin)


def placebo(result: Result, /, *, margin: float | None = None) -> Result:
    """Judge an estimate that should be nought: on an outcome, at a time or for a group that nothing could have moved.

    Parameters
    ----------
    result : Result
        Of this room, on the placebo.
    margin : float, optional
        The largest difference that would not matter, in the outcome's unit.

    Returns
    -------
    Result
        The same estimates, with ``details["verdict"]``.

    References
    ----------
    Eggers, A. C., Tuñón, G. and Dafoe, A. (2024). American Journal of Political Science 68:1106-1121.

    Examples
    --------
    >>> from vises_methods.outcomes.change import paired_change
    >>> placebo(paired_change([1, 2, 3, 4], [3, 4, 5, 7])).details["verdict"]["verdict"].iloc[0]
    'contradicted'
    """
    return _judged(result, "placebo", margin)


def _judged(found: Result, method: str, margin: float | None) -> Result:
    if margin is not None:
        require_range(margin, 0, float("inf"), f"{method}(margin=)")
    row = natural_row(found)
    verdict, seen = "too_weak", None
    if not pd.isna(row["low"]):
        low, high = float(row["low"]), float(row["high"])
        if low > 0 or high < 0:
            verdict = "contradicted"
        elif margin is not None and -margin < low and high < margin:
            verdict = "not_contradicted"
        if not pd.isna(row["se"]) and not pd.isna(row["df"]) and row["df"] >= 1:
            seen = detectable(float(row["se"]), float(row["df"]), level=float(row["level"]))
    table = pd.DataFrame([{"verdict": verdict, "detectable": seen, "margin": margin}])
    return replace(
        found,
        method=method,
        reference=REFERENCE,
        details={**found.details, "verdict": table},
        options={**found.options, "margin": margin},
        notices=(*found.notices, Notice(f"outcomes.notices.check.{verdict}", {})),
    )
