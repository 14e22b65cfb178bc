import numpy as np
import pandas as pd
import pytest

from vises_methods.qualitative.rating_codes import coded_columns, row_keys
from vises_methods.qualitative.ratings import rating_patterns


def read_back(column) -> list:
    """Return what the numbers of a column stand for."""
    (coded,) = coded_columns(pd.DataFrame({"a": column}))
    return [None if code < 0 else coded.occurring[code] for code in coded.codes]


@pytest.mark.parametrize(
    "column",
    [
        [1.0, np.nan, 3.0, 1.0],
        [-127.0, 127.0, np.nan],
        [-128.0, np.nan, 5.0],
        [-128, 5],
        [-500.0, np.nan, 2.0],
        [0.5, 1.0, np.nan],
        [1e300, -1e300, np.nan],
        [np.inf, 1.0],
        [200, 3, 200],
        [True, False, True],
        ["été", None, "b"],
        [0, 20, 40, 100],
    ],
)
def test_every_column_is_read_back_as_it_was(column):
    given = [None if isinstance(cell, float) and np.isnan(cell) else cell for cell in column]
    assert read_back(column) == given


def test_a_column_longer_than_a_stretch_and_one_that_fails_at_its_end():
    long = np.tile([1.0, 2.0, np.nan], 6000)
    late = long.copy()
    late[-2] = 0.5
    whole, broken = coded_columns(pd.DataFrame({"whole": long, "late": late}))
    assert list(whole.occurring) == [1, 2]
    assert whole.codes[:4].tolist() == [0, 1, -1, 0]
    assert sorted(broken.occurring) == [0.5, 1, 2]
    assert np.bincount(broken.codes + 1).tolist()[0] == np.isnan(late).sum()


def test_an_empty_column_has_no_value():
    (coded,) = coded_columns(pd.DataFrame({"a": [np.nan, np.nan]}))
    assert (list(coded.occurring), coded.codes.tolist()) == ([], [-1, -1])


def test_keys_tell_rows_apart_however_many_columns_there_are():
    rows = np.random.default_rng(0).integers(-1, 40, (500, 20)).astype(np.int16)
    rows[250:] = rows[:250]
    key, _ = row_keys(list(rows.T), [40] * 20)
    assert len(set(key)) == len({tuple(row) for row in rows.tolist()})
    assert key[:250].tolist() == key[250:].tolist()


def test_patterns_do_not_depend_on_the_order_of_the_units():
    frame = pd.DataFrame(np.random.default_rng(1).integers(0, 3, (60, 3)))
    one, other = rating_patterns(frame), rating_patterns(frame.iloc[::-1])
    assert one.patterns.tolist() == other.patterns.tolist()
    assert one.counts.tolist() == other.counts.tolist()
    assert one.patterns[one.pattern_of_unit].tolist() == frame.to_numpy().tolist()
