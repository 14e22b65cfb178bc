"""A coordinator's walk: a name planted wherever one can be written is found, replaced, and given back to the byte."""

import csv

import pytest

from vises_methods.errors import InvalidStudyError
from vises_methods.pseudonymisation import workflow
from vises_methods.pseudonymisation.raw_yaml import RawYaml
from vises_methods.study import check_study, open_enterprise, open_study

BOTH = ("atelier", "werkplaats")
WORDS = {
    "atelier": ("Awa Diallo écoute ; appelez-la au 06 12 34 56 78 à Roubaix", "fr"),
    "werkplaats": ("Fatma Yilmaz luistert; bel haar op 0478 12 34 56 in Gent", "nl"),
}
NAMES = {"atelier": ("Awa", "Diallo", "06 12 34 56 78"), "werkplaats": ("Fatma", "Yilmaz", "0478 12 34 56")}
TOWNS = {"atelier": "Roubaix", "werkplaats": "Gent"}
PLACES = (
    "profile.yml, portrait.aspirations.{lang}",
    "profile.yml, portrait.aspirations.{other}",
    "profile.yml, #",
    "theory_of_change.yml, nodes.0.label.{lang}",
    "theory_of_change.yml, edges.0.assumption.{lang}",
    "questions.yml, questions.0.counts_against.{lang}",
    "survey_items.yml, items.0.label.{lang}",
    "codebook_changes.yml, versions.0.operations.0.reason.{lang}",
    "stakeholders.csv, label",
    "stakeholders.csv, expectations",
    "indicators.csv, note",
    "series.csv, label",
    "series.csv, event",
    "decisions.csv, decided",
    "decisions.csv, reason",
    "readings/03_qualitative_coding.md",
)
"""Where the words are planted: file and column, or file and path; the number of the row is left out."""


def plant(study) -> None:
    for enterprise, (words, lang) in WORDS.items():
        folder = study / "enterprises" / enterprise
        other = {"fr": "nl", "nl": "fr"}[lang]
        profile = (folder / "profile.yml").read_text(encoding="utf-8")
        # Each way of writing a text that YAML knows: plain, folded over two lines, between both kinds of marks.
        hopes = f"  aspirations:\n    {lang}: {words}\n    {other}: >-\n      Zie ook\n      {words}.\n"
        profile = profile.replace("  aspirations: null\n", hopes) + f"# À demander : {words}\n"
        (folder / "profile.yml").write_text(profile, encoding="utf-8", newline="\n")
        (folder / "theory_of_change.yml").write_text(
            f"nodes:\n  - {{id: tut, kind: practice, label: {{{lang}: '{words}'}}}}\n"
            f"  - {{id: conf, kind: outcome, label: {{{lang}: Rust}}}}\n"
            f'edges:\n  - from: tut\n    to: conf\n    assumption: {{{lang}: "{words}"}}\n    confidence: medium\n',
            encoding="utf-8",
        )
        (folder / "questions.yml").write_text(
            f"questions:\n  - id: q1\n    text: {{{lang}: Wat verandert er?}}\n    type: effect\n"
            f"    counts_against:\n      {lang}: |\n        {words}\n"
            "    decided_by: [coach]\n    codes: [RES.IND.CON]\n    indicators: []\n    outcomes: []\n",
            encoding="utf-8",
        )
        (folder / "survey.csv").unlink()
        (folder / "readings").mkdir(exist_ok=True)
        reading = f"## patterns\n\n{words}.\n"
        (folder / "readings" / "03_qualitative_coding.md").write_text(reading, encoding="utf-8", newline="\n")
        (folder / "survey_items.yml").write_text(
            f"items:\n  - id: conf1\n    label: {{{lang}: '{words}'}}\n    kind: ordinal\n    min: 1\n    max: 5\n"
            "    reverse: false\noutcomes: []\n",
            encoding="utf-8",
        )
        (folder / "codebook_changes.yml").write_text(
            "versions:\n  - from: '0.9'\n    to: '1.0'\n    date: 2025-01-05\n"
            "    decided_by: [coach]\n    operations:\n"
            "      - kind: rename\n        before: [PRA.OUD]\n        after: [PRO.PAR]\n"
            f"        reason: {{{lang}: '{words}'}}\n",
            encoding="utf-8",
        )
        append(folder / "stakeholders.csv", ["st-team", "staff", words, "internal", 4, 4, words, ""])
        append(folder / "decisions.csv", ["d1", "2025-02-01", 1, "", words, "st-team", words])
        append(folder / "indicators.csv", ["A2.3", 2024, "", 12, "hours_per_fte", 12, "", "admin", 2, words])
        append(folder / "series.csv", ["uren", words, "2024-01", 12, words, "served"])


def append(path, row) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(row)


def files(study):
    return {path.relative_to(study).as_posix(): path.read_bytes() for path in study.rglob("*") if path.is_file()}


def named(place: str) -> str:
    """Return a place without the number of its row or line."""
    parts = place.split(", ")
    return parts[0] if len(parts) == 1 else f"{parts[0]}, {'#' if parts[2].startswith('#') else parts[2]}"


@pytest.fixture
def names(vault):
    """The list of the study, which stands outside it."""
    path = vault / "names.csv"
    path.write_text("name,kind,same_as\nAwa Diallo,person,\nFatma Yilmaz,person,\n", encoding="utf-8")
    return path


@pytest.fixture
def planted(small_study):
    plant(small_study)
    problems = check_study(small_study)
    assert not problems, "\n".join(f"{p.code} {p.where} {p.row} {p.column} {dict(p.values)}" for p in problems)
    return small_study


def test_a_name_is_found_in_every_place_and_told_where(planted, vault, names):
    finds = workflow.search(open_study(planted), BOTH, vault / "review.csv", names=names, lang="fr").finds
    for enterprise, (_, lang) in WORDS.items():
        own = finds[(finds["enterprise"] == enterprise) & finds["accept"]]
        other = {"fr": "nl", "nl": "fr"}[lang]
        for place in PLACES:
            here = own[own["document"].map(named) == place.format(lang=lang, other=other)]
            found = " ".join(here["found"])
            missed = [name for name in NAMES[enterprise] if name not in found]
            assert not missed, f"{enterprise}, {place}: found {found!r}, missed {missed}"


def test_the_communes_of_the_enterprise_are_left_to_the_reader(planted, vault, names):
    finds = workflow.search(open_study(planted), BOTH, vault / "review.csv", names=names).finds
    for enterprise, town in TOWNS.items():
        own = finds[(finds["enterprise"] == enterprise) & (finds["found"] == town)]
        by_place = own.groupby(own["document"].str.split(",").str[0])["accept"].all()
        assert not by_place["profile.yml"]
        assert not by_place["stakeholders.csv"]
        assert by_place["readings/03_qualitative_coding.md"]


def test_it_is_replaced_everywhere_and_given_back_to_the_byte(planted, vault, names):
    before = files(planted)
    study = open_study(planted)
    workflow.search(study, BOTH, vault / "review.csv", names=names)
    done = workflow.apply(study, BOTH, vault / "review.csv", key=vault / "key.json")
    assert set(done.enterprises) == set(BOTH)
    assert check_study(planted) == []
    for enterprise, names in NAMES.items():
        for name, content in files(planted / "enterprises" / enterprise).items():
            words = " ".join(content.decode("utf-8").split())
            assert not [original for original in names if original in words], name
        case = open_enterprise(open_study(planted), enterprise)
        hopes = case.profile["portrait"]["aspirations"][WORDS[enterprise][1]]
        assert hopes.startswith("[P"), hopes
        assert case.questions is not None
    workflow.restore(study, BOTH, key=vault / "key.json")
    assert files(planted) == before


BOOK = "a: Awa vient\nb: [Awa, 'et Awa']\nc: >-\n  Awa et\n  moi\nd: &x Awa parle\ne: *x\nf: 12 # Awa\n"


def test_marks_of_the_beginning_and_signs_beyond_the_first_plane_shift_nothing():
    file = RawYaml("f.yml", "\ufeffa: '😀 Élan Awa'\r\nb: et Awa\r\n")
    assert [file.get(0, path) for path in file.header] == ["'😀 Élan Awa'", "et Awa"]


def test_every_text_of_a_yaml_file_is_known_by_its_path_once():
    assert RawYaml("f.yml", BOOK).header == ["a", "b.0", "b.1", "c", "d", "#8"]


@pytest.mark.parametrize("path", ["a", "b.0", "b.1", "c", "d", "#8"])
def test_a_text_of_a_yaml_file_is_changed_alone(path):
    file = RawYaml("f.yml", BOOK)
    was = file.get(0, path)
    file.set(0, path, was.replace("Awa", "[P1]"))
    assert "[P1]" in file.get(0, path)
    assert file.text().count("Awa") == BOOK.count("Awa") - 1
    file.set(0, path, was)
    assert file.text() == BOOK


def test_what_yaml_would_read_otherwise_is_an_error_with_its_place():
    file = RawYaml("f.yml", "a: 'Awa'\nb: 1\n")
    with pytest.raises(InvalidStudyError) as raised:
        file.set(0, "a", "'N'Golo'")
    (problem,) = raised.value.problems
    assert (problem.where, problem.row, problem.column) == ("f.yml", 1, "a")
    assert file.text() == "a: 'Awa'\nb: 1\n"
