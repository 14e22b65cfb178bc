"""Where the peers are at fault: one test for each fault known, that ours differs and why.

Two more stand beside the values that they concern: hiding weak indicators (``test_silence_is_seen``), the fraction of a
negative best (``test_fraction_of_best_meets_coinr_only_where_more_is_better``).
"""

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
    compose,
    normalise,
    sobol_sensitivity,
    treat_outliers,
    tuned_weights,
)
from vises_methods.indicators.outliers import log_shifted
from vises_methods.indicators.sobol import saltelli_design, sobol_indices

HERE = Path(__file__).parent


def flat(*codes: str) -> IndicatorTree:
    return IndicatorTree.from_frame(pd.DataFrame({"code": ["i", *codes], "parent": [None, *["i"] * len(codes)]}))


@pytest.fixture(scope="module")
def compind() -> dict:
    return json.loads((HERE / "compind" / "edge_cases.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def coinr_cases() -> dict:
    return json.loads((HERE / "coinr" / "edge_cases.json").read_text(encoding="utf-8"))


def test_a_missing_comparison_is_nobodys_win() -> None:
    scores = pd.DataFrame({"a": [5.0, np.nan], "b": [2.0, 2.0]}, index=["u", "v"])
    assert aggregate(scores, flat("a", "b"), method="copeland").details["scores"]["i"].tolist() == [0, 0]


@pytest.mark.parametrize("method", ["arithmetic", "geometric", "harmonic", "power", "median", "mean_min"])
def test_missing_is_missing_in_every_mean(method: str) -> None:
    """One peer counts an empty cell as zero in one mean, and leaves it out of another."""
    gaps = pd.DataFrame({"a": [40.0, 40.0], "b": [90.0, 90.0], "c": [np.nan, 0.0]}, index=["silent", "zero"])
    scores = aggregate(gaps, flat("a", "b", "c"), method=method).details["scores"]["i"]
    complete = aggregate(gaps[["a", "b"]], flat("a", "b"), method=method).details["scores"]["i"]
    assert scores["silent"] == pytest.approx(complete["silent"])
    assert scores["silent"] > scores["zero"]


def test_a_heading_whose_weights_are_all_zero_is_told_and_not_dropped() -> None:
    nodes = {"code": ["i", "p", "q", "a", "b"], "parent": [None, "i", "i", "p", "q"]}
    tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    values = pd.DataFrame({"a": [10.0], "b": [90.0]}, index=["u"])
    result = aggregate(values, tree, weights={"a": 0.0})
    rows = result.estimates.set_index("measure")
    assert rows.loc["p", "reason"] == "indicators.reasons.weights_all_zero"
    assert "indicators.notices.weights_all_zero" in [notice.code for notice in result.notices]


def test_tuned_weights_are_never_negative() -> None:
    """COINr tunes the second pillars of ASEM to weights below zero; where it stays above, we meet it."""
    scores = pd.read_csv(HERE / "coinr" / "default_aggregated.csv", index_col=0)
    case = json.loads((HERE / "coinr" / "optimised_weights.json").read_text(encoding="utf-8"))
    ours = tuned_weights(scores[case["level3"]["weights"]["iCode"]])
    rows = ours.estimates.query("measure == 'weight'")
    np.testing.assert_allclose(rows["estimate"], case["level3"]["weights"]["Weight"], atol=1e-3)
    np.testing.assert_allclose(rows["obtained"], 0.5, atol=1e-3)
    assert not ours.notices
    assert min(case["level2"]["weights"]["Weight"]) < -0.2
    pillars = tuned_weights(scores[case["level2"]["weights"]["iCode"]])
    weights = pillars.estimates.query("measure == 'weight'")
    assert weights["estimate"].min() >= 0
    reached = np.abs(weights["obtained"] - 1 / 8).max() <= 1e-3
    assert reached or [notice.code for notice in pillars.notices] == ["indicators.notices.wanted_not_reached"]


def test_mpi_by_the_population_as_published() -> None:
    """Mazziotta and Pareto define their index by the standard deviation of the population; peers take the sample's."""
    values = pd.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 1, 2]}, index=list("uvw"))
    ours = aggregate(values, flat("a", "b"), method="mpi").details["scores"]["i"]
    z = 100 + 10 * (values - values.mean()) / values.std(ddof=0)
    spread = z.std(axis=1, ddof=0)
    np.testing.assert_allclose(ours, z.mean(axis=1) - spread**2 / z.mean(axis=1), atol=1e-9)


def test_a_step_done_twice_leaves_two_records() -> None:
    """A log keyed by the name of a function keeps the last step of a kind; each of our results holds its own."""
    values = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6, 7, 90]}, index=list("stuvwxyz"))
    first = treat_outliers(values, flat("a"), max_winsorised=1)
    second = treat_outliers(first.details["values"], flat("a"), max_winsorised=0, then="none")
    assert (first.options["max_winsorised"], second.options["max_winsorised"]) == (1, 0)
    assert len(first.details["treated"]) == 1
    assert first.inputs["values"] != second.inputs["values"]
    standard = normalise(values, flat("a"), method="zscore")
    scaled = normalise(standard.details["scores"], flat("a"), method="minmax")
    assert standard.options["method"] == {"a": "zscore"}
    assert scaled.options["method"] == {"a": "minmax"}
    np.testing.assert_allclose(scaled.details["scores"], normalise(values, flat("a")).details["scores"])


def test_two_items_cannot_contradict_one_another() -> None:
    """Consistency of two items is 0 ÷ 0 in a peer; a single judgement is consistent with itself."""
    matrix = pd.DataFrame([[1, 3], [1 / 3, 1]], index=["a", "b"], columns=["a", "b"])
    rows = ahp_weights(matrix).estimates.set_index("subject")
    assert rows.loc["all", "reason"] == "indicators.reasons.cannot_contradict"
    assert rows.loc[["a", "b"], "estimate"].tolist() == pytest.approx([0.75, 0.25])


def test_bounds_of_sensitivity_let_the_variance_vary() -> None:
    """With the variance held fixed, as in a peer, an interval is not that of the index: ours lets it vary."""
    points = saltelli_design(64, 2, seed=0)
    output = (np.where(points[:, 0] > 0.9, 30.0, 0.0) + points[:, 1])[:, None]
    mass = np.random.default_rng(0).multinomial(64, np.full(64, 1 / 64), size=300) / 64
    _, free = sobol_indices(output, 64, mass)
    first, second, mixed = output[:64, 0], output[64:128, 0], output[128:192, 0]
    held = (mass @ ((first - mixed) ** 2) / 2) / np.concatenate([first, second]).var()
    widths = [np.ptp(np.quantile(drawn, [0.025, 0.975])) for drawn in (free[:, 0, 0], held)]
    assert not np.isclose(widths[0], widths[1], rtol=0.05)
    tree = IndicatorTree.from_frame(
        pd.DataFrame({"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0], "max": [None, 10, 10]})
    )
    values = pd.DataFrame({"a": [2.0, 5.0], "b": [9.0, 4.0]}, index=["u", "v"])
    choices = {"aggregation": ["arithmetic", "geometric"], "weights": [None, {"a": 3}]}
    rows = sobol_sensitivity(values, tree, None, choices, draws=64).estimates.dropna(subset="estimate")
    assert (rows["low"] <= rows["high"]).all()
    assert (rows["high"] - rows["low"]).max() > 0


def test_a_minimum_of_weights_is_never_given_a_negative_share() -> None:
    numbers = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [4.0, 3, 2, 1], "c": [1.0, 3, 2, 4]})
    assert (tuned_weights(numbers).estimates.query("measure == 'weight'")["estimate"] >= 0).all()


def test_mean_min_takes_each_units_own_penalty(compind: dict) -> None:
    case = compind["mean_min"]
    tree = flat("a", "b", "c")
    scaled = normalise(pd.DataFrame(case["x"]), tree, method="zscore", mean=100, sd=10)
    ours = aggregate(scaled, tree, method="mean_min", alpha=case["alpha"], beta=case["beta"]).details["scores"]["i"]
    np.testing.assert_allclose(ours, case["definition"], atol=1e-9)


def test_the_penalty_of_ampi_is_applied(compind: dict) -> None:
    """In a peer the sign of the penalty of AMPI is read and ignored."""
    assert compind["ampi_penalty_ignored"]
    values = pd.DataFrame({"a": [1.0, 2, 4], "b": [3.0, 1, 2]}, index=list("uvw"))
    down, up = (
        aggregate(values, flat("a", "b"), method="ampi", penalty=sign).details["scores"]["i"]
        for sign in ("negative", "positive")
    )
    assert (up > down).any()
    assert (up >= down).all()


def test_a_logarithm_transforms(coinr_cases: dict) -> None:
    """COINr's log of the GII hands three skewed values back as they were."""
    case = coinr_cases["log_GII"]
    assert case["coinr"] == case["x"]
    ours = log_shifted(np.array(case["x"], dtype=float), 1.0)
    assert not np.allclose(ours, case["x"])
    assert (np.diff(ours) > 0).all()


def test_goalposts_bound_what_lies_beyond(coinr_cases: dict) -> None:
    case = coinr_cases["goalposts"]
    nodes = {"code": ["i", "up", "down"], "parent": [None, "i", "i"], "direction": [None, "higher", "lower"]}
    tree = IndicatorTree.from_frame(pd.DataFrame({**nodes, "min": [None, 0, 0], "max": [None, 10, 10]}))
    values = pd.DataFrame({"up": [-1.0, 1, 5, 11], "down": [-1.0, 1, 5, 11]})
    scores = normalise(values, tree, method="goalposts", low=0, high=1).details["scores"]
    np.testing.assert_allclose(scores["up"], case["pos"])
    np.testing.assert_allclose(scores["down"], case["neg"])


def test_hiding_what_is_weak_raises_no_worst_case() -> None:
    nodes = {"code": ["i", *"abcd"], "parent": [None, *["i"] * 4], "min": [None, *[0] * 4], "max": [None, *[100] * 4]}
    tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    full = pd.DataFrame({"a": [80.0], "b": [10.0], "c": [20.0], "d": [30.0]}, index=["u"])
    hidden = full.assign(b=np.nan, c=np.nan, d=np.nan)
    before, after = compose(full, tree), compose(hidden, tree)
    assert after.scores.loc["u", "i"] > before.scores.loc["u", "i"]
    assert after.coverage.loc["u", "i"] == 0.25
    row = after.estimates.set_index("measure").loc["i"]
    assert row["low"] < before.scores.loc["u", "i"] < row["high"]
