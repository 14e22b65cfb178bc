"""What coders gave to units, compressed to the distinct patterns of answers.

Coefficients depend on how often each pattern occurs and on nothing else. A million units with two codes and five coders
hold at most 243 patterns, so that the work no longer grows with the units.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.errors import InputError
from vises_methods.qualitative.rating_codes import MISSING, Codes, coded_columns, row_keys
from vises_methods.qualitative.tables import in_order_of, require_type

_STRETCH = 65536
_SAYS_WHO = {"coder", "rater", "annotator", "judge"}
_SAYS_WHAT = {"code", "rating", "label", "value", "category", "unit", "item", "document", "start"}

__all__ = ["MISSING", "Codes", "RatingPatterns", "patterns_from_codes", "rating_patterns"]


@dataclass(frozen=True)
class RatingPatterns:
    """Distinct patterns of ratings and how often each occurs.

    Attributes
    ----------
    coders : tuple of str
        Coders who rated at least one unit.
    categories : tuple
        Every category, in order.
    patterns : array (patterns, coders)
        The position of a category in ``categories``; -1 where the coder did not rate.
    counts : array (patterns,)
        How many units show the pattern. Units that nobody rated are left out.
    keys : array (units,)
        A number per unit given, the same where the ratings are the same.
    pattern_of_key : array
        The pattern that each key stands for; -1 where nobody rated the unit.
    lengths : array (units,) or None
        What each unit counts for; None where all count for one.
    """

    coders: tuple[str, ...]
    categories: tuple[Any, ...]
    patterns: Codes
    counts: Codes
    keys: NDArray[np.integer[Any]]
    pattern_of_key: NDArray[np.int32]
    lengths: NDArray[np.float64] | None = None

    @cached_property
    def pattern_of_unit(self) -> NDArray[np.int32]:
        """The pattern of each unit given; -1 where nobody rated it."""
        return np.asarray(self.pattern_of_key[self.keys])

    @property
    def amounts(self) -> NDArray[np.float64]:
        """What the units of each pattern count for together."""
        if self.lengths is None:
            return self.counts.astype(float)
        rated = self.pattern_of_unit != MISSING
        weights = self.lengths[rated]
        return np.bincount(self.pattern_of_unit[rated], weights, minlength=len(self.counts)).astype(float)

    @cached_property
    def ratings_per_pattern(self) -> Codes:
        """How many coders rated, per pattern."""
        return np.asarray((self.patterns != MISSING).sum(axis=1))

    @cached_property
    def several(self) -> NDArray[np.bool_]:
        """Patterns with at least two ratings."""
        return self.ratings_per_pattern >= 2

    @cached_property
    def lowest(self) -> Codes:
        """The first category given, per pattern."""
        given = np.where(self.patterns == MISSING, len(self.categories), self.patterns)
        return np.asarray(given.min(axis=1, initial=len(self.categories)))

    @cached_property
    def highest(self) -> Codes:
        """The last category given, per pattern."""
        return np.asarray(self.patterns.max(axis=1, initial=MISSING))


def rating_patterns(
    ratings: pd.DataFrame, /, *, categories: Sequence[Any] | None = None, lengths: Sequence[float] | None = None
) -> RatingPatterns:
    """Compress a unit × coder frame to its distinct patterns.

    Parameters
    ----------
    ratings : DataFrame
        One row per unit, one column per coder; a missing cell means that the coder did not rate the unit.
    categories : sequence, optional
        All categories that could have been used, in order; those that occur when not given.
    lengths : sequence of float, optional
        What each unit counts for, more than 0.

    Raises
    ------
    InputError
        Where the frame has no rows or columns, a cell cannot be a category, or ``categories`` lacks one that occurs.

    Examples
    --------
    >>> rating_patterns(pd.DataFrame({"ana": [1, 1, 2], "ben": [1, 1, None]})).counts.tolist()
    [1, 2]
    """
    require_type(ratings, pd.DataFrame, "agreement(ratings)")
    if ratings.empty:
        raise InputError("empty_data", "agreement(ratings)")
    _require_wide(ratings)
    columns = coded_columns(ratings)
    ordered = _ordered([column.occurring for column in columns], ratings, categories)
    position = {category: i for i, category in enumerate(ordered)}
    rated = [i for i, column in enumerate(columns) if len(column.occurring)]
    coded, lookups = [columns[i].codes for i in rated], [_lookup(columns[i].occurring, position) for i in rated]
    coders = tuple(str(ratings.columns[i]) for i in rated)
    distinct = _distinct(coded, lookups, len(ratings))
    return RatingPatterns(coders, ordered, *distinct, _checked_lengths(lengths, ratings.index))


def _require_wide(ratings: pd.DataFrame) -> None:
    """Refuse a long table, whose columns would be taken for coders."""
    names = {str(name).lower() for name in ratings.columns}
    if names & _SAYS_WHO and names & _SAYS_WHAT:
        columns = [str(name) for name in ratings.columns]
        raise InputError("qualitative.errors.long_table", "agreement(ratings)", columns=columns)


def _checked_lengths(lengths: Sequence[float] | None, index: pd.Index) -> NDArray[np.float64] | None:
    if lengths is None:
        return None
    array = np.asarray(in_order_of(index, lengths), dtype=float)
    if len(array) != len(index):
        raise InputError("lengths_differ", "agreement(lengths=)", found=[len(array), len(index)])
    if not (array > 0).all():
        raise InputError("out_of_range", "agreement(lengths=)", value=float(array.min()), allowed="> 0")
    return array


def patterns_from_codes(coded: Codes, /, *, coders: Sequence[str], categories: Sequence[Any]) -> RatingPatterns:
    """Compress ratings that are already numbers.

    Parameters
    ----------
    coded : array (units, coders)
        Positions in ``categories``; -1 where the coder did not rate.
    coders : sequence of str
    categories : sequence
    """
    rated = np.flatnonzero((coded != MISSING).any(axis=0)).tolist()
    lookup = np.append(np.arange(len(categories)), MISSING)
    columns = [coded[:, g] for g in rated]
    distinct = _distinct(columns, [lookup] * len(columns), len(coded))
    return RatingPatterns(tuple(coders[g] for g in rated), tuple(categories), *distinct)


def _ordered(
    found: Sequence[Sequence[Hashable]], ratings: pd.DataFrame, categories: Sequence[Any] | None
) -> tuple[Any, ...]:
    distinct = dict.fromkeys(value for values in found for value in values)
    _require_one_spelling(distinct)
    if categories is None:
        kinds = {dtype for dtype in ratings.dtypes if isinstance(dtype, pd.CategoricalDtype) and dtype.ordered}
        if len(kinds) == 1:
            return tuple(category for category in next(iter(kinds)).categories if category in distinct)
        return tuple(sorted(distinct, key=_sort_key))
    given = _given_once(categories)
    unknown = [str(value) for value in distinct if value not in given]
    if unknown:
        raise InputError(
            "unknown_option",
            "agreement(categories=)",
            value=", ".join(sorted(unknown)),
            allowed=[str(category) for category in categories],
        )
    return tuple(categories)


def _require_one_spelling(values: Iterable[Hashable]) -> None:
    """Refuse a category that one column holds as a number and another as a text: its coders would never agree."""
    spelt: dict[object, type] = {}
    for value in values:
        number = _number(value)
        kind = str if isinstance(value, str) else object
        if spelt.setdefault(str(value) if number is None else number, kind) is not kind:
            raise InputError("qualitative.errors.number_and_text", "agreement(ratings)", value=str(value))


def _given_once(categories: Sequence[Any]) -> set[Any]:
    given = set()
    for category in categories:
        if not isinstance(category, Hashable):
            kind = type(category).__name__
            allowed = "str, number, bool, frozenset"
            raise InputError("wrong_type", "agreement(categories=)", value=str(category), type=kind, allowed=allowed)
        if category in given:
            raise InputError("qualitative.errors.column_twice", "agreement(categories=)", name=str(category))
        given.add(category)
    return given


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _sort_key(value: Any) -> tuple[int, float, str]:
    """Put numbers (and texts that are numbers) in their numeric order, then everything else by its text."""
    if isinstance(value, (frozenset, tuple)):
        return 1, 0.0, "|".join(sorted(str(item) for item in value))
    number = _number(value)
    return (1, 0.0, str(value)) if number is None else (0, number, str(value))


def _lookup(values: Sequence[Hashable], position: dict[Any, int]) -> Codes:
    """Return the place of each value among the categories; the last entry answers for -1, a missing rating."""
    return np.array([*(position[value] for value in values), MISSING], dtype=np.int64)


def _distinct(
    coded: Sequence[NDArray[Any]], lookups: Sequence[Codes], units: int
) -> tuple[Codes, Codes, NDArray[Any], NDArray[np.int32]]:
    """Return the distinct rows but the one without a rating, their counts, a key per unit and the row of each key.

    Rows are packed by the numbers that each column has for itself; only the distinct ones are written in the common
    categories. Their order is that of the categories, whatever the order of the units.
    """
    if not coded:
        nobody, none = np.zeros(units, dtype=np.int16), np.empty(0, dtype=np.int64)
        return np.empty((0, 0), dtype=np.int64), none, nobody, np.full(1, MISSING, dtype=np.int32)
    sizes = [len(lookup) - 1 for lookup in lookups]
    key, span = row_keys(coded, sizes)
    if span == math.prod(size + 1 for size in sizes) and span <= 4 * units + 1024:
        tally = _tally(key, span)
        distinct = np.flatnonzero(tally)
        counts, number_of_row = tally[distinct], distinct
        digits = np.unravel_index(distinct, [size + 1 for size in reversed(sizes)])[::-1]
        rows = [lookup[digit - 1] for lookup, digit in zip(lookups, digits, strict=True)]
    else:
        _, first, key, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        number_of_row = np.arange(len(counts))
        rows = [lookup[codes[first]] for codes, lookup in zip(coded, lookups, strict=True)]
    patterns = np.column_stack(rows)
    order = np.lexsort(patterns.T)
    order = order[(patterns[order] != MISSING).any(axis=1)]
    rank = np.full(int(number_of_row[-1]) + 1, MISSING, dtype=np.int32)
    rank[number_of_row[order]] = np.arange(len(order))
    return patterns[order], counts[order], key, rank


def _tally(keys: NDArray[Any], span: int) -> Codes:
    """Count each key. A stretch at a time, for numpy first copies what it counts as 8-byte numbers."""
    stretch = max(_STRETCH, span)
    tally = np.zeros(span, dtype=np.int64)
    for begin in range(0, len(keys), stretch):
        tally += np.bincount(keys[begin : begin + stretch], minlength=span)
    return tally
