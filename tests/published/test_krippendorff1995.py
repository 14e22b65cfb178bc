"""Krippendorff (1995), Sociological Methodology 25; worked in Content Analysis, 2nd ed. (2004), p. 254."""

import pandas as pd
import pytest

from vises_methods.qualitative import unitizing_alpha

UNITS = pd.DataFrame(
    [
        ("i", 225, 295, "c"),
        ("i", 370, 400, "c"),
        ("j", 220, 300, "c"),
        ("j", 355, 375, "c"),
        ("j", 400, 420, "c"),
        *[(coder, start, end, "k") for coder in "ij" for start, end in ((180, 240), (300, 350))],
    ],
    columns=["coder", "start", "end", "value"],
)


def test_the_continuum_from_150_to_450():
    moved = UNITS.assign(start=UNITS["start"] - 150, end=UNITS["end"] - 150)
    rows = unitizing_alpha(moved, kind="1995", length=300).estimates.set_index("subject")
    assert rows.loc["c", "observed"] == pytest.approx(0.0144, abs=5e-5)
    assert rows.loc["c", "expected"] == pytest.approx(0.0532, abs=5e-5)
    assert rows.loc["c", "estimate"] == pytest.approx(0.7286, abs=5e-5)
    assert rows.loc["k", "estimate"] == 1
