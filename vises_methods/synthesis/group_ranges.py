"""Where the enterprises of a group stand on each indicator: made once for a study, read by each of its enterprises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from vises_methods.study import Study, open_enterprise

LEAST = 5
"""With fewer enterprises of a group that report an indicator, one of them could be told from the range."""
COLUMNS = ["group", "indicator", "year", "low", "median", "high", "n"]


def group_ranges(study: Study, /) -> pd.DataFrame:
    """Return the quartiles of each indicator and year within each group of enterprises.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        ``group, indicator, year``, ``low, median, high`` (quartiles, in the indicator's own unit) and ``n``, the number
        of enterprises that report it. No row where fewer than five do, or fewer than the study's smallest cell: nothing
        of a single enterprise can be read from it. Own indicators of enterprises are no common ground and left out.
    """
    parts = []
    for card in study.enterprises:
        rows = open_enterprise(study, card.id).indicators
        told = rows[rows["breakdown"].isna() & rows["value"].notna() & ~rows["indicator"].str.startswith("X")]
        parts.append(told[["indicator", "year", "value"]].assign(group=card.group))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    by = pd.concat(parts, ignore_index=True).groupby(["group", "indicator", "year"], sort=True)["value"]
    found = by.quantile(np.array([0.25, 0.5, 0.75])).unstack().set_axis(["low", "median", "high"], axis=1)
    found["n"] = by.size()
    enough = found[found["n"] >= max(LEAST, study.privacy.minimum_cell)]
    return enough.reset_index()[COLUMNS]


def write_group_ranges(study: Study, /) -> tuple[Path, int]:
    """Write the ranges into the study's folder; returns the file, and for how many indicators it shows a range."""
    ranges = group_ranges(study)
    study.group_ranges_path.write_text(_written(ranges), encoding="utf-8", newline="\n")
    return study.group_ranges_path, int(ranges["indicator"].nunique())


def stale_group_ranges(study: Study, /) -> bool:
    """Say whether ranges were written that the data no longer give: pages would then show a group as it was."""
    path = study.group_ranges_path
    return path.is_file() and path.read_text(encoding="utf-8") != _written(group_ranges(study))


def _written(ranges: pd.DataFrame) -> str:
    return ranges.to_csv(index=False, lineterminator="\n", float_format="%.10g")
