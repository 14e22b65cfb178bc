"""The parameters cell is read as Python reads it, and values are held against the types before anything runs."""

import pytest

from vises_methods.batch.parameters import Parameter, check_values, read_parameters

CELL = """from typing import Literal
study: str = "demo"  # which study, a folder of data/
lang: Literal["fr", "nl", "en"] = "fr"  # the language of the reader
draws: int | None = None
share: float = 0.5  # from 0 to 1
quiet: bool = False
codes: list[str] = [
    "a # b",
    "c",
]  # which codes
year = 2024
"""


def parameters(cell: str = CELL) -> dict[str, Parameter]:
    found, problems = read_parameters(cell, "notebooks/x.ipynb")
    assert problems == ()
    return {parameter.name: parameter for parameter in found}


def test_name_type_default_and_help():
    found = parameters()
    assert list(found) == ["study", "lang", "draws", "share", "quiet", "codes", "year"]
    assert found["study"] == Parameter("study", "str", "demo", "which study, a folder of data/")
    assert found["codes"].default == ["a # b", "c"]
    assert found["codes"].help == "which codes"
    assert found["year"].annotation == "int"
    assert found["draws"].default is None


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("study", ["x", ""], [1, None, ["x"]]),
        ("lang", ["nl"], ["de", None, 1]),
        ("draws", [None, 0, 200], ["200", 1.5, True]),
        ("share", [0.1, 1], ["0.1", True, None]),
        ("quiet", [True], [1, "true"]),
        ("codes", [[], ["x"]], ["x", [1], ("x",)]),
    ],
)
def test_what_each_type_accepts(name, good, bad):
    parameter = parameters()[name]
    assert [parameter.accepts(value) for value in good] == [True] * len(good)
    assert [parameter.accepts(value) for value in bad] == [False] * len(bad)


@pytest.mark.parametrize(
    ("name", "written", "meant"),
    [
        ("study", "200", "200"),
        ("draws", "200", 200),
        ("draws", "null", None),
        ("share", "1e-3", "1e-3"),
        ("share", "0.001", 0.001),
        ("quiet", "true", True),
        ("codes", "[a, b]", ["a", "b"]),
        ("codes", "[a", "[a"),
    ],
)
def test_what_a_command_line_means(name, written, meant):
    assert parameters()[name].from_text(written) == meant


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("study: str = 3", "ill_typed_parameter"),
        ("path: Path = 'x'", "unknown_type"),
        ("study: str = name()", "not_a_parameter"),
        ("study: str", "not_a_parameter"),
        ("import os", "not_a_parameter"),
        ("a, b = 1, 2", "not_a_parameter"),
        ("study: str = ", "parameters_syntax"),
    ],
)
def test_what_is_no_parameter_is_told_with_its_row(line, code):
    _, problems = read_parameters(f"year: int = 1\n{line}", "notebooks/x.ipynb")
    assert [problem.code for problem in problems] == [f"batch.errors.{code}"]
    assert problems[0].row == 2
    assert all(problems[0].message(lang) for lang in ("fr", "nl", "en"))


def test_unknown_and_ill_typed_values_are_all_told():
    problems = check_values(tuple(parameters().values()), {"studi": "x", "lang": "de", "draws": 5}, "notebooks/x.ipynb")
    assert [(problem.code, problem.column) for problem in problems] == [
        ("batch.errors.unknown_parameter", "studi"),
        ("batch.errors.ill_typed_parameter", "lang"),
    ]
    assert "Literal['fr', 'nl', 'en']" in problems[1].message("fr")
