"""The Handbook's tables beyond its worked steps, and what other packages rank: met by our public names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.indicators import (
    IndicatorTree,
    aggregate,
    compose,
    denominate,
    normalise,
    pca_weights,
    ranking,
    treat_outliers,
    tree_quality,
)

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def printed() -> dict:
    return json.loads((HERE / "handbook_tai.json").read_text(encoding="utf-8"))["published"]


@pytest.fixture(scope="module")
def technology() -> pd.DataFrame:
    return pd.read_csv(HERE / "data" / "tai23.csv", index_col="country")


def flat(columns: list[str], **scales: list) -> IndicatorTree:
    nodes = {"code": ["i", *columns], "parent": [None, *["i"] * len(columns)], **scales}
    return IndicatorTree.from_frame(pd.DataFrame(nodes))


def goalposts(technology: pd.DataFrame, printed: dict) -> tuple[pd.DataFrame, IndicatorTree]:
    """The values and goalposts of 2001, telephones and electricity as logarithms."""
    goals = printed["hdr2001_goalposts"]
    capped = technology.assign(electricity=technology["electricity"].clip(upper=np.log10(6969)))
    limits = {name: goals[name] for name in technology if name in goals}
    limits["telephones"] = np.log10(goals["telephones_raw_then_log10"])
    limits["electricity"] = np.log10(goals["electricity_raw_then_log10_capped"])
    ends = {end: [None, *(float(limits[name][i]) for name in technology)] for i, end in enumerate(("min", "max"))}
    return capped, flat(list(technology), **ends)


def test_table_6_correlations(technology: pd.DataFrame, printed: dict) -> None:
    tree = flat(list(technology))
    rows = tree_quality(compose(technology, tree, {"normalisation": "minmax"}), tree).estimates
    ours = rows.query("measure == 'siblings'").set_index("subject")["estimate"]
    table = printed["table6_correlation"]
    upper = {
        frozenset((one, two)): value
        for one, row in zip(table["columns"], table["upper"], strict=True)
        for two, value in zip(table["columns"][-len(row) :], row, strict=True)
        if one != two
    }
    assert len(upper) == len(ours) == 28
    for pair, value in ours.items():
        assert value == pytest.approx(upper[frozenset(str(pair).split("~"))], abs=0.021)


def test_table_8_loadings_before_rotation(technology: pd.DataFrame, printed: dict) -> None:
    ours = pca_weights(technology, components=8, rotation="none").details["loadings"].abs()
    theirs = pd.DataFrame(printed["table8_component_loadings"]).T.abs().loc[ours.index]
    np.testing.assert_allclose(ours, theirs, atol=0.0131)


def test_table_18_common_factors_by_maximum_likelihood(technology: pd.DataFrame, printed: dict) -> None:
    """Four factors leave royalties and schooling with nothing of their own: the book's fit is another of that kind.

    A fit without a proper solution depends on where it stops, so the weights agree within 0.04 and no closer.
    """
    result = pca_weights(technology, components=4, extraction="maximum_likelihood")
    ours = result.estimates.set_index("subject")["estimate"]
    theirs = pd.Series(printed["table18_ml_weights"])
    np.testing.assert_allclose(ours[theirs.index], theirs, atol=0.04)
    assert np.corrcoef(ours[theirs.index], theirs)[0, 1] > 0.9
    assert "indicators.notices.improper_factors" in [notice.code for notice in result.notices]


def test_more_factors_than_correlations_can_tell(technology: pd.DataFrame) -> None:
    result = pca_weights(technology.iloc[:, :4], components=3, extraction="maximum_likelihood")
    assert result.not_estimable is not None
    assert result.not_estimable.code == "indicators.reasons.too_many_factors"


@pytest.mark.parametrize(("weighting", "misprints"), [("EW", {}), ("FA", {1: 4}), ("BAP", {}), ("AHP", {1: 2, 2: 1})])
def test_table_23_under_four_weightings(
    technology: pd.DataFrame, printed: dict, weighting: str, misprints: dict[int, int]
) -> None:
    """The order of 23 countries; the printed weights have two decimals, so neighbours change places here and there."""
    values, tree = goalposts(technology, printed)
    weights = dict(zip(technology, printed["table22_weights"][weighting], strict=True))
    scores = aggregate(normalise(values, tree, method="goalposts"), tree, weights=weights).details["scores"]["i"]
    ours = scores.rank(ascending=False, method="min")
    apart = (ours - pd.Series(printed["table23_ranks"][weighting])).abs()
    assert apart[apart > 0].astype(int).value_counts().to_dict() == misprints


def test_table_38_geometric_mean(technology: pd.DataFrame, printed: dict) -> None:
    tree = flat(list(technology))
    scores = aggregate(technology, tree, method="geometric").details["scores"]["i"]
    assert scores.rank(ascending=False, method="min").astype(int).to_dict() == printed["table38_ranks"]["GME"]


def test_borda_as_the_handbook_counts(printed: dict) -> None:
    """Pp. 106-108: each place below gives a point; 60 and 21 indicators, some with the same order."""
    for case in ("moulin_21_indicators", "condorcet_60_indicators", "fishburn_7_indicators"):
        profile, points = printed["borda_condorcet_examples"][case]["profile"], {}
        options = sorted(profile[0][1])
        values = pd.DataFrame(
            {f"v{i}": [len(options) - order.index(unit) for unit in options] for i, (_, order) in enumerate(profile)},
            index=options,
            dtype=float,
        )
        weights = {f"v{i}": float(count) for i, (count, _) in enumerate(profile)}
        borda = normalise(values, flat(list(values)), method="borda").details["scores"]
        points = (borda * pd.Series(weights)).sum(axis=1)
        assert points.to_dict() == printed["borda_condorcet_examples"][case]["borda"]


def test_copeland_on_the_technology_index(technology: pd.DataFrame) -> None:
    reproduced = json.loads((HERE / "handbook_tai.json").read_text(encoding="utf-8"))["reproduced_here"]
    scores = aggregate(technology, flat(list(technology)), method="copeland").details["scores"]["i"]
    assert scores.to_dict() == reproduced["copeland_equal_weights"]


def test_pydecision_orders(shared: Path) -> None:
    """Its Borda sums ranks, 1 the best; its Copeland adds up wins less losses, indicator by indicator."""
    folder = shared / "references" / "indicators"
    values = pd.read_csv(folder / "data" / "bli_2017.csv", index_col=0)
    theirs = json.loads((folder / "mcdm_weights_ranking.json").read_text(encoding="utf-8"))
    borda = normalise(values, flat(list(values)), method="borda").details["scores"]
    order = pd.Series(theirs["pyDecision.borda_method"], index=values.index)
    assert np.corrcoef(borda.sum(axis=1), order)[0, 1] < -0.999
    single = sum(aggregate(values[[name]], flat([name]), method="copeland").details["scores"]["i"] for name in values)
    assert np.corrcoef(single, pd.Series(theirs["pyDecision.copeland_method"], index=values.index))[0, 1] > 0.999


def test_box_cox_and_winsorising_meet_coinr() -> None:
    case = json.loads((HERE / "coinr" / "transform_functions.json").read_text(encoding="utf-8"))
    values = pd.DataFrame({"Flights": case["input"]})
    for power, name in ((0.5, "boxcox_l0.5"), (0.0, "boxcox_l0")):
        ours = treat_outliers(values, flat(["Flights"]), power=power, exceptions={"Flights": "boxcox"})
        np.testing.assert_allclose(ours.details["values"]["Flights"], case[name], atol=1e-9)
    drawn = treat_outliers(values, flat(["Flights"]))
    np.testing.assert_allclose(drawn.details["values"]["Flights"], case["winsorise"], atol=1e-9)
    assert drawn.estimates.loc[0, "winsorised"] == case["nwin"]


def test_correlations_with_denominators(asem_data: pd.DataFrame, asem_tree: IndicatorTree) -> None:
    theirs = pd.read_csv(HERE / "coinr" / "denominator_corr_07.csv")
    table = denominate(asem_data, asem_tree).details["correlations"]
    strong = table[table["correlation"].abs() > 0.7].set_index(["indicator", "denominator"])["correlation"]
    assert set(strong.index) == set(theirs[["Ind", "Denom"]].itertuples(index=False, name=None))
    for code, name, value in theirs.itertuples(index=False):
        assert strong[(code, name)] == pytest.approx(value, abs=0.0051)


def test_one_country_as_coinr_sums_it_up(asem_tree: IndicatorTree, asem_data: pd.DataFrame, shared: Path) -> None:
    theirs = pd.read_csv(shared / "references" / "indicators" / "coinr" / "unit_summary_IND.csv", index_col="Code")
    filled = pd.read_csv(HERE / "coinr" / "default_imputed.csv", index_col=0).loc[asem_data.index]
    composite = compose(filled, asem_tree, {"treatment": {}, "normalisation": "minmax"})
    for code, row in theirs.iterrows():
        assert composite.scores.loc["IND", str(code)] == pytest.approx(row["Score"], abs=1e-9)
        places = ranking(composite, node=str(code)).estimates.set_index("subject")["estimate"]
        assert places["IND"] == row["Rank"]
