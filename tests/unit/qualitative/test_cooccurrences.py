import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import cooccurrence

COLUMNS = ["document", "coder", "code", "start", "end"]
MARKS = pd.DataFrame(
    [("d", "a", "X", 0, 5), ("d", "a", "Y", 5, 9), ("d", "a", "Z", 4, 6), ("e", "a", "X", 0, 9), ("e", "b", "Y", 2, 4)],
    columns=COLUMNS,
)


def counts(result):
    return {(row["first"], row["second"]): row["estimate"] for row in result.estimates.to_dict("records")}


def test_touching_is_near_and_no_overlap():
    assert counts(cooccurrence(MARKS))[("X", "Y")] == 0
    assert counts(cooccurrence(MARKS, relation="near"))[("X", "Y")] == 1


def test_near_counts_the_characters_between():
    apart = pd.DataFrame([("d", "a", "X", 0, 2), ("d", "a", "Y", 5, 6)], columns=COLUMNS)
    assert counts(cooccurrence(apart, relation="near", distance=2))[("X", "Y")] == 0
    assert counts(cooccurrence(apart, relation="near", distance=3))[("X", "Y")] == 1


def test_inside_has_a_direction_and_equal_spans_lie_in_each_other():
    inside = counts(cooccurrence(MARKS, relation="inside", same_coder=False))
    assert inside[("Y", "X")] == 1
    assert inside[("X", "Y")] == 0
    equal = pd.DataFrame([("d", "a", "X", 0, 2), ("d", "a", "Y", 0, 2)], columns=COLUMNS)
    assert counts(cooccurrence(equal, relation="inside")) == {("X", "Y"): 1, ("Y", "X"): 1}


def test_pairs_of_different_coders_only_on_request():
    assert counts(cooccurrence(MARKS, same_coder=False))[("X", "Y")] == 1


def test_shares_documents_and_jaccard():
    row = cooccurrence(MARKS).estimates.set_index(["first", "second"]).loc[("X", "Z")]
    assert (row["documents"], row["share_first"], row["share_second"], row["n"]) == (1, 0.5, 1.0, 2)
    assert row["jaccard"] == pytest.approx(1 / 15)


def test_evidence_leads_to_both_places():
    evidence = cooccurrence(MARKS).details["evidence"]
    assert evidence[["reference_first", "reference_second"]].to_numpy().tolist() == [
        ["d:0-5", "d:4-6"],
        ["d:5-9", "d:4-6"],
    ]


def test_a_coding_listed_twice_counts_once():
    assert counts(cooccurrence(pd.concat([MARKS, MARKS]))) == counts(cooccurrence(MARKS))


@pytest.mark.parametrize("relation", ["overlap", "inside", "near"])
def test_the_sweep_finds_what_trying_every_pair_finds(relation):
    draws = np.random.default_rng(8)
    starts = draws.integers(0, 40, 60)
    marks = pd.DataFrame({"document": "d", "coder": "a", "code": draws.choice(list("XYZ"), 60), "start": starts})
    marks = marks.assign(end=starts + draws.integers(1, 9, 60)).drop_duplicates(ignore_index=True)
    holds = {
        "overlap": lambda a, b: a.start < b.end and b.start < a.end,
        "inside": lambda a, b: b.start <= a.start and a.end <= b.end,
        "near": lambda a, b: a.start - b.end <= 2 and b.start - a.end <= 2,
    }[relation]
    rows = list(marks.itertuples())
    expected = {
        pair: sum(holds(a, b) for a in rows if a.code == pair[0] for b in rows if b.code == pair[1])
        for pair in counts(cooccurrence(marks, relation=relation))
    }
    assert counts(cooccurrence(marks, relation=relation, distance=2)) == expected


def test_one_code_has_a_reason():
    result = cooccurrence(MARKS[MARKS["code"] == "X"])
    assert result.not_estimable.code == "qualitative.reasons.fewer_than_two_codes"


def test_a_negative_distance_is_an_error():
    with pytest.raises(InputError):
        cooccurrence(MARKS, relation="near", distance=-1)
