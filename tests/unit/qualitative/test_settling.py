import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import agreement, agreement_by_code, agreement_with_settled, next_to_settle

TEXTS = pd.DataFrame(
    {
        "document": ["d", "e", "f"],
        "text": ["Un. Deux. Trois. Quatre.", "Een. Twee.", "Not settled."],
        "coders": ["ana;ben", "ana;ben", "ana"],
    }
)
COLUMNS = ["document", "coder", "code", "start", "end"]
MARKS = pd.DataFrame(
    [("d", "ana", "X", 0, 3), ("d", "ben", "X", 4, 9), ("e", "ana", "X", 0, 4), ("f", "ana", "X", 0, 12)],
    columns=COLUMNS,
)
SETTLED = pd.DataFrame([("d", "X", 0, 3), ("e", None, None, None)], columns=["document", "code", "start", "end"])


def test_each_coder_is_measured_against_the_settled_coding():
    rows = agreement_with_settled(MARKS, SETTLED, TEXTS, resamples=50).estimates.set_index("coder")
    ana = pd.DataFrame({"ana": [1, 0, 0, 0, 1, 0], "settled": [1, 0, 0, 0, 0, 0]})
    assert rows.loc["ana", "estimate"] == pytest.approx(agreement(ana).value)
    assert rows.loc["ana", "n"] == 6
    assert rows.loc["ana", "estimate"] > rows.loc["ben", "estimate"]


def test_evidence_says_where_and_which_way_they_differ():
    evidence = agreement_with_settled(MARKS, SETTLED, TEXTS, resamples=50).details["evidence"]
    assert evidence.to_numpy().tolist() == [
        ["X", "ana", "e:0-4", True],
        ["X", "ben", "d:0-3", False],
        ["X", "ben", "d:4-9", True],
    ]


def test_nothing_settled_is_an_error_and_nothing_coded_a_reason():
    with pytest.raises(InputError):
        agreement_with_settled(MARKS, SETTLED.iloc[:0], TEXTS)
    none = agreement_with_settled(MARKS.iloc[:0], SETTLED.iloc[1:], TEXTS)
    assert none.not_estimable.code == "qualitative.reasons.no_codings"


def test_what_to_settle_first_goes_round_the_codes_from_the_least_agreed_on():
    texts = pd.DataFrame({"document": ["d"], "text": ["One. Two. Three. Four. Five."], "coders": ["ana;ben"]})
    places = [(0, 4), (5, 9), (10, 16), (17, 22)]
    rows = [("ana", "X", *place) for place in places[:3]] + [("ben", "X", *places[0]), ("ana", "Y", *places[3])]
    codings = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    result = agreement_by_code(codings, texts)
    values = result.estimates.set_index("subject")["estimate"]
    assert values["Y"] < values["X"]
    chosen = next_to_settle(result)
    assert chosen["code"].tolist() == ["Y", "X", "X"]
    assert next_to_settle(result, most=1)["reference"].tolist() == ["d:17-22"]
    with pytest.raises(InputError):
        next_to_settle(result, most=0)
