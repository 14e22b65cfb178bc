"""The data package of a study: its tables with their schemas, as Frictionless reads them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vises_methods.study.definitions import TABLES, Column, Table
from vises_methods.study.folder import Folder
from vises_methods.study.opening import Study, open_study

FILE = "datapackage.json"
_TYPES = {"list": "string"}
_TARGETS = {"documents": "document"}


def write_datapackage(study: Study | str | Path) -> Path:
    """Write ``datapackage.json`` into the folder of a study.

    It describes each table of each enterprise with types, allowed values, keys and, where one table names the rows of
    another, foreign keys; lists inside a cell (``p01;p02``) and references into YAML files cannot be said there.

    Parameters
    ----------
    study : Study, str or Path

    Returns
    -------
    Path
        The file written.
    """
    opened = study if isinstance(study, Study) else open_study(study)
    path = opened.path / FILE
    content = json.dumps(datapackage(opened), ensure_ascii=False, indent=2)
    path.write_text(content + "\n", encoding="utf-8", newline="\n")
    return path


def datapackage(study: Study) -> dict[str, Any]:
    """Return the data package of a study as plain JSON."""
    lang = study.languages[0]
    return {
        "profile": "tabular-data-package",
        "name": study.id,
        "title": study.title.get("en") or study.title.get(lang, study.id),
        "description": study.notice.get("en") or study.notice.get(lang, ""),
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [resource for card in study.enterprises for resource in _resources(Folder(card.path, card.id))],
    }


def _resources(folder: Folder) -> Iterator[dict[str, Any]]:
    present = [name for name in TABLES if (folder.path / f"{name}.csv").is_file()]
    for name in present:
        definition = folder.definition(name)
        yield {
            "profile": "tabular-data-resource",
            "name": f"{folder.path.name}-{name.replace('_', '-')}",
            "title": f"{definition.title['en']} ({folder.path.name})",
            "path": f"enterprises/{folder.path.name}/{name}.csv",
            "encoding": "utf-8",
            "dialect": {"delimiter": ","},
            "schema": _schema(definition, folder, present),
        }


def _schema(definition: Table, folder: Folder, present: list[str]) -> dict[str, Any]:
    fields = {column.name: _field(column) for column in definition.columns}
    header = _header(folder.path / definition.file)
    schema: dict[str, Any] = {
        "fields": [fields.get(name, {"name": name, "type": "string"}) for name in header],
        "missingValues": [""],
    }
    required = {column.name for column in definition.columns if column.required}
    if set(definition.key) <= required:
        schema["primaryKey"] = list(definition.key)
    foreign = [
        _foreign_key(column.name, folder, column.references)
        for column in definition.columns
        if column.type == "string" and column.references in present and column.references in _TARGETS
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return schema


def _foreign_key(name: str, folder: Folder, target: str | None) -> dict[str, Any]:
    resource = f"{folder.path.name}-{target}"
    return {"fields": [name], "reference": {"resource": resource, "fields": [_TARGETS[str(target)]]}}


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [name.strip() for name in next(csv.reader(file))]


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.enum:
        constraints["enum"] = list(column.enum)
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if column.maximum is not None:
        constraints["maximum"] = column.maximum
    if column.pattern:
        constraints["pattern"] = column.pattern
    words = column.description or {}
    field = {
        "name": column.name,
        "type": _TYPES.get(column.type, column.type),
        "description": words.get("en") or next(iter(words.values()), ""),
    }
    return field | ({"constraints": constraints} if constraints else {})
