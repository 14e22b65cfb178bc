"""A reader wants to see where a quote comes from: its reference opens the text there, in the page, offline."""

from pathlib import Path

import nbformat
import pytest

from vises_methods.publish.pages import PageContext, render

ROOT = Path(__file__).parents[2]
STEM = "03_qualitative_coding"


@pytest.fixture(scope="module")
def quoted(tmp_path_factory) -> Path:
    """Return the page of the notebook as it is committed, with the outputs of one enterprise."""
    folder = tmp_path_factory.mktemp("quotes")
    executed = nbformat.read(ROOT / "notebooks" / f"{STEM}.ipynb", as_version=4)
    context = PageContext({"en": "Study"}, {}, {}, "Vire-Lune", "../index.en.html", [(STEM, {"en": "Coding"})])
    page = folder / f"{STEM}.en.html"
    render(executed, page, "en", context)
    return page


def one_line(locator) -> str:
    return " ".join(locator.inner_text().split())


def test_a_click_on_the_reference_opens_the_marked_passage_beneath_it(visit, quoted):
    visit.open(quoted)
    places = visit.page.locator("details.place")
    assert places.count() > 10
    for number in (0, places.count() - 1):
        place = places.nth(number)
        marked, around = place.locator("mark"), place.locator("p")
        assert not marked.is_visible()
        place.locator("summary").click()
        assert marked.is_visible()
        summary, passage = place.locator("summary").bounding_box(), around.bounding_box()
        assert 0 <= passage["y"] - (summary["y"] + summary["height"]) < 40
        quote = one_line(visit.page.locator("blockquote").nth(number)).removesuffix("[…]").strip()
        assert one_line(marked).startswith(quote)
        assert len(one_line(around)) > len(one_line(marked))


def test_an_address_of_a_passage_leads_to_it(visit, quoted):
    """A place can be sent to a colleague: the page opens there."""
    visit.open(quoted)
    anchor = visit.page.locator("details.place").nth(3).get_attribute("id")
    visit.page.goto(f"{quoted.as_uri()}#{anchor}")
    visit.page.wait_for_function(
        "anchor => { const at = document.getElementById(anchor).getBoundingClientRect().top;"
        " return at >= 0 && at < window.innerHeight }",
        arg=anchor,
    )
    assert visit.page.locator(f"#{anchor} mark").count() == 1


def test_every_place_has_an_address_of_its_own_and_leads_to_no_file(visit, quoted):
    visit.open(quoted)
    anchors = visit.page.locator("details.place").evaluate_all("all => all.map(one => one.id)")
    assert len(set(anchors)) == len(anchors)
    assert visit.page.locator("details.place a").count() == 0
