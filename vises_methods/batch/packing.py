"""What the ledger keeps of each job in little room, unpacked when someone asks for it."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, pairwise
from typing import Any

_PIECES = "packed in pieces"
_A_PIECE = 1000
"""How many digests are packed together, and unpacked at a time."""


class ManyDigests(Mapping[str, str]):
    """The digests of very many files by name, as a notebook over the whole study reads them, in little room.

    They are packed piece by piece, and only one piece is unpacked at a time.

    Examples
    --------
    >>> digests = ManyDigests.of((f"e{number:04}.csv", "d" * 64) for number in range(5000))
    >>> len(digests), digests["e4321.csv"] == "d" * 64, "e5000.csv" in digests
    (5000, True, False)
    """

    def __init__(self, pieces: Sequence[tuple[str, int, bytes]]) -> None:
        self._pieces = tuple(pieces)
        self._first = [first for first, _, _ in self._pieces]
        self._open: tuple[int, dict[str, str]] = (-1, {})

    @classmethod
    def of(cls, digests: Iterable[tuple[str, str]]) -> ManyDigests:
        """Pack names with their digests, sorted by name, as they come.

        Raises
        ------
        ValueError
            When a name does not stand behind the one before it.
        """
        pieces, last, left = [], "", iter(digests)
        while piece := list(islice(left, _A_PIECE)):
            for before, after in pairwise([last, *(name for name, _ in piece)]):
                if after <= before:
                    raise ValueError(f"{after} does not stand behind {before}")
            pieces.append((piece[0][0], len(piece), _compressed(dict(piece))))
            last = piece[-1][0]
        return cls(pieces)

    def __getitem__(self, name: str) -> str:
        return self._piece(max(0, bisect_right(self._first, name) - 1))[name]

    def __iter__(self) -> Iterator[str]:
        for number in range(len(self._pieces)):
            yield from self._piece(number)

    def __len__(self) -> int:
        return sum(count for _, count, _ in self._pieces)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ManyDigests):
            return super().__eq__(other)
        return self._pieces == other._pieces or (
            len(self) == len(other) and all(name in other and other[name] == self[name] for name in self)
        )

    __hash__ = None  # type: ignore[assignment]  # as of any mapping

    def __repr__(self) -> str:
        return f"ManyDigests({len(self)} files)"

    def __reduce__(self) -> tuple[type[ManyDigests], tuple[Sequence[tuple[str, int, bytes]]]]:
        return ManyDigests, (self._pieces,)

    @property
    def pieces(self) -> Sequence[tuple[str, int, bytes]]:
        """The first name of each piece, how many digests it holds, and how it is packed."""
        return self._pieces

    def written(self) -> Iterator[str]:
        """Write it as JSON writes a mapping with sorted keys, piece by piece."""
        yield "{"
        for number in range(len(self._pieces)):
            yield (", " if number else "") + json.dumps(self._piece(number))[1:-1]
        yield "}"

    def _piece(self, number: int) -> dict[str, str]:
        if number >= len(self._pieces):
            return {}
        if self._open[0] != number:
            self._open = (number, json.loads(zlib.decompress(self._pieces[number][2])))
        return self._open[1]


def pack(value: Any) -> bytes:
    """Pack plain values (mappings, lists, texts, numbers) into few bytes; :class:`ManyDigests` may stand in a mapping.

    Examples
    --------
    >>> unpack(pack({"a": [1, None]}))
    {'a': [1, None]}
    """
    behind: list[bytes] = []

    def told(part: Any) -> dict[str, Any]:
        if not isinstance(part, ManyDigests):
            raise TypeError(f"a {type(part).__name__} cannot be packed")
        behind.extend(packed for _, _, packed in part.pieces)
        return {_PIECES: [(first, count, len(packed)) for first, count, packed in part.pieces]}

    return b"".join([_compressed(value, told), *behind])


def unpack(packed: bytes | str) -> Any:
    """Return what was packed; an earlier ledger's text is read too."""
    if isinstance(packed, str):
        return json.loads(packed)
    reader = zlib.decompressobj()
    content = json.loads(reader.decompress(packed))
    return _with_pieces(content, reader.unused_data) if isinstance(content, dict) else content


def _with_pieces(content: dict[str, Any], behind: bytes) -> dict[str, Any]:
    """Put the pieces that stand behind a packed mapping in their places, in the order in which they were packed."""
    place = 0
    for name, part in content.items():
        if isinstance(part, dict) and _PIECES in part:
            pieces = []
            for first, count, length in part[_PIECES]:
                pieces.append((first, count, behind[place : place + length]))
                place += length
            content[name] = ManyDigests(pieces)
    return content


def _compressed(value: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=default)
    return zlib.compress(written.encode("utf-8"))


class Packed(Mapping[str, Any]):
    """A mapping that is unpacked when it is first looked into.

    Examples
    --------
    >>> Packed(pack({"a": 1})) == {"a": 1}
    True
    """

    def __init__(self, packed: bytes | str, shared: Mapping[str, Any] | None = None) -> None:
        self._packed, self._shared = packed, shared or {}

    @cached_property
    def _content(self) -> dict[str, Any]:
        return {**self._shared, **unpack(self._packed)}

    def __getitem__(self, name: str) -> Any:
        return self._content[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)

    def __repr__(self) -> str:
        return repr(self._content)
