"""COINr 1.1.14 on ASEM: leaving out each element in turn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from vises_methods.indicators import Cells, IndicatorTree, removal

HERE = Path(__file__).parent


def test_removal_of_each_pillar_meets_coinr(
    asem_data: pd.DataFrame, asem_tree: IndicatorTree, coinr: Callable[[str], pd.DataFrame]
) -> None:
    cells = Cells.from_frame(asem_data.select_dtypes("number"), groups=asem_data["EurAsia_group"])
    recipe = {"denominate": True, "imputation": "group_mean", "treatment": {}, "normalisation": "minmax"}
    result = removal(cells, asem_tree, recipe, level=2)
    theirs = coinr("remove_level2_scores").rename(columns={"Nominal": "none"})
    ours = result.details["scores"]
    np.testing.assert_allclose(ours, theirs.loc[ours.index, ours.columns], atol=1e-9)
    shifts = json.loads((HERE / "coinr" / "remove_level2_mean_abs_rank_diff.json").read_text(encoding="utf-8"))
    table = result.estimates.set_index("subject")["estimate"]
    np.testing.assert_allclose(table, [shifts[code] for code in table.index], atol=1e-9)
