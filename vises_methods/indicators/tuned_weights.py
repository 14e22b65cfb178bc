"""Weights that make each indicator count for what it was meant to, and never below nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import optimize

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import numeric
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

_REFERENCE = "Becker, Saisana, Paruolo and Vandecasteele (2017), Ecological Indicators 80, 12-22"
_REACHED = 1e-3


def tuned_weights(frame: pd.DataFrame, /, *, wanted: Mapping[str, float] | None = None) -> Result:
    """Find the weights under which each indicator correlates with the weighted mean in the proportion wanted.

    Use it to see how far weights would have to move before they exerted what they were meant to. No weight falls below
    zero: an indicator that can only count as wanted by counting against itself shows that the framework, and not its
    weights, should be discussed.

    Parameters
    ----------
    frame : DataFrame
        Unit × indicator, already on comparable scales, more always better. Units with an empty cell are left out.
    wanted : mapping of str to float, optional
        The share that each indicator should have; by default all the same.

    Returns
    -------
    Result
        Per indicator ``weight`` (they add up to 1) and ``correlation`` with the weighted mean, the latter with
        ``wanted`` and ``obtained``, its share of all correlations. A notice tells that the shares were not reached.

    References
    ----------
    Becker, Saisana, Paruolo and Vandecasteele (2017), Ecological Indicators 80, 12-22.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [20.0, 10, 40, 30]})
    >>> rows = tuned_weights(data).estimates.query("measure == 'weight'")
    >>> rows["estimate"].round(2).tolist()
    [0.91, 0.09]
    """
    numbers = numeric(frame, "tuned_weights(frame)")
    complete = numbers.dropna().to_numpy(dtype=float)
    names = list(map(str, numbers.columns))
    goal = _goal(names, wanted)
    if len(names) < 2:
        return _nothing("one_indicator", numbers)
    if len(complete) < 3:
        return _nothing("few_units", numbers)
    if (np.ptp(complete, axis=0) == 0).any():
        return _nothing("no_variation", numbers)
    complete = complete / np.abs(complete).max()
    weights = _tuned(complete, goal)
    correlations = _with_mean(complete, weights)
    obtained = correlations / correlations.sum()
    common = {"subject": names, "n": len(complete), "coverage": len(complete) / len(numbers), "wanted": goal}
    rows = [
        pd.DataFrame({"measure": "weight", "estimate": weights, "unit": "share", **common}),
        pd.DataFrame({"measure": "correlation", "estimate": correlations, "unit": "correlation", **common}),
    ]
    estimates = pd.concat(rows, ignore_index=True).assign(obtained=np.tile(obtained, 2))
    missed = float(np.abs(obtained - goal).max()) > _REACHED
    notices = (Notice("indicators.notices.wanted_not_reached"),) if missed else ()
    dropped = len(numbers) - len(complete)
    incomplete = (Notice("indicators.notices.units_incomplete", {"count": dropped}),) if dropped else ()
    return Result(
        method="tuned weights",
        reference=_REFERENCE,
        estimates=estimates,
        options={"wanted": dict(zip(names, goal.tolist(), strict=True))},
        notices=(*notices, *incomplete),
        inputs={"frame": fingerprint(numbers)},
    )


def _goal(names: list[str], wanted: Mapping[str, float] | None) -> Floats:
    if wanted is None:
        return np.full(len(names), 1 / max(len(names), 1))
    absent = [name for name in names if name not in wanted]
    if absent:
        raise InputError(
            "missing_columns", "tuned_weights(wanted=)", found=list(wanted), required=names, missing=absent
        )
    goal = np.array([float(wanted[name]) for name in names])
    if not (goal >= 0).all() or not goal.sum() > 0:
        raise InputError("out_of_range", "tuned_weights(wanted=)", value=goal.tolist(), allowed="≥ 0")
    shares: Floats = goal / goal.sum()
    return shares


def _tuned(complete: Floats, goal: Floats) -> Floats:
    """The best of two starts: weights as wanted, and weights that first make up for unequal spread."""

    def distance(weights: Floats) -> float:
        correlations = _with_mean(complete, weights)
        return float((((correlations / np.abs(correlations).sum()) - goal) ** 2).sum())

    levelled = goal / complete.std(axis=0)
    found = [
        optimize.minimize(
            distance,
            start / start.sum(),
            method="SLSQP",
            bounds=[(0.0, 1.0)] * len(goal),
            constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
            options={"ftol": 1e-14, "maxiter": 1000},
        )
        for start in (goal, levelled)
    ]
    best = np.clip(min(found, key=lambda one: float(one.fun)).x, 0.0, None)
    return np.asarray(best / best.sum(), dtype=float)


def _with_mean(complete: Floats, weights: Floats) -> Floats:
    """The correlation of each column with the weighted mean."""
    centred = complete - complete.mean(axis=0)
    mean = centred @ weights
    scale = np.sqrt((centred**2).sum(axis=0) * (mean @ mean))
    found: Floats = np.divide(centred.T @ mean, scale, out=np.zeros(len(weights)), where=scale > 0)
    return found


def _nothing(reason: str, numbers: pd.DataFrame) -> Result:
    code = f"indicators.reasons.{reason}"
    rows = {"measure": "weight", "subject": list(map(str, numbers.columns)), "estimate": np.nan, "reason": code}
    return Result(
        method="tuned weights",
        reference=_REFERENCE,
        estimates=pd.DataFrame(rows),
        not_estimable=NotEstimable(code),
        inputs={"frame": fingerprint(numbers)},
    )
