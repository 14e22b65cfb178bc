"""A reader opens the page of a notebook from a folder: figures speak, code is folded, and it can be printed."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import papermill
import pytest

from vises_methods.publish.pages import PageContext, render

ROOT = Path(__file__).parents[2]
STEM = "01_portrait"


@pytest.fixture(scope="session")
def rendered(tmp_path_factory) -> Path:
    """Return the page of the portrait of one enterprise, run and made here, once."""
    folder = tmp_path_factory.mktemp("page")
    before = os.environ.get("VISES_HOME")
    os.environ["VISES_HOME"] = str(ROOT)
    try:
        executed = papermill.execute_notebook(
            str(ROOT / "notebooks" / f"{STEM}.ipynb"),
            str(folder / f"{STEM}.fr.ipynb"),
            parameters={"enterprise": "vire-lune", "lang": "fr"},
            kernel_name="python3",
            progress_bar=False,
            cwd=str(ROOT / "notebooks"),
        )
    finally:
        os.environ.pop("VISES_HOME") if before is None else os.environ.update(VISES_HOME=before)
    page = folder / f"{STEM}.fr.html"
    title = {"fr": "Portrait", "nl": "Portret", "en": "Portrait"}
    neighbours = [(STEM, title), ("02_data_quality", {"fr": "Qualité des données"})]
    context = PageContext({"fr": "Étude"}, {"fr": "Tout est inventé"}, {}, "Vire-Lune", "../index.fr.html", neighbours)
    render(executed, page, "fr", context)
    return page


@pytest.fixture
def opened(visit, rendered):
    visit.open(rendered)
    return visit


def test_every_figure_is_seen_and_told(opened, rendered):
    """The words of a figure are those that the notebook carries, for who listens and for who unfolds them."""
    notebook = nbformat.read(rendered.with_suffix(".ipynb"), as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    told = [output.data["text/plain"] for output in outputs if "image/png" in output.get("data", {})]
    images = opened.page.locator("figure img")
    assert len(told) == 2
    assert [images.nth(place).get_attribute("alt") for place in range(images.count())] == told
    page = opened.page.locator("main").bounding_box()["width"]
    widths = images.evaluate_all("images => images.map(image => [image.naturalWidth, image.clientWidth])")
    assert [pair for pair in widths if not (pair[0] > 500 and 200 < pair[1] <= page)] == []


def test_the_words_of_a_figure_unfold_beside_it(opened):
    words = opened.page.locator("figure details").first
    hidden = words.locator("summary")
    assert words.get_attribute("open") is None
    hidden.click()
    assert words.get_attribute("open") is not None
    assert len(words.inner_text()) > 60


def test_the_code_is_folded_and_opens_with_a_key(opened):
    code = opened.page.locator("details.code")
    assert code.count() > 5
    assert not any(code.nth(place).locator("pre").is_visible() for place in range(code.count()))
    code.first.locator("summary").focus()
    opened.page.keyboard.press("Enter")
    assert code.first.locator("pre").is_visible()
    assert "import" in code.first.locator("pre").inner_text()


def test_on_paper_there_is_no_code_and_no_menu_and_everything_else(opened):
    opened.page.emulate_media(media="print")
    assert not opened.page.locator("details.code").first.is_visible()
    assert not opened.page.locator("header nav").is_visible()
    assert opened.page.locator("figure img").first.is_visible()
    assert opened.page.locator("h1").is_visible()
    assert opened.page.locator(".invented").is_visible()


def test_the_page_is_no_wider_than_the_screen(opened):
    assert not opened.overflows()


def test_the_cell_of_the_parameters_is_not_for_readers(opened):
    assert opened.page.locator("code", has_text="which study").count() == 0


def test_its_neighbours_and_its_index_stand_at_the_head(opened):
    links = opened.page.locator("header a")
    assert [links.nth(place).get_attribute("href") for place in range(links.count())] == [
        "../index.fr.html",
        "02_data_quality.fr.html",
    ]
    assert opened.page.locator("header [aria-current=page]").inner_text() == "Portrait"


def test_words_on_the_page_can_be_read_by_weak_eyes(opened):
    """The contrast of running text with what is behind it is at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    pale = opened.page.evaluate(CONTRAST)
    assert pale == []


CONTRAST = """() => {
  const part = value => { value /= 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
  const numbers = colour => colour.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const found = numbers(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0.99) return found;
    }
    return [255, 255, 255];
  };
  const pale = new Set();
  for (const element of document.querySelectorAll(
      "p, li, td, th, h1, h2, h3, summary, a, strong, em, caption, blockquote")) {
    if (!element.innerText || !element.offsetParent) continue;
    const [one, two] = [light(numbers(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    if ((one + 0.05) / (two + 0.05) >= 4.5) continue;
    pale.add(element.tagName + "." + element.className + ": " + element.innerText.slice(0, 40));
  }
  return [...pale];
}"""
