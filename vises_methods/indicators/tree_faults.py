"""What can be wrong with a tree of indicators: every fault is found, one message each."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from numbers import Real
from typing import Any

from vises_methods.errors import Problem
from vises_methods.indicators.framework import Draft

DIRECTIONS = ("higher", "lower", "target", "range", "neutral")
SCALES = ("goalposts", "band", "change", "none")
_SCALE_LIMITS = {"goalposts": ("minimum", "maximum"), "change": ("minimum", "maximum")}
_BAND = ("minimum", "low", "high", "maximum")

RULES = (
    *("code_missing", "code_twice", "orphan", "cycle", "level_jump", "no_children", "direction_above", "direction"),
    *("scale", "scale_limits_missing", "scale_order", "range_without_band", "target_missing", "unit", "unit_mismatch"),
    *("group", "weight", "weight_on_neutral", "weights_all_zero", "weight_of_unknown", "weight_set_partial"),
)
"""What a tree is held to, by the code of the fault."""

Row = Mapping[str, Any]


def faults(draft: Draft) -> list[Problem]:
    """Return every fault of a draft; those of the weights only where the shape of the tree is sound."""
    found = [*_identities(draft), *_parents(draft)]
    if not found:
        found += _levels(draft)
    for row in draft.rows:
        found += _indicator(draft, row)
    return found or [*_weights(draft), *_weight_sets(draft)]


def levels_from_indicators(rows: Sequence[Row]) -> dict[str, int]:
    """Number the levels from the indicators (1) upwards, whichever way, and from whichever number, the file counts."""
    given = [row["level"] for row in rows]
    if any(not isinstance(level, Real) for level in given):
        return _heights(rows)
    lowest, highest = int(min(given)), int(max(given))
    upwards = all(int(row["level"]) == highest for row in rows if row["parent"] is None)
    return {row["code"]: int(row["level"]) - lowest + 1 if upwards else highest - int(row["level"]) + 1 for row in rows}


def _heights(rows: Sequence[Row]) -> dict[str, int]:
    heights = {row["code"]: 1 for row in rows}
    parents = {row["code"]: row["parent"] for row in rows}
    for code in parents:
        height, above = 1, parents[code]
        while above is not None:
            height += 1
            heights[above] = max(heights[above], height)
            above = parents[above]
    return heights


def _problem(draft: Draft, code: str, row: Row, column: str, **values: Any) -> Problem:
    place = row["place"]
    in_file = isinstance(place, str)
    return Problem(
        f"indicators.errors.{code}",
        draft.where,
        None if in_file else place,
        f"{place}.{column}" if in_file else column,
        {"node": row["code"], **values},
    )


def _identities(draft: Draft) -> Iterator[Problem]:
    counts = Counter(row["code"] for row in draft.rows)
    seen: set[str] = set()
    for row in draft.rows:
        if not row["code"]:
            yield _problem(draft, "code_missing", row, "code")
        elif row["code"] in seen:
            yield _problem(draft, "code_twice", row, "code", count=counts[row["code"]])
        seen.add(row["code"])


def _parents(draft: Draft) -> Iterator[Problem]:
    parents = {row["code"]: row["parent"] for row in draft.rows}
    for row in draft.rows:
        if row["parent"] is not None and row["parent"] not in parents:
            yield _problem(draft, "orphan", row, "parent", parent=row["parent"])
    told: set[str] = set()
    for row in draft.rows:
        loop = _loop(row["code"], parents)
        if loop and not told.intersection(loop):
            told.update(loop)
            yield _problem(draft, "cycle", row, "parent", path=" → ".join([*loop, loop[0]]))


def _loop(code: str, parents: Mapping[str, str | None]) -> list[str]:
    path = [code]
    above = parents[code]
    while above is not None and above not in path:
        path.append(above)
        above = parents.get(above)
    return path if above == code else []


def _levels(draft: Draft) -> Iterator[Problem]:
    levels = levels_from_indicators(draft.rows)
    with_children = {row["parent"] for row in draft.rows}
    for row in draft.rows:
        level, parent = levels[row["code"]], row["parent"]
        if parent is not None and levels[parent] != level + 1:
            yield _problem(draft, "level_jump", row, "level", level=level, parent=parent, parent_level=levels[parent])
        if level > 1 and row["code"] not in with_children:
            yield _problem(draft, "no_children", row, "code", level=level)
        if level > 1 and row["direction"] not in (None, "higher"):
            yield _problem(draft, "direction_above", row, "direction", value=row["direction"])


def _indicator(draft: Draft, row: Row) -> Iterator[Problem]:
    if row["direction"] is not None and row["direction"] not in DIRECTIONS:
        yield _problem(draft, "direction", row, "direction", value=row["direction"], allowed=list(DIRECTIONS))
    yield from _scale(draft, row)
    band = row["scale"] is not None and row["scale"]["method"] == "band"
    if row["direction"] == "range" and not band:
        yield _problem(draft, "range_without_band", row, "scale")
    if row["direction"] == "target" and not _is_number(row["target"]):
        yield _problem(draft, "target_missing", row, "target")
    if draft.unit_labels and row["unit"] is not None and row["unit"] not in draft.unit_labels:
        yield _problem(draft, "unit", row, "unit", value=row["unit"], allowed=sorted(draft.unit_labels))
    unknown = sorted(set(row["groups"] or ()) - set(draft.group_labels)) if draft.group_labels else []
    if unknown:
        yield _problem(draft, "group", row, "groups", value=unknown, allowed=sorted(draft.group_labels))


def _scale(draft: Draft, row: Row) -> Iterator[Problem]:
    scale = row["scale"]
    if scale is None:
        return
    method = scale["method"]
    if method not in SCALES:
        yield _problem(draft, "scale", row, "scale.method", value=method, allowed=list(SCALES))
        return
    names = _BAND if method == "band" else _SCALE_LIMITS.get(method, ())
    limits = [scale.get(name) for name in names]
    absent = [name for name, limit in zip(names, limits, strict=True) if not _is_number(limit)]
    if absent:
        yield _problem(draft, "scale_limits_missing", row, "scale", missing=absent)
    elif names and not _rises(limits, method):
        yield _problem(draft, "scale_order", row, "scale", values=limits)
    expected = "percent" if method == "change" else row["unit"]
    if row["scale_unit"] is not None and row["unit"] is not None and row["scale_unit"] != expected:
        yield _problem(draft, "unit_mismatch", row, "scale.unit", value=row["scale_unit"], unit=expected)


def _rises(limits: Sequence[Any], method: str) -> bool:
    """A band may be closed on one side (low equal to the floor); a scale from a number to itself measures nothing."""
    if method == "band":
        return all(a <= b for a, b in itertools.pairwise(limits)) and limits[0] < limits[-1]
    return bool(limits[0] < limits[1])


def _weights(draft: Draft) -> Iterator[Problem]:
    totals: dict[str | None, float] = {}
    for row in draft.rows:
        weight = row["weight"]
        scored = row["direction"] != "neutral" and (row["scale"] or {}).get("method") != "none"
        if weight is not None and (not _is_number(weight) or weight < 0):
            yield _problem(draft, "weight", row, "weight", value=weight)
        elif weight and not scored:
            yield _problem(draft, "weight_on_neutral", row, "weight", value=weight)
        elif scored:
            totals[row["parent"]] = totals.get(row["parent"], 0.0) + (1.0 if weight is None else float(weight))
    for row in draft.rows:
        if totals.get(row["code"]) == 0:
            yield _problem(draft, "weights_all_zero", row, "weight")


def _weight_sets(draft: Draft) -> Iterator[Problem]:
    rows = {row["code"]: row for row in draft.rows}
    siblings: dict[str | None, set[str]] = {}
    for row in draft.rows:
        if row["direction"] != "neutral" and (row["scale"] or {}).get("method") != "none":
            siblings.setdefault(row["parent"], set()).add(row["code"])
    for name, values in draft.weight_sets.items():
        path = f"weights.sets[{name}]"
        for code, weight in values.items():
            place = {"place": path, "code": code}
            if code not in rows:
                yield _problem(draft, "weight_of_unknown", place, code)
            elif not _is_number(weight) or weight < 0:
                yield _problem(draft, "weight", place, code, value=weight)
            elif code not in siblings[rows[code]["parent"]]:
                yield _problem(draft, "weight_on_neutral", place, code, value=weight)
        for parent in sorted({rows[code]["parent"] for code in values if code in rows}, key=str):
            left = sorted(siblings.get(parent, set()) - set(values))
            if left:
                yield _problem(draft, "weight_set_partial", {"place": path, "code": name}, "values", missing=left)


def _is_number(value: Any) -> bool:
    return type(value) is not bool and isinstance(value, Real) and math.isfinite(float(value))
