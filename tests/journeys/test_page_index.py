"""A partner receives the folder of a study, opens its index without a network, and finds an enterprise."""

from __future__ import annotations

from pathlib import Path

import pytest

from vises_methods.publish.site import write_site
from vises_methods.publish.site_parts import SiteCard, SiteMethodology, SitePage

TITLE = {"fr": "Étude d'essai", "nl": "Proefstudie", "en": "Trial study"}
PORTRAIT = {"fr": "Portrait", "nl": "Portret", "en": "Portrait"}
ENTERPRISES = (
    ("abeille", "L'Abeille", "G1", "wallonie"),
    ("bourdon", "Le Bourdon qui n'en finit pas de chercher des mots très longs", "G1", "brussels"),
    ("hommel", "De Hommel", "G2", "vlaanderen"),
    ("zebre", "Zèbre & Cie", "G3", "wallonie"),
)


def page(name: str, state: str) -> SitePage:
    what = {"fr": "Une cellule a échoué.", "nl": "Een cel is mislukt.", "en": "A cell failed."}
    remedy = {"fr": "Corrigez la ligne.", "nl": "Verbeter de rij.", "en": "Mend the row."}
    return SitePage("01_portrait", PORTRAIT, f"baseline/{name}/01_portrait.fr.html", state, "fr", what, remedy)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    outputs = tmp_path_factory.mktemp("a folder with spaces é")
    cards = [
        SiteCard(name, shown, group, region, [page(name, "failed" if name == "hommel" else "done")])
        for name, shown, group, region in ENTERPRISES
    ]
    methodology = SiteMethodology("baseline", {"en": "Baseline"}, {"en": "Why"}, [], cards)
    index = write_site(
        outputs, title=TITLE, notice={"en": "All invented"}, methodologies=[methodology], first_language="fr"
    )
    for name, *_ in ENTERPRISES:
        target = outputs / "baseline" / name / "01_portrait.fr.html"
        target.parent.mkdir(parents=True)
        target.write_text(
            f"<!DOCTYPE html><html lang='fr'><title>{name}</title><h1>{name}</h1></html>", encoding="utf-8"
        )
    return index


@pytest.fixture
def opened(visit, site):
    visit.open(site)
    return visit


def shown(visit) -> list[str]:
    rows = visit.page.locator("tr[data-group]")
    return [rows.nth(place).locator("th").inner_text() for place in range(rows.count()) if rows.nth(place).is_visible()]


def test_the_search_leaves_the_enterprises_whose_name_holds_it(opened):
    assert len(shown(opened)) == 4
    opened.page.get_by_label("Chercher un nom").fill("BOURDON")
    assert [name[:10] for name in shown(opened)] == ["Le Bourdon"]
    assert opened.page.locator("#shown").inner_text().startswith("1 ")
    opened.page.get_by_label("Chercher un nom").fill("")
    assert len(shown(opened)) == 4


def test_group_and_region_are_chosen_together(opened):
    opened.page.select_option("#group", "G1")
    assert [name[:10] for name in shown(opened)] == ["L'Abeille", "Le Bourdon"]
    opened.page.select_option("#region", "wallonie")
    assert shown(opened) == ["L'Abeille"]
    opened.page.select_option("#group", "")
    assert shown(opened) == ["L'Abeille", "Zèbre & Cie"]
    assert opened.page.locator("#shown").inner_text().startswith("2 ")


def test_a_table_that_holds_nobody_any_more_goes_with_its_title(opened):
    opened.page.select_option("#group", "G3")
    tables = opened.page.locator("table.enterprises")
    assert [tables.nth(place).is_visible() for place in range(tables.count())] == [False, False, True]


def test_everything_is_reached_with_the_keyboard(opened):
    """Tab by tab: the way past the menu, the languages, the three filters, the pages; the focus is seen."""
    reached = []
    for _ in range(12):
        opened.page.keyboard.press("Tab")
        focus = opened.page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return [e.id || e.hreflang || e.className, s.outlineStyle !== 'none' || e.className === 'skip'] }"
        )
        reached.append(focus)
    names = [name for name, _ in reached]
    assert names[:6] == ["skip", "nl", "en", "search", "group", "region"]
    assert names[6:9] == ["fr", "fr", "fr"]
    assert all(seen for name, seen in reached[:9])


def test_the_first_stop_leads_past_the_menu(opened):
    opened.page.keyboard.press("Tab")
    assert opened.page.locator("a.skip").bounding_box()["x"] >= 0
    opened.page.keyboard.press("Enter")
    assert opened.page.url.endswith("#content")


def test_a_filter_typed_with_the_keyboard_works_and_enter_does_not_leave_the_page(opened):
    before = opened.page.url
    opened.page.locator("#search").focus()
    opened.page.keyboard.type("zèb")
    opened.page.keyboard.press("Enter")
    assert shown(opened) == ["Zèbre & Cie"]
    assert opened.page.url == before


def test_the_languages_lead_to_one_another_and_back(opened):
    opened.page.get_by_role("link", name="Nederlands").click()
    assert opened.page.evaluate("document.documentElement.lang") == "nl"
    assert opened.page.get_by_label("Zoek een naam").is_visible()
    opened.page.get_by_role("link", name="English").click()
    assert opened.page.evaluate("document.documentElement.lang") == "en"
    assert opened.page.locator("nav [aria-current=page]").inner_text() == "English"
    opened.page.get_by_role("link", name="Français").click()
    assert opened.page.evaluate("document.documentElement.lang") == "fr"


def test_a_page_that_was_made_opens_and_one_that_failed_is_told_with_what_to_do(opened):
    failures = opened.page.locator("#failures")
    assert "Une cellule a échoué." in failures.inner_text()
    assert "Corrigez la ligne." in failures.inner_text()
    assert opened.page.locator("tr", has_text="De Hommel").locator("td a").count() == 0
    opened.page.locator("tr", has_text="L'Abeille").get_by_role("link", name="Portrait").click()
    assert opened.page.locator("h1").inner_text() == "abeille"


def test_the_page_is_no_wider_than_the_screen(opened):
    assert not opened.overflows()


def test_without_a_script_everything_is_there_and_no_filter_that_does_nothing(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.as_uri())
    assert page.locator("tr[data-group]").count() == 4
    assert not page.locator("#filters").is_visible()
    context.close()
