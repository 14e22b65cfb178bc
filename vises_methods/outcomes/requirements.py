"""What the methods of this room ask of their input, told as errors with a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.errors import InputError

Floats = NDArray[np.floating[Any]]
Values = pd.Series | Sequence[float] | Floats
Labels = pd.Series | Sequence[Any] | NDArray[Any]
SERVED_WORDS = ("participants", "comparison")


def as_names(columns: str | Sequence[str] | None) -> list[str]:
    """Return the names of no, one or several columns."""
    if columns is None:
        return []
    return [columns] if isinstance(columns, str) else list(columns)


def require_table(frame: object, where: str) -> None:
    """Raise ``not_a_table`` unless ``frame`` is a DataFrame."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError("outcomes.errors.not_a_table", where, kind=type(frame).__name__)


def require_columns(frame: pd.DataFrame, columns: Iterable[str], where: str) -> None:
    """Raise ``missing_columns`` unless ``frame`` has all ``columns``, and ``empty_data`` where it has no rows."""
    require_table(frame, where)
    required = list(dict.fromkeys(columns))
    missing = [column for column in required if column not in frame.columns]
    if missing:
        found = [str(column) for column in frame.columns]
        raise InputError("missing_columns", where, found=found, required=required, missing=missing)
    if frame.empty:
        raise InputError("empty_data", where)


def require_number(value: object, where: str, least: float = -np.inf) -> float:
    """Return one number; raise ``not_numeric`` where it is none or missing, ``out_of_range`` under the least."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not np.isfinite(value):
        raise InputError("not_numeric", where, column=where, value=str(value))
    if value < least:
        raise InputError("out_of_range", where, value=value, allowed=f"≥ {least:g}")
    return float(value)


def require_option(value: object, allowed: Sequence[object], where: str) -> None:
    """Raise ``unknown_option`` unless ``value`` is one of ``allowed``."""
    if value not in allowed:
        raise InputError("unknown_option", where, value=str(value), allowed=[str(option) for option in allowed])


def require_range(value: float, low: float, high: float, where: str) -> None:
    """Raise ``out_of_range`` unless ``low < value < high``."""
    if not low < value < high:
        raise InputError("out_of_range", where, value=value, allowed=f"{low:g} < … < {high:g}")


def numbers(values: Any, where: str, column: str | None = None) -> Floats:
    """Return ``values`` as floats, missing ones as NaN; raise ``not_numeric`` at the first that is no finite number."""
    try:
        series = pd.Series(values)
    except (TypeError, ValueError) as fault:
        kind = type(values).__name__
        raise InputError("not_numeric", where, column=column or kind, value=kind) from fault
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iuf":
        found: Floats = series.to_numpy(dtype=float, copy=True)
        if not np.isinf(found).any():
            return found
    converted = pd.to_numeric(series, errors="coerce")
    endless = converted.isin([np.inf, -np.inf])
    spoiled = series[(converted.isna() & series.notna()) | endless]
    if len(spoiled):
        name = column if column is not None else str(series.name)
        raise InputError("not_numeric", where, column=name, value=str(spoiled.iloc[0]))
    return np.asarray(converted.to_numpy(dtype=float, na_value=np.nan), dtype=float)


def same_length(where: str, *vectors: Labels) -> None:
    """Raise ``lengths_differ`` unless all vectors have the same length."""
    lengths = [len(vector) for vector in vectors]
    if len(set(lengths)) > 1:
        raise InputError("lengths_differ", where, found=lengths)


def served_indicator(arm: pd.Series, where: str) -> Floats:
    """Return 1 for served people, 0 for the comparison, NaN where the arm is not known.

    The arm is written ``participants`` and ``comparison``, or 1 and 0, or True and False.
    """
    if arm.dropna().isin(SERVED_WORDS).all():
        return np.asarray(arm.map({"participants": 1.0, "comparison": 0.0}).to_numpy(dtype=float, na_value=np.nan))
    codes = pd.to_numeric(arm, errors="coerce")
    known = codes[arm.notna()]
    if known.isin([0, 1]).all():
        return np.asarray(codes.to_numpy(dtype=float, na_value=np.nan))
    other = arm[arm.notna() & ~arm.isin([*SERVED_WORDS, 0, 1])]
    raise InputError(
        "unknown_option", where, column=str(arm.name), value=str(other.iloc[0]), allowed=[*SERVED_WORDS, "1", "0"]
    )


def cluster_codes(clusters: Labels) -> NDArray[np.int64]:
    """Return clusters as codes 0, 1, … in the order of their sorted names; a missing cluster is an error upstream."""
    codes, _ = pd.factorize(pd.Series(clusters), sort=True)
    return np.asarray(codes, dtype=np.int64)
