import pandas as pd
import pytest

from vises_methods.errors import ExchangeError, InputError, InvalidStudyError
from vises_methods.qualitative import Code, Codebook

GOOD = """
codebook: {id: demo, version: 1.0-draft, languages: [fr, nl], title: {fr: Grille, nl: Boek}, rules: [One.]}
segment_attributes: [{id: valence, type: enum, values: [positive, negative]}]
codes:
- {id: A, parent: null, level: 1, codable: false, label: {fr: Famille, nl: Familie}}
- {id: A.X, parent: A, level: 2, label: {fr: Emploi, nl: Werk}, definition: {fr: Avoir un emploi.}}
- {id: A.X.Y, parent: A.X, level: 3, label: {fr: Durable, nl: Duurzaam}}
- {id: B, parent: null, level: 1, label: {fr: Autre, nl: Ander}}
"""
BAD = """
codebook: {version: 1, languages: [fr, de]}
codes:
- {id: A, parent: Z, label: {fr: Famille, de: Familie}}
- {id: A, parent: null, label: {fr: Famille}}
- {id: B, parent: C, label: {fr: B, de: B}}
- {id: C, parent: B, label: {fr: C, de: C}, codable: perhaps}
- {id: D, parent: null, level: 3, label: {fr: D, de: D}}
- {label: nameless}
"""


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.yml"
    path.write_text(GOOD, encoding="utf-8")
    return Codebook.from_yaml(path)


def test_the_tree(book):
    assert book.parent("A.X.Y") == "A.X"
    assert book.ancestors("A.X.Y") == ("A.X", "A")
    assert book.level("A.X.Y") == 3
    assert book.children("A") == ("A.X",)
    assert book.children(None) == ("A", "B")
    assert book.descendants("A") == ("A.X", "A.X.Y")
    assert "A.X" in book
    assert len(book) == 4


def test_roll_up_to_a_level(book):
    assert [book.roll_up("A.X.Y", level) for level in (1, 2, 3, 4)] == ["A", "A.X", "A.X.Y", "A.X.Y"]


def test_rolled_up_codings_count_a_span_once_per_family(book):
    codings = pd.DataFrame(
        [("d", "ana", "A.X", 0, 3), ("d", "ana", "A.X.Y", 0, 3), ("d", "ben", "A.X.Y", 0, 3)],
        columns=["document", "coder", "code", "start", "end"],
    )
    assert book.rolled_up(codings, 1)[["coder", "code"]].to_numpy().tolist() == [["ana", "A"], ["ben", "A"]]


def test_labels_fall_back_on_a_language_that_exists(book):
    assert book.label("A.X", "nl") == "Werk"
    assert book.label("A.X", "en") == "Emploi"
    assert book.definition("A.X", "nl") == "Avoir un emploi."
    assert book.definition("B", "fr") == ""


def test_the_head_and_the_frame(book):
    assert (book.id, book.version, book.languages) == ("demo", "1.0-draft", ("fr", "nl"))
    assert book["A"].codable is False
    assert book.to_frame("fr")["label"].tolist() == ["Famille", "Emploi", "Durable", "Autre"]


def test_every_problem_is_reported_at_once(tmp_path):
    path = tmp_path / "book.yml"
    path.write_text(BAD, encoding="utf-8")
    with pytest.raises(InvalidStudyError) as caught:
        Codebook.from_yaml(path)
    codes = sorted(problem.code.removeprefix("qualitative.errors.") for problem in caught.value.problems)
    assert codes == [
        "circle",
        "circle",
        "code_twice",
        "key_missing",
        "key_missing",
        "label_missing",
        "level",
        "unknown_option",
        "unknown_parent",
        "wrong_type",
    ]
    for lang in ("fr", "nl", "en"):
        assert "codes[3].codable" in caught.value.message(lang)


@pytest.mark.parametrize("content", ["[1, 2]", "codebook: 3", "codebook: {id: x, version: 1}\ncodes: []", ""])
def test_a_file_of_another_form_is_refused(tmp_path, content):
    path = tmp_path / "book.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidStudyError):
        Codebook.from_yaml(path)


def test_a_file_that_is_not_yaml_or_not_there(tmp_path):
    path = tmp_path / "book.yml"
    path.write_bytes(b"\xff\xfe\x00a: [")
    with pytest.raises(ExchangeError):
        Codebook.from_yaml(path)
    path.write_text("a: [1", encoding="utf-8")
    with pytest.raises(ExchangeError):
        Codebook.from_yaml(path)
    with pytest.raises(InputError):
        Codebook.from_yaml(tmp_path / "none.yml")


def test_a_code_that_is_not_there_is_an_error(book):
    with pytest.raises(InputError):
        book.label("Q", "fr")
    with pytest.raises(InvalidStudyError):
        Codebook("x", "1", (Code("A", parent="B"),))
