"""COINr 1.1.14 on ASEM: the whole default pipeline, step by step."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.indicators import Cells, IndicatorTree, compose, denominate, impute, treat_outliers
from vises_methods.indicators.outliers import log_shifted, moments

Reader = Callable[[str], pd.DataFrame]
HERE = Path(__file__).parent


def assert_equal(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    aligned = theirs.loc[ours.index, ours.columns].to_numpy(dtype=float)
    np.testing.assert_allclose(ours.to_numpy(), aligned, atol=1e-9, rtol=0, equal_nan=True)


def test_every_step_meets_coinr(asem_data: pd.DataFrame, asem_tree: IndicatorTree, coinr: Reader) -> None:
    divided = denominate(asem_data, asem_tree).details["values"]
    assert_equal(divided, coinr("default_denominated"))
    filled = impute(divided, asem_tree, method="group_mean", groups=asem_data["EurAsia_group"]).details["values"]
    assert_equal(filled, coinr("default_imputed"))
    treated = treat_outliers(filled, asem_tree)
    assert_equal(treated.details["values"], coinr("default_treated"))
    table, theirs = treated.estimates.set_index("subject"), coinr("default_treatment_table")
    assert (table["winsorised"] == theirs["winsorise.nwin"].fillna(0).loc[table.index]).all()
    np.testing.assert_allclose(table["skew_before"], theirs["check_SkewKurt0.Skew"].loc[table.index], atol=1e-9)
    np.testing.assert_allclose(table["kurtosis_before"], theirs["check_SkewKurt0.Kurt"].loc[table.index], atol=1e-9)
    points = coinr("default_treated_points").notna().sum().sum()
    assert len(treated.details["treated"]) == points


def test_the_recipe_is_the_pipeline(asem_data: pd.DataFrame, asem_tree: IndicatorTree, coinr: Reader) -> None:
    numbers = asem_data.select_dtypes("number")
    cells = Cells.from_frame(numbers, groups=asem_data["EurAsia_group"])
    recipe = {"denominate": True, "imputation": "group_mean", "treatment": {}, "normalisation": "minmax"}
    composite = compose(cells, asem_tree, recipe)
    assert_equal(composite.normalised, coinr("default_normalised"))
    assert_equal(composite.scores, coinr("default_aggregated"))
    assert composite.coverage["Index"].min() < 1


@pytest.mark.parametrize(
    ("method", "file"), [("group_mean", "imputed_raw_i_mean_grp_eurasia"), ("median", "imputed_raw_i_median")]
)
def test_imputation_meets_coinr(
    asem_data: pd.DataFrame, asem_tree: IndicatorTree, coinr: Reader, method: str, file: str
) -> None:
    ours = impute(asem_data, asem_tree, method=method, groups=asem_data["EurAsia_group"])
    assert_equal(ours.details["values"], coinr(file))


@pytest.mark.parametrize(("limit", "file"), [(5, "treated_raw_default"), (2, "treated_raw_winmax2_logct")])
def test_treatment_meets_coinr(
    asem_data: pd.DataFrame, asem_tree: IndicatorTree, coinr: Reader, limit: int, file: str
) -> None:
    result = treat_outliers(asem_data, asem_tree, max_winsorised=limit)
    assert_equal(result.details["values"], coinr(file))
    transformed = set(result.estimates.query("transformed == 'log'")["subject"])
    assert transformed == (set() if limit == 5 else {"Tariff", "CultServ", "Poverty"})
    table = result.estimates.set_index("subject")
    theirs = coinr(f"{file}_table").loc[table.index]
    assert (table["winsorised"] == theirs["winsorise.nwin"].fillna(0).where(table["transformed"] == "none", 0)).all()
    checks = theirs.filter(like="check_SkewKurt")
    for ours, name in (("estimate", "Skew"), ("kurtosis_after", "Kurt")):
        last = checks.filter(like=f".{name}").ffill(axis=1).iloc[:, -1]
        np.testing.assert_allclose(table[ours], last, atol=1e-9)


def test_single_functions_meet_coinr() -> None:
    case = json.loads((HERE / "coinr" / "transform_functions.json").read_text(encoding="utf-8"))
    column = np.array(case["input"])
    assert moments(column) == pytest.approx((case["skew"], case["kurt"]))
    np.testing.assert_allclose(log_shifted(column, 1.0), case["log_CT"], atol=1e-9)
