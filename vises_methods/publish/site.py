"""The index page of a study: every enterprise, every page, and what failed, in three languages, read offline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from vises_methods.catalogue import LANGUAGES, localised, text
from vises_methods.publish.pages import TEMPLATES, style

LANGUAGE_NAMES = {"fr": "Français", "nl": "Nederlands", "en": "English"}
WORDS = (
    *("skip", "workbook", "languages", "heading", "no_ranking", "failures", "enterprise", "page", "what", "remedy"),
    *("search", "group", "region", "all", "shown", "in_short", "pages", "estimates", "footer"),
)


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
    """The outputs of one methodology: pages over the whole study, and the enterprises."""

    id: str
    name: Mapping[str, str]
    why: Mapping[str, str]
    pages: Sequence[SitePage]
    cards: Sequence[SiteCard]
    estimates: str = ""


def index_files(outputs: Path) -> list[Path]:
    """Return the index pages of a study: first the one to open, then the one in each language."""
    return [outputs / "index.html", *(outputs / f"index.{lang}.html" for lang in LANGUAGES)]


def write_site(
    outputs: Path,
    *,
    title: Mapping[str, str],
    notice: Mapping[str, str],
    methodologies: Sequence[SiteMethodology],
    first_language: str,
) -> Path:
    """Write the index pages of a study and return the one to open.

    Parameters
    ----------
    outputs : Path
        The folder of the study's outputs; ``index.html`` is written there in ``first_language``, and
        ``index.<lang>.html`` in each language.
    title, notice : mapping
        Of the study, per language; an empty notice where the data are not invented.
    methodologies : sequence of SiteMethodology
    first_language : {"fr", "nl", "en"}

    Returns
    -------
    Path
        ``outputs/index.html``.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    for lang in LANGUAGES:
        page = index_html(lang, title=title, notice=notice, methodologies=methodologies)
        _replace(outputs / f"index.{lang}.html", page)
        if lang == first_language:
            _replace(outputs / "index.html", page)
    return outputs / "index.html"


def index_html(
    lang: str,
    *,
    title: Mapping[str, str],
    notice: Mapping[str, str],
    methodologies: Sequence[SiteMethodology],
) -> str:
    """Return the index page in a language."""
    cards = [card for methodology in methodologies for card in methodology.cards]
    pages = [page for methodology in methodologies for page in _all_pages(methodology)]
    template = _environment().get_template("index.html.j2")
    return template.render(
        lang=lang,
        style=style(),
        title=localised(title, lang),
        notice=localised(notice, lang),
        words={word: text(f"publish.index.{word}", lang) for word in WORDS},
        languages=[
            {"code": code, "name": LANGUAGE_NAMES[code], "href": f"index.{code}.html", "current": code == lang}
            for code in LANGUAGES
        ],
        lead=text(
            "publish.index.lead",
            lang,
            enterprises=len({card.id for card in cards}),
            pages=sum(page.state == "done" for page in pages),
        ),
        failures=[row for methodology in methodologies for row in _failures(methodology, lang)],
        groups=_choices("groups", {card.group for card in cards}, lang),
        regions=_choices("regions", {card.region for card in cards}, lang),
        methodologies=[_methodology(methodology, lang) for methodology in methodologies],
        chip=lambda page: _chip(page, lang),
    )


def _methodology(methodology: SiteMethodology, lang: str) -> dict[str, Any]:
    ordered = sorted(methodology.cards, key=lambda card: (card.group, card.name.casefold()))
    return {
        "id": methodology.id,
        "name": localised(methodology.name, lang),
        "why": localised(methodology.why, lang),
        "study_pages": methodology.pages,
        "estimates": methodology.estimates,
        "groups": [
            {"name": text(f"language.groups.{group}", lang), "cards": [_card(card, lang) for card in cards]}
            for group, cards in groupby(ordered, key=lambda card: card.group)
        ],
    }


def _card(card: SiteCard, lang: str) -> dict[str, Any]:
    return {
        "name": card.name,
        "group": card.group,
        "region": card.region,
        "region_name": text(f"language.regions.{card.region}", lang),
        "in_short": localised(card.in_short, lang),
        "pages": card.pages,
    }


def _chip(page: SitePage, lang: str) -> Markup:
    name = localised(page.title, lang)
    if page.state == "done":
        other = Markup(" <span class='muted'>({})</span>").format(page.lang) if page.lang != lang else ""
        return Markup("<a href='{}' hreflang='{}'>{}</a>{}").format(page.href, page.lang, name, other)
    state = text(f"publish.states.{page.state}", lang)
    return Markup("<span class='state {}'>{} – {}</span>").format(page.state, name, state)


def _failures(methodology: SiteMethodology, lang: str) -> Iterable[dict[str, Any]]:
    owners = [("", methodology.pages), *((card.name, card.pages) for card in methodology.cards)]
    for name, pages in owners:
        for page in pages:
            if page.state in ("failed", "blocked"):
                yield {
                    "enterprise": name or text("publish.index.whole_study", lang),
                    "page": f"{localised(page.title, lang)} ({localised(methodology.name, lang)})",
                    "what": localised(page.what, lang),
                    "remedy": localised(page.remedy, lang),
                }


def _all_pages(methodology: SiteMethodology) -> list[SitePage]:
    return [*methodology.pages, *(page for card in methodology.cards for page in card.pages)]


def _choices(kind: str, codes: set[str], lang: str) -> list[dict[str, str]]:
    return [{"code": code, "name": text(f"language.{kind}.{code}", lang)} for code in sorted(codes)]


def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)


def _replace(path: Path, content: str) -> None:
    """Write a page whole or not at all."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(content, encoding="utf-8")
    temporary.replace(path)
