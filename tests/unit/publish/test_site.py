"""The index lists every enterprise by name within its group, says what failed, and needs no network."""

import os
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.publish.site import index_files, write_site
from vises_methods.publish.site_parts import SiteCard, SiteMethodology, SitePage

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


def written(outputs: Path, told: Iterable[SiteMethodology]) -> Path:
    return write_site(outputs, title=TITLE, notice={"en": "All invented"}, methodologies=told, first_language="nl")


@pytest.fixture(params=LANGUAGES)
def html(request, tmp_path) -> str:
    return written(tmp_path, methodologies()).with_name(f"index.{request.param}.html").read_text(encoding="utf-8")


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


def test_without_failures_there_is_no_section_about_them(tmp_path):
    good = [SiteMethodology("baseline", {"en": "Baseline"}, {"en": "Why"}, [], [])]
    assert 'id="failures"' not in written(tmp_path, good).read_text(encoding="utf-8")


def test_an_enterprise_under_two_methodologies_is_counted_once(tmp_path):
    two = [*methodologies(), SiteMethodology("other", {"en": "Other"}, {"en": "Why"}, [], methodologies()[0].cards)]
    written(tmp_path, two)
    english = (tmp_path / "index.en.html").read_text(encoding="utf-8")
    assert "This study has 3 enterprises and 3 pages" in english
    assert english.index('id="m-baseline"') < english.index('id="m-other"')


def test_the_site_is_written_in_three_languages_and_whole(tmp_path: Path):
    path = written(tmp_path, methodologies())
    assert {entry.name for entry in tmp_path.iterdir()} == {
        "index.html",
        *(f"index.{lang}.html" for lang in LANGUAGES),
    }
    assert path.read_text(encoding="utf-8") == (tmp_path / "index.nl.html").read_text(encoding="utf-8")
    assert 'lang="nl"' in path.read_text(encoding="utf-8")


def many(count: int, state: str) -> Iterator[SiteCard]:
    for number in range(count):
        words = [dict.fromkeys(LANGUAGES, f"Line {number} of text {place} is empty") for place in range(6)]
        pages = [page(state, **({"what": each, "remedy": each} if state == "failed" else {})) for each in words]
        in_short = dict.fromkeys(LANGUAGES, f"{number} of it")
        yield SiteCard(f"e{number:05d}", f"Name {number}", "G1", "wallonie", pages, in_short)


def peak(outputs: Path, count: int, state: str) -> int:
    """Return the most memory that writing takes; what SQLite itself holds is not seen, and is two megabytes at most."""
    told = SiteMethodology("baseline", {"en": "Baseline"}, {"en": "Why"}, [], many(count, state))
    tracemalloc.start()
    try:
        written(outputs, [told])
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("few", "most", "state"), [(100, 400, "done"), (120, 240, "failed")])
def test_of_an_enterprise_nothing_is_held_when_the_next_is_written(tmp_path, few, most, state):
    """The rows stand on the disk until they are written, and of failures only so many are held."""
    _, less, more = (peak(tmp_path, count, state) for count in (few, few, most))  # the first loads what all need
    assert more - less < 30_000
    assert (tmp_path / "index.en.html").stat().st_size > 50_000


def standing(outputs: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in outputs.iterdir()}


def test_an_enterprise_that_cannot_be_read_leaves_the_pages_as_they_were(tmp_path):
    def cards() -> Iterator[SiteCard]:
        yield from many(3, "done")
        raise OSError("the disk is gone")

    written(tmp_path, methodologies())
    before = standing(tmp_path)
    with pytest.raises(OSError, match="the disk is gone"):
        written(tmp_path, [SiteMethodology("baseline", {"en": "Baseline"}, {"en": "Why"}, [], cards())])
    assert standing(tmp_path) == before


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is always full")  # noqa: PTH110
@pytest.mark.parametrize("full", ["index.html", "index.nl.html", "index.en.html"])
def test_a_full_disk_leaves_the_pages_as_they_were(tmp_path, full):
    written(tmp_path, methodologies())
    before = standing(tmp_path)
    (tmp_path / f".{full}.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        written(tmp_path, [SiteMethodology("baseline", {"en": "Baseline"}, {"en": "Why"}, [], many(300, "done"))])
    assert standing(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in index_files(tmp_path)}
