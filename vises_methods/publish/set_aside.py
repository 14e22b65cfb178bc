"""A database for what is set aside while a large document is written, so that memory does not grow with the study."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager


@contextmanager
def set_aside(tables: str) -> Iterator[sqlite3.Connection]:
    """Give a database of these tables on the disk, which is gone afterwards, even where the process was killed.

    Parameters
    ----------
    tables : str
        The statements that make them.

    Raises
    ------
    sqlite3.OperationalError
        When the disk of temporary files is full.

    Examples
    --------
    >>> with set_aside("CREATE TABLE names (name TEXT PRIMARY KEY)") as aside:
    ...     [aside.execute("INSERT OR IGNORE INTO names VALUES (?)", [name]).rowcount for name in ("a", "b", "a")]
    [1, 1, 0]
    """
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        # What is lost with the process is of use to nobody: nothing is kept for going back, nothing waits for the disk.
        connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {tables}; BEGIN")
        yield connection
