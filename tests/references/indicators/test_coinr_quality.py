"""COINr 1.1.14 on ASEM: correlations, flags, p-values and principal components."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.indicators import Cells, Composite, IndicatorTree, compose, tree_quality
from vises_methods.indicators.data_weights import components_of

Reader = Callable[[str], pd.DataFrame]
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def composite(asem_data: pd.DataFrame, asem_tree: IndicatorTree) -> Composite:
    cells = Cells.from_frame(asem_data.select_dtypes("number"), groups=asem_data["EurAsia_group"])
    recipe = {"denominate": True, "imputation": "group_mean", "treatment": {}, "normalisation": "minmax"}
    return compose(cells, asem_tree, recipe)


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_correlations_within_pillars(
    composite: Composite, asem_tree: IndicatorTree, coinr: Reader, method: str
) -> None:
    """TolMin apart in ranks: three countries are tied in the file, whose 15 digits hide what R still told apart."""
    rows = tree_quality(composite, asem_tree, method=method).estimates.query("measure == 'siblings'")
    ours = {frozenset(pair.split("~")): value for pair, value in zip(rows["subject"], rows["estimate"], strict=True)}
    theirs = coinr(f"corr_within_pillar_{method}").reset_index()
    compared = 0
    for first, second, value in theirs[["Var1", "Var2", "Correlation"]].itertuples(index=False):
        if method != "pearson" and "TolMin" in (first, second):
            continue
        if first != second and frozenset((first, second)) in ours and not np.isnan(value):
            assert ours[frozenset((first, second))] == pytest.approx(value, abs=1e-9)
            compared += 1
    assert compared > 100


def test_flags_and_p_values(composite: Composite, asem_tree: IndicatorTree, coinr: Reader) -> None:
    rows = tree_quality(composite, asem_tree).estimates
    for flag, file in (("high", "corr_flags_high_075"), ("low", "corr_flags_low_m05")):
        siblings = rows[
            (rows["flag"] == flag) & rows["subject"].map(lambda pair: pair.split("~")[0] in asem_tree.indicators)
        ]
        theirs = coinr(file)
        assert {frozenset(pair.split("~")) for pair in siblings["subject"]} == {
            frozenset(pair) for pair in theirs[["Ind1", "Ind2"]].itertuples(index=False)
        }
    case = json.loads((HERE / "coinr" / "corr_pvalues_political.json").read_text(encoding="utf-8"))
    p = rows.set_index("subject")["p"]
    names = case["codes"]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert p[f"{names[i]}~{names[j]}"] == pytest.approx(case["p"][i][j], rel=1e-6)


def test_indicators_with_the_index(composite: Composite, asem_tree: IndicatorTree, coinr: Reader) -> None:
    rows = tree_quality(composite, asem_tree).estimates.query("measure == 'with_root'").set_index("subject")
    theirs = coinr("corr_indicator_index").set_index("Var2")["Correlation"]
    np.testing.assert_allclose(rows.loc[theirs.index, "estimate"], theirs, atol=1e-9)


def test_principal_components_by_pillar(composite: Composite) -> None:
    case = json.loads((HERE / "coinr" / "pca_by_pillar.json").read_text(encoding="utf-8"))
    for pillar in case.values():
        numbers = composite.normalised[pillar["codes"]].to_numpy()
        values, vectors = components_of(numbers)
        np.testing.assert_allclose(np.sqrt(values), pillar["sdev"], atol=1e-8)
        np.testing.assert_allclose(np.abs(vectors[:, 0]), np.abs(pillar["pc1_loadings"]), atol=1e-8)
