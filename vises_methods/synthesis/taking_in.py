"""Taking in somebody's file: a small mapping file is read, and tables are written all together or not at all."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from vises_methods.catalogue import yaml_content
from vises_methods.errors import ExchangeError, InvalidStudyError, Problem
from vises_methods.study import Enterprise, check_study


def mapping_file(path: Path) -> dict[str, Any]:
    """Read a YAML file that says how somebody's names are ours.

    Raises
    ------
    ExchangeError
        Where it is absent, or is not a YAML mapping.
    """
    if not path.is_file():
        raise ExchangeError("file_not_found", path.name, path=path.name)
    try:
        content = yaml_content(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExchangeError("synthesis.errors.no_mapping", path.name) from error
    if not isinstance(content, dict):
        raise ExchangeError("synthesis.errors.no_mapping", path.name)
    return content


def standing_rows(case: Enterprise, table: str) -> list[dict[str, str]]:
    """Return the rows of a table as they are written, cells without the blanks around them."""
    path = case.card.path / table
    if not path.is_file():
        return []
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    return [{name: (cell or "").strip() for name, cell in row.items() if name} for row in reader]


def table_text(rows: Sequence[Mapping[str, str]], columns: Iterable[str]) -> bytes:
    """Write rows as a table: the columns they have, then those that the table is known to have."""
    header = list(dict.fromkeys([*(rows[0] if rows else ()), *columns]))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def write_checked(case: Enterprise, files: Mapping[str, bytes]) -> list[Path]:
    """Write files of an enterprise and check it; with problems that it had not before, all are put back as they were.

    Parameters
    ----------
    case : Enterprise
    files : mapping of str to bytes
        By the file's name within the enterprise's folder.

    Returns
    -------
    list of Path
        The files, in the order given.

    Raises
    ------
    InvalidStudyError
        With the problems that the enterprise would have.
    """
    paths = [case.card.path / name for name in files]
    before = {path: path.read_bytes() if path.is_file() else None for path in paths}
    known = Counter(_identity(problem) for problem in _problems(case))
    try:
        for path, content in zip(paths, files.values(), strict=True):
            _replace(path, content)
        fresh = []
        for problem in _problems(case):
            known[_identity(problem)] -= 1
            if known[_identity(problem)] < 0:
                fresh.append(problem)
        if fresh:
            raise InvalidStudyError(", ".join(files), fresh)
    except BaseException:
        _put_back(before)
        raise
    return paths


def _put_back(before: Mapping[Path, bytes | None]) -> None:
    for path, earlier in before.items():
        if earlier is None:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != earlier:
            _replace(path, earlier)


def _problems(case: Enterprise) -> list[Problem]:
    return [p for p in check_study(case.study, [case.id]) if f"enterprises/{case.id}/" in p.where]


def _identity(problem: Problem) -> tuple[Any, ...]:
    """Return what a problem is, wherever its row stands now: rows move when others are added or taken out."""
    return problem.code, problem.where, problem.column, repr(sorted(problem.values.items()))


def _replace(path: Path, content: bytes) -> None:
    """All or nothing: a crash leaves a file as it was, or as it is meant to be."""
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
