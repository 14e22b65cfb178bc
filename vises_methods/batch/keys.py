"""The key of a job: everything its outputs depend on, part by part, so that a difference can be named.

The same code says what ``run`` runs, what ``status`` shows and what ``--dry-run`` announces.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vises_methods.batch.digests import Digests
from vises_methods.batch.folders import StudyFolder, declared_files, files_in, folders_in, relative
from vises_methods.batch.notebooks import ALWAYS_READ
from vises_methods.batch.plan import METHODOLOGY, Job
from vises_methods.catalogue import text

BATCH_FORMAT = 1
"""Raised when batch itself comes to write something else for the same job."""

Components = Mapping[str, Any]
_RESULTS = ".results.json"


@dataclass(frozen=True)
class Reason:
    """Why a job is to be run: a key under ``batch.reasons`` and the names it tells (files, notebooks)."""

    code: str
    names: tuple[str, ...] = ()

    def sentence(self, lang: str) -> str:
        """Say it."""
        shown = list(self.names[:3]) + (["…"] if len(self.names) > 3 else [])
        return text(f"batch.reasons.{self.code}", lang, names=shown)


@dataclass(frozen=True)
class Surroundings:
    """What every job of a run has in common.

    Attributes
    ----------
    study : StudyFolder
    outputs : Path
        The study's folder of outputs.
    methodology_files : mapping
        The file of each methodology.
    package, lock, python : str
        Digest of the package's sources, of the lock, and the version of Python.
    page_context : callable or None
        Returns what a job's page says around the notebook; None where no pages are made.
    """

    study: StudyFolder
    outputs: Path
    methodology_files: Mapping[str, Path]
    package: str
    lock: str
    python: str
    page_context: Callable[[Job], Any] | None = None


def surroundings(
    study: StudyFolder,
    outputs: Path,
    methodology_files: Mapping[str, Path],
    lock: Path,
    digests: Digests,
    *,
    page_context: Callable[[Job], Any] | None = None,
) -> Surroundings:
    """Digest what the jobs of a run have in common; a lock that is not there counts as empty."""
    package = Path(__file__).parents[1]
    return Surroundings(
        study=study,
        outputs=outputs,
        methodology_files=methodology_files,
        package=digests.of_package(package),
        lock=digests.of(lock) if lock.is_file() else "",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        page_context=page_context,
    )


def key_components(job: Job, around: Surroundings, digests: Digests) -> dict[str, Any]:
    """Return every part of a job's key.

    Raises
    ------
    OSError
        When a declared input cannot be read.
    """
    return {
        "format": BATCH_FORMAT,
        "notebook": job.notebook.digest,
        "parameters": dict(job.parameters),
        "inputs": input_digests(job, around.study, digests),
        "methodology": digests.of(around.methodology_files[job.methodology]) if METHODOLOGY in job.parameters else "",
        "package": around.package,
        "lock": around.lock,
        "python": around.python,
        "after": _results_read(job, around, digests),
        "page": "" if around.page_context is None else text_digest(repr(around.page_context(job))),
    }


def input_digests(job: Job, study: StudyFolder, digests: Digests) -> dict[str, str]:
    """Return the digest of every file that the job may read, by its path relative to the study."""
    enterprise = job.enterprise if job.notebook.scope == "enterprise" else None
    patterns = (*ALWAYS_READ, *job.notebook.reads)
    return digests.of_all(
        declared_files(patterns, study, enterprise, digests.files_below, digests.is_there), study.path
    )


def key_of(components: Components) -> str:
    """Return one digest over all parts."""
    return text_digest(json.dumps(components, sort_keys=True))


def text_digest(content: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def changes(before: Components, now: Components) -> list[Reason]:
    """Return which parts of a key differ, files and notebooks by name.

    Examples
    --------
    >>> changes({"inputs": {"a.csv": "1"}, "lock": "x"}, {"inputs": {"a.csv": "2"}, "lock": "x"})
    [Reason(code='inputs', names=('a.csv',))]
    """
    reasons = []
    for part in now:
        old, new = before.get(part), now[part]
        if old == new:
            continue
        names: tuple[str, ...] = ()
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            names = tuple(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))
        reasons.append(Reason(part, names))
    return reasons


def differences(before: Components, now: Components) -> list[tuple[str, str, str, str]]:
    """Return every part of a key that differs: part, name within it, what it was, what it is; empty where absent.

    Examples
    --------
    >>> differences({"inputs": {"a.csv": "1"}, "lock": "x"}, {"inputs": {"a.csv": "2"}, "lock": "x"})
    [('inputs', 'a.csv', '1', '2')]
    """
    found = []
    for part in now:
        old, new = before.get(part, ""), now[part]
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            old, new = {"": old}, {"": new}
        found += [
            (part, name, str(old.get(name, "")), str(new.get(name, "")))
            for name in sorted({*old, *new})
            if old.get(name, "") != new.get(name, "")
        ]
    return found


def _results_read(job: Job, around: Surroundings, digests: Digests) -> dict[str, str]:
    """Digest the results files of the notebooks that this one comes after.

    A notebook of one enterprise reads those in its own language. One over the study reads all enterprises, each in
    whatever language it was run.
    """
    if not job.notebook.after:
        return {}
    folder, after = f"{around.outputs}{os.sep}{job.folder}", job.notebook.after
    if job.notebook.scope == "enterprise":
        found = [f"{folder}{os.sep}{name}.{job.lang}{_RESULTS}" for name in after]
    else:
        roots = folders_in(str(around.outputs)) if job.notebook.all_methodologies else [folder]
        found = [path for root in roots for path in _results_below(root, frozenset(after))]
    there = digests.of_those_there(sorted(found))
    return {relative(path, around.outputs): digest for path, digest in there if digest is not None}


def _results_below(root: str, notebooks: frozenset[str]) -> Iterator[str]:
    """Return the results files of some notebooks in the folder of a methodology and in those of its enterprises."""
    for folder in (root, *folders_in(root)):
        for name in files_in(folder):
            if name.endswith(_RESULTS) and name.removesuffix(_RESULTS).rpartition(".")[0] in notebooks:
                yield f"{folder}{os.sep}{name}"
