"""Over the portfolio: where the only mention of a code is withheld, it is not known whether it was heard."""

import pandas as pd
import pytest

from vises_methods.plots import codes_by_group as figure
from vises_methods.synthesis import codes_by_group

SMALL = "qualitative.reasons.small_cell"


def published(cells):
    rows = [
        {"result": "patterns", "group": "G1", "enterprise": name, "code": code, "segments": count, "reason": reason}
        for name, code, count, reason in cells
    ]
    return pd.DataFrame(rows).astype({"segments": float})


ESTIMATES = published(
    [
        *((name, "A", 1, None) for name in ("e1", "e2", "e3", "e4")),
        ("e1", "B", 2, None),
        ("e1", "B", None, SMALL),
        ("e2", "B", None, SMALL),
        ("e3", "B", 0, None),
        ("e4", "B", 1, None),
        ("e1", "C", None, SMALL),
        ("e2", "C", None, SMALL),
        ("e3", "C", 1, None),
        ("e4", "C", 0, None),
    ]
)


def row(code):
    return codes_by_group(ESTIMATES, minimum=3).estimates.set_index("code").loc[code]


def test_an_enterprise_whose_only_mention_is_withheld_is_neither_heard_nor_silent():
    assert row("A")[["estimate", "n", "coverage"]].tolist() == [1.0, 4, 1.0]
    assert row("B")[["estimate", "n", "coverage"]].tolist() == [pytest.approx(2 / 3), 3, 0.75]


def test_a_share_of_too_few_is_withheld_and_hatched():
    assert pd.isna(row("C")["estimate"])
    assert row("C")["reason"] == "synthesis.reasons.too_few_known"
    result = codes_by_group(ESTIMATES, minimum=3)
    for lang, words in (("fr", "Hachuré"), ("nl", "Gearceerd"), ("en", "Hatched")):
        axes = figure.plot(result, lang=lang)
        assert axes.get_xlabel().startswith(words)
        assert len(axes.patches) == 1
