"""The averages of two changes (Walsh averages) in order: written out for few people, counted for many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vises_methods.outcomes.requirements import Floats

_WRITTEN_OUT = 2000
_HALVINGS = 200


def how_many(people: int) -> int:
    """Return how many averages there are, each change with itself among them."""
    return people * (people + 1) // 2


def ordered_averages(change: Floats, places: Sequence[int]) -> list[float]:
    """Return the averages at some places of their order, the smallest at place nought."""
    if len(change) <= _WRITTEN_OUT:
        rows, columns = np.triu_indices(len(change))
        averages = np.sort((change[rows] + change[columns]) / 2)
        return [float(averages[place]) for place in places]
    ordered = np.sort(change)
    return [_at(ordered, place) for place in places]


def _at(ordered: Floats, place: int) -> float:
    """Return one average by halving the range until no number lies between: n log n instead of n squared."""
    low, high = float(ordered[0]), float(ordered[-1])
    own = np.arange(len(ordered))
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        if not low < middle < high:
            break
        upto = np.searchsorted(ordered, 2 * middle - ordered, side="right")
        if np.clip(upto - own, 0, None).sum() > place:
            high = middle
        else:
            low = middle
    return high
