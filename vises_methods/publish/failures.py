"""What failed in a study, as its index tells it: one by one, or together where it would be too much to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vises_methods.catalogue import LANGUAGES, NO_VALUE, localised, text
from vises_methods.publish.site_parts import SiteCard, SiteMethodology, SitePage

MOST_TOLD = 500
"""How many failures are told one by one, and how many rows there are at most where they are put together."""

_NAMED = 5
_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class _Failed:
    """A page that failed, and whose it is; the names of the enterprise are empty for a page over the whole study."""

    methodology: SiteMethodology
    page: SitePage
    enterprise: str
    name: str

    def reason(self) -> tuple[str, ...]:
        """Return what it says in each language, without the enterprise it says it of."""
        told = (localised(words, lang) for words in (self.page.what, self.page.remedy) for lang in LANGUAGES)
        return tuple(without_name(words, self.enterprise) for words in told)

    def row(self, lang: str) -> dict[str, str]:
        return {
            "enterprise": self.name or text("publish.index.whole_study", lang),
            "page": f"{localised(self.page.title, lang)} ({localised(self.methodology.name, lang)})",
            "what": localised(self.page.what, lang),
            "remedy": localised(self.page.remedy, lang),
        }


@dataclass
class _Alike:
    """Failures of one notebook that say the same: the first, the names of some, how many enterprises there are."""

    first: _Failed
    reason: tuple[str, ...]
    names: list[str] = field(default_factory=list)
    enterprises: int = 0
    last: str | None = None

    def add(self, failed: _Failed) -> None:
        if failed.enterprise == self.last:
            return
        self.last = failed.enterprise
        self.enterprises += 1
        if len(self.names) < _NAMED:
            self.names.append(failed.name)

    def row(self, lang: str) -> dict[str, str]:
        what, remedy = self.reason[LANGUAGES.index(lang)], self.reason[len(LANGUAGES) + LANGUAGES.index(lang)]
        further = self.enterprises - len(self.names)
        told = self.first.row(lang) | {"what": what, "remedy": remedy}
        if self.first.enterprise:
            names = ", ".join(self.names)
            told["enterprise"] = (
                text("publish.index.and_further", lang, names=names, count=further) if further else names
            )
        return told


class Failures:
    """The failures of a study, in the order in which they were added; only so many are held.

    Attributes
    ----------
    count : int
    """

    def __init__(self) -> None:
        self.count = 0
        self._single: list[_Failed] = []
        self._alike: dict[tuple[str, ...], _Alike] = {}
        self._further = 0

    def add(self, methodology: SiteMethodology, page: SitePage, card: SiteCard | None = None) -> None:
        """Add a page that failed: an enterprise's, or else one over the whole study."""
        failed = _Failed(methodology, page, *(("", "") if card is None else (card.id, card.name)))
        self.count += 1
        if self.count <= MOST_TOLD:
            self._single.append(failed)
            return
        for earlier in self._single:
            self._put_together(earlier)
        self._single.clear()
        self._put_together(failed)

    def rows(self, lang: str) -> Iterator[dict[str, str]]:
        """Return what the index tells: enterprise, page, what happened and what to do."""
        yield from (failed.row(lang) for failed in self._single)
        yield from (alike.row(lang) for alike in self._alike.values())
        if self._further:
            yield {
                "enterprise": text("publish.index.further_pages", lang, count=self._further),
                "page": NO_VALUE,
                "what": text("publish.index.other_reasons", lang),
                "remedy": text("publish.index.mend_those_first", lang),
            }

    def put_together(self, lang: str) -> str:
        """Say that those that say the same are told together; empty where each is told by itself."""
        return text("publish.index.put_together", lang, count=self.count) if self.count > MOST_TOLD else ""

    def _put_together(self, failed: _Failed) -> None:
        reason = failed.reason()
        key = (failed.methodology.id, failed.page.notebook, *reason)
        if key not in self._alike and len(self._alike) >= MOST_TOLD:
            self._further += 1
            return
        self._alike.setdefault(key, _Alike(failed, reason)).add(failed)


def without_name(words: str, name: str) -> str:
    """Return words with three dots in place of a name, so that they are the same whoever they are said of.

    Examples
    --------
    >>> without_name("KeyError: 'vire' in enterprises/vire/survey.csv, not in vire-lune", "vire")
    "KeyError: '…' in enterprises/…/survey.csv, not in vire-lune"
    """
    if name not in words:
        return words
    return _WORD.sub(lambda word: "…" if word[0] == name else word[0], words)
