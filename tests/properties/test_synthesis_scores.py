"""What must hold of the scores of an enterprise whatever its values are."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vises_methods.indicators import Cells, IndicatorTree
from vises_methods.synthesis import (
    ScoringChoices,
    fit_for_aggregation,
    heading_scores,
    indicator_scores,
    whole_by_weights,
)

CODES = ("A1", "A2", "B1", "B2")
VALUES = st.lists(st.one_of(st.none(), st.floats(0, 10)), min_size=4, max_size=4).filter(
    lambda values: any(value is not None for value in values)
)
WEIGHTS = st.dictionaries(st.sampled_from(["A", "B"]), st.floats(0.1, 100), min_size=2)
CHOICES = ScoringChoices(aggregation={2: "arithmetic"}, min_coverage=0.0)


def tree() -> IndicatorTree:
    scale = {"method": "goalposts", "min": 0, "max": 10}
    leaf = {"level": 2, "unit": "count", "direction": "higher", "scale": scale}
    nodes = [{"id": name, "parent": None, "level": 1} for name in ("A", "B")]
    nodes += [{**leaf, "id": name, "parent": name[0]} for name in CODES]
    return IndicatorTree.from_content({"units": [{"id": "count", "label": {"en": "number"}}], "nodes": nodes}, "test")


TREE = tree()


def scored(values: list[float | None]):
    numbers = pd.DataFrame([values], index=["e"], columns=list(CODES), dtype=float)
    states = numbers.notna().replace({True: "reported", False: "not_collected"})
    cells = Cells(numbers, states, pd.Series({"e": "G1"}))
    return heading_scores(indicator_scores(cells, TREE, CHOICES), TREE, CHOICES)


@settings(max_examples=25, deadline=None)
@given(VALUES)
def test_a_score_lies_between_its_worst_and_best_case_and_these_meet_where_all_is_known(values):
    for row in scored(values).estimates.to_dict("records"):
        if row["estimate"] == row["estimate"]:
            assert row["low"] - 1e-9 <= row["estimate"] <= row["high"] + 1e-9
        if row["coverage"] == 1:
            assert row["high"] - row["low"] == pytest.approx(0, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(VALUES, st.floats(0, 10))
def test_filling_a_silence_never_leaves_the_bounds(values, filled):
    if None not in values:
        return
    before = scored(values).estimates.set_index("measure")
    known = [filled if place == values.index(None) else value for place, value in enumerate(values)]
    after = scored(known).estimates.set_index("measure")
    for dimension in ("A", "B"):
        assert after.loc[dimension, "low"] >= before.loc[dimension, "low"] - 1e-9
        assert after.loc[dimension, "high"] <= before.loc[dimension, "high"] + 1e-9


@settings(max_examples=25, deadline=None)
@given(VALUES, WEIGHTS, st.floats(0.01, 100))
def test_only_the_proportions_of_a_groups_weights_matter(values, weights, factor):
    found = [
        whole_by_weights(scored(values), TREE, {"team": {name: value * by for name, value in weights.items()}})
        for by in (1, factor)
    ]
    one, other = (result.estimates[["estimate", "low", "high", "coverage"]].astype(float) for result in found)
    pd.testing.assert_frame_equal(one, other)


@settings(max_examples=25, deadline=None)
@given(VALUES, WEIGHTS)
def test_the_whole_lies_between_its_dimensions_whoevers_weights_are_used(values, weights):
    headings = scored(values)
    known = headings.estimates["estimate"].dropna().astype(float)
    for row in whole_by_weights(headings, TREE, {"team": weights}).estimates.to_dict("records"):
        assert known.min() - 1e-9 <= row["estimate"] <= known.max() + 1e-9
        assert row["low"] - 1e-9 <= row["estimate"] <= row["high"] + 1e-9


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["value", "refused", "not_collected", "not_applicable"]), min_size=1, max_size=12))
def test_what_does_not_apply_never_changes_a_verdict(states):
    rows = [
        (f"I{n}", 2024, None, 1.0 if state == "value" else None, None if state == "value" else state, 3)
        for n, state in enumerate(states)
    ]
    table = pd.DataFrame(rows, columns=["indicator", "year", "breakdown", "value", "missing", "quality"])
    table = table.astype({"missing": "str", "value": float, "breakdown": object})
    without = table[table["missing"].ne("not_applicable").fillna(True)]
    if (table["missing"] == "not_applicable").all():
        return
    checks = [fit_for_aggregation(frame).details["checks"] for frame in (table, without)]
    pd.testing.assert_frame_equal(*checks)
