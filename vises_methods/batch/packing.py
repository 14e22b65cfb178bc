"""What the ledger keeps of each job in little room, unpacked when someone asks for it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any


def pack(value: Any) -> bytes:
    """Pack plain values (mappings, lists, texts, numbers) into few bytes.

    Examples
    --------
    >>> unpack(pack({"a": [1, None]}))
    {'a': [1, None]}
    """
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(written.encode("utf-8"))


def unpack(packed: bytes | str) -> Any:
    """Return what was packed; an earlier ledger's text is read too."""
    return json.loads(packed if isinstance(packed, str) else zlib.decompress(packed))


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
