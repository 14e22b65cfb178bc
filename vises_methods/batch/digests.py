"""Digests of files, remembered between runs."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from pathlib import Path

from vises_methods.batch.file_memory import FileState
from vises_methods.batch.folders import files_below, relative

# A file changed within this time of being read may change again without its time stamps telling.
_UNSETTLED_SECONDS = 2.0
_PACKAGE_ENDINGS = {".py", ".yml", ".yaml", ".json", ".css", ".j2", ".html", ".svg", ".typ", ".js", ".csv", ".txt"}

# How many files are remembered to have been looked at: those of some enterprises, for the jobs that follow at once.
_MOST_SEEN = 2_000

DigestMemory = MutableMapping[str, FileState]


class Digests:
    """SHA-256 of files, remembered by path, size and the times of change of the content and of anything else.

    Parameters
    ----------
    memory : mutable mapping
        ``{path: (size, mtime_ns, ctime_ns, sha256)}``, usually the ledger's.
    still : bool
        Take it that no file changes while this is used, so that neither the files nor the folder of an enterprise
        are looked at again for its next job: to look at a study, never to run it.
    """

    def __init__(self, memory: DigestMemory | None = None, *, still: bool = False) -> None:
        self._memory: DigestMemory = {} if memory is None else memory
        self._seen: dict[str, str] | None = {} if still else None
        self._listed: tuple[Path, Sequence[str]] | None = None
        self.read_count = 0

    def of_own(self, path: Path) -> str:
        """Return the digest of a file that the batch has just moved into place and that no one else writes."""
        state = path.stat()
        digest = sha256(path)
        self.read_count += 1
        self._memory[str(path)] = (state.st_size, state.st_mtime_ns, state.st_ctime_ns, digest)
        return digest

    def of(self, path: Path | str) -> str:
        """Return the digest of a file.

        Raises
        ------
        OSError
            When the file cannot be read.
        """
        name = str(path)
        if self._seen is None:
            return self._looked_at(name)
        digest = self._seen.get(name)
        if digest is None:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            digest = self._seen[name] = self._looked_at(name)
        return digest

    def of_those_there(self, paths: Iterable[str]) -> Iterator[tuple[str, str | None]]:
        """Return each file with its digest, None where there is no such file."""
        for path in paths:
            try:
                yield path, self.of(path)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                yield path, None

    def is_there(self, path: str) -> bool:
        """Say whether there is such a file; one that was digested while all is still is not looked at again."""
        return (self._seen is not None and path in self._seen) or Path(path).is_file()

    def files_below(self, folder: Path) -> Sequence[str]:
        """Return the names of all files below a folder; where all is still, the last one listed is remembered."""
        if self._seen is None:
            return files_below(folder)
        if self._listed is None or self._listed[0] != folder:
            self._listed = (folder, tuple(files_below(folder)))
        return self._listed[1]

    def _looked_at(self, path: str) -> str:
        state = os.stat(path)  # noqa: PTH116 - a large study has a hundred thousand files, and a Path takes longer
        known = self._memory.get(path)
        if known is not None and known[:3] == (state.st_size, state.st_mtime_ns, state.st_ctime_ns):
            return known[3]
        self.read_count += 1
        digest = sha256(path)
        if time.time() - max(state.st_mtime_ns, state.st_ctime_ns) / 1e9 > _UNSETTLED_SECONDS:
            self._memory[path] = (state.st_size, state.st_mtime_ns, state.st_ctime_ns, digest)
        return digest

    def of_all(self, paths: Iterable[Path | str], root: Path) -> dict[str, str]:
        """Return the digests of files by their path relative to ``root``."""
        inside, told = f"{root}{os.sep}", {}
        length, seen = len(inside), self._seen or {}
        for path in map(str, paths):
            name = path[length:].replace(os.sep, "/") if path.startswith(inside) else relative(path, root)
            told[name] = seen.get(path) or self.of(path)
        return told

    def of_package(self, package: Path) -> str:
        """Return one digest over the sources and texts of a package."""
        files = sorted(path for path in package.rglob("*") if path.suffix in _PACKAGE_ENDINGS and path.is_file())
        digest = hashlib.sha256()
        for name, content in self.of_all(files, package).items():
            digest.update(f"{name}\0{content}\n".encode())
        return digest.hexdigest()


def sha256(path: Path | str) -> str:
    """Return the SHA-256 of a file's bytes."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
