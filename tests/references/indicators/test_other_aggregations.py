"""Copeland in COINr, the capacity of Grabisch, and Compind's order and balance based means."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.indicators import IndicatorTree, aggregate, capacity_indices, normalise
from vises_methods.indicators.outranking import shares

Reader = Callable[[str], pd.DataFrame]
HERE = Path(__file__).parent


def one_heading(columns: list[str]) -> IndicatorTree:
    return IndicatorTree.from_frame(pd.DataFrame({"code": ["i", *columns], "parent": [None, *["i"] * len(columns)]}))


@pytest.mark.parametrize("weights", ["equal", "unequal"])
def test_copeland_meets_coinr(
    asem_tree: IndicatorTree, coinr: Reader, unequal_weights: dict[str, float], weights: str
) -> None:
    own = None if weights == "equal" else unequal_weights
    ours = aggregate(coinr("treated_minmax_1_100"), asem_tree, method="copeland", weights=own).details["scores"]
    theirs = coinr(f"aggregated_copeland_all_{weights}")
    np.testing.assert_array_equal(ours, theirs.loc[ours.index, ours.columns])


def test_copeland_at_the_top_meets_coinr(asem_tree: IndicatorTree, coinr: Reader) -> None:
    ours = aggregate(coinr("treated_minmax_1_100"), asem_tree, method={4: "copeland"}).details["scores"]
    theirs = coinr("aggregated_amean_copeland_top_equal")
    np.testing.assert_allclose(ours, theirs.loc[ours.index, ours.columns], atol=1e-9)


def test_outranking_matrix_meets_coinr(coinr: Reader) -> None:
    theirs = coinr("outranking_political_w123")
    scores = coinr("treated_minmax_1_100").loc[theirs.index, ["Embs", "IGOs", "UNVote"]]
    ours = shares(scores.to_numpy(), np.array([1.0, 2.0, 3.0]))
    between = ~np.eye(len(theirs), dtype=bool)
    np.testing.assert_allclose(ours[between], theirs.to_numpy()[between], atol=1e-12)
    counts = json.loads((HERE / "coinr" / "outranking_political_w123.json").read_text(encoding="utf-8"))
    pairs = len(theirs) * (len(theirs) - 1) / 2
    assert (ours[between] == 1).sum() == counts["nDominant"] == pytest.approx(counts["fracDominant"] * pairs)


def test_choquet_meets_grabisch() -> None:
    case = json.loads((HERE / "choquet.json").read_text(encoding="utf-8"))
    capacity = {"+".join(key): value for key, value in case["capacity"].items() if key != "empty"}
    students = pd.DataFrame(case["students"]).T
    ours = aggregate(students, one_heading(["M", "P", "L"]), method="choquet", capacities={"i": capacity})
    np.testing.assert_allclose(ours.details["scores"]["i"], pd.Series(case["choquet"])[students.index], atol=1e-12)
    indices = capacity_indices(capacity).estimates.set_index("subject")["estimate"]
    for name, value in {**case["shapley"], **case["interaction"]}.items():
        assert any(
            indices[subject] == pytest.approx(value, abs=1e-12)
            for subject in indices.index
            if set(subject.split("+")) == set(name)
        )


def test_mean_min_follows_its_definition() -> None:
    """Compind subtracts the same penalty in every unit; the definition takes each unit's own."""
    case = json.loads((HERE / "compind" / "edge_cases.json").read_text(encoding="utf-8"))["mean_min"]
    tree = one_heading(["a", "b", "c"])
    scaled = normalise(pd.DataFrame(case["x"]), tree, method="zscore", mean=100, sd=10)
    ours = aggregate(scaled, tree, method="mean_min", alpha=case["alpha"], beta=case["beta"]).details["scores"]["i"]
    np.testing.assert_allclose(ours, case["definition"], atol=1e-9)
    assert not np.allclose(ours, case["compind"], atol=0.1)


def test_power_mean_follows_its_definition() -> None:
    case = json.loads((HERE / "compind" / "edge_cases.json").read_text(encoding="utf-8"))["generalized_mean"]
    scores = aggregate(pd.DataFrame(case["x"]), one_heading(["a", "b", "c"]), method="power", power=case["p"])
    np.testing.assert_allclose(scores.details["scores"]["i"], case["definition"], atol=1e-9)


@pytest.mark.parametrize(
    ("places", "column"), [((1,) * 4 + (0,) * 7, "owa_worst4"), ((0,) * 7 + (1,) * 4, "owa_best4")]
)
def test_owa_meets_compind(shared: Path, places: tuple[int, ...], column: str) -> None:
    folder = shared / "references" / "indicators"
    values = pd.read_csv(folder / "data" / "bli_2017.csv", index_col=0)
    theirs = pd.read_csv(folder / "compind" / "bli_owa4.csv", index_col=0)[column]
    ours = aggregate(values, one_heading(list(values)), method="owa", order_weights=places).details["scores"]["i"]
    np.testing.assert_allclose(ours[theirs.index], theirs, atol=1e-6)


def test_geometric_mean_meets_compind(shared: Path) -> None:
    folder = shared / "references" / "indicators"
    values = pd.read_csv(folder / "data" / "bli_2017.csv", index_col=0)
    theirs = pd.read_csv(folder / "compind" / "bli_geometric_equal_raw.csv", index_col=0)["geom"]
    ours = aggregate(values, one_heading(list(values)), method="geometric").details["scores"]["i"]
    np.testing.assert_allclose(ours[theirs.index], theirs, atol=1e-6)


def balanced(scaled: pd.DataFrame) -> pd.Series:
    """Mazziotta and Pareto's mean less standard deviation times coefficient of variation, of the population."""
    return scaled.mean(axis=1) - scaled.var(axis=1, ddof=0) / scaled.mean(axis=1)


def test_mazziotta_pareto_on_roads_and_trains(shared: Path) -> None:
    values = pd.read_csv(shared / "references" / "indicators" / "data" / "eu_nuts1.csv", index_col=0)
    values = values[["roads", "trains"]]
    standard = 100 + 10 * (values - values.mean()) / values.std(ddof=0)
    stretched = 70 + 60 * (values - values.min()) / (values.max() - values.min())
    for method, scaled in (("mpi", standard), ("ampi", stretched)):
        ours = aggregate(values, one_heading(list(values)), method=method).details["scores"]["i"]
        np.testing.assert_allclose(ours, balanced(scaled), atol=1e-9)


def test_adjusted_mazziotta_pareto_around_a_reference_over_years(shared: Path) -> None:
    """100 is the Union in 2010: goalposts half a range on either side of it, for both years; less energy is better."""
    rows = pd.read_csv(shared / "references" / "indicators" / "data" / "eu_2020_employ_finalenergy.csv")
    values = rows.set_index(rows["geo"] + " " + rows["time"].astype(str))[["employ", "finalenergy"]]
    union, half = values.loc["EU (28 countries) 2010"], (values.max() - values.min()) / 2
    nodes = {"code": ["i", *values], "parent": [None, "i", "i"], "direction": [None, "higher", "lower"]}
    goals = {"min": [None, *(union - half)], "max": [None, *(union + half)]}
    tree = IndicatorTree.from_frame(pd.DataFrame({**nodes, **goals}))
    scaled = normalise(values, tree, method="goalposts", low=70, high=130, truncate=False)
    ours = aggregate(scaled, tree, method="ampi", standardise=False).details["scores"]["i"]
    assert ours["EU (28 countries) 2010"] == pytest.approx(100)
    theirs = (100 + 30 * (values - union) / half).assign(finalenergy=lambda own: 200 - own["finalenergy"])
    np.testing.assert_allclose(ours, balanced(theirs), atol=1e-9)
