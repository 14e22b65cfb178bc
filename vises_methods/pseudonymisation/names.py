"""The names to look for: those a study gives, the labels of its consent forms, and usual names of the region."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vises_methods.errors import InputError, InvalidStudyError, Problem
from vises_methods.pseudonymisation.words import meant
from vises_methods.qualitative.identifiers import LISTED, parts_of_name
from vises_methods.study.places import reference_root
from vises_methods.study.text_files import BYTE_ORDER_MARK, read_text_file

COLUMNS = ("name", "kind", "same_as")


@dataclass(frozen=True)
class Names:
    """Names by kind, and other ways of calling someone.

    Attributes
    ----------
    lists : mapping of str to list of str
        ``person, place, organisation``.
    same_as : mapping of str to str
        A diminutive or nickname, and the name it stands for.
    """

    lists: Mapping[str, list[str]] = field(default_factory=dict)
    same_as: Mapping[str, str] = field(default_factory=dict)

    def with_persons(self, persons: Iterable[str]) -> Names:
        """Add persons, such as the labels that open turns."""
        return Names({**self.lists, "person": [*self.lists.get("person", []), *persons]}, self.same_as)


def read_names(path: Path) -> Names:
    """Read the list of names of a study: a CSV file with the columns ``name, kind, same_as``.

    Parameters
    ----------
    path : Path
        ``kind`` is person, place or organisation in any of the three languages, person where it is empty; ``same_as``
        may be left out. Of a person, first names and surname are looked for alone too. Columns
        are parted by a comma or a semicolon.

    Raises
    ------
    InputError
        Where there is no such file.
    InvalidStudyError
        With every problem of the file.
    """
    if not path.is_file():
        raise InputError("file_not_found", "--names", path=str(path))
    rows, header = rows_of(path)
    if "name" not in header:
        missing = Problem("pseudonymisation.errors.names_columns", path.name, row=1, values={"found": header})
        raise InvalidStudyError(path.name, [missing])
    lists: dict[str, list[str]] = {kind: [] for kind in LISTED}
    same_as: dict[str, str] = {}
    problems = []
    for number, row in rows:
        kind = meant("kinds", row.get("kind") or "person")
        if kind not in LISTED:
            values = {"value": row.get("kind"), "allowed": list(LISTED)}
            problems.append(Problem("unknown_option", path.name, row=number, column="kind", values=values))
        elif row["name"]:
            lists[kind] += parts_of_name(row["name"]) if kind == "person" else [row["name"]]
            if row.get("same_as"):
                same_as[row["name"]] = row["same_as"]
                lists[kind].append(row["same_as"])
    if problems:
        raise InvalidStudyError(path.name, problems)
    return Names(lists, same_as)


def usual_names() -> dict[str, list[str]]:
    """Return the usual first names and communes that stand in ``data/reference/names``; none where it is absent."""
    files = {"person": "persons.txt", "place": "places.txt"}
    folder = reference_root() / "names"
    return {kind: _lines(folder / name) for kind, name in files.items() if (folder / name).is_file()}


def rows_of(path: Path) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Return the rows of a sheet saved as CSV, each with its number, and the header; whatever parts the columns.

    Raises
    ------
    InvalidStudyError
        Where the file is no text in UTF-8, or its quotes do not match.
    """
    file = read_text_file(path, path.name)
    if file.text is None:
        raise InvalidStudyError(path.name, file.problems)
    text = file.text.removeprefix(BYTE_ORDER_MARK)
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise InvalidStudyError(path.name, [Problem("study.errors.csv_quotes", path.name)]) from None
    header = [cell.strip() for cell in lines[0]]
    rows = [
        (number, dict(zip(header, [*(cell.strip() for cell in line), *[""] * len(header)], strict=False)))
        for number, line in enumerate(lines[1:], 2)
        if any(cell.strip() for cell in line)
    ]
    return rows, header


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
