"""The Choquet integral: children that strengthen one another, or repeat one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.inputs import require_kind
from vises_methods.results import Result, fingerprint

Capacity = Mapping[str, float]
_TOLERANCE = 1e-9


def choquet(scores: Floats, children: tuple[str, ...], capacity: Capacity) -> Floats:
    """Integrate scores (…, children) with a capacity on sets of children, written ``a+b``.

    A missing child leaves the integral: the capacity is taken within what is present.
    """
    table = _table(children, capacity)
    present = ~np.isnan(scores)
    bits = 1 << np.arange(len(children))
    whole = table[(present * bits).sum(axis=-1)]
    order = np.argsort(np.where(present, scores, np.inf), axis=-1)
    total, below = np.zeros(scores.shape[:-1]), np.zeros(scores.shape[:-1])
    left = (present * bits).sum(axis=-1)
    for place in range(len(children)):
        child = order[..., place]
        score = np.take_along_axis(scores, child[..., None], axis=-1)[..., 0]
        there = ~np.isnan(score)
        total += np.where(there, (np.where(there, score, 0.0) - below) * table[left], 0.0)
        below = np.where(there, score, below)
        left = np.where(there, left & ~bits[child], left)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, total / whole, np.nan)


def checked_capacity(capacity: Capacity, children: Iterable[str], where: str) -> Capacity:
    """Return a capacity with its sets written in the order of the children, or say what is wrong with it."""
    names = tuple(children)
    found = {_written(key.split("+"), names): float(value) for key, value in capacity.items() if key}
    wanted = ["+".join(group) for size in range(1, len(names) + 1) for group in combinations(names, size)]
    missing = [key for key in wanted if key not in found]
    strange = [key for key in found if key not in wanted]
    if missing or strange:
        raise InputError("indicators.errors.capacity_sets", where, missing=missing, strange=strange)
    if abs(found["+".join(names)] - 1) > _TOLERANCE:
        raise InputError("indicators.errors.capacity_whole", where, value=found["+".join(names)])
    for key in wanted:
        group = key.split("+")
        for left_out in group:
            part = "+".join(name for name in group if name != left_out)
            if found.get(part, 0.0) > found[key] + _TOLERANCE:
                raise InputError("indicators.errors.capacity_falls", where, part=part, group=key)
    return {key: found[key] for key in wanted}


def capacity_indices(capacity: Capacity, /) -> Result:
    """What a capacity says of each child, and of each two together.

    Use it to explain a capacity to those who set it: the Shapley value is the share of importance of a child, the
    interaction of two is above zero where they strengthen, below where they repeat one another.

    Parameters
    ----------
    capacity : mapping of str to float
        From sets of children, written ``a+b``, to their weight; the whole has 1.

    Returns
    -------
    Result
        Rows ``shapley`` per child, then ``interaction`` per pair.

    Raises
    ------
    InputError
        A set is missing, the whole is not 1, or a larger set weighs less than its part.

    References
    ----------
    Grabisch (1996), European Journal of Operational Research 89, 445-456.

    Examples
    --------
    >>> capacity_indices({"a": 0.5, "b": 0.5, "a+b": 1}).estimates["estimate"].tolist()
    [0.5, 0.5, 0.0]
    """
    require_kind(capacity, Mapping, "capacity_indices(capacity)", "mapping")
    if not any(capacity):
        raise InputError("empty_data", "capacity_indices(capacity)")
    names = tuple(dict.fromkeys(name for key in capacity for name in key.split("+") if name))
    checked = checked_capacity(capacity, names, "capacity_indices(capacity)")
    table = _table(names, checked)
    rows = [("shapley", name, _shapley(table, i, len(names))) for i, name in enumerate(names)]
    for i, j in combinations(range(len(names)), 2):
        rows.append(("interaction", f"{names[i]}+{names[j]}", _interaction(table, i, j, len(names))))
    estimates = pd.DataFrame(rows, columns=["measure", "subject", "estimate"])
    return Result(
        method="Shapley values and interactions of a capacity",
        reference="Grabisch (1996), European Journal of Operational Research 89, 445-456",
        estimates=estimates.assign(n=len(names), coverage=1.0, unit="share"),
        options={"capacity": dict(checked)},
        inputs={"capacity": fingerprint(dict(checked))},
    )


def _written(parts: Iterable[str], names: tuple[str, ...]) -> str:
    group = [part.strip() for part in parts]
    return "+".join(sorted(group, key=lambda name: names.index(name) if name in names else len(names)))


def _table(children: tuple[str, ...], capacity: Capacity) -> Floats:
    """The capacity of each set, by the number whose bits are its members."""
    table = np.zeros(1 << len(children))
    for key, value in capacity.items():
        table[sum(1 << children.index(name) for name in key.split("+"))] = value
    return table


def _shapley(table: Floats, child: int, count: int) -> float:
    without = [group for group in range(1 << count) if not group >> child & 1]
    return sum(
        factorial(size := group.bit_count())
        * factorial(count - size - 1)
        / factorial(count)
        * float(table[group | 1 << child] - table[group])
        for group in without
    )


def _interaction(table: Floats, one: int, two: int, count: int) -> float:
    pair = 1 << one | 1 << two
    without = [group for group in range(1 << count) if not group & pair]
    return sum(
        factorial(size := group.bit_count())
        * factorial(count - size - 2)
        / factorial(count - 1)
        * float(table[group | pair] - table[group | 1 << one] - table[group | 1 << two] + table[group])
        for group in without
    )
