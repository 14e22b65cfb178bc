"""Cohen (1960), Educational and Psychological Measurement 20(1), Table 2, p. 45; and with weights, Cohen (1968)."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.qualitative import agreement

TABLE = np.array([[88, 10, 2], [14, 40, 6], [18, 10, 12]])
PAIRS = pd.DataFrame(
    [(i + 1, j + 1) for i in range(3) for j in range(3) for _ in range(TABLE[i, j])], columns=["A", "B"]
)
DISAGREEMENT_1968 = pd.DataFrame([[0, 1, 3], [1, 0, 6], [3, 6, 0]], index=[1, 2, 3], columns=[1, 2, 3])


def test_kappa():
    result = agreement(PAIRS, coefficient="cohen_kappa")
    assert result.value == pytest.approx(0.492, abs=5e-4)
    assert result.estimates["observed"].iloc[0] == pytest.approx(0.70)
    assert result.estimates["expected"].iloc[0] == pytest.approx(0.41)


def test_weighted_kappa_of_1968():
    """Cohen (1968), Psychological Bulletin 70(4), p. 216: disagreement weights 1, 3 and 6."""
    result = agreement(PAIRS, coefficient="cohen_kappa", weights=1 - DISAGREEMENT_1968 / 6)
    assert result.value == pytest.approx(0.348, abs=5e-4)
