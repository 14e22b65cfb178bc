"""The ledger of a study: what was run, from what, when, how it ended; and all estimates, packed by job.

One SQLite file in ``outputs/<study>/``, written by the process that runs the batch and by no other. Times stand
here and nowhere else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vises_methods.batch.cards import SCHEMA as CARDS_SCHEMA
from vises_methods.batch.cards import CardMemory
from vises_methods.batch.file_memory import SCHEMA as FILES_SCHEMA
from vises_methods.batch.file_memory import FileMemory
from vises_methods.batch.outcome import Failure
from vises_methods.batch.packing import Packed, pack, unpack
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
CREATE TABLE IF NOT EXISTS checks (enterprise TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS shapes (id INTEGER PRIMARY KEY, columns TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS packed_estimates (
  job TEXT PRIMARY KEY, methodology TEXT, enterprise TEXT, notebook TEXT, lang TEXT, shape INTEGER, rows BLOB);
CREATE INDEX IF NOT EXISTS packed_estimates_in_order ON packed_estimates (methodology, enterprise, notebook, lang);
CREATE TABLE IF NOT EXISTS made (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, made_from TEXT);
"""

_PARTS = ("id", "state", "key", "components", "outputs", "failure", "cell", "line", "detail")
_COLUMNS = ", ".join(f"jobs.{name}" for name in _PARTS)
_SELECT = f"SELECT {_COLUMNS} FROM jobs"
_REFUSED = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
)
"""What the system refuses, as on a full disk: the ledger itself may be whole, and must not be thrown away."""
_STANDARD = (
    "methodology", "enterprise", "group", "region", "notebook", "lang", "result", "method", "measure", "subject",
    "estimate", "low", "high", "level", "n", "coverage", "unit", "reason",
)  # fmt: skip
"""The columns that every estimate has; those that only some have follow them."""
_REALS = frozenset({"estimate", "low", "high", "level", "coverage"})
_EARLIER_FILES, _EARLIER_ESTIMATES, _EARLIER_WRITTEN = "files", "estimates", "written"
"""Tables of ledgers in earlier forms: digests are taken and tables written again, estimates taken over."""


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
        self._take_over()
        self.file_digests, self.cards = FileMemory(self._connection), CardMemory(self._connection)

    @classmethod
    def for_reading(cls, path: Path) -> Ledger:
        """Open a ledger to look at, even during a run; a study that was never run has an empty one."""
        ledger = cls(None)
        if path.exists() and not _is_blank(path):
            ledger._connection.close()
            ledger._connection = _opened(str(path), prepare=False)
            if _EARLIER_FILES in _tables(ledger._connection):
                ledger._connection.executescript(
                    f"{FILES_SCHEMA}{CARDS_SCHEMA}".replace("CREATE TABLE", "CREATE TEMP TABLE")
                )
            ledger._connection.execute("PRAGMA query_only=ON")
            ledger.file_digests, ledger.cards = FileMemory(ledger._connection), CardMemory(ledger._connection)
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

    def is_done(self, job_id: str) -> bool:
        """Say whether a job came to its end."""
        query = "SELECT 1 FROM jobs WHERE id = ? AND state = 'done'"
        return self._connection.execute(query, (job_id,)).fetchone() is not None

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
        components, outputs = pack(dict(entry.components)), json.dumps(dict(entry.outputs), ensure_ascii=False)
        with self.transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (entry.job_id, *place, entry.state, entry.key, components, outputs, *told),
            )
            self._connection.execute("DELETE FROM made")
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
            self._connection.execute("DELETE FROM made")
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

    def put_estimates(self, job_id: str, place: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace the estimates of a job; ``place`` is methodology, enterprise, notebook and language."""
        names = list(dict.fromkeys(name for row in rows for name in row))
        packed = pack([[_cell(name, row.get(name)) for name in names] for row in rows])
        with self.transaction():
            gone = self._connection.execute("DELETE FROM packed_estimates WHERE job = ?", (job_id,)).rowcount
            if gone or rows:
                self._connection.execute("DELETE FROM made")
            if rows:
                shape = json.dumps(names, ensure_ascii=False)
                self._connection.execute("INSERT OR IGNORE INTO shapes (columns) VALUES (?)", (shape,))
                self._connection.execute(
                    "INSERT INTO packed_estimates SELECT ?, ?, ?, ?, ?, id, ? FROM shapes WHERE columns = ?",
                    (job_id, *place, packed, shape),
                )

    def keep_enterprises(self, enterprises: Sequence[str]) -> None:
        """Forget the jobs and estimates of enterprises that the study no longer has."""
        kept = json.dumps(["", *enterprises])
        with self.transaction():
            for table in ("packed_estimates", "jobs"):
                query = f"DELETE FROM {table} WHERE enterprise NOT IN (SELECT value FROM json_each(?))"
                if self._connection.execute(query, (kept,)).rowcount:
                    self._connection.execute("DELETE FROM made")

    def estimates(self, methodology: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
        """Return the columns and rows of all estimates of a methodology, in an order that never changes.

        The columns are those of all methodologies; two that differ in capitals alone are one.
        """
        shapes = self._connection.execute("SELECT columns FROM shapes WHERE id IN (SELECT shape FROM packed_estimates)")
        spelt = {name.casefold(): name for name in _STANDARD}
        further = sorted({name for (columns,) in shapes for name in json.loads(columns)})
        for name in further:
            spelt.setdefault(name.casefold(), name)
        columns = list(spelt.values())
        return columns, self._rows(methodology, {name: place for place, name in enumerate(spelt)}, len(columns))

    def _rows(self, methodology: str, places: Mapping[str, int], width: int) -> Iterator[Sequence[Any]]:
        jobs = self._connection.execute(
            "SELECT columns, rows FROM packed_estimates JOIN shapes ON shape = shapes.id WHERE methodology = ?"
            " ORDER BY enterprise, notebook, lang, job",
            (methodology,),
        )
        for columns, packed in jobs:
            where = [places[name.casefold()] for name in json.loads(columns)]
            for cells in unpack(packed):
                row: list[Any] = [None] * width
                for place, cell in zip(where, cells, strict=True):
                    row[place] = cell
                yield row

    def write_unless_standing(self, paths: Sequence[Path], made_from: str, write: Callable[[], object]) -> None:
        """Have files written that tell of the jobs, unless they stand as they were written from the same.

        Parameters
        ----------
        paths : sequence of Path
            Those that ``write`` writes.
        made_from : str
            What else they are made from, or a digest of it; where a job has changed since, they are always written.
        write : callable
        """
        if all(self._stands(path, made_from) for path in paths):
            return
        write()
        states = [(str(path), (state := path.stat()).st_size, state.st_mtime_ns, made_from) for path in paths]
        self._connection.executemany("INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?)", states)

    def _stands(self, path: Path, made_from: str) -> bool:
        query = "SELECT size, mtime_ns, made_from FROM made WHERE path = ?"
        row = self._connection.execute(query, (str(path),)).fetchone()
        if row is None or not path.is_file():
            return False
        state = path.stat()
        return bool(row == (state.st_size, state.st_mtime_ns, made_from))

    def passed_check(self, enterprise: str) -> str | None:
        """Return the digest of an enterprise's data when they were last found without problems."""
        query = "SELECT digest FROM checks WHERE enterprise = ?"
        row = self._connection.execute(query, (enterprise,)).fetchone()
        return None if row is None else str(row[0])

    def put_passed_check(self, enterprise: str, digest: str) -> None:
        """Remember that an enterprise's data was found without problems."""
        self._connection.execute("INSERT OR REPLACE INTO checks VALUES (?, ?)", (enterprise, digest))

    def _take_over(self) -> None:
        """Bring a ledger of an earlier version into today's form."""
        earlier = _tables(self._connection) & {_EARLIER_FILES, _EARLIER_ESTIMATES, _EARLIER_WRITTEN}
        if _EARLIER_ESTIMATES in earlier:
            places = "methodology, enterprise, notebook, lang"
            for job, *place in self._connection.execute(f"SELECT id, {places} FROM jobs").fetchall():
                rows = self._connection.execute(
                    f"SELECT * FROM {_EARLIER_ESTIMATES} WHERE job = ? ORDER BY rowid", (job,)
                )
                names = [column[0] for column in rows.description]
                told = [{n: cell for n, cell in zip(names, row, strict=True) if cell is not None} for row in rows]
                self.put_estimates(job, place, [{n: row[n] for n in row if n != "job"} for row in told])
        for table in earlier:
            self._connection.execute(f"DROP TABLE {table}")

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


def _opened(address: str, *, prepare: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(address, isolation_level=None)
    try:
        if prepare:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} {FILES_SCHEMA} {CARDS_SCHEMA} COMMIT;")
        connection.execute("SELECT count(*) FROM jobs")
    except sqlite3.DatabaseError as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _REFUSED:
            raise
        raise NotebookError("batch.errors.damaged_ledger", "ledger.sqlite", found=str(error), path=address) from error
    return connection


def _is_blank(path: Path) -> bool:
    """Say whether a file is a ledger that is only being made: its tables come all at once."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            return not _tables(connection)
        except sqlite3.DatabaseError:
            return False


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _cell(column: str, value: Any) -> Any:
    """Return a cell as it is written for every estimate: measured values with a point, truth as 1 and 0."""
    if isinstance(value, bool) or (column == "n" and isinstance(value, float) and value.is_integer()):
        return int(value)
    return float(value) if column in _REALS and isinstance(value, int) else value


def _entry(row: Sequence[Any]) -> Entry:
    job_id, state, key, components, outputs, kind, cell, line, detail = row
    failure = None if kind is None else Failure(kind, detail or "", cell, line or "")
    return Entry(job_id, state, key or "", Packed(components), json.loads(outputs), failure)
