"""Names are taken as people type them; a misspelt one is answered with the nearest."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from vises_methods.batch.selection import Selection, match_names, select_enterprises


@dataclass(frozen=True)
class Folder:
    id: str
    group: str
    region: str
    languages: tuple[str, ...] = ("fr",)
    path: Path = Path("e")


EVERY = [
    Folder("abeille", "G1", "wallonie"),
    Folder("bourdon", "G1", "brussels"),
    Folder("cigale", "G2", "wallonie"),
]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["abeille", "bourdon", "cigale"]),
        (Selection(enterprises=("cigale", "abeille")), ["abeille", "cigale"]),
        (Selection(groups=("g1",)), ["abeille", "bourdon"]),
        (Selection(groups=("G1",), regions=("wallonie",)), ["abeille"]),
        (Selection(regions=("WAL",)), ["abeille", "cigale"]),
    ],
)
def test_all_conditions_hold_at_once(selection, expected):
    chosen, problems = select_enterprises(EVERY, selection)
    assert problems == []
    assert [enterprise.id for enterprise in chosen] == expected


def test_a_misspelt_name_is_answered_with_the_nearest():
    _, problems = select_enterprises(EVERY, Selection(enterprises=("abeile", "bourdon"), regions=("walonie",)))
    assert [(problem.where, problem.values["near"]) for problem in problems] == [
        ("--enterprise", ["abeille", "cigale"]),
        ("--region", ["wallonie"]),
    ]
    assert "abeille" in problems[0].message("fr")


def test_conditions_that_exclude_each_other():
    _, problems = select_enterprises(EVERY, Selection(enterprises=("cigale",), groups=("G1",)))
    assert [problem.code for problem in problems] == ["batch.errors.nothing_selected"]


def test_the_beginning_of_several_names_is_not_enough():
    found, problems = match_names(["0"], ["01_a", "02_b"], "--notebook")
    assert found == []
    assert problems[0].values["near"] == ["01_a", "02_b"]
