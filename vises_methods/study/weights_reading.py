"""Reading the filled spreadsheet of weights back into the tables of an enterprise."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.catalogue import LANGUAGES, text
from vises_methods.errors import InvalidStudyError, Problem
from vises_methods.study.definitions import table
from vises_methods.study.enterprise import Enterprise
from vises_methods.study.rules.weights import BUDGETS as BUDGET_TABLE
from vises_methods.study.rules.weights import JUDGEMENTS, POINTS, TOLERANCE
from vises_methods.study.weights_workbook import BUDGETS, FIRST_ROW, PAIRS, PREFERRED, Asked, asked_of

MOST_ROWS, LARGEST = 20_000, 5_000_000
_SPACES = " \t\n\u00a0\u2009\u202f\u2007"
_WRITTEN = re.compile(r"\d+(?:[.,]\d+)?")
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
"""A number such as 1.234 is one and a bit to some, and over a thousand to others."""
_PAIR_COLUMNS = ("respondent", "stakeholder_group", "first", "second", "preferred", "strength")


@dataclass(frozen=True)
class GivenWeights:
    """What a filled workbook holds: rows of ``weight_budgets.csv`` and of ``weight_judgements.csv``."""

    budgets: pd.DataFrame
    judgements: pd.DataFrame


def read_weights_workbook(path: str | Path, case: Enterprise, /) -> GivenWeights:
    """Read a workbook that :func:`write_weights_workbook` made and people filled in.

    Persons who gave nothing are passed over. In the points, an empty cell is a zero where the rest adds up to 100.

    Parameters
    ----------
    path : str or Path
    case : Enterprise

    Returns
    -------
    GivenWeights

    Raises
    ------
    InvalidStudyError
        With every fault of both sheets: sheet, row, column, what was found, what is allowed, what to do.
    """
    file = Path(path)
    sheets, problems = _sheets(file)
    asked = asked_of(case)
    budgets, pairs = _Reader(f"{file.name}, {BUDGETS}", asked), _Reader(f"{file.name}, {PAIRS}", asked)
    if not problems:
        rows = list(budgets.points(sheets[BUDGETS]))
        judged = list(pairs.judgements(sheets[PAIRS]))
        both = {row["respondent"] for row in rows} & {row["respondent"] for row in judged}
        problems = [*budgets.problems, *pairs.problems]
        problems += [_problem("two_ways", pairs.where, None, "respondent", value=name) for name in sorted(both)]
        problems += _known(case, {row["respondent"] for row in (*rows, *judged)}, file.name)
        if not problems and not rows and not judged:
            problems = [_problem("nothing_given", file.name, None, None)]
    if problems:
        raise InvalidStudyError(file.name, problems)
    return GivenWeights(
        pd.DataFrame(rows, columns=list(table(BUDGET_TABLE).names)),
        pd.DataFrame(judged, columns=list(table(JUDGEMENTS).names)),
    )


def take_weights(path: str | Path, case: Enterprise, /) -> list[Path]:
    """Add what a filled workbook holds to the tables of an enterprise, and return the files that grew.

    Raises
    ------
    InvalidStudyError
        As :func:`read_weights_workbook`; also where a person stands in the tables already. Nothing is written then.
    """
    given = read_weights_workbook(path, case)
    grown = []
    for name, rows in ((BUDGET_TABLE, given.budgets), (JUDGEMENTS, given.judgements)):
        if len(rows):
            file = case.card.path / f"{name}.csv"
            before = file.read_text(encoding="utf-8") if file.is_file() else ",".join(rows.columns) + "\n"
            file.write_text(_ended(before) + _lines(rows), encoding="utf-8", newline="\n")
            grown.append(file)
    return grown


def _bare(cell: str) -> str:
    """A text without the spaces and the sign of per cent around it."""
    return cell.strip(_SPACES).removesuffix("%").strip(_SPACES)


def _typed(cell: Any) -> float | None:
    """The number in a cell; a text counts where it can be read in one way only, decimal comma or point."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    written = _bare(cell) if isinstance(cell, str) else ""
    if _WRITTEN.fullmatch(written) and not _TWO_WAYS.fullmatch(written):
        return float(written.replace(",", "."))
    return None


def _ended(content: str) -> str:
    return content if content.endswith("\n") else content + "\n"


def _lines(rows: pd.DataFrame) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows.itertuples(index=False):
        writer.writerow([f"{cell:g}" if isinstance(cell, float) else cell for cell in row])
    return buffer.getvalue()


def _known(case: Enterprise, persons: set[str], where: str) -> list[Problem]:
    there = {*case.weight_budgets["respondent"], *case.weight_judgements["respondent"]}
    withdrew = set(case.consent.loc[case.consent["withdrawn_on"].notna(), "person"])
    return [
        _problem(code, where, None, "respondent", value=name)
        for code, names in (("respondent_known", there), ("respondent_withdrew", withdrew - there))
        for name in sorted(persons & names)
    ]


def _problem(code: str, where: str, row: int | None, column: str | None, **values: Any) -> Problem:
    return Problem(f"study.errors.{code}", where, row, column, values)


def _sheets(file: Path) -> tuple[dict[str, list[tuple[Any, ...]]], list[Problem]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if not file.is_file() or file.stat().st_size > LARGEST:
        return {}, [_problem("no_workbook", file.name, None, None)]
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        return {}, [_problem("no_workbook", file.name, None, None)]
    absent = [name for name in (BUDGETS, PAIRS) if name not in book.sheetnames]
    if absent:
        return {}, [_problem("no_sheet", file.name, None, None, value=name) for name in absent]
    rows = {name: list(islice(book[name].iter_rows(values_only=True), MOST_ROWS)) for name in (BUDGETS, PAIRS)}
    book.close()
    return rows, []


@dataclass
class _Reader:
    """One sheet: its rows as records, and what is wrong with them."""

    where: str
    asked: Asked
    problems: list[Problem] = field(default_factory=list)

    def points(self, rows: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
        dimensions = list(self.asked.dimensions)
        seen: set[str] = set()
        for number, record in self._records(rows, ("respondent", "stakeholder_group", *dimensions)):
            filled = {code: record[code] for code in dimensions if record[code] is not None}
            if not filled:
                continue
            person, group = self._who(number, record, seen)
            given = {code: self._number(number, code, value, 0, 100) for code, value in filled.items()}
            total = sum(value for value in given.values() if value is not None)
            if None in given.values() or person is None or group is None:
                continue
            if abs(total - POINTS) > TOLERANCE:
                self._tell("budget_sum", number, "sum", value=total, name=person)
                continue
            for code in dimensions:
                points = float(given.get(code) or 0.0)
                yield {"respondent": person, "stakeholder_group": group, "dimension": code, "points": points}

    def judgements(self, rows: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
        people: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        for number, record in self._records(rows, _PAIR_COLUMNS):
            people.setdefault(str(record["respondent"] or "").strip(), []).append((number, record))
        for person, records in people.items():
            if any(record["preferred"] is not None or record["strength"] is not None for _, record in records):
                yield from self._judged(person, records)

    def _judged(self, person: str, records: list[tuple[int, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
        first = records[0][0]
        groups = [(number, record) for number, record in records if record["stakeholder_group"] is not None]
        number, record = groups[0] if groups else records[0]
        name, group = self._who(number, {**record, "respondent": person}, set())
        pairs: dict[frozenset[str], dict[str, Any]] = {}
        for row, answer in records:
            one, two = (self._dimension(row, column, answer[column]) for column in ("first", "second"))
            if answer["preferred"] is None and answer["strength"] is None:
                continue
            judged = self._judgement(row, answer)
            if one is None or two is None or judged is None or name is None or group is None:
                continue
            pair = frozenset((one, two))
            if pair in pairs:
                self._tell("pair_twice", row, "second", value=f"{one} / {two}", first=first)
            preferred, strength = judged
            row_of = {"respondent": name, "stakeholder_group": group, "first": one, "second": two}
            pairs[pair] = {**row_of, "preferred": preferred, "strength": strength}
        asked = [" / ".join(pair) for pair in combinations(self.asked.dimensions, 2) if frozenset(pair) not in pairs]
        if asked and not any(problem.row in {row for row, _ in records} for problem in self.problems):
            self._tell("pair_missing", first, "respondent", name=person, value=", ".join(asked), count=len(asked))
        yield from pairs.values()

    def _records(self, rows: list[tuple[Any, ...]], columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
        head = [str(cell).strip() if cell is not None else "" for cell in rows[0]] if rows else []
        absent = [name for name in columns if name not in head]
        if absent:
            for name in absent:
                self._tell("no_head", 1, name, value=name)
            return
        place = {name: head.index(name) for name in columns}
        for number, row in enumerate(rows[FIRST_ROW - 1 :], FIRST_ROW):
            cells = {name: row[i] if i < len(row) else None for name, i in place.items()}
            yield number, {name: None if cell == "" else cell for name, cell in cells.items()}

    def _who(self, number: int, record: dict[str, Any], seen: set[str]) -> tuple[str | None, str | None]:
        person, group = str(record["respondent"] or "").strip(), record["stakeholder_group"]
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", person):
            self._tell("bad_person", number, "respondent", value=person or "–")
            return None, None
        if person in seen:
            self._tell("person_twice", number, "respondent", value=person)
            return None, None
        seen.add(person)
        found = self._chosen(group, {code: [code, *label.values()] for code, label in self.asked.groups.items()})
        if found is None:
            allowed = list(self.asked.groups)
            self._tell("no_group", number, "stakeholder_group", value=str(group or "–"), name=person, allowed=allowed)
        return person, found

    def _dimension(self, number: int, column: str, cell: Any) -> str | None:
        code = str(cell or "").split("·")[0].strip()
        if code in self.asked.dimensions:
            return code
        self._tell("unknown_dimension", number, column, value=str(cell or "–"), allowed=list(self.asked.dimensions))
        return None

    def _judgement(self, number: int, record: dict[str, Any]) -> tuple[str, int] | None:
        words = {
            answer: [answer, *(text(f"study.weights_workbook.preferred.{answer}", lang) for lang in LANGUAGES)]
            for answer in PREFERRED
        }
        preferred = self._chosen(record["preferred"], words)
        if preferred is None:
            allowed = [names[0] for names in words.values()]
            self._tell("no_preference", number, "preferred", value=str(record["preferred"] or "–"), allowed=allowed)
            return None
        if preferred == "equal" and record["strength"] is None:
            return preferred, 1
        strength = self._number(number, "strength", record["strength"], 1, 9)
        if strength is None:
            return None
        if strength != int(strength):
            self._tell("not_whole", number, "strength", value=strength)
            return None
        if (preferred == "equal") != (strength == 1):
            self._tell("strength_contradicts", number, "strength", value=int(strength), name=preferred)
            return None
        return preferred, int(strength)

    def _number(self, number: int, column: str, cell: Any, low: float, high: float) -> float | None:
        value = _typed(cell)
        if value is not None and low <= value <= high:
            return value
        code = "number_two_ways" if isinstance(cell, str) and _TWO_WAYS.fullmatch(_bare(cell)) else "no_number"
        self._tell(code, number, column, value=str(cell if cell is not None else "–"), low=low, high=high)
        return None

    @staticmethod
    def _chosen(cell: Any, words: dict[str, list[str]]) -> str | None:
        said = str(cell or "").strip().casefold()
        return next((code for code, names in words.items() if said in {name.casefold() for name in names}), None)

    def _tell(self, code: str, row: int, column: str, **values: Any) -> None:
        self.problems.append(_problem(code, self.where, row, column, **values))
