"""The shipped codebook and framework are sound; what is wrong in one is told at its line."""

from pathlib import Path

import pytest

from vises_methods.study import reference_root
from vises_methods.study.reference import read_reference

CODEBOOK = reference_root() / "codebooks" / "vises-default.yml"
FRAMEWORK = reference_root() / "frameworks" / "vises-default.yml"


def test_the_shipped_ones_are_sound_and_whole():
    reference, problems = read_reference(CODEBOOK, FRAMEWORK)
    assert problems == []
    assert len(reference.codes or {}) == 45
    assert [len(reference.nodes_of_level(level)) for level in (1, 2, 3)] == [6, 16, 45]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("- id: PRA.VOL\n  parent: PRA\n", "- id: PRA.VOL\n  parent: PRX\n", "unknown_parent"),
        ("- id: PRA.VOL\n  parent: PRA\n  level: 2", "- id: PRA.VOL\n  parent: PRA\n  level: 3", "wrong_level"),
        ("- id: PRA.VOL\n", "- id: PRA.ENV\n", "doubled_id"),
        (
            "- id: PRA.VOL\n  parent: PRA\n  level: 2\n  codable: true",
            "- id: PRA.VOL\n  parent: PRA",
            "yaml_missing_key",
        ),
    ],
)
def test_a_fault_in_a_codebook_is_told(tmp_path: Path, old: str, new: str, code: str):
    text = CODEBOOK.read_text(encoding="utf-8")
    assert old in text
    mine = tmp_path / "mine.yml"
    mine.write_text(text.replace(old, new), encoding="utf-8")
    _, problems = read_reference(mine, FRAMEWORK)
    assert problems[0].code == f"study.errors.{code}"
    assert problems[0].row is not None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  unit: hours_per_fte", "  unit: hours_a_head", "unknown_unit"),
        ("  codes: [PRA.VOL]", "  codes: [PRA.VOLO]", "unknown_code"),
        ("  direction: lower", "  direction: down", "yaml_option"),
    ],
)
def test_a_fault_in_a_framework_is_told(tmp_path: Path, old: str, new: str, code: str):
    text = FRAMEWORK.read_text(encoding="utf-8")
    assert old in text
    mine = tmp_path / "mine.yml"
    mine.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert [problem.code for problem in read_reference(CODEBOOK, mine)[1]] == [f"study.errors.{code}"]


def test_a_file_that_is_not_there_is_answered_with_those_that_are():
    (problem,) = read_reference(CODEBOOK.with_name("mine.yml"), FRAMEWORK)[1]
    assert "vises-default" in problem.allowed("fr")
