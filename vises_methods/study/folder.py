"""The folder of an enterprise: each file is read once, when first asked for, and what was read is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.errors import Problem
from vises_methods.study.definitions import Table, survey_table, table
from vises_methods.study.model_problems import validated
from vises_methods.study.models import ENTERPRISE_FILES
from vises_methods.study.table_files import TableFile, empty_frame, read_table
from vises_methods.study.text_files import TextFile, interview_problems, read_text_file
from vises_methods.study.yaml_files import YamlFile, read_yaml


@dataclass(frozen=True)
class CheckedTable:
    """A table held against its definition.

    Attributes
    ----------
    frame : DataFrame
        The index is the row as a spreadsheet numbers it.
    problems : tuple of Problem
    told : frozenset of (int, str)
        Cells of which a fault is told already: no rule complains of them again.
    present : bool
        Whether there is such a file.
    usable : bool
        Whether rules between tables may rely on it (present, or rightly absent, with all its columns).
    """

    frame: pd.DataFrame
    problems: tuple[Problem, ...] = ()
    told: frozenset[tuple[int, str]] = frozenset()
    present: bool = False
    usable: bool = True


@dataclass(frozen=True)
class CheckedYaml:
    """A YAML file held against its model; ``content`` is None where it is absent or has problems."""

    content: dict[str, Any] | None
    problems: tuple[Problem, ...] = ()
    file: YamlFile | None = None

    @property
    def present(self) -> bool:
        """Whether there is such a file."""
        return self.file is not None

    @property
    def usable(self) -> bool:
        """Whether rules between tables may rely on it."""
        return not self.problems

    def row(self, *path: str | int) -> int | None:
        """Return the line on which a key stands."""
        return self.file.line(path) if self.file else None


@dataclass
class Folder:
    """The files of one enterprise.

    Attributes
    ----------
    path : Path
    where : str
        The folder as problems name it, as in ``enterprises/tournepapillon``.
    """

    path: Path
    where: str
    _tables: dict[str, CheckedTable] = field(default_factory=dict)
    _yaml: dict[str, CheckedYaml] = field(default_factory=dict)
    _texts: dict[str, TextFile | None] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)

    def table(self, name: str) -> CheckedTable:
        """Read and validate a table; an absent one has no rows."""
        if name not in self._tables:
            self._tables[name] = self._read_table(name)
        return self._tables[name]

    def yaml(self, name: str) -> CheckedYaml:
        """Read and validate a YAML file."""
        if name not in self._yaml:
            self._yaml[name] = self._read_yaml(name)
        return self._yaml[name]

    def text(self, document: str) -> TextFile | None:
        """Read the text of a document; None where there is no such file."""
        if document not in self._texts:
            path, where = self.path / "texts" / f"{document}.txt", f"{self.where}/texts/{document}.txt"
            self._texts[document] = self._read_text(path, where) if path.is_file() else None
        return self._texts[document]

    def reading(self, notebook: str) -> str | None:
        """Return the researcher's own reading for a notebook; None where there is none."""
        path = self.path / "readings" / f"{notebook}.md"
        if not path.is_file():
            return None
        file = read_text_file(path, f"{self.where}/readings/{path.name}")
        self._digests[file_name(self, f"readings/{path.name}")] = file.sha256
        return file.text

    def earlier_codebooks(self) -> list[Path]:
        """Return the earlier versions of the codebook that the enterprise kept: ``codebooks/<version>.yml``."""
        paths = sorted(self.path.glob("codebooks/*.yml"))
        for path in paths:
            inside = f"codebooks/{path.name}"
            self._digests[file_name(self, inside)] = read_text_file(path, f"{self.where}/{inside}").sha256
        return paths

    @property
    def digests(self) -> dict[str, str]:
        """The files read so far, relative to the study, and the SHA-256 of each."""
        return dict(sorted(self._digests.items()))

    def definition(self, name: str) -> Table:
        """Return the definition of a table; that of the survey follows ``survey_items.yml``."""
        return survey_table(self.yaml("survey_items").content) if name == "survey" else table(name)

    def _read_table(self, name: str) -> CheckedTable:
        path = self.path / f"{name}.csv"
        if not path.is_file():
            return CheckedTable(empty_frame(table(name)))
        where, definition = f"{self.where}/{name}.csv", self.definition(name)
        file = read_table(path, definition, where)
        self._digests[where] = file.sha256
        return _checked(file, definition, where)

    def _read_yaml(self, name: str) -> CheckedYaml:
        path, where = self.path / f"{name}.yml", f"{self.where}/{name}.yml"
        if not path.is_file():
            return CheckedYaml(None)
        file = read_yaml(path, where)
        self._digests[where] = file.sha256
        content, problems = validated(file, ENTERPRISE_FILES[name], where)
        return CheckedYaml(content, tuple(problems), file)

    def _read_text(self, path: Path, where: str) -> TextFile:
        file = read_text_file(path, where)
        self._digests[where] = file.sha256
        if file.text is None:
            return file
        return TextFile(file.text, file.sha256, tuple(interview_problems(file.text, where)))


def file_name(folder: Folder, name: str) -> str:
    """Return a file as problems name it: relative to the study, with forward slashes."""
    return f"{folder.where}/{name}"


def _checked(file: TableFile, definition: Table, where: str) -> CheckedTable:
    from vises_methods.study.schemas import validate

    if file.frame.empty:
        return CheckedTable(file.frame, file.problems, file.told, True, file.whole)
    problems = validate(file.frame, definition, where, told=file.told)
    told = file.told | {(problem.row or 0, problem.column or "") for problem in problems}
    return CheckedTable(file.frame, (*file.problems, *problems), frozenset(told), True, file.whole)
