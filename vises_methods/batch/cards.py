"""What the profiles of a study's enterprises say, remembered in its ledger by the digest of the file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from vises_methods.batch.digests import Digests

Card = tuple[tuple[str, Any], ...]
"""What a profile says, as names with their values."""
SCHEMA = "CREATE TABLE IF NOT EXISTS cards (sha256 TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;"


class CardMemory(Mapping[str, Card]):
    """What a ledger remembers of profiles, by the digest of the file, read one at a time.

    Parameters
    ----------
    connection : sqlite3.Connection
        To a ledger.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getitem__(self, sha256: str) -> Card:
        row = self._connection.execute("SELECT content FROM cards WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None:
            raise KeyError(sha256)
        return tuple(json.loads(row[0]).items())

    def __iter__(self) -> Iterator[str]:
        return (row[0] for row in self._connection.execute("SELECT sha256 FROM cards ORDER BY sha256"))

    def __len__(self) -> int:
        count: int = self._connection.execute("SELECT count(*) FROM cards").fetchone()[0]
        return count

    def put(self, cards: Mapping[str, Card], used: Iterable[str]) -> None:
        """Remember what was read from profiles, and forget those whose digest is not among the ones in use."""
        self._connection.execute("CREATE TEMP TABLE used (sha256 TEXT PRIMARY KEY) WITHOUT ROWID")
        self._connection.executemany("INSERT OR IGNORE INTO used VALUES (?)", ((each,) for each in used))
        rows = ((sha256, json.dumps(dict(card), ensure_ascii=False)) for sha256, card in cards.items())
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO cards VALUES (?, ?)", rows)
            self._connection.execute("DELETE FROM cards WHERE sha256 NOT IN (SELECT sha256 FROM used)")
        self._connection.execute("DROP TABLE used")


class RememberedCards:
    """What is known of profiles; see :class:`vises_methods.study.opening.ProfileMemory`.

    Parameters
    ----------
    before : mapping
        What is remembered, by the digest of the file.
    digests : Digests

    Attributes
    ----------
    learnt : dict
        What was learnt since.
    """

    def __init__(self, before: Mapping[str, Card], digests: Digests) -> None:
        self._before, self._digests = before, digests
        self.learnt: dict[str, Card] = {}
        self._none = not before

    def known(self, profile: Path) -> Mapping[str, Any] | None:
        """Return what is remembered of a file as it stands now."""
        if self._none:
            return None
        try:
            card = self._before.get(self._digests.of(profile))
        except OSError:
            return None
        return None if card is None else dict(card)

    def learn(self, sha256: str, content: Mapping[str, Any]) -> None:
        """Remember what a file of this digest tells, where it is plain; a faulty profile may hold anything."""
        if all(isinstance(each, str | None) for value in content.values() for each in _each(value)):
            self.learnt[sha256] = tuple(content.items())


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
