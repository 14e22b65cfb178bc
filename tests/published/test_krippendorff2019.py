"""Krippendorff (2019), Content Analysis, 4th ed., Figure 12.11, p. 340: Alex, Paul and Suzan cut a continuum of 60."""

import pandas as pd
import pytest

from vises_methods.qualitative import unitizing_alpha

UNITS = {
    "Alex": [(0, 7, 1), (7, 13, 2), (30, 32, 5), (32, 37, 6), (37, 44, 6), (44, 60, 7)],
    "Paul": [(0, 7, 1), (7, 13, 3), (13, 21, 5), (32, 44, 6)],
    "Suzan": [(0, 7, 1), (7, 13, 4), (13, 21, 5), (32, 37, 6), (37, 41, 6), (41, 44, 6)],
}
CONTINUUM = pd.DataFrame(
    [(coder, *unit) for coder, units in UNITS.items() for unit in units], columns=["coder", "start", "end", "value"]
)


@pytest.mark.parametrize(("kind", "alpha"), [("u", 0.510), ("bar-u", 0.4136), ("cu", 0.724)])
def test_the_family(kind, alpha):
    assert unitizing_alpha(CONTINUUM, kind=kind, length=60).value == pytest.approx(alpha, abs=5e-4)


def test_each_value_against_the_others():
    rows = unitizing_alpha(CONTINUUM, kind="ku", length=60).estimates.set_index("subject")
    assert rows["estimate"].dropna().to_dict() == {"1": 1, "2": 0, "3": 0, "4": 0, "5": 1, "6": 1}
    assert rows.loc["5", "coverage"] == pytest.approx(8 / 18)
