"""What must hold for agreement whatever the ratings: names, orders and copies of coders change nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vises_methods.qualitative import agreement
from vises_methods.qualitative.spans import covered_length, merged

COEFFICIENTS = ["percent", "fleiss_kappa", "conger_kappa", "brennan_prediger", "gwet_ac1", "krippendorff_alpha"]
cells = st.one_of(st.none(), st.integers(0, 3))
tables = st.integers(2, 4).flatmap(
    lambda coders: st.lists(st.lists(cells, min_size=coders, max_size=coders), min_size=2, max_size=25)
)
spans = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=12)


def values(frame):
    return agreement(frame, coefficient=COEFFICIENTS).estimates["estimate"].astype(float).to_numpy()


@settings(max_examples=40, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_units_and_coders_and_the_names_of_categories_change_nothing(rows, random):
    frame = pd.DataFrame(rows, dtype="Int64")
    shuffled = frame.sample(frac=1, random_state=random.randint(0, 99)).iloc[:, ::-1]
    renamed = shuffled.apply(lambda column: column.map({0: "z", 1: "y", 2: "x", 3: "w"}, na_action="ignore"))
    assert values(renamed) == pytest.approx(values(frame), nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(tables)
def test_values_lie_between_their_bounds(rows):
    result = agreement(pd.DataFrame(rows, dtype="Int64"), coefficient=COEFFICIENTS).estimates
    known = result.dropna(subset=["estimate"])
    assert (known["estimate"] <= 1 + 1e-9).all()
    assert known["observed"].between(-1e-9, 1 + 1e-9).all()
    assert known["coverage"].between(0, 1).all()


@settings(max_examples=60, deadline=None)
@given(spans, spans)
def test_covered_length_counts_characters(marks, cuts):
    starts, lengths = (np.array([mark[side] for mark in marks], dtype=np.int64) for side in (0, 1))
    covered = np.zeros(60, dtype=bool)
    for start, length in marks:
        covered[start : start + length] = True
    unit_starts = np.array([cut[0] for cut in cuts], dtype=np.int64)
    unit_ends = unit_starts + np.array([cut[1] for cut in cuts], dtype=np.int64)
    expected = [int(covered[start:end].sum()) for start, end in zip(unit_starts, unit_ends, strict=True)]
    assert covered_length(starts, starts + lengths, unit_starts, unit_ends).tolist() == expected
    opens, closes = merged(starts, starts + lengths)
    assert (opens[1:] > closes[:-1]).all()
    assert (closes - opens).sum() == covered.sum()
