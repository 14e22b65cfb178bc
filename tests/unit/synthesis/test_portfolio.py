"""What all enterprises of a study have collected, and nothing that other results brought along."""

import pandas as pd

from vises_methods.results import ESTIMATE_COLUMNS
from vises_methods.study import open_study
from vises_methods.synthesis import collected_by_enterprise


def test_what_was_collected_has_the_columns_of_its_own():
    cards = open_study("demo").enterprises[:2]
    shared = {"measure": "rows", "low": None, "high": None, "level": None, "coverage": 1.0, "unit": "rows",
              "reason": None, "region": "wallonie", "method": "m"}  # fmt: skip
    rows = [
        {"enterprise": card.id, "group": card.group, "result": "completeness", "subject": name, "estimate": 3.0,
         "n": 3, **shared}
        for card in cards for name in ("survey", "codings", "photographs")
    ]  # fmt: skip
    other = {"enterprise": cards[0].id, "result": "outcomes", "subject": "survey", "estimate": 9.0, "grade": 2.0}
    found = collected_by_enterprise(cards, pd.DataFrame([*rows, other]))
    assert list(found.estimates) == [*ESTIMATE_COLUMNS, "group", "region"]
    told = found.estimates[["measure", "subject", "estimate"]].to_numpy().tolist()
    assert told == [[name, card.id, 3.0] for card in cards for name in ("survey", "codings")]
