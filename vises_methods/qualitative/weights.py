"""How far apart two categories are: Gwet's agreement weights and Krippendorff's disagreement metrics.

The two families share words ("ordinal", "ratio") but not numbers, so they are kept apart by name: ``weights`` is
Gwet's, ``level`` is Krippendorff's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.errors import InputError

Floats = NDArray[np.float64]
WeightName = Literal["linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"]
Level = Literal["nominal", "ordinal", "interval", "ratio"]
WEIGHT_NAMES: tuple[str, ...] = get_args(WeightName)
LEVELS: tuple[str, ...] = get_args(Level)
MOST_CATEGORIES = 8000


def agreement_weights(categories: Sequence[Any], weights: str | pd.DataFrame | None) -> Floats:
    """Return Gwet's agreement weights: 1 on the diagonal, smaller the further apart two categories are.

    Categories that are not numbers are given their rank.

    Parameters
    ----------
    categories : sequence
        The categories in their order.
    weights : str, DataFrame or None
        One of Gwet's names, None for the identity, or a frame of agreement weights with the categories as its rows
        and its columns.

    Returns
    -------
    array of shape (categories, categories)

    Examples
    --------
    >>> agreement_weights([1, 2, 3], "quadratic")[0].tolist()
    [1.0, 0.75, 0.0]
    """
    if isinstance(weights, pd.DataFrame):
        return _given(categories, weights)
    if weights is None or len(categories) < 2:
        return np.eye(len(categories))
    if weights not in _DISTANCES:
        raise InputError("unknown_option", "agreement(weights=)", value=weights, allowed=list(WEIGHT_NAMES))
    scores = _scores(categories)
    if scores is None:
        scores = np.arange(1, len(categories) + 1, dtype=float)
    distances = _DISTANCES[weights](scores)
    return np.asarray(1 - distances / distances.max())


def metric(level: str, categories: Sequence[Any], frequencies: Floats) -> Floats:
    """Return Krippendorff's disagreement between categories, scaled so that the largest is 1.

    Alpha does not change when its metric is scaled, and the scaled metric turns into agreement weights.

    Parameters
    ----------
    level : {"nominal", "ordinal", "interval", "ratio"}
    categories : sequence
        The categories in their order; numbers for ``interval`` and ``ratio``.
    frequencies : array
        How many pairable values each category has: the ordinal metric counts the values that lie between.

    Returns
    -------
    array of shape (categories, categories)
    """
    if level == "nominal" or len(categories) < 2:
        return 1 - np.eye(len(categories))
    if level == "ordinal":
        upto = np.cumsum(frequencies) - frequencies / 2
        distances = np.subtract.outer(upto, upto) ** 2
    else:
        scores = _scores(categories)
        if scores is None:
            raise InputError("not_numeric", f'agreement(level="{level}")', value=str(categories[0]))
        distances = _ratio(scores) if level == "ratio" else np.subtract.outer(scores, scores) ** 2
    largest = distances.max()
    return np.asarray(distances / largest if largest > 0 else distances)


def _given(categories: Sequence[Any], weights: pd.DataFrame) -> Floats:
    missing = [str(c) for c in categories if c not in weights.index or c not in weights.columns]
    if missing:
        raise InputError(
            "missing_columns",
            "agreement(weights=)",
            found=[str(c) for c in weights.columns],
            required=[str(c) for c in categories],
            missing=missing,
        )
    for labels in (weights.index, weights.columns):
        if labels.has_duplicates:
            twice = str(labels[labels.duplicated()][0])
            raise InputError("qualitative.errors.column_twice", "agreement(weights=)", name=twice)
    chosen = weights.loc[list(categories), list(categories)]
    numbers = chosen.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(numbers).all():
        row, column = np.argwhere(~np.isfinite(numbers))[0]
        raise InputError("not_numeric", "agreement(weights=)", value=str(chosen.iloc[row, column]))
    faulty = np.flatnonzero((np.diag(numbers) != 1) | (numbers.max(axis=1, initial=0) > 1))
    if len(faulty):
        raise InputError(
            "qualitative.errors.weights_diagonal", "agreement(weights=)", category=str(categories[faulty[0]])
        )
    return np.asarray(numbers)


def _scores(categories: Sequence[Any]) -> Floats | None:
    """Return the categories as numbers, or None where one of them is not a number."""
    try:
        scores = np.array([float(category) for category in categories])
    except (TypeError, ValueError):
        return None
    if not np.isfinite(scores).all():
        value = str(categories[int(np.argmin(np.isfinite(scores)))])
        raise InputError("out_of_range", "agreement(ratings)", value=value, allowed="-∞ < x < ∞")
    return scores


def _require_ratios(scores: Floats) -> None:
    """Refuse numbers on both sides of zero, where a ratio says nothing."""
    if scores.min() < 0 < scores.max():
        raise InputError("out_of_range", "agreement(ratings)", value=float(scores.min()), allowed="≥ 0")


def _linear(scores: Floats) -> Floats:
    return np.abs(np.subtract.outer(scores, scores))


def _quadratic(scores: Floats) -> Floats:
    return _linear(scores) ** 2


def _radical(scores: Floats) -> Floats:
    return np.sqrt(_linear(scores))


def _ordinal(scores: Floats) -> Floats:
    between = _linear(np.arange(len(scores), dtype=float)) + 1
    return between * (between - 1) / 2


def _ratio(scores: Floats) -> Floats:
    _require_ratios(scores)
    sums = np.add.outer(scores, scores)
    return (np.subtract.outer(scores, scores) / np.where(sums == 0, 1, sums)) ** 2


def _circular(scores: Floats) -> Floats:
    circumference = scores.max() - scores.min() + 1
    return np.asarray(np.sin(np.pi * np.subtract.outer(scores, scores) / circumference) ** 2)


def _bipolar(scores: Floats) -> Floats:
    sums = np.add.outer(scores, scores)
    room = (sums - 2 * scores.min()) * (2 * scores.max() - sums)
    return np.asarray(_quadratic(scores) / np.where(room == 0, 1, room))


_DISTANCES: dict[str, Callable[[Floats], Floats]] = {
    "linear": _linear,
    "quadratic": _quadratic,
    "ordinal": _ordinal,
    "radical": _radical,
    "ratio": _ratio,
    "circular": _circular,
    "bipolar": _bipolar,
}
