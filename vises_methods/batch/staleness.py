"""Which jobs are to be run, and why: the one answer that ``run``, ``status`` and ``--dry-run`` share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vises_methods.batch.digests import Digests
from vises_methods.batch.keys import Components, Reason, Surroundings, changes, differences, key_components
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
        reasons += _outputs_differ(entry, around.outputs / job.folder, digests)
    else:
        reasons.append(Reason(f"{entry.state}_before"))
    return reasons + (changes(entry.components, components) if entry.components else [])


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
    foreseen: dict[str, list[Reason]] = {}
    for job in jobs:
        try:
            components = key_components(job, around, digests)
        except OSError as error:
            foreseen[job.id] = [Reason("unreadable", (str(error),))]
            continue
        reasons = reasons_to_run(job, components, entries.get(job.id), around, digests, force=force)
        sources = tuple(name for name in job.requires if foreseen.get(name))
        if sources and not reasons:
            reasons = [Reason("upstream", sources)]
        foreseen[job.id] = reasons
    return foreseen


@dataclass(frozen=True)
class Explanation:
    """Why a job would be run, to the last part of its key.

    Attributes
    ----------
    job : Job
    reasons : list of Reason
        As ``run`` itself finds them; empty where what stands is current.
    differences : list of (part, name, before, now)
    """

    job: Job
    reasons: list[Reason]
    differences: list[tuple[str, str, str, str]]


def explain(
    jobs: Sequence[Job],
    entries: Mapping[str, Entry],
    around: Surroundings,
    digests: Digests,
) -> list[Explanation]:
    """Return, for each job, why a run would run it and every part of its key that differs from the last attempt."""
    foreseen = foresee(jobs, entries, around, digests)
    explained = []
    for job in jobs:
        entry = entries.get(job.id)
        before = {} if entry is None else entry.components
        try:
            found = differences(before, key_components(job, around, digests)) if before else []
        except OSError:
            found = []
        explained.append(Explanation(job, foreseen[job.id], found))
    return explained


def _outputs_differ(entry: Entry, folder: Path, digests: Digests) -> list[Reason]:
    missing, changed = [], []
    for name, digest in sorted(entry.outputs.items()):
        path = folder / name
        if not path.is_file():
            missing.append(name)
        elif digests.of(path) != digest:
            changed.append(name)
    found = [Reason("output_missing", tuple(missing))] if missing else []
    return found + ([Reason("output_changed", tuple(changed))] if changed else [])
