"""What the index of a study is made of: pages, the enterprises whose they are, methodologies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SitePage:
    """One page of the site, or the place where it should be.

    Attributes
    ----------
    notebook : str
    title : mapping
        Per language.
    href : str
        Relative to the index page.
    state : {"done", "failed", "blocked", "never"}
    lang : str
        The language the page is written in.
    what, remedy : mapping
        For a failure: what happened and what to do, per language.
    """

    notebook: str
    title: Mapping[str, str]
    href: str
    state: str
    lang: str
    what: Mapping[str, str] = field(default_factory=dict)
    remedy: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteCard:
    """An enterprise as the index shows it: ``in_short`` says per language what there is of it."""

    id: str
    name: str
    group: str
    region: str
    pages: Sequence[SitePage]
    in_short: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteMethodology:
    """The outputs of one methodology: pages over the whole study, and the enterprises, which are gone through once."""

    id: str
    name: Mapping[str, str]
    why: Mapping[str, str]
    pages: Sequence[SitePage]
    cards: Iterable[SiteCard]
    estimates: str = ""
