"""Files that are damaged, hostile or not what their name says are told as problems; none stops the check."""

from pathlib import Path

import pytest

from vises_methods.study import check_study, new_enterprise, new_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = new_study("essai", folder=tmp_path)
    return new_enterprise(study, "atelier")


def _codes(folder: Path) -> list[str]:
    return [problem.code.removeprefix("study.errors.") for problem in check_study(folder.parents[1])]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n", "empty_file"),
        (b"PK\x03\x04\xff\xfe\x00", "not_utf8"),
        ("stakeholder,group".encode("utf-16"), "not_utf8"),
        ("stakeholder,group".encode("utf-16-le"), "null_character"),
        (b"a;b;c\n1;2;3\n", "wrong_delimiter"),
        (b"a\tb\n1\t2\n", "wrong_delimiter"),
        (b'stakeholder,"group\n', "csv_quotes"),
    ],
)
def test_a_table_that_is_no_table_is_one_problem(folder: Path, content: bytes, code: str):
    (folder / "stakeholders.csv").write_bytes(content)
    assert _codes(folder) == [code]


def test_an_enormous_cell_is_no_crash(folder: Path):
    header = (folder / "decisions.csv").read_text()
    (folder / "decisions.csv").write_text(header + "d1,2024-01-01,0,," + "x" * 200_000 + ",st-a,\n")
    assert len(_codes(folder)) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("nodes: &a [*a]\nedges: []\n", "yaml_text"),
        ("nodes: !!python/object/apply:os.system ['true']\nedges: []\n", "yaml_syntax"),
        ("nodes: [\n", "yaml_bracket"),
        ("nodes: {a: [}\n", "yaml_bracket"),
        ("nodes: 'aujourd'hui'\n", "yaml_indentation"),
        ("nodes: 'matin\n", "yaml_quote"),
        ("nodes: a: b\n", "yaml_colon"),
        ("nodes: *unknown\n", "yaml_syntax"),
        ("\tnodes: []\n", "yaml_sign"),
        ("just words\n", "yaml_no_keys"),
    ],
)
def test_yaml_that_is_hostile_or_broken_is_a_problem(folder: Path, content: str, code: str):
    (folder / "theory_of_change.yml").write_text(content)
    found = _codes(folder)
    assert found
    assert code == found[0] or content.startswith("nodes: &a")


def test_an_alias_bomb_ends_soon(folder: Path):
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    (folder / "questions.yml").write_text("\n".join(levels) + "\nquestions: *a11\n")
    assert _codes(folder)


def test_a_name_that_leads_out_of_the_folder_is_refused(folder: Path):
    header = (folder / "documents.csv").read_text()
    row = f"../../../secret,T,document,2024-01-01,fr,,,,,false,public,{'0' * 64}\n"
    (folder / "documents.csv").write_text(header + row)
    assert _codes(folder) == ["cell_pattern"]


def test_office_locks_and_hidden_files_are_passed_over(folder: Path):
    for name in ("~$indicators.csv", ".DS_Store", ".~lock.survey.csv#"):
        (folder / name).write_bytes(b"\x00")
    assert _codes(folder) == []


def test_a_folder_where_a_file_should_be_is_told(folder: Path):
    (folder / "series.csv").unlink()
    (folder / "series.csv").mkdir()
    assert _codes(folder) == ["folder_for_file"]
