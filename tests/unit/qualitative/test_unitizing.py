import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import unitizing_alpha

COLUMNS = ["document", "coder", "start", "end", "value"]
MARKS = pd.DataFrame(
    [("d", "a", 0, 4, "x"), ("d", "b", 1, 4, "x"), ("d", "a", 6, 9, "y"), ("d", "b", 6, 9, "x"), ("e", "a", 2, 5, "y")],
    columns=COLUMNS,
)
LENGTHS = {"d": 12, "e": 8, "f": 5}


@pytest.mark.parametrize("kind", ["u", "bar-u", "cu", "ku", "1995"])
def test_the_order_of_rows_and_the_names_of_values_change_nothing(kind):
    shuffled = MARKS.sample(frac=1, random_state=2).replace({"x": "b-code", "y": "a-code"})
    first, second = (unitizing_alpha(f, kind=kind, length=LENGTHS, resamples=50) for f in (MARKS, shuffled))
    assert sorted(first.estimates["estimate"]) == pytest.approx(sorted(second.estimates["estimate"]))


def test_several_documents_give_an_interval_and_one_a_notice():
    result = unitizing_alpha(MARKS, kind="bar-u", length=LENGTHS, resamples=200)
    assert result.low < result.value < result.high
    alone = unitizing_alpha(MARKS[MARKS["document"] == "d"], kind="u", length=12)
    assert alone.low is None
    assert alone.notices[0].code == "qualitative.notices.one_continuum"


def test_a_coder_who_marked_nothing_is_not_forgotten():
    only = MARKS[MARKS["coder"] == "a"]
    assert unitizing_alpha(only, length=LENGTHS).not_estimable.code == "qualitative.reasons.one_coder"
    assert unitizing_alpha(only, length=LENGTHS, coders=["a", "b"]).value < 0


def test_nothing_marked_has_a_reason():
    result = unitizing_alpha(MARKS.iloc[:0], length=10, coders=["a", "b"])
    assert result.not_estimable.code == "qualitative.reasons.no_codings"


def test_codes_may_overlap_for_1995_only():
    overlapping = pd.DataFrame(
        [("a", 0, 6, "x"), ("a", 4, 9, "y"), ("b", 0, 6, "x"), ("b", 4, 9, "y")], columns=COLUMNS[1:]
    )
    assert unitizing_alpha(overlapping, kind="1995", length=12).value == 1
    with pytest.raises(InputError) as caught:
        unitizing_alpha(overlapping, length=12)
    assert "set_agreement" in caught.value.message("en")


def test_evidence_says_how_much_of_each_unit_is_shared():
    evidence = unitizing_alpha(MARKS, length=LENGTHS, resamples=20).details["evidence"].set_index("reference")
    assert evidence.loc["d:0-4", "shared"] == 0.75
    assert evidence.loc["e:2-5", "shared"] == 0


@pytest.mark.parametrize("length", [7, {"d": 12}])
def test_a_unit_beyond_its_continuum_is_an_error(length):
    with pytest.raises(InputError):
        unitizing_alpha(MARKS, length=length)


def test_a_unit_per_character_of_equal_coders_is_one():
    draws = np.random.default_rng(0)
    values = draws.choice(list("xyz"), 30)
    rows = [(coder, i, i + 1, value) for coder in "ab" for i, value in enumerate(values)]
    frame = pd.DataFrame(rows, columns=COLUMNS[1:])
    for kind in ("u", "cu", "ku"):
        assert unitizing_alpha(frame, kind=kind, length=30).estimates["estimate"].tolist() == pytest.approx(
            [1.0] * (3 if kind == "ku" else 1)
        )
    assert unitizing_alpha(frame, kind="bar-u", length=30).not_estimable.code == "qualitative.reasons.no_variation"
