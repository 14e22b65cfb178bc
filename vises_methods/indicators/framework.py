"""Reading a framework, from YAML or from a table, into a draft that is still to be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from vises_methods.catalogue import yaml_content
from vises_methods.errors import InputError
from vises_methods.indicators.inputs import require_kind

DIRECTION_WORDS: Mapping[Any, str] = {1: "higher", -1: "lower", 0: "neutral", "target_range": "range"}
SCALE_WORDS: Mapping[str, str] = {"change_vs_baseline": "change"}
SCALE_LIMITS: Mapping[str, str] = {"min": "minimum", "floor": "minimum", "max": "maximum", "ceiling": "maximum"}
_KNOWN = frozenset(
    {
        "id",
        "code",
        "parent",
        "level",
        "label",
        "direction",
        "weight",
        "unit",
        "scale",
        "target",
        "groups",
        "not_applicable_when",
        "denominator_column",
    }
)


@dataclass(frozen=True)
class Draft:
    """What a file says, in one form, before it is checked.

    ``rows`` have the keys ``code, parent, level, label, direction, weight, unit, scale, scale_unit, target, groups,
    not_applicable_when, denominator, about`` and ``place``: the row of the table, or the path in the file.
    """

    where: str
    rows: tuple[Mapping[str, Any], ...]
    weight_sets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    unit_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    group_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def draft_from_yaml(path: Path) -> Draft:
    """Read a framework file into a draft."""
    if not path.is_file():
        raise InputError("file_not_found", "IndicatorTree.from_yaml(path)", path=path.name)
    return draft_from_content(_yaml_mapping(path), path.name)


def draft_from_content(content: Mapping[str, Any], where: str) -> Draft:
    """Read what a framework file holds into a draft; ``where`` names it in messages."""
    return Draft(
        where=where,
        rows=tuple(_row_of_yaml(node, position) for position, node in enumerate(content["nodes"])),
        weight_sets={
            str(entry["id"]): dict(_flat_weights(entry.get("values") or {}))
            for entry in (content.get("weights") or {}).get("sets") or ()
        },
        unit_labels={str(unit["id"]): unit.get("label") or {} for unit in content.get("units") or ()},
        group_labels={str(group["id"]): group.get("label") or {} for group in content.get("enterprise_groups") or ()},
    )


def draft_from_frame(frame: pd.DataFrame) -> Draft:
    """Read a table with one row per node into a draft."""
    require_kind(frame, pd.DataFrame, "IndicatorTree.from_frame(frame)", "DataFrame")
    missing = [name for name in ("code", "parent") if name not in frame.columns]
    if missing:
        raise InputError(
            "missing_columns",
            "IndicatorTree.from_frame(frame)",
            found=list(frame.columns),
            required=["code", "parent"],
            missing=missing,
        )
    if frame.empty:
        raise InputError("empty_data", "IndicatorTree.from_frame(frame)")
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return Draft("IndicatorTree.from_frame(frame)", tuple(_row_of_frame(r, i) for i, r in enumerate(records)))


def _yaml_mapping(path: Path) -> Mapping[str, Any]:
    written = path.read_text(encoding="utf-8")
    try:
        content = yaml_content(written)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = None if mark is None else min(mark.line, written.count("\n")) + 1
        raise InputError("indicators.errors.not_yaml", path.name, row=row) from error
    if not isinstance(content, Mapping) or not content.get("nodes"):
        raise InputError("indicators.errors.no_nodes", path.name)
    return content


def _row_of_yaml(node: Mapping[str, Any], position: int) -> dict[str, Any]:
    row = _row(node.get("id", node.get("code")), node, f"nodes[{position}]")
    scale = node.get("scale")
    if scale is not None:
        row["scale"] = _scale(scale.get("method"), scale)
        row["scale_unit"] = scale.get("unit")
    row["groups"] = node.get("groups")
    row["denominator"] = node.get("denominator_column")
    row["about"] = {name: value for name, value in node.items() if name not in _KNOWN}
    return row


def _row_of_frame(record: Mapping[Any, Any], position: int) -> dict[str, Any]:
    row = _row(record["code"], record, position + 2)
    row["scale"] = _scale_of_columns(record)
    groups = record.get("groups")
    row["groups"] = None if groups is None else [word for word in re.split(r"[\s,;]+", str(groups)) if word]
    row["denominator"] = record.get("denominator")
    return row


def _row(code: Any, given: Mapping[Any, Any], place: str | int) -> dict[str, Any]:
    label = given.get("label")
    direction = given.get("direction")
    return {
        "code": "" if code is None else str(code).strip(),
        "parent": None if given.get("parent") in (None, "") else str(given["parent"]).strip(),
        "level": given.get("level"),
        "label": label if isinstance(label, Mapping) else {} if label is None else {"en": str(label)},
        "direction": DIRECTION_WORDS.get(direction, direction),
        "weight": given.get("weight"),
        "unit": given.get("unit"),
        "scale": None,
        "scale_unit": None,
        "target": given.get("target"),
        "groups": None,
        "not_applicable_when": given.get("not_applicable_when"),
        "denominator": None,
        "about": {},
        "place": place,
    }


def _scale(method: Any, limits: Mapping[Any, Any]) -> dict[str, Any]:
    scale: dict[str, Any] = {"method": SCALE_WORDS.get(method, method)}
    for name in ("low", "high"):
        if limits.get(name) is not None:
            scale[name] = limits[name]
    for name, meaning in SCALE_LIMITS.items():
        if limits.get(name) is not None:
            scale[meaning] = limits[name]
    return scale


def _scale_of_columns(record: Mapping[Any, Any]) -> dict[str, Any] | None:
    """A table may leave the method to be understood: a band where there is one, else goalposts."""
    filled = {name for name in ("min", "max", "floor", "ceiling", "low", "high") if record.get(name) is not None}
    if record.get("scale") is not None:
        return _scale(record["scale"], record)
    if not filled:
        return None
    return _scale("band" if filled & {"low", "high"} else "goalposts", record)


def _flat_weights(values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Read ``{A: 10}`` and the nested ``{A: {weight: 10, A1: 2}}`` alike."""
    for code, value in values.items():
        if isinstance(value, Mapping):
            if "weight" in value:
                yield str(code), value["weight"]
            yield from _flat_weights({name: inner for name, inner in value.items() if name != "weight"})
        else:
            yield str(code), value
