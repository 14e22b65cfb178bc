"""What applies to one enterprise: targets, start, what it set aside; and the awkward demonstration."""

from types import SimpleNamespace

import pandas as pd
import pytest

from vises_methods.study import open_enterprise
from vises_methods.synthesis import (
    cells_by_year,
    enterprise_tree,
    own_baseline,
    own_targets,
    own_weights,
    set_aside,
    weight_labels,
)


def case(**framework: object) -> SimpleNamespace:
    return SimpleNamespace(id="e", framework=framework or None)


def target(year: int, value: float, indicator: str = "A1") -> dict:
    return {"indicator": indicator, "year": year, "value": value, "set_by": ["st"]}


@pytest.mark.parametrize(("year", "expected"), [(2023, 10), (2024, 10), (2025, 20), (2026, 30), (2029, 30)])
def test_the_target_is_the_next_one_set_and_after_the_last_the_last(year, expected):
    targets = [target(2024, 10), target(2026, 30), target(2025, 20)]
    assert own_targets(case(targets=targets), year=year).to_dict() == {"A1": expected}


@pytest.mark.parametrize("framework", [{}, {"targets": None}, {"targets": []}])
def test_without_targets_there_is_an_empty_series(framework):
    found = own_targets(case(**framework), year=2025)
    assert len(found) == 0
    assert found.dtype == float


def year_of(value: float | None) -> SimpleNamespace:
    return SimpleNamespace(numbers=pd.DataFrame({"A1": [value], "A2": [None]}, index=["e"], dtype=float))


def test_the_start_is_the_year_it_named_else_its_first():
    years = {2022: year_of(1.0), 2023: year_of(2.0)}
    assert own_baseline(case(baseline_year=2023), years).to_dict() == {"A1": 2.0}
    assert own_baseline(case(baseline_year=2019), years).to_dict() == {"A1": 1.0}
    assert own_baseline(case(), years).to_dict() == {"A1": 1.0}
    assert own_baseline(case(), {}) is None
    assert own_baseline(case(), {2022: year_of(None)}).to_dict() == {}


def test_what_was_set_aside_has_a_column_per_language_even_where_a_reason_stands_in_one():
    frame = set_aside(case(not_applicable=[{"indicator": "A3", "reason": {"nl": "Nooit 🌧"}}]))
    assert list(frame.columns) == ["indicator", "fr", "nl", "en"]
    assert frame["nl"].tolist() == ["Nooit 🌧"]
    assert frame["fr"].isna().all()
    assert set_aside(case()).empty


def test_weights_and_their_names():
    given = case(
        weights=[{"id": "w", "label": {"fr": "Équipe"}, "values": {"A": 1}}, {"id": "v", "label": None, "values": {}}]
    )
    assert own_weights(given) == {"w": {"A": 1}, "v": {}}
    assert weight_labels(given) == {"w": {"fr": "Équipe"}, "v": {}}
    assert own_weights(case()) == weight_labels(case()) == {}


@pytest.fixture(scope="module")
def awkward():
    opened = open_enterprise("demo", "marmite-zinneke")
    return opened, enterprise_tree(opened)


def test_the_tree_has_the_own_indicators_and_not_those_set_aside(awkward):
    _, tree = awkward
    assert {"X1", "X2"} <= set(tree.indicators)
    assert not {"A3.2", "E2.2"} & set(tree.indicators)
    assert "X1" not in tree.scored_indicators
    assert set(tree.weight_sets) >= {"w-coop", "w-mangeurs", "w-prod"}


def test_no_heading_is_left_without_an_indicator(awkward):
    _, tree = awkward
    parents = (
        {tree.node(code).parent for code in tree.codes} if hasattr(tree, "codes") else set(tree.to_frame()["parent"])
    )
    headings = set(tree.to_frame()["code"]) - set(tree.indicators)
    assert headings <= parents


def test_every_indicator_of_the_tree_has_a_state_in_every_year(awkward):
    opened, tree = awkward
    years = cells_by_year(opened, tree)
    assert list(years) == sorted(years)
    for cells in years.values():
        assert list(cells.states.columns) == list(tree.indicators)
        assert cells.states.notna().all(axis=None)
        assert (cells.states.loc[opened.id] == "reported").equals(cells.numbers.loc[opened.id].notna())


def test_what_belongs_to_another_group_does_not_apply(awkward):
    opened, tree = awkward
    others = [
        code for code in tree.indicators if tree.node(code).groups and opened.card.group not in tree.node(code).groups
    ]
    assert others
    for cells in cells_by_year(opened, tree).values():
        silent = [code for code in others if pd.isna(cells.numbers.loc[opened.id, code])]
        assert {cells.states.loc[opened.id, code] for code in silent} <= {"not_applicable"}


def test_an_enterprise_that_has_collected_nothing_yet_has_years_without_surprise():
    opened = open_enterprise("demo", "fietsparaplu")
    tree = enterprise_tree(opened)
    assert all(cells.numbers.shape == (1, len(tree.indicators)) for cells in cells_by_year(opened, tree).values())
