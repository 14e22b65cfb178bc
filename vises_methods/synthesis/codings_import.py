"""A project of a coding tool taken into an enterprise's own tables: seen first, then written, nothing lost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.errors import InvalidStudyError, Problem
from vises_methods.qualitative import Codebook, CodedProject, read_codings, read_project
from vises_methods.study import Enterprise, items
from vises_methods.synthesis.foreign_names import ForeignNames, documents_of, standing_texts
from vises_methods.synthesis.taking_in import mapping_file, standing_rows, table_text, write_checked

SHEETS = {".csv", ".tsv", ".xlsx"}
CODINGS = ("coding", "document", "coder", "code", "start", "end", "quote_sha", "valence", "strength", "memo")
DOCUMENTS = ("document", "title", "kind", "date", "language", "stakeholder_group", "wave", "persons", "coders")
PLACE = ["document", "coder", "code", "start", "end"]
PARTS = ("documents", "codes", "coders")


@dataclass(frozen=True, eq=False)
class CodingsImport:
    """What a coded project would do to the tables of an enterprise.

    Attributes
    ----------
    rows : DataFrame
        ``document, coder, code, start, end, memo`` and ``outcome``: ``new`` (the file has it and the table has not),
        ``same``, or ``gone`` (the table has it and the file, which holds codings of this coder in this document, has
        it no longer).
    added : mapping of str to mapping
        By identifier, a row of ``documents.csv`` and the ``text`` of each document that the enterprise has not yet.
    left_out : int
        Codings that the mapping file leaves out.
    project : CodedProject
        What was read, with its losses and repairs.
    """

    case: Enterprise
    rows: pd.DataFrame
    added: Mapping[str, Mapping[str, str]]
    left_out: int
    project: CodedProject
    version: str

    def counts(self) -> pd.DataFrame:
        """Return a row per document and coder, with how many codings are ``new``, ``same`` and ``gone``."""
        table = pd.crosstab([self.rows["document"], self.rows["coder"]], self.rows["outcome"])
        return table.reindex(columns=["new", "same", "gone"], fill_value=0).reset_index()


def plan_codings_import(source: str | Path, case: Enterprise, /, mapping: str | Path | None = None) -> CodingsImport:
    """Read a coded project, say whose codings of what it holds in the words of the study, and compare with the tables.

    Use it first: it changes nothing. Documents are known by their name or by their words, codes by their identifier or
    by their label in one of the languages, coders by their pseudonym; the mapping file says the rest. Positions are
    carried to the study's own text, blanks and line breaks aside.

    Parameters
    ----------
    source : path
        A project that :func:`qualitative.read_project` reads (Taguette, QualCoder, REFI-QDA), or a CSV or XLSX file of
        codings as :func:`qualitative.read_codings` reads them.
    case : Enterprise
    mapping : path of a YAML file, optional
        ``documents``, ``codes`` and ``coders``: by their name in the file, an identifier of the study, or null to leave
        them out. A document that the enterprise has not yet is a mapping: ``document`` (its identifier) and the columns
        of ``documents.csv`` (``title, kind, date, language, access``, …).

    Returns
    -------
    CodingsImport

    Raises
    ------
    ExchangeError
        One of the files cannot be read.
    InvalidStudyError
        With every document, code and coder that is not known, and every text whose words are not the study's.
    """
    file = Path(source)
    names = _mapping(mapping)
    project = _read(file, case, names["documents"])
    book = Codebook.from_yaml(case.codebook)
    reader = ForeignNames(file.name, case, project, names, book)
    documents, codes, coders = reader.documents(), reader.codes(), reader.coders()
    spans = reader.spans(documents)
    if reader.problems:
        raise InvalidStudyError(file.name, reader.problems)
    found = project.codings.assign(
        document=project.codings["document"].map(documents),
        code=project.codings["code"].map(codes),
        coder=project.codings["coder"].map(coders),
        start=pd.Series([span[0] if span else None for span in spans], project.codings.index, "Int64"),
        end=pd.Series([span[1] if span else None for span in spans], project.codings.index, "Int64"),
    )
    kept = found.dropna(subset=PLACE).astype({"start": int, "end": int}).drop_duplicates(PLACE)
    return CodingsImport(
        case,
        _compared(kept[[*PLACE, "memo"]], standing_rows(case, "codings.csv")),
        reader.added(documents),
        int(found[PLACE].isna().any(axis=1).sum()),
        project,
        book.version,
    )


def write_codings_import(plan: CodingsImport, /, *, overwrite: bool = False) -> list[Path]:
    """Write what is new: codings, those who read, and new documents with their texts.

    Codings that are gone from the file are taken out only with ``overwrite``. All is checked as written; with problems
    that the enterprise had not before, everything is put back.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InvalidStudyError
        The tables as written would have problems.
    """
    files = {f"texts/{document}.txt": row["text"].encode("utf-8") for document, row in plan.added.items()}
    files["documents.csv"] = table_text(_documents(plan), DOCUMENTS)
    files["codings.csv"] = table_text(_codings(plan, overwrite), (*CODINGS, "codebook_version"))
    changed = {
        name: content
        for name, content in files.items()
        if not (path := plan.case.card.path / name).is_file() or path.read_bytes() != content
    }
    return write_checked(plan.case, changed)


def _mapping(path: str | Path | None) -> dict[str, dict[str, Any]]:
    content = {} if path is None else mapping_file(Path(path))
    where = "" if path is None else Path(path).name
    problems = [_problem("mapping_part", where, value=str(name)) for name in content if name not in PARTS]
    problems += [
        _problem("mapping_names", where, value=part) for part in PARTS if not isinstance(content.get(part) or {}, dict)
    ]
    if problems:
        raise InvalidStudyError(where, problems)
    return {part: {str(name): value for name, value in (content.get(part) or {}).items()} for part in PARTS}


def _read(file: Path, case: Enterprise, names: Mapping[str, Any]) -> CodedProject:
    if file.suffix.lower() not in SHEETS:
        return read_project(file, normalise=True)
    known = standing_texts(case)
    other = {name: known[own] for name, own in names.items() if isinstance(own, str) and own in known}
    both = pd.DataFrame((known | other).items(), columns=["document", "text"])
    codings = read_codings(file, both)
    codings["memo"] = codings.get("memo", "")
    used = both[both["document"].isin(codings["document"])]
    return CodedProject(used, Codebook(file.stem, "", ()), codings)


def _problem(code: str, where: str, **values: Any) -> Problem:
    return Problem(f"synthesis.errors.{code}", where, values=values)


def _compared(found: pd.DataFrame, standing: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    there = pd.DataFrame(standing, columns=PLACE, dtype=object).astype({"start": int, "end": int})
    both = found.merge(there.drop_duplicates(), on=PLACE, how="outer", indicator="outcome")
    outcome = both["outcome"].astype(str).map({"left_only": "new", "both": "same", "right_only": "gone"})
    read = set(zip(found["document"], found["coder"], strict=True))
    concerned = [pair in read for pair in zip(both["document"], both["coder"], strict=True)]
    return both.assign(outcome=outcome, memo=both["memo"].fillna(""))[concerned].reset_index(drop=True)


def _codings(plan: CodingsImport, overwrite: bool) -> list[dict[str, str]]:
    rows = standing_rows(plan.case, "codings.csv")
    if overwrite:
        gone = {_key(row) for row in _records(plan, "gone")}
        rows = [row for row in rows if _key(row) not in gone]
    last = max((int(row["coding"][1:]) for row in standing_rows(plan.case, "codings.csv")), default=0)
    texts = standing_texts(plan.case) | {document: row["text"] for document, row in plan.added.items()}
    for number, row in enumerate(_records(plan, "new"), start=last + 1):
        quote = texts[row["document"]][row["start"] : row["end"]]
        told = {"coding": f"c{number:04d}", "quote_sha": hashlib.sha256(quote.encode("utf-8")).hexdigest()[:12]}
        told |= dict(zip(PLACE, _key(row), strict=True))
        rows.append(told | {"memo": " ".join(row["memo"].split()), "codebook_version": plan.version})
    return rows


def _records(plan: CodingsImport, outcome: str) -> list[dict[str, Any]]:
    own = plan.rows[plan.rows["outcome"] == outcome]
    return [{str(name): cell for name, cell in row.items()} for row in own.to_dict("records")]


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in PLACE)


def _documents(plan: CodingsImport) -> list[dict[str, str]]:
    readers = plan.rows[plan.rows["outcome"] != "gone"].groupby("document")["coder"].unique()
    rows = documents_of(plan.case)
    rows += [{name: cell for name, cell in row.items() if name != "text"} for row in plan.added.values()]
    for row in rows:
        known = items(row.get("coders", ""))
        fresh = [coder for coder in readers.get(row["document"], ()) if coder not in known]
        row["coders"] = ";".join([*known, *fresh])
    return rows
