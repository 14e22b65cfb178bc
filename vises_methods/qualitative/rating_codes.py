"""The cells of a rating table as small whole numbers, column by column, and the keys of its rows.

Most ratings are already small whole numbers kept as floats because some are missing. They are read a stretch of rows at
a time, in the processor's cache, and no cell is hashed; every other column is factorized.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.errors import InputError

Codes = NDArray[np.int64]
MISSING = -1
_ABSENT = -128
_STRETCH = 65536
_FEW_VALUES = 16


@dataclass(frozen=True)
class CodedColumn:
    """One coder's ratings: the number of a value per unit, -1 where missing, and the values that occur."""

    codes: NDArray[Any]
    occurring: Sequence[Hashable]


def coded_columns(ratings: pd.DataFrame) -> list[CodedColumn]:
    """Return each column of a unit × coder frame as numbers.

    Parameters
    ----------
    ratings : DataFrame

    Raises
    ------
    InputError
        Where a cell cannot be a category, such as a list.
    """
    columns = [ratings.iloc[:, i] for i in range(ratings.shape[1])]
    numeric = [
        i for i, column in enumerate(columns) if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub"
    ]
    small = dict(zip(numeric, _small_numbers([columns[i].to_numpy() for i in numeric]), strict=True))
    return [small.get(i) or _factorized(column) for i, column in enumerate(columns)]


def _small_numbers(arrays: Sequence[NDArray[Any]]) -> list[CodedColumn | None]:
    """Return the columns whose numbers are whole and lie between -127 and 127; None for any other."""
    units = len(arrays[0]) if arrays else 0
    raw = np.empty((len(arrays), units), dtype=np.int8)
    whole = [True] * len(arrays)
    filled, equal = np.empty(_STRETCH), np.empty(_STRETCH, dtype=bool)
    with np.errstate(invalid="ignore"):
        for begin in range(0, units, _STRETCH):
            for g, array in enumerate(arrays):
                piece = array[begin : begin + _STRETCH]
                if whole[g]:
                    places = filled[: len(piece)], equal[: len(piece)]
                    whole[g] = _copied_whole(piece, raw[g, begin : begin + _STRETCH], *places)
    return [_shifted(raw[g], array) if whole[g] else None for g, array in enumerate(arrays)]


def _copied_whole(
    piece: NDArray[Any], target: NDArray[np.int8], filled: NDArray[np.float64], equal: NDArray[np.bool_]
) -> bool:
    """Copy a piece as bytes and say whether nothing was lost; a missing number becomes the lowest byte.

    ``filled`` and ``equal`` are places to work in, of the piece's length.
    """
    np.fmax(piece, float(_ABSENT), out=filled)
    np.copyto(target, filled, casting="unsafe")
    np.equal(target, filled, out=equal)
    return np.count_nonzero(equal) == len(piece) and not np.fmin.reduce(piece) <= _ABSENT


def _shifted(raw: NDArray[np.int8], array: NDArray[Any]) -> CodedColumn:
    """Number the values from 0, in their order, without those that do not occur; ``raw`` is overwritten."""
    above_absent = raw.view(np.uint8) + np.uint8(-_ABSENT - 1)
    low, high = int(above_absent.min()) + _ABSENT + 1, int(raw.max())
    if high == _ABSENT:
        return CodedColumn(np.full(len(raw), MISSING, dtype=np.int8), [])
    if high - low <= _FEW_VALUES:
        present = np.array([value for value in range(low, high + 1) if (raw == value).any()])
    else:
        present = np.flatnonzero(np.bincount(above_absent, minlength=256)[:-1]) + _ABSENT + 1
    values = list(present.astype(array.dtype))
    if len(present) == high - low + 1 <= -_ABSENT:
        # To clip takes a tenth of the time of a maximum here.
        np.clip(raw, low - 1, high, out=raw)
        return CodedColumn(np.subtract(raw, low, out=raw), values)
    place = np.full(256, MISSING, dtype=np.int16)
    place[present - _ABSENT] = np.arange(len(present))
    return CodedColumn(place[raw.astype(np.int16) - _ABSENT], values)


def _factorized(column: pd.Series) -> CodedColumn:
    # Texts are factorized a third faster as plain objects than as pandas' own column of texts.
    cells = column.to_numpy(dtype=object) if isinstance(column.dtype, pd.StringDtype) else column
    try:
        codes, values = pd.factorize(cells)
    except TypeError:
        raise InputError(
            "wrong_type",
            "agreement(ratings)",
            column=str(column.name),
            value=str(column.dropna().iloc[0]),
            type=type(column.dropna().iloc[0]).__name__,
            allowed="str, number, bool, frozenset",
        ) from None
    small = np.int16 if len(values) < np.iinfo(np.int16).max else np.int32
    return CodedColumn(np.asarray(codes).astype(small), list(values))


def row_keys(columns: Sequence[NDArray[Any]], sizes: Sequence[int]) -> tuple[Codes, int]:
    """Return a number per row, equal for equal rows, and its upper bound.

    The numbers are packed digits where the bound is at most ``prod(size + 1)``; renumbered on the way where that
    product would not fit.

    Parameters
    ----------
    columns : sequence of array
        Numbers from -1, one array per coder.
    sizes : sequence of int
        How many values each column has.
    """
    key: NDArray[Any] = np.zeros(len(columns[0]), dtype=np.int16)
    span = 1
    for codes, size in zip(columns, sizes, strict=True):
        if span > np.iinfo(np.int64).max // (size + 1):
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            span = int(key.max()) + 1
        key = key.astype(np.promote_types(key.dtype, np.min_scalar_type(-span * (size + 1))), copy=False)
        digit = codes.astype(key.dtype)
        digit += 1
        digit *= span
        key += digit
        span *= size + 1
    return key, span
