"""The data of one enterprise, as the notebooks read them."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.errors import InvalidStudyError, Problem
from vises_methods.results import Result
from vises_methods.study.code_changes import carry_over
from vises_methods.study.definitions import Table
from vises_methods.study.folder import Folder
from vises_methods.study.opening import EnterpriseCard, Study, open_study
from vises_methods.study.text_files import read_text_file
from vises_methods.study.withdrawal import Withdrawal, documents_left, items, segments_left, withdrawal

_SECTION = re.compile(r"^## +(\S+) *$", re.MULTILINE)


def open_enterprise(study: Study | str | Path, enterprise: str) -> Enterprise:
    """Open an enterprise of a study: the notebooks' way in.

    Each table or file is read when it is first asked for, validated, and remembered. What belongs to a person who
    withdrew consent is taken out of everything.

    Parameters
    ----------
    study : Study, str or Path
        A study, or its name or folder.
    enterprise : str
        The enterprise's identifier, the name of its folder.

    Returns
    -------
    Enterprise

    Raises
    ------
    InputError
        When the study has no such enterprise.

    Examples
    --------
    >>> study = open_study("demo")
    >>> card = study.enterprises[0]
    >>> open_enterprise(study, card.id).profile["name"] == card.name
    True
    """
    opened = study if isinstance(study, Study) else open_study(study)
    card = opened.enterprise(enterprise)
    return Enterprise(opened, card, Folder(card.path, f"enterprises/{card.id}"))


@dataclass(frozen=True)
class Enterprise:
    """The data of one enterprise: a frame per table, a mapping per YAML file.

    A table that the enterprise has not got yet is a frame without rows, with its columns and types; a YAML file is
    then None. In the frames, text is missing where the cell is empty; lists are texts whose items are parted by
    ``;`` (see :func:`vises_methods.study.items`); whole numbers are ``int64`` (``Int64`` where a cell may be empty),
    numbers ``float64``, dates ``datetime64``, true and false ``bool``.

    Attributes
    ----------
    study : Study
    card : EnterpriseCard

    Raises
    ------
    InvalidStudyError
        When a file that is asked for has problems; it holds them all.
    """

    study: Study
    card: EnterpriseCard
    _folder: Folder = field(repr=False)
    _shared: dict[str, str] = field(default_factory=dict, repr=False)
    _delivered: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def id(self) -> str:
        """The enterprise's identifier."""
        return self.card.id

    @property
    def name(self) -> str:
        """The enterprise's name."""
        return self.card.name

    @property
    def profile(self) -> dict[str, Any]:
        """Who the enterprise is: ``profile.yml``."""
        return self._yaml("profile") or {}

    @property
    def theory_of_change(self) -> dict[str, Any] | None:
        """Nodes and edges: ``theory_of_change.yml``."""
        return self._yaml("theory_of_change")

    @property
    def questions(self) -> dict[str, Any] | None:
        """The evaluative questions: ``questions.yml``."""
        return self._yaml("questions")

    @property
    def framework(self) -> dict[str, Any] | None:
        """What applies here, own indicators, targets and weights: ``framework.yml``."""
        return self._yaml("framework")

    @property
    def survey_items(self) -> dict[str, Any] | None:
        """Items, outcomes, covariates and plan of the survey: ``survey_items.yml``."""
        return self._yaml("survey_items")

    @property
    def codebook_changes(self) -> dict[str, Any] | None:
        """The recorded changes of the codebook: ``codebook_changes.yml``."""
        return self._yaml("codebook_changes")

    @property
    def stakeholders(self) -> pd.DataFrame:
        """The map of stakeholder groups."""
        return self._table("stakeholders")

    @property
    def decisions(self) -> pd.DataFrame:
        """The log of co-construction."""
        return self._table("decisions")

    @property
    def indicators(self) -> pd.DataFrame:
        """Indicator values; each row has a value or a reason why it is missing."""
        return self._table("indicators")

    @property
    def series(self) -> pd.DataFrame:
        """Administrative series."""
        return self._table("series")

    @property
    def weight_budgets(self) -> pd.DataFrame:
        """Points that persons gave to the dimensions; those of persons who withdrew are left out."""
        return self._given("weight_budgets")

    @property
    def weight_judgements(self) -> pd.DataFrame:
        """Pairs of dimensions that persons judged; those of persons who withdrew are left out."""
        return self._given("weight_judgements")

    @property
    def consent(self) -> pd.DataFrame:
        """Who agreed to what, and who withdrew."""
        return self._table("consent")

    @property
    def documents(self) -> pd.DataFrame:
        """Documents with their ``text``; the turns of persons who withdrew are blanked."""
        return self._documents_left.copy()

    @property
    def codings(self) -> pd.DataFrame:
        """Coded segments: positions in code points, the end exclusive; old codes are carried to today's codebook.

        What was coded with a code that has been split or removed since is in :attr:`to_recode`.
        """
        return self._carried_codings[0].copy()

    @property
    def adjudications(self) -> pd.DataFrame:
        """What the coders settled; the rows that are not ``dropped`` are the final coding."""
        return self._carried_adjudications[0].copy()

    @property
    def to_recode(self) -> pd.DataFrame:
        """Coded and settled segments whose code was split or removed since.

        Returns
        -------
        DataFrame
            Columns ``document, coder, code, start, end, to_review``; the coder is missing where it was settled
            together, ``to_review`` holds the codes to choose from, or ``removed``.
        """
        parts = [self._carried_codings[1], self._carried_adjudications[1]]
        columns = ["document", "coder", "code", "start", "end", "to_review"]
        return pd.concat([part.reindex(columns=columns) for part in parts], ignore_index=True)

    @property
    def survey(self) -> pd.DataFrame:
        """Survey answers, one row per respondent and wave; covariates and items follow as columns."""
        return self._given("survey")

    @property
    def codebook(self) -> Path:
        """The file of the study's codebook."""
        return self._shared_file("@codebook", self.study.codebook_path)

    @property
    def earlier_codebooks(self) -> list[Path]:
        """The files of the codebook's earlier versions that the enterprise kept in ``codebooks/``."""
        return self._folder.earlier_codebooks()

    @property
    def framework_nodes(self) -> Path:
        """The file of the study's indicator framework."""
        return self._shared_file("@framework", self.study.framework_path)

    @property
    def calibration(self) -> pd.DataFrame:
        """How often the intervals of each design hold the truth, as ``vises calibrate`` counted it."""
        if self.study.calibration_path.is_file():
            self._shared_file("@calibration", self.study.calibration_path)
        return self.study.calibration()

    @property
    def group_ranges(self) -> pd.DataFrame:
        """Where the enterprises of its group stand on each indicator, as ``vises ranges`` wrote it: by year."""
        if self.study.group_ranges_path.is_file():
            self._shared_file("@ranges", self.study.group_ranges_path)
        ranges = self.study.group_ranges()
        return ranges[ranges["group"] == self.card.group]

    @property
    def left_out(self) -> pd.DataFrame:
        """What was taken out because a consent was withdrawn.

        Returns
        -------
        DataFrame
            Columns ``person``, ``kind`` (documents, turns, codings, adjudications, survey, weights) and ``count``.
        """
        rows = [
            (person, kind, int(count))
            for kind, persons in self._taken_out().items()
            for person, count in pd.Series(persons, dtype="object").value_counts(sort=False).items()
        ]
        frame = pd.DataFrame(sorted(rows), columns=["person", "kind", "count"])
        return frame.astype({"person": "str", "kind": "str", "count": "int64"})

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table of the enterprise by name; one that it has not got yet has no rows."""
        return {
            "stakeholders": self.stakeholders,
            "decisions": self.decisions,
            "documents": self.documents,
            "codings": self.codings,
            "adjudications": self.adjudications,
            "indicators": self.indicators,
            "survey": self.survey,
            "series": self.series,
            "weight_budgets": self.weight_budgets,
            "weight_judgements": self.weight_judgements,
            "consent": self.consent,
        }

    def readings(self, notebook: str) -> dict[str, str]:
        """Return the researcher's own reading of each section of a notebook.

        Parameters
        ----------
        notebook : str
            As in ``"01_portrait"``.

        Returns
        -------
        dict of str to str
            The Markdown under each ``## section``; empty where there is no such file.
        """
        parts = _SECTION.split(self._folder.reading(notebook) or "")
        return {section: body.strip() for section, body in zip(parts[1::2], parts[2::2], strict=True) if body.strip()}

    def inputs(self) -> Result:
        """Return the files that were really read so far, each with its SHA-256, ready for publishing.

        Returns
        -------
        Result
            ``details["files"]`` has the columns ``file`` (relative to the study, with forward slashes; ``@study``,
            ``@codebook`` and ``@framework`` for what is shared) and ``sha256``.
        """
        settings = read_text_file(self.study.path / "study.yml", "study.yml").sha256
        self._yaml("profile")
        files = {"@study": settings, **self._shared, **self._folder.digests}
        frame = pd.DataFrame(sorted(files.items()), columns=["file", "sha256"], dtype="str")
        return Result(method="inputs", reference="", estimates=pd.DataFrame(), details={"files": frame}, inputs=files)

    def _table(self, name: str) -> pd.DataFrame:
        if name == "survey" and self.card.path.joinpath("survey.csv").is_file():
            self._yaml("survey_items")
        if name not in self._delivered:
            checked = self._folder.table(name)
            self._refuse(checked.problems)
            self._delivered[name] = _delivered(checked.frame, self._folder.definition(name))
        return self._delivered[name].copy()

    def _yaml(self, name: str) -> dict[str, Any] | None:
        checked = self._folder.yaml(name)
        self._refuse(checked.problems)
        return copy.deepcopy(checked.content)

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        if problems:
            raise InvalidStudyError(self._folder.where, problems)

    def _shared_file(self, name: str, path: Path) -> Path:
        if name not in self._shared:
            self._shared[name] = read_text_file(path, name).sha256
        return path

    def _given(self, name: str) -> pd.DataFrame:
        """Return a table of answers, less those of persons who withdrew."""
        frame = self._table(name)
        return frame[~frame["respondent"].isin(list(self._withdrawn))].reset_index(drop=True)

    def _segments(self, name: str) -> pd.DataFrame:
        segments = self._table(name)
        return segments_left(segments, self._withdrawal)[0] if self._withdrawn else segments

    @cached_property
    def _carried_codings(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return carry_over(self._segments("codings"), self.codebook_changes)

    @cached_property
    def _carried_adjudications(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return carry_over(self._segments("adjudications"), self.codebook_changes)

    @cached_property
    def _documents_left(self) -> pd.DataFrame:
        return documents_left(self._documents, self._withdrawal) if self._withdrawn else self._documents

    @cached_property
    def _documents(self) -> pd.DataFrame:
        documents = self._table("documents")
        texts = [
            self._text(document, digest, items(persons))
            for document, digest, persons in zip(
                documents["document"], documents["sha256"], documents["persons"], strict=True
            )
        ]
        return documents.assign(text=pd.Series(texts, index=documents.index, dtype="str"))

    def _text(self, document: str, digest: str, persons: list[str]) -> str:
        where = f"{self._folder.where}/texts/{document}.txt"
        file = self._folder.text(document)
        if file is None and persons and self._withdrawn.issuperset(persons):
            return ""
        if file is None:
            raise InvalidStudyError(self._folder.where, [Problem("study.errors.no_text", where)])
        self._refuse(file.problems)
        if file.sha256 != digest:
            changed = Problem("study.errors.text_changed", where, values={"value": file.sha256})
            raise InvalidStudyError(self._folder.where, [changed])
        return file.text or ""

    @cached_property
    def _withdrawn(self) -> frozenset[str]:
        consent = self._table("consent")
        return frozenset(consent.loc[consent["withdrawn_on"].notna(), "person"])

    @cached_property
    def _withdrawal(self) -> Withdrawal:
        documents = self._documents
        texts = dict(zip(documents["document"], documents["text"], strict=True))
        return withdrawal(self.consent, documents, texts)

    def _taken_out(self) -> Mapping[str, list[str]]:
        if not self._withdrawn:
            return {}
        who = self._withdrawal
        turns = [person for name, spans in who.spans.items() if name not in who.removed for person, _, _ in spans]
        return {
            "documents": list(who.removed.values()),
            "turns": turns,
            "codings": list(segments_left(self._table("codings"), who)[1]),
            "adjudications": list(segments_left(self._table("adjudications"), who)[1]),
            "survey": self._withdrew_from("survey"),
            "weights": [*self._withdrew_from("weight_budgets"), *self._withdrew_from("weight_judgements")],
        }

    def _withdrew_from(self, name: str) -> list[str]:
        return [person for person in self._table(name)["respondent"] if person in self._withdrawn]


def _delivered(frame: pd.DataFrame, definition: Table) -> pd.DataFrame:
    plain: dict[str, Any] = {"integer": "int64", "boolean": "bool"}
    types = {
        column.name: plain[column.type] for column in definition.columns if column.required and column.type in plain
    }
    frame = frame.reset_index(drop=True)
    return frame.assign(**{name: frame[name].astype(kind) for name, kind in types.items()})
