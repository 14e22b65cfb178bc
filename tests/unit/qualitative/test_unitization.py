import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import agreement, units

TEXTS = pd.DataFrame(
    {
        "document": ["d", "e"],
        "text": ["Un. Deux.\nTrois 😀.", "Vier."],
        "coders": ["ana;ben", "ana"],
    }
)
COLUMNS = ["document", "coder", "code", "start", "end"]
MARKS = pd.DataFrame([("d", "ana", "X", 0, 3), ("d", "ben", "X", 1, 9), ("d", "ana", "Y", 10, 18)], columns=COLUMNS)


def test_units_come_from_the_text_so_that_coders_meet():
    frame = units(MARKS, TEXTS, by="sentence", codes="X")
    assert frame.loc["d"].to_numpy().tolist() == [[True, True], [False, True], [False, False]]
    assert frame.index.names == ["document", "unit", "start", "end"]
    assert frame.reset_index()[["start", "end"]].to_numpy().tolist() == [[0, 3], [4, 9], [10, 18], [0, 5]]


def test_a_coder_who_did_not_read_has_no_answer_and_a_reader_without_codes_has_one():
    frame = units(MARKS, TEXTS, by="document", codes="X").loc["e"]
    assert frame["ana"].tolist() == [False]
    assert frame["ben"].isna().all()


def test_without_a_code_cells_are_sets_and_uncoded_text_is_an_empty_set():
    frame = units(MARKS, TEXTS, by="paragraph")
    assert frame["ana"].tolist() == [frozenset("X"), frozenset("Y"), frozenset()]
    assert frame["ben"].iloc[1] == frozenset()


def test_several_codes_narrow_the_sets():
    assert units(MARKS, TEXTS, by="paragraph", codes=["Y"])["ana"].tolist() == [
        frozenset(),
        frozenset("Y"),
        frozenset(),
    ]


def test_exact_duplicates_by_two_coders_stay_two_coders():
    twice = pd.DataFrame([("d", "ana", "X", 0, 3), ("d", "ben", "X", 0, 3)], columns=COLUMNS)
    frame = units(twice, TEXTS, by="sentence", codes="X")
    assert frame.iloc[0].tolist() == [True, True]
    assert agreement(frame).value == 1


def test_touching_the_edge_of_a_unit_does_not_code_it():
    mark = pd.DataFrame([("d", "ana", "X", 0, 4)], columns=COLUMNS)
    assert units(mark, TEXTS, by="sentence", codes="X")["ana"].tolist() == [True, False, False, False]


def test_the_share_that_must_be_covered():
    mark = pd.DataFrame([("d", "ana", "X", 4, 7), ("d", "ana", "X", 6, 8)], columns=COLUMNS)
    assert units(mark, TEXTS, by="sentence", codes="X", share=0.8)["ana"].iloc[1]
    assert not units(mark, TEXTS, by="sentence", codes="X", share=0.81)["ana"].iloc[1]


def test_elementary_stretches_are_never_crossed_by_a_mark():
    frame = units(MARKS, TEXTS, by="elementary", codes="X").loc["d"].reset_index()
    assert frame[["start", "end"]].to_numpy().tolist() == [[0, 1], [1, 3], [3, 9], [9, 10], [10, 18]]
    assert frame["ana"].tolist() == [True, True, False, False, False]


def test_given_segments():
    given = pd.DataFrame({"document": ["d", "d"], "start": [4, 0], "end": [18, 3]})
    frame = units(MARKS, TEXTS, by=given, codes="X").reset_index()
    assert frame[["start", "end"]].to_numpy().tolist() == [[0, 3], [4, 18]]
    with pytest.raises(InputError):
        units(MARKS, TEXTS, by=given.assign(start=[2, 0]))


def test_a_document_without_a_text_has_no_unit():
    empty = pd.DataFrame({"document": ["d"], "text": [""], "coders": ["ana"]})
    assert units(MARKS.iloc[:0], empty, by="sentence", codes="X").empty


@pytest.mark.parametrize(
    ("codings", "code"),
    [
        (MARKS.assign(end=99), "span"),
        (MARKS.assign(start=-1), "span"),
        (MARKS.assign(start=5, end=5), "span"),
        (MARKS.assign(document="x"), "unknown_document"),
        (MARKS.assign(start=0.5), "position"),
        (MARKS.drop(columns="coder"), "missing_columns"),
    ],
)
def test_wrong_codings_are_an_error_with_a_place(codings, code):
    with pytest.raises(InputError) as caught:
        units(codings, TEXTS)
    assert caught.value.problem.code.endswith(code)
    assert all(caught.value.message(lang) for lang in ("fr", "nl", "en"))


def test_a_document_listed_twice_is_an_error():
    with pytest.raises(InputError):
        units(MARKS, pd.concat([TEXTS, TEXTS]))


def test_an_unknown_cut_is_an_error():
    with pytest.raises(InputError):
        units(MARKS, TEXTS, by="page")
