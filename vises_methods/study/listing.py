"""Who takes part in a study, as a table."""

from __future__ import annotations

import pandas as pd

from vises_methods.study.opening import Study


def enterprise_table(study: Study, /) -> pd.DataFrame:
    """Return one row per enterprise, by group and name: ``name, id, group, region, languages``."""
    rows = [(card.name, card.id, card.group, card.region, ", ".join(card.languages)) for card in study.enterprises]
    frame = pd.DataFrame(rows, columns=["name", "id", "group", "region", "languages"])
    return frame.sort_values(["group", "name"], ignore_index=True)
