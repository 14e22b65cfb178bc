"""The index page of a study: every enterprise, every page, and what failed, in three languages, read offline."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from vises_methods.catalogue import LANGUAGES, localised, text
from vises_methods.publish.failures import Failures
from vises_methods.publish.pages import TEMPLATES, style
from vises_methods.publish.set_aside import set_aside
from vises_methods.publish.site_parts import SiteCard, SiteMethodology, SitePage
from vises_methods.publish.whole_files import whole_file

LANGUAGE_NAMES = {"fr": "Français", "nl": "Nederlands", "en": "English"}
WORDS = (
    *("skip", "workbook", "languages", "heading", "no_ranking", "failures", "enterprise", "page", "what", "remedy"),
    *("search", "group", "region", "all", "shown", "in_short", "pages", "estimates", "footer"),
)
_ASIDE = """CREATE TABLE rows (
  methodology TEXT, lang TEXT, code TEXT, name TEXT, place INTEGER, enterprise TEXT, html TEXT,
  PRIMARY KEY (methodology, lang, code, name, place)) WITHOUT ROWID"""


def index_files(outputs: Path) -> list[Path]:
    """Return the index pages of a study: first the one to open, then the one in each language."""
    return [outputs / "index.html", *(outputs / f"index.{lang}.html" for lang in LANGUAGES)]


def write_site(
    outputs: Path,
    *,
    title: Mapping[str, str],
    notice: Mapping[str, str],
    methodologies: Iterable[SiteMethodology],
    first_language: str,
) -> Path:
    """Write the index pages of a study, all or none, and return the one to open.

    The enterprises are gone through once, and nothing of one is held in memory when the next is asked for.

    Parameters
    ----------
    outputs : Path
        The folder of the study's outputs; ``index.html`` is written there in ``first_language``, and
        ``index.<lang>.html`` in each language.
    title, notice : mapping
        Of the study, per language; an empty notice where the data are not invented.
    methodologies : iterable of SiteMethodology
    first_language : {"fr", "nl", "en"}

    Returns
    -------
    Path
        ``outputs/index.html``.
    """
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)
    template = environment.get_template("index.html.j2")
    pages = index_files(outputs)
    with set_aside(_ASIDE) as aside, ExitStack() as files:
        seen = _gone_through(methodologies, aside, environment)
        for page, lang in zip(pages, (first_language, *LANGUAGES), strict=True):
            told = {"title": localised(title, lang), "notice": localised(notice, lang), **_told(seen, aside, lang)}
            files.enter_context(whole_file(page)).writelines(template.generate(told))
    return pages[0]


@dataclass
class _Seen:
    """What stands on the index beside the enterprises, known once all were gone through."""

    methodologies: list[SiteMethodology] = field(default_factory=list)
    failures: Failures = field(default_factory=Failures)
    made: int = 0
    groups: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)

    def add(self, methodology: SiteMethodology, pages: Iterable[SitePage], card: SiteCard | None = None) -> None:
        for page in pages:
            self.made += page.state == "done"
            if page.state in ("failed", "blocked"):
                self.failures.add(methodology, page, card)


def _gone_through(
    methodologies: Iterable[SiteMethodology], aside: sqlite3.Connection, environment: Environment
) -> _Seen:
    """Go through all enterprises, set a row aside for each in each language, and return what is known then."""
    seen, row = _Seen(), environment.get_template("index_row.html.j2").module.row  # type: ignore[attr-defined]
    for methodology in methodologies:
        seen.methodologies.append(methodology)
        seen.add(methodology, methodology.pages)
        for place, card in enumerate(methodology.cards):
            seen.add(methodology, card.pages, card)
            seen.groups.add(card.group)
            seen.regions.add(card.region)
            order = (card.group, card.name.casefold(), place, card.id)
            aside.executemany(
                "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(methodology.id, lang, *order, _row(row, card, lang)) for lang in LANGUAGES],
            )
    return seen


def _row(row: Callable[..., str], card: SiteCard, lang: str) -> str:
    region = text(f"language.regions.{card.region}", lang)
    return str(row(card, region, localised(card.in_short, lang), partial(_chip, lang=lang)))


def _told(seen: _Seen, aside: sqlite3.Connection, lang: str) -> dict[str, Any]:
    """Return what the index says in a language; the rows of the enterprises are read when they are written."""
    enterprises = aside.execute("SELECT count(DISTINCT enterprise) FROM rows").fetchone()[0]
    return {
        "lang": lang,
        "style": style(),
        "words": {word: text(f"publish.index.{word}", lang) for word in WORDS},
        "languages": [
            {"code": code, "name": LANGUAGE_NAMES[code], "href": f"index.{code}.html", "current": code == lang}
            for code in LANGUAGES
        ],
        "lead": text("publish.index.lead", lang, enterprises=enterprises, pages=seen.made),
        "put_together": seen.failures.put_together(lang),
        "failures": list(seen.failures.rows(lang)),
        "groups": _choices("groups", seen.groups, lang),
        "regions": _choices("regions", seen.regions, lang),
        "methodologies": [_methodology(methodology, aside, lang) for methodology in seen.methodologies],
        "chip": partial(_chip, lang=lang),
    }


def _methodology(methodology: SiteMethodology, aside: sqlite3.Connection, lang: str) -> dict[str, Any]:
    rows = aside.execute(
        "SELECT code, html FROM rows WHERE methodology = ? AND lang = ? ORDER BY code, name, place",
        (methodology.id, lang),
    )
    return {
        "id": methodology.id,
        "name": localised(methodology.name, lang),
        "why": localised(methodology.why, lang),
        "study_pages": methodology.pages,
        "estimates": methodology.estimates,
        "groups": _groups(rows, lang),
    }


def _groups(rows: Iterable[tuple[str, str]], lang: str) -> Iterator[dict[str, Any]]:
    for code, found in groupby(rows, key=itemgetter(0)):
        yield {"name": text(f"language.groups.{code}", lang), "rows": (Markup(html) for _, html in found)}


def _chip(page: SitePage, lang: str) -> Markup:
    name = escape(localised(page.title, lang))
    if page.state == "done":
        written = escape(page.lang)
        other = f" <span class='muted'>({written})</span>" if page.lang != lang else ""
        return Markup(f"<a href='{escape(page.href)}' hreflang='{written}'>{name}</a>{other}")
    state = escape(text(f"publish.states.{page.state}", lang))
    return Markup(f"<span class='state {escape(page.state)}'>{name} – {state}</span>")


def _choices(kind: str, codes: set[str], lang: str) -> list[dict[str, str]]:
    return [{"code": code, "name": text(f"language.{kind}.{code}", lang)} for code in sorted(codes)]
