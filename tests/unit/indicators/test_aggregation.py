"""Aggregation: coverage, limits and reasons beside every score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import IndicatorTree, aggregate, normalise
from vises_methods.indicators.aggregation_methods import METHODS
from vises_methods.indicators.outranking import copeland, copeland_by_heading, copeland_limits


def flat(count: int) -> IndicatorTree:
    codes = [f"a{i}" for i in range(count)]
    return IndicatorTree.from_frame(pd.DataFrame({"code": ["index", *codes], "parent": [None, *["index"] * count]}))


def row(*scores: float | None) -> pd.DataFrame:
    return pd.DataFrame([scores], columns=[f"a{i}" for i in range(len(scores))], index=["u"], dtype=float)


@pytest.mark.parametrize(
    ("method", "expected"), [("arithmetic", 4.0), ("geometric", 8 ** (2 / 3)), ("harmonic", 3 / 0.875), ("median", 4.0)]
)
def test_means(method: str, expected: float) -> None:
    numbers = {"arithmetic": (2, 4, 6), "geometric": (2, 4, 8), "harmonic": (2, 4, 8), "median": (9, 2, 4)}[method]
    assert aggregate(row(*numbers), flat(3), method=method).value == pytest.approx(expected)


def test_weighted_median() -> None:
    tree = flat(4)
    assert aggregate(row(1, 2, 3, 10), tree, method="median").value == 2.5
    assert aggregate(row(1, 2, 3, 10), tree, method="median", weights={"a3": 9}).value == 10
    assert aggregate(row(1, None, 3, None), tree, method="median").value == 2


@pytest.mark.parametrize("method", ["geometric", "harmonic"])
def test_a_zero_and_a_negative_score_in_a_mean(method: str) -> None:
    with_zero = aggregate(row(0, 50, None), flat(3), method=method)
    assert with_zero.value == 0
    assert "indicators.notices.zero_in_mean" in [notice.code for notice in with_zero.notices]
    negative = aggregate(row(-1, 50, 60), flat(3), method=method)
    assert negative.value is None
    assert negative.estimates["reason"].iloc[0] == "indicators.reasons.not_defined"
    assert aggregate(row(-1, 50, 60), flat(3), method=method, weights={"a0": 0}).value is not None


def test_missing_is_missing_in_every_mean() -> None:
    """A peer counts an empty cell as zero in one mean and leaves it out of another."""
    for method in METHODS:
        own = {"method": method, "standardise": False, "order_weights": (2, 1)}
        full, gap = aggregate(row(4, 4), flat(2), **own), aggregate(row(4, 4, None), flat(3), **own)
        assert gap.value == pytest.approx(full.value)
        assert gap.estimates["coverage"].iloc[0] == pytest.approx(2 / 3)


def test_coverage_and_limits_go_by_weight() -> None:
    result = aggregate(row(80, None), flat(2), weights={"a0": 1, "a1": 3}, limits=(0, 100))
    assert result.estimates.loc[0, ["estimate", "low", "high", "coverage", "n"]].tolist() == [80, 20, 95, 0.25, 1]


def test_below_the_threshold_there_is_a_reason(values: pd.DataFrame, tree: IndicatorTree) -> None:
    scored = normalise(values, tree, method="framework")
    result = aggregate(scored, tree, min_coverage=0.6)
    rows = result.estimates.set_index(["measure", "subject"])
    assert rows.loc[("ties", "cedar"), "reason"] == "indicators.reasons.coverage_below_threshold"
    assert rows.loc[("index", "cedar"), "reason"] == "indicators.reasons.coverage_below_threshold"
    assert rows.loc[("index", "cedar"), "coverage"] == 0.5
    assert rows.loc[("index", "alder"), "coverage"] == 1.0


def test_dropping_a_weak_half_silent_heading_lifts_no_score_above_what_is_possible() -> None:
    nodes = {"code": ["index", "p", "q", "p1", "p2", "q1"], "parent": [None, "index", "index", "p", "p", "q"]}
    tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    scores = pd.DataFrame({"p1": [0.0], "p2": [None], "q1": [90.0]}, index=["u"], dtype=float)
    result = aggregate(scores, tree, min_coverage=0.5, limits=(0, 100))
    assert result.value == pytest.approx((0 / 2 + 90) / 2)
    strict = aggregate(scores, tree, min_coverage=0.5, limits=(0, 100), weights={"q": 2, "p": 1, "p1": 2, "p2": 3})
    assert strict.value == strict.high == pytest.approx((60 + 2 * 90) / 3)


def test_a_group_without_weight_is_told_and_counts_as_missing() -> None:
    """A peer drops it without a word."""
    nodes = {"code": ["index", "p", "q", "p1", "q1"], "parent": [None, "index", "index", "p", "q"]}
    tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    result = aggregate(pd.DataFrame({"p1": [10.0], "q1": [90.0]}, index=["u"]), tree, weights={"p1": 0})
    rows = result.estimates.set_index("measure")
    assert rows.loc["p", "reason"] == "indicators.reasons.weights_all_zero"
    assert rows.loc["index", ["estimate", "coverage"]].tolist() == [90, 0.5]
    assert "indicators.notices.weights_all_zero" in [notice.code for notice in result.notices]


def test_a_heading_with_nothing_to_score_is_told(nodes: pd.DataFrame, values: pd.DataFrame) -> None:
    nodes["direction"] = [None, None, None, *["higher", "lower", "range", "neutral"], "neutral", "neutral"]
    result = aggregate(normalise(values, IndicatorTree.from_frame(nodes)), IndicatorTree.from_frame(nodes))
    assert list(result.details["scores"]) == ["work", "index"]
    assert "under: ties" in result.notices[-1].sentence("en")


def test_a_method_per_level(values: pd.DataFrame, tree: IndicatorTree) -> None:
    scored = normalise(values, tree, method="framework")
    mixed = aggregate(scored, tree, method={2: "geometric"}).details["scores"]
    geometric = aggregate(scored, tree, method="geometric").details["scores"]
    assert mixed.loc["alder", "work"] == geometric.loc["alder", "work"]
    assert mixed.loc["alder", "index"] == pytest.approx(mixed.loc["alder", ["work", "ties"]].mean())


def test_states_may_come_with_a_frame() -> None:
    states = pd.DataFrame([["reported", "not_applicable"]], columns=["a0", "a1"], index=["u"])
    ruled = pd.DataFrame({"code": ["i", "a0", "a1"], "parent": [None, "i", "i"], "groups": [None, None, "G1"]})
    result = aggregate(row(80, None), IndicatorTree.from_frame(ruled), states=states, limits=(0, 100))
    assert result.estimates.loc[0, ["estimate", "low", "high", "coverage"]].tolist() == [80, 80, 80, 1]
    nothing = pd.DataFrame("not_applicable", columns=["a0", "a1"], index=["u"])
    both = IndicatorTree.from_frame(
        pd.DataFrame({"code": ["i", "a0", "a1"], "parent": [None, "i", "i"], "groups": "G1"})
    )
    empty = aggregate(row(None, None), both, states=nothing)
    assert empty.estimates["reason"].tolist() == ["indicators.reasons.not_applicable"]
    silent = aggregate(row(None, None), flat(2), limits=(0, 100))
    assert silent.estimates["reason"].tolist() == ["indicators.reasons.nothing_reported"]
    assert silent.estimates.loc[0, ["low", "high"]].tolist() == [0, 100]


def test_scores_are_the_same_whatever_the_order_of_rows_and_columns(values: pd.DataFrame, tree: IndicatorTree) -> None:
    for method in METHODS:
        own = {"method": method, "order_weights": (3, 2, 1)}
        there = aggregate(normalise(values, tree), tree, **own).details["scores"]
        back = aggregate(normalise(values.iloc[::-1, ::-1], tree), tree, **own).details["scores"]
        np.testing.assert_allclose(there, back.loc[there.index, there.columns])


@pytest.mark.parametrize(
    "options",
    [
        {"method": "magic"},
        {"method": {7: "arithmetic"}},
        {"min_coverage": 1.5},
        {"limits": (1, 1)},
        {"weights": {"absent": 1}},
        {"weights": {"a0": -1}},
        {"weights": "nobody"},
        {"method": "owa"},
        {"method": "owa", "order_weights": (1, -1)},
        {"method": "mpi", "penalty": "none"},
        {"method": "copeland", "indifference": -1},
        {"method": "mean_min", "alpha": 2},
        {"capacities": {"index": {"a0": 0.5, "a1": 0.5}}},
        {"capacities": {"index": {"a0": 0.5, "a1": 0.5, "a0+a1": 2}}},
        {"capacities": {"index": {"a0": 1.5, "a1": 0.5, "a0+a1": 1}}},
    ],
)
def test_options_that_do_not_exist_are_refused(options: dict) -> None:
    with pytest.raises(InputError) as error:
        aggregate(row(1, 2), flat(2), **options)
    assert error.value.message("fr")


def test_a_frame_without_any_indicator_is_refused() -> None:
    with pytest.raises(InputError, match="at least one indicator"):
        aggregate(pd.DataFrame({"x": [1.0]}), flat(2))


def test_mean_min_lies_between_the_mean_and_the_weakest() -> None:
    numbers = row(2, 4, 9)
    assert aggregate(numbers, flat(3), method="mean_min", alpha=0).value == 5
    assert aggregate(numbers, flat(3), method="mean_min", alpha=1, beta=0).value == 2


def test_owa_gives_weights_to_places_and_bears_gaps_and_groups_of_any_size() -> None:
    worst = {"method": "owa", "order_weights": (1, 0, 0)}
    assert aggregate(row(9, 2, 4), flat(3), **worst).value == 2
    assert aggregate(row(9, None, 4), flat(3), **worst).value == pytest.approx((4 + 0.5 * 0 * 9) * 1)
    even = {"method": "owa", "order_weights": (1, 1)}
    assert aggregate(row(9, 2, 4), flat(3), weights={"a0": 2}, **even).value == pytest.approx((18 + 2 + 4) / 4)


def test_choquet_is_additive_without_a_capacity_and_bears_a_gap() -> None:
    capacities = {"index": {"a0": 0.2, "a1": 0.4, "a1+a0": 1}}
    assert aggregate(row(2, 6), flat(2), method="choquet").value == 4
    assert aggregate(row(2, 6), flat(2), method="choquet", capacities=capacities).value == pytest.approx(2 + 4 * 0.4)
    assert aggregate(row(2, None), flat(2), method="choquet", capacities=capacities).value == 2


def pairs(*rows: tuple[float | None, ...]) -> pd.DataFrame:
    columns = [f"a{i}" for i in range(len(rows[0]))]
    return pd.DataFrame(rows, columns=columns, index=list("uvw")[: len(rows)], dtype=float)


def test_a_missing_comparison_is_no_win() -> None:
    """A peer counts it as one, so that the order of the rows changes the scores."""
    scores = pairs((1, 3, 2), (2, None, 2), (3, 1, None))
    expected = {"u": -1.0, "v": 0.0, "w": 1.0}
    for order in (list("uvw"), list("wvu"), list("vuw")):
        result = aggregate(scores.loc[order], flat(3), method="copeland", limits=(0, 9)).details
        assert result["scores"]["index"].to_dict() == expected
        assert (result["worst"]["index"] <= result["scores"]["index"]).all()
        assert (result["best"]["index"] >= result["scores"]["index"]).all()


def test_thresholds_of_outranking() -> None:
    scores = pairs((5, 5, 0), (4, 4, 9))
    assert aggregate(scores, flat(3), method="copeland").details["scores"]["index"].tolist() == [1, -1]
    near = aggregate(scores, flat(3), method="copeland", indifference=1).details["scores"]["index"]
    assert near.tolist() == [-1, 1]
    vetoed = aggregate(scores, flat(3), method="copeland", veto=5).details["scores"]["index"]
    assert vetoed.tolist() == [0, 0]


def test_the_penalty_falls_on_imbalance() -> None:
    scores = pairs((70, 130, 100), (100, 100, 100), (130, 70, 130))
    lowered = aggregate(scores, flat(3), method="ampi", standardise=False).details["scores"]["index"]
    raised = aggregate(scores, flat(3), method="ampi", standardise=False, penalty="positive").details["scores"]["index"]
    assert lowered["v"] == pytest.approx(100) == raised["v"]
    assert lowered["u"] == pytest.approx(100 - 600 / 100)
    assert raised["u"] == pytest.approx(100 + 600 / 100)


def test_mpi_uses_the_standard_deviation_of_the_population() -> None:
    """Mazziotta and Pareto divide by n; a peer divides by n - 1."""
    scores = pairs((1, 10), (2, 30), (3, 20))
    z = 100 + 10 * (scores - scores.mean()) / scores.std(ddof=0)
    mean, deviation = z.mean(axis=1), z.std(axis=1, ddof=0)
    ours = aggregate(scores, flat(2), method="mpi").details["scores"]["index"]
    np.testing.assert_allclose(ours, mean - deviation**2 / mean)
    alike = aggregate(pairs((4, 1), (4, 2)), flat(2), method="mpi").details["scores"]["index"]
    np.testing.assert_allclose(alike, [95 - 25 / 95, 105 - 25 / 105])


@pytest.mark.parametrize("veto", [None, 3.0])
def test_one_comparison_gives_both_limits_of_copeland(veto: float | None) -> None:
    draws = np.random.default_rng(0)
    low = draws.uniform(0, 5, (7, 3))
    low[2, 1] = np.nan
    high, weights = low + draws.uniform(0, 2, (7, 3)), np.array([1.0, 2.0, 0.5])
    worst, best = copeland_limits(low, high, weights, 0.2, veto)
    assert worst.tolist() == copeland(low, high, weights, 0.2, veto).tolist()
    assert best.tolist() == copeland(high, low, weights, 0.2, veto).tolist()


@pytest.mark.parametrize("indifference", [0.0, 0.25])
def test_copeland_of_all_headings_at_once_is_that_of_each(indifference: float) -> None:
    """Headings of one to five children, unequal weights and none, ties and gaps; faint differences go the long way."""
    random = np.random.default_rng(5)
    low = random.integers(0, 6, (30, 12)) / 4
    low[random.random(low.shape) < 0.2] = np.nan
    high = low + (random.random(low.shape) < 0.3)
    membership = np.repeat([[0, 1, 2, 3]], [1, 2, 4, 5], axis=1)[0][:, None] == np.arange(4)
    weights = membership * random.choice([0.0, 0.1, 0.2, 0.3, 1 / 3], 12)[:, None]
    for upper in (low, high):
        worst, best = copeland_by_heading(low, upper, weights, membership, indifference)
        for heading in range(4):
            own = membership[:, heading]
            one = copeland_limits(low[:, own], upper[:, own], weights[own, heading], indifference)
            np.testing.assert_array_equal(worst[:, heading], one[0])
            np.testing.assert_array_equal(best[:, heading], one[1])
    faint = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert copeland_by_heading(faint, faint, np.array([[1.0], [1 + 1e-14]]), np.ones((2, 1), dtype=bool)) is None
    assert copeland_by_heading(np.zeros((900, 2)), np.zeros((900, 2)), np.ones((2, 1)), np.ones((2, 1), bool)) is None
