"""The digests of files as the ledger remembers them: read a folder at a time, written some at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, MutableMapping
from typing import Any

from vises_methods.study import can_be_written

FileState = tuple[int, int, int, str]
"""Size, time of the last change of the content and of the last change of anything (nanoseconds), SHA-256."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS folders (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS digests (
  folder INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, sha256 BLOB,
  PRIMARY KEY (folder, name)) WITHOUT ROWID;
"""

_MOST_UNWRITTEN = 1000
"""How many digests are held back, so that they are written together."""
_MOST_FOLDERS = 200
"""How many folders' digests are held: those of some enterprises, and of what all of them read."""
_OF_FOLDER = "SELECT name, size, mtime_ns, ctime_ns, sha256 FROM digests JOIN folders ON folder = id WHERE path = ?"


class FileMemory(MutableMapping[str, FileState]):
    """The digests of files by their path.

    Parameters
    ----------
    connection : sqlite3.Connection
        To a ledger; one that may only be read is never written to. A file whose name is no text is not remembered.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._new: dict[str, FileState] = {}
        self._folders: dict[str, dict[str, tuple[str, int, int, int, bytes]]] = {}
        self._writes = not connection.execute("PRAGMA query_only").fetchone()[0]

    def __getitem__(self, path: str) -> FileState:
        found: FileState | None = self.get(path)
        if found is None:
            raise KeyError(path)
        return found

    def get(self, path: str, default: Any = None) -> Any:
        """Return what is remembered of a file."""
        if path in self._new:
            return self._new[path]
        if not can_be_written(path):
            return default
        folder, _, name = path.rpartition(os.sep)
        rows = self._folders.get(folder)
        row = (self._of_folder(folder) if rows is None else rows).get(name)
        return default if row is None else (*row[1:4], row[4].hex())

    def __setitem__(self, path: str, value: FileState) -> None:
        if self._writes and can_be_written(path):
            self._new[path] = value
            if len(self._new) >= _MOST_UNWRITTEN and not self._connection.in_transaction:
                self.flush()

    def __delitem__(self, path: str) -> None:
        self._new.pop(path, None)
        folder, _, name = path.rpartition(os.sep)
        query = "DELETE FROM digests WHERE name = ? AND folder = (SELECT id FROM folders WHERE path = ?)"
        self._connection.execute(query, (name, folder))
        self._folders.pop(folder, None)

    def __iter__(self) -> Iterator[str]:
        self.flush()
        rows = self._connection.execute("SELECT path, name FROM digests JOIN folders ON folder = id")
        return (f"{folder}{os.sep}{name}" if folder else name for folder, name in rows)

    def __len__(self) -> int:
        self.flush()
        count: int = self._connection.execute("SELECT count(*) FROM digests").fetchone()[0]
        return count

    def flush(self) -> None:
        """Write what is held back."""
        if self._new:
            self._connection.execute("BEGIN IMMEDIATE")
            rows = [(*path.rpartition(os.sep)[::2], *value) for path, value in sorted(self._new.items())]
            folders = {row[0] for row in rows}
            self._connection.executemany("INSERT OR IGNORE INTO folders (path) VALUES (?)", [(f,) for f in folders])
            query = "INSERT OR REPLACE INTO digests SELECT id, ?, ?, ?, ?, ? FROM folders WHERE path = ?"
            self._connection.executemany(
                query, [(name, *state, bytes.fromhex(sha256), folder) for folder, name, *state, sha256 in rows]
            )
            self._connection.execute("COMMIT")
            for folder in folders:
                self._folders.pop(folder, None)
        self._new.clear()

    def _of_folder(self, folder: str) -> dict[str, tuple[str, int, int, int, bytes]]:
        if len(self._folders) >= _MOST_FOLDERS:
            self._folders.clear()
        rows = self._connection.execute(_OF_FOLDER, (folder,))
        return self._folders.setdefault(folder, {row[0]: row for row in rows})
