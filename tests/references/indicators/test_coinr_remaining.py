"""COINr 1.1.14 on ASEM: every other table that the shared folder holds of it, met by one of our functions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.indicators import (
    Cells,
    IndicatorTree,
    aggregate,
    compose,
    impute,
    normalise,
    ranking,
    removal,
    treat_outliers,
)
from vises_methods.indicators.outliers import box_cox, log_shifted
from vises_methods.indicators.outranking import copeland
from vises_methods.indicators.simulation import ranks_of

RECIPE = {"denominate": True, "imputation": "group_mean", "treatment": {}, "normalisation": "minmax"}
HEADINGS = ["Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin"]


@pytest.fixture(scope="module")
def theirs(shared: Path) -> Callable[[str], pd.DataFrame]:
    return lambda name: pd.read_csv(shared / "references" / "indicators" / "coinr" / f"{name}.csv", index_col=0)


@pytest.fixture(scope="module")
def panel(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "references" / "indicators" / "data" / "asem_idata_panel.csv", index_col="uCode")


@pytest.fixture(scope="module")
def cells(asem_data: pd.DataFrame) -> Cells:
    return Cells.from_frame(asem_data.select_dtypes("number"), groups=asem_data["EurAsia_group"])


def met(ours: pd.DataFrame, reference: pd.DataFrame, tolerance: float = 1e-9) -> None:
    aligned = reference.loc[ours.index, ours.columns].to_numpy(dtype=float)
    np.testing.assert_allclose(ours.to_numpy(dtype=float), aligned, atol=tolerance, rtol=0, equal_nan=True)


@pytest.mark.parametrize(
    ("method", "file"),
    [("mean", "i_mean"), ("median", "i_median"), ("group_median", "i_median_grp_eurasia")],
)
def test_imputation(cells: Cells, asem_tree: IndicatorTree, theirs: Callable, method: str, file: str) -> None:
    met(impute(cells, asem_tree, method=method).details["values"], theirs(f"imputed_raw_{file}"))


def test_minmax_to_another_range(asem_data: pd.DataFrame, asem_tree: IndicatorTree, theirs: Callable) -> None:
    met(
        normalise(asem_data, asem_tree, method="minmax", low=1, high=100).details["scores"],
        theirs("normalised_raw_minmax_1_100"),
    )


@pytest.mark.parametrize(
    ("power", "weighted", "file"),
    [
        (2.0, False, "genmean_p2_equal"),
        (-1.0, False, "genmean_pm1_equal"),
        (1.0, True, "unequal_weights_amean"),
    ],
)
def test_other_means(
    asem_tree: IndicatorTree,
    theirs: Callable,
    unequal_weights: dict[str, float],
    power: float,
    weighted: bool,
    file: str,
) -> None:
    reference = theirs(f"aggregated_{file}")
    entered = theirs("default_normalised" if weighted else "treated_minmax_1_100")
    own = unequal_weights if weighted else None
    ours = aggregate(entered, asem_tree, method="power", power=power, weights=own).details["scores"]
    met(ours, reference)


@pytest.mark.parametrize("threshold", ["0", "0.5", "0.66", "0.8", "0.9", "1"])
@pytest.mark.parametrize(("method", "short"), [("arithmetic", "amean"), ("geometric", "gmean"), ("harmonic", "hmean")])
def test_thresholds_of_availability(
    asem_tree: IndicatorTree, theirs: Callable, method: str, short: str, threshold: str
) -> None:
    """Ours counts availability by weight of indicators all the way down, COINr one level down: ours may withhold more.

    Where both have a score, and none was withheld below it, they are one.
    """
    entered = theirs("raw_minmax_1_100_with_missing")
    result = aggregate(entered, asem_tree, method=method, min_coverage=float(threshold))
    ours, reference = result.details["scores"], theirs(f"missing_a_{short}_thresh_{threshold}")
    met(ours[HEADINGS], reference)
    reference = reference.loc[ours.index, ours.columns]
    assert not (ours.notna() & reference.isna()).to_numpy().any()
    same = ours.isna().eq(reference.isna()).all(axis=1)
    assert same.sum() > 40
    met(ours[same], reference)


def test_scores_and_ranks_of_the_whole_pipeline(
    asem_tree: IndicatorTree, asem_data: pd.DataFrame, theirs: Callable
) -> None:
    """COINr takes what it imputed as reported; so stated, our order is its order, over all and within groups."""
    filled = theirs("default_imputed").loc[asem_data.index]
    composite = compose(filled, asem_tree, {**RECIPE, "denominate": False, "imputation": None})
    met(composite.scores, theirs("default_results_scores"), 1e-9)
    ranks, within = theirs("default_results_ranks"), theirs("default_results_group_ranks_eurasia")
    for node in composite.scores:
        places = ranking(composite, node=str(node)).estimates.set_index("subject")["estimate"]
        assert places.astype(int).to_dict() == ranks[node].to_dict()
        grouped = ranking(composite, node=str(node), within=asem_data["EurAsia_group"]).estimates.set_index("subject")
        assert grouped["estimate"].astype(int).to_dict() == within[node].to_dict()


@pytest.mark.parametrize("level", [1, 2, 3])
def test_removal_at_every_level(
    cells: Cells, asem_tree: IndicatorTree, theirs: Callable, shared: Path, level: int
) -> None:
    result = removal(cells, asem_tree, RECIPE, level=level)
    for table in ("scores", "ranks"):
        met(
            result.details[table],
            theirs(f"remove_level{level}_{table}").rename(columns={"Nominal": "none"}),
            1e-9,
        )
    file = shared / "references" / "indicators" / "coinr" / f"remove_level{level}_mean_abs_rank_diff.json"
    shifts = json.loads(file.read_text(encoding="utf-8"))
    ours = result.estimates.set_index("subject")["estimate"]
    np.testing.assert_allclose(ours, [shifts[code] for code in ours.index], atol=1e-9)


def test_availability_and_screening(
    asem_data: pd.DataFrame, asem_tree: IndicatorTree, theirs: Callable, shared: Path
) -> None:
    """Shares of indicators reported: by heading our coverage, over all our count; who lies under 85, 90, 95 %."""
    composite = compose(asem_data.select_dtypes("number"), asem_tree, {"normalisation": "minmax"})
    met(composite.coverage[HEADINGS], theirs("data_availability_groups"), 1e-12)
    index = composite.estimates.query("measure == 'Index'").set_index("subject")
    share = index["n"] / len(asem_tree.indicators)
    met(share.to_frame("Dat_Avail"), theirs("data_availability_units"), 1e-12)
    for threshold in ("0.85", "0.9", "0.95"):
        file = shared / "references" / "indicators" / "coinr" / f"screen_byNA_{threshold}.json"
        assert sorted(share.index[share < float(threshold)]) == sorted(json.loads(file.read_text())["removed"])
        assert theirs("screen_data_summary").loc[share.index, "Dat_Avail"].tolist() == pytest.approx(share.tolist())


def test_screening_removes_none(theirs: Callable) -> None:
    met(theirs("default_imputed"), theirs("default_screened"))


@pytest.mark.parametrize("stage", ["raw", "denominated"])
def test_skewness_and_kurtosis(asem_data: pd.DataFrame, asem_tree: IndicatorTree, theirs: Callable, stage: str) -> None:
    values = asem_data if stage == "raw" else theirs("default_denominated")
    ours = treat_outliers(values, asem_tree, max_winsorised=0, then="none").estimates.set_index("subject")
    reference = theirs(f"stats_{stage}").loc[ours.index]
    np.testing.assert_allclose(ours["skew_before"], reference["Skew"], atol=1e-9)
    np.testing.assert_allclose(ours["kurtosis_before"], reference["Kurt"], atol=1e-9)
    assert ours["n"].tolist() == reference["N.Avail"].tolist()
    assert ours.index[~ours["accepted"]].tolist() == reference.index[reference["Flag.SkewKurt"] == "OUT"].tolist()


def test_box_cox_and_logarithms(shared: Path) -> None:
    case = json.loads(
        (shared / "references" / "indicators" / "coinr" / "transform_functions.json").read_text(encoding="utf-8")
    )
    column = np.array(case["input"])
    np.testing.assert_allclose(log_shifted(column, 1.0), case["log_CT"], atol=1e-9)
    assert np.corrcoef(box_cox(column), log_shifted(column, 1.0))[0, 1] > 0.98


def test_a_panel_on_one_scale_for_all_years(panel: pd.DataFrame, asem_tree: IndicatorTree, theirs: Callable) -> None:
    """Screened, treated year by year, then placed between the lowest and the highest of all years."""
    parts, references = (
        [],
        {name: theirs(f"panel_global_{name}").reset_index() for name in ("normalised", "aggregated")},
    )
    for year, rows in panel.loc[references["aggregated"]["uCode"].unique()].groupby("Time"):
        treated = treat_outliers(rows, asem_tree).details["values"]
        parts.append(treated.set_axis([f"{unit} {year}" for unit in treated.index]))
    scored = normalise(pd.concat(parts), asem_tree, method="minmax")
    ours = {"normalised": scored.details["scores"], "aggregated": aggregate(scored, asem_tree).details["scores"]}
    for name, reference in references.items():
        reference.index = pd.Index(reference["uCode"] + " " + reference["Time"].astype(str))
        met(ours[name], reference)


def test_a_panel_on_a_scale_per_year(panel: pd.DataFrame, asem_tree: IndicatorTree, theirs: Callable) -> None:
    reference = theirs("panel_local_aggregated")
    for year, rows in panel.loc[reference.index.unique()].groupby("Time"):
        ours = compose(rows.select_dtypes("number"), asem_tree, {"treatment": {}, "normalisation": "minmax"}).scores
        met(ours, reference[reference["Time"] == year])


def test_what_no_year_knows_stays_missing(panel: pd.DataFrame, asem_tree: IndicatorTree, shared: Path) -> None:
    """The last known value carried forward: a unit without any keeps its gap, in COINr as here."""
    reference = pd.read_csv(shared / "references" / "indicators" / "coinr" / "impute_panel_latest.csv")
    codes = [code for code in reference if code in asem_tree.indicators]
    years = {int(year): rows[codes] for year, rows in panel.groupby("Time")}
    for year in sorted(years)[1:]:
        past = {earlier: years[earlier] for earlier in years if earlier < year}
        ours = impute(years[year], asem_tree, method="last", past=past, year=year).details["values"][codes]
        met(ours, reference[reference["Time"] == year].set_index("uCode"))


def test_ranks_under_another_normalisation(cells: Cells, asem_tree: IndicatorTree, theirs: Callable) -> None:
    reference = theirs("compare_minmax_vs_zscore_ranks")
    for column, normalisation in (("coin.1", "minmax"), ("coin.2", "zscore")):
        scores = compose(cells, asem_tree, {**RECIPE, "normalisation": normalisation}).scores["Index"]
        ours = pd.Series(ranks_of(scores.to_numpy()[None, :])[0], index=scores.index)
        assert ours.loc[reference.index].tolist() == reference[column].tolist()


def test_order_of_rows_does_not_change_copeland(shared: Path) -> None:
    """COINr counts a missing comparison as won by one of the two: the same units, turned over, get other scores."""
    file = shared / "references" / "indicators" / "coinr" / "edge_cases.json"
    case = json.loads(file.read_text(encoding="utf-8"))["copeland_with_na"]
    numbers = pd.DataFrame(case["X"]).to_numpy(dtype=float)
    weights = np.array(case["w"], dtype=float)
    ours, turned = copeland(numbers, numbers, weights), copeland(numbers[::-1], numbers[::-1], weights)[::-1]
    assert ours.tolist() == turned.tolist()
    assert case["coinr_order_1_2_3"] != case["coinr_order_3_2_1_back"]
    assert ours.tolist() != case["coinr_order_1_2_3"]


def test_missing_in_a_power_mean_and_goalposts(shared: Path) -> None:
    file = shared / "references" / "indicators" / "coinr" / "edge_cases.json"
    cases = json.loads(file.read_text(encoding="utf-8"))
    case = cases["genmean_with_na"]
    nodes = {"code": ["i", "a", "b", "c"], "parent": [None, "i", "i", "i"]}
    entered = pd.DataFrame([case["x"]], columns=["a", "b", "c"], dtype=float)
    result = aggregate(entered, IndicatorTree.from_frame(pd.DataFrame(nodes)), method="power", power=case["p"])
    assert case["coinr"] is None
    assert result.value == pytest.approx(case["expected_if_dropped"], abs=1e-9)
    assert result.estimates.loc[0, "coverage"] == pytest.approx(2 / 3)
