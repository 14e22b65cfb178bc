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
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, sha256 TEXT);
CREATE TABLE IF NOT EXISTS checks (enterprise TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS estimates (
  job TEXT NOT NULL, methodology TEXT, enterprise TEXT, "group" TEXT, region TEXT, notebook TEXT, lang TEXT,
  result TEXT, method TEXT, measure TEXT, subject TEXT, estimate REAL, low REAL, high REAL, level REAL, n INTEGER,
  coverage REAL, unit TEXT, reason TEXT);
CREATE INDEX IF NOT EXISTS estimates_of_job ON estimates (job);
"""


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

    def entries(self) -> dict[str, Entry]:
        """Return all jobs by their name."""
        rows = self._connection.execute(
            "SELECT id, state, key, components, outputs, failure, cell, line, detail FROM jobs"
        )
        return {row[0]: _entry(row) for row in rows}

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

    def last_attempts(self) -> dict[str, tuple[str, float]]:
        """Return when the last attempt of each job began, and how many seconds it took."""
        rows = self._connection.execute("SELECT job, started, seconds FROM attempts ORDER BY rowid")
        return {row[0]: (row[1], row[2]) for row in rows}

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
            self._connection.execute("DELETE FROM estimates WHERE job = ?", (job_id,))
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
                self._connection.execute(query, (kept,))

    def estimates(self, methodology: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
        """Return the columns and rows of all estimates of a methodology, in an order that never changes."""
        columns = [name for name in self._columns() if name != "job"]
        standard, further = columns[: columns.index("reason") + 1], sorted(columns[columns.index("reason") + 1 :])
        names = ", ".join(_quoted(name) for name in [*standard, *further])
        query = f"SELECT {names} FROM estimates WHERE methodology = ? ORDER BY enterprise, notebook, lang, rowid"
        return [*standard, *further], iter(self._connection.execute(query, (methodology,)))

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


class _FileTable(MutableMapping[str, tuple[int, int, str]]):
    """The digests of files, read at once, written at the end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        rows = connection.execute("SELECT path, size, mtime_ns, sha256 FROM files")
        self._known: dict[str, tuple[int, int, str]] = {row[0]: (row[1], row[2], row[3]) for row in rows}
        self._new: set[str] = set()

    def __getitem__(self, path: str) -> tuple[int, int, str]:
        return self._known[path]

    def __setitem__(self, path: str, value: tuple[int, int, str]) -> None:
        self._known[path] = value
        self._new.add(path)

    def __delitem__(self, path: str) -> None:
        del self._known[path]
        self._new.discard(path)
        self._connection.execute("DELETE FROM files WHERE path = ?", (path,))

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def flush(self) -> None:
        rows = [(path, *self._known[path]) for path in sorted(self._new)]
        if rows:
            self._connection.execute("BEGIN IMMEDIATE")
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
