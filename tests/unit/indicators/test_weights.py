"""Weights down the tree."""

from __future__ import annotations

import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import IndicatorTree, effective_weights
from vises_methods.indicators.weights import resolved_weights


def test_shares_multiply_down_the_tree(tree: IndicatorTree) -> None:
    table = effective_weights(tree, weights={"work": 3}).details["weights"].set_index("code")
    assert table.loc["jobs", "effective"] == pytest.approx(0.75 / 3)
    assert table.loc["trust", ["weight", "effective"]].tolist() == [0.5, 0.125]
    assert table.loc[["jobs", "turnover", "board", "events", "trust"], "effective"].sum() == pytest.approx(1)


def test_a_neutral_indicator_has_a_reason_in_place_of_a_weight(tree: IndicatorTree) -> None:
    rows = effective_weights(tree).estimates.set_index("subject")
    assert rows.loc["fte", "reason"] == "indicators.reasons.neutral"
    zero = effective_weights(tree, weights={"events": 0, "trust": 0}).estimates.set_index("subject")
    assert zero.loc["trust", "reason"] == "indicators.reasons.weights_all_zero"


def test_named_sets(tree: IndicatorTree) -> None:
    named = IndicatorTree(tree.nodes, {"users": {"work": 1, "ties": 4}})
    assert resolved_weights(named, "users")["ties"] == 4
    assert resolved_weights(named, "equal")["ties"] == 1
    assert resolved_weights(named, "equal")["fte"] == 0
    with pytest.raises(InputError, match="partners"):
        resolved_weights(named, "partners")


def test_a_weight_on_a_neutral_indicator_is_refused(tree: IndicatorTree) -> None:
    with pytest.raises(InputError, match="never scored"):
        effective_weights(tree, weights={"fte": 1})


def test_several_roots_have_a_whole_each() -> None:
    frame = pd.DataFrame({"code": ["A", "B", "a", "b"], "parent": [None, None, "A", "B"]})
    table = effective_weights(IndicatorTree.from_frame(frame)).details["weights"]
    assert table["effective"].tolist() == [1, 1, 1, 1]
