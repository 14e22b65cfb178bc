"""What is wrong in a YAML file is told with its line, its key, what is allowed and the nearest right word."""

from pathlib import Path

import pytest

from vises_methods.errors import Problem
from vises_methods.study.model_problems import validated
from vises_methods.study.models import ProfileFile, QuestionsFile, StudyFile, SurveyItemsFile, TheoryOfChangeFile
from vises_methods.study.yaml_files import read_yaml

PROFILE = "id: atelier\nname: Atelier\ngroup: G1\ncountry: FR\nregion: hauts-de-france\nlanguages: [fr]\n"


def _problems(tmp_path: Path, text: str, model: type = ProfileFile) -> list[Problem]:
    path = tmp_path / "file.yml"
    path.write_text(text, encoding="utf-8")
    return validated(read_yaml(path, "file.yml"), model, "file.yml")[1]


def _one(tmp_path: Path, text: str, model: type = ProfileFile) -> tuple[str, int | None, str | None]:
    (problem,) = _problems(tmp_path, text, model)
    for lang in ("fr", "nl", "en"):
        assert problem.message(lang)
    return problem.code.removeprefix("study.errors."), problem.row, problem.column


def test_what_may_be_left_out_is_filled_in(tmp_path: Path):
    path = tmp_path / "profile.yml"
    path.write_text(PROFILE, encoding="utf-8")
    content, problems = validated(read_yaml(path, "profile.yml"), ProfileFile, "profile.yml")
    assert problems == []
    assert content is not None
    assert content["territory"] == {"communes": [], "cross_border": False}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("fte: beaucoup", ("yaml_number", 7, "fte")),
        ("founded: 2009.5", ("yaml_whole_number", 7, "founded")),
        ("fte: -1", ("yaml_too_small", 7, "fte")),
        ("sector: {nace: 38.32, label: {fr: x}}", ("yaml_text", 7, "sector.nace")),
        ("invented: peut-être", ("yaml_boolean", 7, "invented")),
        ("territory: Lille", ("yaml_keys", 7, "territory")),
        ("territory: {communes: Lille}", ("yaml_list", 7, "territory.communes")),
        ("territory: {communes: [{name: Lille, country: NL}]}", ("yaml_option", 7, "territory.communes[0].country")),
        ("portrait: {needs: {fr: ' '}}", ("yaml_empty_text", 7, "portrait.needs")),
        ("portrait: {needs: {de: Bedarf}}", ("yaml_unknown_key", 7, "portrait.needs.de")),
        ("portait: {}", ("yaml_misspelt_key", 7, "portait")),
        ("zzz: 1", ("yaml_unknown_key", 7, "zzz")),
        ("accompaniment: {started: 2024-13-01}", ("yaml_date", 7, "accompaniment.started")),
        ("legal_form: Asbl Belge", ("bad_id", 7, "legal_form")),
    ],
)
def test_each_kind_of_fault_is_told_once(tmp_path: Path, line: str, expected: tuple[str, int, str]):
    assert _one(tmp_path, PROFILE + line + "\n") == expected


def test_a_missing_key_is_told_by_its_name(tmp_path: Path):
    code, _, column = _one(tmp_path, PROFILE.replace("country: FR\n", ""))
    assert (code, column) == ("yaml_missing_key", "country")


def test_a_misspelt_key_is_not_told_as_missing_too(tmp_path: Path):
    text = "questions:\n- id: q1\n  text: {fr: x}\n  type: effect\n  counts_agianst: {fr: y}\n"
    assert _one(tmp_path, text, QuestionsFile) == ("yaml_misspelt_key", 5, "questions[0].counts_agianst")


def test_a_deep_fault_has_its_own_line(tmp_path: Path):
    text = "nodes:\n- id: aa\n  kind: need\n  label: {fr: x}\n- id: bb\n  kind: aim\n  label: {fr: x}\nedges: []\n"
    assert _one(tmp_path, text, TheoryOfChangeFile) == ("yaml_option", 6, "nodes[1].kind")


def test_the_allowed_values_are_listed(tmp_path: Path):
    (problem,) = _problems(tmp_path, PROFILE.replace("G1", "G4"))
    assert problem.allowed("nl") == "G1, G2, G3"


def test_an_empty_list_where_one_is_needed(tmp_path: Path):
    assert _one(tmp_path, PROFILE.replace("[fr]", "[]"))[0] == "yaml_empty_list"


def test_a_column_name_that_cannot_be_one(tmp_path: Path):
    text = "items: [{id: Conf 1, label: {fr: x}, kind: ordinal}]\noutcomes: []\n"
    assert _one(tmp_path, text, SurveyItemsFile) == ("bad_variable", 1, "items[0].id")


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path):
    found = _problems(tmp_path, "id: A\ntitle: x\nlanguages: [de]\ncodebook: c\nframework: f\n", StudyFile)
    assert [problem.column for problem in found] == ["id", "title", "languages[0]"]
