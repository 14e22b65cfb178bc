import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import Code, Codebook, coder_continuum, unitizing_alpha

TEXTS = pd.DataFrame(
    {
        "document": ["a", "b"],
        "text": ["x" * 20, "y" * 40],
        "title": ["Eerste", "Tweede"],
        "coders": ["ana;ben", "ana;ben;zoe"],
    }
)
COLUMNS = ["document", "coder", "code", "start", "end"]
MARKS = pd.DataFrame(
    [
        ("b", "ana", "W.ONE", 0, 10),
        ("b", "ana", "W.TWO", 5, 15),
        ("b", "ben", "W.ONE", 0, 8),
        ("a", "ana", "V", 0, 5),
    ],
    columns=COLUMNS,
)
BOOK = Codebook("b", "1", (Code("V"), Code("W"), Code("W.ONE", parent="W"), Code("W.TWO", parent="W")))


def test_the_document_with_most_readers_is_laid_out_and_who_marked_nothing_has_a_line():
    found = coder_continuum(MARKS, TEXTS, codebook=BOOK)
    assert found.details["document"].to_numpy().tolist() == [["b", "Tweede", 40]]
    marked = found.estimates[found.estimates["measure"] == "marked"].set_index("subject")
    assert marked["estimate"].to_dict() == pytest.approx({"ana": 15 / 40, "ben": 8 / 40, "zoe": 0})
    assert marked["n"].tolist() == [2, 1, 0]
    assert found.details["marks"]["reference"].tolist() == ["b:0-8", "b:0-10", "b:5-15"]


def test_the_value_is_the_unitizing_alpha_that_lets_codes_overlap():
    own = MARKS[MARKS["document"] == "b"].drop(columns="document")
    expected = unitizing_alpha(own, kind="1995", length=40, coders=["ana", "ben", "zoe"]).value
    assert coder_continuum(MARKS, TEXTS).value == pytest.approx(expected)


def test_codes_are_rolled_up_in_the_order_of_the_book():
    marks = coder_continuum(MARKS, TEXTS, codebook=BOOK, level=1).details["marks"]
    assert marks["code"].tolist() == ["W", "W", "W"]


def test_nothing_to_compare_is_a_reason():
    alone = coder_continuum(MARKS, TEXTS.assign(coders="ana"), document="a")
    assert alone.not_estimable.code == "qualitative.reasons.one_coder"
    assert coder_continuum(MARKS.iloc[:0], TEXTS).not_estimable.code == "qualitative.reasons.no_codings"


def test_a_document_that_is_not_there_is_an_error():
    with pytest.raises(InputError):
        coder_continuum(MARKS, TEXTS, document="z")
