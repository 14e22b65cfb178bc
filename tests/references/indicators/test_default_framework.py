"""The default framework, from its draft: it is sound, and a whole composite can be made on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from vises_methods.indicators import Cells, IndicatorTree, compose, effective_weights, profile


def test_the_draft_is_sound_and_can_be_scored(shared: Path) -> None:
    tree = IndicatorTree.from_yaml(shared / "drafts" / "framework.yml")
    assert (tree.top_level, len(tree.roots), len(tree.indicators)) == (3, 6, 45)
    assert tree.node("A1.2").direction == "range"
    assert tree.node("C1.1").groups == {"G1"}
    assert not {"A2.1", "C3.3", "E2.2"}.intersection(tree.scored_indicators)
    assert effective_weights(tree, weights="example_users").estimates["estimate"].max() == 1.0

    draws = np.random.default_rng(1).uniform(1, 5, size=(6, 45))
    numbers = pd.DataFrame(draws, index=[f"e{i}" for i in range(6)], columns=list(tree.indicators))
    numbers.loc["e0", ["A1.1", "B2.4"]] = np.nan
    groups = pd.Series(["G1", "G2", "G3"] * 2, index=numbers.index)
    cells = Cells.from_frame(numbers, groups=groups)
    composite = compose(cells, tree)
    assert composite.coverage.loc["e1", "C1"] == 1.0
    assert composite.coverage.loc["e0", "A1"] == 0.75
    reasons = composite.estimates.set_index(["measure", "subject"])["reason"]
    assert reasons["C1", "e2"] == "indicators.reasons.not_applicable"
    assert len(profile(cells, tree, unit="e0").estimates) == 45
