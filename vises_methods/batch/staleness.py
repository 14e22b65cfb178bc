"""Which jobs are to be run, and why: the one answer that ``run``, ``status`` and ``--dry-run`` share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from vises_methods.batch.digests import Digests
from vises_methods.batch.keys import (
    NAMES_TOLD,
    Components,
    Reason,
    Surroundings,
    changes,
    differences,
    key_components,
    key_of,
)
from vises_methods.batch.ledger import Entry
from vises_methods.batch.plan import Job

Standing = Literal["current", "stale", "never", "failed"]


def reasons_to_run(
    job: Job,
    components: Components,
    entry: Entry | None,
    around: Surroundings,
    digests: Digests,
    *,
    force: bool = False,
) -> list[Reason]:
    """Return why a job is to be run; an empty list where what stands is what a run would make.

    Parameters
    ----------
    job : Job
    components : mapping
        The parts of its key now.
    entry : Entry or None
        How it stands in the ledger.
    around : Surroundings
    digests : Digests
    force : bool
        Run it whatever stands.
    """
    if entry is None:
        return [Reason("never_run")]
    reasons = [Reason("forced")] if force else []
    if entry.state == "done":
        reasons += _outputs_differ(entry, f"{around.outputs}{os.sep}{job.folder}", digests)
    else:
        reasons.append(Reason(f"{entry.state}_before"))
    same = entry.key == key_of(components) or not entry.components
    return reasons + ([] if same else changes(entry.components, components))


@dataclass(frozen=True)
class Explanation:
    """Why a job would be run.

    Attributes
    ----------
    job : Job
    reasons : list of Reason
        As ``run`` itself finds them; empty where what stands is current.
    entry : Entry or None
        How it stands in the ledger.
    components : mapping
        The parts of its key now; empty where they were not needed or cannot be read.
    """

    job: Job
    reasons: list[Reason]
    entry: Entry | None = None
    components: Components = field(default_factory=dict)

    @property
    def state(self) -> Standing:
        """How the job stands."""
        if not self.reasons:
            return "current"
        if self.entry is None:
            return "never"
        return "stale" if self.entry.state == "done" else "failed"

    def differences(self) -> Iterator[tuple[str, str, str, str]]:
        """Return every part of the key that differs from the last attempt: part, name within it, before, now."""
        if self.entry is None or not self.entry.components or not self.components:
            return iter(())
        return differences(self.entry.components, self.components)


def foresee(
    jobs: Iterable[Job],
    entries: Mapping[str, Entry],
    around: Surroundings,
    digests: Digests,
    *,
    force: bool = False,
) -> Iterator[Explanation]:
    """Return each job of a plan with why a run would run it, one at a time and without running anything.

    A job whose sources would be run is foreseen to run too; when these come to the same results, it will not.
    """
    to_run = _ToRun()
    for job in jobs:
        entry = entries.get(job.id)
        if entry is None:  # whatever it would read, it is to be run
            to_run.add(job)
            yield Explanation(job, [Reason("never_run")])
            continue
        try:
            components = key_components(job, around, digests)
        except OSError as error:
            components, reasons = {}, [Reason("unreadable", (str(error),))]
        else:
            reasons = reasons_to_run(job, components, entry, around, digests, force=force)
            sources = () if reasons else to_run.sources(job)
            if sources:
                reasons = [Reason("upstream", sources)]
        if reasons:
            to_run.add(job)
        yield Explanation(job, reasons, entry, components)


class _ToRun:
    """Which of the jobs before would be run: all of the same enterprise, and the first ones of each notebook."""

    def __init__(self) -> None:
        self._folder = ""
        self._of_folder: list[str] = []
        self._of_notebook: dict[tuple[str, str], list[str]] = {}

    def add(self, job: Job) -> None:
        if job.folder != self._folder:
            self._folder, self._of_folder = job.folder, []
        self._of_folder.append(job.id)
        first = self._of_notebook.setdefault((job.notebook.name, job.methodology), [])
        if len(first) <= NAMES_TOLD:
            first.append(job.id)

    def sources(self, job: Job) -> tuple[str, ...]:
        of_study = (name for group in job.gathers for name in self._of_notebook.get(group, ()))
        if job.enterprise is None:
            return tuple(islice(of_study, NAMES_TOLD + 1))
        return tuple(name for name in job.requires if job.folder == self._folder and name in self._of_folder)


def _outputs_differ(entry: Entry, folder: str, digests: Digests) -> list[Reason]:
    missing, changed = [], []
    above = f"{folder}{os.sep}"
    for path, digest in digests.of_those_there(above + name for name in sorted(entry.outputs)):
        name = path[len(above) :]
        if digest is None:
            missing.append(name)
        elif digest != entry.outputs[name]:
            changed.append(name)
    found = [Reason("output_missing", tuple(missing))] if missing else []
    return found + ([Reason("output_changed", tuple(changed))] if changed else [])
