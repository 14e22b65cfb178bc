"""The tree: what it reads, and every fault told at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.errors import InputError, InvalidStudyError
from vises_methods.indicators import IndicatorTree, compose

FRAMEWORK = """
units: [{id: percent, label: {fr: '%'}}, {id: count, label: {en: count}}]
enterprise_groups: [{id: G1, label: {en: Work}}, {id: G2, label: {en: Care}}]
weights:
  default: equal_among_siblings
  sets:
  - {id: users, values: {A: {weight: 3, A1: 2, A2: 1}, B: 1}}
nodes:
- {id: A, parent: null, level: 1, label: {fr: Pratiques, nl: Praktijken}}
- {id: A1, parent: A, level: 2, unit: percent, direction: target_range, groups: [G1],
   scale: {method: band, floor: 0, low: 40, high: 60, ceiling: 100}}
- {id: A2, parent: A, level: 2, unit: percent, direction: lower, note: kept,
   scale: {method: change_vs_baseline, min: -20, max: 20, unit: percent}}
- {id: A3, parent: A, level: 2, unit: count, direction: neutral, scale: {method: none}}
- {id: B, parent: null, level: 1}
- {id: B1, parent: B, level: 2, unit: count, direction: higher, scale: {method: none}}
"""


@pytest.fixture
def framework(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "framework.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def codes_of(error: pytest.ExceptionInfo[InvalidStudyError]) -> list[str]:
    return [problem.code.removeprefix("indicators.errors.") for problem in error.value.problems]


def test_a_framework_file_is_read(framework: Callable[[str], Path]) -> None:
    tree = IndicatorTree.from_yaml(framework(FRAMEWORK))
    assert tree.roots == ("A", "B")
    assert tree.indicators == ("A1", "A2", "A3", "B1")
    assert tree.scored_indicators == ("A1", "A2")
    assert tree.node("A1").direction == "range"
    assert tree.node("A2").scale is not None
    assert tree.node("A2").scale.method == "change"
    assert tree.node("A2").about["note"] == "kept"
    assert tree.weight_sets["users"] == {"A": 3, "A1": 2, "A2": 1, "B": 1}
    assert tree.label("A", "en") == "Pratiques"
    assert tree.label("B", "fr") == "B"


@pytest.mark.parametrize("levels", [[3, 2, 1], [1, 2, 3], [0, 1, 2], [None, None, None]])
def test_levels_are_counted_from_the_indicators(levels: list[int | None]) -> None:
    frame = pd.DataFrame({"code": ["top", "middle", "leaf"], "parent": [None, "top", "middle"], "level": levels})
    tree = IndicatorTree.from_frame(frame)
    assert [node.level for node in tree.nodes] == [3, 2, 1]
    assert tree.top_level == 3
    assert tree.aggregates == ("middle", "top")


def test_signs_are_directions() -> None:
    frame = pd.DataFrame({"code": ["i", "a", "b", "c"], "parent": [None, "i", "i", "i"], "direction": [1, -1, 1, 0]})
    assert [node.direction for node in IndicatorTree.from_frame(frame).nodes] == [
        "higher",
        "lower",
        "higher",
        "neutral",
    ]


def test_every_fault_is_told_at_once(framework: Callable[[str], Path]) -> None:
    faulty = (
        FRAMEWORK.replace("id: A3, parent: A", "id: A1, parent: Z")
        .replace("unit: count, direction: higher", "unit: miles, direction: sideways")
        .replace("low: 40, high: 60", "low: 60, high: 40")
        .replace("groups: [G1]", "groups: [G9]")
    )
    with pytest.raises(InvalidStudyError) as error:
        IndicatorTree.from_yaml(framework(faulty))
    assert sorted(codes_of(error)) == ["code_twice", "direction", "group", "orphan", "scale_order", "unit"]
    for language in LANGUAGES:
        message = error.value.message(language)
        assert len(message.splitlines()) == 7
        assert "nodes[3].parent" in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"parent": [None, "work", "index"], "code": ["index", "work", "x"]}, "cycle"),
        ({"code": ["index", "work", "a"], "parent": [None, "index", "index"], "level": [3, 2, 1]}, "level_jump"),
        ({"code": ["index", "work", "a"], "parent": [None, "index", "work"], "level": [3, 2, 2]}, "level_jump"),
        ({"code": ["i", "a", "b"], "parent": [None, "i", None], "level": [2, 1, 2]}, "no_children"),
        ({"code": ["i", None, "b"], "parent": [None, "i", "i"]}, "code_missing"),
        (
            {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "direction": ["lower", "higher", "higher"]},
            "direction_above",
        ),
        (
            {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "direction": [None, "range", "higher"]},
            "range_without_band",
        ),
        (
            {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "direction": [None, "target", "higher"]},
            "target_missing",
        ),
        ({"code": ["i", "a", "b"], "parent": [None, "i", "i"], "weight": [1, -1, 2]}, "weight"),
        ({"code": ["i", "a", "b"], "parent": [None, "i", "i"], "weight": [1, 0, 0]}, "weights_all_zero"),
        (
            {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "weight": [1, 1, 1], "direction": [1, 0, 1]},
            "weight_on_neutral",
        ),
        (
            {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 3, 0], "max": [None, 3, 1]},
            "scale_order",
        ),
        ({"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 3, 0]}, "scale_limits_missing"),
        ({"code": ["i", "a", "b"], "parent": [None, "i", "i"], "scale": [None, "stairs", None]}, "scale"),
    ],
)
def test_each_fault_of_a_table_is_found(change: dict, expected: str) -> None:
    with pytest.raises(InvalidStudyError) as error:
        IndicatorTree.from_frame(pd.DataFrame(change))
    assert expected in codes_of(error)
    assert all(problem.message("fr") and problem.message("nl") for problem in error.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("B: 1}}", "Q: 1, B: 1}}", "weight_of_unknown"),
        (", B: 1}}", "}}", "weight_set_partial"),
        ("B: 1}}", "B: -1}}", "weight"),
        ("A2: 1}", "A2: 1, A3: 1}", "weight_on_neutral"),
        ("max: 20, unit: percent", "max: 20, unit: count", "unit_mismatch"),
    ],
)
def test_each_fault_of_a_file_is_found(framework: Callable[[str], Path], old: str, new: str, expected: str) -> None:
    with pytest.raises(InvalidStudyError) as error:
        IndicatorTree.from_yaml(framework(FRAMEWORK.replace(old, new)))
    assert codes_of(error) == [expected]


def test_what_is_no_framework_is_refused(framework: Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        IndicatorTree.from_yaml(tmp_path / "absent.yml")
    with pytest.raises(InputError, match="row 2"):
        IndicatorTree.from_yaml(framework("nodes:\n- {id: A"))
    with pytest.raises(InputError, match="no list of nodes"):
        IndicatorTree.from_yaml(framework("units: []"))
    with pytest.raises(InputError, match="parent"):
        IndicatorTree.from_frame(pd.DataFrame({"code": ["a"]}))
    with pytest.raises(InputError, match="no rows"):
        IndicatorTree.from_frame(pd.DataFrame({"code": [], "parent": []}))


def test_an_unknown_code_is_an_error(tree: IndicatorTree) -> None:
    with pytest.raises(InputError, match="absent"):
        tree.node("absent")


def test_one_heading_above_the_roots_lets_their_weights_count() -> None:
    nodes = {"code": ["p", "q", "a", "b"], "parent": [None, None, "p", "q"], "max": [None, None, 10, 10]}
    tree = IndicatorTree.from_frame(pd.DataFrame({**nodes, "min": [None, None, 0, 0]}))
    whole = tree.joined("whole", label={"en": "Whole", "fr": "Ensemble", "nl": "Geheel"})
    assert (whole.roots, whole.top_level, whole.children("whole")) == (("whole",), 3, ("p", "q"))
    assert whole.label("whole", "nl") == "Geheel"
    scored = compose(pd.DataFrame({"a": [10.0], "b": [0.0]}, index=["u"]), whole, {"weights": {"p": 3, "q": 1}})
    assert scored.scores.loc["u", "whole"] == pytest.approx(75)
    with pytest.raises(InputError, match="code “a”"):
        tree.joined("a")
    uneven = IndicatorTree.from_frame(pd.DataFrame({"code": ["p", "a", "b"], "parent": [None, "p", None]}))
    with pytest.raises(InputError) as error:
        uneven.joined("whole")
    assert error.value.message("fr")
