from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import saturation

COLUMNS = ["document", "coder", "code", "start", "end"]


def interviews(*codes):
    """Return documents d0, d1… and one coding per code of each."""
    texts = pd.DataFrame({"document": [f"d{i}" for i in range(len(codes))], "text": "abcdefghij"})
    marks = [(f"d{i}", "a", code, j, j + 1) for i, given in enumerate(codes) for j, code in enumerate(given)]
    return pd.DataFrame(marks, columns=COLUMNS), texts


def test_the_curve_is_the_mean_over_every_order():
    given = ["ab", "bc", "c", ""]
    curve = saturation(*interviews(*given)).details["curve"]
    seen = [[len(set("".join(order[:k]))) for k in range(1, 5)] for order in permutations(given)]
    assert curve["codes"].tolist() == pytest.approx(np.mean(seen, axis=0).tolist())
    assert curve["codes_as_held"].tolist() == [2, 3, 3, 3]
    assert (curve["low"] <= curve["codes"]).all()
    assert (curve["codes"] <= curve["high"]).all()


def test_chao2_by_hand():
    """Two codes in one interview only, one in two of four: (3/4) 2² / (2 · 1) = 1.5 unseen."""
    result = saturation(*interviews("abd", "bd", "c", "d"))
    rows = result.estimates.set_index("measure")
    assert result.value == pytest.approx(0.75 * 4 / 2)
    assert rows.loc["observed_codes", "estimate"] == 4
    assert result.low < result.value < result.high


def test_nothing_seen_once_leaves_nothing_unseen():
    result = saturation(*interviews("ab", "ab", "ab"))
    assert result.value == 0
    assert result.low is None
    assert result.estimates.set_index("measure").loc["sample_coverage", "estimate"] == 1


def test_an_interview_without_codes_counts():
    with_silent = saturation(*interviews("a", "ab", ""))
    assert with_silent.estimates["n"].iloc[0] == 3
    assert with_silent.estimates["coverage"].iloc[0] == pytest.approx(2 / 3)


def test_persons_accumulate_where_named():
    marks, texts = interviews("ab", "bc", "c")
    result = saturation(marks, texts.assign(person=["p", "p", "q"]), case="person")
    assert result.details["curve"]["interviews"].tolist() == [1, 2]


def test_evidence_says_where_each_code_first_appears():
    evidence = saturation(*interviews("ab", "bc")).details["evidence"]
    assert evidence.to_numpy().tolist() == [["a", "d0:0-1", 1], ["b", "d0:1-2", 1], ["c", "d1:1-2", 2]]


def test_one_interview_or_no_code_has_a_reason():
    assert saturation(*interviews("ab")).not_estimable.code == "qualitative.reasons.one_interview"
    assert saturation(*interviews("", "")).not_estimable.code == "qualitative.reasons.no_codings"


def test_seeds():
    marks, texts = interviews("abcd", "a", "be", "", "f", "ag")
    low = [saturation(marks, texts, orders=20, seed=seed).details["curve"]["low"].tolist() for seed in (0, 0, 5)]
    assert low[0] == low[1]
    assert low[0] != low[2]
    with pytest.raises(InputError):
        saturation(marks, texts, orders=0)
