"""Silence never pays: hiding a value stays within the limits told, and lowers the coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vises_methods.indicators import Cells, IndicatorTree, compose, decompose_change, ranking, removal, uncertainty
from vises_methods.indicators.aggregation_methods import METHODS
from vises_methods.indicators.cells import REASONS

TREE = IndicatorTree.from_frame(
    pd.DataFrame(
        {
            "code": ["index", "p", "q", "p1", "p2", "p3", "q1", "q2"],
            "parent": [None, "index", "index", "p", "p", "p", "q", "q"],
            "direction": [None, None, None, "higher", "lower", "higher", "higher", "lower"],
            "weight": [1, 2, 1, 1, 3, 1, 1, 1],
            "min": [None, None, None, 0, 0, 0, 0, 0],
            "max": [None, None, None, 10, 10, 10, 10, 10],
        }
    )
)
LEAVES = list(TREE.indicators)
OWN = {"low": 1.0, "standardise": False, "order_weights": (3, 2, 1)}
tables = st.lists(st.lists(st.integers(0, 10), min_size=5, max_size=5), min_size=3, max_size=5)
hidden = st.sets(st.sampled_from(LEAVES), min_size=1, max_size=4)


def told(rows: list[list[int]], silent: set[str], reason: str) -> Cells:
    values = pd.DataFrame(rows, columns=LEAVES, index=[f"u{i}" for i in range(len(rows))], dtype=float)
    states = pd.DataFrame("reported", index=values.index, columns=LEAVES, dtype=object)
    for code in silent:
        values.loc["u0", code] = np.nan
        states.loc["u0", code] = reason
    return Cells(values, states)


@pytest.mark.parametrize("method", sorted(METHODS))
@given(rows=tables, silent=hidden, reason=st.sampled_from(REASONS), threshold=st.sampled_from([0.0, 0.5]))
@settings(max_examples=10, deadline=None)
def test_hiding_stays_within_the_limits(
    method: str, rows: list[list[int]], silent: set[str], reason: str, threshold: float
) -> None:
    recipe = {**OWN, "aggregation": method, "min_coverage": threshold}
    full = compose(told(rows, set(), reason), TREE, recipe)
    gap = compose(told(rows, silent, reason), TREE, recipe)
    slack = 1e-9
    for node in ("p", "q", "index"):
        concerned = silent.intersection(TREE.descendants(node))
        worst, best = gap.worst.loc["u0", node], gap.best.loc["u0", node]
        for score in (full.scores.loc["u0", node], gap.scores.loc["u0", node]):
            assert not score < worst - slack
            assert not score > best + slack
        assert (gap.coverage.loc["u0", node] < full.coverage.loc["u0", node]) == bool(concerned)


@pytest.mark.parametrize("method", sorted(METHODS))
@given(rows=tables, silent=hidden)
@settings(max_examples=10, deadline=None)
def test_hiding_never_raises_the_place_that_is_certain(method: str, rows: list[list[int]], silent: set[str]) -> None:
    full = compose(told(rows, set(), "refused"), TREE, {**OWN, "aggregation": method})
    gap = compose(told(rows, silent, "refused"), TREE, {**OWN, "aggregation": method})
    beaten = [
        int((composite.worst.loc["u0", "index"] > composite.best["index"].drop("u0") + 1e-9).sum())
        for composite in (full, gap)
    ]
    assert beaten[1] <= beaten[0]


@given(rows=tables, silent=hidden, reason=st.sampled_from(REASONS), filled=st.sampled_from([None, "mean", "median"]))
@settings(max_examples=25, deadline=None)
def test_hiding_never_raises_the_place_in_an_order(
    rows: list[list[int]], silent: set[str], reason: str, filled: str | None
) -> None:
    """Nor does a filled gap: an imputed value is not a reported one."""
    full = ranking(compose(told(rows, set(), reason), TREE), node="index").estimates.set_index("subject")
    composite = compose(told(rows, silent, reason), TREE, {"imputation": filled})
    gap = ranking(composite, node="index").estimates.set_index("subject")
    if np.isnan(gap.loc["u0", "estimate"]):
        assert gap.loc["u0", "coverage"] == 0
    else:
        assert gap.loc["u0", "estimate"] >= full.loc["u0", "estimate"]
        assert gap.loc["u0", "low"] <= full.loc["u0", "estimate"] <= gap.loc["u0", "high"]
    assert gap.loc["u0", "coverage"] < full.loc["u0", "coverage"] == 1


@pytest.mark.parametrize("reason", REASONS)
def test_silence_is_seen_in_every_result(reason: str) -> None:
    """Uncertainty, removal and change all carry the coverage, or count the unit out."""
    rows = [[1, 9, 1, 9, 1], [5, 5, 5, 5, 5], [9, 1, 9, 1, 9]]
    full, gap = told(rows, set(), reason), told(rows, {"p1", "p2", "p3"}, reason)
    choices = {"aggregation": ["arithmetic", "geometric"]}
    run = uncertainty(gap, TREE, {"low": 1.0}, choices, draws=10).estimates.set_index(["measure", "subject"])
    assert run.loc[("index", "u0"), "coverage"] == pytest.approx(1 / 3)
    assert run.loc[("p", "u0"), "n"] == 0
    assert run.loc[("p", "u0"), "reason"] == "indicators.reasons.nothing_reported"
    assert removal(gap, TREE, level=2).estimates.set_index("subject").loc["q", "n"] == 2
    change = decompose_change(full, gap, TREE).estimates.set_index(["measure", "subject", "node"])
    assert change.loc[("coverage", "u0", "index"), "estimate"] == pytest.approx(
        change.loc[("total", "u0", "index"), "estimate"]
    )
    assert change.loc[("total", "u0", "index"), "coverage"] == pytest.approx(1 / 3)
