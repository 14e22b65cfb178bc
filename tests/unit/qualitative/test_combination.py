import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import combine_codings

TEXTS = pd.DataFrame({"document": ["d", "e"], "text": ["abcdefghij", "klmno"], "coders": ["a;b;c", "a"]})
COLUMNS = ["document", "coder", "code", "start", "end", "valence", "strength"]
MARKS = pd.DataFrame(
    [
        ("d", "a", "X", 0, 6, "positive", "described"),
        ("d", "b", "X", 4, 8, "negative", "mentioned"),
        ("d", "c", "X", 5, 9, "positive", None),
        ("d", "a", "X", 2, 4, "positive", None),
        ("e", "a", "Y", 1, 3, None, None),
    ],
    columns=COLUMNS,
)


def spans(frame, code="X"):
    return frame.loc[frame["code"] == code, ["start", "end"]].to_numpy().tolist()


@pytest.mark.parametrize(("rule", "expected"), [("any", [[0, 9]]), ("majority", [[4, 8]]), ("all", [[5, 6]])])
def test_the_rules(rule, expected):
    combined = combine_codings(MARKS, TEXTS, rule=rule)
    assert spans(combined) == expected
    assert spans(combined, "Y") == [[1, 3]]
    assert set(combined["coder"]) == {rule}


def test_a_coder_who_marked_twice_has_one_vote():
    twice = MARKS[MARKS["coder"] == "a"]
    assert spans(combine_codings(twice, TEXTS, rule="majority")) == []
    assert spans(combine_codings(twice, TEXTS, rule="any")) == [[0, 6]]


def test_a_reader_who_marked_nothing_votes_against():
    two = MARKS[MARKS["coder"].isin(["a", "b"])]
    assert spans(combine_codings(two, TEXTS, rule="all")) == []
    assert spans(combine_codings(two, TEXTS, rule="majority")) == [[4, 6]]


def test_valence_and_strength_of_what_was_combined():
    row = combine_codings(MARKS, TEXTS, rule="majority").iloc[0]
    assert (row["valence"], row["strength"], row["coders"]) == ("mixed", "mentioned", "a|b|c")


def test_adjudicated_takes_what_was_settled_and_single_readings():
    settled = pd.DataFrame({"document": ["d"], "code": ["X"], "start": [5], "end": [7]})
    combined = combine_codings(MARKS, TEXTS, rule="adjudicated", adjudications=settled)
    assert spans(combined) == [[5, 7]]
    assert spans(combined, "Y") == [[1, 3]]


def test_a_document_settled_with_nothing():
    settled = pd.DataFrame({"document": ["d"], "code": [None], "start": [None], "end": [None]})
    assert spans(combine_codings(MARKS, TEXTS, rule="adjudicated", adjudications=settled)) == []


def test_documents_that_were_not_settled_are_named():
    none = pd.DataFrame({"document": [], "code": [], "start": [], "end": []})
    with pytest.raises(InputError) as caught:
        combine_codings(MARKS, TEXTS, rule="adjudicated", adjudications=none)
    assert "d" in caught.value.message("fr")
    with pytest.raises(InputError):
        combine_codings(MARKS, TEXTS, rule="adjudicated")
    with pytest.raises(InputError):
        combine_codings(MARKS, TEXTS, rule="first")


def test_no_codings_combine_to_none():
    assert combine_codings(MARKS.iloc[:0], TEXTS).empty


@pytest.mark.parametrize("rule", ["any", "majority", "all"])
def test_a_settled_coding_that_a_rule_does_not_use_is_refused(rule):
    settled = pd.DataFrame({"document": ["d"], "code": ["X"], "start": [5], "end": [7]})
    with pytest.raises(InputError) as caught:
        combine_codings(MARKS, TEXTS, rule=rule, adjudications=settled)
    assert rule in caught.value.message("nl")
