"""What batch knows of a study and its enterprises: folders, languages, strata; and which files are declared."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from functools import lru_cache
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Protocol

from vises_methods.study import can_be_written

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
    """Return the names of all files below a folder, relative to it, with forward slashes, sorted."""
    return list(_walk(str(root), "", set()))


def matching_below(root: Path | str, patterns: Iterable[str]) -> Iterator[str]:
    """Return the names of the files below a folder that match one of some globs, sorted, one at a time.

    Folders in which none can stand are not entered; none is found where there is no such folder.
    """
    own = tuple(patterns)
    matches, parts = _matcher(own), [_parts(pattern) for pattern in own]

    def worth_entering(folder: str) -> bool:
        names = _folded(folder).split("/")
        return any(_may_hold(each, names) for each in parts)

    return (name for name in _walk(str(root), "", set(), worth_entering) if matches(name))


def study_files(
    patterns: Iterable[str], study: StudyFolder, is_there: Callable[[str], bool] = os.path.isfile
) -> Iterator[tuple[str, str]]:
    """Return the files of a study that globs stand for, one at a time: name as seen from the study, sorted, and path.

    Parameters
    ----------
    patterns : iterable of str
        Globs relative to the study's folder, or names of what several studies share.
    study : StudyFolder
    is_there : callable
        Says whether there is a file, of those that are shared.
    """
    asked = tuple(patterns)
    above = f"{study.path}{os.sep}"
    own = matching_below(study.path, [pattern for pattern in asked if pattern not in SHARED])
    places = (_shared(pattern, study) for pattern in asked if pattern in SHARED)
    shared = sorted((relative(place, study.path), place) for place in places if place is not None and is_there(place))
    both = merge(((name, above + name.replace("/", os.sep)) for name in own), shared)
    return (next(same) for _, same in groupby(both, key=itemgetter(0)))


def _names_in(folder: str) -> list[str]:
    """Return the names of what stands in a folder, a slash behind those of folders, sorted; none where there is none.

    So all files below come in the order of their names.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(f"{each.name}/" if each.is_dir() else each.name for each in entries if _counts(each))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _counts(entry: os.DirEntry[str]) -> bool:
    return entry.is_file() or entry.is_dir()


def declared_files(
    patterns: Iterable[str],
    study: StudyFolder,
    enterprise: EnterpriseFolder,
    listing: Listing = files_below,
    is_there: Callable[[str], bool] = os.path.isfile,
) -> list[str]:
    """Return the paths of the files of an enterprise that globs stand for, sorted; a pattern may match none.

    Parameters
    ----------
    patterns : iterable of str
    study : StudyFolder
    enterprise : EnterpriseFolder
        Whose files are meant.
    listing : callable
        Returns the files below a folder: the folder is listed once, whatever the number of patterns.
    is_there : callable
        Says whether there is a file, of those that several enterprises share.
    """
    root = enterprise.path
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


def _walk(
    folder: str, below: str, above: set[tuple[int, int]], enters: Callable[[str], bool] = lambda _: True
) -> Iterator[str]:
    """Go through a folder and those it holds or links to; one that a link leads back into is not entered again."""
    inside: set[tuple[int, int]] = set()
    for name in _names_in(folder):
        if not name.endswith("/"):
            yield below + name
        elif enters(below + name[:-1]):
            inside = inside or {*above, _identity(folder)}
            inner = f"{folder}{os.sep}{name[:-1]}"
            if _identity(inner) not in inside:
                yield from _walk(inner, below + name, inside, enters)


def _identity(folder: str) -> tuple[int, int]:
    state = os.stat(folder)  # noqa: PTH116 - a large study has ten thousand folders, and a Path takes longer
    return state.st_dev, state.st_ino


@lru_cache(maxsize=256)
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return what says whether a file's name matches one of some globs, read as :meth:`pathlib.Path.glob` does.

    A name that cannot be written matches none: no table of a study can name it, so that no notebook reads it.
    """
    plain = {_folded(pattern) for pattern in patterns if not _WILD.search(pattern)}
    wild = [pattern for pattern in patterns if _WILD.search(pattern)]
    deep = [_parts(pattern) for pattern in wild if _ANY_FOLDERS in pattern.split("/")]
    in_folders: dict[str, list[str]] = {}
    for pattern in wild:
        folders, slash, last = pattern.rpartition("/")
        if _ANY_FOLDERS not in pattern.split("/"):
            in_folders.setdefault(folders + slash, []).append(translate(_folded(last)))
    at_depth: dict[int, list[tuple[re.Pattern[str], list[re.Pattern[str] | None]]]] = {}
    for above, lasts in in_folders.items():
        folders_above = _parts(above)[:-1]
        at_depth.setdefault(len(folders_above), []).append((re.compile("|".join(lasts)), folders_above))

    def matches(name: str) -> bool:
        if not can_be_written(name):
            return False
        folded = _folded(name)
        if folded in plain:
            return True
        names = folded.split("/")
        for last, folders in at_depth.get(len(names) - 1, ()):
            if last.match(names[-1]) and _parts_match(folders, names[:-1]):
                return True
        return any(_parts_match(parts, names) for parts in deep)

    return matches


def _parts(pattern: str) -> list[re.Pattern[str] | None]:
    return [None if part == _ANY_FOLDERS else re.compile(translate(_folded(part))) for part in pattern.split("/")]


def _may_hold(parts: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    """Say whether files that match some parts can stand below a folder; None stands for any number of folders."""
    for part, name in zip(parts, names, strict=False):
        if part is None:
            return True
        if part.match(name) is None:
            return False
    return len(parts) > len(names)


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
