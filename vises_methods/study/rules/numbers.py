"""Indicator values and the enterprise's part of the framework."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from vises_methods.errors import Problem
from vises_methods.study.reference import CRITERION_LEVEL, DIMENSION_LEVEL, INDICATOR_LEVEL
from vises_methods.study.rules.context import EARLIEST_YEAR, Context

BOUNDS: dict[str, tuple[float, float | None]] = {
    "percent": (0, 100),
    "ratio": (0, None),
    "count": (0, None),
    "persons": (0, None),
    "fte": (0, None),
    "hours": (0, None),
    "hours_per_fte": (0, None),
    "days": (0, None),
    "kwh_per_fte": (0, None),
    "tonne": (0, None),
    "likert_1_5": (1, 5),
    "score_0_10": (0, 10),
    "score_0_100": (0, 100),
}
"""What a unit allows. Euros and tonnes of CO2 equivalent may be negative: a loss, an avoided emission."""

_OWN = re.compile(r"X[0-9]{1,3}")
_OWN_REQUIRED = ("kind", "unit", "direction", "scale")
TOLERANCE = 0.01
LATEST_YEAR = 2100


def problems(context: Context) -> Iterator[Problem]:
    """Check the enterprise's part of the framework and the indicator values."""
    yield from _own(context)
    yield from _applies(context)
    yield from _targets(context)
    yield from _weights(context)
    target = f"{context.reference.framework_file}, framework.yml"
    yield from context.unknown_cells("indicators", "indicator", context.indicators(), target)
    yield from _values(context)
    yield from _years(context)
    yield from _units(context)
    yield from _applicability(context)


def _nodes(context: Context) -> dict[str, Mapping[str, Any]]:
    content = context.folder.yaml("framework").content
    own = {node["id"]: node for node in content["own"]} if content else {}
    return {**context.reference.nodes_of_level(INDICATOR_LEVEL), **own}


def _own(context: Context) -> Iterator[Problem]:
    content, nodes = context.folder.yaml("framework").content, context.reference.nodes
    yield from context.doubled("framework", "own")
    for i, node in enumerate(content["own"] if content else []):
        path = ("own", i)
        if not _OWN.fullmatch(node["id"]):
            yield context.key("own_indicator_id", "framework", (*path, "id"), value=node["id"])
        for name in _OWN_REQUIRED:
            if node[name] is None:
                yield context.key("yaml_missing_key", "framework", (*path, name), name=name)
        criteria = context.reference.nodes_of_level(CRITERION_LEVEL) if nodes else None
        framework, codes = context.reference.framework_file, context.reference.codes
        yield from context.unknown_key("framework", (*path, "parent"), node["parent"], criteria, framework)
        yield from context.unknown_key("framework", (*path, "unit"), node["unit"], context.reference.units, framework)
        yield from context.unknown_keys(
            "framework", (*path, "codes"), node["codes"], codes, context.reference.codebook_file
        )


def _applies(context: Context) -> Iterator[Problem]:
    content, known = context.folder.yaml("framework").content, context.indicators()
    if content is None:
        return
    target = context.reference.framework_file
    if content["applies"] != "all":
        yield from context.unknown_keys("framework", ("applies",), content["applies"], known, target)
    for i, entry in enumerate(content["not_applicable"]):
        path = ("not_applicable", i, "indicator")
        yield from context.unknown_key("framework", path, entry["indicator"], known, target)


def _targets(context: Context) -> Iterator[Problem]:
    content, nodes = context.folder.yaml("framework").content, _nodes(context)
    target = context.reference.framework_file
    for i, entry in enumerate(content["targets"] if content else []):
        path = ("targets", i)
        yield from context.unknown_key(
            "framework", (*path, "indicator"), entry["indicator"], context.indicators(), target
        )
        yield from context.unknown_keys(
            "framework", (*path, "set_by"), entry["set_by"], context.deciders(), "stakeholders.csv"
        )
        unit = nodes.get(entry["indicator"], {}).get("unit")
        if unit in BOUNDS and not _within(entry["value"], unit):
            yield context.key("outside_unit", "framework", (*path, "value"), **_bounds(entry["value"], unit))


def _weights(context: Context) -> Iterator[Problem]:
    content = context.folder.yaml("framework").content
    yield from context.doubled("framework", "weights")
    for i, entry in enumerate(content["weights"] if content else []):
        path = ("weights", i)
        groups, stakeholders = context.reference.stakeholder_groups, context.stakeholders()
        known = None if groups is None or stakeholders is None else groups | stakeholders
        group_path = (*path, "stakeholder_group")
        yield from context.unknown_key(
            "framework", group_path, entry["stakeholder_group"], known, context.reference.codebook_file
        )
        if context.reference.nodes is None:
            continue
        dimensions = context.reference.nodes_of_level(DIMENSION_LEVEL)
        wrong = [name for name in entry["values"] if name not in dimensions]
        for name in wrong:
            values = {"value": name, "allowed": list(dimensions)}
            yield context.key("unknown_dimension", "framework", (*path, "values", name), **values)
        total = sum(entry["values"].values())
        if not wrong and abs(total - 100) > TOLERANCE:
            yield context.key("weights_sum", "framework", (*path, "values"), value=total, name=entry["id"])


def _values(context: Context) -> Iterator[Problem]:
    for record in context.records("indicators", "value", "missing"):
        value, missing = record["value"], record["missing"]
        if value is None and missing is None:
            yield context.cell("no_value_no_reason", "indicators", record["row"], "value")
        elif value is not None and missing is not None:
            yield context.cell("value_and_reason", "indicators", record["row"], "missing", value=value, reason=missing)


def _years(context: Context) -> Iterator[Problem]:
    first = (context.folder.yaml("profile").content or {}).get("founded") or EARLIEST_YEAR
    last = context.horizon.year if context.horizon else LATEST_YEAR
    for record in context.records("indicators", "year"):
        if not first <= record["year"] <= last:
            values = {"value": str(record["year"]), "first": str(first), "last": str(last)}
            yield context.cell("implausible_year", "indicators", record["row"], "year", **values)


def _units(context: Context) -> Iterator[Problem]:
    nodes = _nodes(context)
    if context.reference.nodes is None or not context.folder.yaml("framework").usable:
        return
    for record in context.records("indicators", "indicator", "unit", "value"):
        name, unit, value = (record[part] for part in ("indicator", "unit", "value"))
        right = nodes.get(name, {}).get("unit")
        if right is not None and unit != right:
            values = {"value": unit, "name": right, "indicator": name}
            yield context.cell("unit_differs", "indicators", record["row"], "unit", **values)
        elif right in BOUNDS and value is not None and not _within(value, unit):
            yield context.cell("outside_unit", "indicators", record["row"], "value", **_bounds(value, unit))


def _applicability(context: Context) -> Iterator[Problem]:
    framework = context.folder.yaml("framework")
    if not framework.usable or context.reference.nodes is None:
        return
    content, nodes = framework.content or {"applies": "all", "not_applicable": []}, _nodes(context)
    declared = {entry["indicator"] for entry in content["not_applicable"]}
    rows: dict[str, list[dict[str, Any]]] = {}
    for record in context.records("indicators", "indicator", "value", "missing"):
        if record["indicator"] in nodes:
            rows.setdefault(record["indicator"], []).append(record)
    for name, records in rows.items():
        values: dict[str, Any] = {}
        valued = [record["row"] for record in records if record["value"] is not None]
        if name in declared:
            code = "value_not_applicable"
        elif content["applies"] != "all" and name not in content["applies"] and not _OWN.fullmatch(name):
            code = "not_listed"
        elif content["applies"] == "all" and _outside(context, nodes[name]["groups"]):
            code, values = "outside_group", _outside(context, nodes[name]["groups"])
        elif not nodes[name].get("not_applicable_when") and _never_applies(records):
            yield context.cell("undeclared_not_applicable", "indicators", records[0]["row"], "missing", value=name)
            continue
        else:
            continue
        if valued:
            yield context.cell(code, "indicators", valued[0], "indicator", value=name, count=len(valued), **values)


def _never_applies(records: list[dict[str, Any]]) -> bool:
    return all(record["missing"] == "not_applicable" for record in records)


def _outside(context: Context, groups: list[str]) -> dict[str, Any]:
    profile = context.folder.yaml("profile").content
    if profile is None or not groups or profile["group"] in groups:
        return {}
    return {"group": profile["group"], "allowed": groups}


def _within(value: float, unit: str) -> bool:
    low, high = BOUNDS[unit]
    return value >= low and (high is None or value <= high)


def _bounds(value: float, unit: str) -> dict[str, Any]:
    low, high = BOUNDS[unit]
    return {"value": value, "unit": unit, "low": low, "high": "∞" if high is None else high}
