"""The data of the selected enterprises, checked before a run; those with problems stay out of it.

What was found without problems is not checked again until one of its files, or the package, changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vises_methods.batch.digests import Digests
from vises_methods.batch.folders import EnterpriseFolder, StudyFolder
from vises_methods.batch.ledger import Ledger
from vises_methods.errors import Problem

Check = Callable[[list[str]], Sequence[Problem]]
"""Takes the enterprises' names and returns their problems, and those of the study itself."""


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
) -> Checked:
    """Check the data of some enterprises and tell which can be run.

    Parameters
    ----------
    study : StudyFolder
    enterprises : sequence
        Those selected.
    check : callable
        The study room's check.
    ledger : Ledger
        Remembers what was found without problems.
    digests : Digests
    package : str
        Digest of the package, whose rules may change.
    """
    now = {enterprise.id: _digest(study, enterprise, digests, package) for enterprise in enterprises}
    passed = ledger.passed_checks()
    open_ones = [name for name, digest in now.items() if passed.get(name) != digest]
    problems = tuple(check(open_ones)) if open_ones else ()
    asked = set(open_ones)
    faulty = {owner for problem in problems if (owner := _owner(problem)) in asked}
    if any(_owner(problem) not in faulty for problem in problems):
        return Checked((), tuple(sorted(faulty)), problems)
    for name in open_ones:
        if name not in faulty:
            ledger.put_passed_check(name, now[name])
    sound = tuple(enterprise for enterprise in enterprises if enterprise.id not in faulty)
    return Checked(sound, tuple(sorted(faulty)), problems)


def _owner(problem: Problem) -> str:
    """Return the enterprise in whose folder a problem stands; empty for one of the study."""
    parts = problem.where.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "enterprises" else ""


def _digest(study: StudyFolder, enterprise: EnterpriseFolder, digests: Digests, package: str) -> str:
    beside = [] if study.framework_beside_path is None else [study.framework_beside_path]
    shared = [study.path / "study.yml", study.codebook_path, study.framework_path, *beside]
    files = [enterprise.path / name for name in sorted(digests.files_below(enterprise.path))]
    told = digests.of_all([path for path in [*shared, *files] if path.is_file()], study.path)
    return hashlib.sha256(repr((package, sorted(told.items()))).encode("utf-8")).hexdigest()
