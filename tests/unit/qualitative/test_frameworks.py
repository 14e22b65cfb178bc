import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import Code, Codebook, framework_matrix, quotes

BOOK = Codebook("b", "1", (Code("A"), Code("A.X", parent="A"), Code("A.Y", parent="A")))
TEXTS = pd.DataFrame(
    {
        "document": ["d1", "d2", "d:3"],
        "text": ["Un deux trois.", "Vier.", "Vijf zes."],
        "person": ["p", "p", "q"],
        "quotable": [True, None, False],
    }
)
MARKS = pd.DataFrame(
    [
        ("d1", "a", "A.X", 3, 7, "positive"),
        ("d1", "a", "A.Y", 0, 2, "negative"),
        ("d:3", "a", "A.X", 0, 4, "mixed"),
    ],
    columns=["document", "coder", "code", "start", "end", "valence"],
)


def test_cells_count_segments_and_what_speaks_against():
    rows = framework_matrix(MARKS, TEXTS, case="person").estimates.set_index(["case", "theme"])
    assert rows["estimate"].to_dict() == {("p", "A.X"): 1, ("p", "A.Y"): 1, ("q", "A.X"): 1, ("q", "A.Y"): 0}
    assert rows.loc[("q", "A.X"), "negative"] == 1
    assert rows.loc[("p", "A.X"), ["n", "coverage"]].tolist() == [2, 0.5]


def test_themes_are_the_columns_asked_for_and_roll_up():
    result = framework_matrix(MARKS, TEXTS, codebook=BOOK, level=1, themes=["A", "B"])
    assert result.estimates.query("theme == 'A'")["estimate"].tolist() == [2, 0, 1]
    assert (result.estimates.query("theme == 'B'")["estimate"] == 0).all()


def test_the_result_holds_places_and_quotes_fetches_the_words():
    evidence = framework_matrix(MARKS, TEXTS, case="person").details["evidence"]
    assert "deux" not in str(evidence.to_dict())
    assert quotes(evidence, TEXTS)["quote"].tolist() == ["deux", "Un", "Vijf"]


def test_quotes_stay_within_consent_and_length():
    evidence = framework_matrix(MARKS, TEXTS).details["evidence"]
    assert quotes(evidence, TEXTS, permission="quotable")["quote"].tolist() == ["deux", "Un", None]
    assert quotes(evidence, TEXTS, longest=2)["quote"].tolist() == ["de…", "Un", "Vi…"]


@pytest.mark.parametrize("reference", ["none:0-3", "d1", "d1:x-y"])
def test_a_reference_that_leads_nowhere_is_an_error(reference):
    with pytest.raises(InputError):
        quotes(pd.DataFrame({"reference": [reference]}), TEXTS)


def test_without_codings_there_is_a_reason():
    assert framework_matrix(MARKS.iloc[:0], TEXTS).not_estimable.code == "qualitative.reasons.no_codings"
