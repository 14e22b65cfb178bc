"""OECD/JRC (2008), Handbook on Constructing Composite Indicators: the worked example on technology achievement."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.indicators import (
    IndicatorTree,
    aggregate,
    ahp_weights,
    bod_scores,
    cronbach_alpha,
    normalise,
    pca_weights,
)
from vises_methods.indicators.outranking import shares

REFERENCES = Path(__file__).parents[1] / "references" / "indicators"
ROUNDING = 0.0051


@pytest.fixture(scope="module")
def printed() -> dict:
    return json.loads((REFERENCES / "handbook_tai.json").read_text(encoding="utf-8"))["published"]


@pytest.fixture(scope="module")
def technology() -> pd.DataFrame:
    return pd.read_csv(REFERENCES / "data" / "tai23.csv", index_col="country")


@pytest.fixture(scope="module")
def tree(technology: pd.DataFrame) -> IndicatorTree:
    codes = ["index", *technology.columns]
    return IndicatorTree.from_frame(pd.DataFrame({"code": codes, "parent": [None, *["index"] * 8]}))


@pytest.mark.parametrize(
    ("column", "method", "options", "tolerance"),
    [
        ("rank_high_is_top", "rank", {}, 0),
        ("zscore", "zscore", {}, ROUNDING),
        ("minmax", "minmax", {"low": 0, "high": 1}, ROUNDING),
        ("ratio_to_mean", "reference", {"reference": "mean"}, ROUNDING),
        ("ratio_to_best", "fraction_of_best", {}, ROUNDING),
        ("ratio_to_best", "reference", {"reference": "best"}, ROUNDING),
        ("ratio_to_worst", "reference", {"reference": "worst"}, ROUNDING),
        ("difference_mean", "reference", {"reference": "mean", "form": "difference"}, ROUNDING),
        ("difference_worst", "reference", {"reference": "worst", "form": "difference"}, ROUNDING),
        ("categorical", "categorical", {}, 0),
    ],
)
def test_table_15(
    technology: pd.DataFrame,
    tree: IndicatorTree,
    printed: dict,
    column: str,
    method: str,
    options: dict,
    tolerance: float,
) -> None:
    """Table 15, p. 88: mean years of schooling, normalised in the ways of pp. 83-88."""
    ours = normalise(technology, tree, method=method, **options).details["scores"]["schooling"]
    theirs = pd.Series(printed["table15_schooling"]["columns"][column])
    np.testing.assert_allclose(ours[theirs.index], theirs, atol=tolerance, rtol=0)


def test_table_11_cronbach(technology: pd.DataFrame, printed: dict) -> None:
    """P. 73 and table 11: alpha 0.70; alpha without each indicator, and its correlation with the others' sum."""
    result = cronbach_alpha(technology)
    assert result.value == pytest.approx(0.70, abs=ROUNDING)
    without = result.estimates[result.estimates["measure"] == "alpha_if_deleted"].set_index("subject")
    for name, row in printed["table11_alpha_if_deleted"].items():
        assert without.loc[name, "estimate"] == pytest.approx(row["alpha"], abs=0.0016)
        assert without.loc[name, "item_total"] == pytest.approx(row["item_total"], abs=0.006)


def test_geometric_mean_rewards_the_weak_spot() -> None:
    """P. 104: (21, 1, 1, 1) and (6, 6, 6, 6) have the same arithmetic mean and unlike geometric ones.

    The book cuts its second decimal instead of rounding it: 2.5457 is printed 2.54, and 6.2357 is printed 6.23.
    """
    tree = IndicatorTree.from_frame(pd.DataFrame({"code": ["index", *"abcd"], "parent": [None, *["index"] * 4]}))
    rows = [[21, 1, 1, 1], [6, 6, 6, 6], [21, 2, 1, 1], [6, 7, 6, 6]]
    scores = pd.DataFrame(rows, columns=list("abcd"), index=["one", "two", "one plus", "two plus"])
    assert aggregate(scores, tree).details["scores"]["index"].tolist()[:2] == [6, 6]
    geometric = aggregate(scores, tree, method="geometric").details["scores"]["index"]
    np.testing.assert_allclose(geometric, [2.14, 6, 2.54, 6.23], atol=0.0099)


def test_table_23_equal_weights(technology: pd.DataFrame, printed: dict) -> None:
    """Table 23, p. 101: the order of 23 countries under equal weights, between the goalposts of the report of 2001."""
    goals = printed["hdr2001_goalposts"]
    capped = technology.assign(electricity=technology["electricity"].clip(upper=np.log10(6969)))
    limits = {name: goals[name] for name in technology if name in goals}
    limits["telephones"] = np.log10(goals["telephones_raw_then_log10"])
    limits["electricity"] = np.log10(goals["electricity_raw_then_log10_capped"])
    nodes = pd.DataFrame({"code": ["index", *technology.columns], "parent": [None, *["index"] * 8]})
    nodes["min"] = [None, *(float(limits[name][0]) for name in technology)]
    nodes["max"] = [None, *(float(limits[name][1]) for name in technology)]
    framed = IndicatorTree.from_frame(nodes)
    scores = aggregate(normalise(capped, framed, method="goalposts"), framed).details["scores"]["index"]
    ranks = scores.rank(ascending=False, method="min")
    assert ranks.astype(int).to_dict() == printed["table23_ranks"]["EW"]


def test_tables_7_9_and_18_principal_components(technology: pd.DataFrame, printed: dict) -> None:
    """Pp. 63-68 and 89-91: eigenvalues, rotated loadings of four components, and the weights drawn from them."""
    result = pca_weights(technology)
    percent = result.details["eigenvalues"]["share"] * 100
    np.testing.assert_allclose(percent, printed["table7_eigenvalues"]["percent"], atol=0.12)
    loadings = result.details["loadings"].abs()
    theirs = pd.DataFrame(printed["table9_varimax_loadings_4_factors"]).T.abs().loc[loadings.index]
    order = [int(loadings.sub(theirs[column], axis=0).abs().sum().argmin()) for column in theirs]
    assert sorted(order) == [0, 1, 2, 3]
    np.testing.assert_allclose(loadings.iloc[:, order], theirs, atol=0.013)
    weights = result.estimates.set_index("subject")["estimate"]
    expected = pd.Series(printed["table18_pc_weights"])
    np.testing.assert_allclose(weights[expected.index], expected, atol=0.015)


def test_table_19_benefit_of_the_doubt(technology: pd.DataFrame, printed: dict) -> None:
    """Table 19, p. 93: weights between 10 and 15 per cent, on indicators between 0 and 1."""
    scaled = (technology - technology.min()) / (technology.max() - technology.min())
    scores = bod_scores(scaled, shares=(0.10, 0.15), limits_on="weight").estimates.set_index("subject")["estimate"]
    theirs = pd.Series(printed["table19_bod_scores"])
    np.testing.assert_allclose(scores[theirs.index], theirs, atol=0.01)


def test_table_20_ahp(printed: dict) -> None:
    """Table 20, p. 97: judgements on eight indicators; they are consistent."""
    names = ["patents", "royalties", "internet", "exports", "telephones", "electricity", "schooling", "university"]
    matrix = pd.DataFrame(printed["table20_ahp_matrix"], index=names, columns=names)
    rows = ahp_weights(matrix).estimates.set_index("subject")["estimate"]
    assert rows[names].sum() == pytest.approx(1)
    assert rows[names].idxmax() == "schooling"
    assert rows["all"] == pytest.approx(0.0214, abs=0.0001)


def test_table_41_without_telephones_and_electricity(technology: pd.DataFrame, printed: dict) -> None:
    """Table 41: what the order becomes without two indicators, between the extremes of the goalposts of 2001."""
    goals = printed["hdr2001_goalposts"]
    kept = [name for name in technology if name in goals]
    nodes = pd.DataFrame({"code": ["index", *kept], "parent": [None, *["index"] * len(kept)]})
    nodes["min"] = [None, *(float(goals[name][0]) for name in kept)]
    nodes["max"] = [None, *(float(goals[name][1]) for name in kept)]
    framed = IndicatorTree.from_frame(nodes)
    scores = aggregate(normalise(technology, framed, method="goalposts"), framed).details["scores"]["index"]
    ranks = scores.rank(ascending=False, method="min").astype(int)
    assert ranks.to_dict() == printed["table41_ranks_without_telephones_electricity"]


def test_pp_108_114_outranking_of_five_countries(printed: dict) -> None:
    """Table 36: the share of weight on which each of five countries is better than another; ties counted half."""
    case = printed["table35_36_37_five_countries"]
    scores = pd.DataFrame(case["data"]).T.to_numpy(dtype=float)
    matrix = shares(scores, np.ones(8))
    np.fill_diagonal(matrix, 0)
    theirs = np.array(case["outranking"])
    np.testing.assert_allclose(matrix, theirs)
