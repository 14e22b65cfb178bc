"""From what a user asks for to a checked plan: the study, the selection, the notebooks, the methodologies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vises_methods.batch.cards import Card, RememberedCards
from vises_methods.batch.digests import Digests
from vises_methods.batch.folders import EnterpriseFolder
from vises_methods.batch.ledger import Ledger
from vises_methods.batch.notebooks import NotebookSpec, read_notebooks
from vises_methods.batch.plan import OWN_LANGUAGE, Plan, check_plan, with_sources
from vises_methods.batch.selection import Selection, match_names, select_enterprises
from vises_methods.errors import Problem, VisesError
from vises_methods.methodology import methodology_path
from vises_methods.study import Study, data_root, open_study, outputs_root, project_root

LEDGER = "ledger.sqlite"


@dataclass(frozen=True)
class Request:
    """What a user asks for.

    Attributes
    ----------
    study : str
        The name of a folder in ``data/``, or a folder.
    selection : Selection
    methodologies : tuple of str
        The study's own when empty.
    lang : {"own", "fr", "nl", "en"}
    parameters : mapping of str to str
        Further values for the notebooks, as typed.
    """

    study: str
    selection: Selection = field(default_factory=Selection)
    methodologies: tuple[str, ...] = ()
    lang: str = OWN_LANGUAGE
    parameters: Mapping[str, str] = field(default_factory=dict)


class InvalidPlanError(VisesError):
    """What was asked for cannot be planned; ``problems`` holds everything that is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("batch.errors.invalid_plan", "vises run", count=len(self.problems))


@dataclass(frozen=True)
class Prepared:
    """What stands before the plan: everything that was asked for exists.

    Attributes
    ----------
    study : Study
    name : str
        The study as a notebook opens it: its folder's name in ``data/``, or its whole path.
    home, outputs : Path
        The project, and the folder of the study's outputs.
    specs : mapping
        All notebooks that can be run.
    enterprises : tuple
        Those selected.
    notebooks : tuple of str or None
        Those selected; None for all.
    methodology_files : mapping
    request : Request
    cards : mapping
        What was read of profiles that were not remembered, by the digest of the file.
    """

    study: Study
    name: str
    home: Path
    outputs: Path
    specs: Mapping[str, NotebookSpec]
    enterprises: tuple[EnterpriseFolder, ...]
    notebooks: tuple[str, ...] | None
    methodology_files: Mapping[str, Path]
    request: Request
    cards: Mapping[str, Card] = field(default_factory=dict)

    @property
    def ledger_path(self) -> Path:
        """Where the study's ledger stands."""
        return self.outputs / LEDGER

    def jobs(self, enterprises: Sequence[EnterpriseFolder]) -> Plan:
        """Return the plan for some of the enterprises.

        Raises
        ------
        InvalidPlanError
            When a notebook would be given a parameter that it does not know, or of another type.
        """
        given = self._values()
        jobs = Plan(
            self.study,
            self.specs,
            enterprises=enterprises,
            notebooks=self.notebooks,
            with_study=self.request.selection.whole_study,
            methodologies=tuple(self.methodology_files),
            lang=self.request.lang,
            parameters=given,
            study_name=self.name,
        )
        problems = check_plan(jobs, given) if len(jobs) else []
        if problems:
            raise InvalidPlanError(problems)
        return jobs

    def _values(self) -> dict[str, Any]:
        known = {parameter.name: parameter for spec in self.specs.values() for parameter in spec.parameters}
        return {
            name: known[name].from_text(written) if name in known else written
            for name, written in self.request.parameters.items()
        }


def prepare(request: Request) -> Prepared:
    """Find everything that was asked for.

    Raises
    ------
    InputError, InvalidStudyError
        When the study cannot be opened.
    InvalidPlanError
        When a name does not exist or a notebook cannot be read: all at once.
    """
    study, home = open_study(request.study), project_root()
    specs, faults = read_notebooks(home / "notebooks")
    problems: list[Problem] = []
    notebooks: tuple[str, ...] | None = None
    if request.selection.notebooks:
        broken = {Path(fault.where).stem for fault in faults}
        found, unknown = match_names(request.selection.notebooks, [*specs, *broken], "--notebook")
        problems.extend(unknown)
        wanted = with_sources(found, specs)
        faults = [fault for fault in faults if Path(fault.where).stem in wanted]
        notebooks = tuple(name for name in found if name in specs)
    problems.extend(faults)
    if not specs and not problems:
        problems.append(Problem("batch.errors.no_notebooks", str(home / "notebooks")))
    outputs = outputs_root() / study.id
    with Ledger.for_reading(outputs / LEDGER) as ledger:
        cards = RememberedCards(ledger.cards, Digests(ledger.file_digests, still=True))
        study = study.remembering(cards)
        enterprises, unknown = select_enterprises(study.enterprises, request.selection)
    problems.extend(unknown)
    files: dict[str, Path] = {}
    for methodology in request.methodologies or (study.methodology,):
        try:
            files[methodology] = methodology_path(methodology)
        except VisesError as error:
            problems.append(error.problem)
    if problems:
        raise InvalidPlanError(problems)
    inside = study.path.parent == data_root().resolve()
    return Prepared(
        study=study,
        name=study.path.name if inside else str(study.path),
        home=home,
        outputs=outputs,
        specs=specs,
        enterprises=tuple(enterprises),
        notebooks=notebooks,
        methodology_files=files,
        request=request,
        cards=cards.learnt,
    )
