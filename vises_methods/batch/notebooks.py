"""What batch knows of a notebook before it runs: its scope, the files it reads, what it comes after, its parameters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat.v4.nbjson import to_notebook

from vises_methods.batch.folders import SHARED
from vises_methods.batch.parameters import Parameter, read_parameters
from vises_methods.errors import Problem

Scope = Literal["enterprise", "study"]
ALWAYS_READ = ("@study",)
"""What every notebook reads, declared or not: none can do without opening the study."""
PARAMETERS_TAG = "parameters"


@dataclass(frozen=True)
class NotebookSpec:
    """A notebook as batch sees it.

    Attributes
    ----------
    name : str
        The file's name without ending, as ``03_qualitative_coding``.
    path : Path
    scope : {"enterprise", "study"}
        Whether it runs once for each enterprise or once for the study.
    reads : tuple of str
        Globs relative to the enterprise's folder (the study's folder for scope ``study``), or ``@study``,
        ``@codebook``, ``@framework``, ``@framework_beside``, ``@calibration``, ``@ranges``.
    after : tuple of str
        The notebooks whose results it reads.
    all_methodologies : bool
        Whether it reads the results of every methodology, as a comparison does.
    parameters : tuple of Parameter
    digest : str
        SHA-256 over the cells' kinds, sources and tags; outputs and counts do not enter.
    title : mapping
        By language.
    """

    name: str
    path: Path
    scope: Scope
    reads: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    all_methodologies: bool = False
    parameters: tuple[Parameter, ...] = ()
    digest: str = ""
    title: Mapping[str, str] = field(default_factory=dict)


def read_notebooks(folder: Path) -> tuple[dict[str, NotebookSpec], list[Problem]]:
    """Read every notebook of a folder that batch can run, by name, with all that is wrong with them.

    A notebook without ``metadata.vises.scope`` is for reading or trying out, and no job.
    """
    specs: dict[str, NotebookSpec] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.ipynb")):
        spec, faults = read_notebook(path)
        problems.extend(faults)
        if spec is not None:
            specs[spec.name] = spec
    for spec in specs.values():
        problems.extend(_check_after(spec, specs))
    return specs, problems


def read_notebook(path: Path) -> tuple[NotebookSpec | None, list[Problem]]:
    """Read one notebook; None where it is no job or cannot be read, the reason being among the problems."""
    where = f"{path.parent.name}/{path.name}"
    try:
        notebook = load_notebook(path)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        found = next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
        return None, [Problem("batch.errors.unreadable_notebook", where, values={"found": found})]
    declared = notebook.metadata.get("vises", {})
    if not declared.get("scope"):
        return None, []
    problems = _check_declaration(declared, where)
    parameters, faults = _parameters(notebook, where)
    problems.extend(faults)
    if problems:
        return None, problems
    spec = NotebookSpec(
        name=path.stem,
        path=path,
        scope=declared["scope"],
        reads=tuple(declared.get("reads", ())),
        after=tuple(declared.get("after", ())),
        all_methodologies=declared.get("methodologies") == "all",
        parameters=parameters,
        digest=source_digest(notebook),
        title=dict(declared.get("title", {})),
    )
    return spec, []


def load_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook as it is before it runs: without the outputs of whenever it was last saved.

    Cells without a name are given one from their place, as a random one would change every run.

    Raises
    ------
    OSError, ValueError, nbformat.ValidationError
        When the file cannot be read, is no JSON, or no notebook of format 4.
    """
    notebook: nbformat.NotebookNode = nbformat.from_dict(_without_outputs(path.read_text(encoding="utf-8")))
    return notebook


@lru_cache(maxsize=16)
def _without_outputs(written: str) -> nbformat.NotebookNode:
    """Return the notebook that stands written; a worker reads the same ones for every enterprise."""
    content = json.loads(written)
    if not isinstance(content, dict) or content.get("nbformat") != 4 or not isinstance(content.get("cells"), list):
        raise ValueError("nbformat != 4")
    if not all(isinstance(cell, dict) for cell in content["cells"]):
        raise ValueError("cells != [{}]")
    if content.get("nbformat_minor", 0) < 5:
        content["nbformat_minor"] = 5
        for place, cell in enumerate(content["cells"]):
            cell["id"] = f"cell-{place + 1}"
    for cell in content["cells"]:
        if cell.get("cell_type") == "code":
            cell.update(outputs=[], execution_count=None)
    notebook: nbformat.NotebookNode = to_notebook(content)
    nbformat.validate(notebook)
    return notebook


def source_digest(notebook: nbformat.NotebookNode) -> str:
    """Return the SHA-256 of what a notebook says and does: kind, source and tags of each cell."""
    cells = [
        [cell.cell_type, cell.source.replace("\r\n", "\n"), sorted(cell.metadata.get("tags", []))]
        for cell in notebook.cells
    ]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode("utf-8")).hexdigest()


def in_order(specs: Mapping[str, NotebookSpec]) -> list[NotebookSpec]:
    """Return notebooks so that each stands behind those it comes after, by name otherwise."""
    placed: dict[str, NotebookSpec] = {}
    left = sorted(specs)
    while left:
        ready = [name for name in left if all(other in placed or other not in specs for other in specs[name].after)]
        placed |= {name: specs[name] for name in ready or left}
        left = [name for name in left if name not in placed]
    return list(placed.values())


def _parameters(notebook: nbformat.NotebookNode, where: str) -> tuple[tuple[Parameter, ...], tuple[Problem, ...]]:
    tagged = [cell for cell in notebook.cells if PARAMETERS_TAG in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        return (), (Problem("batch.errors.parameters_cell", where, values={"count": len(tagged)}),)
    return read_parameters(tagged[0].source, where)


def _check_declaration(declared: Mapping[str, Any], where: str) -> list[Problem]:
    problems = []
    if declared["scope"] not in ("enterprise", "study"):
        allowed = {"value": declared["scope"], "allowed": ["enterprise", "study"]}
        problems.append(Problem("unknown_option", where, column="metadata.vises.scope", values=allowed))
    for pattern in declared.get("reads", ()):
        outside = pattern.startswith(("/", "\\")) or ".." in pattern.split("/") or ":" in pattern
        if outside or (pattern.startswith("@") and pattern not in SHARED):
            shown = {"found": pattern, "shared": tuple(SHARED)}
            problems.append(Problem("batch.errors.bad_pattern", where, column="metadata.vises.reads", values=shown))
    return problems


def _check_after(spec: NotebookSpec, specs: Mapping[str, NotebookSpec]) -> list[Problem]:
    where, column = f"{spec.path.parent.name}/{spec.path.name}", "metadata.vises.after"
    problems = []
    for name in spec.after:
        other = specs.get(name)
        if other is None:
            allowed = {"value": name, "allowed": sorted(set(specs) - {spec.name})}
            problems.append(Problem("unknown_option", where, column=column, values=allowed))
        elif other.scope == "study" and spec.scope == "enterprise":
            problems.append(Problem("batch.errors.after_study", where, column=column, values={"found": name}))
    if spec.name in _reached(spec, specs):
        problems.append(Problem("batch.errors.circle", where, column=column, values={"found": spec.name}))
    return problems


def _reached(spec: NotebookSpec, specs: Mapping[str, NotebookSpec]) -> set[str]:
    reached: set[str] = set()
    waiting = list(spec.after)
    while waiting:
        name = waiting.pop()
        if name not in reached and name in specs:
            reached.add(name)
            waiting.extend(specs[name].after)
    return reached
