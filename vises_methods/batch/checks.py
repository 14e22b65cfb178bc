"""The data of the selected enterprises, checked before a run; those with problems stay out of it.

What was found without problems is noted at once, and not checked again until one of its files, or the package,
changes: a check that is stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from vises_methods.batch.digests import Digests
from vises_methods.batch.folders import EnterpriseFolder, StudyFolder
from vises_methods.batch.ledger import Ledger
from vises_methods.errors import Problem, in_order


class Check(Protocol):
    """Whoever checks a study; see :class:`~vises_methods.batch.check_processes.CheckProcesses`."""

    def of_study(self) -> Sequence[Problem]:
        """Return the problems of the study itself."""

    def of_enterprises(self, names: Sequence[str]) -> Iterator[tuple[str, Sequence[Problem]]]:
        """Return each enterprise with its problems, as soon as it is checked."""


@dataclass(frozen=True)
class Checked:
    """Which enterprises can be run.

    Attributes
    ----------
    sound : tuple of EnterpriseFolder
        None of them when the study itself has problems.
    faulty : tuple of str
        Those that have problems of their own.
    problems : tuple of Problem
        In the order in which they are told, whoever found them first.
    """

    sound: tuple[EnterpriseFolder, ...]
    faulty: tuple[str, ...]
    problems: tuple[Problem, ...]


def check_enterprises(
    study: StudyFolder,
    enterprises: Sequence[EnterpriseFolder],
    check: Check,
    ledger: Ledger,
    digests: Digests,
    package: str,
    *,
    shown: Callable[[Iterator[str], int], Iterator[str]] = lambda names, _: names,
) -> Checked:
    """Check the data of some enterprises and tell which can be run.

    Parameters
    ----------
    study : StudyFolder
    enterprises : sequence
        Those selected.
    check : Check
    ledger : Ledger
        Remembers what was found without problems.
    digests : Digests
    package : str
        Digest of the package, whose rules may change.
    shown : callable
        Passes on the names of those that are checked, with how many there are in all, and shows how far it is.
    """
    open_ones: dict[str, str] = {}
    for enterprise in enterprises:
        digest = _digest(study, enterprise, digests, package)
        if ledger.passed_check(enterprise.id) != digest:
            open_ones[enterprise.id] = digest
    problems = list(check.of_study()) if open_ones else []
    of_study = bool(problems)
    faulty = set()

    def checked() -> Iterator[str]:
        nonlocal of_study
        for name, found in check.of_enterprises(tuple(open_ones)):
            problems.extend(found)
            of_study |= any(not _is_of(problem, name) for problem in found)
            if found and all(_is_of(problem, name) for problem in found):
                faulty.add(name)
            elif not found and not of_study:
                ledger.put_passed_check(name, open_ones[name])
            yield name

    if open_ones:
        for _ in shown(checked(), len(open_ones)):
            pass
    sound = () if of_study else tuple(each for each in enterprises if each.id not in faulty)
    return Checked(sound, tuple(sorted(faulty)), tuple(in_order(problems)))


def _is_of(problem: Problem, enterprise: str) -> bool:
    """Say whether a problem stands in the folder of an enterprise, rather than in what others share with it."""
    return f"{problem.where}/".startswith(f"enterprises/{enterprise}/")


def _digest(study: StudyFolder, enterprise: EnterpriseFolder, digests: Digests, package: str) -> str:
    beside = [] if study.framework_beside_path is None else [study.framework_beside_path]
    shared = [study.path / "study.yml", study.codebook_path, study.framework_path, *beside]
    files = [enterprise.path / name for name in sorted(digests.files_below(enterprise.path))]
    told = digests.of_all([path for path in [*shared, *files] if path.is_file()], study.path)
    return hashlib.sha256(repr((package, sorted(told.items()))).encode("utf-8")).hexdigest()
