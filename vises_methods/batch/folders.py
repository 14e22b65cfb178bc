"""What batch knows of a study and its enterprises: folders, languages, strata; and which files are declared."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from typing import Protocol

_WILD = re.compile(r"[*?\[]")
_ANY_FOLDERS = "**"


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


Listing = Callable[[Path], Sequence[str]]


def files_below(root: Path) -> list[str]:
    """Return the names of all files below a folder, relative to it, with forward slashes."""
    return list(_walk(str(root), "", set()))


def files_in(folder: str) -> list[str]:
    """Return the names of the files in a folder, not in those below; none where there is no such folder."""
    return [entry.name for entry in _entries(folder) if entry.is_file()]


def folders_in(folder: str) -> list[str]:
    """Return the paths of the folders in a folder, but for hidden ones."""
    return [entry.path for entry in _entries(folder) if entry.is_dir() and not entry.name.startswith(".")]


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def declared_files(
    patterns: Iterable[str],
    study: StudyFolder,
    enterprise: EnterpriseFolder | None,
    listing: Listing = files_below,
    is_there: Callable[[str], bool] = os.path.isfile,
) -> list[str]:
    """Return the paths of the files that globs stand for, sorted; a pattern may match none.

    Parameters
    ----------
    patterns : iterable of str
    study : StudyFolder
    enterprise : EnterpriseFolder or None
        Whose files are meant; None for those of the study.
    listing : callable
        Returns the files below a folder: the folder is listed once, whatever the number of patterns.
    is_there : callable
        Says whether there is a file, of those that several enterprises share.
    """
    root = study.path if enterprise is None else enterprise.path
    own = tuple(pattern for pattern in patterns if pattern not in SHARED)
    above = f"{root}{os.sep}"
    found = {above + name for name in _matching(own, tuple(listing(root)))} if own else set()
    shared = (_shared(pattern, study) for pattern in patterns if pattern in SHARED)
    found.update(place for place in shared if place is not None and is_there(place))
    return sorted(found)


@lru_cache(maxsize=256)
def _matching(patterns: tuple[str, ...], names: tuple[str, ...]) -> list[str]:
    """Return the names that match one of some globs, as the system writes them; most enterprises have the same."""
    matches = _matcher(patterns)
    return [name.replace("/", os.sep) for name in names if matches(name)]


def _walk(folder: str, below: str, above: set[tuple[int, int]]) -> Iterator[str]:
    """Go through a folder and those it holds or links to; one that a link leads back into is not entered again."""
    inner = []
    for entry in _entries(folder):
        if entry.is_file():
            yield below + entry.name
        elif entry.is_dir():
            inner.append(entry)
    if inner:
        inside = {*above, _identity(Path(folder).stat())}
        for entry in inner:
            if _identity(entry.stat()) not in inside:
                yield from _walk(entry.path, f"{below}{entry.name}/", inside)


def _identity(state: os.stat_result) -> tuple[int, int]:
    return state.st_dev, state.st_ino


@lru_cache(maxsize=256)
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return what says whether a file's name matches one of some globs, read as :meth:`pathlib.Path.glob` does."""
    plain = {_folded(pattern) for pattern in patterns if not _WILD.search(pattern)}
    wild = [
        [None if part == _ANY_FOLDERS else re.compile(translate(_folded(part))) for part in pattern.split("/")]
        for pattern in patterns
        if _WILD.search(pattern)
    ]

    def matches(name: str) -> bool:
        folded = _folded(name)
        if folded in plain:
            return True
        names = folded.split("/")
        return any(_parts_match(parts, names) for parts in wild)

    return matches


def _parts_match(parts: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    """Say whether each part matches its name; None stands for any number of folders."""
    if None not in parts:
        return len(parts) == len(names) and all(
            part is not None and part.match(name) is not None for part, name in zip(parts, names, strict=True)
        )
    if not parts:
        return not names
    if parts[0] is None:
        return any(_parts_match(parts[1:], names[skipped:]) for skipped in range(len(names)))
    return bool(names) and parts[0].match(names[0]) is not None and _parts_match(parts[1:], names[1:])


def _folded(name: str) -> str:
    return name.casefold() if os.name == "nt" else name


def _shared(name: str, study: StudyFolder) -> str | None:
    place: Path | None = getattr(study, SHARED[name])
    if place is None:
        return None
    return f"{place}{os.sep}study.yml" if name == "@study" else str(place)


def relative(path: Path | str, root: Path) -> str:
    """Return a path as seen from ``root``, with forward slashes on every system."""
    written, inside = str(path), f"{root}{os.sep}"
    if written.startswith(inside):
        return written[len(inside) :].replace(os.sep, "/")
    return _outside(written, str(root))


@lru_cache(maxsize=1024)
def _outside(path: str, root: str) -> str:
    return Path(os.path.relpath(path, root)).as_posix()
