"""One unit beside its own past, its targets and the range of its group: no score, no rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import Cells, Sheet, numeric, sheet
from vises_methods.indicators.inputs import require_kind
from vises_methods.indicators.scaling import orient
from vises_methods.indicators.tree import IndicatorTree, Node
from vises_methods.results import Notice, Result, fingerprint

Against = Literal["latest", "first"]


def profile(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    /,
    *,
    unit: str,
    past: Mapping[int, pd.DataFrame | Cells] | None = None,
    against: Against = "latest",
    targets: pd.Series | None = None,
    min_group: int = 4,
) -> Result:
    """Set one unit's values beside what it aims at, where it came from, and where its group stands.

    Use it first, before any score: it shows every indicator in its own unit, the neutral ones too, and shows silence
    as silence.

    Parameters
    ----------
    values : DataFrame or Cells
        Unit × indicator, this year. With ``Cells.groups``, the group is the units that share a word with the unit;
        without, all units.
    tree : IndicatorTree
    unit : str
        Whose profile.
    past : mapping of int to DataFrame or Cells, optional
        Earlier years.
    against : {"latest", "first"}
        Which of the earlier years with a value of the indicator it is set beside.
    targets : Series, optional
        The unit's own targets by indicator; where it has none, the framework's.
    min_group : int
        With fewer others that have a value, no range of the group is shown, so that no single one can be told.

    Returns
    -------
    Result
        One row per indicator, all of the tree: ``estimate`` its value in its own unit, or the reason for its absence;
        ``state, direction, target, past, past_year, change, group_low, group_median, group_high`` (quartiles of the
        others), and the readings ``against_target``, ``against_past``, ``against_group`` as keys of the catalogue.
        ``n`` counts the others with a value, ``coverage`` is their share of those it applies to.
        ``details["past"]``: year × indicator.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 8, pp. 36-38 ("back to the details").

    Examples
    --------
    >>> import pandas as pd
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({
    ...     "code": ["index", "a"], "parent": [None, "index"], "direction": [None, "lower"], "target": [None, 5]}))
    >>> now, before = pd.DataFrame({"a": [4.0]}, index=["u"]), pd.DataFrame({"a": [6.0]}, index=["u"])
    >>> row = profile(now, tree, unit="u", past={2024: before}).estimates.iloc[0]
    >>> row["change"].item(), row["against_target"], row["against_past"]
    (-2.0, 'indicators.readings.target_met', 'indicators.readings.improved')
    """
    laid = sheet(values, tree, tree.indicators, "profile(values)")
    if unit not in laid.units:
        allowed = [str(name) for name in laid.units]
        raise InputError("unknown_option", "profile(unit=)", value=unit, allowed=allowed)
    if against not in get_args(Against):
        raise InputError("unknown_option", "profile(against=)", value=against, allowed=list(get_args(Against)))
    require_kind({} if past is None else past, Mapping, "profile(past=)", "mapping")
    history = _history(past or {}, tree, unit)
    own_targets = _targets(targets, tree)
    others = _others(values, laid, unit)
    rows = [
        _row(laid, i, tree.node(code), unit, _beside(history[code], against), own_targets[code], others, min_group)
        for i, code in enumerate(laid.indicators)
    ]
    plain_values = values.numbers if isinstance(values, Cells) else values
    return Result(
        method="profile",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 8, pp. 36-38",
        estimates=pd.DataFrame(rows),
        details={"past": history},
        options={"unit": unit, "against": against, "min_group": min_group, "past": sorted(past or {})},
        notices=(*laid.notices, *_notices(others, min_group)),
        inputs={"values": fingerprint(plain_values)} | ({} if targets is None else {"targets": fingerprint(targets)}),
    )


def _history(past: Mapping[int, pd.DataFrame | Cells], tree: IndicatorTree, unit: str) -> pd.DataFrame:
    years = {year: sheet(past[year], tree, tree.indicators, f"profile(past={year})") for year in sorted(past)}
    rows = {year: laid.values_frame.loc[unit] for year, laid in years.items() if unit in laid.units}
    return pd.DataFrame(rows, index=list(tree.indicators), dtype=float).T.rename_axis("year")


def _beside(history: pd.Series, against: Against) -> tuple[int | None, float]:
    """The year that the value is set beside, and the value then."""
    earlier = history.dropna()
    if earlier.empty:
        return None, np.nan
    place = -1 if against == "latest" else 0
    return int(earlier.index[place]), float(earlier.iloc[place])


def _targets(targets: pd.Series | None, tree: IndicatorTree) -> dict[str, float]:
    known = {code: tree.node(code).target for code in tree.indicators}
    found = {code: np.nan if target is None else float(target) for code, target in known.items()}
    if targets is not None:
        require_kind(targets, pd.Series, "profile(targets=)", "Series")
        own = numeric(targets.to_frame("target"), "profile(targets=)")["target"].dropna()
        unknown = sorted(set(map(str, own.index)) - set(found))
        if unknown:
            raise InputError("indicators.errors.unknown_code", "profile(targets=)", value=unknown[0])
        found.update({str(code): float(target) for code, target in own.items()})
    return found


def _others(values: pd.DataFrame | Cells, laid: Sheet, unit: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which units are the group of this one, itself left out."""
    itself = np.asarray(laid.units == unit)
    if not isinstance(values, Cells) or values.groups is None:
        return ~itself
    words = [values.groups[name] for name in laid.units]
    sets = [{word} if isinstance(word, str) else set(word) for word in words]
    own = sets[int(np.flatnonzero(itself)[0])]
    return np.array([bool(own & other) for other in sets]) & ~itself


def _row(
    laid: Sheet,
    column: int,
    node: Node,
    unit: str,
    earlier: tuple[int | None, float],
    target: float,
    others: np.ndarray[Any, np.dtype[np.bool_]],
    min_group: int,
) -> dict[str, Any]:
    position = laid.units.get_loc(unit)
    value, state = float(laid.numbers[position, column]), str(laid.states[position, column])
    group = laid.numbers[others, column]
    present = group[~np.isnan(group)]
    applies = int((laid.states[others, column] != "not_applicable").sum())
    shown = len(present) >= max(min_group, 1)
    low, middle, high = np.quantile(present, [0.25, 0.5, 0.75]) if shown else (np.nan,) * 3
    past_year, before = earlier
    return {
        "measure": "value",
        "subject": node.code,
        "estimate": value,
        "n": len(present),
        "coverage": len(present) / applies if applies else np.nan,
        "unit": node.unit,
        "reason": f"indicators.reasons.{state}" if np.isnan(value) else None,
        "state": state,
        "direction": node.direction,
        "target": target,
        "past": before,
        "past_year": past_year,
        "change": value - before,
        "group_low": low,
        "group_median": middle,
        "group_high": high,
        **_readings(value, before, target, (low, high), node),
    }


def _readings(
    value: float, before: float, target: float, group: tuple[float, float], node: Node
) -> dict[str, str | None]:
    now, then = _better([value, before], node)
    met = None
    if node.direction in ("target", "range"):
        met = _word(now, 0.0, "target_missed", "target_met", "target_met")
    elif not np.isnan(target):
        met = _word(now, _better([target], node)[0], "target_missed", "target_met", "target_met")
    within: str | None = None
    if not (np.isnan(value) or np.isnan(group[0])):
        within = "indicators.readings.group_within"
        if not group[0] <= value <= group[1]:
            within = f"indicators.readings.group_{'above' if value > group[1] else 'below'}"
    if node.direction == "neutral":
        return {
            "against_target": None,
            "against_past": _word(value, before, "less", "same", "more"),
            "against_group": within,
        }
    return {
        "against_target": met,
        "against_past": _word(now, then, "declined", "steady", "improved"),
        "against_group": within,
    }


def _better(values: list[float], node: Node) -> Floats:
    return orient(np.array(values, dtype=float), node)


def _word(now: float, then: float, less: str, same: str, more: str) -> str | None:
    if np.isnan(now) or np.isnan(then):
        return None
    return f"indicators.readings.{less if now < then else same if now == then else more}"


def _notices(others: np.ndarray[Any, np.dtype[np.bool_]], min_group: int) -> list[Notice]:
    count = int(others.sum())
    return [Notice("indicators.notices.group_small", {"count": count, "least": min_group})] if count < min_group else []
