"""Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: the reliability data of four observers, section C.

The same data stand in Krippendorff (2019), Content Analysis, 4th ed., section 12.3.1.
"""

import pandas as pd
import pytest

from vises_methods.qualitative import agreement

OBSERVERS = pd.DataFrame(
    {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    }
)


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_four_observers(level, alpha):
    result = agreement(OBSERVERS, level=level)
    assert result.value == pytest.approx(alpha, abs=5e-4)
    assert result.estimates["n"].iloc[0] == 11
    assert result.estimates["coverage"].iloc[0] == pytest.approx(11 / 12)
