"""Reinert's single split beside R's package rainette; groups may swap, for the sign of a dimension has no meaning."""

import json
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.qualitative.reinert import best_split, kept_terms

HERE = Path(__file__).parent / "multivariate"
REFERENCE = json.loads((HERE / "reinert_reference.json").read_text(encoding="utf-8"))
NAMES = [name for name in REFERENCE if name.startswith("reinert_")]


def data(name):
    table = pd.read_csv(HERE / f"{name}.csv", index_col=0)
    return table[table.sum(axis=1) > 0]


@pytest.mark.parametrize("name", NAMES)
def test_the_split_is_that_of_rainette_or_better(name):
    expected, table = REFERENCE[name], data(name)
    split = best_split(table.to_numpy(dtype=float))
    assert split.chi_square >= expected["after_switch_chisq"] - 1e-8
    groups = [set(table.index[split.first]), set(table.index[~split.first])]
    moved = min(len(group ^ set(expected["after_switch_group1"])) for group in groups)
    if split.chi_square == pytest.approx(expected["after_switch_chisq"], abs=1e-8):
        assert moved == 0
    else:
        assert moved <= len(table) // 10


@pytest.mark.parametrize("name", NAMES)
def test_the_terms_that_go_on_are_those_of_rainette(name):
    expected, table = REFERENCE[name], data(name)
    first = table.index.isin(expected["after_switch_group1"])
    kept = [set(table.columns[part]) for part in kept_terms(table.to_numpy(dtype=float), first, 3)]
    assert kept == [set(expected["terms_kept_group1"]), set(expected["terms_kept_group2"])]
