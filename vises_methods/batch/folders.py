"""What batch knows of a study and its enterprises: folders, languages, strata; and which files are declared."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

_WILD = re.compile(r"[*?\[]")


class EnterpriseFolder(Protocol):
    """What batch needs to know of an enterprise."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def group(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def languages(self) -> Sequence[str]: ...


class StudyFolder(Protocol):
    """What batch needs to know of a study."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def languages(self) -> Sequence[str]: ...
    @property
    def codebook_path(self) -> Path: ...
    @property
    def framework_path(self) -> Path: ...
    @property
    def framework_beside_path(self) -> Path | None: ...
    @property
    def calibration_path(self) -> Path: ...
    @property
    def group_ranges_path(self) -> Path: ...
    @property
    def enterprises(self) -> Sequence[EnterpriseFolder]: ...


SHARED = {
    "@study": "path",
    "@codebook": "codebook_path",
    "@framework": "framework_path",
    "@framework_beside": "framework_beside_path",
    "@calibration": "calibration_path",
    "@ranges": "group_ranges_path",
}
"""What several enterprises or studies share, and where a study says that it stands."""


def declared_files(patterns: Iterable[str], study: StudyFolder, enterprise: EnterpriseFolder | None) -> list[Path]:
    """Return the files that globs stand for, sorted; a pattern may match none."""
    root = study.path if enterprise is None else enterprise.path
    found: set[Path] = set()
    for pattern in patterns:
        if pattern in SHARED:
            place = _shared(pattern, study)
            matches: Iterable[Path] = [] if place is None else [place]
        else:
            matches = root.glob(pattern) if _WILD.search(pattern) else [root / pattern]
        found.update(path for path in matches if path.is_file())
    return sorted(found)


def _shared(name: str, study: StudyFolder) -> Path | None:
    place: Path | None = getattr(study, SHARED[name])
    return place / "study.yml" if place is not None and name == "@study" else place


def relative(path: Path, root: Path) -> str:
    """Return a path as seen from ``root``, with forward slashes on every system."""
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return Path(os.path.relpath(path, root)).as_posix()
