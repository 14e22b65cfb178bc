"""What the profiles of a study's enterprises say, remembered in its ledger by the digest of the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vises_methods.batch.digests import Digests


class RememberedCards:
    """What is known of profiles; see :class:`vises_methods.study.opening.ProfileMemory`.

    Parameters
    ----------
    before : mapping
        What was remembered, by the digest of the file.
    digests : Digests

    Attributes
    ----------
    now : dict
        What was asked for or learnt since.
    new : bool
        Whether any of it was learnt.
    """

    def __init__(self, before: Mapping[str, Mapping[str, Any]], digests: Digests) -> None:
        self._before, self._digests = before, digests
        self.now: dict[str, Mapping[str, Any]] = {}
        self.new = False

    def known(self, profile: Path) -> Mapping[str, Any] | None:
        """Return what is remembered of a file as it stands now."""
        if not self._before:
            return None
        try:
            sha256 = self._digests.of(profile)
        except OSError:
            return None
        if sha256 in self._before:
            self.now[sha256] = self._before[sha256]
        return self._before.get(sha256)

    def learnt(self, sha256: str, content: Mapping[str, Any]) -> None:
        """Remember what a file of this digest tells, where it is plain; a faulty profile may hold anything."""
        if all(isinstance(each, str | None) for value in content.values() for each in _each(value)):
            self.now[sha256] = content
            self.new = True


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
