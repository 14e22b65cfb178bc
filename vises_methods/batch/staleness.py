"""Which jobs are to be run, and why: the one answer that ``run``, ``status`` and ``--dry-run`` share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from vises_methods.batch.digests import Digests
from vises_methods.batch.keys import Components, Reason, Surroundings, changes, differences, key_components, key_of
from vises_methods.batch.ledger import Entry
from vises_methods.batch.plan import Job


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


def foresee(
    jobs: Sequence[Job],
    entries: Mapping[str, Entry],
    around: Surroundings,
    digests: Digests,
    *,
    force: bool = False,
) -> dict[str, list[Reason]]:
    """Return, for each job in the plan's order, why a run would run it, without running anything.

    A job whose sources would be run is foreseen to run too; when these come to the same results, it will not.
    """
    found = _foreseen(jobs, entries, around, digests, force=force)
    return {explanation.job.id: explanation.reasons for explanation, _ in found}


@dataclass(frozen=True)
class Explanation:
    """Why a job would be run, to the last part of its key.

    Attributes
    ----------
    job : Job
    reasons : list of Reason
        As ``run`` itself finds them; empty where what stands is current.
    entry : Entry or None
        How it stands in the ledger.
    differences : list of (part, name, before, now)
    """

    job: Job
    reasons: list[Reason]
    entry: Entry | None = None
    differences: list[tuple[str, str, str, str]] = field(default_factory=list)


def explain(
    jobs: Sequence[Job],
    entries: Mapping[str, Entry],
    around: Surroundings,
    digests: Digests,
) -> Iterator[Explanation]:
    """Return, for each job, why a run would run it and every part of its key that differs from the last attempt."""
    for explanation, components in _foreseen(jobs, entries, around, digests, force=False):
        entry = explanation.entry
        known = entry is not None and entry.components and components
        found = differences(entry.components, components) if entry is not None and known else []
        yield replace(explanation, differences=found)


def _foreseen(
    jobs: Iterable[Job], entries: Mapping[str, Entry], around: Surroundings, digests: Digests, *, force: bool
) -> Iterator[tuple[Explanation, Components]]:
    """Return each job with why it would be run and its key's parts now; of earlier jobs, only whether they would."""
    to_run: set[str] = set()
    for job in jobs:
        entry = entries.get(job.id)
        if entry is None:  # whatever it would read, it is to be run
            to_run.add(job.id)
            yield Explanation(job, [Reason("never_run")]), {}
            continue
        try:
            components = key_components(job, around, digests)
        except OSError as error:
            components, reasons = {}, [Reason("unreadable", (str(error),))]
        else:
            reasons = reasons_to_run(job, components, entry, around, digests, force=force)
            sources = tuple(name for name in job.requires if name in to_run)
            if sources and not reasons:
                reasons = [Reason("upstream", sources)]
        if reasons:
            to_run.add(job.id)
        yield Explanation(job, reasons, entry), components


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
