"""The ledger of a study: what was run, from what, when, how it ended; and all estimates, ready to be queried.

One SQLite file in ``outputs/<study>/``, written by the process that runs the batch and by no other. Times stand
here and nowhere else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vises_methods.batch.outcome import Failure
from vises_methods.errors import NotebookError

State = Literal["done", "failed", "blocked"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
  id TEXT PRIMARY KEY, methodology TEXT, enterprise TEXT, notebook TEXT, lang TEXT, state TEXT NOT NULL,
  key TEXT, components TEXT, outputs TEXT,
  failure TEXT, cell INTEGER, line TEXT, detail TEXT);
CREATE TABLE IF NOT EXISTS attempts (
  job TEXT NOT NULL, notebook TEXT NOT NULL, state TEXT NOT NULL, key TEXT, started TEXT, seconds REAL,
  peak_memory INTEGER, failure TEXT, detail TEXT);
CREATE INDEX IF NOT EXISTS attempts_of_notebook ON attempts (notebook);
CREATE INDEX IF NOT EXISTS attempts_of_job ON attempts (job);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, sha256 TEXT);
CREATE TABLE IF NOT EXISTS checks (enterprise TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS estimates (
  job TEXT NOT NULL, methodology TEXT, enterprise TEXT, "group" TEXT, region TEXT, notebook TEXT, lang TEXT,
  result TEXT, method TEXT, measure TEXT, subject TEXT, estimate REAL, low REAL, high REAL, level REAL, n INTEGER,
  coverage REAL, unit TEXT, reason TEXT);
CREATE INDEX IF NOT EXISTS estimates_of_job ON estimates (job);
CREATE TABLE IF NOT EXISTS written (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER);
"""

_PARTS = ("id", "state", "key", "components", "outputs", "failure", "cell", "line", "detail")
_COLUMNS = ", ".join(f"jobs.{name}" for name in _PARTS)
_SELECT = f"SELECT {_COLUMNS} FROM jobs"
_REFUSED = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
)
"""What the system refuses, as on a full disk: the ledger itself may be whole, and must not be thrown away."""
_MOST_UNWRITTEN = 1000
"""How many digests of files are held back, so that they are written together."""


@dataclass(frozen=True)
class Entry:
    """How a job stands in the ledger.

    Attributes
    ----------
    job_id : str
    state : {"done", "failed", "blocked"}
    key : str
    components : mapping
        The parts of the key at the last attempt.
    outputs : mapping
        File names and their digests, of a job that is done.
    failure : Failure or None
    """

    job_id: str
    state: State
    key: str
    components: Mapping[str, Any]
    outputs: Mapping[str, str]
    failure: Failure | None = None


class Ledger:
    """The ledger of one study.

    Parameters
    ----------
    path : Path or None
        The file; None keeps everything in memory, for looking at a study that was never run.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._writes = path is not None
        self._connection = _opened(":memory:" if path is None else str(path), prepare=True)
        self.file_digests = _FileTable(self._connection)

    @classmethod
    def for_reading(cls, path: Path) -> Ledger:
        """Open a ledger to look at, even during a run; a study that was never run has an empty one."""
        ledger = cls(None)
        if path.exists():
            ledger._connection.close()
            ledger._connection = _opened(str(path), prepare=False)
            ledger._connection.execute("PRAGMA query_only=ON")
            ledger.file_digests = _FileTable(ledger._connection)
        return ledger

    def close(self) -> None:
        """Write what is left and let go of the file."""
        if self._writes:
            self.file_digests.flush()
        self._connection.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def entries(self) -> Mapping[str, Entry]:
        """Return all jobs by their name; each is read from the file when it is asked for, and not kept."""
        return _Entries(self._connection)

    def attempted(self) -> Iterator[tuple[Entry, str, float]]:
        """Return each job that was given out, by name, with when its last attempt began and the seconds it took."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS}, attempts.started, attempts.seconds FROM jobs JOIN attempts"
            " ON attempts.rowid = (SELECT max(rowid) FROM attempts WHERE job = jobs.id) ORDER BY jobs.id"
        )
        return ((_entry(row[:-2]), row[-2], row[-1]) for row in rows)

    def record(
        self, entry: Entry, place: Sequence[str], *, started: str = "", seconds: float = 0.0, peak_memory: int = 0
    ) -> None:
        """Write how a job ended; ``place`` is methodology, enterprise, notebook and language."""
        failure = entry.failure
        told: tuple[Any, ...] = (None, None, None, None)
        if failure is not None:
            told = (failure.kind, failure.cell, failure.line, failure.detail)
        components, outputs = _json(entry.components), _json(entry.outputs)
        with self.transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (entry.job_id, *place, entry.state, entry.key, components, outputs, *told),
            )
            if started:
                attempt = (entry.job_id, place[2], entry.state, entry.key, started, seconds, peak_memory)
                self._connection.execute(
                    "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*attempt, told[0], told[3])
                )

    def record_attempt(
        self,
        job_id: str,
        notebook: str,
        key: str,
        failure: Failure,
        *,
        started: str,
        seconds: float,
        peak_memory: int = 0,
    ) -> None:
        """Write an attempt that failed and is followed by another."""
        with self.transaction():
            self._connection.execute(
                "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (job_id, notebook, "failed", key, started, seconds, peak_memory, failure.kind, failure.detail),
            )

    def usual_seconds(self) -> dict[str, float]:
        """Return how long each notebook took on average when it came to its end."""
        rows = self._connection.execute(
            "SELECT notebook, avg(seconds) FROM attempts WHERE state = 'done' GROUP BY notebook"
        )
        return dict(rows.fetchall())

    def put_estimates(self, job_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace the estimates of a job; columns that are new to the table are added to it."""
        names = list(dict.fromkeys(name for row in rows for name in row))
        with self.transaction():
            gone = self._connection.execute("DELETE FROM estimates WHERE job = ?", (job_id,)).rowcount
            if gone or rows:
                self._connection.execute("DELETE FROM written")
            known = {name.casefold() for name in self._columns()}
            for name in names:
                if name.casefold() not in known:
                    self._connection.execute(f"ALTER TABLE estimates ADD COLUMN {_quoted(name)}")
                    known.add(name.casefold())
            columns = ", ".join(_quoted(name) for name in ["job", *names])
            holes = ", ".join("?" * (len(names) + 1))
            self._connection.executemany(
                f"INSERT INTO estimates ({columns}) VALUES ({holes})",
                [(job_id, *(row.get(name) for name in names)) for row in rows],
            )

    def keep_enterprises(self, enterprises: Sequence[str]) -> None:
        """Forget the jobs and estimates of enterprises that the study no longer has."""
        kept = json.dumps(["", *enterprises])
        with self.transaction():
            for table in ("estimates", "jobs"):
                query = f"DELETE FROM {table} WHERE enterprise NOT IN (SELECT value FROM json_each(?))"
                if self._connection.execute(query, (kept,)).rowcount:
                    self._connection.execute("DELETE FROM written")

    def estimates(self, methodology: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
        """Return the columns and rows of all estimates of a methodology, in an order that never changes."""
        columns = [name for name in self._columns() if name != "job"]
        standard, further = columns[: columns.index("reason") + 1], sorted(columns[columns.index("reason") + 1 :])
        names = ", ".join(_quoted(name) for name in [*standard, *further])
        query = f"SELECT {names} FROM estimates WHERE methodology = ? ORDER BY enterprise, notebook, lang, rowid"
        return [*standard, *further], iter(self._connection.execute(query, (methodology,)))

    def note_written(self, path: Path) -> None:
        """Note that a file holds all estimates of its methodology as they are now."""
        state = path.stat()
        self._connection.execute(
            "INSERT OR REPLACE INTO written VALUES (?, ?, ?)", (str(path), state.st_size, state.st_mtime_ns)
        )

    def still_written(self, path: Path) -> bool:
        """Say whether a file is as it was noted, and no estimate has changed since."""
        query = "SELECT size, mtime_ns FROM written WHERE path = ?"
        row = self._connection.execute(query, (str(path),)).fetchone()
        if row is None or not path.is_file():
            return False
        state = path.stat()
        return bool(row == (state.st_size, state.st_mtime_ns))

    def passed_checks(self) -> dict[str, str]:
        """Return, by enterprise, the digest of the data that was last found without problems."""
        return dict(self._connection.execute("SELECT enterprise, digest FROM checks").fetchall())

    def put_passed_check(self, enterprise: str, digest: str) -> None:
        """Remember that an enterprise's data was found without problems."""
        self._connection.execute("INSERT OR REPLACE INTO checks VALUES (?, ?)", (enterprise, digest))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _columns(self) -> list[str]:
        return [row[1] for row in self._connection.execute("PRAGMA table_info(estimates)")]


class _Entries(Mapping[str, Entry]):
    """The jobs of a ledger, read one at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getitem__(self, job_id: str) -> Entry:
        row = self._connection.execute(f"{_SELECT} WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            raise KeyError(job_id)
        return _entry(row)

    def __contains__(self, job_id: object) -> bool:
        return self._connection.execute("SELECT 1 FROM jobs WHERE id = ?", (job_id,)).fetchone() is not None

    def __iter__(self) -> Iterator[str]:
        return (row[0] for row in self._connection.execute("SELECT id FROM jobs ORDER BY id"))

    def __len__(self) -> int:
        count: int = self._connection.execute("SELECT count(*) FROM jobs").fetchone()[0]
        return count


class _FileTable(MutableMapping[str, tuple[int, int, str]]):
    """The digests of files, read one at a time, written some at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._new: dict[str, tuple[int, int, str]] = {}
        self._writes = not connection.execute("PRAGMA query_only").fetchone()[0]

    def __getitem__(self, path: str) -> tuple[int, int, str]:
        if path in self._new:
            return self._new[path]
        query = "SELECT size, mtime_ns, sha256 FROM files WHERE path = ?"
        row: tuple[int, int, str] | None = self._connection.execute(query, (path,)).fetchone()
        if row is None:
            raise KeyError(path)
        return row

    def __setitem__(self, path: str, value: tuple[int, int, str]) -> None:
        if self._writes:
            self._new[path] = value
            if len(self._new) >= _MOST_UNWRITTEN and not self._connection.in_transaction:
                self.flush()

    def __delitem__(self, path: str) -> None:
        self._new.pop(path, None)
        self._connection.execute("DELETE FROM files WHERE path = ?", (path,))

    def __iter__(self) -> Iterator[str]:
        self.flush()
        return (row[0] for row in self._connection.execute("SELECT path FROM files"))

    def __len__(self) -> int:
        self.flush()
        count: int = self._connection.execute("SELECT count(*) FROM files").fetchone()[0]
        return count

    def flush(self) -> None:
        if self._new:
            self._connection.execute("BEGIN IMMEDIATE")
            rows = ((path, *value) for path, value in sorted(self._new.items()))
            self._connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", rows)
            self._connection.execute("COMMIT")
        self._new.clear()


def _opened(address: str, *, prepare: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(address, isolation_level=None)
    try:
        if prepare:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(_SCHEMA)
        connection.execute("SELECT count(*) FROM jobs")
    except sqlite3.DatabaseError as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _REFUSED:
            raise
        raise NotebookError("batch.errors.damaged_ledger", "ledger.sqlite", found=str(error), path=address) from error
    return connection


def _entry(row: Sequence[Any]) -> Entry:
    job_id, state, key, components, outputs, kind, cell, line, detail = row
    failure = None if kind is None else Failure(kind, detail or "", cell, line or "")
    return Entry(job_id, state, key or "", json.loads(components), json.loads(outputs), failure)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
