"""The index lists every enterprise by name within its group, says what failed, and needs no network."""

from pathlib import Path

import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.publish.site import SiteCard, SiteMethodology, SitePage, index_html, write_site

TITLE = {"fr": "Étude d'essai", "nl": "Proefstudie", "en": "Trial study"}


def page(state: str = "done", **more: object) -> SitePage:
    return SitePage("01_portrait", {"fr": "Portrait", "en": "Portrait"}, "baseline/a/01.fr.html", state, "fr", **more)


def methodologies() -> list[SiteMethodology]:
    cards = [
        SiteCard("zebre", "Zèbre & Cie", "G1", "wallonie", [page()], {"fr": "4 entretiens"}),
        SiteCard(
            "abeille",
            "Abeille <Bleue>",
            "G1",
            "brussels",
            [page("failed", what={"en": "A cell"}, remedy={"en": "Mend it"})],
        ),
        SiteCard("mouette", "Mouette", "G3", "vlaanderen", [page("never")]),
    ]
    return [SiteMethodology("baseline", {"en": "Baseline"}, {"en": "Why"}, [page()], cards, "baseline/estimates.csv")]


@pytest.fixture(params=LANGUAGES)
def html(request) -> str:
    return index_html(request.param, title=TITLE, notice={"en": "All invented"}, methodologies=methodologies())


def test_enterprises_stand_by_name_within_their_group(html):
    places = [html.index(name) for name in ("Abeille", "Zèbre", "Mouette</th>")]
    assert places[1] > 0
    assert (
        html.index('<th scope="row">Abeille')
        < html.index('<th scope="row">Zèbre')
        < html.index('<th scope="row">Mouette')
    )


def test_names_are_escaped(html):
    assert "Abeille &lt;Bleue&gt;" in html
    assert "<Bleue>" not in html


def test_a_failure_is_told_with_what_to_do(html):
    assert 'id="failures"' in html
    assert "Mend it" in html


def test_no_address_from_a_network(html):
    assert "://" not in html


def test_without_failures_there_is_no_section_about_them():
    good = [SiteMethodology("baseline", {"en": "Baseline"}, {"en": "Why"}, [], [])]
    assert 'id="failures"' not in index_html("en", title=TITLE, notice={}, methodologies=good)


def test_the_site_is_written_in_three_languages_and_whole(tmp_path: Path):
    path = write_site(tmp_path, title=TITLE, notice={}, methodologies=methodologies(), first_language="nl")
    assert {entry.name for entry in tmp_path.iterdir()} == {
        "index.html",
        *(f"index.{lang}.html" for lang in LANGUAGES),
    }
    assert path.read_text(encoding="utf-8") == (tmp_path / "index.nl.html").read_text(encoding="utf-8")
    assert 'lang="nl"' in path.read_text(encoding="utf-8")
