"""The plan: every job of a run as one flat list, in an order in which each stands behind those it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
        The jobs that must have ended before.
    """

    notebook: NotebookSpec
    enterprise: EnterpriseFolder | None
    methodology: str
    lang: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    requires: tuple[str, ...] = ()

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


def plan_jobs(
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
) -> list[Job]:
    """Expand a selection into jobs, in time proportional to their number.

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
    wanted = with_sources(notebooks, specs) if notebooks is not None else set(specs)
    ordered = [
        spec
        for spec in in_order(specs)
        if spec.name in wanted and (notebooks is not None or with_study or spec.scope == "enterprise")
    ]
    expansion = _Expansion(study, study_name or study.id, tuple(methodologies), lang, parameters or {})
    for methodology in methodologies:
        for enterprise in enterprises:
            for spec in ordered:
                if spec.scope == "enterprise":
                    expansion.add(spec, enterprise, methodology)
    for spec in ordered:
        if spec.scope == "study":
            for methodology in methodologies:
                expansion.add(spec, None, methodology)
    return expansion.jobs


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


class _Expansion:
    """The jobs made so far, found again by notebook, so that later ones can name those they wait for."""

    def __init__(
        self, study: StudyFolder, name: str, methodologies: tuple[str, ...], lang: str, extra: Mapping[str, Any]
    ) -> None:
        self.jobs: list[Job] = []
        self._study, self._name = study, name
        self._methodologies, self._lang, self._extra = methodologies, lang, extra
        self._made: dict[tuple[str, str], list[str]] = {}
        self._of_enterprise: dict[tuple[str, str, str], str] = {}

    def add(self, spec: NotebookSpec, enterprise: EnterpriseFolder | None, methodology: str) -> None:
        owner = self._study if enterprise is None else enterprise
        lang = self._lang if self._lang != OWN_LANGUAGE else owner.languages[0]
        known = {parameter.name for parameter in spec.parameters}
        given = {"study": self._name, "lang": lang}
        if enterprise is not None:
            given["enterprise"] = enterprise.id
        if METHODOLOGY in known:
            given[METHODOLOGY] = methodology
        given |= {name: value for name, value in self._extra.items() if name in known}
        requires = self._requires(spec, enterprise, methodology)
        job = Job(spec, enterprise, methodology, lang, given, tuple(requires))
        self.jobs.append(job)
        self._made.setdefault((spec.name, methodology), []).append(job.id)
        self._of_enterprise[spec.name, methodology, job.enterprise_id] = job.id

    def _requires(self, spec: NotebookSpec, enterprise: EnterpriseFolder | None, methodology: str) -> list[str]:
        if enterprise is not None:
            keys = [(name, methodology, enterprise.id) for name in spec.after]
            return [self._of_enterprise[key] for key in keys if key in self._of_enterprise]
        read = self._methodologies if spec.all_methodologies else (methodology,)
        return [job for name in spec.after for each in read for job in self._made.get((name, each), ())]


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
