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
from glob import escape
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from vises_methods.batch.digests import Digests
from vises_methods.batch.folders import StudyFolder, declared_files, matching_below, relative, study_files
from vises_methods.batch.notebooks import ALWAYS_READ
from vises_methods.batch.packing import ManyDigests
from vises_methods.batch.plan import METHODOLOGY, Job
from vises_methods.catalogue import text

BATCH_FORMAT = 1
"""Raised when batch itself comes to write something else for the same job."""

Components = Mapping[str, Any]
_RESULTS = ".results.json"
_ANY = "[!.]*"
"""A folder of any name, but for hidden ones."""
NAMES_TOLD = 3
"""So many names of what changed are told, and that there are more."""
_ABSENT = object()


@dataclass(frozen=True)
class Reason:
    """Why a job is to be run: a key under ``batch.reasons``, and the first names it tells (files, notebooks)."""

    code: str
    names: tuple[str, ...] = ()

    def sentence(self, lang: str) -> str:
        """Say it."""
        shown = list(self.names[:NAMES_TOLD]) + (["…"] if len(self.names) > NAMES_TOLD else [])
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
    """Return every part of a job's key; the many files that a notebook over the study reads are packed.

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


def input_digests(job: Job, study: StudyFolder, digests: Digests) -> Mapping[str, str]:
    """Return the digest of every file that the job may read, by its path relative to the study."""
    patterns = (*ALWAYS_READ, *job.notebook.reads)
    if job.enterprise is None:
        found = study_files(patterns, study, digests.is_there)
        return ManyDigests.of((name, digests.of(path)) for name, path in found)
    return digests.of_all(
        declared_files(patterns, study, job.enterprise, digests.files_below, digests.is_there), study.path
    )


def key_of(components: Components) -> str:
    """Return one digest over all parts, as JSON writes them with sorted keys."""
    if not any(isinstance(part, ManyDigests) for part in components.values()):
        return text_digest(json.dumps(components, sort_keys=True))
    digest, opening = hashlib.sha256(), "{"
    for name in sorted(components):
        part = components[name]
        digest.update(f"{opening}{json.dumps(name)}: ".encode())
        for written in part.written() if isinstance(part, ManyDigests) else (json.dumps(part, sort_keys=True),):
            digest.update(written.encode())
        opening = ", "
    digest.update(b"}")
    return digest.hexdigest()


def text_digest(content: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def changes(before: Components, now: Components) -> list[Reason]:
    """Return which parts of a key differ, files and notebooks by name; of many, the first.

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
            names = tuple(name for name, _, _ in islice(_differing(old, new), NAMES_TOLD + 1))
        reasons.append(Reason(part, names))
    return reasons


def differences(before: Components, now: Components) -> Iterator[tuple[str, str, str, str]]:
    """Return every part of a key that differs: part, name within it, what it was, what it is; empty where absent.

    Examples
    --------
    >>> list(differences({"inputs": {"a.csv": "1"}, "lock": "x"}, {"inputs": {"a.csv": "2"}, "lock": "x"}))
    [('inputs', 'a.csv', '1', '2')]
    """
    for part in now:
        old, new = before.get(part, ""), now[part]
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            old, new = {"": old}, {"": new}
        yield from ((part, name, _told(was), _told(is_now)) for name, was, is_now in _differing(old, new))


def _differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Return each name of two mappings, sorted, that does not stand for the same, with what it was and is."""
    names = merge(*(each if isinstance(each, ManyDigests) else sorted(each) for each in (before, now)))
    for name, _ in groupby(names):
        was, is_now = before.get(name, _ABSENT), now.get(name, _ABSENT)
        if was != is_now:
            yield name, was, is_now


def _told(value: Any) -> str:
    return "" if value is _ABSENT else str(value)


def _results_read(job: Job, around: Surroundings, digests: Digests) -> Mapping[str, str]:
    """Digest the results files of the notebooks that this one comes after.

    A notebook of one enterprise reads those in its own language. One over the study reads all enterprises, each in
    whatever language it was run.
    """
    if not job.notebook.after:
        return {}
    if job.enterprise is not None:
        folder = f"{around.outputs}{os.sep}{job.folder}"
        found = [f"{folder}{os.sep}{name}.{job.lang}{_RESULTS}" for name in sorted(job.notebook.after)]
        there = digests.of_those_there(found)
        return {relative(path, around.outputs): digest for path, digest in there if digest is not None}
    methodology = _ANY if job.notebook.all_methodologies else escape(job.methodology)
    files = [f"{escape(name)}.??{_RESULTS}" for name in job.notebook.after]
    patterns = [f"{folder}/{file}" for folder in (methodology, f"{methodology}/{_ANY}") for file in files]
    names = matching_below(around.outputs, patterns)
    there = digests.of_those_there(f"{around.outputs}{os.sep}{name.replace('/', os.sep)}" for name in names)
    return ManyDigests.of((relative(path, around.outputs), digest) for path, digest in there if digest is not None)
