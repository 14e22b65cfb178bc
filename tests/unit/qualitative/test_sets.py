import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import agreement, set_agreement, units

SETS = pd.DataFrame({"ana": [{"a", "b"}, set(), {"c"}, None], "ben": [["a"], (), "c", {"a"}]})


def test_two_empty_sets_agree():
    assert set_agreement(SETS.iloc[1:3]).value == 1


def test_the_distances_of_overlapping_and_nested_sets():
    nested = pd.DataFrame({"x": [{"a", "b"}, {"c"}], "y": [{"a"}, {"c"}]})
    observed = [
        set_agreement(nested, distance=distance, coefficient="percent").value
        for distance in ("jaccard", "masi", "nominal")
    ]
    assert observed == pytest.approx([(0.5 + 1) / 2, (0.5 * 2 / 3 + 1) / 2, 0.5])
    overlapping = pd.DataFrame({"x": [{"a", "b"}, {"c"}], "y": [{"a", "d"}, {"c"}]})
    assert set_agreement(overlapping, coefficient="percent").value == pytest.approx((1 / 9 + 1) / 2)


def test_a_missing_cell_is_not_an_empty_set():
    assert set_agreement(SETS).estimates["n"].iloc[0] == 3


def test_texts_with_bars_are_sets():
    written = pd.DataFrame({"ana": ["b|a", "", "c"], "ben": ["a | b", "", "a"]})
    meant = pd.DataFrame({"ana": [{"a", "b"}, set(), {"c"}], "ben": [{"a", "b"}, set(), {"a"}]})
    assert set_agreement(written).value == set_agreement(meant).value


def test_a_length_counts_like_so_many_units():
    frame = SETS.iloc[:3]
    lengths = [2, 1, 3]
    repeated = frame.loc[np.repeat([0, 1, 2], lengths)]
    assert set_agreement(frame, lengths=lengths).value == pytest.approx(set_agreement(repeated).value)


def test_elementary_stretches_weighted_by_their_characters_equal_characters():
    texts = pd.DataFrame({"document": ["d"], "text": ["abcdefghij"], "coders": ["ana;ben"]})
    marks = pd.DataFrame(
        [("d", "ana", "X", 0, 6), ("d", "ben", "X", 2, 8), ("d", "ben", "Y", 5, 8)],
        columns=["document", "coder", "code", "start", "end"],
    )
    stretches = set_agreement(units(marks, texts, by="elementary"), lengths="characters", resamples=50)
    characters = set_agreement(units(marks, texts, by="character"))
    assert stretches.value == pytest.approx(characters.value)
    assert stretches.estimates["n"].iloc[0] == 5
    assert stretches.options["interval"] == "bootstrap"


def test_whole_sets_are_plain_nominal_agreement():
    frame = SETS.iloc[:3].map(frozenset)
    assert set_agreement(frame, distance="nominal").value == pytest.approx(agreement(frame).value)


@pytest.mark.parametrize(
    "options",
    [
        {"distance": "dice"},
        {"lengths": [1, 2]},
        {"lengths": [1, 0, 2, 1]},
        {"lengths": "characters"},
        {"lengths": [1, 1, 1, 1], "interval": "analytic"},
    ],
)
def test_wrong_options_are_errors(options):
    with pytest.raises(InputError):
        set_agreement(SETS, **options)


def test_numbers_are_no_sets():
    with pytest.raises(InputError):
        set_agreement(pd.DataFrame({"a": [1, 2], "b": [1, 2]}))
