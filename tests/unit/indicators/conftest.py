"""A small framework and a small table of four enterprises."""

from __future__ import annotations

import pandas as pd
import pytest

from vises_methods.indicators import IndicatorTree

NODES = pd.DataFrame(
    {
        "code": ["index", "work", "ties", "jobs", "turnover", "board", "fte", "events", "trust"],
        "parent": [None, "index", "index", "work", "work", "work", "work", "ties", "ties"],
        "level": [1, 2, 2, 3, 3, 3, 3, 3, 3],
        "direction": [None, None, None, "higher", "lower", "range", "neutral", "higher", "higher"],
        "min": [None, None, None, 0, 0, 0, None, 0, 1],
        "low": [None, None, None, None, None, 40, None, None, None],
        "high": [None, None, None, None, None, 60, None, None, None],
        "max": [None, None, None, 100, 40, 100, None, 20, 5],
        "groups": [None, None, None, "G1", None, None, None, None, None],
        "label": ["Index", "Work", "Ties", "Jobs", "Turnover", "Board", "FTE", "Events", "Trust"],
    }
)


@pytest.fixture
def nodes() -> pd.DataFrame:
    return NODES.copy()


@pytest.fixture
def tree() -> IndicatorTree:
    return IndicatorTree.from_frame(NODES)


@pytest.fixture
def values() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "jobs": [60.0, 80.0, 20.0, None],
            "turnover": [10.0, 0.0, 30.0, 20.0],
            "board": [50.0, 20.0, 80.0, 45.0],
            "fte": [12.0, 30.0, 7.0, 100.0],
            "events": [10.0, 5.0, None, 20.0],
            "trust": [3.0, 4.0, 5.0, 2.0],
        },
        index=["alder", "birch", "cedar", "dogwood"],
    )


@pytest.fixture
def groups() -> pd.Series:
    return pd.Series({"alder": "G1", "birch": "G1", "cedar": "G1", "dogwood": "G3"})
