"""Silence never pays: hiding a value stays within the limits told, and lowers the coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vises_methods.indicators import Cells, IndicatorTree, compose
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
@settings(max_examples=15, deadline=None)
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
@settings(max_examples=15, deadline=None)
def test_hiding_never_raises_the_place_that_is_certain(method: str, rows: list[list[int]], silent: set[str]) -> None:
    full = compose(told(rows, set(), "refused"), TREE, {**OWN, "aggregation": method})
    gap = compose(told(rows, silent, "refused"), TREE, {**OWN, "aggregation": method})
    beaten = [
        int((composite.worst.loc["u0", "index"] > composite.best["index"].drop("u0") + 1e-9).sum())
        for composite in (full, gap)
    ]
    assert beaten[1] <= beaten[0]
