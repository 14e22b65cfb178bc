"""Change the folders of enterprises all or nothing: what a broken run left is finished, or cleared, by the next one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from vises_methods.errors import InvalidStudyError, Problem
from vises_methods.study import check_study

STAGE = ".pseudonymise"
_READY = "ready"


def finish_or_clear(study: Path) -> bool:
    """Bring a study that a run left half way to one side or the other.

    Nothing was changed before everything was ready: until then the stage is cleared; from then on the work is finished.

    Returns
    -------
    bool
        Whether there was something to finish.
    """
    stage = study / STAGE
    ready = (stage / _READY).is_file()
    if ready:
        _swap(study)
    if stage.exists():
        shutil.rmtree(stage)
    return ready


def change_together(
    study: Path, drafts: Mapping[str, Mapping[str, bytes]], *, before: Callable[[], None] = lambda: None
) -> None:
    """Write new contents of files of several enterprises: all of them, or none.

    The new folders are made whole beside the old ones, checked as ``vises check`` does, and then take their place.

    Parameters
    ----------
    study : Path
    drafts : mapping of str to mapping of str to bytes
        By enterprise: the files to change, relative to its folder.
    before : callable
        What must be safe on the disk before the first folder changes, such as the key.

    Raises
    ------
    InvalidStudyError
        Where the new contents would not pass the check; then nothing was changed.
    """
    finish_or_clear(study)
    stage = study / STAGE
    try:
        _prepare(study, drafts)
        problems = [problem for problem in check_study(stage / study.name) if problem.where.startswith("enterprises/")]
        if problems:
            raise InvalidStudyError(study.name, problems)
        before()
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    _durable(stage / _READY, b"")
    finish_or_clear(study)


def require_sound(study: Path, enterprises: list[str]) -> None:
    """Raise every problem of the enterprises: positions in a text can be moved only where they are right."""
    problems: list[Problem] = check_study(study, enterprises)
    if problems:
        raise InvalidStudyError(study.name, problems)


def _prepare(study: Path, drafts: Mapping[str, Mapping[str, bytes]]) -> None:
    new = study / STAGE / study.name
    new.mkdir(parents=True)
    shutil.copy2(study / "study.yml", new / "study.yml")
    for enterprise, files in drafts.items():
        folder = new / "enterprises" / enterprise
        shutil.copytree(study / "enterprises" / enterprise, folder)
        for name, content in files.items():
            _durable(folder / name, content)
    for folder in (new / "enterprises", new, study / STAGE):
        _sync(folder)


def _swap(study: Path) -> None:
    new, old = study / STAGE / study.name / "enterprises", study / STAGE / "old"
    old.mkdir(exist_ok=True)
    for staged in sorted(new.iterdir()):
        place = study / "enterprises" / staged.name
        if place.exists() and not (old / staged.name).exists():
            place.replace(old / staged.name)
        staged.replace(place)
    _sync(study / "enterprises")


def _durable(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make a folder's names durable, where the system lets a folder be opened."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
