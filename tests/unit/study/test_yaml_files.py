"""YAML that is not well formed is told with its line and character; a key that stands twice is not lost silently."""

from pathlib import Path

from vises_methods.study.yaml_files import YamlFile, read_yaml


def _read(tmp_path: Path, text: str) -> YamlFile:
    path = tmp_path / "file.yml"
    path.write_bytes(text.encode())
    return read_yaml(path, "file.yml")


def test_the_line_of_a_key_is_found_however_deep(tmp_path: Path):
    file = _read(tmp_path, "a: 1\nb:\n- c: 2\n- c: 3\n  d: {e: 4}\n")
    assert file.line(("b", 1, "d", "e")) == 5
    assert file.line(("b", 1, "zz")) == 4
    assert file.line(("zz",)) is None


def test_a_syntax_error_is_told_with_line_and_character(tmp_path: Path):
    file = _read(tmp_path, "a: 1\nb: x: y\n")
    assert file.content is None
    assert (file.problems[0].code, file.problems[0].row) == ("study.errors.yaml_colon", 2)
    assert file.problems[0].values["position"] == "5"


def test_a_key_that_stands_twice_is_told_with_its_first_line(tmp_path: Path):
    file = _read(tmp_path, "a:\n- b: 1\n  c: 2\n  b: 3\n")
    (problem,) = file.problems
    assert (problem.row, problem.column, problem.values["first"]) == (4, "a[0].b", "2")


def test_a_list_in_place_of_keys_is_told(tmp_path: Path):
    assert _read(tmp_path, "- a\n- b\n").problems[0].code == "study.errors.yaml_no_keys"


def test_a_value_that_is_not_what_it_says_is_a_problem_and_no_crash(tmp_path: Path):
    assert _read(tmp_path, "a: !!int deux\n").problems[0].code == "study.errors.yaml_value"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path):
    assert _read(tmp_path, "\ufeffa: 1\n").content == {"a": 1}
