"""The plan: every job of a run, in an order in which each stands behind those it waits for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from vises_methods.batch.folders import EnterpriseFolder, StudyFolder
from vises_methods.batch.notebooks import NotebookSpec, in_order
from vises_methods.batch.parameters import check_values
from vises_methods.errors import Problem

OWN_LANGUAGE = "own"
METHODOLOGY = "methodology"
"""The one standard parameter that a notebook may do without: its outputs are then the same for every methodology."""


@dataclass(frozen=True)
class Job:
    """One notebook for one enterprise (or the study), one methodology, one language.

    Attributes
    ----------
    notebook : NotebookSpec
    enterprise : EnterpriseFolder or None
        None for a notebook over the whole study.
    methodology, lang : str
    parameters : mapping
        What the notebook is given.
    requires : tuple of str
        The jobs of the same enterprise that must have ended before.
    gathers : tuple of (notebook, methodology)
        The notebooks whose jobs must all have ended before, of whichever enterprise: for a job over the whole study.
    """

    notebook: NotebookSpec
    enterprise: EnterpriseFolder | None
    methodology: str
    lang: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    gathers: tuple[tuple[str, str], ...] = ()

    @property
    def enterprise_id(self) -> str:
        """The enterprise, or an empty text for the study."""
        return "" if self.enterprise is None else self.enterprise.id

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Methodology, enterprise, notebook and language: where it stands in the ledger."""
        return self.methodology, self.enterprise_id, self.notebook.name, self.lang

    @cached_property
    def folder(self) -> str:
        """Where its outputs stand, relative to the study's outputs."""
        return f"{self.methodology}/{self.enterprise_id}" if self.enterprise else self.methodology

    @property
    def stem(self) -> str:
        """The outputs' name without ending."""
        return f"{self.notebook.name}.{self.lang}"

    @cached_property
    def id(self) -> str:
        """The job's name in the ledger, as ``baseline/vire-lune/01_portrait.fr``."""
        return f"{self.folder}/{self.stem}"


class Plan(Collection[Job]):
    """The jobs that a selection stands for: they are made anew each time they are gone through, and none is kept.

    Those of an enterprise under a methodology stand together; those over the whole study come last.

    Parameters
    ----------
    study : StudyFolder
    specs : mapping
        All notebooks by name.
    enterprises : sequence
        The enterprises to run.
    notebooks : iterable of str, optional
        Only these, and those whose results they read; all by default.
    with_study : bool
        Whether notebooks over the whole study are run when none is named.
    methodologies : sequence of str
    lang : {"own", "fr", "nl", "en"}
        ``own`` is the first language of the enterprise, and of the study for notebooks over the study.
    parameters : mapping, optional
        Further values, for notebooks that know them.
    study_name : str, optional
        What notebooks are given as the study; its identifier by default.
    """

    def __init__(
        self,
        study: StudyFolder,
        specs: Mapping[str, NotebookSpec],
        /,
        *,
        enterprises: Sequence[EnterpriseFolder],
        notebooks: Iterable[str] | None = None,
        with_study: bool = True,
        methodologies: Sequence[str] = ("baseline",),
        lang: str = OWN_LANGUAGE,
        parameters: Mapping[str, Any] | None = None,
        study_name: str | None = None,
    ) -> None:
        wanted = set(specs) if notebooks is None else with_sources(notebooks, specs)
        ordered = [spec for spec in in_order(specs) if spec.name in wanted]
        self.methodologies = tuple(methodologies)
        self._study, self._enterprises, self._lang = study, enterprises, lang
        self._of_enterprise = [_Planned(spec, wanted, parameters) for spec in ordered if spec.scope == "enterprise"]
        study_too = with_study or notebooks is not None
        self._of_study = [_Planned(spec, wanted, parameters) for spec in ordered if spec.scope == "study" and study_too]
        self._name = study_name or study.id

    def __iter__(self) -> Iterator[Job]:
        for methodology in self.methodologies:
            for enterprise in self._enterprises:
                for planned in self._of_enterprise:
                    yield self._job(planned, enterprise, methodology)
        for planned in self._of_study:
            for methodology in self.methodologies:
                yield self._job(planned, None, methodology)

    def __len__(self) -> int:
        each = len(self._of_enterprise) * len(self._enterprises) + len(self._of_study)
        return each * len(self.methodologies)

    def __contains__(self, job: object) -> bool:
        return any(each == job for each in self)

    def _job(self, planned: _Planned, enterprise: EnterpriseFolder | None, methodology: str) -> Job:
        owner = self._study if enterprise is None else enterprise
        lang = owner.languages[0] if self._lang == OWN_LANGUAGE else self._lang
        given = {"study": self._name, "lang": lang}
        if enterprise is not None:
            given["enterprise"] = enterprise.id
        if planned.takes_methodology:
            given[METHODOLOGY] = methodology
        given |= planned.further
        if enterprise is not None:
            folder = f"{methodology}/{enterprise.id}"
            requires = tuple(f"{folder}/{name}.{lang}" for name in planned.after)
            return Job(planned.spec, enterprise, methodology, lang, given, requires)
        read = self.methodologies if planned.spec.all_methodologies else (methodology,)
        gathers = tuple((name, each) for name in planned.after for each in read)
        return Job(planned.spec, None, methodology, lang, given, gathers=gathers)


class _Planned:
    """What is the same for all jobs of a notebook."""

    def __init__(self, spec: NotebookSpec, wanted: Collection[str], further: Mapping[str, Any] | None) -> None:
        known = {parameter.name for parameter in spec.parameters}
        self.spec = spec
        self.after = tuple(name for name in spec.after if name in wanted)
        self.takes_methodology = METHODOLOGY in known
        self.further = {name: value for name, value in (further or {}).items() if name in known}


def check_plan(jobs: Iterable[Job], extra: Mapping[str, Any]) -> list[Problem]:
    """Return everything that is wrong with the values the jobs are given, each notebook's problems once.

    ``extra`` are the further values asked for: one that no notebook of the plan knows is a problem too.
    """
    problems: dict[tuple[str, str | None, str], Problem] = {}
    known: set[str] = set()
    for job in jobs:
        known.update(parameter.name for parameter in job.notebook.parameters)
        where = f"{job.notebook.path.parent.name}/{job.notebook.path.name}"
        for problem in check_values(job.notebook.parameters, job.parameters, where):
            problems.setdefault((where, problem.column, problem.code), problem)
    for name in extra:
        if name not in known:
            values = {"name": name, "known": sorted(known)}
            problems[("", name, "")] = Problem("batch.errors.unknown_parameter", f"--parameter {name}", values=values)
    return list(problems.values())


def with_sources(names: Iterable[str], specs: Mapping[str, NotebookSpec]) -> set[str]:
    """Return notebooks and all whose results they read, directly or not."""
    wanted: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting.extend(specs[name].after if name in specs else ())
    return wanted
