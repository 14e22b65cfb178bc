"""What may be told of people by code: counts of too few whose words may not be quoted are withheld, not drawn as zero.

A passage that may be quoted is told in full, with its place; it hides no one. Persons whose words may not be quoted are
hidden only by one another. So they alone are counted here, and a text of theirs that no group is large enough to hide
enters no table at all: a mark in its place would say as much as the number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.tables import require_columns
from vises_methods.results import Notice

SMALL_CELL = "qualitative.reasons.small_cell"
SMALL_GROUP = "qualitative.reasons.small_group"
EVERYONE = ""
_PLACE = re.compile(r":\d+-\d+$")
_PARTED = re.compile(r"\s*[;|,]\s*")


@dataclass(frozen=True)
class Confidentiality:
    """Who speaks in the texts that may not be quoted, and how many of them must stand together to be counted.

    Use :meth:`of` to make one from a table of documents; the functions of this room take it as ``confidentiality=``.

    Attributes
    ----------
    minimum : int
        The fewest persons of a count that is shown; 0 or 1 shows everything.
    closed : mapping of str to frozenset of str
        Each document that may not be quoted, with the persons who speak in it.
    groups : mapping of str to str
        The group of each document, where the tables are by group.

    References
    ----------
    Hundepool, A., et al. (2012). Statistical Disclosure Control, chapter 5 (minimum frequency, complementary
    suppression).

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d", "e"], "persons": ["p1", "p2;p3;p4"], "group": ["staff", "users"]})
    >>> sorted(Confidentiality.of(texts, minimum=3, persons="persons", by="group").set_aside)
    ['d']
    """

    minimum: int = 0
    closed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        documents: pd.DataFrame,
        /,
        *,
        minimum: int,
        quotable: Collection[str] = (),
        persons: str | None = None,
        by: str | None = None,
    ) -> Self:
        """Read it from a table of documents.

        Parameters
        ----------
        documents : DataFrame
            Column ``document`` and those named below.
        minimum : int
        quotable : collection of str
            The documents whose words may be quoted; none when not given.
        persons : str, optional
            The column with the persons who speak, parted by ``;``, or a list. A document without any, as notes of a
            meeting, counts as one person; so does every document when not given.
        by : str, optional
            The column whose groups the tables are by; one group of all when not given.

        Raises
        ------
        InputError
            For missing columns, or ``minimum`` below 0.
        """
        if minimum < 0:
            raise InputError("out_of_range", "Confidentiality.of(minimum=)", value=minimum, allowed="≥ 0")
        named = [column for column in (persons, by) if column is not None]
        require_columns(documents, ("document", *named), "Confidentiality.of(documents)")
        names = documents["document"].astype(str)
        cells = documents[persons] if persons is not None else pd.Series(None, index=documents.index, dtype=object)
        spoken = {name: _people(cell) or frozenset({name}) for name, cell in zip(names, cells, strict=True)}
        open_ones = frozenset(map(str, quotable))
        where = documents[by].fillna(EVERYONE).astype(str) if by is not None else [EVERYONE] * len(names)
        closed = {name: people for name, people in spoken.items() if name not in open_ones}
        return cls(minimum, closed, dict(zip(names, where, strict=True)))

    @property
    def set_aside(self) -> frozenset[str]:
        """The documents counted in no table: the closed ones of their group are of fewer persons than the minimum."""
        return self.too_few(self.groups)

    def too_few(self, groups: Mapping[str, str], /) -> frozenset[str]:
        """Return the closed documents of those groups in which, together, fewer persons speak than the minimum."""
        together: dict[str, list[str]] = {}
        for document in self.closed:
            together.setdefault(groups.get(document, EVERYONE), []).append(document)
        return frozenset(name for names in together.values() if self.small(names) for name in names)

    def small(self, documents: Iterable[str], /) -> bool:
        """Say whether a count over these documents must be withheld.

        It must when some of them may not be quoted and fewer persons than the minimum speak in those.
        """
        heard = [self.closed[name] for name in documents if name in self.closed]
        return 0 < len(frozenset().union(*heard)) < self.minimum

    def counted(self, frame: pd.DataFrame, /) -> pd.DataFrame:
        """Return the rows, of documents or codings, whose ``document`` is not set aside."""
        return frame[~frame["document"].isin(list(self.set_aside))].reset_index(drop=True)

    def shown(self, spans: pd.DataFrame, /) -> pd.DataFrame:
        """Return the passages in cells of code × group that are shown, so that no total gives another cell back."""
        kept = self.counted(spans)
        if kept.empty or not self.closed or self.minimum < 2:
            return kept
        groups = [self.groups.get(name, EVERYONE) for name in kept["document"]]
        cells = kept.groupby(["code", pd.Series(groups, index=kept.index, dtype=object)])["document"]
        return kept[~cells.transform(lambda names: self.small(set(names))).astype(bool)].reset_index(drop=True)

    def may_cite(self, document: str, /) -> bool:
        """Say whether a code may be told of one document alone, by its place."""
        return not self.small([document])

    def cited(self, evidence: pd.DataFrame, /) -> pd.DataFrame:
        """Return the rows of a table of places whose documents may be told of alone.

        Parameters
        ----------
        evidence : DataFrame
            A column ``document`` or one or more whose names begin with ``reference``, as ``document:start-end``.
        """
        if not self.closed or self.minimum < 2:
            return evidence.reset_index(drop=True)
        columns = [name for name in evidence if name == "document" or str(name).startswith("reference")]
        kept = pd.Series(True, index=evidence.index)
        for column in columns:
            kept &= evidence[column].map(lambda place: self.may_cite(_PLACE.sub("", str(place)))).astype(bool)
        return evidence[kept].reset_index(drop=True)

    def notices(self, *, withheld: bool) -> tuple[Notice, ...]:
        """Return what a reader must be told: texts that are counted nowhere, and counts that are withheld."""
        told = []
        if self.set_aside:
            told.append(
                Notice("qualitative.notices.set_aside", {"count": len(self.set_aside), "minimum": self.minimum})
            )
        if withheld:
            told.append(Notice("qualitative.notices.cells_withheld", {"minimum": self.minimum}))
        return tuple(told)


OPEN = Confidentiality()
"""Everything may be shown."""


def _people(cell: object) -> frozenset[str]:
    if isinstance(cell, str):
        return frozenset(name for name in _PARTED.split(cell.strip()) if name)
    if isinstance(cell, Iterable):
        return frozenset(str(name) for name in cell)
    return frozenset()
