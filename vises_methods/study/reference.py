"""The identifiers of a codebook and a framework: as much of them as checking a study needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from vises_methods.errors import Problem
from vises_methods.study.model_problems import validated
from vises_methods.study.reference_models import CodebookFile, FrameworkFile
from vises_methods.study.yaml_files import YamlFile, key_path, read_yaml

INDICATOR_LEVEL, CRITERION_LEVEL, DIMENSION_LEVEL = 3, 2, 1


@dataclass(frozen=True)
class Reference:
    """What a study may refer to; a part is None where its file cannot be read.

    Attributes
    ----------
    codes : mapping of str to bool, or None
        Each code, and whether it may be given to a segment.
    stakeholder_groups : frozenset of str, or None
    nodes : mapping of str to mapping, or None
        Each node of the framework by its identifier.
    units : frozenset of str, or None
    codebook_file, framework_file : str
        As problems name them.
    codebook_version : str or None
        The version that codings are carried to.
    """

    codes: Mapping[str, bool] | None
    stakeholder_groups: frozenset[str] | None
    nodes: Mapping[str, Mapping[str, Any]] | None
    units: frozenset[str] | None
    codebook_file: str
    framework_file: str
    codebook_version: str | None = None

    def nodes_of_level(self, level: int) -> dict[str, Mapping[str, Any]]:
        """Return the nodes of a level: dimensions (1), criteria (2), indicators (3)."""
        return {name: node for name, node in (self.nodes or {}).items() if node["level"] == level}


def read_reference(codebook: Path, framework: Path) -> tuple[Reference, list[Problem]]:
    """Read and validate the codebook and the framework of a study."""
    codes_where, nodes_where = f"codebooks/{codebook.name}", f"frameworks/{framework.name}"
    codes, codes_problems = _read(codebook, CodebookFile, codes_where, "codes")
    nodes, nodes_problems = _read(framework, FrameworkFile, nodes_where, "nodes")
    problems = codes_problems + nodes_problems
    if codes and nodes:
        problems += list(_links(nodes, codes, framework, nodes_where))
    reference = Reference(
        codes={code["id"]: code["codable"] for code in codes["codes"]} if codes else None,
        stakeholder_groups=frozenset(group["id"] for group in codes["stakeholder_groups"]) if codes else None,
        nodes={node["id"]: node for node in nodes["nodes"]} if nodes else None,
        units=frozenset(unit["id"] for unit in nodes["units"]) if nodes else None,
        codebook_file=codes_where,
        framework_file=nodes_where,
        codebook_version=str(codes["codebook"]["version"]) if codes else None,
    )
    return reference, problems


def framework_problems(path: Path) -> list[Problem]:
    """Return what is wrong with another version of the framework, by itself."""
    _, problems = _read(path, FrameworkFile, f"frameworks/{path.name}", "nodes")
    return [replace(found, column="framework_beside") if found.where == "study.yml" else found for found in problems]


def _read(path: Path, model: type[BaseModel], where: str, tree: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    if not path.is_file():
        there = sorted(file.stem for file in path.parent.glob("*.yml"))
        values = {"value": path.stem, "allowed": there}
        key = where.split("s/")[0]
        return None, [Problem("study.errors.no_reference_file", "study.yml", column=key, values=values)]
    file = read_yaml(path, where)
    content, problems = validated(file, model, where)
    return content, problems or list(_tree_problems(content[tree] if content else [], tree, file, where))


def _tree_problems(rows: list[dict[str, Any]], tree: str, file: YamlFile, where: str) -> Iterator[Problem]:
    levels = {row["id"]: row["level"] for row in rows}
    counted: Counter[str] = Counter()
    for i, row in enumerate(rows):
        counted[row["id"]] += 1
        if counted[row["id"]] == 2:
            yield _at(file, where, "doubled_id", (tree, i, "id"), value=row["id"])
        elif row["parent"] is not None and row["parent"] not in levels:
            yield _at(file, where, "unknown_parent", (tree, i, "parent"), value=row["parent"], name=row["id"])
        elif (
            row["level"] is None or row["level"] != (levels[row["parent"]] or 0) + 1
            if row["parent"]
            else row["level"] != 1
        ):
            yield _at(file, where, "wrong_level", (tree, i, "level"), value=row["level"], name=row["id"])


def _links(nodes: dict[str, Any], codes: dict[str, Any], path: Path, where: str) -> Iterator[Problem]:
    known = {code["id"] for code in codes["codes"]}
    units = {unit["id"] for unit in nodes["units"]}
    file = read_yaml(path, where)
    for i, node in enumerate(nodes["nodes"]):
        for j, code in enumerate(node["codes"]):
            if code not in known:
                yield _at(file, where, "unknown_code", ("nodes", i, "codes", j), value=code)
        if node["unit"] is not None and node["unit"] not in units:
            yield _at(file, where, "unknown_unit", ("nodes", i, "unit"), value=node["unit"], allowed=sorted(units))


def _at(file: YamlFile, where: str, code: str, path: tuple[str | int, ...], **values: Any) -> Problem:
    return Problem(f"study.errors.{code}", where, row=file.line(path), column=key_path(path), values=values)
