"""What is given from outside is of the kind that is asked for, or is refused in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vises_methods.errors import InputError


def require_kind(given: object, kinds: type | tuple[type, ...], where: str, allowed: str) -> None:
    """Refuse another kind of thing than those asked for; ``allowed`` names them."""
    if not isinstance(given, kinds):
        found = type(given).__name__
        raise InputError("wrong_type", where, value=found, type=found, allowed=allowed)


def require_frame(frame: Any, where: str) -> None:
    """Refuse what is no frame, and one whose rows or columns are not told apart by a name each."""
    require_kind(frame, pd.DataFrame, where, "DataFrame")
    if frame.index.nlevels > 1 or frame.columns.nlevels > 1:
        raise InputError(
            "indicators.errors.several_levels", where, count=max(frame.index.nlevels, frame.columns.nlevels)
        )
    if frame.columns.has_duplicates:
        twice = str(frame.columns[frame.columns.duplicated()][0])
        raise InputError("indicators.errors.code_twice_in_data", where, node=twice)


def require_units(rows: pd.Index, where: str) -> None:
    """Refuse data without units, and a unit that stands there twice."""
    if not len(rows):
        raise InputError("empty_data", where)
    if rows.has_duplicates:
        raise InputError("indicators.errors.unit_twice", where, unit=str(rows[rows.duplicated()][0]))
    if rows.hasnans:
        raise InputError("indicators.errors.unit_unnamed", where, position=int(rows.isna().argmax()) + 1)
