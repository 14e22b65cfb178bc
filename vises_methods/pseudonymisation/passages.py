"""The words of an enterprise that may name someone: its texts and readings, and the cells written freely."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from vises_methods.pseudonymisation.raw_tables import RawTable
from vises_methods.pseudonymisation.raw_yaml import COMMENT, RawYaml
from vises_methods.study.definitions import table

TABLES_OF_PEOPLE = ("documents", "codings", "adjudications", "consent", "decisions")
"""The tables that speak of persons."""
TABLES_OF_THE_ENTERPRISE = ("stakeholders", "indicators", "series")
"""The tables that speak of the enterprise, in whose free cells a person may be named. The survey and the weights have
no free cell: their persons are numbers, their answers values of a list."""
Cells = RawTable | RawYaml
Change = tuple[int, int, str, str]
"""Start, end, what stood there and what is to stand there."""


@dataclass
class Contents:
    """The files of an enterprise that can name someone.

    Attributes
    ----------
    texts : dict of str to str
        ``texts/<document>.txt`` and ``readings/<notebook>.md``.
    tables : dict of str to RawTable or RawYaml
        By file, as ``codings.csv`` and ``profile.yml``.
    """

    texts: dict[str, str]
    tables: dict[str, Cells]

    @classmethod
    def read(cls, folder: Path) -> Contents:
        """Read the files of an enterprise, with the rows of those who withdrew."""
        paths = [*sorted(folder.glob("texts/*.txt")), *sorted(folder.glob("readings/*.md"))]
        texts = {path.relative_to(folder).as_posix(): _text(path) for path in paths}
        named = (*TABLES_OF_PEOPLE, *TABLES_OF_THE_ENTERPRISE)
        there = [f"{name}.csv" for name in named if (folder / f"{name}.csv").is_file()]
        tables: dict[str, Cells] = {name: RawTable.parse(_text(folder / name)) for name in there}
        return cls(
            texts, tables | {path.name: RawYaml(path.name, _text(path)) for path in sorted(folder.glob("*.yml"))}
        )

    def files(self) -> dict[str, bytes]:
        """Return the files as they are to be written."""
        tables = {name: content.text() for name, content in self.tables.items()}
        return {name: content.encode("utf-8") for name, content in {**self.texts, **tables}.items()}

    def passages(self) -> pd.DataFrame:
        """Return every passage that may name someone: ``document`` (its place) and ``text``."""
        rows = list(self.texts.items())
        for name, content in self.tables.items():
            if isinstance(content, RawYaml):
                rows += [(cell_place(name, row, path), value) for row, path, value in content.cells()]
                continue
            columns = [column for column in free_columns(name) if column in content.header]
            for row in content.numbers():
                rows += [(cell_place(name, row, c), value) for c in columns if (value := content.get(row, c))]
        return pd.DataFrame(rows, columns=["document", "text"], dtype="str")

    def labels(self) -> list[str]:
        """Return the labels by which consent.csv knows the speakers."""
        consent = self.tables.get("consent.csv")
        labels = [consent.get(row, "label") for row in consent.numbers()] if consent else []
        return [label for label in labels if label and not any(character.isdigit() for character in label)]


def free_columns(file: str) -> list[str]:
    """Return the columns of a table that are written freely: no form, no list of values, no identifier."""
    definition = table(file.removesuffix(".csv"))
    return [
        column.name
        for column in definition.columns
        if column.type == "string"
        and not (column.enum or column.pattern or column.references)
        and column.name not in (*definition.key, "form", "codebook_version")
    ]


def cell_place(file: str, row: int, column: str) -> str:
    """Return the place of a cell as the review names it; the row is numbered as in a spreadsheet.

    Examples
    --------
    >>> cell_place("codings.csv", 3, "memo")
    'codings.csv, 4, memo'
    """
    return f"{file}, {row + 1}, {column}"


def of_the_enterprise(place: str) -> bool:
    """Say whether a passage describes the enterprise: its communes and partners are meant to be read.

    Examples
    --------
    >>> of_the_enterprise("profile.yml, 3, portrait.needs.fr"), of_the_enterprise("codings.csv, 4, memo")
    (True, False)
    """
    cell = parsed_place(place)
    return cell is not None and cell[0].partition(".")[0] not in TABLES_OF_PEOPLE


def is_comment(place: str) -> bool:
    """Say whether a passage is a comment of a YAML file, which no page shows."""
    cell = parsed_place(place)
    return cell is not None and cell[2].startswith(COMMENT)


def parsed_place(place: str) -> tuple[str, int, str] | None:
    """Return file, row and column of a cell; None for the place of a text."""
    parts = place.split(", ")
    return (parts[0], int(parts[1]) - 1, parts[2]) if len(parts) == 3 else None


def fingerprint_of(text: str) -> str:
    """Return the digest that tells whether a passage is still the one that was reviewed."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def replaced(text: str, changes: Sequence[Change]) -> str:
    """Return a text with its changes made; they are in order and do not overlap."""
    pieces, done = [], 0
    for start, end, _, new in changes:
        pieces += [text[done:start], new]
        done = end
    return "".join([*pieces, text[done:]])


def undoing(changes: Sequence[Change]) -> list[Change]:
    """Return the changes that undo these.

    Examples
    --------
    >>> undoing([(0, 4, "Anna", "[P1]"), (5, 9, "Bert", "[P20]")])
    [(0, 4, '[P1]', 'Anna'), (5, 10, '[P20]', 'Bert')]
    """
    back, shift = [], 0
    for start, end, old, new in changes:
        back.append((start + shift, start + shift + len(new), new, old))
        shift += len(new) - (end - start)
    return back


def by_place(decided: pd.DataFrame, passages: Mapping[str, str]) -> dict[str, list[Change]]:
    """Return the changes of each passage from decided finds (``document, start, end, pseudonym``)."""
    changes: dict[str, list[Change]] = {}
    for row in decided.sort_values(["document", "start"]).itertuples():
        text, start, end = passages[str(row.document)], int(str(row.start)), int(str(row.end))
        changes.setdefault(str(row.document), []).append((start, end, text[start:end], str(row.pseudonym)))
    return changes


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")
