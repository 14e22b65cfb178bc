"""Every page can be read offline, by a screen reader and in the reader's language: held on all committed notebooks.

A page that fetches anything tells a stranger who reads it, and is empty in a train; one that leaves out the order of
its headings or the words of its figures is closed to those who listen to it.
"""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import lxml.html
import nbformat
import pytest

from vises_methods.batch.localisation import localise
from vises_methods.catalogue import LANGUAGES, text
from vises_methods.publish.pages import PageContext, page_html
from vises_methods.publish.site import write_site
from vises_methods.publish.site_parts import SiteCard, SiteMethodology, SitePage

FOLDER = Path(__file__).parents[2] / "notebooks"
PATHS = {path.stem: path for path in sorted(FOLDER.glob("*.ipynb"))}
ADDRESSES = ("src", "href", "action", "srcset", "poster", "data", "background", "cite", "formaction", "xlink:href")
INDEX = "index"


@cache
def markup(page: str, lang: str) -> str:
    if page == INDEX:
        return the_index(lang)
    notebook = localise(nbformat.read(PATHS[page], as_version=4), page, lang)
    titles = {
        stem: nbformat.read(path, as_version=4).metadata.get("vises", {}).get("title", {})
        for stem, path in PATHS.items()
    }
    context = PageContext(
        study={"fr": "Étude", "en": "Study"},
        notice={"fr": "Tout est inventé", "nl": "Alles is verzonnen", "en": "All is invented"},
        methodology={"en": "Baseline"},
        name="Vire-Lune",
        index=f"../../index.{lang}.html",
        pages=[(stem, title or {"en": stem}) for stem, title in titles.items()],
    )
    return page_html(notebook, page, lang, context)


def the_index(lang: str) -> str:
    title = {"fr": "Portrait", "nl": "Portret", "en": "Portrait"}
    states = ("done", "failed", "blocked", "never")
    told = {"what": {"en": "A cell failed."}, "remedy": {"en": "Mend it."}}
    pages = [SitePage("01_portrait", title, f"baseline/a/{state}.html", state, "fr", **told) for state in states]
    cards = [SiteCard(f"e{group}", f"Name of {group}", group, "wallonie", pages) for group in ("G1", "G2", "G3")]
    methodology = SiteMethodology("baseline", {"en": "Baseline"}, {"en": "Why"}, pages, cards, "baseline/estimates.csv")
    study = {"title": {"en": "Study"}, "notice": {"en": "Invented"}, "methodologies": [methodology]}
    with TemporaryDirectory() as folder:
        return write_site(Path(folder), **study, first_language=lang).read_text(encoding="utf-8")


@pytest.fixture(params=[(page, lang) for page in (*PATHS, INDEX) for lang in LANGUAGES], ids="-".join)
def page(request):
    name, lang = request.param
    return name, lang, lxml.html.document_fromstring(markup(name, lang))


def addresses(tree) -> list[str]:
    return [element.get(name) for element in tree.iter() for name in ADDRESSES if element.get(name) is not None]


def test_nothing_is_fetched_from_a_network(page):
    _, _, tree = page
    outside = [
        address for address in addresses(tree) if re.match(r"\s*(https?:|ftp:|//|wss?:)", address, flags=re.IGNORECASE)
    ]
    assert outside == []
    styles = " ".join([*(style.text or "" for style in tree.iter("style")), *(e.get("style", "") for e in tree.iter())])
    assert [found for found in re.findall(r"url\(([^)]*)\)|(@import[^;]*)", styles) if "data:" not in found[0]] == []
    assert [element.tag for element in tree.iter("link", "iframe", "object", "embed", "base")] == []


def test_no_page_runs_a_script_but_the_index_its_own(page):
    name, _, tree = page
    scripts = list(tree.iter("script"))
    assert len(scripts) == (1 if name == INDEX else 0)
    assert [script.get("src") for script in scripts if script.get("src")] == []
    assert [key for element in tree.iter() for key in element.keys() if key.startswith("on")] == []  # noqa: SIM118


def test_the_index_asks_the_network_for_nothing_in_its_script():
    script = lxml.html.document_fromstring(markup(INDEX, "en")).find(".//script").text
    assert re.findall(r"fetch|XMLHttpRequest|import\(|WebSocket|sendBeacon|https?:", script) == []


def test_the_language_is_said(page):
    _, lang, tree = page
    assert tree.get("lang") == lang
    assert tree.findtext(".//title").strip()
    assert text("publish.page.skip", lang) == tree.findtext(".//a[@class='skip']")


def test_headings_lead_through_the_page(page):
    _, _, tree = page
    levels = [int(element.tag[1]) for element in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [(before, after) for before, after in pairwise(levels) if after > before + 1] == []


def test_every_image_has_words(page):
    _, _, tree = page
    assert [image.get("src")[:60] for image in tree.iter("img") if not (image.get("alt") or "").strip()] == []


def test_links_within_the_page_lead_somewhere_and_no_identifier_stands_twice(page):
    _, _, tree = page
    names = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(set(names)) == len(names)
    assert {address[1:] for address in addresses(tree) if address.startswith("#")} <= set(names)


def test_tables_and_forms_can_be_listened_to(page):
    """Each head of a table says what it is the head of, each table what it is, each field what it is for."""
    _, _, tree = page
    assert [element.text for element in tree.iter("th") if element.get("scope") not in ("col", "row")] == []
    labelled = {label.get("for") for label in tree.iter("label")}
    assert {field.get("id") for field in tree.iter("input", "select")} <= labelled


def test_what_must_not_be_on_a_page_would_be_found():
    """The checks above can fail: a page with each fault is told."""
    bad = lxml.html.document_fromstring(
        "<html><body><a href='//x.test/a'>a</a><img src='HTTPS://x.test'></body></html>"
    )
    with pytest.raises(AssertionError):
        test_nothing_is_fetched_from_a_network(("bad", "en", bad))
    with pytest.raises(AssertionError):
        test_every_image_has_words(("bad", "en", bad))
    skipping = lxml.html.document_fromstring("<html><body><h1>a</h1><h3>b</h3></body></html>")
    with pytest.raises(AssertionError):
        test_headings_lead_through_the_page(("bad", "en", skipping))
