"""Checking a study: every problem at once, each told once, at its root."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from vises_methods.errors import Problem, in_order
from vises_methods.study.definitions import TABLES
from vises_methods.study.folder import Folder
from vises_methods.study.model_problems import validated
from vises_methods.study.models import ENTERPRISE_FILES, StudyFile
from vises_methods.study.opening import Study, enterprise_names, study_path
from vises_methods.study.places import reference_root
from vises_methods.study.reference import Reference, framework_problems, read_reference
from vises_methods.study.rules import (
    code_versions,
    files,
    numbers,
    profile,
    segments,
    surveys,
    texts,
    theory,
    weights,
)
from vises_methods.study.rules.context import Context, nearest
from vises_methods.study.yaml_files import YamlFile, read_yaml

RULES = (profile, theory, numbers, weights, texts, code_versions, segments, surveys, files)


def check_study(study: Study | str | Path, enterprises: Collection[str] | None = None) -> list[Problem]:
    """Check a study: each file by itself, then what holds between them.

    A fault is told once, at its root: what follows from a file that cannot be read, or from a cell that is wrong, is
    not told again.

    Parameters
    ----------
    study : Study, str or Path
        A study, its name or its folder; one whose ``study.yml`` has problems can be checked too.
    enterprises : collection of str, optional
        The enterprises to look at; all by default.

    Returns
    -------
    list of Problem
        Sorted by file and row; empty where all is well.

    Examples
    --------
    >>> check_study("demo", enterprises=[])
    []
    """
    path = study.path if isinstance(study, Study) else study_path(study)
    check = StudyCheck(path)
    problems = list(check.problems)
    for name in enterprise_names(path):
        if enterprises is None or name in enterprises:
            problems += check.of_enterprise(name)
    return in_order(problems)


class StudyCheck:
    """The check of a study, an enterprise at a time: for studies too large to be checked in one go.

    Parameters
    ----------
    path : Path
        The folder of the study.

    Attributes
    ----------
    problems : tuple of Problem
        Those of the study itself and of what its enterprises share.

    Examples
    --------
    >>> from vises_methods.study import open_study
    >>> study = open_study("demo")
    >>> StudyCheck(study.path).of_enterprise(study.enterprises[0].id)
    []
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        file = read_yaml(path / "study.yml", "study.yml")
        self._content, problems = validated(file, StudyFile, "study.yml")
        self._reference: Reference | None = None
        if self._content is not None:
            codebook = reference_root() / "codebooks" / f"{self._content['codebook']}.yml"
            framework = reference_root() / "frameworks" / f"{self._content['framework']}.yml"
            self._reference, found = read_reference(codebook, framework)
            problems += [*found, *_study_problems(self._content, file, path)]
        self.problems = (*problems, *files.study_problems(path))

    def of_enterprise(self, name: str) -> list[Problem]:
        """Return the problems of one enterprise, as :func:`check_study` would find them."""
        return list(_enterprise_problems(self._path / "enterprises" / name, self._content, self._reference))


def _study_problems(content: dict[str, Any], file: YamlFile, path: Path) -> Iterator[Problem]:
    if content["id"] != path.name:
        values = {"value": content["id"], "name": path.name}
        yield Problem("study.errors.folder_differs", "study.yml", file.line(("id",)), "id", values)
    there = sorted(found.stem for found in (reference_root() / "methodologies").glob("*.yml"))
    if content["methodology"] not in there:
        values = {"value": content["methodology"], "allowed": there}
        line = file.line(("methodology",))
        yield Problem("study.errors.no_reference_file", "study.yml", line, "methodology", values)
    if content["framework_beside"] is not None:
        yield from framework_problems(reference_root() / "frameworks" / f"{content['framework_beside']}.yml")
    if content["invented"] and content["notice"] is None:
        yield Problem("study.errors.no_notice", "study.yml", file.line(("invented",)), "notice")


def _enterprise_problems(path: Path, study: dict[str, Any] | None, reference: Reference | None) -> Iterator[Problem]:
    folder = Folder(path, f"enterprises/{path.name}")
    if not (path / "profile.yml").is_file():
        slip = nearest("profile.yml", [file.name for file in path.iterdir()])
        code = "study.errors.misspelt_file" if slip else "study.errors.no_profile"
        where = f"{folder.where}/{slip}" if slip else folder.where
        yield Problem(code, where, values={"value": slip or path.name, "name": "profile.yml"})
        return
    for name in ENTERPRISE_FILES:
        yield from folder.yaml(name).problems
    for name in TABLES:
        yield from folder.table(name).problems
    if study is None or reference is None:
        return
    roles = frozenset(role["id"] for role in study["roles"])
    context = Context(folder, reference, roles, tuple(study["languages"]), study["horizon"])
    for rules in RULES:
        yield from rules.problems(context)
