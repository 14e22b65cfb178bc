"""Benefit of the Doubt: each unit under the weights that suit it best, within limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Bools, Floats
from vises_methods.indicators.cells import numeric
from vises_methods.indicators.inputs import require_units
from vises_methods.results import Notice, Result, fingerprint

Limits = tuple[float, float] | Mapping[str, tuple[float, float]] | None
_TOLERANCE = 1e-9
_TAKEN_IN = 10
_REFERENCE = "Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), Social Indicators Research 82, 111-145"


def bod_scores(
    frame: pd.DataFrame, /, *, shares: Limits = None, limits_on: Literal["contribution", "weight"] = "contribution"
) -> Result:
    """Score each unit under its own most favourable weights, compared with the best any unit gets under these.

    Use it where no weights are agreed: who scores low here does so under any weights. Without limits a unit may live
    on its single best indicator; limits on the shares keep every indicator in play.

    Parameters
    ----------
    frame : DataFrame
        Unit × indicator, zero or more, more always better.
    shares : (float, float), or mapping of str to (float, float), optional
        Lowest and highest share that an indicator may have: for all alike, or per indicator.
    limits_on : {"contribution", "weight"}
        Whether the shares are those of the score that an indicator makes up (weight × value), which does not change
        with units; or those of the weights themselves, for indicators on one scale.

    Returns
    -------
    Result
        One row per unit: ``estimate`` its score, 1 for the best under its own weights. ``details["weights"]`` and
        ``["shares"]``: unit × indicator (where several weights give the same score, one of them). A unit with an empty
        cell is left out, as a rival too. Where a unit has zero on an indicator that must make up a least share, the
        limits leave it a score of zero, whatever else it has: a notice names these units.

    Raises
    ------
    InputError
        A value below zero; limits that cannot add up to 1.

    References
    ----------
    Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), Social Indicators Research 82, 111-145; OECD/JRC (2008),
    Handbook, pp. 92-93.

    Examples
    --------
    >>> import pandas as pd
    >>> units = pd.DataFrame({"a": [4.0, 2.0, 2.0], "b": [2.0, 4.0, 2.0]}, index=["u", "v", "w"])
    >>> [round(score, 3) for score in bod_scores(units).estimates["estimate"]]
    [1.0, 1.0, 0.667]
    """
    where = "bod_scores(frame)"
    numbers = numeric(frame, where)
    require_units(numbers.index, where)
    if (numbers < 0).to_numpy().any():
        raise InputError("out_of_range", where, value=float(numbers.min().min()), allowed="≥ 0")
    lowest, highest = _limits(shares, list(map(str, numbers.columns)))
    if limits_on not in ("contribution", "weight"):
        allowed = ["contribution", "weight"]
        raise InputError("unknown_option", "bod_scores(limits_on=)", value=limits_on, allowed=allowed)
    values = numbers.to_numpy(dtype=float)
    complete = ~np.isnan(values).any(axis=1)
    weights = np.full(values.shape, np.nan)
    scores = np.full(len(values), np.nan)
    scale = _scale(values[complete])
    rivals = undominated(values[complete] / scale)
    working = list(dict.fromkeys(rivals.argmax(axis=0).tolist())) if complete.any() else []
    unit = np.ones(values.shape[1]) / scale
    for i in np.flatnonzero(complete):
        own = values[i] / scale
        parts = own if limits_on == "contribution" else unit
        scores[i], weights[i] = _best(own, parts, rivals, working, lowest, highest)
    reasons = np.where(complete, "", "incomplete")
    return _result(numbers, scores, weights / scale, reasons, shares, limits_on)


def undominated(values: Floats) -> Floats:
    """The rows that no other row equals or beats throughout: weights are not negative, so no other can bind."""
    unique = np.unique(values, axis=0)
    order = np.argsort(-unique.sum(axis=1), kind="stable")
    kept: list[int] = []
    for i in order:
        if not kept or not (unique[kept] >= unique[i]).all(axis=1).any():
            kept.append(int(i))
    return np.asarray(unique[kept])


def _scale(values: Floats) -> Floats:
    """The score does not change with the units of an indicator; the solver does better with numbers near 1."""
    if not len(values):
        return np.ones(values.shape[1])
    highest = values.max(axis=0)
    return np.where(highest > 0, highest, 1.0)


def _best(
    own: Floats, parts: Floats, rivals: Floats, working: list[int], lowest: Floats, highest: Floats
) -> tuple[float, Floats]:
    """Maximise Σ w x of the unit, with Σ w x ≤ 1 for every rival, and each share within its limits.

    Few rivals bind: the programme starts with those that bound earlier ones, and takes in whichever it breaks.
    """
    restrictions = _restrictions(parts, lowest, highest)
    while True:
        rows = np.vstack([rivals[working], restrictions])
        limits = np.concatenate([np.ones(len(working)), np.zeros(len(restrictions))])
        answer = linprog(-own, A_ub=rows, b_ub=limits, bounds=(0, None), method="highs")
        if answer.status != 0:
            raise RuntimeError(f"the linear programme of one unit was not solved: {answer.message}")
        weights = np.asarray(answer.x)
        excess = rivals @ weights - 1
        excess[working] = 0.0
        broken = np.flatnonzero(excess > _TOLERANCE)
        if not len(broken):
            return float(own @ weights), weights
        working.extend(broken[np.argsort(-excess[broken])][:_TAKEN_IN].tolist())


def _restrictions(parts: Floats, lowest: Floats, highest: Floats) -> Floats:
    """lowest × Σ parts ≤ own part ≤ highest × Σ parts, as rows that must not exceed zero."""
    below, above = np.flatnonzero(lowest > 0), np.flatnonzero(highest < 1)
    own = np.diag(parts)
    return np.vstack(
        [lowest[below, None] * parts[None, :] - own[below], own[above] - highest[above, None] * parts[None, :]]
    )


def _limits(shares: Limits, names: list[str]) -> tuple[Floats, Floats]:
    where = "bod_scores(shares=)"
    if shares is None:
        return np.zeros(len(names)), np.ones(len(names))
    if isinstance(shares, Mapping):
        unknown = sorted(set(shares) - set(names))
        if unknown:
            raise InputError("unknown_option", where, value=unknown[0], allowed=names)
        pairs = [shares.get(name, (0.0, 1.0)) for name in names]
    else:
        pairs = [shares] * len(names)
    if not all(isinstance(pair, Sequence) and len(pair) == 2 for pair in pairs):
        raise InputError("unknown_option", where, value=str(shares), allowed=["(low, high)"])
    lowest, highest = (np.array([pair[end] for pair in pairs], dtype=float) for end in (0, 1))
    sound: Bools = (lowest >= 0) & (lowest <= highest) & (highest <= 1)
    if not sound.all() or lowest.sum() > 1 + 1e-12 or highest.sum() < 1 - 1e-12:
        raise InputError("indicators.errors.share_limits", where, low=float(lowest.sum()), high=float(highest.sum()))
    return lowest, highest


def _result(
    numbers: pd.DataFrame,
    scores: Floats,
    weights: Floats,
    reasons: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    shares: Limits,
    limits_on: str,
) -> Result:
    parts = weights * numbers.to_numpy(dtype=float)
    dropped = int((reasons == "incomplete").sum())
    present = numbers.notna().sum(axis=1).to_numpy()
    estimates = pd.DataFrame(
        {
            "measure": "bod",
            "subject": numbers.index.astype(str),
            "estimate": scores,
            "n": present,
            "coverage": present / max(numbers.shape[1], 1),
            "unit": "score",
            "reason": [f"indicators.reasons.{reason}" if reason else None for reason in reasons],
        }
    )
    with np.errstate(invalid="ignore"):
        relative = parts / parts.sum(axis=1, keepdims=True)
    return Result(
        method="benefit of the doubt",
        reference=_REFERENCE,
        estimates=estimates,
        details={
            "weights": pd.DataFrame(weights, index=numbers.index, columns=numbers.columns),
            "shares": pd.DataFrame(relative, index=numbers.index, columns=numbers.columns),
        },
        options={"shares": dict(shares) if isinstance(shares, Mapping) else shares, "limits_on": limits_on},
        notices=_notices(numbers, scores, dropped),
        inputs={"frame": fingerprint(numbers)},
    )


def _notices(numbers: pd.DataFrame, scores: Floats, dropped: int) -> tuple[Notice, ...]:
    notices = [Notice("indicators.notices.units_incomplete", {"count": dropped})] if dropped else []
    nothing = [str(unit) for unit in numbers.index[scores <= _TOLERANCE]]
    if nothing:
        notices.append(Notice("indicators.notices.zero_by_limits", {"units": nothing}))
    return tuple(notices)
