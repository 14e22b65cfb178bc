"""What failed is told one by one, or together where it would be thousands of rows; the rows are never too many."""

import pytest

from vises_methods.catalogue import LANGUAGES, NO_VALUE
from vises_methods.publish.failures import MOST_TOLD, Failures
from vises_methods.publish.site_parts import SiteCard, SiteMethodology, SitePage

BASELINE = SiteMethodology("baseline", {"en": "Baseline"}, {"en": "Why"}, [], [])
OTHER = SiteMethodology("other", {"en": "Other"}, {"en": "Why"}, [], [])
TITLE = {"fr": "Portrait", "nl": "Portret", "en": "Portrait"}


def page(what: str, notebook: str = "01_portrait", lang: str = "fr") -> SitePage:
    words = {each: f"{what} ({each})" for each in LANGUAGES}
    remedy = {each: f"Mend it ({each})" for each in LANGUAGES}
    return SitePage(notebook, TITLE, "", "failed", lang, words, remedy)


def card(number: int) -> SiteCard:
    return SiteCard(f"e-{number}", f"Name {number}", "G1", "wallonie", [])


def rows(failures: Failures, lang: str = "en") -> list[tuple[str, str, str, str]]:
    return [tuple(row.values()) for row in failures.rows(lang)]


def failed(count: int, what: str = "Line 3 is empty") -> Failures:
    failures = Failures()
    for number in range(count):
        failures.add(BASELINE, page(what.format(number=number)), card(number))
    return failures


def test_to_a_limit_each_is_told_by_itself():
    told = rows(failed(MOST_TOLD))
    assert [name for name, *_ in told] == [f"Name {number}" for number in range(MOST_TOLD)]
    assert told[0] == ("Name 0", "Portrait (Baseline)", "Line 3 is empty (en)", "Mend it (en)")
    assert failed(MOST_TOLD).put_together("en") == ""


@pytest.mark.parametrize(
    ("lang", "names", "said"),
    [
        ("fr", "Name 0, Name 1, Name 2, Name 3, Name 4 et 496 autres", "501 pages n'ont pas abouti"),
        ("nl", "Name 0, Name 1, Name 2, Name 3, Name 4 en nog 496 andere", "501 pagina's zijn niet gelukt"),
        ("en", "Name 0, Name 1, Name 2, Name 3, Name 4 and 496 others", "501 pages did not come to their end"),
    ],
)
def test_beyond_it_those_that_say_the_same_are_told_together(lang, names, said):
    failures = failed(MOST_TOLD + 1)
    assert rows(failures, lang) == [
        (names, f"{TITLE[lang]} (Baseline)", f"Line 3 is empty ({lang})", f"Mend it ({lang})")
    ]
    assert failures.put_together(lang).startswith(said)


def test_that_each_names_its_own_enterprise_makes_no_difference():
    told = rows(failed(MOST_TOLD + 1, "Waits for e-{number} · 01_portrait, not e-{number}-b nor xe-{number}"))
    assert len(told) == MOST_TOLD + 1  # the names within other names are not those of the enterprise
    told = rows(failed(MOST_TOLD + 1, "Waits for e-{number} · 01_portrait, in texts/e-{number}.txt"))
    assert [what for _, _, what, _ in told] == ["Waits for … · 01_portrait, in texts/….txt (en)"]


def test_notebooks_methodologies_and_the_whole_study_are_told_apart():
    failures = failed(MOST_TOLD)
    failures.add(BASELINE, page("Line 3 is empty", "80_portfolio"))
    failures.add(BASELINE, page("Line 3 is empty", "02_quality"), card(0))
    failures.add(OTHER, page("Line 3 is empty"), card(1))
    told = [(name.split(",")[0], where) for name, where, *_ in rows(failures)]
    assert told == [
        ("Name 0", "Portrait (Baseline)"),
        ("Whole study", "Portrait (Baseline)"),
        ("Name 0", "Portrait (Baseline)"),
        ("Name 1", "Portrait (Other)"),
    ]


def test_an_enterprise_that_fails_in_two_languages_is_named_once():
    failures = failed(MOST_TOLD)
    for lang in ("fr", "nl"):
        failures.add(OTHER, page("Line 4", lang=lang), card(7))
    assert [name for name, *_ in rows(failures)][1:] == ["Name 7"]


@pytest.mark.parametrize(
    ("lang", "further"), [("fr", "2 autres pages"), ("nl", "Nog 2 pagina's"), ("en", "2 further pages")]
)
def test_where_all_say_something_else_the_rows_are_still_so_many(lang, further):
    failures = failed(MOST_TOLD + 2, "Line {number}")
    told = rows(failures, lang)
    assert len(told) == MOST_TOLD + 1
    assert told[0][0] == "Name 0"
    assert told[-1][:2] == (further, NO_VALUE)


def test_one_that_says_what_another_said_joins_it_however_many_there_are():
    failures = failed(MOST_TOLD + 2, "Line {number}")
    failures.add(BASELINE, page("Line 0"), card(9000))
    told = rows(failures)
    assert told[0][0] == "Name 0, Name 9000"
    assert told[-1][0] == "2 further pages"
